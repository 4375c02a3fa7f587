"""PrometheusRule of the Prometheus Operator in Kubernetes, `monitoring.coreos.com/v1`: `spec.groups`."""

from gatekeeper.collectors.alerts._rules import RuleFile, are_groups, rules_of
from gatekeeper.collectors.reading.content import Content
from gatekeeper.model.evidence import Origin
from gatekeeper.syntax.json import Object


def recognises(content: Content) -> bool:
    """Return whether the document is such an object, or one whose specification has rule groups."""
    return content.fields.get("kind") == "PrometheusRule" or are_groups(_spec(content).get("groups"))


def read(content: Content) -> RuleFile:
    """Return the alerting rules."""
    groups = _spec(content).get("groups")
    return RuleFile(Origin("prometheus-operator"), rules_of(content.document, groups, ("spec", "groups")))


def _spec(content: Content) -> Object:
    spec = content.fields.get("spec")
    return spec if isinstance(spec, dict) else {}
