"""Text of a tool made fit for a finding: on one line, and no longer than can be shown."""

LONGEST = 300


def one_line(words: str) -> str:
    """Return a text without line breaks, cut short where it is long."""
    # What is white space at the start of a long text is not worth looking through all of it.
    short = " ".join(words[: 10 * LONGEST].split())
    return short if len(short) <= LONGEST else short[: LONGEST - 1] + "…"
