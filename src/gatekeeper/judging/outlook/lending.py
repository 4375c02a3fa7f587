"""Exceptions at the deploy gate: lent with a milestone, until the next one has exited."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from gatekeeper.judging.plans.cells import cell_for_level
from gatekeeper.judging.verdicts.case import MilestoneSpan
from gatekeeper.judging.verdicts.gates import Bench
from gatekeeper.judging.verdicts.levels import VerifiedLevel
from gatekeeper.model.level import Level
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.verdict import CriterionResult, ExceptionSeen


def owed(bench: Bench, verified: VerifiedLevel) -> dict[str, CriterionResult]:
    """Return what an exception can be about and does not hold: criteria of L4, and capabilities, by id."""
    checks = [check for check in verified.checks if check.level is Level.L4]
    found = {result.rule.id: result for check in checks for result in check.open}
    for rule in bench.case.rulebook.levels[Level.L4].rules:
        if rule.twin in found:
            found[rule.id] = found[rule.twin]._replace(rule=rule)
    delivered = bench.capabilities(bench.cells, MilestoneSpan(bench.cells[-1].milestone))
    return found | {result.rule.id: result for result in delivered if result.blocks}


def look_at(
    entry: RegisteredException, still_owed: Collection[str], roadmap: Mapping[str, Milestone], as_of: date
) -> ExceptionSeen:
    """Say where an exception stands, whatever milestone is being worked on."""
    criteria = tuple(criterion for criterion in entry.delta if criterion in still_owed)

    def is_(state: str, message: str) -> ExceptionSeen:
        return ExceptionSeen(entry.id, state, message, criteria or entry.delta, entry.opened_in)

    order = list(roadmap)
    due = order[order.index(entry.opened_in) + 1]
    exited = roadmap[due].exited
    if entry.closed and entry.closed <= as_of:
        return is_("closed", f"closed on {entry.closed}")
    if entry.opened_on > as_of:
        return is_("not_in_force", f"opened on {entry.opened_on}, after the as-of date")
    if not criteria:
        return is_("unneeded", "all its criteria hold now: close it")
    if exited and exited.on <= as_of:
        return is_("overdue", f"opened in {entry.opened_in}: had to close for the exit of {due}")
    return is_("in_force", f"until {due} exits")


def is_covered(bench: Bench, verified: VerifiedLevel, exceptions: Iterable[ExceptionSeen]) -> bool:
    """Whether L4 is targeted, and exceptions in force name all that a service at L3 lacks of it."""
    cell = cell_for_level(bench.cells, Level.L4)
    covered = {name for seen in exceptions if seen.state == "in_force" for name in seen.criteria}
    if not covered or cell.level < Level.L4:
        return False
    gaps = verified.gaps(Level.L4)
    so_far = bench.cells[: bench.cells.index(cell) + 1]
    delivered = bench.capabilities(so_far, MilestoneSpan(cell.milestone))
    lacking = [*(result for gap in gaps for result in gap.open), *(r for r in delivered if r.blocks)]
    return all(result.rule.id in covered for result in lacking) and not any(gap.dead for gap in gaps)
