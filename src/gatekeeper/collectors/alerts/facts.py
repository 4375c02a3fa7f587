"""Alerting rules of Prometheus, Loki, vmalert and Grafana: files, or objects of Kubernetes.

Several documents and several files are merged. Recording rules are only checked; two alerts may share a name.
A file that its tool refuses is unreadable: an expression, duration or template that does not parse, a field
that it does not know, two groups of one name in a file. The fields that Mimir and Thanos add are accepted;
names of labels and metrics in UTF-8, which Prometheus 3 allows, are not. LogQL is read if it can be written
as PromQL. An alert whose expression is in another language is counted, and whether it has a threshold
is not known.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class AlertsFacts(NamedTuple):
    """Facts about alerting rules; null if a query is not understood."""

    alerts: int | None = None
    """The number of alerting rules; rules that share a name are counted separately."""
    without_threshold: tuple[Finding, ...] | None = None
    """Alerts that fire whenever there is data, always, or never.

    A threshold is a comparison with a number or with another series that filters out values within bounds. A
    comparison with `bool`, of constants, of a series with itself, or of the time of day is not a threshold;
    nor is one whose outcome does not depend on the data: `rate(x[5m]) >= 0`, `count(x) > 0`, `up > 1`. In
    `a or b` both sides need a threshold, in `a and b` one side does. `absent(...)` and `a unless b`, which
    fire when data is missing, need no threshold.
    """
    without_escalation: tuple[Finding, ...] | None = None
    """Alerts without a label that routes them to somebody.

    Alertmanager routes by labels only, so annotations do not count; labels of the rule's group do. A label
    counts if one word of its name is `severity`, `priority`, `page`, `pager`, `pagerduty`, `opsgenie`,
    `oncall`, `escalation`, `team`, `squad`, `owner`, `receiver`, `route`, `routing`, `notify`, `channel` or
    `slack`, as in `sloth_severity`. A label whose value is empty, `none`, `info` or `false`, or a placeholder
    such as `TODO`, alerts nobody and does not count.
    """
    without_runbook: tuple[Finding, ...] | None = None
    """Alerts without an annotation with a name such as `runbook` or `runbook_url`.

    A placeholder is not a runbook: `TODO`, `<url>`, `https://`, an address of `localhost` or of a domain
    that is reserved for examples.
    """


FACTS = AlertsFacts
PLACES = {"query": frozenset({"without_threshold"})}
