"""Expand a plan to obligations: what each level means for a service, and what each milestone asks."""

from collections.abc import Iterator
from datetime import date

from gatekeeper.judging.obligations.asked import Asked, Asking, MilestoneSpan, in_scope
from gatekeeper.judging.obligations.terms import terms_of
from gatekeeper.judging.plans.cells import cell_for_level, cells_until, current_target, has_gates, resolve
from gatekeeper.model.level import Level
from gatekeeper.model.obligation import Obligation
from gatekeeper.model.plan import Cell
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service


def expand(service: Service, rulebook: Rulebook, roadmap: Roadmap, as_of: date) -> Iterator[Obligation]:
    """Yield the obligations of a service: its own, those of each level, and those of each milestone.

    Args:
        service: The service, its plan in the order of the roadmap.
        rulebook: The rules.
        roadmap: All milestones.
        as_of: The day on which it is asked which milestones have exited.
    """
    yield from _Expansion(service, rulebook, roadmap, as_of).all()


def expand_levels(
    service: Service, rulebook: Rulebook, roadmap: Roadmap, as_of: date
) -> Iterator[tuple[Level, tuple[Obligation, ...]]]:
    """Yield each level that requires anything with its obligations, as `expand` returns them."""
    yield from _Expansion(service, rulebook, roadmap, as_of).levels()


class _Expansion:
    def __init__(self, service: Service, rulebook: Rulebook, roadmap: Roadmap, as_of: date) -> None:
        self.service, self.rulebook, self.roadmap, self.as_of = service, rulebook, roadmap, as_of
        self.cells = resolve(service, rulebook.scale)
        self.asking = Asking(service, rulebook, tuple(self.cells.values()), as_of)
        self.current = current_target(self.cells.values(), rulebook.scale, roadmap, as_of)

    def all(self) -> Iterator[Obligation]:
        yield from self._own()
        for _, obligations in self.levels():
            yield from obligations
        for milestone, cell in self.cells.items():
            yield from self._family(f"milestone/{milestone}", self._of_milestone(cell))

    def levels(self) -> Iterator[tuple[Level, tuple[Obligation, ...]]]:
        _lowest, *levels = self.rulebook.scale.values()
        for level in levels:
            yield level, tuple(self._family(f"level/{level}", self._of_level(level)))

    def _own(self) -> Iterator[Obligation]:
        """Yield the targets, whether their milestones have exited, and who signs each level up to them."""
        name = self.service.service
        for milestone, cell in self.cells.items():
            exited = self.roadmap[milestone].exited_by(self.as_of)
            terms = {"level": str(cell.level)} | ({"exited": exited.on.isoformat()} if exited else {})
            yield Obligation(name, "service", f"target:{milestone}", terms)
        highest = max(cell.level for cell in self.cells.values())
        roles = self.rulebook.governance.upgrade_sign_offs
        for level in self.rulebook.scale.values() if roles else ():
            if self.rulebook.scale.lowest < level <= highest:
                yield Obligation(name, "service", f"sign-off:{level}", {"roles": list(roles)})

    def _of_level(self, level: Level) -> Iterator[Asked]:
        cell = cell_for_level(self.asking.cells, level)
        span = MilestoneSpan.of_level(cell.milestone, self.roadmap, self.as_of)
        gates = self._in_gates(cell, level, span) if has_gates(level, cell) else ()
        yield from gates
        yield from self.asking.of_level(level, cell, in_scope(gates), span, only_at=self.current <= level)

    def _of_milestone(self, cell: Cell) -> Iterator[Asked]:
        span = MilestoneSpan.at_exit(cell.milestone, self.roadmap)
        gates = self._in_gates(cell, cell.level, span)
        yield from gates
        for level in self.rulebook.levels:
            if level <= cell.level:
                only_at = cell.level <= level
                yield from self.asking.of_level(level, cell, in_scope(gates), span, only_at=only_at)
        yield from self.asking.of_capabilities(cells_until(self.cells, cell.milestone), span)

    def _in_gates(self, cell: Cell, level: Level, span: MilestoneSpan) -> tuple[Asked, ...]:
        return tuple(
            asked
            for gate in self.rulebook.gates.values()
            if gate.gate in cell.gates
            for asked in self.asking.of_gate(gate, cell, level, span)
        )

    def _family(self, family: str, asked: Iterator[Asked]) -> Iterator[Obligation]:
        for one in asked:
            if one.left_out is None:
                terms = terms_of(one, self.service, self.rulebook)
                yield Obligation(self.service.service, family, one.rule.id, terms)
