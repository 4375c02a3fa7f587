"""What a badge says: a label, a verdict in a few words and its colour."""

from collections.abc import Sequence
from typing import NamedTuple

from gatekeeper.model.level import Level
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.plan import Cell
from gatekeeper.model.status import MilestoneVerdict, ServiceVerdict
from gatekeeper.model.verdict import MilestoneResult, ServiceResult
from gatekeeper.reporters.text.screen import SYMBOLS, visible
from gatekeeper.reporters.wording.counts import first_few
from gatekeeper.reporters.wording.verdict import in_short

_GREEN, _AMBER, _RED, _GREY = "#12622f", "#744c00", "#a3161f", "#4d5763"
_COLOURS: dict[str, str] = {
    ServiceVerdict.READY: _GREEN,
    ServiceVerdict.EXCEPTED: _AMBER,
    ServiceVerdict.BLOCKED: _RED,
    MilestoneVerdict.READY_WITH_EXCEPTIONS: _AMBER,
}


class Badge(NamedTuple):
    """A badge; its texts have no invisible characters."""

    label: str
    message: str
    colour: str
    """Of the message, as `#rrggbb`; white text on it is readable."""
    title: str
    """The same with names, for which a badge has no room."""

    @property
    def is_error(self) -> bool:
        """Whether it says that something is blocked."""
        return self.colour == _RED


def of_milestone(result: MilestoneResult, only: Sequence[str] = ()) -> Badge:
    """Return the verdict on a milestone: `M1 | ✗ blocked by 3 of 4`.

    Args:
        result: The verdict.
        only: The services or owners that it is about, if a filter chose them.
    """
    words = f"{SYMBOLS[result.verdict][0]} {in_short(result)}"
    chosen = f" {first_few(only, 2)}" if only else ""
    return _badge(
        f"{result.milestone}{chosen}", words, _COLOURS[result.verdict], f"{result.label}{chosen}: {words}"
    )


def of_service(name: str, earned: Level, target: Cell | None) -> Badge:
    """Return the level of a service and its next target: `shop | L2 → L3`."""
    if target is None or earned >= target.level:
        return _badge(name, f"✓ {earned}", _GREEN if target else _GREY, f"{name}: ✓ {earned.label}")
    return _badge(
        name, f"{earned} → {target.level}", _AMBER, f"{name}: {earned.label} → {target.level.label}"
    )


def of_service_at(result: ServiceResult, milestone: Milestone) -> Badge:
    """Return the verdict on a service at a milestone: `shop M1 | ✗ blocked`."""
    words = f"{SYMBOLS[result.verdict][0]} {result.verdict}"
    name = result.service.service
    return _badge(
        f"{name} {milestone.milestone}",
        words,
        _COLOURS[result.verdict],
        f"{name} {milestone.label}: {words}",
    )


def _badge(label: str, message: str, colour: str, title: str) -> Badge:
    return Badge(visible(label), visible(message), colour, visible(title))
