"""Read evidence of the kind `load_test`."""

from gatekeeper.collectors.load_test._summary import LoadMetric, LoadSummary
from gatekeeper.collectors.load_test.facts import LoadTestFacts
from gatekeeper.collectors.reading.figures import amount
from gatekeeper.collectors.reading.files import in_file, only_file
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Unreadable

__all__ = ["FORMATS", "LoadMetric", "LoadSummary", "collect"]
"""A format of this kind returns `LoadSummary`, also in a plugin."""

FORMATS = Formats[LoadSummary]("load_test")


def collect(artefact: Artefact, options: Options) -> Collected[LoadTestFacts]:  # noqa: ARG001 - this kind has no options
    """Return the facts of a summary.

    Raises:
        Absent: The run made no HTTP request.
        Unreadable: The file is not a supported summary.
    """
    file = only_file(artefact)
    summary = FORMATS.read(file)
    with in_file(file.name):
        return Collected(summary.format, _facts(summary, file.name), summary.produced_at)


def _facts(summary: LoadSummary, file: str) -> LoadTestFacts:
    metrics = summary.metrics
    requests = metrics["http_reqs"].whole("count") if "http_reqs" in metrics else 0
    if not requests:
        raise Absent("the run made no HTTP request")
    failed, unproven = _thresholds(summary, file)
    judged = sum(len(metric.thresholds) for metric in metrics.values()) or None
    return LoadTestFacts(
        p95_ms=_latency(summary, "p(95)", "p95"),
        p99_ms=_latency(summary, "p(99)", "p99"),
        rps=_rate(summary, requests),
        requests=requests,
        error_pct=_error_pct(summary),
        thresholds_failed=failed if judged else None,
        checks_failed=_checks_failed(summary),
        thresholds=judged,
        thresholds_unproven=unproven if judged else None,
    )


def _latency(summary: LoadSummary, *keys: str) -> float | None:
    duration = summary.metrics.get("http_req_duration")
    return duration.figure(*keys) if duration and duration.has_samples() else None


def _rate(summary: LoadSummary, requests: int) -> float | None:
    rate = summary.metrics["http_reqs"].figure("rate")
    if rate is None and summary.duration_s:
        return amount(requests / summary.duration_s, "requests per second")
    return rate


def _error_pct(summary: LoadSummary) -> float | None:
    metric = summary.metrics.get("http_req_failed")
    if metric is None:
        return None
    # Here a sample "passes" if the request failed.
    ratio = metric.ratio()
    if ratio is not None:
        failed, total = ratio
        share = failed / total if total else None
    else:
        share = metric.figure("rate", "value")
    if share is not None and share > 1:
        raise Unreadable(f"http_req_failed: {share} of the requests failed, but a share is at most 1")
    return None if share is None else 100 * share


def _checks_failed(summary: LoadSummary) -> int | None:
    if "checks_failed" in summary.metrics:
        return summary.metrics["checks_failed"].whole("matches")
    return summary.metrics["checks"].whole("fails") if "checks" in summary.metrics else None


def _thresholds(summary: LoadSummary, file: str) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return the thresholds that failed, and those that passed without a sample."""
    failed, unproven = [], []
    for metric in summary.metrics.values():
        for expression, passed in metric.thresholds.items():
            pointer = f"/metrics/{_escaped(metric.name)}/thresholds/{_escaped(expression)}"
            if not passed:
                failed.append(Finding(f"{metric.name}: {expression} does not hold", file, pointer=pointer))
            elif not metric.has_samples():
                lack = f"{metric.name}: {expression} had no sample to judge"
                unproven.append(Finding(lack, file, pointer=pointer))
    return tuple(failed), tuple(unproven)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
