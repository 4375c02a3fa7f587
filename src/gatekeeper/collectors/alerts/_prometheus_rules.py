"""Alerting rules out of Prometheus' rule files, bare or in Kubernetes' PrometheusRule.

https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ (Prometheus 3) and `spec.groups`
of `monitoring.coreos.com/v1`. Rule files for the rulers of Mimir and Loki name a `namespace` beside `groups`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gatekeeper.collectors.reading.documents import about, is_kubernetes_object
from gatekeeper.collectors.reading.figures import listing, mapping, shown, text
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Json
from gatekeeper.syntax.yaml import Step

BARE = "prometheus-rules"
OPERATOR = "prometheus-operator"
_GRAFANA = frozenset({"title", "data", "condition"})


class AlertRule(NamedTuple):
    """One alerting rule."""

    name: str
    expression: str
    labels: Mapping[str, str]
    """Its own and those of its group."""
    annotations: Mapping[str, str]
    document: Structured
    path: tuple[Step, ...]


def where_groups_are(document: Structured) -> tuple[Step, ...] | None:
    """Return the path of the rule groups; None for another object of Kubernetes."""
    value = document.value
    if isinstance(value, dict) and "groups" in value:
        return ("groups",)
    spec = value.get("spec") if isinstance(value, dict) else None
    if isinstance(spec, dict) and "groups" in spec:
        return ("spec", "groups")
    if is_kubernetes_object(value):
        return None
    with about(document):
        raise Unreadable("neither `groups` nor `spec.groups`, so no rules of Prometheus")


def read(document: Structured, path: tuple[Step, ...]) -> Iterator[AlertRule]:
    """Return the alerting rules of a document, in their order; recording rules are passed over."""
    groups: Json = document.value
    for step in path:
        groups = mapping(groups, "the document")[str(step)]
    with about(document, *path):
        items = [] if groups is None else listing(groups, "groups")
    for i, group in enumerate(items):
        yield from _of_group(document, group, (*path, i))


def _of_group(document: Structured, group: object, path: tuple[Step, ...]) -> Iterator[AlertRule]:
    with about(document, *path):
        group = mapping(group, "a rule group")
        rules = listing(group.get("rules") or [], "the rules of a group")
        shared = _texts(group.get("labels"), "the labels of a group")
    for i, item in enumerate(rules):
        where = (*path, "rules", i)
        with about(document, *where):
            rule = mapping(item, "a rule")
            if _alerts(rule):
                yield _rule(document, rule, shared, where)


def _alerts(rule: Mapping[str, Any]) -> bool:
    alert, record = rule.get("alert") is not None, rule.get("record") is not None
    if "expr" not in rule and rule.keys() & _GRAFANA:
        raise Unreadable("a rule of Grafana's own alerting, not of Prometheus")
    if alert is record:
        raise Unreadable("a rule has both `alert` and `record`" if alert else "a rule has no `alert`")
    return alert


def _rule(
    document: Structured, rule: Mapping[str, Any], shared: Mapping[str, str], path: tuple[Step, ...]
) -> AlertRule:
    name = text(rule["alert"], "the name of an alert")
    return AlertRule(
        name,
        _scalar(rule.get("expr"), f"the expression of {name}"),
        {**shared, **_texts(rule.get("labels"), f"the labels of {name}")},
        _texts(rule.get("annotations"), f"the annotations of {name}"),
        document,
        path,
    )


def _texts(value: object, name: str) -> dict[str, str]:
    items = {} if value is None else mapping(value, name)
    return {key: "" if item is None else _scalar(item, f"{key} in {name}") for key, item in items.items()}


def _scalar(value: object, name: str) -> str:
    # Prometheus takes an unquoted number or flag as the text it is written as.
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise Unreadable(f"{name} is {shown(value)}, not text")
