"""k6 end-of-test summaries in their three shapes."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.artefacts import chosen, collect, facts, fixture, outcome, short
from gatekeeper.collectors.load_test import read as load_test
from gatekeeper.collectors.load_test.facts import LoadTestFacts
from gatekeeper.model.evidence import Finding


def test_handle_summary() -> None:
    collected = collect(load_test, fixture("load_test", "handle-summary.json"))
    assert (collected.format, collected.produced_at) == ("k6-handle-summary", None)
    assert collected.facts == LoadTestFacts(
        p95_ms=66.7,
        p99_ms=None,  # though the threshold on p(99) is ok
        rps=200.5,
        requests=2000,
        error_pct=2.5,
        thresholds_failed=(
            Finding(
                "http_req_failed: rate<0.01 does not hold",
                "report-0",
                pointer="/metrics/http_req_failed/thresholds/rate<0.01",
            ),
        ),
        checks_failed=30,
        thresholds=4,
        thresholds_unproven=(
            Finding(
                "http_req_duration{op:nosuch}: p(95)<100 had no sample to judge",
                "report-0",
                pointer="/metrics/http_req_duration{op:nosuch}/thresholds/p(95)<100",
            ),
        ),
        checks_passed=2970,
        duration_s=10,
    )


def test_summary_export_says_true_where_a_threshold_failed() -> None:
    collected = collect(load_test, fixture("load_test", "summary-export.json"))
    assert (collected.format, collected.produced_at) == ("k6-summary-export", None)
    assert collected.facts == LoadTestFacts(
        p95_ms=66.7,
        p99_ms=225.1,
        rps=200.5,
        requests=2000,
        error_pct=2.5,
        thresholds_failed=(
            Finding(
                "http_reqs: rate>400 does not hold",
                "report-0",
                pointer="/metrics/http_reqs/thresholds/rate>400",
            ),
            Finding(
                "http_req_duration: p(99)<80 does not hold",
                "report-0",
                pointer="/metrics/http_req_duration/thresholds/p(99)<80",
            ),
        ),
        checks_failed=30,
        thresholds=5,
        thresholds_unproven=(
            # A counter may well be 0, so that of the dropped iterations is proven.
            Finding(
                "payment_declined{region:none}: rate<0.1 had no sample to judge",
                "report-0",
                pointer="/metrics/payment_declined{region:none}/thresholds/rate<0.1",
            ),
        ),
        checks_passed=2970,
        duration_s=2000 / 200.5,
    )


def test_machine_readable_has_neither_p99_nor_thresholds() -> None:
    collected = collect(load_test, fixture("load_test", "machine-readable.json"))
    assert collected.format == "k6-machine-readable"
    assert collected.produced_at == datetime(2026, 3, 2, 10, 0, 18, 541454, tzinfo=UTC)
    assert collected.facts == LoadTestFacts(
        p95_ms=66.4,
        rps=250.0,
        requests=2000,
        error_pct=2.5,
        checks_failed=30,
        checks_passed=2970,
        duration_s=8,
    )
    [origin] = collected.origins
    assert (origin.file, origin.producer, origin.items) == ("report-0", "k6 2.2.0", 5)


def test_machine_readable_in_camel_case() -> None:
    report = fixture("load_test", "machine-readable.json").replace(b"generated_at", b"generatedAt")
    assert collect(load_test, report).produced_at == datetime(2026, 3, 2, 10, 0, 18, 541454, tzinfo=UTC)


def handle_summary(**metrics: dict[str, Any]) -> str:
    requests = {"http_reqs": {"type": "counter", "values": {"count": 10, "rate": 5}}}
    return json.dumps({"state": {"testRunDurationMs": 4000}, "metrics": requests | metrics})


def export(**metrics: dict[str, Any]) -> str:
    return json.dumps({"root_group": {}, "metrics": {"http_reqs": {"count": 10, "rate": 5}} | metrics})


ZEROS = {"avg": 0, "p(95)": 0, "p(99)": 0}


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(
            handle_summary(),
            {
                "requests": 10,
                "rps": 2.5,  # 10 in four seconds, though a rate of 5 is stated
                "p95_ms": None,
                "p99_ms": None,
                "error_pct": None,
                "thresholds_failed": None,
                "checks_failed": None,
                "thresholds": None,
                "thresholds_unproven": None,
            },
            id="what is not there is null",
        ),
        pytest.param(
            handle_summary(http_reqs={"values": {"count": 10}}),
            {"rps": 2.5},
            id="requests over the duration of the run",
        ),
        pytest.param(
            handle_summary(http_req_duration={"values": ZEROS}),
            {"p95_ms": None, "p99_ms": None},
            id="a latency of 0 throughout was never measured",
        ),
        pytest.param(
            export(http_req_failed={"value": 0.25}),
            {"error_pct": 25.0},
            id="a rate without its counts",
        ),
        pytest.param(
            export(http_req_failed={"passes": 0, "fails": 0, "value": 0}),
            {"error_pct": None},
            id="a rate of nothing",
        ),
        pytest.param(
            handle_summary(http_req_duration={"values": {"avg": 3}, "thresholds": {"avg<9": {"ok": True}}}),
            {"thresholds": 1, "thresholds_failed": (), "thresholds_unproven": ()},
            id="all thresholds hold",
        ),
        pytest.param(
            export(**{"t{url:/a~b}": ZEROS | {"thresholds": {"avg>1": True}}}),
            {
                "thresholds_failed": (
                    Finding(
                        "t{url:/a~b}: avg>1 does not hold",
                        "report-0",
                        pointer="/metrics/t{url:~1a~0b}/thresholds/avg>1",
                    ),
                ),
                "thresholds_unproven": (),
            },
            id="what failed is not unproven as well; pointers are escaped",
        ),
    ],
)
def test_shapes(report: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(load_test, report), expected) == expected


POINTS = (
    '{"metric":"http_reqs","type":"Metric","data":{"name":"http_reqs","type":"counter"}}\n'
    '{"metric":"http_reqs","type":"Point","data":{"time":"2026-03-02T10:00:00Z","value":1,"tags":{}}}\n'
)
NO_REQUEST = "absent: report-0: the run made no HTTP request"


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (" ", "absent: report-0: the file is empty"),
        (handle_summary(http_reqs={"values": {"count": 0, "rate": 0}}), NO_REQUEST),
        (export(http_reqs={"count": 0, "rate": 0}), NO_REQUEST),
        ('{"root_group": {}, "metrics": {}}', NO_REQUEST),
        ('{"results": {"metrics": []}}', NO_REQUEST),
        (POINTS, "unreadable: report-0: the JSON has no supported format"),
        (POINTS.splitlines()[1], "unreadable: report-0: the JSON has no supported format"),
        (
            '{"metrics": {"bugs": {"value": 3}}}',
            "unreadable: report-0: the JSON has no supported format",
        ),
        ('{"metrics": []}', "unreadable: report-0: the JSON has no supported format"),
        ("{}", "unreadable: report-0: the JSON has no supported format"),
        ("[]", "unreadable: report-0: the JSON has no supported format"),
        ("http_reqs: 5", "unreadable: report-0: the file has no supported format"),
        (export(http_reqs={"count": "10"}), "unreadable: report-0: http_reqs: count is '10', not a count"),
        (
            export(http_req_duration={"p(95)": "66 ms"}),
            "unreadable: report-0: http_req_duration: p(95) is '66 ms', not an amount",
        ),
        (
            export(http_req_failed={"value": 1.5}),
            "unreadable: report-0: http_req_failed: 1.5 of the requests",
        ),
        (export(http_req_failed={"value": -1}), "unreadable: report-0: http_req_failed: value is -1"),
        (
            export(http_req_duration={"p(95)": 9, "thresholds": {"p(95)<5": {"ok": False}}}),
            "unreadable: report-0: the threshold p(95)<5 of http_req_duration is an object, neither true nor false",
        ),
        (
            handle_summary(http_req_duration={"values": {"p(95)": 9}, "thresholds": {"p(95)<5": True}}),
            "unreadable: report-0: the threshold p(95)<5 of http_req_duration is True, not an object",
        ),
        (
            handle_summary(http_req_duration={"p(95)": 9}),
            "unreadable: report-0: http_req_duration: values is missing, not an object",
        ),
        ('{"metrics": {"http_reqs": {"count": NaN}}}', "unreadable: report-0: line 1: not JSON"),
        (
            '{"metrics": {"http_reqs": {"count": 1e999}}}',
            "unreadable: report-0: not JSON: a number out of range",
        ),
        ('{"metrics": ' * 50_000, "unreadable: report-0: line 1: not JSON: nested too deep"),
        (handle_summary()[:-2], "unreadable: report-0: line 1: not JSON: EOF while parsing"),
        (handle_summary().encode("utf-16-le"), "unreadable: report-0: line 1: not JSON"),
    ],
    ids=short,
)
def test_what_is_no_evidence(report: str | bytes, expected: str) -> None:
    assert outcome(load_test, report).startswith(expected)


TREND = {
    "type": "trend",
    "contains": "time",
    "values": {"min": 1, "med": 40, "p(90)": 90, "p(95)": 120, "p(99)": 180},
}


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (handle_summary(http_req_duration=TREND), {"p95_ms": 120.0, "p99_ms": 180.0}),
        # A percentile is at least as great as a lower one.
        (handle_summary(http_req_duration=TREND | {"values": {"p(90)": 500, "p(95)": 120, "p(99)": 180}}), {"p95_ms": 500.0, "p99_ms": 500.0}),
        (handle_summary(http_req_failed={"values": {"passes": 1, "fails": 9, "rate": 0.5}}), {"error_pct": 50.0}),
        (handle_summary(http_req_failed={"values": {"passes": 5, "fails": 5, "rate": 0.1}}), {"error_pct": 50.0}),
        (
            json.dumps(json.loads(handle_summary(checks={"values": {"passes": 9, "fails": 0}}))
                       | {"root_group": {"groups": [{"checks": [{"passes": 7, "fails": 2}]}]}}),
            {"checks_passed": 7, "checks_failed": 2},
        ),
        (json.dumps(json.loads(export()) | {"root_group": {"checks": {"c": {"passes": 7, "fails": 2}}}}), {"checks_passed": 7, "checks_failed": 2}),
    ],
    ids=short,
)  # fmt: skip
def test_of_contradictions_the_worse_counts(report: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(load_test, report), expected) == expected


@pytest.mark.parametrize(
    ("threshold", "fails"),
    [("p(95)<100", True), ("p(95) < 130", False), ("max<1", False), ("p(95)<x", False)],
)
def test_a_threshold_that_the_values_violate_fails(threshold: str, fails: bool) -> None:
    report = handle_summary(http_req_duration=TREND | {"thresholds": {threshold: {"ok": True}}})
    assert bool(facts(load_test, report).thresholds_failed) is fails


@pytest.mark.parametrize("unit", ["data", "default", None])
def test_a_duration_that_is_no_time_is_not_understood(unit: str | None) -> None:
    [origin] = collect(load_test, handle_summary(http_req_duration=TREND | {"contains": unit})).origins
    assert [each.touches for each in origin.not_understood] == [{"p95_ms", "p99_ms"}]


def test_requests_without_an_outcome_make_the_summary_partial() -> None:
    [origin] = collect(
        load_test, handle_summary(http_req_failed={"values": {"passes": 0, "fails": 4}})
    ).origins
    assert origin.partial == ("the outcome of 6 of 10 requests is not counted",)
