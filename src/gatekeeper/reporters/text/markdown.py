"""Untrusted text in GitHub's and GitLab's Markdown: never markup, a mention or a link."""

import re

from gatekeeper.reporters.text.screen import visible

_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_MARKUP = {character: f"\\{character}" for character in "\\`*_[]|~$!"}
_IN_HTML = str.maketrans(_HTML)
_IN_MARKDOWN = str.maketrans({**_HTML, **_MARKUP, '"': '"', "'": "'"})
_REFERENCE = re.compile(r"@|#(?=\w)|:(?=//)|www(?=\.)|mailto(?=:)|xmpp(?=:)", re.IGNORECASE)
_BLOCK = re.compile(r"^(?:\d*(?=[#+=.)-])|(?=/))", re.ASCII)
_CODE = re.compile(r"(?<!`)`([^`]*[^`\s][^`]*)`(?!`)")
_NOTHING = "&#8203;"
"""A zero-width space. Mentions and links are found in the rendered text, which has no backslashes."""


def text(untrusted: str) -> str:
    """Return untrusted text for a paragraph, an item of a list or a cell of a table."""
    return _started(_inline(visible(untrusted).lstrip(" "))) or _NOTHING


def prose(untrusted: str) -> str:
    """Return untrusted sentences; what they put between backticks becomes code."""
    words = _CODE.split(visible(untrusted).lstrip(" "))
    return _started("".join(f"`{of}`" if at % 2 else _inline(of) for at, of in enumerate(words))) or _NOTHING


def html(untrusted: str) -> str:
    """Return untrusted text for the inside of an HTML element, where Markdown is not read."""
    return _harmless(visible(untrusted).translate(_IN_HTML))


def row(*cells: str) -> str:
    """Return a row of a table; its cells are already escaped."""
    return f"| {' | '.join(cells)} |\n"


def table(*titles: str) -> str:
    """Return the header of a table."""
    return row(*titles) + f"|{'---|' * len(titles)}\n"


def _inline(seen: str) -> str:
    return _harmless(seen.translate(_IN_MARKDOWN))


def _started(escaped: str) -> str:
    """Return a paragraph that does not start like a list, a heading, code or a quick action of GitLab."""
    return _BLOCK.sub(r"\g<0>\\", escaped)


def _harmless(escaped: str) -> str:
    return _REFERENCE.sub(lambda found: found[0] + _NOTHING, escaped)
