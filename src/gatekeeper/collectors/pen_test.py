"""Findings of a penetration test: a list of one's own, DefectDojo's generic findings, SARIF, a ZAP report.

The format is recognised from the content. A finding is open until the file says that it is closed. Several
files are several tests: their findings are put together, and all of them must be readable.
"""

from typing import NamedTuple

from gatekeeper.collectors import _pen_test_findings, _sarif, _structured, _zap
from gatekeeper.collectors._opening import opened
from gatekeeper.collectors._pen_test_report import Report
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Collected, Finding, Options, Unreadable


class PenTestFacts(NamedTuple):
    """What the findings of a penetration test say."""

    open: tuple[Finding, ...] | None = None
    """Each with its severity in front. An accepted risk is still a hole, so it is open; so is what is under
    review."""
    closed: int | None = None
    """Mitigated, false positives, duplicates, out of scope; of SARIF the suppressed ones. 0 is a count like
    any other: a test without findings."""
    engagement: str | None = None
    """The name of the test, of several all names; null where the file does not say."""


FACTS = PenTestFacts


def collect(artefact: Artefact, options: Options) -> Collected:  # noqa: ARG001 - this kind has no options
    """Read every file of the artefact; each must tell of a test that took place."""
    reports = [_read(file, alone=len(artefact.files) == 1) for file in artefact.files]
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
        produced_at=max((report.produced_at for report in reports if report.produced_at), default=None),
    )


def _read(file: ArtefactFile, *, alone: bool) -> Report:
    try:
        document = _structured.read(file)
        with opened(file):
            return _parsed(document)
    except Absent as nothing:
        if alone:
            raise
        # Among others, an empty file is a report that was cut short: its findings would go unseen.
        raise Unreadable(str(nothing)) from None


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
