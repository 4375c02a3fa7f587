"""How much an open criterion weighs, and reasons that are no criterion's: what they mean, and what helps."""

from enum import StrEnum
from typing import NamedTuple

from gatekeeper.model.status import Status
from gatekeeper.model.verdict import Reason


class RemarkSeverity(StrEnum):
    """How much a remark weighs."""

    LOST = "lost"
    """Ground that was earned, or claimed, and does not hold."""
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    """It does not stand between the service and its exit."""


class ReasonWording(NamedTuple):
    """A reason that is no criterion's: what it means, and what helps."""

    severity: RemarkSeverity
    means: str
    helps: str


NOTHING_IN_SCOPE = "nothing-in-scope"

STANDINGS = {
    "regression": ReasonWording(
        RemarkSeverity.LOST, "Does the level that was signed off still hold?", "Restore what is named."
    ),
    "lapsed": ReasonWording(
        RemarkSeverity.LOST, "Is the evidence of the signed level still young enough?", "Produce it anew."
    ),
    "unsigned-upgrade": ReasonWording(
        RemarkSeverity.LOST,
        "Is the level that the service claims signed off?",
        "Have it signed off, or lower `level:`.",
    ),
    "overdue-exception": ReasonWording(
        RemarkSeverity.LOST,
        "Are the exceptions of earlier milestones closed?",
        "Deliver what the exception covers, then close it in the risk register.",
    ),
    "sign-offs-missing": ReasonWording(
        RemarkSeverity.WARNING,
        "Is the target level signed off?",
        "Get it signed off by the roles that are named, once there is something to sign.",
    ),
    "gate-red": ReasonWording(
        RemarkSeverity.ERROR,
        "Does every gate of the plan ask something?",
        "Take the gate out of the plan, or give it something to judge.",
    ),
    "level-not-reached": ReasonWording(
        RemarkSeverity.ERROR,
        "Do the earlier cells of the plan hold?",
        "Take the gate out of the earlier cell, or give it something to judge.",
    ),
    NOTHING_IN_SCOPE: ReasonWording(
        RemarkSeverity.ERROR,
        "Is any service in scope?",
        "Give a service a target at this milestone, or ask for another milestone or owner.",
    ),
}
"""By code. Reasons that name open criteria are told by these, unless they weigh more than one."""

BY_STATUS = {
    Status.FAIL: RemarkSeverity.ERROR,
    Status.UNREADABLE: RemarkSeverity.ERROR,
    Status.MISSING: RemarkSeverity.WARNING,
    Status.STALE: RemarkSeverity.WARNING,
    Status.EXCEPTED: RemarkSeverity.NOTE,
}


def stands_alone(reason: Reason) -> bool:
    """Whether a reason says more than the open criteria that it names."""
    standing = STANDINGS.get(reason.code)
    return standing is not None and (standing.severity is RemarkSeverity.LOST or not reason.criteria)


def is_lost(reason: Reason) -> bool:
    """Whether a reason is lost ground."""
    return reason.code in STANDINGS and STANDINGS[reason.code].severity is RemarkSeverity.LOST
