"""Prometheus alerting rules."""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class AlertsFacts(NamedTuple):
    """What Prometheus alerting rules says; null where it does not."""

    alerts: int | None = None
    without_threshold: tuple[Finding, ...] | None = None
    without_escalation: tuple[Finding, ...] | None = None
    without_runbook: tuple[Finding, ...] | None = None


FACTS = AlertsFacts
