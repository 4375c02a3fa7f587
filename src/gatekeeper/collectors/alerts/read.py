"""Read evidence of the kind `alerts`."""

from collections.abc import Iterable

from gatekeeper.collectors.alerts import _prometheus_rules
from gatekeeper.collectors.alerts._prometheus_rules import AlertRule
from gatekeeper.collectors.alerts.facts import AlertsFacts
from gatekeeper.collectors.formats import promql
from gatekeeper.collectors.reading.documents import about, documents
from gatekeeper.collectors.reading.words import Phrases, words
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options, Unreadable

_ROUTING = Phrases(
    *("severity", "priority", "page", "pager", "pagerduty", "opsgenie", "oncall", "on call", "escalation"),
    *("team", "squad", "owner", "receiver", "route", "routing", "notify", "channel", "slack"),
)
_WAKES_NOBODY = frozenset({"", "none", "null", "info", "informational", "false"})


def collect(artefact: Artefact, options: Options) -> Collected:  # noqa: ARG001 - this kind has no options
    """Read the alerting rules of all files."""
    rules: list[AlertRule] = []
    formats: set[str] = set()
    for found in documents(artefact):
        places = [(document, _prometheus_rules.where_groups_are(document)) for document in found]
        if found and not any(place for _, place in places):
            raise Unreadable(f"{found[0].file}: objects of Kubernetes, but none with rules of Prometheus")
        for document, place in places:
            if place:
                formats.add(_prometheus_rules.OPERATOR if len(place) > 1 else _prometheus_rules.BARE)
                rules += _prometheus_rules.read(document, place)
    if not rules:
        raise Absent(f"{artefact.path} holds no alerting rule")
    return Collected(", ".join(sorted(formats)), _facts(rules))


def _facts(rules: Iterable[AlertRule]) -> AlertsFacts:
    rules = tuple(rules)
    return AlertsFacts(
        alerts=len(rules),
        without_threshold=tuple(
            rule.document.finding(f"{rule.name} compares with no threshold", *rule.path, "expr")
            for rule in rules
            if not _has_threshold(rule)
        ),
        without_escalation=tuple(
            rule.document.finding(f"{rule.name} has no label that says who is woken", *rule.path)
            for rule in rules
            if not _has_escalation(rule)
        ),
        without_runbook=tuple(
            rule.document.finding(f"{rule.name} has no annotation with a runbook", *rule.path)
            for rule in rules
            if not _has_runbook(rule)
        ),
    )


def _has_threshold(rule: AlertRule) -> bool:
    with about(rule.document, *rule.path, "expr"):
        try:
            return promql.parse(rule.expression).has_threshold()
        except promql.NotPromql as reason:
            raise Unreadable(f"the expression of {rule.name} is no PromQL: {reason}") from None


def _has_escalation(rule: AlertRule) -> bool:
    return any(
        _ROUTING.found_in(words(label)) and value.strip().lower() not in _WAKES_NOBODY
        for label, value in rule.labels.items()
    )


def _has_runbook(rule: AlertRule) -> bool:
    return any(
        value.strip() and any(word.startswith("runbook") for word in words(name))
        for name, value in rule.annotations.items()
    )
