"""PrometheusRule of the Prometheus Operator in Kubernetes, `monitoring.coreos.com/v1`: `spec.groups`."""

from gatekeeper.collectors.alerts import loki_rules, victoria_metrics
from gatekeeper.collectors.alerts._rules import RuleFile, are_groups, rules_of
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.model.evidence import Origin
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="Prometheus Operator",
    seen="monitoring.coreos.com/v1",
    source="https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule",
    command="kubectl get prometheusrules -o yaml",
    recognised="`kind: PrometheusRule`, or `spec.groups` with `rules`",
    models="rules as in the rule files of Prometheus",
)


def recognises(content: Content) -> bool:
    """Return whether the document is such an object, or one whose specification has rule groups."""
    if loki_rules.recognises(content) or victoria_metrics.recognises(content):
        return False
    return content.fields.get("kind") == "PrometheusRule" or are_groups(_spec(content).get("groups"))


def read(content: Content) -> RuleFile:
    """Return the alerting rules."""
    groups = _spec(content).get("groups")
    return RuleFile(Origin("prometheus-operator"), rules_of(content.document, groups, ("spec", "groups")))


def _spec(content: Content) -> Object:
    spec = content.fields.get("spec")
    return spec if isinstance(spec, dict) else {}
