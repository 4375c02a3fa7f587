"""Times that artefacts state, some of them without a time zone."""

from datetime import UTC, date, datetime, timedelta, timezone

UNSTATED = timezone(timedelta(0), "no zone")
"""The zone of a time that is written without one: it counts as UTC, and `is_zoned` is false for it."""
_EAST, _WEST = timedelta(hours=14), timedelta(hours=12)
"""How far the clocks of the world are ahead of UTC, and behind it."""


def is_zoned(moment: datetime) -> bool:
    """Return whether a time was written with a zone."""
    return moment.tzinfo is not UNSTATED


def earliest(moment: datetime) -> datetime:
    """Return the earliest instant that a time may mean: without a zone, 14 hours before."""
    return _shifted(moment, -_EAST)


def latest(moment: datetime) -> datetime:
    """Return the latest instant that a time may mean: without a zone, 12 hours after."""
    return _shifted(moment, _WEST)


def _shifted(moment: datetime, by: timedelta) -> datetime:
    if is_zoned(moment):
        return moment
    try:
        return moment + by
    except OverflowError:
        return moment


def as_written(moment: datetime) -> str:
    """Return a time in ISO 8601, in UTC with `Z`, or without a zone if it was written so."""
    if not is_zoned(moment):
        return moment.replace(tzinfo=None).isoformat()
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def utc_day(moment: datetime) -> date:
    """Return the day in UTC, the zone of the as-of date."""
    return moment.astimezone(UTC).date()


def in_utc(moment: datetime) -> datetime:
    """Return a time in UTC; one without a zone gets the zone `UNSTATED`.

    Raises:
        OverflowError: In UTC, it is beyond the calendar.
    """
    return moment.replace(tzinfo=UNSTATED) if moment.tzinfo is None else moment.astimezone(UTC)
