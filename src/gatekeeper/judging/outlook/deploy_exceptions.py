"""Decide what exceptions cover at the deploy gate, independent of the current milestone."""

from collections.abc import Iterable

from gatekeeper.judging.obligations.asked import MilestoneSpan
from gatekeeper.judging.plans.cells import cell_for_level
from gatekeeper.judging.verdicts.exceptions import missing_sign_off
from gatekeeper.judging.verdicts.gates import ServiceJudge
from gatekeeper.judging.verdicts.levels import VerifiedLevel
from gatekeeper.model.level import Level
from gatekeeper.model.verdict import CriterionResult, ExceptionSeen


def excusable_open(judge: ServiceJudge, verified: VerifiedLevel) -> dict[str, CriterionResult]:
    """Return the open criteria that an exception can cover, by id: those of its levels, and capabilities."""
    rulebook = judge.case.rulebook
    checks = [check for check in verified.checks if rulebook.exceptions.covers(check.level)]
    found = {result.rule.id: result for check in checks for result in check.open}
    for check in checks:
        for rule in rulebook.levels[check.level].rules:
            if rule.twin in found:
                found[rule.id] = found[rule.twin]._replace(rule=rule)
    delivered = judge.capabilities(judge.cells, MilestoneSpan(judge.cells[-1].milestone))
    return found | {result.rule.id: result for result in delivered if result.blocks}


def uncovered(
    judge: ServiceJudge, verified: VerifiedLevel, signed: Level, exceptions: Iterable[ExceptionSeen]
) -> tuple[str, ...]:
    """Return what a service lacks for the excused level and no exception in force covers.

    That are criteria, capabilities, the sign-off of the level, and gates without an applicable criterion.
    """
    rule = judge.case.rulebook.exceptions
    covered = {name for seen in exceptions if seen.state == "in_force" for name in seen.criteria}
    cell = cell_for_level(judge.cells, rule.excuse)
    so_far = judge.cells[: judge.cells.index(cell) + 1]
    delivered = judge.capabilities(so_far, MilestoneSpan(cell.milestone))
    gaps = verified.gaps(rule.excuse)
    lacking = [result.rule.id for gap in gaps for result in gap.open]
    lacking += [result.rule.id for result in delivered if result.blocks]
    lacking += missing_sign_off(rule, signed)
    dead = (gate for gap in gaps for gate in gap.dead)
    return tuple(dict.fromkeys([*(name for name in lacking if name not in covered), *dead]))
