"""k6's end-of-test summary, in its three shapes.

https://grafana.com/docs/k6/latest/results-output/end-of-test/ and what k6 0.2x to 2.2 write. Thresholds have
opposite polarity: `{"ok": true}` of `handleSummary` means passed, and a bare `true` of `--summary-export`
means failed. No shape states that a run was interrupted.
Modelled: where counters, lists and values contradict each other, what is worse. Not modelled: a latency in
another unit than milliseconds.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from gatekeeper.collectors.load_test import _k6_protocols as protocols
from gatekeeper.collectors.load_test._k6_metrics import LoadMetric
from gatekeeper.collectors.load_test._k6_protocols import HTTP, LoadProtocol, Metrics
from gatekeeper.collectors.load_test.facts import PLACES
from gatekeeper.collectors.load_test.read import LoadReport, Threshold
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import (
    amount,
    count,
    entries,
    first_text,
    flag,
    mapping,
    section,
    shown,
    text,
    walk,
)
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.structured import pointer
from gatekeeper.model.evidence import Absent, Finding, NotUnderstood, Origin
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="k6, also over gRPC, WebSocket and, with xk6-kafka, Kafka",
    seen="2.2.0, and 0.2x to 2.2 by their source",
    source="https://grafana.com/docs/k6/latest/results-output/end-of-test/",
    command="k6 run --summary-export k6.json, or `handleSummary`",
    recognised="`metrics` with one that every run has, such as `iterations`; or a list `results.metrics`",
    models="requests, failures, percentiles, rate, thresholds, checks",
    not_modelled="that a run was interrupted, which no summary states",
)
_ALWAYS_PRESENT = frozenset(
    {"http_reqs", "iterations", "iteration_duration", "data_sent", "data_received", "vus"}
)


def recognises(content: Content) -> bool:
    """Return whether the file is a summary."""
    return _reader_of(content.object) is not None


class _Summary(NamedTuple):
    """An end-of-test summary."""

    origin: Origin
    metrics: Metrics
    duration_s: float | None = None
    checks: tuple[int, int] | None = None
    """How often the checks that are listed one by one passed and failed; None if none is listed."""


def read(content: Content) -> LoadReport:
    """Return the figures of a summary."""
    reader = _reader_of(content.object)
    assert reader is not None  # noqa: S101 - `recognises` has found one
    summary = reader()
    metrics, used = summary.metrics, protocols.used(summary.metrics)
    if not used:
        raise Absent("the run made no HTTP request")
    shares = [share for each in used if (share := each.failed_pct(metrics)) is not None]
    passes, fails = _checks(summary)
    return LoadReport(
        summary.origin._replace(
            format="-".join([summary.origin.format, *(each.name for each in used if used != [HTTP])]),
            partial=_partial(metrics),
            not_understood=_other_units(metrics, used, content.name),
        ),
        used[0].requests(metrics),
        failed_pct=max(shares) if len(shares) == len(used) else None,
        latency_ms=protocols.slowest(metrics),
        rps=used[0].rate(metrics),
        duration_s=summary.duration_s,
        thresholds=tuple(_thresholds(metrics.values(), content.name)),
        checks_passed=passes,
        checks_failed=fails,
    )


def _reader_of(document: Object) -> Callable[[], _Summary] | None:
    """Return a function that reads the shape of a document; None if it is not a summary."""
    results = document.get("results")
    if isinstance(results, dict) and isinstance(results.get("metrics"), list):
        return lambda: _machine_readable(document, results)
    metrics = document.get("metrics")
    if not isinstance(metrics, dict):
        return None
    found = {name: metric for name, metric in metrics.items() if isinstance(metric, dict)}
    if len(found) < len(metrics):
        return None
    if not ("root_group" in document or _ALWAYS_PRESENT & metrics.keys()):
        return None
    if any("values" in metric for metric in found.values()):
        return lambda: _handle_summary(document, found)
    origin = Origin("k6-summary-export", items=len(found))
    return lambda: _Summary(origin, _metrics(found, exported=True), checks=_listed_checks(document))


def _handle_summary(document: Object, metrics: Mapping[str, Object]) -> _Summary:
    duration = section(document, "state").get("testRunDurationMs")
    return _Summary(
        Origin("k6-handle-summary", items=len(metrics)),
        _metrics(metrics, exported=False),
        None if duration is None else amount(duration, "state.testRunDurationMs") / 1000,
        _listed_checks(document),
    )


def _machine_readable(document: Object, results: Object) -> _Summary:
    checks = section(results, "checks", "results.checks")
    metrics = {}
    for entry in [*entries(checks.get("metrics"), "metrics"), *entries(results["metrics"], "metrics")]:
        metric = mapping(entry, "a metric")
        name = text(metric.get("name"), "the name of a metric")
        metrics[name] = LoadMetric(name, _values(metric, name), {}, metric.get("contains"))
    duration = section(document, "config").get("duration")
    metadata = section(document, "metadata")
    version = first_text(metadata, "k6_version", "k6Version")
    origin = Origin(
        "k6-machine-readable",
        producer=f"k6 {version}" if version else None,
        produced_at=instants.from_text(metadata.get("generated_at") or metadata.get("generatedAt")),
        items=len(metrics),
    )
    seconds = None if duration is None else amount(duration, "config.duration")
    return _Summary(origin, metrics, seconds, _sum_of_checks(checks.get("results")))


def _metrics(metrics: Mapping[str, Object], *, exported: bool) -> dict[str, LoadMetric]:
    """Return metrics; those of `--summary-export` have their values beside the thresholds that failed."""
    found = {}
    for name, metric in metrics.items():
        stated = mapping(metric.get("thresholds", {}), f"{name}: thresholds")
        thresholds = {
            expression: _passed(result, f"the threshold {expression} of {name}", exported=exported)
            for expression, result in stated.items()
        }
        flat = {key: value for key, value in metric.items() if key != "thresholds"}
        # `--summary-export` does not say what the values are; they are always milliseconds.
        values, unit = (flat, "time") if exported else (_values(metric, name), metric.get("contains"))
        found[name] = LoadMetric(name, values, thresholds, unit)
    return found


def _listed_checks(document: Object) -> tuple[int, int] | None:
    return _sum_of_checks(document.get("root_group"))


def _sum_of_checks(listed: Json) -> tuple[int, int] | None:
    """Return how often the checks in a group, and the groups in it, passed and failed."""
    checks = [each for each in walk(listed) if isinstance(each, dict) and {"passes", "fails"} & each.keys()]
    passes, fails = ([count(each.get(key, 0), key) for each in checks] for key in ("passes", "fails"))
    return (sum(passes), sum(fails)) if checks else None


def _values(metric: Object, name: str) -> Object:
    return mapping(metric.get("values"), f"{name}: values")


def _passed(result: object, where: str, *, exported: bool) -> bool:
    return not flag(result, where) if exported else flag(mapping(result, where).get("ok"), f"{where}: ok")


def _checks(summary: _Summary) -> tuple[int | None, int | None]:
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


def _thresholds(metrics: Iterable[LoadMetric], file: str) -> Iterable[Threshold]:
    for metric in metrics:
        for expression, passed in metric.thresholds.items():
            place = Finding("", file, pointer=pointer(("metrics", metric.name, "thresholds", expression)))
            holds = passed and not metric.violates(expression)
            yield Threshold(f"{metric.name}: {expression}", place, holds, metric.has_samples())


def _partial(metrics: Metrics) -> tuple[str, ...]:
    requests = HTTP.requests(metrics) or 0
    answered = metrics["http_req_failed"].ratio() if "http_req_failed" in metrics else None
    lacking = requests - (answered[1] if answered else requests)
    return (f"the outcome of {lacking} of {requests} requests is not counted",) if lacking > 0 else ()


def _other_units(metrics: Metrics, used: Iterable[LoadProtocol], file: str) -> tuple[NotUnderstood, ...]:
    ledger = Ledger(PLACES)
    for protocol in used:
        metric = metrics.get(protocol.latency)
        if metric and metric.unit != "time":
            ledger.note("unit", f"{metric.name} contains {shown(metric.unit)}, not times", file=file)
    return ledger.places()
