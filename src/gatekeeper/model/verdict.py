"""What judging returns: results of criteria, gates, services and the milestone."""

from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from gatekeeper.model.evidence import Evidence, Finding
from gatekeeper.model.level import Level
from gatekeeper.model.plan import Cell
from gatekeeper.model.rule import Condition, Rule
from gatekeeper.model.service import Attestation, Service
from gatekeeper.model.status import OPEN, Basis, Effort, GateStatus, MilestoneVerdict, ServiceVerdict, Status


class Outcome(NamedTuple):
    """One condition, compared."""

    condition: Condition
    status: Status
    reason: str | None = None
    actual: Any = None
    operand: Any = None
    """The operand's value, once looked up."""
    distance: float | None = None
    """How far from the threshold: the missing amount, or the number of items at fault."""
    findings: tuple[Finding, ...] = ()


class CriterionResult(NamedTuple):
    """What became of one criterion for one service."""

    rule: Rule
    status: Status
    reason: str | None = None
    basis: Basis | None = None
    outcomes: tuple[Outcome, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    attestation: Attestation | None = None
    exception: str | None = None
    """The id of the register entry that covers it."""
    optional: bool = False
    """A capability that never blocks."""
    waits_for: tuple[str, ...] = ()
    """Criteria that it is open for alone: once they hold, nothing is left to do for it."""

    @property
    def is_open(self) -> bool:
        """Whether it keeps its gate red."""
        return self.status in OPEN

    @property
    def blocks(self) -> bool:
        """Whether it is open and stands between the service and its exit."""
        return self.status in OPEN and not self.optional

    @property
    def remedy(self) -> str:
        """What to do: what the rulebook says, unless the artefact is there and nobody can read it."""
        if self.status is Status.UNREADABLE:
            return f"Mend the artefact: {self.reason}."
        return self.rule.remedy

    @property
    def telling(self) -> tuple[Outcome, ...]:
        """The outcomes that decided: those that gave the status, or all where none did alone."""
        decisive = tuple(outcome for outcome in self.outcomes if outcome.status is self.status)
        return decisive or self.outcomes

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The flaws behind the status, each once."""
        return tuple(dict.fromkeys(finding for outcome in self.telling for finding in outcome.findings))

    @property
    def distance(self) -> float | None:
        """The distance of the first condition that does not hold."""
        return next((outcome.distance for outcome in self.telling if outcome.distance is not None), None)


class GateResult(NamedTuple):
    """What became of one gate of the rulebook for one service."""

    gate: str
    name: str
    status: GateStatus
    scope: str | None = None
    criteria: tuple[CriterionResult, ...] = ()


REGRESSIONS = frozenset({"regression", "lapsed", "unsigned-upgrade", "overdue-exception"})
"""Reason codes for something that was earned or claimed and does not hold, unlike work not yet done."""


class Reason(NamedTuple):
    """Why a service is blocked: a stable code, a message, and the criteria concerned."""

    code: str
    message: str
    criteria: tuple[str, ...] = ()

    @property
    def is_regression(self) -> bool:
        """Whether `--fail-on regression` refuses it."""
        return self.code in REGRESSIONS


class ExceptionSeen(NamedTuple):
    """What became of a register entry of this service."""

    id: str
    state: str
    """`in_force`, `overdue`, `unneeded`, `closed` or `not_in_force`."""
    message: str
    criteria: tuple[str, ...]
    opened_in: str
    """The milestone whose exit it was opened for."""


class SignedElsewhere(NamedTuple):
    """A sign-off that counts, and was made under another rulebook than the one at hand."""

    level: Level
    role: str
    by: str
    on: date
    rulebook: str


class ServiceResult(NamedTuple):
    """What one service means for the exit of the milestone."""

    service: Service
    cell: Cell
    verified_level: Level
    signed_level: Level
    missing_sign_offs: tuple[str, ...]
    """Roles whose sign-off the target level lacks."""
    verdict: ServiceVerdict
    reasons: tuple[Reason, ...]
    gates: tuple[GateResult, ...]
    level_criteria: tuple[CriterionResult, ...]
    capabilities: tuple[CriterionResult, ...]
    exceptions: tuple[ExceptionSeen, ...]
    held_up_by: tuple[CriterionResult, ...] = ()
    """Open criteria of other cells that keep the verified level below what is signed or targeted."""
    held_up_by_gates: tuple[str, ...] = ()
    """Gates of other cells that do the same because nothing of them applies."""
    signed_under_another_rulebook: tuple[SignedElsewhere, ...] = ()
    """Of the level that is signed off, and of the target."""

    @property
    def effective_level(self) -> Level:
        """The lower of what is verified and what is signed off."""
        return min(self.verified_level, self.signed_level)

    @property
    def has_regressed(self) -> bool:
        """Whether any reason is a regression."""
        return any(reason.is_regression for reason in self.reasons)

    @property
    def criteria(self) -> tuple[CriterionResult, ...]:
        """Every criterion that was judged; twins occur twice."""
        of_gates = (result for gate in self.gates for result in gate.criteria)
        return (*of_gates, *self.level_criteria, *self.capabilities)

    @property
    def open_criteria(self) -> tuple[CriterionResult, ...]:
        """The criteria that block, each once: a level criterion counts with its open twin in a gate."""
        blocking = [result for result in (*self.criteria, *self.held_up_by) if result.blocks]
        ids = {result.rule.id for result in blocking}
        once = {result.rule.id: result for result in blocking if result.rule.twin not in ids}
        return tuple(once.values())


class Way(StrEnum):
    """What may stand in for the work of a step."""

    ATTESTATION = "attestation"
    WAIVER = "waiver"
    EXCEPTION = "exception"


class Option(NamedTuple):
    """Another way than the work itself, who may go it, and the services that it is open to."""

    way: Way
    by: str | None
    """The role whose word it takes; None for an exception, which the risk register's approver grants."""
    services: tuple[str, ...]


class NextStep(NamedTuple):
    """One piece of work: who does what, and what it helps."""

    step: str
    owner: str
    effort: Effort
    services: tuple[str, ...]
    criteria: tuple[str, ...]
    unblocks_services: tuple[str, ...]
    """Services for which nothing else is left to do."""
    unblocks_milestones: tuple[str, ...]
    excusable: bool
    """An exception could cover it for one milestone."""
    milestones: tuple[str, ...] = ()
    """The milestones that were looked at and need it."""
    options: tuple[Option, ...] = ()
    recovers: bool = False
    """It wins back ground that was lost."""


class MilestoneResult(NamedTuple):
    """The verdict on a milestone's exit."""

    milestone: str
    as_of: date
    verdict: MilestoneVerdict
    services: tuple[ServiceResult, ...]
    next_steps: tuple[NextStep, ...]

    @property
    def blocked_by(self) -> tuple[str, ...]:
        """The services that block the exit."""
        return tuple(
            result.service.service for result in self.services if result.verdict is ServiceVerdict.BLOCKED
        )
