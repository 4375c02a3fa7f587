"""Foreign text in a table of GitHub or GitLab Markdown: shown as text, and nobody is called by it."""

import re

_MARKDOWN = re.compile(r"[\\`*_{}\[\]()!|~$]")
_CALLS = re.compile(r"(?<=[@#!&])(?=\w)")
"""Between a sign and what it would call: `@somebody`, `#12`, `!12`, `&12`."""
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def cell(text: str) -> str:
    """Return text for a cell; control characters are spelled out, and line breaks are blanks."""
    visible = "".join(
        character
        if character.isprintable()
        else " "
        if character in "\n\r\t"
        else character.encode("unicode_escape", "backslashreplace").decode()
        for character in text
    )
    parts = _CALLS.split(visible)
    return "<!-- -->".join(_MARKDOWN.sub(r"\\\g<0>", _escaped(part)) for part in parts)


def _escaped(text: str) -> str:
    return "".join(_HTML.get(character, character) for character in text)
