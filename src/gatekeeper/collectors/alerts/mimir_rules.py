"""Rules in namespaces, as the rulers of Mimir, Cortex and Loki keep them.

A file of mimirtool has a `namespace` beside `groups`, and may hold several documents. The ruler's API lists
the groups of each namespace under its name.
"""

from gatekeeper.collectors.alerts._rules import Dialect, RuleFile, are_groups, expressions_of, rules_of
from gatekeeper.collectors.alerts.loki_rules import LOKI
from gatekeeper.collectors.formats import logql
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.model.evidence import Origin

ABOUT = About(
    tool="Grafana Mimir, Cortex and the rulers of Loki",
    seen="by their references",
    source="https://grafana.com/docs/mimir/latest/references/http-api/#list-rule-groups",
    command="mimirtool rules print, or curl MIMIR/prometheus/config/v1/rules",
    recognised="`namespace` beside `groups`, or rule groups under each key of the document",
    models="rules as in the rule files of Prometheus, or in LogQL",
)
_MIMIR = Dialect("Mimir", of_group=frozenset({"remote_write"}))


def recognises(content: Content) -> bool:
    """Return whether the document is a namespace with groups, or lists those of several."""
    value = content.fields
    if "namespace" in value and (are_groups(groups := value.get("groups")) or groups == []):
        return True
    return (
        bool(value)
        and "groups" not in value
        and all(bool(each) and are_groups(each) for each in value.values())
    )


def read(content: Content) -> RuleFile:
    """Return the alerting rules of all namespaces."""
    document = content.document
    names = ["groups"] if "groups" in document.object else list(document.object)
    is_logql = any(logql.is_logql(text) for name in names for text in expressions_of(document.object[name]))
    dialect = LOKI if is_logql else _MIMIR
    found = (rule for name in names for rule in rules_of(document, document.object[name], (name,), dialect))
    return RuleFile(Origin("mimir-rules"), tuple(found))
