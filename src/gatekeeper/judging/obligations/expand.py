"""Expand a plan to obligations: what each level means for a service, and what each milestone asks."""

from collections.abc import Iterable, Iterator
from datetime import date

from gatekeeper.judging.obligations.asked import Asked, Asking, MilestoneSpan, in_scope
from gatekeeper.judging.obligations.terms import terms_of
from gatekeeper.judging.plans.cells import cell_for_level, cells_until, current_target, has_gates, resolve
from gatekeeper.model.level import Level
from gatekeeper.model.obligation import Obligation, digest_of_all
from gatekeeper.model.plan import Cell
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service


def expand(
    service: Service, rulebook: Rulebook, roadmap: Roadmap, as_of: date, criterion: str | None = None
) -> Iterator[Obligation]:
    """Yield the obligations of a service: its own, those of each level, and those of each milestone.

    Args:
        service: The service, its plan in the order of the roadmap.
        rulebook: The rules.
        roadmap: All milestones.
        as_of: The day on which it is asked which milestones have exited.
        criterion: Yield the obligations of this criterion only.
    """
    yield from _Expansion(service, rulebook, criterion).all(roadmap, as_of)


def expand_levels(
    service: Service, rulebook: Rulebook, roadmap: Roadmap, as_of: date
) -> Iterator[tuple[Level, tuple[Obligation, ...]]]:
    """Yield each level that requires anything with its obligations, as `expand` returns them."""
    yield from _Expansion(service, rulebook).levels(roadmap, as_of)


def signed_digest(service: Service, rulebook: Rulebook, level: Level) -> str:
    """Return the digest of what a signature covers: all that a level and those below it ask of a service.

    It depends on the rules and the service's manifest only. A new release, an exit or a later milestone
    does not change it. Exclusive criteria are those of the signed level.
    """
    expansion = _Expansion(service.model_copy(update={"release": None}), rulebook)
    levels = [lower for lower in rulebook.scale.values() if rulebook.scale.lowest < lower <= level]
    return digest_of_all(one for lower in levels for one in expansion.of_level(lower, only_at=lower == level))


class _Expansion:
    def __init__(self, service: Service, rulebook: Rulebook, criterion: str | None = None) -> None:
        self.service, self.rulebook, self.criterion = service, rulebook, criterion
        self.cells = resolve(service, rulebook.scale)
        self.asking = Asking(service, rulebook, tuple(self.cells.values()))

    def all(self, roadmap: Roadmap, as_of: date) -> Iterator[Obligation]:
        if self.criterion is None:
            yield from self._own(roadmap, as_of)
        for _, obligations in self.levels(roadmap, as_of):
            yield from obligations
        for milestone, cell in self.cells.items():
            yield from self._family(f"milestone/{milestone}", self._of_milestone(cell))

    def levels(self, roadmap: Roadmap, as_of: date) -> Iterator[tuple[Level, tuple[Obligation, ...]]]:
        current = current_target(self.cells.values(), self.rulebook.scale, roadmap, as_of)
        _lowest, *levels = self.rulebook.scale.values()
        for level in levels:
            yield level, tuple(self.of_level(level, roadmap, only_at=current <= level))

    def of_level(
        self, level: Level, roadmap: Roadmap | None = None, *, only_at: bool
    ) -> Iterator[Obligation]:
        """Yield the obligations of one level; documents of later milestones count only with a roadmap."""
        cell = cell_for_level(self.asking.cells, level)
        span = MilestoneSpan(cell.milestone, roadmap.since(cell.milestone)[1:] if roadmap else ())
        gates = self._in_gates(cell, level, span) if has_gates(level, cell) else ()
        of_level = self.asking.of_level(level, cell, in_scope(gates), span, only_at=only_at)
        yield from self._family(f"level/{level}", (*gates, *of_level))

    def _own(self, roadmap: Roadmap, as_of: date) -> Iterator[Obligation]:
        """Yield the targets, whether their milestones have exited, and who signs each level up to them."""
        name = self.service.service
        for milestone, cell in self.cells.items():
            exited = roadmap[milestone].exited_by(as_of)
            terms = {"level": str(cell.level)} | ({"exited": exited.on.isoformat()} if exited else {})
            yield Obligation(name, "service", f"target:{milestone}", terms)
        highest = max(cell.level for cell in self.cells.values())
        roles = self.rulebook.governance.upgrade_sign_offs
        for level in self.rulebook.scale.values() if roles else ():
            if self.rulebook.scale.lowest < level <= highest:
                yield Obligation(name, "service", f"sign-off:{level}", {"roles": list(roles)})

    def _of_milestone(self, cell: Cell) -> Iterator[Asked]:
        span = MilestoneSpan(cell.milestone)
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

    def _family(self, family: str, asked: Iterable[Asked]) -> Iterator[Obligation]:
        for one in asked:
            if one.left_out is None and self.criterion in (None, one.rule.id):
                terms = terms_of(one, self.service, self.rulebook)
                yield Obligation(self.service.service, family, one.rule.id, terms)
