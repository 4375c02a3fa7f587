"""Rule files of Prometheus: `groups` at the top of the document."""

from gatekeeper.collectors.alerts import loki_rules, victoria_metrics
from gatekeeper.collectors.alerts._rules import RuleFile, are_groups, is_of_grafana, rules_of
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.model.evidence import Origin

ABOUT = About(
    tool="Prometheus and Thanos",
    seen="Prometheus 2 and 3",
    source="https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/",
    command=None,
    recognised="`groups` with `rules`",
    models="alerts, their expressions, labels also of groups, annotations, durations and templates",
    not_modelled="names of labels and metrics in UTF-8",
)


def recognises(content: Content) -> bool:
    """Return whether the document has rule groups, of no other dialect."""
    others = loki_rules.recognises(content) or victoria_metrics.recognises(content)
    groups = content.fields.get("groups")
    others = others or is_of_grafana(groups) or "namespace" in content.fields
    is_empty = groups == [] and len(content.fields) == 1
    return (is_empty or are_groups(groups)) and not others


def read(content: Content) -> RuleFile:
    """Return the alerting rules."""
    groups = content.fields["groups"]
    return RuleFile(Origin("prometheus-rules"), rules_of(content.document, groups, ("groups",)))
