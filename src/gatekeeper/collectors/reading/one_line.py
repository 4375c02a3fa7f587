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
    """Return the first line that is not blank, without terminal colours."""
    for line in message.splitlines():
        if said := _COLOUR.sub("", line).strip():
            return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"
    return ""
