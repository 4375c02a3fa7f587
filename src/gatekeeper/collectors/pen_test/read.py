"""Read evidence of the kind `pen_test`."""

from gatekeeper.collectors.formats.sarif import log
from gatekeeper.collectors.pen_test import findings, zap
from gatekeeper.collectors.pen_test._report import PenTestReport
from gatekeeper.collectors.pen_test.facts import PenTestFacts
from gatekeeper.collectors.reading import structured
from gatekeeper.collectors.reading.files import each, opened
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Collected, Options, Unreadable


def collect(artefact: Artefact, options: Options) -> Collected:  # noqa: ARG001 - this kind has no options
    """Read every file of the artefact; each must tell of a test that took place."""
    reports = each(artefact, _read)
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
        # The oldest report tells how old the evidence is.
        produced_at=min((report.produced_at for report in reports if report.produced_at), default=None),
    )


def _read(file: ArtefactFile) -> PenTestReport:
    document = structured.read(file)
    with opened(file):
        return _parsed(document)


def _parsed(document: structured.Structured) -> PenTestReport:
    value = document.value
    if isinstance(value, dict):
        if log.recognises(value):
            return _of_sarif(document)
        if zap.recognises(value):
            return zap.read(document)
        if findings.recognises(value):
            return findings.read(document)
    raise Unreadable("neither `findings`, of one's own or DefectDojo's, nor SARIF nor a report of ZAP")


def _of_sarif(document: structured.Structured) -> PenTestReport:
    runs = log.read(document.object)
    results = [result for run in runs for result in run.results]
    return PenTestReport(
        log.FORMAT,
        open=tuple(
            result.finding(f"{result.severity}: {result.message}", document.file)
            for result in results
            if result.suppression is None
        ),
        closed=sum(result.suppression is not None for result in results),
        produced_at=max((run.produced_at for run in runs if run.produced_at), default=None),
    )
