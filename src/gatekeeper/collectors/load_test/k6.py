"""k6's end-of-test summary, in its three shapes.

https://grafana.com/docs/k6/latest/results-output/end-of-test/ and what k6 0.2x to 2.2 write. Thresholds have
opposite polarity: `{"ok": true}` of `handleSummary` means passed, and a bare `true` of `--summary-export`
means failed. No shape states that a run was interrupted.
Modelled: where counters, lists and values contradict each other, what is worse. Not modelled: a metric
`http_req_duration` in another unit than milliseconds.
"""

from collections.abc import Callable, Mapping

from gatekeeper.collectors.load_test.read import LoadMetric, LoadSummary
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import (
    amount,
    count,
    entries,
    first_text,
    flag,
    mapping,
    section,
    text,
    walk,
)
from gatekeeper.model.evidence import Origin
from gatekeeper.syntax.json import Json, Object

_ALWAYS_PRESENT = frozenset(
    {"http_reqs", "iterations", "iteration_duration", "data_sent", "data_received", "vus"}
)


def recognises(content: Content) -> bool:
    """Return whether the file is a summary."""
    return _reader_of(content.object) is not None


def read(content: Content) -> LoadSummary:
    """Return the metrics of a summary."""
    reader = _reader_of(content.object)
    assert reader is not None  # noqa: S101 - `recognises` has found one
    return reader()


def _reader_of(document: Object) -> Callable[[], LoadSummary] | None:
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
    return lambda: LoadSummary(origin, _metrics(found, exported=True), checks=_listed_checks(document))


def _handle_summary(document: Object, metrics: Mapping[str, Object]) -> LoadSummary:
    duration = section(document, "state").get("testRunDurationMs")
    return LoadSummary(
        Origin("k6-handle-summary", items=len(metrics)),
        _metrics(metrics, exported=False),
        None if duration is None else amount(duration, "state.testRunDurationMs") / 1000,
        _listed_checks(document),
    )


def _machine_readable(document: Object, results: Object) -> LoadSummary:
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
    return LoadSummary(origin, metrics, seconds, _sum_of_checks(checks.get("results")))


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
