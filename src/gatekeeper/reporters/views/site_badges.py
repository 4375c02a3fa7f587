"""The badges of a `site`: a small SVG with a name and its status, for a README."""

from xml.sax.saxutils import escape, quoteattr

from gatekeeper.model.level import Level
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.overview import Exit
from gatekeeper.model.plan import Cell
from gatekeeper.model.status import MilestoneVerdict, ServiceVerdict
from gatekeeper.model.verdict import ServiceResult
from gatekeeper.reporters.text.screen import SYMBOLS, visible
from gatekeeper.reporters.wording.verdict import in_short

_GREEN, _AMBER, _RED, _GREY = "#12622f", "#744c00", "#a3161f", "#4d5763"
_COLOURS: dict[str, str] = {
    ServiceVerdict.READY: _GREEN,
    ServiceVerdict.EXCEPTED: _AMBER,
    ServiceVerdict.BLOCKED: _RED,
    MilestoneVerdict.READY_WITH_EXCEPTIONS: _AMBER,
}
_CHARACTER = 7
"""The width of a character in pixels. The text is stretched to it in any font."""


def of_milestone(exit_: Exit) -> str:
    """Return the verdict on a milestone: `M1 | ✗ blocked by 3 of 4`."""
    result = exit_.result
    words = f"{SYMBOLS[result.verdict][0]} {in_short(result)}"
    return _badge(result.milestone, words, _COLOURS[result.verdict], title=f"{result.label}: {words}")


def of_service(name: str, earned: Level, target: Cell | None) -> str:
    """Return the level of a service and its next target: `shop | L2 → L3`."""
    if target is None or earned >= target.level:
        colour = _GREEN if target else _GREY
        return _badge(name, f"✓ {earned}", colour, title=f"{name}: ✓ {earned.label}")
    title = f"{name}: {earned.label} → {target.level.label}"
    return _badge(name, f"{earned} → {target.level}", _AMBER, title=title)


def of_service_at(result: ServiceResult, milestone: Milestone) -> str:
    """Return the verdict on a service at a milestone: `shop M1 | ✗ blocked`."""
    words = f"{SYMBOLS[result.verdict][0]} {result.verdict}"
    name, colour = result.service.service, _COLOURS[result.verdict]
    return _badge(f"{name} {milestone.milestone}", words, colour, title=f"{name} {milestone.label}: {words}")


def _badge(label: str, message: str, colour: str, *, title: str) -> str:
    """Return a badge; the title has room for names."""
    label, message, title = visible(label), visible(message), visible(title)
    left, right = (len(text) * _CHARACTER + 14 for text in (label, message))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="22" role="img" '
        f"aria-label={quoteattr(title)}>\n"
        f"<title>{escape(title)}</title>\n"
        f'<clipPath id="r"><rect width="{left + right}" height="22" rx="4"/></clipPath>\n'
        '<g clip-path="url(#r)">\n'
        f'<rect width="{left}" height="22" fill="#30363d"/>\n'
        f'<rect x="{left}" width="{right}" height="22" fill="{colour}"/>\n'
        "</g>\n"
        '<g fill="#ffffff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11.5">\n'
        f"{_text(label, 7)}{_text(message, left + 7)}"
        "</g>\n</svg>\n"
    )


def _text(words: str, x: int) -> str:
    length = len(words) * _CHARACTER
    return (
        f'<text x="{x}" y="15" textLength="{length}" lengthAdjust="spacingAndGlyphs">{escape(words)}</text>\n'
    )
