"""Read evidence of the kind `alerts`."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from gatekeeper.collectors.alerts._rules import AlertRule, RuleFile
from gatekeeper.collectors.alerts.facts import PLACES, AlertsFacts
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.merging import collected
from gatekeeper.collectors.reading.placeholders import is_placeholder
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.collectors.reading.words import Phrases, words
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Unreadable

__all__ = ["FORMATS", "AlertRule", "RuleFile", "collect"]

_ROUTING = Phrases(
    *("severity", "priority", "page", "pager", "pagerduty", "opsgenie", "oncall", "on call", "escalation"),
    *("team", "squad", "owner", "receiver", "route", "routing", "notify", "channel", "slack"),
)
_LEADS_SOMEWHERE = re.compile(r"[/.#\s]|\{\{")
"""An address, a path, a sentence or a template; a single word is not a runbook."""
_ALERTS_NOBODY = frozenset({"info", "informational"})


FORMATS = Formats[RuleFile]("alerts")


def collect(artefact: Artefact, options: Options) -> Collected[AlertsFacts]:
    """Read the alerting rules of all documents."""
    files = FORMATS.read_documents(artefact, options)
    _one_document_a_rule_file(files)
    rules = [rule for file in files for rule in file.rules]
    if not rules:
        raise Absent(f"{artefact.path} holds no alerting rule")
    return collected(map(_with_doubts, files), _facts(rules))


def _with_doubts(file: RuleFile) -> RuleFile:
    ledger = Ledger(PLACES)
    for rule in file.rules:
        if rule.doubt:
            ledger.add("query", rule.document.finding(f"{rule.name}: {rule.doubt}", *rule.path))
    return file._replace(origin=ledger.told_by(file.origin))


def _one_document_a_rule_file(files: Sequence[RuleFile]) -> None:
    written = Counter(file.origin.file for file in files if file.origin.format == "prometheus-rules")
    if several := next((name for name, count in written.items() if count > 1), None):
        raise Unreadable(f"{several}: several YAML documents; Prometheus reads only the first of a rule file")


def _facts(rules: Sequence[AlertRule]) -> AlertsFacts:
    def without(has: Callable[[AlertRule], bool], what: str, *path: str) -> tuple[Finding, ...]:
        lacking = (rule for rule in rules if not has(rule))
        return tuple(
            rule.document.finding(f"{rule.name} has no {what}", *rule.path, *path) for rule in lacking
        )

    return AlertsFacts(
        alerts=len(rules),
        without_threshold=without(AlertRule.has_threshold, "threshold", "expr"),
        without_escalation=without(_has_escalation, "label that routes it to somebody"),
        without_runbook=without(_has_runbook, "annotation with a runbook"),
    )


def _has_escalation(rule: AlertRule) -> bool:
    return any(
        _ROUTING.found_in(words(label))
        and not is_placeholder(value)
        and value.strip().lower() not in _ALERTS_NOBODY
        for label, value in rule.labels.items()
    )


def _has_runbook(rule: AlertRule) -> bool:
    return any(
        any(word.startswith("runbook") for word in words(name))
        and not is_placeholder(value)
        and _LEADS_SOMEWHERE.search(value.strip())
        for name, value in rule.annotations.items()
    )
