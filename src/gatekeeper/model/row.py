"""A service as a row: what the first screen shows of it, compact enough for a hundred thousand services."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from gatekeeper.model.rule import Rule
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.status import GateStatus, ServiceVerdict, Status
from gatekeeper.model.verdict import (
    GROUP_CAPABILITIES,
    GROUP_LEVELS,
    GROUP_SIGN_OFFS,
    CriterionResult,
    ExceptionSeen,
    JudgedMilestone,
    MilestoneResult,
    Reason,
    ServiceResult,
    Standing,
    to_show,
)


class NotBinding(NamedTuple):
    """A criterion that is open and does not bind."""

    id: str
    is_tightened: bool
    effective: str | None
    """The milestone or day from which it binds; None if it is advisory."""


class ServiceRow(NamedTuple):
    """The verdict on one service for the exit of a milestone, in short."""

    name: str
    owner: str
    verdict: ServiceVerdict
    standing: Standing
    level: str
    """The effective one."""
    target: str
    due: int
    met: int
    excepted: int
    open_by_group: Mapping[str, int]
    states: Mapping[str, GateStatus]
    """By group: the id of a gate, or one of `GROUP_*`."""
    reasons: tuple[Reason, ...]
    exceptions: tuple[ExceptionSeen, ...]
    not_binding: tuple[NotBinding, ...]
    wrong_signatures: int

    @property
    def has_regressed(self) -> bool:
        """Whether any reason is a regression."""
        return any(reason.is_regression for reason in self.reasons)


MilestoneSummary: TypeAlias = JudgedMilestone[ServiceRow]
"""A verdict in short."""


def summary_of(result: MilestoneResult, governance: Governance) -> MilestoneSummary:
    """Return a verdict in short."""
    rows = tuple(row_of(service, governance) for service in result.services)
    return MilestoneSummary(
        result.milestone, result.as_of, result.verdict, rows, result.actions, result.name, result.exit
    )


def row_of(result: ServiceResult, governance: Governance) -> ServiceRow:
    """Return the verdict on a service in short."""
    due = result.due_criteria
    return ServiceRow(
        result.name,
        result.service.owner,
        result.verdict,
        result.standing,
        str(result.effective_level),
        str(result.cell.level),
        len(due),
        sum(found.status is Status.PASS for found in due),
        sum(found.status is Status.EXCEPTED for found in due),
        result.open_by_group,
        {
            **{gate.gate: gate.status for gate in result.gates},
            GROUP_LEVELS: _together(result.level_criteria),
            GROUP_CAPABILITIES: _together(result.capabilities),
            GROUP_SIGN_OFFS: _signed(result, governance),
        },
        result.reasons,
        result.exceptions,
        tuple(_not_binding(result)),
        len(result.wrong_signatures),
    )


def _together(results: Sequence[CriterionResult]) -> GateStatus:
    """Return the status of criteria together, as that of a gate."""
    due = [result for result in results if result.binding and result.status is not Status.NOT_APPLICABLE]
    if not due:
        return GateStatus.NOT_APPLICABLE
    if any(result.blocks for result in due):
        return GateStatus.RED
    is_excepted = any(result.status is Status.EXCEPTED for result in due)
    return GateStatus.AMBER if is_excepted else GateStatus.GREEN


def _signed(result: ServiceResult, governance: Governance) -> GateStatus:
    """Return whether the target is signed off; by exception, a lower level may be enough."""
    if not governance.upgrade_sign_offs:
        return GateStatus.NOT_APPLICABLE
    return GateStatus.GREEN if result.signed_level >= result.cell.level else GateStatus.AMBER


def _not_binding(result: ServiceResult) -> dict[NotBinding, None]:
    """Return what is open and does not bind; optional capabilities are left out."""
    ours = (of for of in to_show(result.criteria) if of.is_open and not of.binding and of.rule.source)
    return dict.fromkeys(NotBinding(of.rule.id, of.rule.is_tightened, _effective(of.rule)) for of in ours)


def _effective(rule: Rule) -> str | None:
    return None if rule.advisory or rule.effective is None else str(rule.effective)
