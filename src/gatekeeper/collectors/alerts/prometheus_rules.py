"""Rule files of Prometheus: `groups` at the top of the document.

Rule files for the rulers of Mimir and Loki have a `namespace` beside `groups`.
"""

from gatekeeper.collectors.alerts._rules import RuleFile, are_groups, rules_of
from gatekeeper.collectors.reading.content import Content
from gatekeeper.model.evidence import Origin


def recognises(content: Content) -> bool:
    """Return whether the document has rule groups."""
    return are_groups(content.fields.get("groups"))


def read(content: Content) -> RuleFile:
    """Return the alerting rules."""
    groups = content.fields["groups"]
    return RuleFile(Origin("prometheus-rules"), rules_of(content.document, groups, ("groups",)))
