"""Rules of Loki, vmalert and Grafana's alerting."""

import json
from pathlib import Path
from typing import Any

import pytest

from builders.artefacts import SAMPLES, collect, facts, fixture, outcome
from gatekeeper.collectors.alerts import read as alerts

CASES = SAMPLES.parent / "cases"
ROUTED = {"labels": {"severity": "page"}, "annotations": {"runbook_url": "https://runbooks.internal/a"}}


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("loki.yml", "loki-rules"),
        ("mimir.yaml", "mimir-rules"),
        ("vmrule.yaml", "victoria-metrics"),
        ("grafana.yaml", "grafana-alerting"),
    ],
)
def test_the_rules_of_each_format(name: str, format_: str) -> None:
    collected = collect(alerts, fixture("alerts", name))
    found = collected.facts
    assert (collected.format, found.alerts) == (format_, 1)
    assert (found.without_threshold, found.without_escalation, found.without_runbook) == ((), (), ())
    assert collected.origins[0].not_understood == ()


@pytest.mark.published(CASES)
def test_published_rules_of_loki() -> None:
    collected = collect(alerts, Path(CASES / "alerts/alert2-loki.yml").read_bytes())
    assert (collected.format, collected.facts.alerts, collected.facts.without_threshold) == (
        "loki-rules",
        1,
        (),
    )


def rule(expression: str, **more: Any) -> dict[str, Any]:
    return {"alert": "A", "expr": expression, **ROUTED, **more}


def rules(*written: Any, **group: Any) -> str:
    return json.dumps({"groups": [{"name": "g", "rules": written, **group}]})


LINES = '{app="a"} |= "error"'


@pytest.mark.parametrize(
    ("content", "lacking", "doubt"),
    [
        (rules(rule(f"sum(rate({LINES} [5m])) > 1")), 0, None),
        (rules(rule(f"count_over_time({LINES} [5m]) > 0")), 0, None),
        (rules(rule(f"sum(rate({LINES} [5m]))")), 1, None),
        (rules(rule(f"sum(rate({LINES} [5m])) >= 0")), 1, None),
        (rules(rule(f"rate({LINES} [5m]) > 1"), rule('rate({app="a"}[5m]) > 2')), 0, None),
        (rules(rule('quantile_over_time(0.9, {a="b"} | unwrap seconds [5m]) by (c) > 1')), 0, None),
        (rules(rule(f"bytes_rate({LINES} [5m]) > 1")), 0, "A: LogQL that is not read: bytes_rate("),
        (rules(rule("up == 0"), concurrency=2), 0, None),
        (rules(rule("up"), concurrency=2), 1, None),
        (rules(rule("up if (x > 1)"), concurrency=2), 0, "A: MetricsQL that is not read: up if"),
        (rules(rule("a | stats count() c"), type="vlogs"), 0, "A: an expression of the type vlogs"),
        (rules(rule("up == 0", debug=True), type="prometheus"), 0, None),
    ],
    ids=range(12),
)
def test_whether_a_rule_has_a_threshold(content: str, lacking: int, doubt: str | None) -> None:
    collected = collect(alerts, content)
    assert len(collected.facts.without_threshold) == lacking
    noted = [one.place.message for one in collected.origins[0].not_understood]
    assert [message.startswith(doubt or "-") for message in noted] == ([True] if doubt else [])
    touched = {name for one in collected.origins[0].not_understood for name in one.touches}
    assert touched == ({"without_threshold"} if doubt else set())


def grafana(*data: Any, condition: str = "C", **more: Any) -> str:
    written = {"uid": "a", "title": "A", "condition": condition, "data": data, **ROUTED, **more}
    return json.dumps({"apiVersion": 1, "groups": [{"name": "g", "folder": "f", "rules": [written]}]})


def query(reference: str = "A", source: str = "prometheus", **model: Any) -> Any:
    return {"refId": reference, "datasourceUid": source, "model": {"expr": "up", **model}}


def expression(kind: str, reference: str = "C", **model: Any) -> Any:
    return {"refId": reference, "datasourceUid": "__expr__", "model": {"type": kind, **model}}


def compared(kind: str = "gt", *numbers: Any, of: str = "A") -> Any:
    evaluator = {"type": kind, "params": list(numbers or (1,))}
    return expression("threshold", expression=of, conditions=[{"evaluator": evaluator}])


CLASSIC = expression(
    "classic_conditions",
    conditions=[{"evaluator": {"type": "within_range", "params": [1, 2]}, "query": {"params": ["A"]}}],
)
REDUCED = expression("reduce", "B", expression="$A", reducer="last")


@pytest.mark.parametrize(
    ("content", "lacking", "doubt"),
    [
        (grafana(query(), compared()), 0, None),
        (grafana(query(), REDUCED, compared(of="B")), 0, None),
        (grafana(query(), CLASSIC), 0, None),
        (grafana(query(), expression("math", expression="$A > 5 || ${A} < 1")), 0, None),
        (grafana(query(), compared("no_value")), 0, None),
        (grafana(query(), compared(), labels={}, notification_settings={"receiver": "on-call"}), 0, None),
        (grafana(query(), compared(), isPaused=True), 1, None),
        (grafana(query(), compared(of="X")), 1, None),
        (grafana(query(source="grafana"), compared()), 1, None),
        (grafana(query(), compared("gt", "1")), 1, None),
        (grafana(query(), compared("within_range", 1)), 1, None),
        (grafana(query(), expression("math", expression="1 > 0")), 1, None),
        (grafana(query(), expression("math", expression="$A * 2")), 1, None),
        (grafana(query(), expression("math", "B", expression="1"), compared(of="B")), 1, None),
        (grafana(query(), expression("threshold", expression="A")), 1, None),
        (grafana(query(), compared("ghost")), 0, "the comparison 'ghost'"),
        (grafana(query(), expression("sql", expression="SELECT 1")), 0, "of the type 'sql'"),
        (grafana(query(), condition="A"), 0, "its condition is a query, whose values decide"),
        (grafana(query(), expression("math", expression="is_nan($A)")), 0, "arithmetic that is not read"),
        (grafana(query(), compared(), _isPaused=True), 0, "the field '_isPaused'"),
    ],
    ids=range(20),
)  # fmt: skip
def test_the_condition_of_a_rule_of_grafana(content: str, lacking: int, doubt: str | None) -> None:
    collected = collect(alerts, content)
    assert collected.format == "grafana-alerting"
    assert collected.facts.without_escalation == collected.facts.without_runbook == ()
    assert len(collected.facts.without_threshold) == lacking
    noted = [one.place.message for one in collected.origins[0].not_understood]
    assert [(doubt or "-") in message for message in noted] == ([True] if doubt else [])


@pytest.mark.parametrize(
    ("content", "alerts_"),
    [
        ({"namespace": "shop", **json.loads(rules(rule("up == 0"), remote_write=[]))}, 1),
        ({"namespace": "shop", **json.loads(rules(rule(f"rate({LINES} [5m]) > 1")))}, 1),
        ({name: json.loads(rules(rule("up == 0")))["groups"] for name in ("shop", "bank")}, 2),
        ({"shop": json.loads(rules(rule(f"rate({LINES} [5m]) > 1")))["groups"]}, 1),
    ],
)
def test_rules_in_namespaces(content: Any, alerts_: int) -> None:
    collected = collect(alerts, json.dumps(content))
    assert (collected.format, collected.facts.alerts) == ("mimir-rules", alerts_)
    assert collected.facts.without_threshold == ()


def test_a_file_may_hold_several_namespaces() -> None:
    documents = [f"namespace: {name}\ngroups: {rules(rule('up == 0'))[11:-1]}\n" for name in ("a", "b")]
    assert facts(alerts, "---\n".join(documents)).alerts == 2


def test_a_group_of_the_grafana_operator() -> None:
    [group] = json.loads(grafana(query(), compared(), labels={}))["groups"]
    kind = {"apiVersion": "grafana.integreatly.org/v1beta1", "kind": "GrafanaAlertRuleGroup"}
    found = facts(alerts, json.dumps(kind | {"metadata": {"name": "g"}, "spec": group}))
    assert (found.alerts, found.without_threshold, len(found.without_escalation)) == (1, (), 1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            rules(rule(f"rate({LINES} [5m]) > 1"), rule("up == 0")),
            "up is a metric, which LogQL does not have",
        ),
        (rules(rule(f"rate({LINES} [5m]) > 1", ghost=1)), "a rule has the field 'ghost', which Loki refuses"),
        (rules(rule("up == 0"), concurrency=2, ghost=1), "has the field 'ghost', which vmalert refuses"),
        (rules(rule("up == 0"), type="ghost"), "the type 'ghost' of a group, which vmalert refuses"),
        (rules(rule("up ==", **{"for": "5m"})), "the expression of A is not PromQL"),
        (grafana(query(), compared(), condition="X"), "the condition 'X' is not among the queries"),
        (grafana(query(), compared(), title=None), "the title of a rule is missing"),
        (grafana(query(), compared(), isPaused="true"), "isPaused of A is 'true', neither true nor false"),
        (grafana(query(), compared(), labels=["a"]), "labels is a list, not an object"),
        (grafana(query(), compared(), record={"metric": "a", "from": "A"}), "holds no alerting rule"),
        (grafana(query(), compared())[:-4], "not JSON"),
    ],
    ids=range(11),
)
def test_rules_that_cannot_be_read(content: str, reason: str) -> None:
    assert reason in outcome(alerts, content)
