"""Read evidence of the kind `pen_test`."""

from gatekeeper.collectors.pen_test._report import PenTestReport
from gatekeeper.collectors.pen_test.facts import PenTestFacts
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options

__all__ = ["FORMATS", "PenTestReport", "collect"]
"""A format of this kind returns `PenTestReport`, also in a plugin."""

FORMATS = Formats[PenTestReport]("pen_test")


def collect(artefact: Artefact, options: Options) -> Collected[PenTestFacts]:  # noqa: ARG001 - this kind has no options
    """Read every file of the artefact; each must show that a test took place."""
    reports = FORMATS.read_each(artefact)
    if not reports:
        raise Absent(f"{artefact.path} names no file")
    engagements = dict.fromkeys(report.engagement for report in reports if report.engagement)
    return Collected(
        format=", ".join(sorted({report.format for report in reports})),
        facts=PenTestFacts(
            open=tuple(finding for report in reports for finding in report.open),
            closed=sum(report.closed for report in reports),
            engagement=", ".join(engagements) or None,
        ),
        produced_at=instants.oldest(report.produced_at for report in reports),
    )
