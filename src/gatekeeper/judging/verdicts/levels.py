"""Find the verified level: the highest level that the evidence supports, independent of the milestone."""

from collections.abc import Iterable
from typing import NamedTuple

from gatekeeper.judging.plans.cells import cell_for_level, current_target, has_gates
from gatekeeper.judging.verdicts.gates import ServiceJudge, in_scope
from gatekeeper.model.level import Level
from gatekeeper.model.status import GateStatus
from gatekeeper.model.verdict import CriterionResult, GateResult


class LevelCheck(NamedTuple):
    """Whether one level of one service holds, and what is open if not."""

    level: Level
    holds: bool
    open: tuple[CriterionResult, ...]
    dead: tuple[str, ...]
    """Listed gates of which no criterion applies."""


class VerifiedLevel(NamedTuple):
    """The verified level, and the checks that determine it, lowest level first."""

    level: Level
    checks: tuple[LevelCheck, ...]
    exclusive: tuple[LevelCheck, ...] = ()
    """The failed checks of levels whose criteria all hold except their exclusive ones."""

    def gaps(self, level: Level) -> tuple[LevelCheck, ...]:
        """Return the failed checks between the verified level and this one, lowest level first.

        Exclusive criteria of a level prevent that level only, not a higher one.
        """
        gaps = [check for check in self.checks if self.level < check.level <= level and not check.holds]
        return (*gaps, *(check for check in self.exclusive if check.level == level))


def verify(judge: ServiceJudge, signed: Level, due: Level) -> VerifiedLevel:
    """Return the highest level that holds together with all levels below it.

    The checks cover every level up to `signed` and `due`; the verified level itself depends on neither.
    Exclusive criteria of a level ("zero customer endpoints") affect that level only: a service above it is
    not judged by them.
    """
    checks: list[LevelCheck] = []
    exclusive: list[LevelCheck] = []
    levels = tuple(judge.case.rulebook.scale.values())
    verified = levels[0]
    for level in levels[1:]:
        checks.append(_check(judge, level, signed, exclusive=False))
        if checks[-1].holds and verified.rank == level.rank - 1:
            verified = level
        elif level >= max(signed, due):
            break
    while verified.rank > 0 and not (check := _check(judge, verified, signed, exclusive=True)).holds:
        exclusive.append(check)
        verified = levels[verified.rank - 1]
    return VerifiedLevel(verified, tuple(checks), tuple(exclusive))


def _check(judge: ServiceJudge, level: Level, signed: Level, *, exclusive: bool) -> LevelCheck:
    cell = cell_for_level(judge.cells, level)
    span = judge.span_from(cell.milestone)
    gates = judge.gates(cell, level, span) if has_gates(level, cell) else ()
    is_asked = exclusive and is_asked_exclusively(level, _target(judge), signed)
    criteria = judge.level_criteria(level, cell, in_scope(gates), span, only_at=is_asked)
    red = red_gates(gates)
    of_gates = [result for gate in red for result in gate.criteria if result.blocks]
    holds = not red and not any(result.blocks for result in criteria)
    return LevelCheck(level, holds, (*of_gates, *without_twins(criteria, gates)), dead_gates(red))


def _target(judge: ServiceJudge) -> Level:
    case = judge.case
    return current_target(judge.cells, case.rulebook.scale, case.roadmap, case.as_of)


def is_asked_exclusively(level: Level, target: Level, signed: Level) -> bool:
    """Whether a level's exclusive criteria apply: neither target nor signed level may be above it."""
    return target <= level and signed <= level


def without_twins(
    criteria: Iterable[CriterionResult], gates: Iterable[GateResult]
) -> tuple[CriterionResult, ...]:
    """Return the level criteria that block, without those whose twin already blocks in a gate."""
    in_gates = {result.rule.id for gate in gates for result in gate.criteria if result.blocks}
    return tuple(result for result in criteria if result.blocks and result.rule.twin not in in_gates)


def red_gates(gates: tuple[GateResult, ...]) -> tuple[GateResult, ...]:
    """Return the red gates."""
    return tuple(gate for gate in gates if gate.status is GateStatus.RED)


def dead_gates(red: Iterable[GateResult]) -> tuple[str, ...]:
    """Return the red gates without an open criterion: none of their criteria applies."""
    return tuple(gate.gate for gate in red if not any(result.blocks for result in gate.criteria))
