"""Read evidence of the kind `pen_test`."""

from datetime import datetime
from typing import NamedTuple

from gatekeeper.collectors.pen_test.facts import PenTestFacts
from gatekeeper.collectors.reading.merging import collected
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options


class PenTestReport(NamedTuple):
    """The findings of one file. A format of this kind returns it."""

    format: str
    open: tuple[Finding, ...]
    closed: int
    engagement: str | None = None
    produced_at: datetime | None = None


FORMATS = Formats[PenTestReport]("pen_test")


def collect(artefact: Artefact, options: Options) -> Collected[PenTestFacts]:  # noqa: ARG001 - this kind has no options
    """Read every file of the artefact; each must show that a test took place."""
    reports = FORMATS.read_each(artefact)
    if not reports:
        raise Absent(f"{artefact.path} names no file")
    engagements = dict.fromkeys(report.engagement for report in reports if report.engagement)
    facts = PenTestFacts(
        open=tuple(finding for report in reports for finding in report.open),
        closed=sum(report.closed for report in reports),
        engagement=", ".join(engagements) or None,
    )
    return collected(reports, facts)
