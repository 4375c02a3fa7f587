"""Expand a plan to obligations: what each level means for a service, and what each milestone asks.

A listed gate is an obligation of its own besides its criteria: a gate of which none applies is red.
"""

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from gatekeeper.judging.obligations.asked import Asked, Asking, MilestoneSpan, SharedAsked, in_scope
from gatekeeper.judging.obligations.terms import SharedTerms
from gatekeeper.judging.plans.cells import cell_for_level, cells_until, current_target, has_gates, resolve
from gatekeeper.model.level import Level
from gatekeeper.model.obligation import Obligation, Terms, digest_of_all
from gatekeeper.model.plan import Cell
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service


class Placed(NamedTuple):
    """Something that is asked in a family, before its terms are described."""

    family: str
    id: str
    asked: Asked | None
    """The criterion; None for a gate, a target or a sign-off."""
    terms: Terms | None = None
    """Of what is not a criterion."""


def expand(
    service: Service,
    rulebook: Rulebook,
    roadmap: Roadmap,
    as_of: date,
    only: Collection[str] | None = None,
    shared: SharedTerms | None = None,
) -> Iterator[Obligation]:
    """Yield the obligations of a service: its own, those of each level, and those of each milestone.

    Args:
        service: The service, its plan in the order of the roadmap.
        rulebook: The rules.
        roadmap: All milestones.
        as_of: The day on which it is asked which milestones have exited.
        only: Yield the obligations of these criteria only.
        shared: The terms of other services by the same rulebook; equal terms are not built again.
    """
    terms = shared or SharedTerms(rulebook)
    for one in place(service, rulebook, roadmap, as_of, only):
        decided_by = terms.of(one.asked, service) if one.asked else one.terms
        yield Obligation(service.service, one.family, one.id, decided_by or Terms())


def place(
    service: Service, rulebook: Rulebook, roadmap: Roadmap, as_of: date, only: Collection[str] | None = None
) -> Iterator[Placed]:
    """Yield what is asked of a service, as `expand` does, without its terms."""
    yield from _Expansion(service, rulebook, as_of, only).all(roadmap, as_of)


def signed_digest(
    service: Service, rulebook: Rulebook, level: Level, shared: SharedTerms | None = None
) -> str:
    """Return the digest of what a signature covers: all that a level and those below it ask of a service.

    It depends on the rules and the service's manifest only. A new release, an exit, a later milestone or a
    rule that becomes effective does not change it. Exclusive criteria are those of the signed level. What is
    asked of the services that it depends on is for their people to sign.
    """
    signed = service.model_copy(update={"release": None, "depends_on": ()})
    terms = shared or SharedTerms(rulebook)
    return digest_of_all(
        (f"{one.family} {one.id}", terms.of(one.asked, signed) if one.asked else one.terms or Terms())
        for one in _up_to(signed, rulebook, level)
    )


def signed_slots(service: Service, rulebook: Rulebook, level: Level) -> frozenset[str]:
    """Return the slots of all that a level and those below it ask of a service, as `signed_digest` does."""
    return frozenset(
        slot for one in _up_to(service, rulebook, level) if one.asked for slot in one.asked.rule.slots
    )


def attested_digest(service: Service, rulebook: Rulebook, roadmap: Roadmap, criterion: str) -> str:
    """Return the digest of what an attestation covers: all that a criterion and its twins ask of a service.

    Like `signed_digest`, it does not depend on the day, on a new release or on an exit. A later milestone
    changes it only if it asks the criterion in another way.
    """
    stated, terms = service.model_copy(update={"release": None}), SharedTerms(rulebook)
    names = {criterion, *(name for name, rule in rulebook.by_id.items() if rule.twin == criterion)}
    placed = place(stated, rulebook, roadmap, _BEFORE_ALL, names)
    found = (terms.of(one.asked, stated) for one in placed if one.asked)
    undated = (Terms({name: of for name, of in one.items() if name != "milestones"}) for one in found)
    return digest_of_all((one.digest, one) for one in undated)


def _up_to(service: Service, rulebook: Rulebook, level: Level) -> Iterator[Placed]:
    expansion = _Expansion(service, rulebook, _BEFORE_ALL)
    for lower in rulebook.scale.values():
        if rulebook.scale.lowest < lower <= level:
            yield from expansion.of_level(lower, only_at=lower == level)


_BEFORE_ALL = date.min
"""A day before any rule becomes effective."""


class _Expansion:
    def __init__(
        self, service: Service, rulebook: Rulebook, as_of: date, only: Collection[str] | None = None
    ) -> None:
        self.service, self.rulebook, self.only = service, rulebook, only
        self.cells = resolve(service, rulebook.scale)
        self.asking = Asking(service, rulebook, tuple(self.cells.values()), as_of, SharedAsked.none())

    def all(self, roadmap: Roadmap, as_of: date) -> Iterator[Placed]:
        if self.only is None:
            yield from self._own(roadmap, as_of)
        current = current_target(self.cells.values(), self.rulebook.scale, roadmap, as_of)
        _lowest, *levels = self.rulebook.scale.values()
        for level in levels:
            cell = cell_for_level(self.asking.cells, level)
            span = MilestoneSpan.of_level(cell.milestone, roadmap, as_of)
            yield from self.of_level(level, span, only_at=current <= level)
        for cell in self.cells.values():
            yield from self._of_milestone(cell, MilestoneSpan.at_exit(cell.milestone, roadmap))

    def of_level(self, level: Level, span: MilestoneSpan | None = None, *, only_at: bool) -> Iterator[Placed]:
        """Yield the obligations of one level; without a span, those of its own milestone alone."""
        cell, family = cell_for_level(self.asking.cells, level), f"level/{level}"
        span = span or MilestoneSpan(cell.milestone)
        in_gates = yield from self._gates(family, cell if has_gates(level, cell) else None, level, span)
        asked = self.asking.of_level(level, cell, in_gates, span, only_at=only_at)
        yield from self._criteria(family, asked, in_gates)

    def _own(self, roadmap: Roadmap, as_of: date) -> Iterator[Placed]:
        """Yield the targets, whether their milestones have exited, and who signs each level up to them."""
        for milestone, cell in self.cells.items():
            exited = roadmap[milestone].exited_by(as_of)
            terms = {"level": str(cell.level)} | ({"exited": exited.on.isoformat()} if exited else {})
            yield Placed("service", f"target:{milestone}", None, Terms(terms))
        highest = max(cell.level for cell in self.cells.values())
        governance = self.rulebook.governance
        roles = governance.upgrade_sign_offs
        signed = [role for role in roles if governance.needs_signature(role)]
        signers = {"roles": list(roles)} | ({"signed": signed} if signed else {})
        for level in self.rulebook.scale.values() if roles else ():
            if self.rulebook.scale.lowest < level <= highest:
                yield Placed("service", f"sign-off:{level}", None, Terms(signers))

    def _of_milestone(self, cell: Cell, span: MilestoneSpan) -> Iterator[Placed]:
        family = f"milestone/{cell.milestone}"
        in_gates = yield from self._gates(family, cell, cell.level, span)
        for level in self.rulebook.levels:
            if level <= cell.level:
                only_at = cell.level <= level
                asked = self.asking.of_level(level, cell, in_gates, span, only_at=only_at)
                yield from self._criteria(family, asked, in_gates)
        capabilities = self.asking.of_capabilities(cells_until(self.cells, cell.milestone), span)
        yield from self._criteria(family, capabilities, {})

    def _gates(
        self, family: str, cell: Cell | None, level: Level, span: MilestoneSpan
    ) -> Generator[Placed, None, Mapping[str, Asked]]:
        """Yield the gates that a cell lists, with their criteria; return what they ask by id."""
        in_gates: dict[str, Asked] = {}
        for gate in self.rulebook.gates.values() if cell else ():
            if cell and gate.gate in cell.gates:
                asked = self.asking.of_gate(gate, cell, level, span)
                in_gates |= in_scope(asked)
                if self.only is None:
                    yield Placed(family, gate.gate, None, Terms(gate=gate.name))
                yield from self._criteria(family, asked, {})
        return in_gates

    def _criteria(
        self, family: str, asked: Iterable[Asked], in_gates: Mapping[str, Asked]
    ) -> Iterator[Placed]:
        for one in asked:
            answered_by = in_gates[one.rule.twin or ""] if one.as_in_gate else one
            if answered_by.left_out is None and (self.only is None or one.rule.id in self.only):
                yield Placed(family, one.rule.id, one._replace(context=answered_by.context))
