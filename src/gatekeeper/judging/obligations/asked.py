"""List the criteria that a cell of a plan puts to a service, and why the other ones do not apply."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple, Self

from gatekeeper.judging.plans import questions
from gatekeeper.judging.plans.cells import cells_up_to_level
from gatekeeper.model.guards import Effective
from gatekeeper.model.level import Level
from gatekeeper.model.plan import Cell
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import GateRules, Rule, Rulebook
from gatekeeper.model.service import Capability, Scope, Service

LEFT_OUT = "outside the scope that the plan sets"


class MilestoneSpan(NamedTuple):
    """The milestones whose documents and attestations count: one milestone, or one and all later ones."""

    first: str
    later: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    """The milestones from which a rule may be effective so that it binds here."""

    @classmethod
    def at_exit(cls, milestone: str, roadmap: Roadmap) -> Self:
        """Return the span of what is asked for the exit of a milestone."""
        return cls(milestone, reached=roadmap.until(milestone))

    @classmethod
    def of_level(cls, milestone: str, roadmap: Roadmap, as_of: date) -> Self:
        """Return the span of what is asked of a level that this milestone's cell decides.

        A level is held on a day, not at a milestone: only rules of milestones that have exited bind.
        """
        return cls(milestone, roadmap.since(milestone)[1:], roadmap.passed(as_of))

    def accepts(self, milestone: object) -> bool:
        """Whether something made for `milestone` counts."""
        return milestone == self.first or milestone in self.later


class CriterionContext(NamedTuple):
    """The level, the narrowing scope and the milestones for which a criterion is judged."""

    level: Level
    scope: Scope | None
    span: MilestoneSpan


class Asked(NamedTuple):
    """A criterion that is put to a service, or the reason why it does not apply."""

    rule: Rule
    context: CriterionContext
    left_out: str | None = None
    binding: bool = True
    """Whether it counts."""
    as_in_gate: bool = False
    """Whether a gate asks the original of this twin already, so that its answer counts for both."""
    covers: tuple["Asked", ...] = ()
    """The capabilities that must be delivered too."""
    demands: tuple[str, ...] = ()
    """What the plan demands of a gate beyond its criteria."""


def in_scope(asked: Iterable[Asked]) -> dict[str, Asked]:
    """Return by id what gates ask, without what the plan's scope leaves out."""
    return {one.rule.id: one for one in asked if one.left_out != LEFT_OUT}


class SharedAsked(NamedTuple):
    """What several services are asked by one rulebook on one day; it depends on nothing of a service."""

    capabilities: dict[Hashable, Rule]
    """The criteria of capabilities, those of the same text once."""
    gates: dict[Hashable, tuple[Asked, ...]]

    @classmethod
    def none(cls) -> Self:
        """Return what is known before any service is asked."""
        return cls({}, {})


class Asking(NamedTuple):
    """Lists what a plan asks of one service."""

    service: Service
    rulebook: Rulebook
    cells: Sequence[Cell]
    as_of: date
    shared: SharedAsked

    def of_gate(self, gate: GateRules, cell: Cell, level: Level, span: MilestoneSpan) -> tuple[Asked, ...]:
        """Return the criteria of a gate that the cell lists, and the plan's demands on it."""
        narrowing, demanded = cell.narrowing.get(gate.gate), cell.demands.get(gate.gate)
        if not gate.is_uniform or demanded or narrowing:
            return self._of_gate(gate, cell, level, span)
        known, key = self.shared.gates, (gate.gate, level, span)
        if (found := known.get(key)) is None:
            found = known[key] = self._of_gate(gate, cell, level, span)
        return found

    def _of_gate(self, gate: GateRules, cell: Cell, level: Level, span: MilestoneSpan) -> tuple[Asked, ...]:
        narrowing = cell.narrowing.get(gate.gate)
        scope = narrowing if narrowing and narrowing.narrows_reading else None
        context = CriterionContext(level, scope, span)
        only = narrowing.only if narrowing else None
        found = [
            Asked(
                self._in_force(rule, span),
                context,
                self._why_not_in_gate(rule, cell, level, only),
                self._binds(rule, span),
            )
            for rule in gate.rules
        ]
        if demanded := cell.demands.get(gate.gate):
            demand = self._in_force(questions.demand(self.rulebook, gate, demanded), span)
            found.append(Asked(demand, context._replace(scope=None), demands=demanded))
        return tuple(found)

    def of_level(
        self, level: Level, cell: Cell, in_gates: Collection[str], span: MilestoneSpan, *, only_at: bool
    ) -> Iterator[Asked]:
        """Yield the criteria of one level.

        Args:
            level: The level.
            cell: The cell that targets it.
            in_gates: The criteria in the scope of the cell's gates.
            span: The milestones whose documents and attestations count.
            only_at: Whether the exclusive criteria of the level are included.
        """
        context = CriterionContext(level, None, span)
        for rule in self.rulebook.levels[level].rules:
            left_out = self._why_not_at_level(rule, cell, only_at=only_at)
            as_in_gate = left_out is None and rule.twin in in_gates
            covers: tuple[Asked, ...] = ()
            if rule.source and rule.source.covers_capabilities and left_out is None and not as_in_gate:
                covers = self.of_capabilities(cells_up_to_level(self.cells, rule.level), span)
            in_force, binding = self._in_force(rule, span), self._binds(rule, span)
            yield Asked(in_force, context, left_out, binding, as_in_gate, covers)

    def of_capabilities(self, cells: Iterable[Cell], span: MilestoneSpan) -> tuple[Asked, ...]:
        """Return the capabilities that these cells add."""
        return tuple(
            Asked(
                self._in_force(self._capability(added, cell.level), span),
                CriterionContext(cell.level, None, span),
                binding=not added.optional,
            )
            for cell in cells
            for added in cell.adds
        )

    def _capability(self, added: Capability, level: Level) -> Rule:
        key = added.id, added.capability, level
        if key not in self.shared.capabilities:
            self.shared.capabilities[key] = questions.capability(self.rulebook, added, level)
        return self.shared.capabilities[key]

    def _in_force(self, rule: Rule, span: MilestoneSpan) -> Rule:
        """Return the version of a rule that is effective, with the guards that are."""
        tightened = rule.upcoming
        version = tightened if tightened and self._is_effective(tightened.effective, span) else rule
        if not version.has_timed_guards:
            return version
        return version.in_force(lambda effective: self._is_effective(effective, span))

    def _binds(self, rule: Rule, span: MilestoneSpan) -> bool:
        return not rule.advisory and self._is_effective(rule.effective, span)

    def _is_effective(self, effective: Effective | None, span: MilestoneSpan) -> bool:
        if effective is None:
            return True
        return effective <= self.as_of if isinstance(effective, date) else effective in span.reached

    def _why_not_in_gate(
        self, rule: Rule, cell: Cell, level: Level, only: Collection[str] | None
    ) -> str | None:
        if rule.level > level:
            return f"applies from {rule.level}"
        if only is not None and rule.id not in only:
            return LEFT_OUT
        return self._unmet(rule, cell)

    def _why_not_at_level(self, rule: Rule, cell: Cell, *, only_at: bool) -> str | None:
        if rule.source and rule.source.only_at is not None and not only_at:
            return f"required only at {rule.source.only_at}"
        return self._unmet(rule, cell)

    def _unmet(self, rule: Rule, cell: Cell) -> str | None:
        """Return why a rule does not apply to the service; None if it applies."""
        if rule.compares_dependencies and not self.service.depends_on:
            return "depends on no service"
        when = rule.source.applies_when if rule.source else None
        if when is None:
            return None
        if when.gate and when.gate not in cell.gates:
            return f"only where {when.gate} applies"
        if when.any_gate and not any(gate in cell.gates for gate in when.any_gate):
            return f"only where {' or '.join(when.any_gate)} applies"
        if when.label and when.label not in self.service.labels:
            return f"only for services with the label {when.label}"
        if when.except_services and self.service.service in when.except_services:
            return f"not required of {self.service.service}"
        return None
