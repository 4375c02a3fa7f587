"""Prometheus alerting rules: rule files, or PrometheusRule objects of Kubernetes.

Several documents and several files are merged. Recording rules are passed over, and two alerts may share a
name. Expressions are parsed as PromQL; one that does not parse makes its file unreadable, as it would for
Prometheus, and so does LogQL. What Grafana provisions as alerts has `groups` too, but is no rule file.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class AlertsFacts(NamedTuple):
    """What alerting rules say; never null."""

    alerts: int | None = None
    """Alerting rules, those that share a name each counted."""
    without_threshold: tuple[Finding, ...] | None = None
    """Alerts that raise whenever there is data, or always.

    A threshold is a comparison, with a number or another series, that leaves out what is within bounds: not
    one with `bool`, nor one of constants or of the time of day. Of `a or b` each side needs one, of `a and b`
    one side. `absent(...)` and `a unless b`, which hold where something lacks, need none.
    """
    without_escalation: tuple[Finding, ...] | None = None
    """Alerts without a label that says who is woken.

    Alertmanager routes by labels alone, so annotations do not count; labels of the rule's group do. It counts
    a label with `severity`, `priority`, `page`, `pager`, `pagerduty`, `opsgenie`, `oncall`, `escalation`,
    `team`, `squad`, `owner`, `receiver`, `route`, `routing`, `notify`, `channel` or `slack` as a word of its
    name, such as `sloth_severity`; not one that is empty, `none`, `info` or `false`, which wakes nobody.
    """
    without_runbook: tuple[Finding, ...] | None = None
    """Alerts without an annotation, not empty, with a name such as `runbook` or `runbook_url`."""


FACTS = AlertsFacts
