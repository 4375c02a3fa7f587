"""The results of judging: of criteria, gates, services and the milestone."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

from gatekeeper.model.action import Action
from gatekeeper.model.evidence import Evidence, Finding
from gatekeeper.model.level import Level
from gatekeeper.model.milestone import Exited
from gatekeeper.model.naming import labelled, titled
from gatekeeper.model.plan import Cell
from gatekeeper.model.rule import Condition, Rule
from gatekeeper.model.service import CAPABILITY_PREFIX, Attestation, Service
from gatekeeper.model.signature import SignatureSeen, StatementSeen
from gatekeeper.model.status import (
    OPEN,
    WORST_FIRST,
    Basis,
    GateStatus,
    MilestoneVerdict,
    ReasonCode,
    ServiceVerdict,
    Status,
)


class Outcome(NamedTuple):
    """The result of one condition."""

    condition: Condition
    status: Status
    reason: str | None = None
    actual: Any = None
    operand: Any = None
    """The value of the operand, once looked up."""
    distance: float | None = None
    """The distance from the threshold: the missing amount, or the number of items at fault."""
    findings: tuple[Finding, ...] = ()
    """The flaws, or the places that the reader did not understand."""
    code: ReasonCode | None = None
    """Why it is `unproven` or `stale`."""


class CriterionReason(NamedTuple):
    """One reason why a criterion is open: a condition, its evidence, or a statement about it."""

    status: Status
    """What it alone would make of the criterion."""
    message: str
    code: ReasonCode | None = None
    """None for `fail`, `unreadable` and `missing`."""
    slot: str | None = None
    part: str | None = None
    """The path of the part that it is about; None for the slot as a whole."""
    places: tuple[Finding, ...] = ()
    """The flaws, or the places that the reader did not understand."""


def worst_first(reasons: Iterable[CriterionReason]) -> tuple[CriterionReason, ...]:
    """Return reasons with the worst first; reasons of one status and code keep their order."""
    found = tuple(reasons)
    return tuple(sorted(found, key=severity_of)) if len(found) > 1 else found


def severity_of(reason: CriterionReason) -> tuple[int, int]:
    """Return a key that sorts the worst reason first."""
    is_ranked = reason.status is Status.UNPROVEN or reason.code is ReasonCode.UNDECIDABLE
    by_code = _CODES.index(reason.code) if reason.code and is_ranked else 0
    return WORST_FIRST.index(reason.status), by_code


_CODES = tuple(ReasonCode)


class Dependency(NamedTuple):
    """A service that another one depends on, and the level that is compared."""

    service: str
    owner: str | None
    signed: Level
    required: Level
    is_claimed: bool = False
    """Whether levels are claimed, because governance asks for no sign-offs."""

    @property
    def is_low(self) -> bool:
        """Whether it is below the level that is required."""
        return self.signed < self.required

    @property
    def label(self) -> str:
        """The service with its owner: `ledger (team-ledger)`."""
        return f"{self.service} ({self.owner})" if self.owner else self.service

    def describe(self) -> str:
        """Return what it lacks, or that it lacks nothing."""
        held = "claims" if self.is_claimed else "is signed off for"
        required = f", and {self.required} is required" if self.is_low else ""
        return f"{self.label} {held} {self.signed}{required}"


class CriterionResult(NamedTuple):
    """The result of one criterion for one service."""

    rule: Rule
    status: Status
    reason: str | None = None
    basis: Basis | None = None
    outcomes: tuple[Outcome, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    attestation: Attestation | None = None
    exception: str | None = None
    """The id of the register entry that covers it."""
    binding: bool = True
    """Whether it counts: an advisory or optional criterion, and one that is not effective yet, does not."""
    upcoming: "CriterionResult | None" = None
    """The result of the rule's tightened version while it is not effective yet."""
    waits_for: tuple[str, ...] = ()
    """The criteria that alone keep it open; once they hold, it holds."""
    reasons: tuple[CriterionReason, ...] = ()
    """Every reason why it is open, the worst first; the first one decides the status."""
    signature: SignatureSeen | None = None
    """How its attestation or declaration was made, if that decides, or would but for its signature."""
    dependencies: tuple[Dependency, ...] = ()
    """The services whose levels decide it."""
    changed_since_attested: bool = False
    """Whether it asked for something else when it was attested; the attestation still counts."""

    @property
    def reason_code(self) -> ReasonCode | None:
        """Why it is `unproven` or `stale`; None for other statuses."""
        return self.reasons[0].code if self.reasons else None

    @property
    def is_open(self) -> bool:
        """Whether it does not hold, whether that blocks or not."""
        return self.status in OPEN

    @property
    def blocks(self) -> bool:
        """Whether it is open and binding, and so makes its gate red and blocks the service."""
        return self.status in OPEN and self.binding

    @property
    def telling(self) -> tuple[Outcome, ...]:
        """The outcomes with the status of the result; if there are none, all outcomes."""
        decisive = tuple(outcome for outcome in self.outcomes if outcome.status is self.status)
        return decisive or self.outcomes

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings behind the status, or the places that its reasons name, each once."""
        found = tuple(dict.fromkeys(finding for outcome in self.telling for finding in outcome.findings))
        places = (place for of in self.reasons if of.status is self.status for place in of.places)
        return found or tuple(dict.fromkeys(places))

    @property
    def distance(self) -> float | None:
        """How far the first condition with a distance is from being met; None if no condition has one."""
        return next((outcome.distance for outcome in self.telling if outcome.distance is not None), None)


class GateResult(NamedTuple):
    """The result of one gate for one service."""

    gate: str
    name: str
    status: GateStatus
    scope: str | None = None
    criteria: tuple[CriterionResult, ...] = ()

    @property
    def title(self) -> str:
        """Its id and name in a heading: `G2 API`."""
        return titled(self.gate, self.name)


UNSIGNED_UPGRADE = "unsigned-upgrade"
_OF_SIGNATURES = frozenset({"level-not-reached", "sign-offs-missing", "level-not-claimed"})
"""Codes of reasons of a service that lacks nothing but signatures."""
GROUP_LEVELS, GROUP_CAPABILITIES, GROUP_SIGN_OFFS = ".levels", ".capabilities", ".sign-offs"
"""Groups of what is open besides gates; the id of a gate cannot begin with a full stop."""


class Standing(StrEnum):
    """How far a service is at a milestone, the worst first."""

    REGRESSED = "regressed"
    """Something was earned and is lost, or an exception is overdue."""
    UNSIGNED = "unsigned"
    """It claims a level without its signatures, or lacks nothing but signatures."""
    OPEN = "open"
    """It is not there yet."""
    EXCEPTED = "excepted"
    READY = "ready"


REGRESSIONS = frozenset({"regression", "lapsed", UNSIGNED_UPGRADE, "overdue-exception"})
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
    """The state of a register entry of this service."""

    id: str
    state: str
    """`in_force`, `overdue`, `unneeded`, `closed` or `not_in_force`."""
    message: str
    criteria: tuple[str, ...]
    opened_in: str
    """The milestone whose exit it was opened for."""


class ChangedSinceSigned(NamedTuple):
    """A sign-off of a level that asks for something else today, or rests on other artefacts."""

    level: Level
    role: str
    by: str
    on: date
    obligations: str | None
    """The digest of what was signed; None if the level asks for the same today, or none was stated."""
    evidence: tuple[str, ...] = ()
    """The slots whose artefacts were changed or removed since."""
    counts: bool = True
    """Whether it counts all the same."""

    @property
    def what(self) -> str:
        """What has changed, in words."""
        slots = ", ".join(f"`{slot}`" for slot in self.evidence)
        return " and ".join(filter(None, ["the rules" if self.obligations else "", slots]))


class ServiceResult(NamedTuple):
    """The verdict on one service for the exit of a milestone, with everything behind it."""

    service: Service
    cell: Cell
    claimed_level: Level
    verified_level: Level
    signed_level: Level
    ships_at: Level | None
    """The level at which an exception lets the service ship; None if its target can have none."""
    missing_sign_offs: tuple[str, ...]
    """The roles whose sign-off the target level lacks."""
    verdict: ServiceVerdict
    reasons: tuple[Reason, ...]
    gates: tuple[GateResult, ...]
    level_criteria: tuple[CriterionResult, ...]
    capabilities: tuple[CriterionResult, ...]
    exceptions: tuple[ExceptionSeen, ...]
    held_up_by: tuple[CriterionResult, ...] = ()
    """Open criteria of other cells that keep the verified level below the signed or target level."""
    held_up_by_gates: tuple[str, ...] = ()
    """Gates of other cells that do the same because none of their criteria applies."""
    changed_since_signed: tuple[ChangedSinceSigned, ...] = ()
    """For the signed level and the target."""
    statements: tuple[StatementSeen, ...] = ()
    """What people stated about it; empty where signatures are neither given nor required."""

    @property
    def name(self) -> str:
        """The id of the service."""
        return self.service.service

    @property
    def wrong_signatures(self) -> tuple[StatementSeen, ...]:
        """The statements whose signature does not fit, and those that were withdrawn."""
        return tuple(one for one in self.statements if one.seen.is_wrong)

    @property
    def effective_level(self) -> Level:
        """The lower of what is verified and what is signed off."""
        return min(self.verified_level, self.signed_level)

    @property
    def has_regressed(self) -> bool:
        """Whether any reason is a regression."""
        return any(reason.is_regression for reason in self.reasons)

    @property
    def standing(self) -> Standing:
        """How far it is: by its verdict and, if it is blocked, by its reasons."""
        if self.verdict is not ServiceVerdict.BLOCKED:
            return Standing.READY if self.verdict is ServiceVerdict.READY else Standing.EXCEPTED
        codes = {reason.code for reason in self.reasons}
        if codes & (REGRESSIONS - {UNSIGNED_UPGRADE}):
            return Standing.REGRESSED
        if UNSIGNED_UPGRADE in codes:
            return Standing.UNSIGNED
        is_done = codes <= _OF_SIGNATURES and not self.held_up_by_gates and not self.open_criteria
        return Standing.UNSIGNED if is_done else Standing.OPEN

    @property
    def due_criteria(self) -> tuple[CriterionResult, ...]:
        """The criteria that apply and bind at the milestone; a level criterion and its twin count once."""
        due = {
            found.rule.id: found
            for found in self.criteria
            if found.status is not Status.NOT_APPLICABLE and found.binding
        }
        return tuple(found for found in due.values() if found.rule.twin not in due)

    @property
    def due(self) -> int:
        """How many criteria are due at the milestone."""
        return len(self.due_criteria)

    @property
    def met(self) -> int:
        """How many of the criteria that are due are met; what an exception covers is not."""
        return sum(found.status is Status.PASS for found in self.due_criteria)

    @property
    def excepted(self) -> int:
        """How many of them an exception covers."""
        return sum(found.status is Status.EXCEPTED for found in self.due_criteria)

    @property
    def open_by_group(self) -> Mapping[str, int]:
        """How many criteria are open, by gate and the groups `GROUP_*`; only groups with open ones."""
        found = Counter(group_of(of.rule) for of in self.open_criteria)
        if any(reason.code == "sign-offs-missing" for reason in self.reasons):
            found[GROUP_SIGN_OFFS] = len(self.missing_sign_offs)
        return {group: count for group, count in found.items() if count}

    @property
    def criteria(self) -> tuple[CriterionResult, ...]:
        """Every judged criterion; twins occur twice."""
        of_gates = (result for gate in self.gates for result in gate.criteria)
        return (*of_gates, *self.level_criteria, *self.capabilities)

    @property
    def open_criteria(self) -> tuple[CriterionResult, ...]:
        """The criteria that block, each once; a level criterion is left out if its twin in a gate blocks."""
        blocking = [result for result in (*self.criteria, *self.held_up_by) if result.blocks]
        ids = {result.rule.id for result in blocking}
        once = {result.rule.id: result for result in blocking if result.rule.twin not in ids}
        return tuple(once.values())


class OfService(Protocol):
    """What is known of a service at a milestone, in full or as a row."""

    @property
    def name(self) -> str:
        """Its id."""

    @property
    def verdict(self) -> ServiceVerdict:
        """Whether it blocks the exit."""

    @property
    def standing(self) -> Standing:
        """How far it is."""

    @property
    def due(self) -> int:
        """How many criteria are due."""

    @property
    def met(self) -> int:
        """How many of them are met."""

    @property
    def excepted(self) -> int:
        """How many of them an exception covers."""


S_co = TypeVar("S_co", bound=OfService, covariant=True)


class JudgedMilestone(NamedTuple, Generic[S_co]):
    """The verdict on the exit of a milestone."""

    milestone: str
    as_of: date
    verdict: MilestoneVerdict
    services: tuple[S_co, ...]
    actions: tuple[Action, ...]
    """The work that unblocks it, the most helpful first."""
    name: str | None = None
    """The name of the milestone, if it has one."""
    exit: Exited | None = None
    """The last record of its exit up to the as-of date, which need not count."""

    @property
    def title(self) -> str:
        """The milestone's id and name in a heading: `2026Q4 Pilot customers`."""
        return titled(self.milestone, self.name)

    @property
    def label(self) -> str:
        """The milestone's id and name in a sentence: `2026Q4 (Pilot customers)`."""
        return labelled(self.milestone, self.name)

    @property
    def standings(self) -> Counter[Standing]:
        """How many services are how far."""
        return Counter(result.standing for result in self.services)

    @property
    def due(self) -> int:
        """How many criteria are due in all services."""
        return sum(result.due for result in self.services)

    @property
    def met(self) -> int:
        """How many of them are met."""
        return sum(result.met for result in self.services)

    @property
    def excepted(self) -> int:
        """How many of them an exception covers."""
        return sum(result.excepted for result in self.services)

    @property
    def blocked_by(self) -> tuple[str, ...]:
        """The services that block the exit."""
        return tuple(result.name for result in self.services if result.verdict is ServiceVerdict.BLOCKED)


MilestoneResult: TypeAlias = JudgedMilestone[ServiceResult]
"""A verdict with everything behind it."""


def group_of(rule: Rule) -> str:
    """Return the group of a criterion: its gate, or a group `GROUP_*`."""
    if rule.id.startswith(CAPABILITY_PREFIX):
        return GROUP_CAPABILITIES
    return rule.gate or GROUP_LEVELS


def to_show(results: Iterable[CriterionResult]) -> Iterator[CriterionResult]:
    """Yield the criteria that are open or excepted, and the tightened versions that are open."""
    for result in results:
        if result.status not in (Status.PASS, Status.NOT_APPLICABLE):
            yield result
        if result.upcoming and result.upcoming.is_open:
            yield result.upcoming
