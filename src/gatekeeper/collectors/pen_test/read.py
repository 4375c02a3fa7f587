"""Read evidence of the kind `pen_test`."""

from collections.abc import Sequence
from typing import NamedTuple

from gatekeeper.collectors.pen_test.facts import PLACES, PenTestFacts
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.merging import collected
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Origin, shared


class Weakness(NamedTuple):
    """One finding of a test."""

    finding: Finding
    is_closed: bool


class PenTestReport(NamedTuple):
    """The findings of one file. A format of this kind returns it."""

    origin: Origin
    weaknesses: Sequence[Weakness]
    engagement: str | None = None
    milestone: str | None = None
    doubts: Sequence[tuple[str, Finding]] = ()
    """Why there may be findings that are not listed: kinds of places in `PLACES`, with what was met."""


FORMATS = Formats[PenTestReport]("pen_test")


def collect(artefact: Artefact, options: Options) -> Collected[PenTestFacts]:
    """Read every file of the artefact; each must show that a test took place."""
    reports = FORMATS.read_each(artefact, options)
    if not reports:
        raise Absent(f"{artefact.path} names no file")
    engagements = dict.fromkeys(report.engagement for report in reports if report.engagement)
    weaknesses = [weakness for report in reports for weakness in report.weaknesses]
    facts = PenTestFacts(
        open=tuple(weakness.finding for weakness in weaknesses if not weakness.is_closed),
        closed=sum(weakness.is_closed for weakness in weaknesses),
        engagement=", ".join(engagements) or None,
        milestone=shared(report.milestone for report in reports),
    )
    if facts.open:
        return collected(reports, facts)
    return collected([report._replace(origin=_doubted(report)) for report in reports], facts)


def _doubted(report: PenTestReport) -> Origin:
    ledger = Ledger(PLACES)
    for kind_of_place, doubt in report.doubts:
        ledger.add(kind_of_place, doubt)
    return ledger.told_by(report.origin)
