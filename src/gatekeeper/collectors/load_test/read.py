"""Read evidence of the kind `load_test`."""

from collections.abc import Mapping
from typing import NamedTuple

from gatekeeper.collectors.load_test.facts import LoadTestFacts
from gatekeeper.collectors.reading.figures import amount
from gatekeeper.collectors.reading.files import in_file, only_file
from gatekeeper.collectors.reading.merging import collected
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Origin, Unreadable


class Threshold(NamedTuple):
    """A limit that the tool judged: a threshold, an assertion."""

    name: str
    place: Finding
    """Where it is; its message is not used."""
    passed: bool
    has_samples: bool = True
    """Whether anything was measured that it could judge."""

    def finding(self, lack: str) -> Finding:
        """Return a finding at its place."""
        return self.place._replace(message=f"{self.name} {lack}")


class LoadReport(NamedTuple):
    """The figures of a run, each None if the report does not state it. A format of this kind returns it."""

    origin: Origin
    requests: int | None
    failed: int | None = None
    """How many of the requests failed."""
    failed_pct: float | None = None
    """The share of requests that failed, 0 to 100, as the report states it; the greater of both counts."""
    latency_ms: Mapping[float, float] = {}
    """Percentile -> milliseconds; 0 is the minimum, 100 the maximum."""
    rps: float | None = None
    duration_s: float | None = None
    thresholds: tuple[Threshold, ...] = ()
    checks_passed: int | None = None
    checks_failed: int | None = None


FORMATS = Formats[LoadReport]("load_test")
_SLIGHTLY = 1.05


def collect(artefact: Artefact, options: Options) -> Collected[LoadTestFacts]:
    """Return the facts of a report."""
    file = only_file(artefact)
    report = FORMATS.read(file, options)
    with in_file(file.name):
        return collected([report], _facts(report))


def _facts(report: LoadReport) -> LoadTestFacts:
    if report.requests == 0:
        raise Absent("the run made no request")
    seconds = report.duration_s or (report.requests / report.rps if report.requests and report.rps else None)
    failed = tuple(each.finding("does not hold") for each in report.thresholds if not each.passed)
    unproven = tuple(
        each.finding("had no sample to judge")
        for each in report.thresholds
        if each.passed and not each.has_samples
    )
    return LoadTestFacts(
        p95_ms=_percentile(report.latency_ms, 95),
        p99_ms=_percentile(report.latency_ms, 99),
        rps=_per_second(report, seconds),
        requests=report.requests,
        error_pct=_error_pct(report),
        thresholds_failed=failed if report.thresholds else None,
        checks_failed=report.checks_failed,
        thresholds=len(report.thresholds) or None,
        thresholds_unproven=unproven if report.thresholds else None,
        checks_passed=report.checks_passed,
        duration_s=seconds,
    )


def _percentile(latency_ms: Mapping[float, float], wanted: float) -> float | None:
    """Return a percentile; a lower one that is greater contradicts it, and counts.

    A latency that is 0 throughout was never measured.
    """
    if wanted not in latency_ms or not any(latency_ms.values()):
        return None
    return max(stated for percentile, stated in latency_ms.items() if percentile <= wanted)


def _per_second(report: LoadReport, seconds: float | None) -> float | None:
    """Return the rate as stated, unless the requests and the time of the run show a lower one."""
    if not report.requests or not seconds:
        return report.rps
    shown = amount(report.requests / seconds, "requests per second")
    return shown if report.rps is None or report.rps > _SLIGHTLY * shown else report.rps


def _error_pct(report: LoadReport) -> float | None:
    shares = [] if report.failed_pct is None else [report.failed_pct]
    if report.failed is not None and report.requests:
        shares.append(100 * report.failed / report.requests)
    if not shares:
        return None
    if max(shares) > 100:
        raise Unreadable(f"{max(shares):g} % of the requests failed, but a share is at most 100 %")
    fails = report.checks_failed or 0
    of_checks = 100 * fails / (fails + (report.checks_passed or 0)) if fails else 0
    return max(*shares, of_checks)
