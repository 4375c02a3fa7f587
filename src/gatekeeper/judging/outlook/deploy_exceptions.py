"""Decide what exceptions cover at the deploy gate, independent of the current milestone."""

from collections.abc import Iterable

from gatekeeper.judging.plans.cells import cell_for_level
from gatekeeper.judging.verdicts.case import MilestoneSpan
from gatekeeper.judging.verdicts.gates import ServiceJudge
from gatekeeper.judging.verdicts.levels import VerifiedLevel
from gatekeeper.model.level import Level
from gatekeeper.model.verdict import CriterionResult, ExceptionSeen


def excusable_open(judge: ServiceJudge, verified: VerifiedLevel) -> dict[str, CriterionResult]:
    """Return the open criteria that an exception can cover, by id: those of L4, and capabilities."""
    checks = [check for check in verified.checks if check.level is Level.L4]
    found = {result.rule.id: result for check in checks for result in check.open}
    for rule in judge.case.rulebook.levels[Level.L4].rules:
        if rule.twin in found:
            found[rule.id] = found[rule.twin]._replace(rule=rule)
    delivered = judge.capabilities(judge.cells, MilestoneSpan(judge.cells[-1].milestone))
    return found | {result.rule.id: result for result in delivered if result.blocks}


def is_covered(judge: ServiceJudge, verified: VerifiedLevel, exceptions: Iterable[ExceptionSeen]) -> bool:
    """Whether L4 is targeted, and exceptions in force cover everything that a service at L3 lacks for it."""
    cell = cell_for_level(judge.cells, Level.L4)
    covered = {name for seen in exceptions if seen.state == "in_force" for name in seen.criteria}
    if not covered or cell.level < Level.L4:
        return False
    gaps = verified.gaps(Level.L4)
    so_far = judge.cells[: judge.cells.index(cell) + 1]
    delivered = judge.capabilities(so_far, MilestoneSpan(cell.milestone))
    lacking = [*(result for gap in gaps for result in gap.open), *(r for r in delivered if r.blocks)]
    return all(result.rule.id in covered for result in lacking) and not any(gap.dead for gap in gaps)
