"""Foreign text in GitHub's and GitLab's Markdown: shown as it is, never as markup, a mention or a link."""

import re

from gatekeeper.reporters._screen import visible

_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_MARKUP = {character: f"\\{character}" for character in "\\`*_[]|~$!"}
_IN_HTML = str.maketrans(_HTML)
_IN_MARKDOWN = str.maketrans({**_HTML, **_MARKUP, '"': '"', "'": "'"})
_REFERENCE = re.compile(r"@|#(?=\w)|:(?=//)|www(?=\.)|mailto(?=:)|xmpp(?=:)", re.IGNORECASE)
_NOTHING = "&#8203;"
"""A space without width. Mentions and links are found in the rendered text, where a backslash is gone."""


def text(foreign: str) -> str:
    """Return foreign text for a paragraph, a list item or the cell of a table; not for the start of a line."""
    return _harmless(visible(foreign).translate(_IN_MARKDOWN))


def html(foreign: str) -> str:
    """Return foreign text for the inside of an HTML element, where Markdown is not read."""
    return _harmless(visible(foreign).translate(_IN_HTML))


def row(*cells: str) -> str:
    """Return a row of a table; its cells are Markdown already."""
    return f"| {' | '.join(cells)} |\n"


def table(*titles: str) -> str:
    """Return the head of a table."""
    return row(*titles) + f"|{'---|' * len(titles)}\n"


def _harmless(escaped: str) -> str:
    return _REFERENCE.sub(lambda found: found[0] + _NOTHING, escaped)
