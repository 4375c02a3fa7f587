"""Test results: JUnit XML, the JSON of vitest and jest, CTRF; one file or a glob of them.

The format is recognised from the content. What a report lists counts, not what its counters say; but where
the counters tell of failures that the list does not show, that is a failure too. Several files are merged,
and all of them must be readable.
"""

from collections.abc import Sequence
from typing import NamedTuple

from gatekeeper.collectors import _ctrf, _jest, _junit
from gatekeeper.collectors._opening import json_object, looks_like_json, looks_like_xml, opened
from gatekeeper.collectors._test_report import CASES, COUNTERS, Report, sum_known
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Collected, Finding, Options, Unreadable


class TestsFacts(NamedTuple):
    """What test results say; null where they do not.

    A full name consists of the titles of the enclosing suites and of the test, joined by ` > `; a title that
    the rest of the name repeats is left out, and so is the path of the source file.
    """

    total: int | None = None
    """Tests listed, the skipped ones included: `total` less `skipped` have run."""
    passed: tuple[str, ...] | None = None
    """Full names of the tests that passed; null where only counters are known."""
    failed: tuple[Finding, ...] | None = None
    """Failed tests, and whatever else failed: a file that could not be loaded, an interrupted run."""
    skipped: int | None = None
    """Skipped, disabled and todo."""
    duration_s: float | None = None
    """Sum over the tests."""
    counted_from: str | None = None
    """`cases`, or `counters` where a report has no cases."""


FACTS = TestsFacts


def collect(artefact: Artefact, options: Options) -> Collected:  # noqa: ARG001 - this kind has no options
    """Read every file of the artefact and merge the results."""
    reports = [_read(file, alone=len(artefact.files) == 1) for file in artefact.files]
    facts = _merged(reports)
    if not facts.total and not facts.failed:
        raise Absent(f"{artefact.path} holds no test")
    return Collected(
        format=", ".join(sorted({report.format for report in reports})),
        facts=facts,
        produced_at=max((report.produced_at for report in reports if report.produced_at), default=None),
    )


def _read(file: ArtefactFile, *, alone: bool) -> Report:
    try:
        with opened(file) as data:
            return _parsed(data)
    except Absent as nothing:
        if alone:
            raise
        # Among others, an empty file is a report that was cut short: its failures would go unseen.
        raise Unreadable(str(nothing)) from None


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
