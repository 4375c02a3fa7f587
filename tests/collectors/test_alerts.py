"""Prometheus alerting rules."""

import json
from typing import Any

import pytest

from builders.artefacts import SAMPLES, collect, facts, fixture, needs_samples, outcome, short
from gatekeeper.collectors.alerts import read as alerts
from gatekeeper.collectors.alerts.facts import AlertsFacts
from gatekeeper.model.evidence import Finding


def test_rule_file() -> None:
    collected = collect(alerts, fixture("alerts", "rules.yml"))
    assert (collected.format, collected.produced_at) == ("prometheus-rules", None)
    assert collected.facts == AlertsFacts(
        alerts=4,  # two of one name, and not the recording rule
        without_threshold=(
            Finding("CheckoutTraffic has no threshold", "report-0", 26, "/groups/1/rules/2/expr"),
            Finding("Watchdog has no threshold", "report-0", 32, "/groups/2/rules/0/expr"),
        ),
        without_escalation=(
            # CheckoutTraffic has the team of its group.
            Finding("Watchdog has no label that routes it to somebody", "report-0", 31, "/groups/2/rules/0"),
        ),
        without_runbook=(
            Finding("CheckoutErrors has no annotation with a runbook", "report-0", 21, "/groups/1/rules/1"),
            Finding("Watchdog has no annotation with a runbook", "report-0", 31, "/groups/2/rules/0"),
        ),
    )


def test_prometheusrule_of_kubernetes() -> None:
    collected = collect(alerts, fixture("alerts", "prometheusrule.json"))
    assert collected.format == "prometheus-operator"
    assert collected.facts == AlertsFacts(
        alerts=1, without_threshold=(), without_escalation=(), without_runbook=()
    )


def test_a_finding_of_an_object_of_kubernetes_has_a_place() -> None:
    rules = fixture("alerts", "prometheusrule.json").replace(b'"severity": "critical"', b"")
    assert facts(alerts, rules).without_escalation == (
        Finding(
            "CheckoutDown has no label that routes it to somebody", "report-0", 10, "/spec/groups/0/rules/0"
        ),
    )


def test_documents_and_files_are_merged() -> None:
    service = "apiVersion: v1\nkind: Service\n"
    rules = fixture("alerts", "prometheusrule.json").decode()
    collected = collect(alerts, f"{service}---\n{rules}---\n{rules}", fixture("alerts", "rules.yml"))
    assert (collected.format, collected.facts.alerts) == ("prometheus-operator, prometheus-rules", 6)


def rule(expr: object = "up == 0", **fields: Any) -> str:
    return rules({"alert": "A", "expr": expr} | fields)


def rules(*items: Any, **group: Any) -> str:
    return json.dumps({"groups": [{"name": "g", "rules": items} | group]})


@pytest.mark.parametrize(
    "expression",
    [
        "up == 0",
        "rate(errors_total[5m]) > 0.5",
        "0.5 < rate(errors_total[5m])",
        "a > -1",
        "a > (14.4 * 0.001)",
        "a != 1",
        "max(a > 1) without (window)",
        "(time() - last_success_timestamp) > 3600",
        "predict_linear(free[6h], 24 * 3600) < 0",
        "a > 1e17",
        "a - a offset 1h > 10",
        "a > avg(a) * 1.5",
        "max(a) - min(a) > 10",
        "sum by (job) (a_total) / on () group_left () sum(a_total) > 0.5",
        "(all_bytes - free_bytes) / all_bytes > 0.99",
        "kube_pod_status_phase != kube_pod_desired",
        # Another series may be the threshold.
        "used > on (pod) group_left () limit",
        "a and b > 1",
        "a > 1 and b",
        "a > 1 or b < 2",
        "(a > bool 1) + (b > bool 1) == 2",
        "count_over_time((a > 5)[5m:1m])",
        'label_replace(a > 1, "x", "$1", "y", "(.*)")',
        # Where something lacks.
        'absent(up{job="x"})',
        "absent_over_time(a[5m])",
        "a offset 1h unless a",
        "absent(a) or a == 0",
        "a\n  >\n  1  # of one",
        # The number of series is never zero, unless something else is.
        "(count(up) or vector(0)) < 1",
        "a > a offset 1h",
        "avg_over_time(up[5m]) < 0.9",
        "sum(up) < 1",
        "count by (job) (up) < 3",
        "rate(a[5m]) == 0",
        "0 == up",
        "sum(rate(a_total[5m]) > 0) > 1",
        "a == +Inf",
        "topk(3, a) > 5",
        'a{job="a"} > 1 and on (instance) a{job="b"} > 1',
        "max by (job) (a) - min by (job) (a) > 5",
        "sum(up) < count(up)",
        "a > 5 and hour() > 8",
        "a % 2 == 1",
        "avg(a * 1e308) > 2",
        "sum(a) * 1e305 > 2",
    ],
)
def test_thresholds(expression: str) -> None:
    assert facts(alerts, rule(expression)).without_threshold == ()


@pytest.mark.long
@pytest.mark.parametrize(
    "expression",
    [
        "up",
        "vector(1)",
        1,
        "a and b",
        "a > 1 or b",
        "a or b > 1",
        "a > bool 1",
        "sum(a) by (x)",
        # Constants compared, and the time of day.
        "vector(1) > 0",
        "1 > bool 0",
        "a and on () hour() > 8",
        # A selector's label is no comparison, nor is what a text says.
        'a{code!="200"}',
        'a{x="b > 1"}',
        "scalar(a > 1)",
        "a # > 1",
        # Always, or never, whatever is measured.
        "up == up",
        "a > a - 1",
        "a + 1 > a",
        "a == a + 1",
        "a >= min(a)",
        "a <= max by (job) (a)",
        "max_over_time(a[5m]) >= a",
        "clamp_min(a, 5) > 0",
        "clamp_max(a, 1) > 2",
        "a ^ 0 == 1",
        "2 * a == a + a",
        "rate(a[5m]) * 2 >= rate(a[5m])",
        "sgn(a) <= 1",
        "up == (up)",
        "a > a",
        "sum(a) >= sum(a)",
        'up{job="x"} != up{job="x"}',
        "rate(a[5m]) >= 0",
        "a_total < 0",
        "up > 1000",
        "count(up) > 0",
        "count(up) < 1",
        "a unless a",
        "a - a > 0",
        "a / a > 0.5",
        "a * 0 == 0",
        "a == NaN",
        "abs(a) >= 0",
        "a > -Inf",
        "max_over_time(up[5m]) > 1",
        "count_over_time(a[5m]) > 0",
        "group(a) == 1",
        "a > Inf",
        "(a >= bool 0) >= 0",
        "up == 0 and vector(1) > 2",
        "absent(vector(1))",
        "a > 1 or vector(1)",
        "(a > 1) or (a <= 1)",
        "sum(up) / count(up) <= 1",
        "topk(0, a) > 5",
        "topk(3, a)",
        'up{job="a", job="b"} == 0',
        'up{job=~"a|b", job="c"} == 0',
        'a{job="a"} > 1 and a{job="b"} > 1',
        "max(a) - min(a) >= 0",
        "a > 5 and a < 5",
        "absent(a) or a",
        "a > 1e308 * 10",
        "a < -(1e308 * 10)",
    ],
)
def test_no_threshold(expression: str) -> None:
    assert [finding.message for finding in facts(alerts, rule(expression)).without_threshold] == [
        "A has no threshold"
    ]


@pytest.mark.parametrize(
    ("labels", "escalates"),
    [
        ({"severity": "page"}, True),
        ({"sloth_severity": "ticket"}, True),
        ({"alertSeverity": "warning"}, True),
        ({"team": "shop"}, True),
        ({"page": True}, True),
        ({"priority": 1}, True),
        ({"routing_key": "x"}, True),
        ({"on_call": "shop"}, True),
        ({"severity": "info", "slack_channel": "#shop"}, True),
        ({}, False),
        (None, False),
        ({"job": "shop"}, False),
        ({"teamwork": "x"}, False),
        ({"severity": "none"}, False),
        ({"severity": " Info "}, False),
        ({"severity": ""}, False),
        ({"severity": None}, False),
        ({"severity": "TODO"}, False),
        ({"team": "nobody"}, False),
        ({"escalation": "<team>"}, False),
        ({"page": False}, False),
    ],
    ids=short,
)
def test_escalation(labels: object, escalates: bool) -> None:
    found = facts(alerts, rule(labels=labels, annotations={"severity": "page"})).without_escalation
    assert bool(found) is not escalates


def test_the_labels_of_a_group_are_those_of_its_alerts() -> None:
    alert = {"alert": "A", "expr": "up == 0"}
    muted = alert | {"labels": {"severity": "none"}}
    found = facts(alerts, rules(alert, muted, labels={"severity": "page"})).without_escalation
    assert [finding.pointer for finding in found] == ["/groups/0/rules/1"]


@pytest.mark.parametrize(
    ("annotations", "has_runbook"),
    [
        ({"runbook": "https://r"}, True),
        ({"runbook_url": "https://r"}, True),
        ({"runbookUrl": "https://r"}, True),
        ({"runbookurl": "https://r"}, True),
        ({"runbook_url": "docs/runbook.md#errors"}, True),
        ({"runbook": "Restart the pods, then call the owner of the queue"}, True),
        ({"runbook_url": "https://wiki.shop/todo-service/{{ $labels.alertname }}"}, True),
        ({"runbook_url": "{{ $labels.runbook }}"}, True),
        ({"runbook_url": "other"}, False),
        ({"runbook_url": 7}, False),
        ({"runbook_url": " "}, False),
        ({"runbook_url": "TODO"}, False),
        ({"runbook_url": "to be written: TBD"}, False),
        ({"runbook_url": "https://"}, False),
        ({"runbook_url": "https://example.org/runbook"}, False),
        ({"runbook_url": "https://runbooks.example.com/{{ $labels.alertname }}"}, False),
        ({"runbook_url": "http://localhost:3000/runbook"}, False),
        ({"runbook_url": "https://wiki.shop/TODO"}, False),
        ({"runbook_url": "<url>"}, False),
        ({"runbook_url": "runbook"}, False),
        ({"runbook_url": "n/a"}, False),
        ({"runbook_url": None}, False),
        ({"summary": "see the runbook"}, False),
        ({}, False),
    ],
    ids=short,
)
def test_runbook(annotations: object, has_runbook: bool) -> None:
    found = facts(alerts, rule(annotations=annotations, labels={"runbook": "x"})).without_runbook
    assert bool(found) is not has_runbook


RECORDING = {"record": "a:b", "expr": "sum(b)"}
NO_RULES = "unreadable: report-0: line 1: the JSON has no supported format"
NO_GROUPS = "unreadable: report-0: line 1: the file has no supported format"


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("", "absent: report-0: the file is empty"),
        ("# none\n", "absent: reports holds no alerting rule"),
        ("groups:\n", NO_GROUPS),
        ("groups: []\n", "absent: reports holds no alerting rule"),
        (rules(RECORDING), "absent: reports holds no alerting rule"),
        ('{"groups": [{"name": "g", "rules": null}]}', "absent: reports holds no alerting rule"),
        ("apiVersion: v1\nkind: Service\n", NO_GROUPS),
        ("route: {receiver: x}\n", NO_GROUPS),
        ('{"status": "success", "data": {"groups": []}}', NO_RULES),
        ("text\n", NO_GROUPS),
        ("[]", NO_RULES),
        (
            rules({"uid": "x", "title": "T", "condition": "A", "data": []}),
            "unreadable: report-0: line 1: the condition 'A' is not among the queries of the rule",
        ),
        (rules({"expr": "up == 0"}), "unreadable: report-0: line 1: a rule has no `alert`"),
        (rule(record="a"), "unreadable: report-0: line 1: a rule has both `alert` and `record`"),
        (rules({"alert": "A"}), "unreadable: report-0: line 1: the expression of A is missing, not text"),
        (rules("up == 0"), "unreadable: report-0: line 1: a rule is 'up == 0', not an object"),
        ('{"groups": {}}', NO_RULES),
        ('{"groups": ["a", {"rules": []}]}', "unreadable: report-0: line 1: a rule group is 'a', not an object"),
        (rule(labels=["a"]), "unreadable: report-0: line 1: the labels of A is a list, not an object"),
        (rule(labels={"a": ["b"]}), "unreadable: report-0: line 1: a in the labels of A is a list, not text"),
        (rule("up =="), "unreadable: report-0: line 1: the expression of A is not PromQL: invalid promql query"),
        (rule(""), "unreadable: report-0: line 1: the expression of A is not PromQL: no expression found"),
        (rule("up{\n"), "unreadable: report-0: line 1: the expression of A is not PromQL: unexpected end"),
        (rule("a offset Inf"), "unreadable: report-0: line 1: the expression of A is not PromQL: the parser crashed"),
        # Deep enough to end the process, were it parsed.
        (rule("(" * 50_000 + "a" + ")" * 50_000), "unreadable: report-0: line 1: the expression of A is not PromQL: more"),
        (rule("a" + "+a" * 5_000), "unreadable: report-0: line 1: the expression of A is not PromQL: more than 150"),
        (rule("a" + " and a" * 5_000), "unreadable: report-0: line 1: the expression of A is not PromQL: more than"),
        ("groups: [{rules: [{alert: A, expr: .inf}]}]\n", "unreadable: report-0: line 1: .inf is not a finite number"),
        (rule()[:-4], "unreadable: report-0: line 1: not JSON"),
        ("groups: &a [*a]\n", "unreadable: report-0: line 1: alias"),
        ("groups: " + "[" * 100, "unreadable: report-0: line 1: nested"),
        (rule().encode("utf-16-le"), "unreadable: report-0: line 1: not"),
    ],
    ids=short,
)  # fmt: skip
def test_what_is_no_evidence(file: str | bytes, expected: str) -> None:
    assert outcome(alerts, file).startswith(expected)


def test_a_flaw_is_told_with_its_line() -> None:
    broken = fixture("alerts", "rules.yml").replace(b"expr: vector(1)", b"expr: vector(1")
    assert outcome(alerts, broken) == (
        "unreadable: report-0: line 32: the expression of Watchdog is not PromQL: unclosed left parenthesis"
    )


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (rule(**{"for": "abc"}), "for of A is 'abc', not a duration such as 5m"),
        (
            rule(annotations={"summary": "{{ end }}"}),
            "summary in the annotations of A is not a valid template",
        ),
        (rule(severity="page"), "a rule has the field 'severity', which Prometheus refuses"),
        (rules(RECORDING | {"for": "5m"}), "the recording rule 'a:b' has `for`, which only alerts have"),
        (rules(RECORDING | {"record": "a b"}), "the recording rule 'a b' has no name of a metric"),
        (rules(RECORDING | {"expr": "sum("}), "the expression of a:b is not PromQL"),
        (rules(name=""), "a rule group has no name"),
        (
            '{"groups": [{"name": "g", "rules": []}, {"name": "g", "rules": []}]}',
            "two groups have the name 'g'",
        ),
        (
            f"{rule()}\n---\n{rule()}",
            "several YAML documents; Prometheus reads only the first of a rule file",
        ),
    ],
    ids=short,
)
def test_what_prometheus_refuses(file: str, reason: str) -> None:
    assert reason in outcome(alerts, file)


def test_groups_of_different_files_may_share_a_name() -> None:
    assert facts(alerts, rule(), rule()).alerts == 2


def test_what_is_just_small_enough_is_parsed() -> None:
    assert facts(alerts, rule("a" + "+a" * 148 + " > 1")).without_threshold == ()


def test_an_empty_file_among_others_was_cut_short() -> None:
    assert outcome(alerts, rule(), "") == "unreadable: report-1: the file is empty"
    assert facts(alerts, rule(), rules(RECORDING)).alerts == 1


@needs_samples
@pytest.mark.parametrize(
    ("sample", "count", "without_runbook"),
    [("sloth-gen-getting-started.yml", 2, 2), ("sloth-gen-kubernetes-apiserver.yml", 4, 0)],
)
def test_sample(sample: str, count: int, without_runbook: int) -> None:
    found = facts(alerts, (SAMPLES / "prometheus-rules" / sample).read_bytes())
    assert (found.alerts, found.without_threshold, found.without_escalation) == (count, (), ())
    assert len(found.without_runbook) == without_runbook


@needs_samples
def test_sample_of_grafana_alerting() -> None:
    sample = SAMPLES / "prometheus-rules" / "NOT-prometheus-grafana-alerting-cart.yml"
    found = facts(alerts, sample.read_bytes())
    assert (found.alerts, found.without_threshold, len(found.without_runbook)) == (1, (), 1)


def test_nested_subqueries_are_read_in_time() -> None:
    nested = "max_over_time(" * 30 + "a" + "[5m:1m])" * 30
    assert facts(alerts, rule(f"{nested} > 5")).without_threshold == ()
