"""Read evidence of the kind `load_test`."""

from collections.abc import Mapping
from typing import NamedTuple

from gatekeeper.collectors.load_test.facts import LoadTestFacts
from gatekeeper.collectors.reading.figures import amount, count
from gatekeeper.collectors.reading.files import in_file, only_file
from gatekeeper.collectors.reading.merging import collected
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.collectors.reading.structured import pointer
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Origin, Unreadable
from gatekeeper.syntax.json import Json


class LoadMetric(NamedTuple):
    """One metric."""

    name: str
    values: Mapping[str, Json]
    thresholds: Mapping[str, bool]
    """Expression -> whether k6 reports it as passed."""

    def figure(self, *keys: str) -> float | None:
        """Return the value under the first of these keys that exists; None if none exists."""
        for key in keys:
            if self.values.get(key) is not None:
                return amount(self.values[key], f"{self.name}: {key}")
        return None

    def whole(self, key: str) -> int | None:
        """Return the count under a key; None if the key is missing."""
        value = self.values.get(key)
        return None if value is None else count(value, f"{self.name}: {key}")

    def ratio(self) -> tuple[int, int] | None:
        """Return how often a rate was true, and of how many samples; None if the metric does not state it."""
        held = self.whole("matches") if "matches" in self.values else self.whole("passes")
        total, rest = self.whole("total"), self.whole("fails")
        if held is None or (total is None and rest is None):
            return None
        return held, held + (rest or 0) if total is None else total

    def has_samples(self) -> bool:
        """Return whether anything was measured.

        A counter or gauge may be 0; a rate has counts; a trend that is 0 throughout had no sample.
        """
        if (ratio := self.ratio()) is not None:
            return ratio[1] > 0
        if self.values.keys() <= {"count", "rate"} or "value" in self.values:
            return True
        return any(amount(value, f"{self.name}: {key}") > 0 for key, value in self.values.items())


class LoadSummary(NamedTuple):
    """An end-of-test summary. A format of this kind returns it."""

    origin: Origin
    metrics: Mapping[str, LoadMetric]
    duration_s: float | None = None


FORMATS = Formats[LoadSummary]("load_test")


def collect(artefact: Artefact, options: Options) -> Collected[LoadTestFacts]:  # noqa: ARG001 - this kind has no options
    """Return the facts of a summary."""
    file = only_file(artefact)
    summary = FORMATS.read(file)
    with in_file(file.name):
        return collected([summary], _facts(summary, file.name))


def _facts(summary: LoadSummary, file: str) -> LoadTestFacts:
    metrics = summary.metrics
    requests = metrics["http_reqs"].whole("count") if "http_reqs" in metrics else 0
    if not requests:
        raise Absent("the run made no HTTP request")
    failed, unproven = _thresholds(summary, file)
    rate = metrics["http_reqs"].figure("rate")
    seconds = summary.duration_s or (requests / rate if rate else None)
    passes, fails = _checks(summary)
    judged = sum(len(metric.thresholds) for metric in metrics.values()) or None
    return LoadTestFacts(
        p95_ms=_latency(summary, "p(95)", "p95"),
        p99_ms=_latency(summary, "p(99)", "p99"),
        rps=amount(requests / seconds, "requests per second") if rate is None and seconds else rate,
        requests=requests,
        error_pct=_error_pct(summary),
        thresholds_failed=failed if judged else None,
        checks_failed=fails,
        thresholds=judged,
        thresholds_unproven=unproven if judged else None,
        checks_passed=passes,
        duration_s=seconds,
    )


def _latency(summary: LoadSummary, *keys: str) -> float | None:
    duration = summary.metrics.get("http_req_duration")
    return duration.figure(*keys) if duration and duration.has_samples() else None


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


def _checks(summary: LoadSummary) -> tuple[int | None, int | None]:
    """Return how often checks passed and failed."""
    if metric := summary.metrics.get("checks_failed"):
        failed, total = metric.ratio() or (None, None)
        return (None if failed is None or total is None else total - failed), failed
    metric = summary.metrics.get("checks")
    return (metric.whole("passes"), metric.whole("fails")) if metric else (None, None)


def _thresholds(summary: LoadSummary, file: str) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return the thresholds that failed, and those that passed without a sample."""
    failed, unproven = [], []
    for metric in summary.metrics.values():
        for expression, passed in metric.thresholds.items():
            place = pointer(("metrics", metric.name, "thresholds", expression))
            if not passed:
                failed.append(Finding(f"{metric.name}: {expression} does not hold", file, pointer=place))
            elif not metric.has_samples():
                lack = f"{metric.name}: {expression} had no sample to judge"
                unproven.append(Finding(lack, file, pointer=place))
    return tuple(failed), tuple(unproven)
