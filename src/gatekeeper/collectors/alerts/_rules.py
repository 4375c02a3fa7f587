"""Alerting rules of Prometheus: groups of rules, wherever a format keeps the groups.

https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ (Prometheus 3).
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gatekeeper.collectors.reading.figures import listing, mapping, shown, text
from gatekeeper.collectors.reading.structured import Structured, about
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

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


class RuleFile(NamedTuple):
    """The alerting rules of one document, in their order. A format of this kind returns it."""

    origin: Origin
    rules: tuple[AlertRule, ...]


def are_groups(value: Json) -> bool:
    """Return whether a value is a list of rule groups, or an empty one."""
    return isinstance(value, list) and (not value or any(isinstance(i, dict) and "rules" in i for i in value))


def rules_of(document: Structured, groups: Json, path: tuple[Step, ...]) -> tuple[AlertRule, ...]:
    """Return the alerting rules of the groups at a path of a document; recording rules are skipped."""
    with about(document, *path):
        items = [] if groups is None else listing(groups, "groups")
    return tuple(rule for i, group in enumerate(items) for rule in _of_group(document, group, (*path, i)))


def _of_group(document: Structured, written: Json, path: tuple[Step, ...]) -> Iterator[AlertRule]:
    with about(document, *path):
        group = mapping(written, "a rule group")
        rules = listing(group.get("rules") or [], "the rules of a group")
        shared = _texts(group.get("labels"), "the labels of a group")
    for i, item in enumerate(rules):
        where = (*path, "rules", i)
        with about(document, *where):
            rule = mapping(item, "a rule")
            if _alerts(rule):
                yield _rule(document, rule, shared, where)


def _alerts(rule: Object) -> bool:
    alert, record = rule.get("alert") is not None, rule.get("record") is not None
    if "expr" not in rule and rule.keys() & _GRAFANA:
        raise Unreadable("a rule of Grafana alerting, not of Prometheus")
    if alert is record:
        raise Unreadable("a rule has both `alert` and `record`" if alert else "a rule has no `alert`")
    return alert


def _rule(document: Structured, rule: Object, shared: Mapping[str, str], path: tuple[Step, ...]) -> AlertRule:
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
    # Prometheus reads an unquoted number or flag as text.
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise Unreadable(f"{name} is {shown(value)}, not text")
