"""Text of a tool made fit for a finding: on one line, and no longer than can be shown."""

import re

LONGEST = 300
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def one_line(words: str) -> str:
    """Return a text without line breaks, cut short where it is long."""
    # What is white space at the start of a long text is not worth looking through all of it.
    short = " ".join(words[: 10 * LONGEST].split())
    return short if len(short) <= LONGEST else short[: LONGEST - 1] + "…"


def first_line(message: str) -> str:
    """Return the first line that says something, without colours."""
    for line in message.splitlines():
        if said := _COLOUR.sub("", line).strip():
            return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"
    return ""
