"""PrometheusRule of the Prometheus Operator in Kubernetes, `monitoring.coreos.com/v1`: `spec.groups`."""

from gatekeeper.collectors.alerts._rules import RuleFile, rules_of
from gatekeeper.collectors.reading.content import Content
from gatekeeper.syntax.json import Object


def recognises(content: Content) -> bool:
    """Return whether the specification of the object has rule groups."""
    return "groups" not in content.fields and "groups" in _spec(content)


def read(content: Content) -> RuleFile:
    """Return the alerting rules."""
    groups = _spec(content)["groups"]
    return RuleFile("prometheus-operator", rules_of(content.document, groups, ("spec", "groups")))


def _spec(content: Content) -> Object:
    spec = content.fields.get("spec")
    return spec if isinstance(spec, dict) else {}
