"""Grafana dashboards and the signals that their panels show."""

import json
from typing import Any

import pytest

from builders.artefacts import SAMPLES, collect, facts, fixture, needs_samples, outcome, short
from gatekeeper.collectors.dashboard import read as dashboard
from gatekeeper.collectors.dashboard.facts import DashboardFacts


def test_classic() -> None:
    collected = collect(dashboard, fixture("dashboard", "classic.json"))
    assert (collected.format, collected.produced_at) == ("grafana", None)
    assert collected.facts == DashboardFacts(
        title="Checkout",
        uid="checkout-main",
        panels=("Orders", "Failing orders", "Time to answer", "CPU of the pods", "AI budget spent"),
        signals=("traffic", "latency", "errors", "saturation"),
        signal_panels={
            "traffic": ("Orders",),
            "latency": ("Time to answer",),
            "errors": ("Failing orders",),
            "saturation": ("CPU of the pods",),
        },
        metrics=(
            "container_cpu_usage_seconds_total",
            "http_request_duration_seconds_bucket",
            "http_requests_total",
        ),
        # A text, two rows, and a library panel whose model is not in the file.
        without_query=("Errors, latency and saturation", "Requests", "Time and resources", "AI budget"),
    )


def test_v2() -> None:
    collected = collect(dashboard, fixture("dashboard", "v2.json"))
    assert collected.format == "grafana-v2"
    assert collected.facts == DashboardFacts(
        title="Checkout",
        uid="checkout-v2",
        panels=("p95",),
        signals=("latency",),
        signal_panels={"latency": ("p95",)},
        metrics=("http_server_requests_seconds_bucket",),
        without_query=("Errors", "CPU"),
    )


RATE = "sum(rate(http_requests_total[5m]))"


def panel(title: str = "P", *expressions: str, unit: str | None = None, **fields: Any) -> dict[str, Any]:
    targets = [{"refId": "A", "expr": expression} for expression in expressions]
    return {
        "title": title,
        "type": "stat",
        "targets": targets,
        "fieldConfig": {"defaults": {"unit": unit}},
    } | fields


def board(*panels: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"title": "T", "uid": "u", "schemaVersion": 39, "panels": panels} | fields


def signals(*panels: dict[str, Any]) -> set[str]:
    return set(facts(dashboard, json.dumps(board(*panels))).signals)


@pytest.mark.parametrize(
    ("document", "uid"),
    [
        ({"meta": {"slug": "t"}, "dashboard": board(panel("P", RATE))}, "u"),
        (
            {
                "apiVersion": "dashboard.grafana.app/v1",
                "kind": "Dashboard",
                "metadata": {"name": "k"},
                "spec": board(panel("P", RATE), uid=None),
            },
            "k",
        ),
        (board(panel("P", RATE), uid=""), None),
        (board(panel("P", RATE), uid=7), None),
        ({"title": "T", "rows": [{"title": "R", "panels": [panel("P", RATE)]}]}, None),
    ],
    ids=["api", "kubernetes", "no uid", "a number as uid", "rows, before Grafana 5"],
)
def test_wrappings(document: object, uid: str | None) -> None:
    found = facts(dashboard, json.dumps(document))
    assert (found.title, found.uid, found.panels, found.signals) == ("T", uid, ("P",), ("traffic",))


def test_yaml() -> None:
    assert facts(
        dashboard,
        "title: T\npanels:\n- title: P\n  type: stat\n  targets: [{expr: 'rate(calls_total[1m])'}]\n",
    ).signals == ("traffic",)


@pytest.mark.parametrize(
    "shown",
    [
        panel("Requests"),
        panel("Errors", ""),
        panel("Errors", "  "),
        panel("Latency", targets=[{"refId": "A", "datasource": {"type": "prometheus"}, "legendFormat": "requests"}]),
        panel("Errors", targets=[{"refId": "A", "expr": RATE, "hide": True}]),
        panel("Errors", targets=None),
        panel("Latency p95", type="text", options={"content": "latency"}),
        panel("CPU", RATE, type="row"),
        panel("CPU", libraryPanel={"uid": "x", "name": "CPU"}),
        panel("Errors", targets=[{"refId": "A", "queryType": "range", "expr": ""}]),
    ],
    ids=short,
)  # fmt: skip
def test_a_panel_that_asks_for_nothing_shows_nothing(shown: dict[str, Any]) -> None:
    found = facts(dashboard, json.dumps(board(shown)))
    assert (found.panels, found.signals, found.signal_panels) == ((), (), {})
    assert found.without_query == (shown["title"],)


def test_hidden_queries_count_where_an_expression_shows_them() -> None:
    hidden = {"refId": "A", "expr": 'rate(http_requests_total{code=~"5.."}[5m])', "hide": True}
    assert signals(
        panel("P", targets=[hidden, {"refId": "B", "expression": "$A * 100", "type": "math"}])
    ) == {"errors"}
    assert signals(panel("P", targets=[hidden, {"refId": "B", "expr": "up"}])) == set()


def test_hidden_queries_that_no_expression_uses_do_not_run() -> None:
    hidden = {"refId": "A", "expr": RATE, "hide": True}
    for expression in ("$B * 100", "1", "$AB"):
        assert signals(panel("P", targets=[hidden, {"refId": "C", "expression": expression}])) == set()
    chain = [
        hidden,
        {"refId": "B", "expression": "A", "hide": True},
        {"refId": "C", "expression": "${B} / 2"},
    ]
    assert signals(panel("P", targets=chain)) == {"traffic"}


def test_the_data_of_another_panel_is_followed() -> None:
    shared = panel(
        "Copy", id=1, datasource={"uid": "-- Dashboard --"}, targets=[{"refId": "A", "panelId": 2}]
    )
    source = panel("Source", RATE, id=2)
    assert facts(dashboard, json.dumps(board(shared, source))).signal_panels == {
        "traffic": ("Copy", "Source")
    }
    hidden = panel("Source", id=2, targets=[{"refId": "A", "expr": RATE, "hide": True}])
    assert signals(shared, hidden) == signals(shared) == set()
    assert signals(shared, panel("Source", id=2, targets=[{"refId": "A", "panelId": 1}])) == set()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (RATE, {"traffic"}),
        ('sum(rate(http_requests_total{job="$job"}[$__rate_interval]))', {"traffic"}),
        ("increase(grpc_server_handled_total[1m]) / 60", {"traffic"}),
        ("sum by (code) (rate(http_requests_total[5m]))", {"traffic"}),
        ("rate(http_request_duration_seconds_count[5m])", {"traffic"}),
        ("histogram_count(rate(http_request_duration_seconds[5m]))", {"traffic"}),
        ("job:http_requests:rate5m", {"traffic"}),
        ('rate(http_requests_total{code!~"5.."}[5m])', {"traffic"}),
        # Not the rate of anything, and not requests.
        ("http_requests_total", set()),
        ("rate(http_response_bytes_total[5m])", set()),
        ("rate(orders_total[5m])", set()),
        # Failures, also as a share or by what succeeds.
        ('sum(rate(http_requests_total{code=~"5.."}[5m]))', {"errors"}),
        ('sum(rate(http_requests_total{status="500"}[5m])) / sum(rate(http_requests_total[5m]))', {"errors"}),
        ('rate(http_requests_total{code!~"5.."}[5m]) / rate(http_requests_total[5m])', {"errors"}),
        ('1 - rate(http_requests_total{code=~"2.."}[5m]) / rate(http_requests_total[5m])', {"errors"}),
        ('rate(grpc_server_handled_total{grpc_code!="OK"}[5m])', {"errors"}),
        ('rate(calls_total{status_code="STATUS_CODE_ERROR"}[5m])', {"errors"}),
        ("rate(payment_failures_total[5m])", {"errors"}),
        ('topk($n, sum by ($group) (rate(http_requests_total{code=~"5.."}[5m])))', {"errors"}),
        ('rate(x_total{path="/error"}[5m])', set()),
        ("slo:error_budget:ratio", set()),
        # Distributions of time, and their means.
        (
            "histogram_quantile(0.95, sum by (le) (rate(http_server_requests_seconds_bucket[5m])))",
            {"latency"},
        ),
        ("sum by (le) (rate(http_request_duration_seconds_bucket[5m]))", {"latency"}),
        ("rate(rpc_duration_ms_sum[5m]) / rate(rpc_duration_ms_count[5m])", {"latency"}),
        ('request_latency_seconds{quantile="0.99"}', {"latency"}),
        ("rate(http_request_duration_seconds_sum[5m])", set()),
        ("histogram_quantile(0.95, rate(http_request_size_bytes_bucket[5m]))", set()),
        ("rate(go_gc_duration_seconds_sum[5m]) / rate(go_gc_duration_seconds_count[5m])", set()),
        ("time() - process_start_time_seconds", set()),
        # Resources, and the state of what waits.
        ("rate(process_cpu_seconds_total[5m])", {"saturation"}),
        ("container_memory_working_set_bytes / container_spec_memory_limit_bytes", {"saturation"}),
        ("http_requests_in_flight", {"saturation"}),
        ("kafka_consumergroup_lag", {"saturation"}),
        ("hikaricp_connections_active", {"saturation"}),
        ("rate(nginx_connections_accepted[5m])", set()),
        ("up", set()),
        # What fails below or beside the requests.
        ("rate(node_vmstat_pgmajfault[5m])", set()),
        ("rate(process_page_faults_total[5m])", set()),
        ("rate(node_network_receive_errs_total[5m])", set()),
        ("rate(node_netstat_tcp_errors_total[5m])", set()),
        ('rate(http_requests_total{code=~"2..|5.."}[5m])', {"traffic"}),
        ('rate(http_requests_total{code=~".*"}[5m])', {"traffic"}),
        ('rate(http_requests_total{code=~"5..",code="200"}[5m])', set()),
        ('rate(http_server_requests_seconds_count{exception!="None"}[5m])', {"errors"}),
        ('go_goroutines{status="500"}', set()),
        ("rate(cache_requests_total[5m])", set()),
        # The metrics of OpenTelemetry.
        ("sum(rate(http_server_request_duration_seconds_count[5m]))", {"traffic"}),
        (
            'sum(rate(http_server_request_duration_seconds_count{http_response_status_code=~"5.."}[5m]))',
            {"errors"},
        ),
        (
            "histogram_quantile(0.95, sum by (le) (rate(http_server_duration_milliseconds_bucket[5m])))",
            {"latency"},
        ),
        # Only what is shown counts, not what filters.
        (f"up and {RATE}", set()),
        (f"up unless {RATE}", set()),
        (f"{RATE} > 100", {"traffic"}),
        # LogQL.
        ('sum(rate({app="x"} |= "error" [5m]))', {"errors"}),
        ('sum(count_over_time({app="x"} | json | status >= 500 [5m]))', {"errors"}),
        ('quantile_over_time(0.99, {app="x"} | logfmt | unwrap request_time [5m]) by (app)', {"latency"}),
        ('sum(rate({app="x"} != "error" [5m]))', set()),
        ('sum(rate({app="x"} | json | level="error" [5m]))', {"errors"}),
        ('{app="x"} |= "error"', set()),
        ("a{ latency", set()),
        ("rate(http_requests_total[5m]) < 0", set()),
        ("rate(http_requests_total[5m]) > Inf", set()),
        ("clamp_max(rate(http_requests_total[5m]), 0)", set()),
        ("rate(http_requests_total[5m]) ^ 0", set()),
        ("histogram_quantile(0.9, sum(rate(http_request_duration_seconds[5m])))", {"latency"}),
        (
            'sum(rate(req_seconds_sum{status!~"5.."}[1m])) / sum(rate(req_seconds_count{status!~"5.."}[1m]))',
            {"latency"},
        ),
        ('sum(rate(api_requests{status!~"[4-5].*"}[2m])) / sum(rate(api_requests[2m]))', {"errors"}),
    ],
)
def test_promql(expression: str, expected: set[str]) -> None:
    assert signals(panel("P", expression)) == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"query": 'SELECT mean("duration_ms") FROM "http" WHERE $timeFilter'}, {"latency"}),
        ({"rawSql": "SELECT count(*) FROM http_requests WHERE status >= 500"}, {"errors"}),
        ({"rawSql": "SELECT count(*) FROM http_requests GROUP BY minute"}, {"traffic"}),
        ({"namespace": "AWS/ECS", "metricName": "CPUUtilization"}, {"saturation"}),
        (
            {"measurement": "request_latency", "select": [[{"type": "field", "params": ["value"]}]]},
            {"latency"},
        ),
        ({"target": "stats.timers.checkout.response_time.upper_95"}, {"latency"}),
        ({"query": {"text": ["errors"]}}, set()),
        ({"query": "p95:trace.http.request{service:cart}"}, {"latency"}),
        ({"rawSql": "SELECT name FROM $errors"}, set()),
        ({"rawSql": "SELECT 1 AS errors FROM orders -- errors"}, set()),
        (
            {
                "rawSql": "SELECT $__timeGroup(ts, '1m'), count(*) FROM calls WHERE $__timeFilter(ts) AND status = 'failed'"
            },
            {"errors"},
        ),
        (
            {
                "query": 'SELECT mean("value") FROM "cpu" WHERE ("host" =~ /^$host$/) AND $timeFilter GROUP BY time($__interval) fill(null)'
            },
            {"saturation"},
        ),
        ({"query": "sum:trace.http.request.hits{service:shop}.as_rate()"}, {"traffic"}),
        ({"query": "sum:trace.http.request.errors{service:shop} by {host}"}, {"errors"}),
        ({"target": "alias(randomWalk('x'), 'errors')"}, set()),
        ({"target": "aliasByNode(stats.shop.errors.count, 3)"}, {"errors"}),
        ({"namespace": "AWS/ApplicationELB", "metricName": "HTTPCode_Target_5XX_Count"}, {"errors"}),
        ({"azureMonitor": {"metricName": "HttpResponseTime", "aggregation": "Average"}}, {"latency"}),
        (
            {"timeSeriesList": {"filters": ["metric.type", "=", "run.googleapis.com/request_count"]}},
            {"traffic"},
        ),
    ],
    ids=short,
)
def test_other_languages(target: dict[str, Any], expected: set[str]) -> None:
    assert signals(panel("P", targets=[{"refId": "A"} | target])) == expected


def doubts(*panels: dict[str, Any], **fields: Any) -> list[str]:
    [origin] = collect(dashboard, json.dumps(board(*panels, **fields))).origins
    return [each.place.message for each in origin.not_understood if "signals" in each.touches]


@pytest.mark.parametrize(
    ("title", "unit", "expected"),
    [
        ("Requests", None, "traffic"),
        ("RPS and errors", None, "errors, traffic"),
        ("Request latency", None, "latency"),
        ("p99", None, "latency"),
        ("HTTP 5xx", None, "errors"),
        ("Requests in flight", None, "saturation"),
        ("CPU Usage", None, "saturation"),
        # Units help where the title does not.
        ("Orders", "reqps", "traffic"),
        ("Requests", "ms", "latency"),
        ("Page", "s", "latency"),
        ("Errors", "reqps", "errors"),
        # Words, not parts of them; and what is no request.
        ("Uptime", "s", None),
        ("Terrors", None, None),
        ("Error budget", None, None),
        ("Page faults", None, None),
        ("TCP errors", None, None),
        ("GC duration", "ms", None),
        ("Request size", "bytes", None),
        ("Users", "percent", None),
    ],
)
def test_titles_and_units_only_raise_a_doubt(title: str, unit: str | None, expected: str | None) -> None:
    shown = panel(title, "my_own_metric", unit=unit)
    assert signals(shown) == set()
    promise = f"{title}: the names in the query do not show {expected}, which the panel promises"
    assert doubts(shown) == ([promise] if expected else [])


def test_the_units_of_old_panels_raise_a_doubt() -> None:
    assert doubts(panel("Orders", "x", yaxes=[{"format": "reqps"}, {"format": "short"}]))
    assert doubts(panel("Orders", "x", format="reqps"))


ALL = (
    panel("R", RATE),
    panel("L", "histogram_quantile(0.9, rate(http_request_duration_seconds_bucket[5m]))"),
    panel("E", 'rate(http_requests_total{code=~"5.."}[5m])'),
    panel("S", "rate(container_cpu_usage_seconds_total[5m])"),
)


def test_what_is_not_understood_does_not_matter_where_all_signals_are_shown() -> None:
    unknown = panel("Errors", targets=[{"refId": "A", "query": 'from(bucket: "b")'}])
    assert doubts(*ALL, unknown) == []
    [origin] = collect(dashboard, json.dumps(board(*ALL, unknown, panel("Errors", "x")))).origins
    assert [each.touches for each in origin.not_understood] == [{"metrics"}]
    assert doubts(*ALL[1:], unknown) == ['Errors: a query in a language that is not read: from(bucket: "b")']
    [origin] = collect(dashboard, json.dumps(board(*ALL[1:], unknown))).origins
    assert origin.not_understood[0].place.pointer == "/panels/3"


@pytest.mark.parametrize(
    "shown",
    [
        panel("P", targets=[{"refId": "A", "query": "status:500", "metrics": [{"type": "count"}]}]),
        panel("P", targets=[{"refId": "A", "queryType": "dependencyGraph"}]),
        panel("P", "rate($metric[5m])"),
        panel("P", "rate(http_${kind}_total[5m])"),
        panel("P", "a{ latency"),
        panel("P", targets=[{"refId": "A", "rawSql": "SELECT FROM WHERE"}]),
        *(
            panel("P", targets=[{"refId": "A", "rawSql": query}])
            for query in (
                "SELECT latency_ms FROM requests WHERE 1 = 0",
                "SELECT latency_ms FROM requests WHERE t > 5 AND 2 < 1",
                "SELECT latency_ms FROM requests WHERE NULL",
                "SELECT latency_ms FROM requests WHERE id <> id",
                "SELECT latency_ms FROM requests LIMIT 0",
            )
        ),
        panel("P", RATE, type="my-widget"),
        panel("P", RATE, type=None),
        panel("P", libraryPanel={"uid": "x", "name": "P"}),
        panel("P", RATE, transformations=[{"id": "filterFieldsByName", "options": {"include": {"names": ["a"]}}}]),
        panel("P", RATE, fieldConfig={"overrides": [{"matcher": {"id": "byRegexp", "options": "/.*/"}, "properties": [{"id": "custom.hideFrom", "value": {"viz": True}}]}]}),
    ],
    ids=short,
)  # fmt: skip
def test_what_is_not_understood(shown: dict[str, Any]) -> None:
    assert doubts(shown)
    assert signals(shown) == set()


def hides(matcher: str, name: object, value: object, property_: str = "custom.hideFrom") -> dict[str, Any]:
    properties = [{"id": property_, "value": value}]
    return {"overrides": [{"matcher": {"id": matcher, "options": name}, "properties": properties}]}


@pytest.mark.parametrize(
    "shown",
    [
        panel("Requests", f"# {RATE}"),
        panel("Requests", "vector(0)"),
        panel("Requests", "time()"),
        panel("Requests", f"{RATE} * 0"),
        panel("Requests", f"count({RATE})"),
        panel("Requests", f"absent({RATE})"),
        panel("Requests", f"{RATE} / Inf"),
        panel("Requests", f"{RATE} and vector(0) > 1"),
        panel("Requests", f"{RATE} unless {RATE}"),
        panel("Requests", RATE, gridPos={"h": 0, "w": 12}),
        panel("Requests", RATE, type="text"),
        panel("Requests", RATE, type="news"),
        panel("Requests", RATE, datasource={"type": "grafana", "uid": "grafana"}),
        panel("Requests", RATE, datasource="-- Grafana --"),
        panel("Requests", RATE, datasource={"type": "grafana-testdata-datasource"}),
        panel("Requests", targets=[{"refId": "A", "datasource": {"type": "testdata"}, "scenarioId": "random_walk", "expr": RATE}]),
        panel("Requests", targets=[{"refId": "A", "expression": "1", "type": "math", "datasource": {"type": "__expr__"}}]),
        panel("Requests", targets=[{"refId": "A", "rawSql": "-- SELECT count(*) FROM requests"}]),
        panel("Requests", targets=[{"refId": "A", "rawSql": "SELECT 1 AS requests"}]),
        panel("Requests", targets=[{"refId": "A", "target": "constantLine(5)"}]),
        panel("Requests", RATE, transformations=[{"id": "filterByRefId", "options": {"include": "B"}}]),
        panel("Requests", RATE, transformations=[{"id": "filterByRefId", "options": {"exclude": "/^(?:A)$/"}}]),
        panel("Requests", RATE, transformations=[{"id": "organize", "options": {"excludeByName": {"Value #A": True}}}]),
        panel("Requests", RATE, transformations=[{"id": "organize", "options": {"excludeByName": {"Value": True}}}]),
        panel("Requests", RATE, fieldConfig={"defaults": {"custom": {"hideFrom": {"viz": True}}}}),
        panel("Requests", RATE, fieldConfig=hides("byFrameRefID", "A", {"viz": True})),
        panel("Requests", RATE, type="timeseries", fieldConfig={"defaults": {"custom": {"drawStyle": "line", "lineWidth": 0, "fillOpacity": 0, "showPoints": "never"}}}),
        panel("Requests", RATE, type="graph", lines=False, bars=False, points=False),
        panel("Requests", RATE, transformations=[{"id": "limit", "options": {"limitField": 0}}]),
        panel("Requests", targets=[{"refId": "A", "expr": RATE, "legendFormat": "x"}], fieldConfig=hides("byName", "x", {"viz": True})),
    ],
    ids=short,
)  # fmt: skip
def test_data_that_is_not_shown_shows_nothing(shown: dict[str, Any]) -> None:
    assert signals(shown) == set()
    assert facts(dashboard, json.dumps(board(shown))).panels == ()


@pytest.mark.parametrize(
    "shown",
    [
        panel("P", RATE, transformations=[{"id": "organize", "options": {"excludeByName": {"Time": True}}}]),
        panel("P", RATE, transformations=[{"id": "filterByRefId", "disabled": True, "options": {"include": "B"}}]),
        panel("P", RATE, transformations=[{"id": "limit", "options": {"limitField": 5}}]),
        panel("P", RATE, type="graph", lines=False, bars=True, points=False),
        panel("P", RATE, type="timeseries", fieldConfig={"defaults": {"custom": {"drawStyle": "line", "lineWidth": 0, "fillOpacity": 20, "showPoints": "never"}}}),
        panel("P", RATE, transformations=[{"id": "filterByRefId", "options": {"include": "A|B"}}]),
        panel("P", RATE, fieldConfig=hides("byName", "x", {"legend": True, "viz": False})),
        panel("P", RATE, type="grafana-piechart-panel"),
        panel("P", RATE, repeat="service"),
        panel("P", f"{RATE} # one comment\n or vector(0)"),
        panel("P", RATE, datasource="-- Mixed --"),
        panel("P", 'sum(rate([[prefix]]http_requests_total{job=~"${job:regex}"}[$interval]))'.replace("[[prefix]]", "")),
    ],
    ids=short,
)  # fmt: skip
def test_data_that_is_shown(shown: dict[str, Any]) -> None:
    assert signals(shown) == {"traffic"}


def element(name: str, expression: str = RATE, **spec: Any) -> dict[str, Any]:
    query = {"kind": "DataQuery", "group": "prometheus", "spec": {"expr": expression}}
    queries = [{"kind": "PanelQuery", "spec": {"refId": "A", "query": query}}]
    data = {"kind": "QueryGroup", "spec": {"queries": queries, "transformations": []} | spec}
    return {
        "kind": "Panel",
        "spec": {"id": 1, "title": name, "data": data, "vizConfig": {"kind": "timeseries"}},
    }


def v2(layout: object, **elements: object) -> str:
    return json.dumps({"title": "T", "elements": elements, "layout": layout})


def test_an_element_that_no_layout_shows_is_not_shown() -> None:
    item: dict[str, Any] = {
        "kind": "GridLayoutItem",
        "spec": {"element": {"kind": "ElementReference", "name": "a"}},
    }
    grid = {"kind": "GridLayout", "spec": {"items": [item]}}
    rows = {
        "kind": "RowsLayout",
        "spec": {"rows": [{"kind": "RowsLayoutRow", "spec": {"collapse": True, "layout": grid}}]},
    }
    for layout in (grid, rows):
        found = facts(dashboard, v2(layout, a=element("A"), b=element("B", "rate(http_errors_total[5m])")))
        assert (found.panels, found.signals, found.without_query) == (("A",), ("traffic",), ("B",))
    assert facts(dashboard, v2({}, a=element("A"))).signals == ()
    item["spec"]["conditionalRendering"] = {
        "kind": "ConditionalRenderingGroup",
        "spec": {"items": [{"kind": "x"}]},
    }
    [origin] = collect(dashboard, v2(grid, a=element("A"))).origins
    assert "on a condition" in origin.not_understood[0].place.message


def test_a_title_that_promises_more_than_its_query_is_not_believed() -> None:
    assert signals(panel("Latency, errors and saturation", RATE, unit="s")) == {"traffic"}
    assert signals(panel("Request duration", "rate(http_request_duration_seconds_count[5m])")) == {"traffic"}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("", "absent: report-0: the file is empty"),
        (board(), "absent: report-0: the dashboard has no panel"),
        (board(panels=None), "absent: report-0: the dashboard has no panel"),
        ({}, "unreadable: report-0: line 1: the JSON has no supported format"),
        ([], "unreadable: report-0: line 1: the JSON has no supported format"),
        ({"panels": []}, "unreadable: report-0: line 1: the JSON has no supported format"),
        (
            {"title": "T", "elements": {"a": {}}},
            "unreadable: report-0: line 1: the JSON has no supported format",
        ),
        ({"dashboard": {}}, "unreadable: report-0: line 1: the JSON has no supported format"),
        (
            {"kind": "Dashboard", "spec": {}},
            "unreadable: report-0: line 1: the JSON has no supported format",
        ),
        (board(panels={"a": 1}), "unreadable: report-0: line 1: panels is an object, not a list"),
        (board(panels=["P"]), "unreadable: report-0: line 1: one of panels is 'P', not an object"),
        (board(rows=[3]), "unreadable: report-0: line 1: one of rows is 3, not an object"),
        (board(panel("P", panels=[1])), "unreadable: report-0: line 1: one of panels is 1, not an object"),
        ("title", "unreadable: report-0: line 1: the file has no supported format"),
        ("a: 1\n---\na: 2\n", "unreadable: report-0: line 1: the file has no supported format"),
        ('{"title": "T", "panels": [', "unreadable: report-0: line 1: not JSON"),
        ('{"panels": ' * 50_000, "unreadable: report-0: line 1: not JSON: nested too deep"),
        (json.dumps(board()).encode("utf-16-le"), "unreadable: report-0: line 1: not"),
    ],
    ids=short,
)
def test_what_is_no_evidence(document: Any, expected: str) -> None:
    file = document if isinstance(document, str | bytes) else json.dumps(document)
    assert outcome(dashboard, file).startswith(expected)


def test_one_file_is_one_dashboard() -> None:
    assert outcome(dashboard, "{}", "{}") == "unreadable: reports names 2 files; expected one"


@pytest.mark.parametrize("depth", [3, 90])
def test_deep_nesting(depth: int) -> None:
    nested = panel("P", RATE)
    for _ in range(depth):
        nested = {"type": "row", "title": "R", "panels": [nested]}
    assert facts(dashboard, json.dumps(board(nested))).panels == ("P",)


def test_an_expression_too_large_to_parse_is_not_understood() -> None:
    large = panel("P", "+".join(["rate(http_requests_total[5m])"] * 5_000))
    assert signals(large) == set()
    assert doubts(large)


@needs_samples
def test_samples() -> None:
    demo = facts(dashboard, (SAMPLES / "grafana/otel-demo-demo-dashboard.json").read_bytes())
    assert (demo.title, demo.uid) == ("Demo Dashboard", "W2gX2zHVk")
    assert len(demo.panels) + len(demo.without_query) == 15
    assert demo.signal_panels == {
        "traffic": ("Requests Rate by Span Name", "Recommendations Rate"),
        "latency": ("Average Duration by Span Name",),
        "errors": ("Error Rate by Span Name",),
        "saturation": ("Python services (CPU%)", "Python services (Memory)"),
    }
    exemplars = facts(dashboard, (SAMPLES / "grafana/otel-demo-exemplars-dashboard.json").read_bytes())
    assert (exemplars.title, exemplars.signals) == ("Cart Service Exemplars", ("latency",))
    assert (len(exemplars.panels), len(exemplars.without_query)) == (4, 3)


@needs_samples
@pytest.mark.parametrize(
    "sample", ["prometheus-rules/sloth-gen-getting-started.yml", "sloth/getting-started.yml"]
)
def test_sample_that_is_no_evidence(sample: str) -> None:
    assert outcome(dashboard, (SAMPLES / sample).read_bytes()).startswith("unreadable: report-0: ")


def test_the_labels_of_opentelemetry_say_which_services_a_dashboard_is_about() -> None:
    expressions = (
        'a{service_name="orders"}',
        'b{service_name=~"bill.*"}',
        'c{service_name="$service", job="d"}',
    )
    [origin] = collect(dashboard, json.dumps(board(panel("P", *expressions)))).origins
    assert [subject.name for subject in origin.subjects] == ["orders"]
