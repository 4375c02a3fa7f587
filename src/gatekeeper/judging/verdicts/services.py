"""Judge one service at one milestone: its verdict and the reasons for it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gatekeeper.judging.obligations.asked import MilestoneSpan
from gatekeeper.judging.plans.cells import cells_until, resolve
from gatekeeper.judging.verdicts import exceptions, sign_offs
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.exceptions import Cover, cover, status_at
from gatekeeper.judging.verdicts.gates import ServiceJudge, SharedResults, gate_status, in_scope
from gatekeeper.judging.verdicts.levels import (
    LevelCheck,
    VerifiedLevel,
    dead_gates,
    is_asked_exclusively,
    red_gates,
    verify,
    without_twins,
)
from gatekeeper.judging.verdicts.statements import statements_seen
from gatekeeper.model.level import Level
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.plan import Cell
from gatekeeper.model.status import ServiceVerdict, Status
from gatekeeper.model.verdict import CriterionResult, GateResult, Reason, ServiceResult


class Findings(NamedTuple):
    """The results of what is asked of a service at a milestone, from which its reasons follow."""

    gates: tuple[GateResult, ...]
    level_criteria: tuple[CriterionResult, ...]
    capabilities: tuple[CriterionResult, ...]

    def by_id(self) -> dict[str, CriterionResult]:
        """Return the result of each criterion and capability."""
        of_gates = (result for gate in self.gates for result in gate.criteria)
        return {result.rule.id: result for result in (*of_gates, *self.level_criteria, *self.capabilities)}

    def excused(self, cover: Cover) -> "Findings":
        """Return the results under exceptions."""
        if not cover.excused:
            return self
        gates = []
        for gate in self.gates:
            criteria = exceptions.excuse(gate.criteria, cover.excused)
            gates.append(gate._replace(criteria=criteria, status=gate_status(criteria)) if criteria else gate)
        return Findings(
            tuple(gates),
            exceptions.excuse(self.level_criteria, cover.excused),
            exceptions.excuse(self.capabilities, cover.excused),
        )

    @property
    def red(self) -> tuple[GateResult, ...]:
        """The red gates."""
        return red_gates(self.gates)

    @property
    def has_open(self) -> bool:
        """Whether anything blocks."""
        return bool(self.red) or any(result.blocks for result in (*self.level_criteria, *self.capabilities))


_UNCOVERED = Cover({}, ())


class _HeldUp(NamedTuple):
    """What prevents a level besides the criteria of the milestone's own cell."""

    by: tuple[CriterionResult, ...]
    by_gates: tuple[str, ...]


def judge_service(
    case: Case,
    milestone: str,
    entries: Sequence[RegisteredException] = (),
    shared: SharedResults | None = None,
) -> ServiceResult | None:
    """Return the verdict on a service for the exit of a milestone; None if it is not in scope."""
    cells = resolve(case.service, case.rulebook.scale)
    if milestone not in cells:
        return None
    judge, signed = ServiceJudge(case, cells, shared or SharedResults()), sign_offs.signed_level(case)
    verified = verify(judge, signed, cells[milestone].level)
    return _judge_at(milestone, judge, cells, entries, (signed, verified))


def judge_findings(case: Case, milestone: str, shared: SharedResults) -> Findings:
    """Return the results of what a milestone asks of a service that is in scope, without exceptions."""
    cells = resolve(case.service, case.rulebook.scale)
    signed, so_far = sign_offs.signed_level(case), cells_until(cells, milestone)
    return _find(ServiceJudge(case, cells, shared), cells[milestone], signed, so_far)


def judge_everywhere(
    case: Case, entries: Sequence[RegisteredException] = (), shared: SharedResults | None = None
) -> dict[str, ServiceResult]:
    """Return the verdicts on a service for the exits of all milestones in which it is in scope."""
    cells = resolve(case.service, case.rulebook.scale)
    judge, signed = ServiceJudge(case, cells, shared or SharedResults()), sign_offs.signed_level(case)
    levels = signed, verify(judge, signed, max(cell.level for cell in cells.values()))
    return {milestone: _judge_at(milestone, judge, cells, entries, levels) for milestone in cells}


def _judge_at(
    milestone: str,
    judge: ServiceJudge,
    cells: Mapping[str, Cell],
    entries: Sequence[RegisteredException],
    levels: tuple[Level, VerifiedLevel],
) -> ServiceResult:
    """Judge a milestone; `levels` are the signed and the verified one, which are the same everywhere."""
    case, cell = judge.case, cells[milestone]
    rule = case.rulebook.exceptions
    signed, verified = levels
    found = _find(judge, cell, signed, cells_until(cells, milestone))
    regressed = tuple(regressions(case, verified, signed))
    status = status_at(milestone, case, cell.level, verified.level, signed, has_regressed=bool(regressed))
    covered = cover(entries, found.by_id(), status) if entries else _UNCOVERED
    found = found.excused(covered)
    held_up = _held_up(verified, (signed, cell.level), found)
    is_covered = bool(covered.excused) and not found.has_open and not any(held_up)
    # An exception lets a service run below its target.
    needed = min(cell.level, rule.ship_at) if is_covered else cell.level
    reasons = (
        *regressed,
        *_open(cell, found),
        *_not_reached(case, cell, verified, signed, needed),
        *_overdue(covered),
    )
    missing = sign_offs.lacking_sign_offs(case, cell.level)
    return ServiceResult(
        service=case.service,
        cell=cell,
        claimed_level=case.claimed_level,
        verified_level=verified.level,
        signed_level=signed,
        ships_at=rule.ship_at if cell.level == rule.excuse else None,
        missing_sign_offs=() if signed >= cell.level else tuple(missing),
        verdict=_verdict(reasons, is_excepted=bool(covered.excused)),
        reasons=reasons,
        gates=found.gates,
        level_criteria=found.level_criteria,
        capabilities=found.capabilities,
        exceptions=covered.seen,
        held_up_by=held_up.by,
        held_up_by_gates=held_up.by_gates,
        changed_since_signed=tuple(sign_offs.changed_since_signed(case, (signed, cell.level), judge.terms)),
        statements=statements_seen(case, entries),
    )


def judge_levels(case: Case) -> tuple[LevelCheck, ...]:
    """Return for each level whether it holds, and what is open if not; exclusive criteria are left out."""
    cells = resolve(case.service, case.rulebook.scale)
    highest = case.rulebook.scale.highest
    return verify(ServiceJudge(case, cells, SharedResults()), highest, highest).checks


def effective_level(case: Case) -> Level:
    """Return the effective level of a service: the lower of verified and signed off."""
    signed = sign_offs.signed_level(case)
    cells = resolve(case.service, case.rulebook.scale)
    return min(signed, verify(ServiceJudge(case, cells, SharedResults()), signed, signed).level)


def _find(judge: ServiceJudge, cell: Cell, signed: Level, so_far: Iterable[Cell]) -> Findings:
    span = MilestoneSpan.at_exit(cell.milestone, judge.case.roadmap)
    gates = judge.gates(cell, cell.level, span)
    in_gates = in_scope(gates)
    level_criteria = tuple(
        result
        for level in judge.case.rulebook.levels
        if level <= cell.level
        for result in judge.level_criteria(
            level, cell, in_gates, span, only_at=is_asked_exclusively(level, cell.level, signed)
        )
    )
    return Findings(gates, level_criteria, judge.capabilities(so_far, span))


def _verdict(reasons: Sequence[Reason], *, is_excepted: bool) -> ServiceVerdict:
    if reasons:
        return ServiceVerdict.BLOCKED
    return ServiceVerdict.EXCEPTED if is_excepted else ServiceVerdict.READY


def regressions(case: Case, verified: VerifiedLevel, signed: Level) -> Iterator[Reason]:
    """Yield what blocks every milestone: a signed level that no longer holds, or an unsigned claim."""
    if signed > verified.level:
        was = "was signed off" if case.rulebook.governance.upgrade_sign_offs else "is claimed"
        gaps = verified.gaps(signed)
        ids = _ids(result for gap in gaps for result in gap.open)
        is_aged = all(result.status is Status.STALE for gap in gaps for result in gap.open)
        if ids and is_aged and not any(gap.dead for gap in gaps):
            yield Reason("lapsed", f"{signed} {was}; evidence has lapsed: {some(ids)}", ids)
        else:
            message = f"{signed} {was}, but only {verified.level} still holds; open: {gaps_text(gaps)}"
            yield Reason("regression", message, ids)
    if case.claimed_level > signed:
        yield Reason(
            "unsigned-upgrade", f"it claims {case.claimed_level} and is signed off for {signed} only"
        )


def _open(cell: Cell, found: Findings) -> Iterator[Reason]:
    for gate in found.red:
        ids = _ids(result for result in gate.criteria if result.blocks)
        message = f"{len(ids)} open" if ids else "listed, but none of its criteria applies"
        yield Reason("gate-red", f"{gate.title}: {message}", ids)
    if ids := _ids(without_twins(found.level_criteria, found.gates)):
        yield Reason("level-criteria-open", f"{cell.level} asks for {some(ids)}", ids)
    if ids := _ids(result for result in found.capabilities if result.blocks):
        yield Reason("capabilities-open", f"not delivered yet: {some(ids)}", ids)


def _not_reached(
    case: Case, cell: Cell, verified: VerifiedLevel, signed: Level, needed: Level
) -> Iterator[Reason]:
    if verified.level < needed:
        lowest = verified.gaps(cell.level)[:1]
        ids = _ids(result for gap in lowest for result in gap.open)
        message = f"verified at {verified.level}, the target is {cell.level}; open: {gaps_text(lowest)}"
        yield Reason("level-not-reached", message, ids)
    if signed < needed:
        yield not_signed(case, cell.level)


def not_signed(case: Case, level: Level) -> Reason:
    """Return the reason that a level is not signed off or, without sign-offs, not claimed."""
    governance = case.rulebook.governance
    if not governance.upgrade_sign_offs:
        return Reason("level-not-claimed", f"{level} is not claimed: `level` is {case.claimed_level}")
    lacking = sign_offs.lacking_sign_offs(case, level)
    roles = ", ".join(f"{role} ({why})" if why else role for role, why in lacking.items())
    return Reason("sign-offs-missing", f"{level} is not signed off: {roles}")


def _overdue(covered: Cover) -> Iterator[Reason]:
    for exception in covered.seen:
        if exception.state == "overdue":
            yield Reason("overdue-exception", f"{exception.id}: {exception.message}", exception.criteria)


def _held_up(verified: VerifiedLevel, due: Iterable[Level], found: Findings) -> _HeldUp:
    """Return what prevents the levels in `due` and is not open in the milestone's own cell.

    It comes from other cells of the plan, or from a signed level above the milestone's target.
    """
    gaps = [gap for level in due for gap in verified.gaps(level)]
    shown = found.by_id() if gaps else {}

    def is_shown(result: CriterionResult) -> bool:
        at_milestone = shown.get(result.rule.id)
        return at_milestone is not None and (at_milestone.blocks or at_milestone.status is Status.EXCEPTED)

    behind = {result.rule.id: result for gap in gaps for result in gap.open if not is_shown(result)}
    dead = dict.fromkeys(gate for gap in gaps for gate in gap.dead)
    return _HeldUp(tuple(behind.values()), tuple(gate for gate in dead if gate not in dead_gates(found.red)))


def gaps_text(gaps: Iterable[LevelCheck]) -> str:
    """Return what prevents levels as text: the first open criteria, and gates without an applicable one."""
    ids = _ids(result for gap in gaps for result in gap.open)
    dead = dict.fromkeys(gate for gap in gaps for gate in gap.dead)
    return some([*ids, *(f"no criterion of {gate} applies" for gate in dead)])


def _ids(results: Iterable[CriterionResult]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(result.rule.id for result in results))


def some(ids: Sequence[str]) -> str:
    """Return the first ids as text, and how many more there are."""
    return ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
