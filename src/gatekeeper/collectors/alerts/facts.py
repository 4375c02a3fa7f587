"""Prometheus alerting rules: rule files, or PrometheusRule objects of Kubernetes.

Several documents and several files are merged. Recording rules are skipped, and two alerts may share a name.
Expressions are parsed as PromQL. An expression that does not parse makes its file unreadable, as it does for
Prometheus; so does LogQL. Grafana's provisioning files for alerts have `groups` too, but are not rule files.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class AlertsFacts(NamedTuple):
    """Facts about alerting rules; never null."""

    alerts: int | None = None
    """The number of alerting rules; rules that share a name are counted separately."""
    without_threshold: tuple[Finding, ...] | None = None
    """Alerts that fire whenever there is data, or always.

    A threshold is a comparison with a number or with another series that filters out values within bounds. A
    comparison with `bool`, of constants, or of the time of day is not a threshold. In `a or b` both sides
    need a threshold, in `a and b` one side does. `absent(...)` and `a unless b`, which fire when data is
    missing, need no threshold.
    """
    without_escalation: tuple[Finding, ...] | None = None
    """Alerts without a label that routes them to somebody.

    Alertmanager routes by labels only, so annotations do not count; labels of the rule's group do. A label
    counts if one word of its name is `severity`, `priority`, `page`, `pager`, `pagerduty`, `opsgenie`,
    `oncall`, `escalation`, `team`, `squad`, `owner`, `receiver`, `route`, `routing`, `notify`, `channel` or
    `slack`, as in `sloth_severity`. A label whose value is empty, `none`, `info` or `false` alerts nobody and
    does not count.
    """
    without_runbook: tuple[Finding, ...] | None = None
    """Alerts without a non-empty annotation with a name such as `runbook` or `runbook_url`."""


FACTS = AlertsFacts
