"""Rules of Loki's ruler: groups as Prometheus has them, with expressions in LogQL.

In a file, in an AlertingRule of the Loki Operator, or in a PrometheusRule, which Grafana Alloy hands to Loki.
"""

from gatekeeper.collectors.alerts import victoria_metrics
from gatekeeper.collectors.alerts._rules import Dialect, Read, RuleFile, are_groups, expressions_of, rules_of
from gatekeeper.collectors.formats import logql, promql
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.model.evidence import Origin
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

ABOUT = About(
    tool="Grafana Loki",
    seen="by its reference, 2 and 3",
    source="https://grafana.com/docs/loki/latest/alert/",
    command=None,
    recognised="rule groups, of which an expression has a construct that only LogQL has",
    models="rules as in the rule files of Prometheus; what an expression compares",
    not_modelled="LogQL that cannot be written as PromQL is noted",
)


def recognises(content: Content) -> bool:
    """Return whether the document has rule groups, and LogQL in one of their rules."""
    groups, _ = _groups(content.fields)
    if "namespace" in content.fields:
        return False  # a file of the ruler
    is_logql = any(map(logql.is_logql, expressions_of(groups)))
    return is_logql and not victoria_metrics.recognises(content)


def read(content: Content) -> RuleFile:
    """Return the alerting rules."""
    groups, path = _groups(content.document.object)
    return RuleFile(Origin("loki-rules"), rules_of(content.document, groups, path, LOKI))


def _groups(document: Object) -> tuple[Json, tuple[Step, ...]]:
    spec = document.get("spec")
    if isinstance(spec, dict) and are_groups(spec.get("groups")):
        return spec["groups"], ("spec", "groups")
    groups = document.get("groups")
    return (groups if are_groups(groups) else None), ("groups",)


def _parse(written: str, group: Object) -> Read:  # noqa: ARG001 - a group does not change the language
    if logql.is_logql(written):
        try:
            return Read(promql.parse(logql.as_promql(written)))
        except promql.NotPromql:
            return Read(None, f"LogQL that is not read: {written[:60]}")
    expression = promql.parse(written)
    if named := sorted(selector.name for selector in expression.selectors() if selector.name):
        raise promql.NotPromql(f"{named[0]} is a metric, which LogQL does not have")
    return Read(expression)


LOKI = Dialect("Loki", _parse)
