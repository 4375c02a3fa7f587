"""Shorten text of a tool for a finding: one line of limited length."""

import re

LONGEST = 300
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def one_line(words: str, longest: int = LONGEST) -> str:
    """Return text on one line, with at most `longest` characters."""
    # Of a long text only the beginning is searched for whitespace.
    short = " ".join(words[: 10 * longest].split())
    return short if len(short) <= longest else short[: longest - 1] + "…"


def first_line(message: str) -> str:
    """Return the first line that is not blank, as `one_line` does and without terminal colours."""
    lines = (one_line(without_colours(line)) for line in message.splitlines())
    return next(filter(None, lines), "")


def without_colours(printed: str) -> str:
    """Return text as a terminal shows it, in one colour."""
    return _COLOUR.sub("", printed)
