"""Law 3 for the flaws that dashboards, alerts, SLOs, traces, load tests and evaluations may have."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from gatekeeper.collectors.alerts import read as alerts
from gatekeeper.collectors.dashboard import read as dashboard
from gatekeeper.collectors.evals import read as evals
from gatekeeper.collectors.load_test import read as load_test
from gatekeeper.collectors.slo import read as slo
from gatekeeper.collectors.traces import read as traces
from gatekeeper.plugins import KindReader
from gatekeeper.testing import Flawed, check_damage

ALERT = {
    "alert": "A",
    "expr": "up == 0",
    "for": "5m",
    "labels": {"severity": "page"},
    "annotations": {"runbook_url": "https://r/a"},
}


def rule_file(**flaw: Any) -> dict[str, Any]:
    return {"groups": [{"name": "g", "interval": "1m", "rules": [ALERT, {**ALERT, "alert": "B", **flaw}]}]}


def are_alerts(facts: Any) -> bool:
    lists = (facts.without_threshold, facts.without_escalation, facts.without_runbook)
    return (facts.alerts or 0) >= 2 and lists == ((), (), ())


def panel(expression: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "stat",
        "title": "P",
        "targets": [{"refId": "A", "expr": expression}],
        "fieldConfig": {"defaults": {}},
    } | more


SHOWN = (
    panel("rate(http_requests_total[5m])"),
    panel("histogram_quantile(0.9, rate(http_request_duration_seconds_bucket[5m]))"),
    panel("rate(container_cpu_usage_seconds_total[5m])"),
)


def board(last: dict[str, Any]) -> dict[str, Any]:
    return {"title": "T", "uid": "u", "schemaVersion": 39, "panels": [*SHOWN, {**last, "title": "Errors"}]}


def are_signals(facts: Any) -> bool:
    return set(facts.signals or ()) == {"traffic", "latency", "errors", "saturation"}


def objectives(**flaw: Any) -> dict[str, Any]:
    sources = {"good": {"metricSource": {"type": "Prometheus", "spec": {"query": "good_total"}}},
               "total": {"metricSource": {"type": "Prometheus", "spec": {"query": "all_total"}}}}  # fmt: skip
    indicator = {
        "metadata": {"name": "i"},
        "spec": {"ratioMetric": {"counter": True, **sources, **flaw.pop("ratio", {})}},
    }
    spec = {
        "service": "s",
        "indicator": indicator,
        "timeWindow": [{"duration": "28d"}],
        "objectives": [{"target": 0.999}],
    }
    return {
        "apiVersion": "openslo/v1",
        "kind": "SLO",
        "metadata": {"name": "availability"},
        "spec": spec | flaw,
    }


def are_objectives(facts: Any) -> bool:
    return bool((facts.objectives or {}).get("availability", 0) >= 50 and facts.unmeasured == ())


def export(*resources: tuple[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {"resourceSpans": [
        {"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": name}}]}, "scopeSpans": [{"spans": spans}]}
        for name, spans in resources
    ]}  # fmt: skip


def span(id_: int, parent: int | None = None, trace: int = 1, **more: Any) -> dict[str, Any]:
    times = {"startTimeUnixNano": str(id_ * 10), "endTimeUnixNano": "900"}
    linked = {} if parent is None else {"parentSpanId": f"{parent:016x}"}
    return {"traceId": f"{trace:032x}", "spanId": f"{id_:016x}", "flags": 0x101} | linked | times | more


CROSSED = [("a", [span(1), span(2, 1, kind=3)]), ("b", [span(3, 2, kind=2, flags=0x301)])]
TO_B = [{"key": "server.address", "value": {"stringValue": "b"}}]


def are_traces(facts: Any) -> bool:
    return (facts.crossings or 0) >= 1 and facts.broken == () and facts.uncrossed == ()


def summary(**flaw: Any) -> dict[str, Any]:
    def trend(**thresholds: Any) -> dict[str, Any]:
        values = {"avg": 50, "min": 1, "med": 40, "max": 400, "p(95)": 120, "p(99)": 180}
        return {"type": "trend", "contains": "time", "values": values, "thresholds": thresholds}

    metrics = {
        "http_reqs": {"type": "counter", "contains": "default", "values": {"count": 1000, "rate": 100}},
        "http_req_duration": trend(**{"p(95)<200": {"ok": True}}),
        "http_req_failed": {
            "type": "rate",
            "contains": "default",
            "values": {"rate": 0, "passes": 0, "fails": 1000},
        },
        "checks": {"type": "rate", "contains": "default", "values": {"rate": 1, "passes": 10, "fails": 0}},
    }
    return {
        "root_group": {"checks": [], "groups": []},
        "state": {"testRunDurationMs": 10_000},
        "metrics": metrics | flaw,
    }


def is_fast(facts: Any) -> bool:
    return (
        facts.p95_ms is not None and facts.p95_ms <= 200 and facts.p99_ms is not None and facts.p99_ms <= 300
        and (facts.rps or 0) >= 100 and facts.error_pct is not None and facts.error_pct < 1
        and facts.thresholds_failed == () and facts.thresholds_unproven == () and facts.checks_failed == 0
    )  # fmt: skip


def metric(values: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "trend", "contains": "time", "values": values, "thresholds": {}} | more


SLOW = {"avg": 50, "min": 1, "med": 40, "max": 900, "p(95)": 420, "p(99)": 480}


def evaluation(**flaw: Any) -> dict[str, Any]:
    def row(**more: Any) -> dict[str, Any]:
        component = {"pass": True, "score": 1, "reason": "", "assertion": {"type": "equals", "metric": "m"}}
        grading = {"pass": True, "score": 1, "componentResults": [component]}
        return {
            "success": True,
            "failureReason": 0,
            "vars": {"a": "b"},
            "promptIdx": 0,
            "gradingResult": grading,
        } | more

    rows = [row(), row(**flaw)]
    stats = {
        "successes": sum(each["success"] is True for each in rows),
        "failures": sum(each["success"] is False for each in rows),
        "errors": 0,
    }
    return {"results": {"version": 3, "timestamp": "2026-03-02T10:00:00Z", "results": rows, "stats": stats}}


def is_passed(facts: Any) -> bool:
    return (facts.total or 0) >= 1 and (facts.failed, facts.unasserted, facts.assertions_failed) == (
        (),
        (),
        (),
    )


FAILED_ASSERTION = {"pass": False, "score": 0, "reason": "r", "assertion": {"type": "equals", "metric": "m"}}
Case = tuple[KindReader, dict[str, Any], Callable[[Any], bool]]
GREEN: dict[str, Case] = {
    "alerts": (alerts, rule_file(), are_alerts),
    "dashboard": (dashboard, board(panel('rate(http_requests_total{code=~"5.."}[5m])')), are_signals),
    "slo": (slo, objectives(), are_objectives),
    "traces": (traces, export(*CROSSED), are_traces),
    "load test": (load_test, summary(), is_fast),
    "evals": (evals, evaluation(), is_passed),
}
RED: dict[str, Case] = {
    "a threshold that always holds": (alerts, rule_file(expr="rate(x[5m]) >= 0"), are_alerts),
    "a placeholder of a runbook": (alerts, rule_file(annotations={"runbook_url": "TODO", "summary": "s"}), are_alerts),
    "no escalation": (alerts, rule_file(labels={"severity": "none", "job": "a"}), are_alerts),
    "a text": (dashboard, board(panel("rate(http_errors_total[5m])", type="text", options={"content": "errors"})), are_signals),
    "a comment": (dashboard, board(panel("# rate(http_errors_total[5m])")), are_signals),
    "page faults": (dashboard, board(panel("rate(node_page_faults_total[5m])", description="errors")), are_signals),
    "a random walk": (dashboard, board(panel("rate(http_errors_total[5m])", targets=[
        {"refId": "A", "datasource": {"type": "grafana", "uid": "grafana"}, "queryType": "randomWalk"}])), are_signals),
    "a library panel": (dashboard, board({"type": "stat", "libraryPanel": {"uid": "x", "name": "Errors"}}), are_signals),
    "a constant": (slo, objectives(ratio={"good": {"metricSource": {"type": "Prometheus", "spec": {"query": "vector(1)"}}}}), are_objectives),
    "good is total": (slo, objectives(ratio={"good": {"metricSource": {"type": "Prometheus", "spec": {"query": "all_total"}}}}), are_objectives),
    "a ratio as per cent": (slo, objectives(objectives=[{"targetPercent": 0.999}]), are_objectives),
    "a missing parent": (traces, export(*CROSSED, ("c", [span(5, 9, kind=2, flags=0x301)])), are_traces),
    "a restarted root": (traces, export(*CROSSED, ("a", [span(5, 1, kind=3, attributes=TO_B)]), ("b", [span(6, None, 2, kind=2)])), are_traces),
    "a call that does not arrive": (traces, export(*CROSSED, ("a", [span(5, 1, kind=3, attributes=TO_B)])), are_traces),
    "a slow run": (load_test, summary(http_req_duration=metric(SLOW, thresholds={"p(95)<200": {"ok": False}})), is_fast),
    "failed requests": (load_test, summary(http_req_failed={"type": "rate", "contains": "default", "values": {
        "rate": 0.3, "passes": 300, "fails": 700}}), is_fast),
    "failed checks": (load_test, summary(checks={"type": "rate", "contains": "default", "values": {"rate": 0.5, "passes": 5, "fails": 5}})
        | {"root_group": {"checks": [{"name": "c", "passes": 5, "fails": 5}], "groups": []}}, is_fast),
    "microseconds": (load_test, summary(http_req_duration=metric(SLOW | {"p(95)": 120, "p(99)": 180, "max": 200}, contains="data", thresholds={"p(95)<200": {"ok": True}})), is_fast),
    "a failed row": (evals, evaluation(success=False, failureReason=1, gradingResult={
        "pass": False, "score": 0, "componentResults": [FAILED_ASSERTION]}), is_passed),
    "a failed assertion": (evals, evaluation(gradingResult={
        "pass": True, "score": 1, "componentResults": [FAILED_ASSERTION, FAILED_ASSERTION | {"pass": True}]}), is_passed),
}  # fmt: skip
PLACES: dict[KindReader, str] = {
    alerts: "/groups/0/rules/1",
    dashboard: "/panels/3",
    slo: "/spec",
    traces: "/resourceSpans/2",
    load_test: "/metrics/",
    evals: "/results/results/1",
}
METRICS = {
    "a slow run": "http_req_duration",
    "failed requests": "http_req_failed",
    "failed checks": "checks",
    "microseconds": "http_req_duration",
}
ALLOWED = {
    "a random walk": {
        "*/targets/0/datasource*": "the query is one to another data source",
        "*/targets/0*": "it has another query",
    },
    "a text": {"*/type": "the panel is of another type"},
    "a placeholder of a runbook": {"put other: */labels/*": "it is routed"},
    "no escalation": {"put *: */labels/severity": "it is routed"},
    "a constant": {"put *: */query": "it is another metric"},
    "good is total": {"put *: */query": "it is another metric"},
    "a failed assertion": {
        "put None: */componentResults/0": "an assertion that was not run",
        "drop */componentResults/0": "it was not made",
        "put [[]{'pass': True*: */componentResults": "it was not made",
    },
    "a missing parent": {"*/parentSpanId": "a span without a parent is a root"},
    "a restarted root": {
        "*/resourceSpans/2/*/spans/0*": "the call says something else",
        "* /resourceSpans/2": "there was no call",
    },
    "a call that does not arrive": {"*/attributes*": "it calls something else", "*/kind": "it is no call"},
}


def flawed(name: str) -> Flawed:
    reader, document, judge = RED[name]
    [repaired] = [json.dumps(green) for each, green, _ in GREEN.values() if each is reader]
    place = PLACES[reader] + METRICS.get(name, "")
    return Flawed(reader, json.dumps(document), place, judge, repaired, allowed=ALLOWED.get(name, {}))


@pytest.mark.long
@pytest.mark.parametrize("name", RED)
def test_damage_never_turns_a_flaw_green(name: str) -> None:
    assert check_damage(flawed(name), most=150) > 20


@pytest.mark.long
@pytest.mark.parametrize("name", RED)
def test_no_damage_turns_a_flaw_green(name: str) -> None:
    check_damage(flawed(name))
    check_damage(flawed(name), most=2000, seed=5)
