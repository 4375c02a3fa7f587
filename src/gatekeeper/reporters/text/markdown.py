"""Untrusted text in GitHub's and GitLab's Markdown: never markup, a mention or a link."""

import re

from gatekeeper.reporters.text.screen import visible

_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_MARKUP = {character: f"\\{character}" for character in "\\`*_[]|~$!"}
_IN_HTML = str.maketrans(_HTML)
_IN_MARKDOWN = str.maketrans({**_HTML, **_MARKUP, '"': '"', "'": "'"})
_REFERENCE = re.compile(r"@|#(?=\w)|:(?=//)|www(?=\.)|mailto(?=:)|xmpp(?=:)", re.IGNORECASE)
_BLOCK = re.compile(r"^(\d*)([#+=.)-])", re.ASCII)
_NOTHING = "&#8203;"
"""A zero-width space. Mentions and links are found in the rendered text, which has no backslashes."""


def text(untrusted: str) -> str:
    """Return untrusted text for a paragraph, an item of a list or a cell of a table."""
    # Text that starts like a list, a heading or code would become one.
    escaped = visible(untrusted).lstrip(" ").translate(_IN_MARKDOWN)
    return _harmless(_BLOCK.sub(r"\1\\\2", escaped)) or _NOTHING


def html(untrusted: str) -> str:
    """Return untrusted text for the inside of an HTML element, where Markdown is not read."""
    return _harmless(visible(untrusted).translate(_IN_HTML))


def row(*cells: str) -> str:
    """Return a row of a table; its cells are already escaped."""
    return f"| {' | '.join(cells)} |\n"


def table(*titles: str) -> str:
    """Return the header of a table."""
    return row(*titles) + f"|{'---|' * len(titles)}\n"


def _harmless(escaped: str) -> str:
    return _REFERENCE.sub(lambda found: found[0] + _NOTHING, escaped)
