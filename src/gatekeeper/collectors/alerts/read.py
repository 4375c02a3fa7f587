"""Read evidence of the kind `alerts`."""

from collections.abc import Sequence

from gatekeeper.collectors.alerts._rules import AlertRule, RuleFile
from gatekeeper.collectors.alerts.facts import AlertsFacts
from gatekeeper.collectors.formats import promql
from gatekeeper.collectors.reading.merging import collected
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.collectors.reading.structured import about
from gatekeeper.collectors.reading.words import Phrases, words
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options, Unreadable

__all__ = ["FORMATS", "AlertRule", "RuleFile", "collect"]

_ROUTING = Phrases(
    *("severity", "priority", "page", "pager", "pagerduty", "opsgenie", "oncall", "on call", "escalation"),
    *("team", "squad", "owner", "receiver", "route", "routing", "notify", "channel", "slack"),
)
_ALERTS_NOBODY = frozenset({"", "none", "null", "info", "informational", "false"})


FORMATS = Formats[RuleFile]("alerts")


def collect(artefact: Artefact, options: Options) -> Collected[AlertsFacts]:  # noqa: ARG001 - this kind has no options
    """Read the alerting rules of all documents."""
    files = FORMATS.read_documents(artefact)
    rules = [rule for file in files for rule in file.rules]
    if not rules:
        raise Absent(f"{artefact.path} holds no alerting rule")
    return collected(files, _facts(rules))


def _facts(rules: Sequence[AlertRule]) -> AlertsFacts:
    return AlertsFacts(
        alerts=len(rules),
        without_threshold=tuple(
            rule.document.finding(f"{rule.name} has no threshold", *rule.path, "expr")
            for rule in rules
            if not _has_threshold(rule)
        ),
        without_escalation=tuple(
            rule.document.finding(f"{rule.name} has no label that routes it to somebody", *rule.path)
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
            raise Unreadable(f"the expression of {rule.name} is not PromQL: {reason}") from None


def _has_escalation(rule: AlertRule) -> bool:
    return any(
        _ROUTING.found_in(words(label)) and value.strip().lower() not in _ALERTS_NOBODY
        for label, value in rule.labels.items()
    )


def _has_runbook(rule: AlertRule) -> bool:
    return any(
        value.strip() and any(word.startswith("runbook") for word in words(name))
        for name, value in rule.annotations.items()
    )
