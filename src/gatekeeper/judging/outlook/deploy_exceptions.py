"""Decide what exceptions cover at the deploy gate, independent of the current milestone."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gatekeeper.judging.obligations.asked import MilestoneSpan
from gatekeeper.judging.plans.cells import cells_up_to_level, latest_cell
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.exceptions import ServiceStatus, at_deployment, missing_sign_off, status_at
from gatekeeper.judging.verdicts.gates import ServiceJudge
from gatekeeper.judging.verdicts.levels import VerifiedLevel
from gatekeeper.model.level import Level
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.plan import Cell
from gatekeeper.model.verdict import CriterionResult, ExceptionSeen, Reason


class ServiceState(NamedTuple):
    """The levels and regressions of a service, independent of a milestone."""

    case: Case
    cells: Mapping[str, Cell]
    judge: ServiceJudge
    verified: VerifiedLevel
    signed: Level
    regressions: tuple[Reason, ...]

    @property
    def effective(self) -> Level:
        """The lower of what is verified and what is signed off."""
        return min(self.verified.level, self.signed)


def due_since(case: Case, cells: Mapping[str, Cell]) -> str | None:
    """Return the milestone by whose exit the excused level is due; None if it is not due yet.

    Of the milestones from the first that targets the level or more, it is the first that has exited.
    """
    excuse, roadmap = case.rulebook.exceptions.excuse, case.roadmap
    first = next((cell.milestone for cell in cells.values() if cell.level >= excuse), None)
    later = roadmap.since(first) if first else ()
    return next((name for name in later if roadmap.has_exited(name, case.as_of)), None)


def open_criteria(here: ServiceState) -> dict[str, CriterionResult]:
    """Return by id what keeps a service below the excused level: criteria, also by twin, and capabilities."""
    rulebook = here.case.rulebook
    excuse = rulebook.exceptions.excuse
    found = {result.rule.id: result for gap in here.verified.gaps(excuse) for result in gap.open}
    for level, of in rulebook.levels.items():
        twins = [rule for rule in of.rules if rule.twin in found and level <= excuse]
        found |= {rule.id: found[rule.twin or ""]._replace(rule=rule) for rule in twins}
    so_far = cells_up_to_level(here.judge.cells, excuse)
    span = MilestoneSpan.at_exit(so_far[-1].milestone, here.case.roadmap)
    delivered = here.judge.capabilities(so_far, span)
    return found | {result.rule.id: result for result in delivered if result.blocks}


def entry_states(
    here: ServiceState, entries: Iterable[RegisteredException], still_open: Iterable[str], *, is_due: bool
) -> tuple[ExceptionSeen, ...]:
    """Return the state of each entry at the deploy gate."""
    blocking = {*still_open, *missing_sign_off(here.case.rulebook.exceptions, here.signed)}
    found = [(entry, _status(here, entry.opened_in)) for entry in entries]
    return at_deployment(found, blocking, here.case, is_due=is_due)


def _status(here: ServiceState, opened_in: str) -> ServiceStatus:
    """Return what decides about an exception that was opened in a milestone."""
    cell = latest_cell(here.cells, here.case.roadmap, opened_in)
    target = cell.level if cell else here.case.rulebook.scale.lowest
    levels = target, here.verified.level, here.signed
    return status_at(opened_in, here.case, *levels, has_regressed=bool(here.regressions))


def uncovered(
    here: ServiceState, still_open: Mapping[str, CriterionResult], seen: Sequence[ExceptionSeen]
) -> tuple[str, ...]:
    """Return what a service lacks for the excused level and no exception in force covers.

    That are criteria, capabilities, the sign-off of the level, and gates without an applicable criterion.
    """
    rule = here.case.rulebook.exceptions
    covered = {name for one in seen if one.state == "in_force" for name in one.criteria}
    lacking = [name for name, result in still_open.items() if result.rule.twin not in still_open]
    lacking += missing_sign_off(rule, here.signed)
    dead = [gate for gap in here.verified.gaps(rule.excuse) for gate in gap.dead]
    return tuple(dict.fromkeys([*(name for name in lacking if name not in covered), *dead]))
