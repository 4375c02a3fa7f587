"""The badges of a `site` as small SVG pictures, for a README."""

from xml.sax.saxutils import escape, quoteattr

from gatekeeper.reporters.wording.badges import Badge

_CHARACTER = 7
"""The width of a character in pixels. The text is stretched to it in any font."""


def picture(badge: Badge) -> str:
    """Return a badge as SVG; the title has room for names."""
    left, right = (len(text) * _CHARACTER + 14 for text in (badge.label, badge.message))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="22" role="img" '
        f"aria-label={quoteattr(badge.title)}>\n"
        f"<title>{escape(badge.title)}</title>\n"
        f'<clipPath id="r"><rect width="{left + right}" height="22" rx="4"/></clipPath>\n'
        '<g clip-path="url(#r)">\n'
        f'<rect width="{left}" height="22" fill="#30363d"/>\n'
        f'<rect x="{left}" width="{right}" height="22" fill="{badge.colour}"/>\n'
        "</g>\n"
        '<g fill="#ffffff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11.5">\n'
        f"{_text(badge.label, 7)}{_text(badge.message, left + 7)}"
        "</g>\n</svg>\n"
    )


def _text(words: str, x: int) -> str:
    length = len(words) * _CHARACTER
    return (
        f'<text x="{x}" y="15" textLength="{length}" lengthAdjust="spacingAndGlyphs">{escape(words)}</text>\n'
    )
