"""Rules of Grafana's own alerting: provisioning files, exports, and GrafanaAlertRuleGroup of its operator."""

from collections.abc import Iterator

from gatekeeper.collectors.alerts._grafana_conditions import Firing, threshold_of
from gatekeeper.collectors.alerts._rules import AlertRule, RuleFile, is_of_grafana, texts
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import first_text, flag, listed, section, shown, text
from gatekeeper.collectors.reading.structured import Structured, about
from gatekeeper.model.evidence import Origin
from gatekeeper.syntax.json import Object
from gatekeeper.syntax.yaml import Step

ABOUT = About(
    tool="Grafana Alerting and the Grafana operator",
    seen="by its reference, 9 to 12; GrafanaAlertRuleGroup v1beta1",
    source="https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/",
    command="the export of alert rules, or `curl GRAFANA/api/v1/provisioning/alert-rules/export`",
    recognised="rule groups, of which a rule has `title`, `data` or `condition` and no `expr`",
    models="rules, labels, contact points, annotations, pauses, and conditions: threshold, classic, math",
    not_modelled="conditions of other types are noted; templates, and whether a bound can be reached",
)

_OF_RULE = frozenset({
    "uid", "title", "condition", "data", "dashboardUid", "dasboardUid", "panelId", "noDataState",
    "execErrState", "for", "keepFiringFor", "keep_firing_for", "annotations", "labels", "isPaused", "record",
    "notification_settings", "notificationSettings", "missing_series_evals_to_resolve",
    "missingSeriesEvalsToResolve", "guid", "id", "orgID", "folderUID", "ruleGroup", "updated", "provenance",
})  # fmt: skip


def recognises(content: Content) -> bool:
    """Return whether the document has rules of Grafana in groups, or is a group of its operator."""
    fields = content.fields
    return fields.get("kind") == "GrafanaAlertRuleGroup" or is_of_grafana(fields.get("groups"))


def read(content: Content) -> RuleFile:
    """Return the alerting rules; recording rules are skipped."""
    document = content.document
    groups: list[tuple[Object, tuple[Step, ...]]] = [(section(document.object, "spec"), ("spec",))]
    if document.object.get("kind") != "GrafanaAlertRuleGroup":
        found = enumerate(listed(document.object, "groups", "a rule group"))
        groups = [(group, ("groups", index)) for index, group in found]
    rules = tuple(rule for group, path in groups for rule in _rules(document, group, path))
    return RuleFile(Origin("grafana-alerting"), rules)


def _rules(document: Structured, group: Object, path: tuple[Step, ...]) -> Iterator[AlertRule]:
    with about(document, *path):
        rules = list(listed(group, "rules", "a rule"))
    for index, rule in enumerate(rules):
        where = (*path, "rules", index)
        with about(document, *where):
            if not rule.get("record"):
                yield _rule(document, rule, where)


def _rule(document: Structured, rule: Object, path: tuple[Step, ...]) -> AlertRule:
    name = text(rule.get("title"), "the title of a rule")
    routed = section(rule, "notification_settings") or section(rule, "notificationSettings")
    receiver = first_text(routed, "receiver")
    labels = {str(key): value for key, value in section(rule, "labels").items()}
    stated = rule.get("isPaused")
    is_paused = stated is not None and flag(stated, f"isPaused of {name}")
    threshold = Firing(exists=False) if is_paused else threshold_of(rule)
    unknown = sorted(rule.keys() - _OF_RULE)
    return AlertRule(
        name,
        None,
        {**texts(labels, f"the labels of {name}"), **({"receiver": receiver} if receiver else {})},
        texts(section(rule, "annotations"), f"the annotations of {name}"),
        document,
        path,
        f"the field {shown(unknown[0])}" if unknown and not is_paused else threshold.doubt,
        threshold.exists,
    )
