"""Read the time at which a tool wrote a report; None if a value is not a time."""

import re
from datetime import UTC, datetime

from gatekeeper.model.moment import in_utc

_MILLISECONDS_FROM = 10**11
"""From this number on, a value counts milliseconds: in seconds it would be in the year 5138."""


_BEFORE_OFFSET = re.compile(r"(?<=:\d\d) (?=[+-]\d\d:?\d\d$)")
"""The blank that Ruby writes."""


def from_text(value: object) -> datetime | None:
    """Read ISO 8601, or the date format of e-mail, as mocha writes it.

    A time without a zone has the zone `UNSTATED`.
    """
    if not isinstance(value, str) or not value:
        return None
    text = _BEFORE_OFFSET.sub("", value.strip())
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        if (dated := _from_email_date(text)) is None:
            return None
        instant = dated
    try:
        return in_utc(instant)
    except OverflowError:
        return None


def _from_email_date(text: str) -> datetime | None:
    if not re.match(r"\w{3}, \d", text):
        return None
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None


def from_epoch(number: object) -> datetime | None:
    """Read seconds or milliseconds since 1970."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return from_seconds(number / 1000 if number >= _MILLISECONDS_FROM else number)


def from_seconds(number: float) -> datetime | None:
    """Read seconds since 1970."""
    try:
        return datetime.fromtimestamp(number, UTC)
    except (ValueError, OverflowError, OSError):
        return None
