"""Artillery's report in JSON, of version 2 and of version 1.

https://www.artillery.io/docs/reference/reported-metrics; the JSON of version 2 has `aggregate.counters` and
`aggregate.summaries`, that of version 1 `aggregate.codes`, `aggregate.errors` and `aggregate.latency`. Times
are milliseconds, of answers alone: a request that timed out has none. A request fails by a status from 400
on, or by an error. `expect` counts as a check.

Not modelled: `ensure`, whose verdict is not in the report; other protocols than HTTP.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from gatekeeper.collectors.load_test.read import LoadReport
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import amount, count, section
from gatekeeper.model.evidence import Absent, Origin, Unreadable
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="Artillery",
    seen="2.0.21, and 1.7 by its source",
    source="https://www.artillery.io/docs/reference/reported-metrics",
    command="artillery run --output artillery.json test.yml",
    recognised="`aggregate.counters`, or `aggregate.scenariosCreated` with `aggregate.latency`",
    models="requests, status codes, errors, virtual users that failed, percentiles, duration, `expect`",
    not_modelled="`ensure`, whose verdict is not in the report; other protocols than HTTP",
)
_PERCENTILES = {"min": 0.0, "p50": 50.0, "p75": 75.0, "p90": 90.0, "p95": 95.0, "p99": 99.0, "max": 100.0}
_SUCCESS = re.compile(r"[123][0-9]{2}")


def recognises(content: Content) -> bool:
    """Return whether the JSON has an aggregate of Artillery."""
    aggregate = content.object.get("aggregate")
    if not isinstance(aggregate, dict):
        return False
    is_old = "scenariosCreated" in aggregate and isinstance(aggregate.get("latency"), dict)
    return is_old or isinstance(aggregate.get("counters"), dict)


def read(content: Content) -> LoadReport:
    """Return the figures of the whole run."""
    aggregate = section(content.object, "aggregate")
    return _version_1(aggregate) if "codes" in aggregate else _version_2(aggregate)


def _version_2(aggregate: Object) -> LoadReport:
    counters = _counts(aggregate, "counters")
    codes, errors = _below(counters, "http.codes."), _below(counters, "errors.")
    start, end = (aggregate.get(key) for key in ("firstMetricAt", "lastMetricAt"))
    has_expectations = any(name.startswith("plugins.expect.") for name in counters)
    outcomes = _Outcomes(counters.get("http.requests"), codes, errors)
    failed_users = counters.get("vusers.failed", 0)
    return LoadReport(
        outcomes.origin(instants.from_epoch(aggregate.get("firstCounterAt") if start is None else start)),
        outcomes.requests,
        failed=max(outcomes.failed, min(failed_users, outcomes.requests)),
        latency_ms=_latency(section(section(aggregate, "summaries"), "http.response_time")),
        duration_s=None if start is None or end is None else _seconds(start, end),
        checks_passed=counters.get("plugins.expect.ok", 0) if has_expectations else None,
        checks_failed=counters.get("plugins.expect.failed", 0) if has_expectations else None,
    )


def _version_1(aggregate: Object) -> LoadReport:
    codes, errors = _counts(aggregate, "codes"), _counts(aggregate, "errors")
    completed = aggregate.get("requestsCompleted")
    answers = None if completed is None else count(completed, "requestsCompleted")
    outcomes = _Outcomes(None if answers is None else answers + sum(errors.values()), codes, errors)
    return LoadReport(
        outcomes.origin(instants.from_text(aggregate.get("timestamp"))),
        outcomes.requests,
        failed=outcomes.failed,
        latency_ms=_latency(section(aggregate, "latency")),
    )


class _Outcomes:
    """The outcomes of the requests."""

    def __init__(self, stated: int | None, codes: Mapping[str, int], errors: Mapping[str, int]) -> None:
        self.counted = sum(codes.values()) + sum(errors.values())
        if not stated and not self.counted:
            raise Absent("the run made no HTTP request")
        if stated is None:
            raise Unreadable("the report counts answers or errors, but not the requests")
        self.requests = max(stated, self.counted)
        self.failed = sum(errors.values()) + sum(
            codes[code] for code in codes if not _SUCCESS.fullmatch(code)
        )

    def origin(self, began: datetime | None) -> Origin:
        """Return the origin of the report; it is partial if the outcome of a request is not counted."""
        lacking = self.requests - self.counted
        partial = f"the outcome of {lacking} of {self.requests} requests is not counted"
        return Origin(
            "artillery",
            producer="Artillery",
            produced_at=began,
            partial=(partial,) if lacking else (),
            items=self.requests,
        )


def _counts(aggregate: Object, key: str) -> dict[str, int]:
    return {name: count(value, f"{key}: {name}") for name, value in section(aggregate, key).items()}


def _below(counters: Mapping[str, int], prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): n for name, n in counters.items() if name.startswith(prefix)}


def _latency(summary: Object) -> dict[float, float]:
    named = ((percentile, key, summary.get(key)) for key, percentile in _PERCENTILES.items())
    return {percentile: amount(value, key) for percentile, key, value in named if value is not None}


def _seconds(start: Json, end: Json) -> float | None:
    lasted = amount(end, "lastMetricAt") - amount(start, "firstMetricAt")
    return lasted / 1000 if lasted > 0 else None
