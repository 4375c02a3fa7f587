"""Read evidence of the kind `tests`."""

from collections.abc import Sequence

from gatekeeper.collectors.reading.merging import collected, sum_known
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.collectors.tests._report import CASES, COUNTERS, TestReport
from gatekeeper.collectors.tests.facts import TestsFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options

__all__ = ["FORMATS", "TestReport", "collect"]

FORMATS = Formats[TestReport]("tests")


def collect(artefact: Artefact, options: Options) -> Collected[TestsFacts]:  # noqa: ARG001 - this kind has no options
    """Read every file of the artefact and merge the results."""
    reports = FORMATS.read_each(artefact)
    facts = _merged(reports)
    if not facts.total and not facts.failed:
        raise Absent(f"{artefact.path} holds no test")
    return collected(reports, facts)


def _merged(reports: Sequence[TestReport]) -> TestsFacts:
    lists = [report.passed for report in reports if report.passed is not None]
    counters = any(report.counted_from == COUNTERS for report in reports)
    return TestsFacts(
        total=sum(report.total for report in reports),
        passed=tuple(name for names in lists for name in names) if lists else None,
        failed=tuple(finding for report in reports for finding in report.failed),
        skipped=sum(report.skipped for report in reports),
        duration_s=sum_known(report.duration_s for report in reports),
        counted_from=COUNTERS if counters else CASES,
    )
