"""Shorten text of a tool for a finding: one line of limited length."""

import re

LONGEST = 300
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def one_line(words: str) -> str:
    """Return text on one line, at most `LONGEST` characters."""
    # Of a long text only the beginning is searched for whitespace.
    short = " ".join(words[: 10 * LONGEST].split())
    return short if len(short) <= LONGEST else short[: LONGEST - 1] + "…"


def first_line(message: str) -> str:
    """Return the first line that is not blank, without terminal colours."""
    for line in message.splitlines():
        if said := _COLOUR.sub("", line).strip():
            return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"
    return ""
