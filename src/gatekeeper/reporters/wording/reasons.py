"""The reason codes of a blocked service: severity, question and remedy of each.

A reason says in one sentence why a service is blocked. Reasons that only name open criteria need no wording
of their own, because each of these criteria is reported. `diagnostics` puts both on files and lines.
"""

from enum import StrEnum
from typing import NamedTuple

from gatekeeper.model.status import Status
from gatekeeper.model.verdict import Reason


class DiagnosticSeverity(StrEnum):
    """How severe a diagnostic is, the most severe first."""

    CRITICAL = "critical"
    """A regression, or a claim without sign-off or delivery."""
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    """It does not block the exit."""


class ReasonWording(NamedTuple):
    """The wording of a reason that is not about one criterion."""

    severity: DiagnosticSeverity
    question: str
    remedy: str


NOTHING_IN_SCOPE = "nothing-in-scope"

REASONS = {
    "regression": ReasonWording(
        DiagnosticSeverity.CRITICAL,
        "Does the level that was reached still hold?",
        "Restore the criteria that are named.",
    ),
    "lapsed": ReasonWording(
        DiagnosticSeverity.CRITICAL,
        "Is the evidence of the level that was reached recent enough?",
        "Produce the evidence again.",
    ),
    "unsigned-upgrade": ReasonWording(
        DiagnosticSeverity.CRITICAL,
        "Is the level that the service claims signed off?",
        "Have it signed off, or lower `level:`.",
    ),
    "overdue-exception": ReasonWording(
        DiagnosticSeverity.CRITICAL,
        "Are the exceptions of earlier milestones closed?",
        "Deliver what the exception covers, then close it in the risk register.",
    ),
    "sign-offs-missing": ReasonWording(
        DiagnosticSeverity.WARNING,
        "Is the target level signed off?",
        "Have it signed off by the roles that are named, once its criteria hold.",
    ),
    "level-not-claimed": ReasonWording(
        DiagnosticSeverity.WARNING,
        "Does the service claim the target level?",
        "Set `level:` in the manifest of the service, once the criteria of the level hold.",
    ),
    "gate-red": ReasonWording(
        DiagnosticSeverity.ERROR,
        "Does every gate of the plan have criteria that apply?",
        "Take the gate out of the plan, or change its scope so that criteria apply.",
    ),
    "level-not-reached": ReasonWording(
        DiagnosticSeverity.ERROR,
        "Do the earlier cells of the plan hold?",
        "Take the gate out of the earlier cell, or change its scope so that criteria apply.",
    ),
    NOTHING_IN_SCOPE: ReasonWording(
        DiagnosticSeverity.ERROR,
        "Is any service in scope?",
        "Give a service a target at this milestone, or select another milestone or owner.",
    ),
}
"""By code."""

INVALID_SIGNATURE = ReasonWording(
    DiagnosticSeverity.WARNING,
    "Does the signature fit its entry?",
    "Restore the entry as it was signed, have it signed again, or remove it.",
)
"""Of an entry that does not count because of its signature; what lacks it is reported besides."""

BY_STATUS = {
    Status.FAIL: DiagnosticSeverity.ERROR,
    Status.UNREADABLE: DiagnosticSeverity.ERROR,
    Status.UNPROVEN: DiagnosticSeverity.ERROR,
    Status.MISSING: DiagnosticSeverity.WARNING,
    Status.STALE: DiagnosticSeverity.WARNING,
    Status.EXCEPTED: DiagnosticSeverity.NOTE,
}
"""The severity of an open criterion by its status."""


def is_reported(reason: Reason) -> bool:
    """Return whether a reason is reported besides the open criteria that it names."""
    return is_critical(reason) or (reason.code in REASONS and not reason.criteria)


def is_critical(reason: Reason) -> bool:
    """Return whether a reason is a regression, or a claim without sign-off or delivery."""
    wording = REASONS.get(reason.code)
    return wording is not None and wording.severity is DiagnosticSeverity.CRITICAL
