"""Alerting rules in groups, as Prometheus, Loki and vmalert read them, wherever a format keeps the groups.

https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ (Prometheus 3). Loki and vmalert
have the same rules, in another language and with other fields: a dialect.
"""

import re
from collections.abc import Iterator, Mapping, Set
from typing import NamedTuple, Protocol

from gatekeeper.collectors.alerts import _templates
from gatekeeper.collectors.formats import promql
from gatekeeper.collectors.reading.figures import listing, mapping, shown
from gatekeeper.collectors.reading.structured import Structured, about
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

_GRAFANA = frozenset({"title", "data", "condition"})


_OF_FILE = frozenset({"groups", "namespace"})
_OF_GROUP = frozenset({"name", "interval", "query_offset", "limit", "labels", "rules"}) | {
    # Of Thanos and Mimir.
    *("partial_response_strategy", "source_tenants", "evaluation_delay", "align_evaluation_time_on_interval"),
}
_OF_RULE = frozenset({"record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"})
_OF_ANY_RULE = frozenset({"record", "alert", "expr"})
_OF_ALERTS_ONLY = ("for", "keep_firing_for", "annotations")
_MILLISECONDS = {
    "y": 31_536_000_000,
    "w": 604_800_000,
    "d": 86_400_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1000,
    "ms": 1,
}
_DURATION = re.compile(
    "(?=.)" + "".join(rf"(?:(\d{{1,15}}){unit})?" for unit in _MILLISECONDS) + "|0", re.ASCII
)
_LONGEST = 2**63 // 10**6
_LABEL = re.compile(r"[a-zA-Z_]\w*", re.ASCII)
_METRIC = re.compile(r"[a-zA-Z_:][\w:]*", re.ASCII)


class AlertRule(NamedTuple):
    """One alerting rule."""

    name: str
    expression: promql.Expression | None
    """None if it is not read, or if the rule has another form."""
    labels: Mapping[str, str]
    """Its own and those of its group."""
    annotations: Mapping[str, str]
    document: Structured
    path: tuple[Step, ...]
    doubt: str | None = None
    """Why it is not known whether it has a threshold."""
    threshold: bool | None = None
    """Whether it has one, for a rule without an expression."""

    def has_threshold(self) -> bool:
        """Return whether it has a threshold, or may have one that is not read."""
        if self.doubt or self.threshold is not None:
            return bool(self.doubt or self.threshold)
        return self.expression is not None and self.expression.has_threshold()


class RuleFile(NamedTuple):
    """The alerting rules of one document, in their order. A format of this kind returns it."""

    origin: Origin
    rules: tuple[AlertRule, ...]


class Read(NamedTuple):
    """An expression of a dialect, or why it is not read."""

    expression: promql.Expression | None
    doubt: str | None = None


class Parse(Protocol):
    """How a dialect reads an expression in a group; raises `NotPromql` if the tool refuses it."""

    def __call__(self, written: str, group: Object, /) -> Read:
        """Return the expression."""


def _parse_promql(written: str, group: Object) -> Read:  # noqa: ARG001 - a group does not change the language
    return Read(promql.parse(written))


class Dialect(NamedTuple):
    """What a tool accepts in its rules."""

    tool: str = "Prometheus"
    parse: Parse = _parse_promql
    of_group: Set[str] = frozenset()
    """The fields that its groups may have besides those of Prometheus."""
    of_rule: Set[str] = frozenset()
    has_own_templates: bool = False
    """Whether its templates have functions and variables that Prometheus does not have."""


PROMETHEUS = Dialect()


def are_groups(value: Json) -> bool:
    """Return whether a value is a list with a group of rules, of which one alerts or records, or of none."""
    return isinstance(value, list) and any(isinstance(group, dict) and _is_group(group) for group in value)


def _is_group(group: Object) -> bool:
    rules = group.get("rules")
    if not rules:
        return "rules" in group and rules in (None, []) and group.keys() <= _OF_GROUP
    listed = rules if isinstance(rules, list) else ()
    return any(not isinstance(rule, dict) or not _OF_ANY_RULE.isdisjoint(rule) for rule in listed)


def expressions_of(groups: Json) -> Iterator[str]:
    """Yield the expressions of the rules in groups, whatever else these hold."""
    for group in groups if isinstance(groups, list) else []:
        rules = group.get("rules") if isinstance(group, dict) else None
        for rule in rules if isinstance(rules, list) else []:
            if isinstance(rule, dict) and isinstance(written := rule.get("expr"), str):
                yield written


def is_of_grafana(groups: Json) -> bool:
    """Return whether any rule in groups is one of Grafana's alerting."""
    found = groups if isinstance(groups, list) else []
    listed = (group.get("rules") for group in found if isinstance(group, dict))
    rules = (rule for each in listed if isinstance(each, list) for rule in each if isinstance(rule, dict))
    return any("expr" not in rule and len(rule.keys() & _GRAFANA) > 1 for rule in rules)


def rules_of(
    document: Structured, groups: Json, path: tuple[Step, ...], dialect: Dialect = PROMETHEUS
) -> tuple[AlertRule, ...]:
    """Return the alerting rules of the groups at a path of a document; recording rules are only checked.

    Raises:
        Unreadable: The tool refuses the rules.
    """
    with about(document, *path):
        items = [] if groups is None else listing(groups, "groups")
    names: set[str] = set()
    found = tuple(
        rule
        for i, group in enumerate(items)
        for rule in _of_group(document, group, (*path, i), names, dialect)
    )
    if path == ("groups",):
        with about(document, *path):
            _must_be_known(document.object, _OF_FILE, "a rule file", dialect)
    return found


def _of_group(
    document: Structured, written: Json, path: tuple[Step, ...], names: set[str], dialect: Dialect
) -> Iterator[AlertRule]:
    with about(document, *path):
        group = mapping(written, "a rule group")
        rules = listing(group.get("rules") or [], "the rules of a group")
        if is_of_grafana([group]):
            raise Unreadable(f"a rule of Grafana alerting, not of {dialect.tool}")
        _must_be_known(group, _OF_GROUP | dialect.of_group, "a rule group", dialect)
        name = "" if group.get("name") is None else _scalar(group["name"], "the name of a group")
        if not name or name in names:
            raise Unreadable(f"two groups have the name {name!r}" if name else "a rule group has no name")
        names.add(name)
        for key in ("interval", "query_offset"):
            _duration(group.get(key), f"{key} of the group {name}")
        shared = texts(group.get("labels"), "the labels of a group", are_labels=True)
    for i, item in enumerate(rules):
        where = (*path, "rules", i)
        with about(document, *where):
            rule = mapping(item, "a rule")
            _check_rule(rule, dialect)
        if "alert" in rule:
            yield _rule(document, rule, shared, where, group, dialect)
        else:
            _expression(document, rule, str(rule["record"]), where, group, dialect)


def _check_rule(rule: Object, dialect: Dialect) -> None:
    alert, record = "alert" in rule, "record" in rule
    if alert is record:
        raise Unreadable("a rule has both `alert` and `record`" if alert else "a rule has no `alert`")
    _must_be_known(rule, _OF_RULE | dialect.of_rule, "a rule", dialect)
    name = _scalar(rule["alert"] if alert else rule["record"], "the name of a rule")
    for key in ("for", "keep_firing_for"):
        _duration(rule.get(key), f"{key} of {name}")
    if not alert:
        misplaced = next(
            (key for key in _OF_ALERTS_ONLY if rule.get(key) not in (None, {}, 0, "0", "0s")), None
        )
        if misplaced or not _METRIC.fullmatch(name):
            what = f"has `{misplaced}`, which only alerts have" if misplaced else "has no name of a metric"
            raise Unreadable(f"the recording rule {shown(name)} {what}")
        texts(rule.get("labels"), f"the labels of {name}", are_labels=True)
    elif not name:
        raise Unreadable("an alert has no name")


def _rule(
    document: Structured,
    rule: Object,
    shared: Mapping[str, str],
    path: tuple[Step, ...],
    group: Object,
    dialect: Dialect,
) -> AlertRule:
    name, checked = str(rule["alert"]), not dialect.has_own_templates
    with about(document, *path):
        labels = texts(rule.get("labels"), f"the labels of {name}", are_labels=True, are_templates=checked)
        annotations = texts(rule.get("annotations"), f"the annotations of {name}", are_templates=checked)
    expression, doubt = _expression(document, rule, name, path, group, dialect)
    return AlertRule(name, expression, {**shared, **labels}, annotations, document, path, doubt)


def _expression(
    document: Structured, rule: Object, name: str, path: tuple[Step, ...], group: Object, dialect: Dialect
) -> Read:
    with about(document, *path, "expr"):
        written = _scalar(rule.get("expr"), f"the expression of {name}")
        try:
            return dialect.parse(written, group)
        except promql.NotPromql as reason:
            raise Unreadable(f"the expression of {name} is not PromQL: {reason}") from None


def _must_be_known(value: Object, fields: Set[str], what: str, dialect: Dialect) -> None:
    if unknown := sorted(value.keys() - fields):
        raise Unreadable(f"{what} has the field {shown(unknown[0])}, which {dialect.tool} refuses")


def _duration(value: Json, name: str) -> None:
    if value is None:
        return
    parts = _DURATION.fullmatch(_scalar(value, name))
    counts = [int(number or 0) for number in parts.groups()] if parts else [_LONGEST]
    if sum(map(int.__mul__, counts, _MILLISECONDS.values())) > _LONGEST:
        raise Unreadable(f"{name} is {shown(value)}, not a duration such as 5m")


def texts(
    value: object, name: str, *, are_labels: bool = False, are_templates: bool = False
) -> dict[str, str]:
    """Return labels or annotations, checked as Prometheus does; a number or a flag is read as text."""
    items = {} if value is None else mapping(value, name)
    found = {key: "" if item is None else _scalar(item, f"{key} in {name}") for key, item in items.items()}
    for key, text in found.items():
        if not _LABEL.fullmatch(key) or (are_labels and key == "__name__"):
            raise Unreadable(f"{shown(key)} in {name} is not a name of a label")
        try:
            if are_templates:
                _templates.check(text)
        except _templates.InvalidTemplate as reason:
            raise Unreadable(f"{key} in {name} is not a valid template: {reason}") from None
    return found


def _scalar(value: object, name: str) -> str:
    # Prometheus reads an unquoted number or flag as text.
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise Unreadable(f"{name} is {shown(value)}, not text")
