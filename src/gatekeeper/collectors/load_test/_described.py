"""What a described format of this kind has: figures of a run, and rows that are thresholds or outcomes."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from gatekeeper.collectors.load_test.facts import PLACES
from gatekeeper.collectors.load_test.read import LoadReport, Threshold
from gatekeeper.collectors.reading.described import Described, Field, Row
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.model.evidence import Origin, Unreadable

_PERCENTILES = {
    "min": 0.0,
    "p50": 50.0,
    "p75": 75.0,
    "p90": 90.0,
    "p95": 95.0,
    "p99": 99.0,
    "p999": 99.9,
    "max": 100.0,
}
FIELDS = {"threshold": Field.TEXT, "passed": Field.FLAG, "status": Field.TEXT, "count": Field.COUNT}
"""A row is either a `threshold`, with whether it `passed`, or the `count` of requests with a `status`: a code
of HTTP, a word of gRPC such as `OK`, or an error."""
REQUIRED = frozenset[str]()
FIGURES = {
    "requests": Field.COUNT,
    "sent": Field.COUNT,
    "connections": Field.COUNT,
    "pipelining": Field.COUNT,
    "succeeded": Field.COUNT,
    "failed": Field.COUNT,
    "errors": Field.COUNT,
    "succeeded_pct": Field.SHARE,
    "failed_pct": Field.SHARE,
    **dict.fromkeys((*_PERCENTILES, "unnamed_percentile"), Field.MILLISECONDS),
    "rps": Field.AMOUNT,
    "duration": Field.SECONDS,
    "checks_passed": Field.COUNT,
    "checks_failed": Field.COUNT,
}
"""`sent` are requests with or without an answer; the end of a run leaves at most `pipelining` of them open on
each of the `connections`. `errors` are requests without a status; `unnamed_percentile` is one whose number is
not stated."""
DOUBTS = PLACES["threshold"]
WORDS: Mapping[str, Collection[str]] = {}
_SUCCESS = re.compile(r"[123][0-9]{2}|OK|SERVING", re.IGNORECASE)


def part(described: Described) -> LoadReport:
    """Return the figures of a run."""
    rows = list(described.rows)
    figures, outcomes = described.figures, [row for row in rows if row.get("count") is not None]
    requests = _requests(figures, outcomes)
    failed = _failed(figures, outcomes, requests)
    return LoadReport(
        _origin(described, outcomes, requests),
        requests,
        failed=failed,
        failed_pct=_failed_pct(figures),
        latency_ms={_PERCENTILES[name]: figures[name] for name in _PERCENTILES.keys() & figures.keys()},
        rps=figures.get("rps"),
        duration_s=figures.get("duration"),
        thresholds=tuple(map(_threshold, (row for row in rows if row.get("count") is None))),
        checks_passed=figures.get("checks_passed"),
        checks_failed=figures.get("checks_failed"),
    )


def _requests(figures: Mapping[str, Any], outcomes: Sequence[Row]) -> int | None:
    """Return how many requests there were, as stated or else by their outcomes."""
    if (stated := figures.get("requests")) is not None:
        return int(stated)
    fails = figures.get("failed", figures.get("errors"))
    if "succeeded" in figures and fails is not None:
        return int(figures["succeeded"] + fails)
    if outcomes or "errors" in figures:
        return _count(outcomes) + int(figures.get("errors", 0))
    return None


def _failed(figures: Mapping[str, Any], outcomes: Sequence[Row], requests: int | None) -> int | None:
    """Return how many requests failed: the most that the figures and the outcomes show."""
    known = [figures["failed"]] if "failed" in figures else []
    if "succeeded" in figures and requests is not None:
        if figures["succeeded"] > requests:
            raise Unreadable(f"{figures['succeeded']} of {requests} requests succeeded")
        known.append(requests - figures["succeeded"])
    if outcomes or "errors" in figures:
        fails = _count(row for row in outcomes if not _SUCCESS.fullmatch(row.get("status") or ""))
        known.append(fails + figures.get("errors", 0))
    return max(known, default=None)


def _failed_pct(figures: Mapping[str, Any]) -> float | None:
    stated = [figures["failed_pct"]] if "failed_pct" in figures else []
    if "succeeded_pct" in figures:
        stated.append(100 - figures["succeeded_pct"])
    return max(stated, default=None)


def _threshold(row: Row) -> Threshold:
    name, passed = row.get("threshold"), row.get("passed")
    return Threshold(name or "a threshold", row.finding(""), passed=passed is True)


def _count(outcomes: Iterable[Row]) -> int:
    return sum(row.get("count") for row in outcomes)


def _origin(described: Described, outcomes: Sequence[Row], requests: int | None) -> Origin:
    figures, ledger = described.figures, Ledger(PLACES)
    if "unnamed_percentile" in figures:
        what = "the file does not say which percentiles it states: the tool's settings decide"
        ledger.note("percentile", f"{what}; map what the tool records of each request", file=described.file)
    origin = ledger.told_by(described.origin(items=requests))
    lacking = (requests or 0) - _count(outcomes) - figures.get("errors", 0) if outcomes else 0
    if "sent" in figures:
        open_ = figures.get("connections", 0) * figures.get("pipelining", 1)
        requests = max(requests or 0, figures["sent"] - open_)
        lacking = requests - (figures.get("requests") or 0)
    if lacking > 0:
        what = f"the outcome of {lacking} of {requests} requests is not counted"
        origin = origin._replace(partial=(*origin.partial, what))
    return origin
