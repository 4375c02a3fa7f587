"""What the audit of a plan finds."""

from enum import StrEnum
from typing import NamedTuple


class AuditSeverity(StrEnum):
    """How much a finding matters."""

    WARNING = "warning"
    INFO = "info"


class AuditFinding(NamedTuple):
    """One contradiction; `service` is None where a whole milestone is meant."""

    rule: str
    message: str
    milestone: str | None = None
    service: str | None = None
    severity: AuditSeverity = AuditSeverity.WARNING
