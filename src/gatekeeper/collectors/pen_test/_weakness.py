"""The weaknesses that a scanner reports, on one scale of severities.

What a scanner calls informational is not a weakness. A severity that is not understood leaves it open.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from gatekeeper.collectors.pen_test.read import PenTestReport, Weakness
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.model.evidence import Finding, Origin
from gatekeeper.model.moment import in_utc

INFORMATIONAL = "informational"
_SCALE = ("critical", "high", "unknown severity", "medium", "low", INFORMATIONAL)
_WORDS = {
    **{word: word for word in _SCALE},
    "moderate": "medium",
    **dict.fromkeys(("info", "information", "none", "log", "debug"), INFORMATIONAL),
}


class Reported(NamedTuple):
    """What a scanner reports about one place."""

    severity: str
    title: str
    at: str
    """Where it is; empty if the scanner does not state it."""
    closed: bool = False
    finding: Callable[[str], Finding] = Finding
    """What makes a finding of a message."""


def by_word(word: str | None) -> str:
    """Return the severity of a word; unknown if it is not one of the scale."""
    return _WORDS.get((word or "").strip().lower(), "unknown severity")


def by_score(score: float) -> str:
    """Return the severity of a CVSS base score; 0 is informational."""
    bands = ((9, "critical"), (7, "high"), (4, "medium"))
    return next((word for least, word in bands if score >= least), "low" if score > 0 else INFORMATIONAL)


def worst(*severities: str) -> str:
    """Return the most severe of severities; one that is unknown counts only without another."""
    known = [severity for severity in severities if severity != "unknown severity"]
    return min(known, key=_SCALE.index, default="unknown severity")


def weaknesses(reported: Iterable[Reported]) -> list[Weakness]:
    """Return what was reported as weaknesses, without what is informational."""
    return [
        Weakness(one.finding(_message(one)), is_closed=one.closed)
        for one in reported
        if one.severity != INFORMATIONAL
    ]


def _message(one: Reported) -> str:
    where = f", at {one_line(one.at)}" if one.at.strip() else ""
    return f"{one.severity}: {one_line(one.title) or 'a weakness without a name'}{where}"


def in_file(file: str) -> Callable[[str], Finding]:
    """Return what makes a finding in a file whose lines are not known."""
    return lambda message: Finding(message, file)


def clock(text: str) -> datetime | None:
    """Read a time, also as C and Java print it: `Mon Mar  2 10:00:00 2026`, `Mon Mar 02 10:00:00 UTC 2026`.

    The abbreviation of another zone than UTC is ambiguous: such a time has no zone.
    """
    words = text.split()
    zone = words.pop(4) if len(words) == 6 else ""
    try:
        moment = datetime.strptime(" ".join(words), "%a %b %d %H:%M:%S %Y")  # noqa: DTZ007 - the zone follows
    except ValueError:
        return instants.from_text(text)
    return instants.from_text(f"{moment.isoformat()}+00:00") if zone in ("UTC", "GMT") else in_utc(moment)


def report(
    origin: Origin, reported: Iterable[Reported], doubts: Iterable[tuple[str, Finding]]
) -> PenTestReport:
    """Return the report of a file."""
    found = weaknesses(reported)
    return PenTestReport(origin._replace(items=len(found)), found, doubts=[*doubts])
