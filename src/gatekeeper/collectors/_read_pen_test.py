"""How evidence of the kind `pen_test` is read."""

from gatekeeper.collectors import _pen_test_findings, _sarif, _structured, _zap
from gatekeeper.collectors._opening import each, opened
from gatekeeper.collectors._pen_test_report import Report
from gatekeeper.collectors.pen_test import PenTestFacts
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Collected, Unreadable


def read(artefact: Artefact) -> Collected:
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


def _read(file: ArtefactFile) -> Report:
    document = _structured.read(file)
    with opened(file):
        return _parsed(document)


def _parsed(document: _structured.Structured) -> Report:
    value = document.value
    if isinstance(value, dict):
        if _sarif.recognises(value):
            return _of_sarif(document)
        if _zap.recognises(value):
            return _zap.read(document)
        if _pen_test_findings.recognises(value):
            return _pen_test_findings.read(document)
    raise Unreadable("neither `findings`, of one's own or DefectDojo's, nor SARIF nor a report of ZAP")


def _of_sarif(document: _structured.Structured) -> Report:
    runs = _sarif.read(document.value)
    results = [result for run in runs for result in run.results]
    return Report(
        _sarif.FORMAT,
        open=tuple(
            result.finding(f"{result.severity}: {result.message}", document.file)
            for result in results
            if result.suppression is None
        ),
        closed=sum(result.suppression is not None for result in results),
        produced_at=max((run.produced_at for run in runs if run.produced_at), default=None),
    )
