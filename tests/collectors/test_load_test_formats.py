"""Load tests of every tool: requests, failures, percentiles and units, whatever the tool calls them."""

import json
from typing import Any

import pytest

from builders.artefacts import SAMPLES, chosen, collect, outcome, short
from gatekeeper.collectors.load_test import read as load_test

CASES = SAMPLES.parent / "cases/load_test"


# --- k6 over other protocols than HTTP


def trend(**values: float) -> dict[str, Any]:
    named = {f"p({key[1:]})" if key[:1] == "p" else key: value for key, value in values.items()}
    return {"type": "trend", "contains": "time", "values": named}


def counter(count: int, rate: float = 1) -> dict[str, Any]:
    return {"type": "counter", "contains": "default", "values": {"count": count, "rate": rate}}


def rate(passes: int, fails: int) -> dict[str, Any]:
    return {"type": "rate", "contains": "default", "values": {"passes": passes, "fails": fails}}


def k6(**metrics: dict[str, Any]) -> str:
    return json.dumps(
        {"state": {"testRunDurationMs": 10_000}, "metrics": {"iterations": counter(9)} | metrics}
    )


CALLS = {"grpc_req_duration": trend(min=1, p95=40, p99=60)}
HTTP = {
    "http_reqs": counter(100, 10),
    "http_req_duration": trend(p95=20, p99=90),
    "http_req_failed": rate(0, 100),
}


@pytest.mark.parametrize(
    ("metrics", "format_", "expected"),
    [
        (
            CALLS | {"checks": rate(95, 5)},
            "k6-handle-summary-grpc",
            {"p95_ms": 40, "p99_ms": 60, "requests": None, "rps": None, "error_pct": 5.0, "checks_failed": 5},
        ),
        ({"grpc_req_duration": trend(count=500, p95=40)}, "k6-handle-summary-grpc", {"requests": 500, "rps": 50, "error_pct": None}),
        (
            {"ws_sessions": counter(10), "ws_msgs_sent": counter(80, 8), "ws_connecting": trend(p95=5, p99=7), "ws_session_duration": trend(p95=5000)},
            "k6-handle-summary-websocket",
            {"p95_ms": 5, "requests": 80, "rps": 8, "error_pct": None},
        ),
        (
            {"kafka_writer_message_count": counter(200, 20), "kafka_writer_error_count": counter(4), "kafka_writer_write_seconds": trend(p95=3),
             "kafka_reader_message_count": counter(200), "kafka_reader_read_seconds": trend(p95=900)},
            "k6-handle-summary-kafka",
            {"p95_ms": 3, "requests": 200, "rps": 20, "error_pct": 2.0},
        ),
        (HTTP | CALLS, "k6-handle-summary-http-grpc", {"p95_ms": 40, "p99_ms": 90, "requests": 100, "rps": 10, "error_pct": None}),
        (HTTP | CALLS | {"checks": rate(98, 2)}, "k6-handle-summary-http-grpc", {"error_pct": 2.0}),
        (HTTP | {"grpc_req_duration": trend(p95=10)}, "k6-handle-summary-http-grpc", {"p95_ms": 20, "p99_ms": None}),
    ],
    ids=short,
)  # fmt: skip
def test_k6_over_other_protocols(metrics: dict[str, Any], format_: str, expected: dict[str, Any]) -> None:
    collected = collect(load_test, k6(**metrics))
    assert collected.format == format_
    assert chosen(collected.facts, expected) == expected


def test_a_call_of_grpc_in_another_unit_is_not_understood() -> None:
    [origin] = collect(load_test, k6(grpc_req_duration=trend(p95=4) | {"contains": "default"})).origins
    assert [each.touches for each in origin.not_understood] == [{"p95_ms", "p99_ms"}]


def test_a_trend_of_grpc_without_samples_is_no_run() -> None:
    assert outcome(load_test, k6(grpc_req_duration=trend(p95=0))).startswith(
        "absent: report-0: the run made no"
    )
