"""Read evidence of the kind `load_test`."""

import operator
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gatekeeper.collectors.load_test.facts import PLACES, LoadTestFacts
from gatekeeper.collectors.reading.figures import amount, count, shown
from gatekeeper.collectors.reading.files import in_file, only_file
from gatekeeper.collectors.reading.ledger import Ledger
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
    unit: Json = "time"
    """What the values are: `time` in milliseconds."""

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

    def violates(self, threshold: str) -> bool:
        """Return whether the values show that a simple threshold does not hold, whatever the tool reports."""
        found = _THRESHOLD.fullmatch(threshold.strip())
        if not found or not self.has_samples():
            return False
        key, compared, limit = found.groups()
        value = self.figure(
            key, f"p{key[2:-1]}", "value" if key == "rate" and "passes" in self.values else key
        )
        return value is not None and not _COMPARE[compared](value, float(limit))

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
    checks: tuple[int, int] | None = None
    """How often the checks that are listed one by one passed and failed; None if none is listed."""


FORMATS = Formats[LoadSummary]("load_test")
_THRESHOLD = re.compile(r"([a-z]+|p\([\d.]+\))\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)")
_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_SLIGHTLY = 1.05


def collect(artefact: Artefact, options: Options) -> Collected[LoadTestFacts]:
    """Return the facts of a summary."""
    file = only_file(artefact)
    summary = FORMATS.read(file, options)
    with in_file(file.name):
        facts = _facts(summary, file.name)
    ledger = Ledger(PLACES)
    duration = summary.metrics.get("http_req_duration")
    if duration and duration.unit != "time":
        ledger.note("unit", f"http_req_duration contains {shown(duration.unit)}, not times", file=file.name)
    answered = summary.metrics["http_req_failed"].ratio() if "http_req_failed" in summary.metrics else None
    lacking = (facts.requests or 0) - (answered[1] if answered else facts.requests or 0)
    partial = (
        (f"the outcome of {lacking} of {facts.requests} requests is not counted",) if lacking > 0 else ()
    )
    origin = summary.origin._replace(not_understood=ledger.places(), partial=partial)
    return collected([summary._replace(origin=origin)], facts)


def _facts(summary: LoadSummary, file: str) -> LoadTestFacts:
    metrics = summary.metrics
    requests = metrics["http_reqs"].whole("count") if "http_reqs" in metrics else 0
    if not requests:
        raise Absent("the run made no HTTP request")
    failed, unproven = _thresholds(summary, file)
    rate = metrics["http_reqs"].figure("rate")
    seconds = summary.duration_s or (requests / rate if rate else None)
    passes, fails = _checks(summary)
    of_checks = 100 * fails / (fails + (passes or 0)) if fails else 0
    of_requests = _error_pct(summary)
    judged = sum(len(metric.thresholds) for metric in metrics.values()) or None
    return LoadTestFacts(
        p95_ms=_latency(summary, "p(95)", "p95"),
        p99_ms=_latency(summary, "p(99)", "p99"),
        rps=_per_second(requests, seconds, rate),
        requests=requests,
        error_pct=None if of_requests is None else max(of_requests, of_checks),
        thresholds_failed=failed if judged else None,
        checks_failed=fails,
        thresholds=judged,
        thresholds_unproven=unproven if judged else None,
        checks_passed=passes,
        duration_s=seconds,
    )


def _per_second(requests: int, seconds: float | None, rate: float | None) -> float | None:
    """Return the rate as stated, unless the requests and the time of the run show a lower one."""
    shown = amount(requests / seconds, "requests per second") if seconds else None
    return shown if rate is None or (shown is not None and rate > _SLIGHTLY * shown) else rate


def _latency(summary: LoadSummary, *keys: str) -> float | None:
    """Return a percentile; a lower one that is greater contradicts it, and counts."""
    duration = summary.metrics.get("http_req_duration")
    figure = duration.figure(*keys) if duration and duration.has_samples() else None
    if duration is None or figure is None:
        return None
    order = (("min",), ("med",), ("p(90)", "p90"), ("p(95)", "p95"))
    lower = order[: order.index(keys)] if keys in order else order
    return max([figure, *(found for each in lower if (found := duration.figure(*each)) is not None)])


def _error_pct(summary: LoadSummary) -> float | None:
    metric = summary.metrics.get("http_req_failed")
    if metric is None:
        return None
    # Here a sample "passes" if the request failed.
    ratio, share = metric.ratio(), metric.figure("rate", "value")
    if ratio is not None:
        failed, total = ratio
        share = max(failed / total, share or 0) if total else None
    if share is not None and share > 1:
        raise Unreadable(f"http_req_failed: {share} of the requests failed, but a share is at most 1")
    return None if share is None else 100 * share


def _checks(summary: LoadSummary) -> tuple[int | None, int | None]:
    """Return how often checks passed and failed: the fewest and the most that counters and list show."""
    counted: tuple[int | None, int | None] = (None, None)
    if metric := summary.metrics.get("checks_failed"):
        failed, total = metric.ratio() or (None, None)
        counted = (None if failed is None or total is None else total - failed), failed
    elif metric := summary.metrics.get("checks"):
        counted = metric.whole("passes"), metric.whole("fails")
    passes, fails = zip(counted, summary.checks or (None, None), strict=True)
    return min(_known(passes), default=None), max(_known(fails), default=None)


def _known(counts: Iterable[int | None]) -> list[int]:
    return [count for count in counts if count is not None]


def _thresholds(summary: LoadSummary, file: str) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return the thresholds that failed, and those that passed without a sample."""
    failed, unproven = [], []
    for metric in summary.metrics.values():
        for expression, passed in metric.thresholds.items():
            place = pointer(("metrics", metric.name, "thresholds", expression))
            if not passed or metric.violates(expression):
                failed.append(Finding(f"{metric.name}: {expression} does not hold", file, pointer=place))
            elif not metric.has_samples():
                lack = f"{metric.name}: {expression} had no sample to judge"
                unproven.append(Finding(lack, file, pointer=place))
    return tuple(failed), tuple(unproven)
