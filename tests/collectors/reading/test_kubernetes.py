"""Lists and ConfigMaps of Kubernetes: every kind that reads objects reads those within them."""

import json
from pathlib import Path
from typing import Any

import pytest

from builders.artefacts import SAMPLES, collect, facts, outcome, tree
from gatekeeper.collectors.alerts import read as alerts
from gatekeeper.collectors.identify import identify
from gatekeeper.collectors.slo import read as slo

CASES = SAMPLES.parent / "cases"
ALERT = {
    "alert": "Down",
    "expr": "up == 0",
    "labels": {"severity": "page"},
    "annotations": {"runbook_url": "https://runbooks.internal/down"},
}
ALWAYS = ALERT | {"alert": "Always", "expr": "up"}


def groups(*rules: Any) -> Any:
    return {"groups": [{"name": "a", "rules": rules}]}


def object_(kind: str, version: str = "v1", **fields: Any) -> Any:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": kind.lower()}, **fields}


def rule(*rules: Any) -> Any:
    return object_("PrometheusRule", "monitoring.coreos.com/v1", spec=groups(*rules))


def listed(*items: Any, kind: str = "List", version: str = "v1", **more: Any) -> str:
    return json.dumps({"apiVersion": version, "kind": kind, "items": items} | more)


def config_map(**texts: str) -> Any:
    return object_("ConfigMap", data={name.replace("__", "."): text for name, text in texts.items()})


RULES = json.dumps(groups(ALERT, ALWAYS))
WITHOUT_KIND = {key: value for key, value in rule(ALERT, ALWAYS).items() if key not in ("apiVersion", "kind")}
HOLDING: dict[str, str] = {
    "items of a List": listed(object_("Service"), rule(ALERT), rule(ALWAYS)),
    "a list of one kind": listed(WITHOUT_KIND, kind="PrometheusRuleList", version="monitoring.coreos.com/v1"),
    "a plain list": json.dumps([rule(ALERT), rule(ALWAYS)]),
    "a List in a List": listed(json.loads(listed(rule(ALERT, ALWAYS)))),
    "a ConfigMap": json.dumps(config_map(rules__yml=RULES, note="restart: yes, please: do")),
    "a ConfigMap in YAML": f"apiVersion: v1\nkind: ConfigMap\ndata:\n  rules.yml: '{RULES}'\n",
    "an object in a ConfigMap": json.dumps(config_map(a=json.dumps(rule(ALERT, ALWAYS)))),
    "a ConfigMap in a List": listed(config_map(rules__yaml=RULES, empty__json="{}")),
    "beside a ConfigMap of something else": listed(rule(ALERT, ALWAYS), config_map(app__yml="port: 80")),
    "beside a broken text of something else": listed(rule(ALERT, ALWAYS), config_map(app__yml="{")),
}


@pytest.mark.parametrize("where", HOLDING)
def test_rules_are_found(where: str) -> None:
    found = facts(alerts, HOLDING[where])
    assert (found.alerts, len(found.without_threshold)) == (2, 1)
    assert [match.kind for match in identify(tree({"a.yml": HOLDING[where]}, "a.yml"))] == ["alerts"]


@pytest.mark.published(CASES)
def test_a_published_list() -> None:
    found = facts(alerts, Path(CASES / "alerts/alert2-list.yml").read_bytes())
    assert (found.alerts, found.without_threshold, found.without_escalation, found.without_runbook) == (
        1,
        (),
        (),
        (),
    )


def test_a_finding_names_the_item() -> None:
    item = json.dumps(rule(ALWAYS), indent=1)
    [finding] = facts(
        alerts, f'{{"apiVersion": "v1", "kind": "List", "items": [\n{item}\n]}}'
    ).without_threshold
    assert (finding.line, finding.pointer) == (15, "/items/0/spec/groups/0/rules/0/expr")


def test_a_finding_names_the_text() -> None:
    content = f"apiVersion: v1\nkind: ConfigMap\ndata:\n  rules.yml: '{RULES}'\n"
    [finding] = facts(alerts, content).without_threshold
    assert (finding.line, finding.pointer) == (4, "/data/rules.yml")


REFUSED = {
    listed(rule(ALERT), metadata={"continue": "eyJ2"}): "report-0: line 1: the list has further pages",
    listed(rule(ALERT), 3): "line 1: an item of the List is not an object",
    listed(): "absent: reports holds no alerting rule",
    listed(rule(ALERT | {"expr": "up =="})): "report-0: line 1: the expression of Down is not PromQL",
    listed(object_("Service")): "report-0: line 1",
    json.dumps(config_map(a__yml=RULES, b__yml="a: [")): "b.yml of the ConfigMap: line 2: not YAML",
    json.dumps(config_map(a__rules=RULES, b__rules="a: [")): "b.rules of the ConfigMap: line 2: not YAML",
    json.dumps(config_map(a__yml=RULES, b__yml='{"port": 80}')): "the JSON has no supported format",
    json.dumps(config_map(a__yml=RULES) | {"binaryData": {"c": "AA=="}}): "the binaryData of the ConfigMap is not read",
    json.dumps(config_map(a__yml="port: 80")): "report-0: line 1",
}  # fmt: skip


@pytest.mark.parametrize("content", REFUSED, ids=range(len(REFUSED)))
def test_what_is_refused(content: str) -> None:
    assert REFUSED[content] in outcome(alerts, content)


def test_each_document_of_a_text() -> None:
    sli = "{raw: {error_ratio_query: failed_requests_ratio}}"
    documents = "---\n".join(
        f"version: prometheus/v1\nservice: shop\nslos: [{{name: {name}, objective: 98, sli: {sli}}}]\n"
        for name in ("errors", "availability")
    )
    collected = collect(slo, json.dumps(config_map(slo__yml=documents)))
    assert collected.facts.objectives == {"error_rate": 98, "availability": 98}
