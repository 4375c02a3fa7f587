"""What a described format of this kind has: what a scanner reports, one a row."""

from collections.abc import Collection, Iterator, Mapping

from gatekeeper.collectors.pen_test import _weakness
from gatekeeper.collectors.pen_test._weakness import Reported
from gatekeeper.collectors.pen_test.facts import PLACES
from gatekeeper.collectors.pen_test.read import PenTestReport
from gatekeeper.collectors.reading.described import Described, Field

FIELDS = {
    "id": Field.TEXT,
    "title": Field.TEXT,
    "severity": Field.WORD,
    "at": Field.TEXT,
    "closed": Field.TEXT,
}
"""`severity` is one of critical, high, medium, low and informational; `at` is an address; `closed` says why
it does not count."""
REQUIRED = frozenset({"title"})
FIGURES = {"engagement": Field.TEXT, "milestone": Field.TEXT}
"""The name of the test, and the milestone of the release in its scope."""
DOUBTS = PLACES["list"]
WORDS: Mapping[str, Collection[str]] = {}


def part(described: Described) -> PenTestReport:
    """Return the report of one test."""
    found = _weakness.weaknesses(_reported(described))
    figures = described.figures
    return PenTestReport(
        described.origin(items=len(found)), found, figures.get("engagement"), figures.get("milestone")
    )


def _reported(described: Described) -> Iterator[Reported]:
    for row in described.rows:
        yield Reported(
            _weakness.by_word(row.get("severity")),
            " ".join(part for name in ("id", "title") if (part := row.get(name))),
            row.get("at") or "",
            row.get("closed") is not None,
            row.finding,
        )
