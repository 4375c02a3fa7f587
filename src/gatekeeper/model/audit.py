"""Findings of a plan audit."""

from enum import StrEnum
from typing import NamedTuple


class AuditSeverity(StrEnum):
    """The severity of a finding."""

    WARNING = "warning"
    INFO = "info"


class AuditFinding(NamedTuple):
    """One contradiction. If it concerns a whole milestone, it has no service."""

    rule: str
    message: str
    milestone: str | None = None
    service: str | None = None
    severity: AuditSeverity = AuditSeverity.WARNING
