"""How evidence of the kind `tests` is read."""

from collections.abc import Sequence

from gatekeeper.collectors import _ctrf, _jest, _junit
from gatekeeper.collectors._opening import each, json_object, looks_like_json, looks_like_xml, opened
from gatekeeper.collectors._test_report import CASES, COUNTERS, Report, sum_known
from gatekeeper.collectors.tests import TestsFacts
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Collected, Unreadable


def read(artefact: Artefact) -> Collected:
    """Read every file of the artefact and merge the results."""
    reports = each(artefact, _read)
    facts = _merged(reports)
    if not facts.total and not facts.failed:
        raise Absent(f"{artefact.path} holds no test")
    return Collected(
        format=", ".join(sorted({report.format for report in reports})),
        facts=facts,
        # The oldest report tells how old the evidence is.
        produced_at=min((report.produced_at for report in reports if report.produced_at), default=None),
    )


def _read(file: ArtefactFile) -> Report:
    with opened(file) as data:
        return _parsed(data)


def _parsed(data: bytes) -> Report:
    if looks_like_xml(data):
        return _junit.read(data)
    if not looks_like_json(data):
        raise Unreadable("neither XML nor JSON, so no test report known here")
    document = json_object(data)
    if _jest.recognises(document):
        return _jest.read(document)
    if _ctrf.recognises(document):
        return _ctrf.read(document)
    raise Unreadable("JSON, but neither of vitest or jest nor CTRF")


def _merged(reports: Sequence[Report]) -> TestsFacts:
    lists = [report.passed for report in reports if report.passed is not None]
    counters = any(report.counted_from == COUNTERS for report in reports)
    return TestsFacts(
        total=sum(report.total for report in reports),
        passed=tuple(name for names in lists for name in names) if lists else None,
        failed=tuple(finding for report in reports for finding in report.failed),
        skipped=sum(report.skipped for report in reports),
        duration_s=sum_known([report.duration_s for report in reports]),
        counted_from=COUNTERS if counters else CASES,
    )
