"""Severities on one scale, from the words and CVSS scores of scanners."""

import re
from enum import IntEnum

from gatekeeper.collectors.reading.figures import text

_SCORE = re.compile(r"[0-9]{1,2}(\.[0-9]{1,9})?")


class Severity(IntEnum):
    """The severity of a finding; the most severe sorts first."""

    CRITICAL = 0
    HIGH = 1
    UNKNOWN = 2
    """Counts as high, because it may be."""
    MEDIUM = 3
    LOW = 4
    """Includes what scanners call negligible or informational."""

    def __str__(self) -> str:
        """Return the severity as it precedes a finding."""
        return "unknown severity, counted as high" if self is Severity.UNKNOWN else self.name.lower()


_NAMES = {
    **{severity.name.lower(): severity for severity in Severity if severity is not Severity.UNKNOWN},
    "moderate": Severity.MEDIUM,
    **dict.fromkeys(("negligible", "info", "informational"), Severity.LOW),
}


def from_name(value: object, where: str) -> Severity:
    """Return the severity of a word; unknown if it is missing or not a known word."""
    return Severity.UNKNOWN if value is None else _NAMES.get(text(value, where).lower(), Severity.UNKNOWN)


def from_score(score: float) -> Severity:
    """Return the severity of a CVSS base score: critical from 9.0, high from 7.0, medium from 4.0."""
    if not 0 <= score <= 10:
        return Severity.UNKNOWN
    if score >= 9:
        return Severity.CRITICAL
    if score >= 7:
        return Severity.HIGH
    return Severity.MEDIUM if score >= 4 else Severity.LOW


def from_score_text(value: str) -> Severity:
    """Return the severity of a CVSS base score written as text; unknown if it is not a number."""
    return from_score(float(value)) if _SCORE.fullmatch(value) else Severity.UNKNOWN
