"""Rules of VictoriaMetrics' vmalert: a VMRule in Kubernetes, or a file with fields that only vmalert has."""

from gatekeeper.collectors.alerts._rules import Dialect, Read, RuleFile, are_groups, rules_of
from gatekeeper.collectors.formats import promql
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import section, shown
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="VictoriaMetrics: vmalert and its operator",
    seen="by its reference, operator.victoriametrics.com/v1beta1",
    source="https://docs.victoriametrics.com/victoriametrics/vmalert/#groups",
    command="kubectl get vmrules -o yaml",
    recognised="`kind: VMRule`, or rule groups with a field such as `concurrency` or `eval_offset`",
    models="rules as in the rule files of Prometheus",
    not_modelled="MetricsQL that is not PromQL, Graphite and LogsQL are noted; names in templates",
)
_OF_GROUP = frozenset({
    "type", "concurrency", "params", "headers", "notifier_headers", "eval_offset", "eval_delay",
    "eval_alignment", "debug", "tenant", "extra_filter_labels",
})  # fmt: skip
_LANGUAGES = ("graphite", "vlogs")


def recognises(content: Content) -> bool:
    """Return whether the document is a VMRule, or has a rule group with a field of vmalert."""
    if content.fields.get("kind") == "VMRule":
        return True
    groups = content.fields.get("groups")
    of_rules = [group for group in groups if isinstance(group, dict)] if isinstance(groups, list) else []
    return any("rules" in group and group.keys() & _OF_GROUP for group in of_rules) and (
        are_groups([{"rules": group["rules"]} for group in of_rules if "rules" in group])
    )


def read(content: Content) -> RuleFile:
    """Return the alerting rules."""
    document = content.document
    is_object = document.object.get("kind") == "VMRule"
    owner = section(document.object, "spec") if is_object else document.object
    path = ("spec", "groups") if is_object else ("groups",)
    return RuleFile(Origin("victoria-metrics"), rules_of(document, owner.get("groups"), path, _VMALERT))


def _parse(written: str, group: Object) -> Read:
    language = group.get("type")
    if language in _LANGUAGES:
        return Read(None, f"an expression of the type {language}: {written[:60]}")
    if language not in (None, "prometheus"):
        raise Unreadable(f"the type {shown(language)} of a group, which vmalert refuses")
    try:
        return Read(promql.parse(written))
    except promql.NotPromql:
        return Read(None, f"MetricsQL that is not read: {written[:60]}")


_VMALERT = Dialect(
    "vmalert",
    _parse,
    _OF_GROUP,
    frozenset({"debug", "update_entries_limit", "tenant"}),
    has_own_templates=True,
)
