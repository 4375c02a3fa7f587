"""The three shapes of k6's end-of-test summary, read into one.

https://grafana.com/docs/k6/latest/results-output/end-of-test/ and what k6 0.2x to 2.2 write. The trap is the
polarity of thresholds: `{"ok": true}` means passed for `handleSummary`, and for `--summary-export` a bare
`true` means failed.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.figures import amount, count, listing, mapping, text
from gatekeeper.model.evidence import Unreadable

_POINT = re.compile(rb'\s*\{[^\n]{0,2000}"type"\s*:\s*"(Point|Metric)"')
_ALWAYS_THERE = frozenset(
    {"http_reqs", "iterations", "iteration_duration", "data_sent", "data_received", "vus"}
)


class Metric(NamedTuple):
    """One metric, of whatever shape."""

    name: str
    values: Mapping[str, Any]
    thresholds: Mapping[str, bool]
    """Expression -> whether k6 calls it passed."""

    def figure(self, *keys: str) -> float | None:
        """Return the value under the first of these keys that is there."""
        for key in keys:
            if self.values.get(key) is not None:
                return amount(self.values[key], f"{self.name}: {key}")
        return None

    def whole(self, key: str) -> int | None:
        """Return a value that counts, where it is there."""
        value = self.values.get(key)
        return None if value is None else count(value, f"{self.name}: {key}")

    def ratio(self) -> tuple[int, int] | None:
        """Return, of a rate, how often it held and of how many; None where it does not say."""
        held = self.whole("matches") if "matches" in self.values else self.whole("passes")
        total, rest = self.whole("total"), self.whole("fails")
        if held is None or (total is None and rest is None):
            return None
        return held, held + (rest or 0) if total is None else total

    def has_samples(self) -> bool:
        """Tell whether anything was measured.

        A counter or gauge may well be 0; of a rate the counts tell; a trend that is 0 throughout had none.
        """
        if (ratio := self.ratio()) is not None:
            return ratio[1] > 0
        if self.values.keys() <= {"count", "rate"} or "value" in self.values:
            return True
        return any(amount(value, f"{self.name}: {key}") > 0 for key, value in self.values.items())


class Summary(NamedTuple):
    """A whole summary."""

    format: str
    metrics: Mapping[str, Metric]
    duration_s: float | None = None
    produced_at: datetime | None = None


def is_point_stream(data: bytes) -> bool:
    """Tell whether these are the lines of `--out json`: single samples, not a summary."""
    return _POINT.match(data) is not None


def read(document: Mapping[str, Any]) -> Summary:
    """Read a summary; `Unreadable` where the document is none."""
    results = document.get("results")
    if isinstance(results, dict) and isinstance(results.get("metrics"), list):
        return _machine_readable(document, results)
    metrics = document.get("metrics")
    if isinstance(metrics, dict) and all(isinstance(metric, dict) for metric in metrics.values()):
        if any("values" in metric for metric in metrics.values()):
            return _handle_summary(document, metrics)
        if "root_group" in document or _ALWAYS_THERE & metrics.keys():
            return Summary("k6-summary-export", _metrics(metrics, _flat_values, _failed_if_true))
    raise Unreadable("JSON, but no end-of-test summary of k6")


def _handle_summary(document: Mapping[str, Any], metrics: Mapping[str, Any]) -> Summary:
    duration = mapping(document.get("state", {}), "state").get("testRunDurationMs")
    return Summary(
        "k6-handle-summary",
        _metrics(metrics, _nested_values, _passed_if_ok),
        duration_s=None if duration is None else amount(duration, "state.testRunDurationMs") / 1000,
    )


def _machine_readable(document: Mapping[str, Any], results: Mapping[str, Any]) -> Summary:
    checks = mapping(results.get("checks") or {}, "results.checks").get("metrics") or []
    metrics = {}
    for entry in [*listing(checks, "results.checks.metrics"), *results["metrics"]]:
        metric = mapping(entry, "a metric")
        name = text(metric.get("name"), "the name of a metric")
        metrics[name] = Metric(name, _nested_values(metric, name), {})
    duration = mapping(document.get("config") or {}, "config").get("duration")
    metadata = mapping(document.get("metadata") or {}, "metadata")
    generated = metadata.get("generated_at") or metadata.get("generatedAt")
    return Summary(
        "k6-machine-readable",
        metrics,
        duration_s=None if duration is None else amount(duration, "config.duration"),
        produced_at=instants.from_text(generated) if isinstance(generated, str) else None,
    )


def _metrics(
    metrics: Mapping[str, Any],
    values: Callable[[Mapping[str, Any], str], Mapping[str, Any]],
    passed: Callable[[object, str], bool],
) -> dict[str, Metric]:
    return {
        name: Metric(
            name,
            values(metric, name),
            {
                expression: passed(result, f"the threshold {expression} of {name}")
                for expression, result in mapping(metric.get("thresholds", {}), f"{name}: thresholds").items()
            },
        )
        for name, metric in metrics.items()
    }


def _nested_values(metric: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return mapping(metric.get("values"), f"{name}: values")


def _flat_values(metric: Mapping[str, Any], name: str) -> Mapping[str, Any]:  # noqa: ARG001 - as its twin
    return {key: value for key, value in metric.items() if key != "thresholds"}


def _passed_if_ok(result: object, where: str) -> bool:
    ok = result.get("ok") if isinstance(result, dict) else result
    if isinstance(result, dict) and isinstance(ok, bool):
        return ok
    raise Unreadable(f"{where} does not say whether it is ok")


def _failed_if_true(result: object, where: str) -> bool:
    if isinstance(result, bool):
        return not result
    raise Unreadable(f"{where} is neither true nor false")
