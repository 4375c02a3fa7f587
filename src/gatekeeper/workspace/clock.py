"""The day that counts as today."""

from datetime import UTC, date, datetime


def today() -> date:
    """Return today in UTC: nothing else that judges reads a clock."""
    return datetime.now(UTC).date()
