"""Judge the gates of a plan cell at a level, and the criteria of levels and capabilities."""

from collections.abc import Iterable, Mapping, Sequence

from gatekeeper.judging.obligations.asked import (
    LEFT_OUT,
    Asked,
    Asking,
    CriterionContext,
    MilestoneSpan,
    SharedAsked,
)
from gatekeeper.judging.obligations.terms import SharedTerms
from gatekeeper.judging.plans.narrowing import narrowing_of
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.criteria import judge_criterion
from gatekeeper.model.evidence import Narrowing
from gatekeeper.model.level import Level
from gatekeeper.model.plan import Cell
from gatekeeper.model.rule import GateRules, Rule
from gatekeeper.model.service import Scope
from gatekeeper.model.status import WORST_FIRST, GateStatus, Status
from gatekeeper.model.verdict import CriterionResult, GateResult, worst_first

ByCriterion = Mapping[str, CriterionResult]


class SharedResults:
    """A cache of results that do not depend on the service; shared by all services of one run.

    A run has one rulebook, one roadmap and one day.
    """

    def __init__(self) -> None:
        self.asked = SharedAsked.none()
        self.spans: dict[str, MilestoneSpan] = {}
        """The spans of levels, by the milestone whose cell decides them."""
        self.criteria: dict[object, CriterionResult] = {}
        self.gates: dict[object, GateResult] = {}
        self.terms: SharedTerms | None = None


class ServiceJudge:
    """Judges one service; caches results that cannot differ between its milestones and levels."""

    def __init__(self, case: Case, cells: Mapping[str, Cell], shared: SharedResults) -> None:
        self.case = case
        self.cells: Sequence[Cell] = tuple(cells.values())
        self._asking = Asking(case.service, case.rulebook, self.cells, case.as_of, shared.asked)
        self._known = frozenset(slot for slot, _ in case.evidence)
        self._own: dict[object, CriterionResult] = {}
        self._gates: dict[object, GateResult] = {}
        self._shared = shared

    @property
    def terms(self) -> SharedTerms:
        """The terms of what is asked, which services of one run share."""
        self._shared.terms = self._shared.terms or SharedTerms(self.case.rulebook)
        return self._shared.terms

    def span_from(self, milestone: str) -> MilestoneSpan:
        """Return the span of a level that the cell of this milestone decides."""
        known = self._shared.spans
        if (span := known.get(milestone)) is None:
            span = known[milestone] = self.case.span_from(milestone)
        return span

    def gates(self, cell: Cell, level: Level, span: MilestoneSpan) -> tuple[GateResult, ...]:
        """Return the result of every gate of the rulebook; gates that the cell omits are not applicable."""
        return tuple(self._gate(gate, cell, level, span) for gate in self.case.rulebook.gates.values())

    def level_criteria(
        self, level: Level, cell: Cell, in_gates: ByCriterion, span: MilestoneSpan, *, only_at: bool
    ) -> tuple[CriterionResult, ...]:
        """Return the results of the criteria of one level; `only_at` includes its exclusive criteria."""
        asked = self._asking.of_level(level, cell, in_gates, span, only_at=only_at)
        return tuple(
            _as_twin(in_gates[one.rule.twin or ""], one) if one.as_in_gate else self.answer(one)
            for one in asked
        )

    def capabilities(self, cells: Iterable[Cell], span: MilestoneSpan) -> tuple[CriterionResult, ...]:
        """Return the results of the capabilities that these cells add."""
        return tuple(map(self.answer, self._asking.of_capabilities(cells, span)))

    def answers(self) -> tuple[CriterionResult, ...]:
        """Return every result so far, for any level and gate."""
        return tuple(self._own.values())

    def ask(self, rule: Rule, context: CriterionContext) -> CriterionResult:
        """Return the result of one rule, from the cache if it was judged in an equivalent context."""
        if rule.source is None:
            # The text identifies a question of the plan: the demands of a gate grow from cell to cell.
            key: object = (rule.id, rule.question, context.span if rule.varies else None)
        elif context.scope is None and not rule.varies:
            # A rule and its tightened version differ in when they are effective.
            key = (rule.id, rule.effective)
        else:
            narrowings = self._narrowings(rule, context.scope)
            key = (rule.id, rule.effective, narrowings, context.span, context.level)
        result = self._own.get(key)
        if result is None:
            result = self._own[key] = self._judge(rule, context, key)
        return result

    def _judge(self, rule: Rule, context: CriterionContext, key: object) -> CriterionResult:
        """Judge a rule; services without evidence or statements for it share one result."""
        service = self.case.service
        has_input = (
            rule.compares_dependencies
            or rule.id in service.attestations
            or rule.twin in service.attestations
            or rule.id in service.not_applicable
            or not self._known.isdisjoint(rule.slots)
        )
        if has_input:
            return judge_criterion(rule, self.case, context)
        known, key = self._shared.criteria, (key, rule.level)  # plans add a capability at different levels
        if (result := known.get(key)) is None:
            result = known[key] = judge_criterion(rule, self.case, context)
        return result

    def _narrowings(self, rule: Rule, scope: Scope | None) -> tuple[Narrowing, ...]:
        if scope is None:
            return ()
        return tuple(narrowing_of(self.case.rulebook.slots[slot], scope) for slot in rule.slots)

    def _gate(self, gate: GateRules, cell: Cell, level: Level, span: MilestoneSpan) -> GateResult:
        """Judge a gate; services without evidence or statements for it share the result of the whole gate."""
        known = self._shared.gates
        if gate.gate not in cell.gates:
            key: tuple[object, ...] = (gate.gate,)
        elif cell.gates[gate.gate] is None and gate.gate not in cell.demands and self._has_no_input_for(gate):
            key = (gate.gate, level, span)
        else:
            known = self._gates
            varies = gate.depends_on_milestone or gate.gate in cell.demands  # whose guards may have a time
            key = (gate.gate, cell.milestone, level, span if varies else None)
        if key not in known:
            known[key] = self._judge_gate(gate, cell, level, span)
        return known[key]

    def _has_no_input_for(self, gate: GateRules) -> bool:
        service = self.case.service
        return (
            gate.is_uniform
            and gate.slots.isdisjoint(self._known)
            and gate.ids.isdisjoint(service.attestations)
            and gate.ids.isdisjoint(service.not_applicable)
        )

    def _judge_gate(self, gate: GateRules, cell: Cell, level: Level, span: MilestoneSpan) -> GateResult:
        if gate.gate not in cell.gates:
            return GateResult(gate.gate, gate.name, GateStatus.NOT_APPLICABLE)
        scope = cell.gates[gate.gate]
        results = tuple(map(self.answer, self._asking.of_gate(gate, cell, level, span)))
        return GateResult(gate.gate, gate.name, gate_status(results), scope.scope if scope else None, results)

    def answer(self, asked: Asked) -> CriterionResult:
        """Return the result of what is asked."""
        if asked.left_out is not None:
            result = self._not_applicable(asked.rule, asked.left_out)
        else:
            result = self._in_full(asked)
        return result if asked.binding else result._replace(binding=False)

    def _in_full(self, asked: Asked) -> CriterionResult:
        """Return the result of a rule, with the capabilities that it covers and its tightened version."""
        result = self.ask(asked.rule, asked.context)
        if asked.covers:
            result = _with_capabilities(result, [self.answer(one) for one in asked.covers])
        if asked.rule.upcoming is None:
            return result
        upcoming = asked._replace(rule=asked.rule.upcoming, binding=False)
        return result._replace(upcoming=self.answer(upcoming))

    def _not_applicable(self, rule: Rule, reason: str) -> CriterionResult:
        key = (rule.id, reason)
        if key not in self._shared.criteria:
            self._shared.criteria[key] = CriterionResult(rule, Status.NOT_APPLICABLE, reason)
        return self._shared.criteria[key]


def _as_twin(original: CriterionResult, asked: Asked) -> CriterionResult:
    """Return the result of a gate's criterion for its twin, which may bind at another time."""
    upcoming = original.upcoming
    if upcoming and asked.rule.upcoming:
        upcoming = upcoming._replace(rule=asked.rule.upcoming)
    return original._replace(rule=asked.rule, binding=asked.binding, upcoming=upcoming)


def _with_capabilities(own: CriterionResult, capabilities: Iterable[CriterionResult]) -> CriterionResult:
    """Return the result of a criterion that also requires these capabilities, unless it does not apply."""
    lacking = [result for result in capabilities if result.blocks]
    if not lacking or own.status is Status.NOT_APPLICABLE:
        return own
    # The worst status of all, so that a single lapsed attestation counts as lapsed.
    open_ones = [result for result in (own, *lacking) if result.is_open]
    worst = min((result.status for result in open_ones), key=WORST_FIRST.index)
    ids = tuple(result.rule.id for result in lacking)
    alone = ids if own.status is Status.PASS else ()
    reason = f"not every capability is met: {', '.join(ids)}"
    reasons = worst_first(reason for result in open_ones for reason in result.reasons)
    return CriterionResult(own.rule, worst, reason, waits_for=alone, reasons=reasons)


def in_scope(gates: Iterable[GateResult]) -> ByCriterion:
    """Return the results of the gates by criterion, without what the plan's scope leaves out."""
    return {
        result.rule.id: result
        for gate in gates
        for result in gate.criteria
        if result.status is not Status.NOT_APPLICABLE or result.reason != LEFT_OUT
    }


def gate_status(results: Iterable[CriterionResult]) -> GateStatus:
    """Return the status of a listed gate.

    Without an applicable criterion it is red; if none of them binds, it is not applicable.
    """
    applicable = [result for result in results if result.status is not Status.NOT_APPLICABLE]
    binding = [result for result in applicable if result.binding]
    if applicable and not binding:
        return GateStatus.NOT_APPLICABLE
    if not applicable or any(result.is_open for result in binding):
        return GateStatus.RED
    is_excepted = any(result.status is Status.EXCEPTED for result in binding)
    return GateStatus.AMBER if is_excepted else GateStatus.GREEN
