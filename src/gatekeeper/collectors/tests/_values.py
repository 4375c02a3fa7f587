"""Values that test reports write as text: amounts of time, counts, and places in code."""

import re
from math import isfinite

_COUNT = re.compile(r"\s*[0-9]{1,15}\s*", re.ASCII)
_FRAME = re.compile(r" in ([^\n]{1,500}?):line (\d{1,9})", re.ASCII)
_SEARCHED = 10_000
"""So many characters of a stack trace are searched for a place."""
_CLOCK = re.compile(r"(?:(\d{1,6})\.)?(\d{1,6}):(\d{2}):(\d{2}(?:\.\d{1,9})?)", re.ASCII)


def seconds(text: str, factor: float = 1) -> float | None:
    """Return an amount of time in seconds: a number, times a factor, or a clock such as `00:00:01.5`."""
    try:
        if clock := _CLOCK.fullmatch(text.strip()):
            days, hours, minutes, rest = clock.groups(default="0")
            return 86400 * int(days) + 3600 * int(hours) + 60 * int(minutes) + float(rest)
        amount = float(text) * factor
    except ValueError:
        return None
    return amount if isfinite(amount) and amount >= 0 else None


def is_count(text: str) -> bool:
    """Return whether a text is a whole number, 0 or more."""
    return _COUNT.fullmatch(text) is not None


def line(text: str) -> int | None:
    """Return a number of a line; None if the text is not one."""
    return int(text) or None if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else None


def place_in(trace: str) -> tuple[str | None, int | None]:
    """Return file and line of the first frame of a stack trace of .NET that has them.

    Frames of packages, whose paths begin with `/_/`, do not count.
    """
    for found in _FRAME.finditer(trace, 0, _SEARCHED):
        if not found[1].startswith("/_/"):
            return found[1], int(found[2])
    return None, None
