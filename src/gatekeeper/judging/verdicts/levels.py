"""The verified level: how far a service's evidence carries, whatever milestone is being judged."""

from collections.abc import Iterable
from typing import NamedTuple

from gatekeeper.judging.plans.cells import cell_for_level
from gatekeeper.judging.verdicts.case import MilestoneSpan
from gatekeeper.judging.verdicts.gates import ServiceJudge
from gatekeeper.model.level import Level
from gatekeeper.model.status import GateStatus
from gatekeeper.model.verdict import CriterionResult, GateResult


class LevelCheck(NamedTuple):
    """One level of one service: what holds it up, if anything does."""

    level: Level
    holds: bool
    open: tuple[CriterionResult, ...]
    dead: tuple[str, ...]
    """Gates that are listed although nothing of them applies."""


class VerifiedLevel(NamedTuple):
    """The verified level, and the checks that it follows from, lowest level first."""

    level: Level
    checks: tuple[LevelCheck, ...]
    exclusive: LevelCheck | None = None
    """Of the level that all other questions would verify, where its exclusive questions refuse it."""

    def gaps(self, level: Level) -> tuple[LevelCheck, ...]:
        """Return what keeps the verified level below this one, lowest level first.

        A level's exclusive questions bar the way to that level, and not to a higher one.
        """
        gaps = [check for check in self.checks if self.level < check.level <= level and not check.holds]
        if self.exclusive and self.exclusive.level == level:
            gaps.append(self.exclusive)
        return tuple(gaps)


def verify(judge: ServiceJudge, signed: Level, due: Level = Level.L0) -> VerifiedLevel:
    """Find the highest level that holds together with all below it.

    All gaps up to what is signed and to what is `due` are told; the level itself depends on neither.
    A level's exclusive questions ("zero customer endpoints") bear on that level alone: a service that has
    outgrown it is not asked.
    """
    checks: list[LevelCheck] = []
    verified = Level.L0
    for level in list(Level)[1:]:
        checks.append(_check(judge, level, signed, exclusive=False))
        if checks[-1].holds and verified == level - 1:
            verified = level
        elif level >= max(signed, due):
            break
    if verified > Level.L0:
        exclusive = _check(judge, verified, signed, exclusive=True)
        if not exclusive.holds:
            return VerifiedLevel(Level(verified - 1), tuple(checks), exclusive)
    return VerifiedLevel(verified, tuple(checks))


def _check(judge: ServiceJudge, level: Level, signed: Level, *, exclusive: bool) -> LevelCheck:
    cell = cell_for_level(judge.cells, level)
    span = MilestoneSpan(cell.milestone, open_ended=True)
    # A level that every cell jumps over has no gates of its own to be skeleton-green.
    gates = judge.gates(cell, level, span) if level > Level.L1 or cell.level == Level.L1 else ()
    criteria = judge.level_criteria(
        level, cell, gates, span, only_at=exclusive and is_asked_exclusively(level, cell.level, signed)
    )
    red = red_gates(gates)
    of_gates = [result for gate in red for result in gate.criteria if result.blocks]
    holds = not red and not any(result.blocks for result in criteria)
    return LevelCheck(level, holds, (*of_gates, *without_twins(criteria, gates)), dead_gates(red))


def is_asked_exclusively(level: Level, target: Level, signed: Level) -> bool:
    """Whether a question asked only *at* a level is asked: of services no further than it."""
    return target <= level and signed <= level


def without_twins(
    criteria: Iterable[CriterionResult], gates: Iterable[GateResult]
) -> tuple[CriterionResult, ...]:
    """Return the level criteria that block and are not counted in a gate already."""
    in_gates = {result.rule.id for gate in gates for result in gate.criteria if result.blocks}
    return tuple(result for result in criteria if result.blocks and result.rule.twin not in in_gates)


def red_gates(gates: tuple[GateResult, ...]) -> tuple[GateResult, ...]:
    """Return the gates that are red."""
    return tuple(gate for gate in gates if gate.status is GateStatus.RED)


def dead_gates(red: Iterable[GateResult]) -> tuple[str, ...]:
    """Return the red gates of which nothing is open: nothing of them applies."""
    return tuple(gate.gate for gate in red if not any(result.blocks for result in gate.criteria))
