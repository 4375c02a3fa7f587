"""Severities on one scale, from the words, CVSS scores and CVSS vectors of scanners."""

import re
from collections.abc import Iterator
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from gatekeeper.collectors.reading.figures import text

_SCORE = re.compile(r"[0-9]{1,2}(\.[0-9]{1,9})?")


class Severity(IntEnum):
    """The severity of a finding; the most severe sorts first."""

    CRITICAL = 0
    HIGH = 1
    UNKNOWN = 2
    """It may be any."""
    MEDIUM = 3
    LOW = 4
    """Includes what scanners call negligible or informational."""

    def __str__(self) -> str:
        """Return the severity as it precedes a finding."""
        return "unknown severity" if self is Severity.UNKNOWN else self.name.lower()


_NAMES = {
    **{severity.name.lower(): severity for severity in Severity if severity is not Severity.UNKNOWN},
    "moderate": Severity.MEDIUM,
    **dict.fromkeys(("negligible", "info", "informational", "none"), Severity.LOW),
}


def from_name(value: object, where: str) -> Severity:
    """Return the severity of a word; unknown if it is missing or not a known word."""
    return Severity.UNKNOWN if value is None else _NAMES.get(text(value, where).lower(), Severity.UNKNOWN)


def from_score(score: float, *, is_version_2: bool = False) -> Severity:
    """Return the severity of a CVSS base score: critical from 9.0, high from 7.0, medium from 4.0.

    Version 2 of CVSS has no critical severity.
    """
    if not 0 <= score <= 10:
        return Severity.UNKNOWN
    if score >= 7:
        return Severity.CRITICAL if score >= 9 and not is_version_2 else Severity.HIGH
    return Severity.MEDIUM if score >= 4 else Severity.LOW


class Rating(NamedTuple):
    """A severity, with how the file contradicts itself about it; the most severe reading counts."""

    severity: Severity
    contradiction: str | None = None


Reading = tuple[str, Severity]
"""A severity, and by what: `its CVSS score 9.8`."""


def rated(*readings: Reading) -> Rating:
    """Return the most severe of the readings that are known; unknown without one."""
    known = [(by, severity) for by, severity in readings if severity is not Severity.UNKNOWN]
    severities = {severity for _, severity in known}
    said = ", ".join(dict.fromkeys(f"{severity} by {by}" for by, severity in known))
    return Rating(min(severities, default=Severity.UNKNOWN), said if len(severities) > 1 else None)


def by_word(value: object, where: str) -> Reading:
    """Return the reading of a word."""
    return "its severity", from_name(value, where)


def by_cvss(score: object, vector: object) -> Iterator[Reading]:
    """Yield the readings of a stated CVSS base score and of a vector; a score of 0 alone says nothing."""
    computed = base_score(vector) if isinstance(vector, str) else None
    is_2 = isinstance(vector, str) and not vector.startswith("CVSS:")
    if isinstance(score, str) and _SCORE.fullmatch(score):
        score = float(score)
    # 0 is also what tools write that know no score.
    if isinstance(score, int | float) and not isinstance(score, bool) and score:
        yield f"its CVSS score {score}", from_score(score, is_version_2=is_2)
    if computed is not None:
        yield f"its CVSS vector ({computed})", from_score(computed, is_version_2=is_2)


_BASE = {
    "CVSS:3": "AV AC PR UI S C I A",
    "CVSS:4": "AV AC AT PR UI VC VI VA SC SI SA",
    "": "AV AC Au C I A",
}
"""The metrics of a base vector by version; the others lower a score by what somebody thinks of it."""
_LONGEST_VECTOR = 500


@lru_cache(maxsize=4096)
def base_score(vector: str) -> float | None:
    """Return the base score of a CVSS vector of version 2, 3.0, 3.1 or 4.0; None if it is not one."""
    if len(vector) > _LONGEST_VECTOR:
        return None
    from cvss import CVSS2, CVSS3, CVSS4, CVSSError

    version = vector[:6] if vector.startswith("CVSS:") else ""
    if version not in _BASE:
        return None
    head, *metrics = vector.strip("()").split("/") if version else ("", *vector.strip("()").split("/"))
    base = [one for one in metrics if one.partition(":")[0] in _BASE[version].split()]
    kind = {"CVSS:3": CVSS3, "CVSS:4": CVSS4, "": CVSS2}[version]
    try:
        return float(kind("/".join([head, *base] if head else base)).base_score)
    except CVSSError:
        return None
