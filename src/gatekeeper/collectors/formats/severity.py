"""How severe a weakness is: one scale for what scanners say in words, in CVSS scores or in both."""

import re
from enum import IntEnum

from gatekeeper.collectors.reading.figures import text

_SCORE = re.compile(r"[0-9]{1,2}(\.[0-9]{1,9})?")


class Severity(IntEnum):
    """The most severe first, so that findings can be sorted by it."""

    CRITICAL = 0
    HIGH = 1
    UNKNOWN = 2
    """Counts as high: nobody has said that it is not."""
    MEDIUM = 3
    LOW = 4
    """What scanners call negligible or informational is low too."""

    def __str__(self) -> str:
        """Return how it stands before a finding."""
        return "unknown severity, counted as high" if self is Severity.UNKNOWN else self.name.lower()


_NAMES = {
    "critical": Severity.CRITICAL,
    "high": Severity.HIGH,
    "medium": Severity.MEDIUM,
    "moderate": Severity.MEDIUM,
    "low": Severity.LOW,
    "negligible": Severity.LOW,
    "info": Severity.LOW,
    "informational": Severity.LOW,
}


def from_name(value: object, where: str) -> Severity:
    """Read a word; where it is missing or not one of the known ones, the severity is unknown."""
    return Severity.UNKNOWN if value is None else _NAMES.get(text(value, where).lower(), Severity.UNKNOWN)


def from_score(score: float) -> Severity:
    """Read a CVSS base score: critical from 9.0, high from 7.0, medium from 4.0; none goes beyond 10."""
    if not 0 <= score <= 10:
        return Severity.UNKNOWN
    if score >= 9:
        return Severity.CRITICAL
    if score >= 7:
        return Severity.HIGH
    return Severity.MEDIUM if score >= 4 else Severity.LOW


def from_score_text(value: str) -> Severity:
    """Read a CVSS base score that the format writes as text; what is no number is unknown."""
    return from_score(float(value)) if _SCORE.fullmatch(value) else Severity.UNKNOWN
