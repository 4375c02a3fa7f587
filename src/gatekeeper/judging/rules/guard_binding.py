"""Bind guards: what evidence must show besides its facts, by its kind, its slot and the criterion."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gatekeeper.errors import nearest
from gatekeeper.judging.places import Place
from gatekeeper.judging.rules.slot_binding import FindKind
from gatekeeper.judging.rules.timing import TimingBinder
from gatekeeper.model.evidence import Kind, Shape
from gatekeeper.model.evidence_rules import EvidenceRules, Floors, Freshness
from gatekeeper.model.guards import Distinct, Floor, SlotGuard, ValidFor
from gatekeeper.model.rule import BoundSlot
from gatekeeper.model.rulebook import Gate, Levels, Slot
from gatekeeper.model.workspace import Manifests

_COUNTABLE = (Shape.NUMBER, Shape.NAMES, Shape.FINDINGS, Shape.MAPPING, Shape.ANY)


class BoundGuards(NamedTuple):
    """The guards of a rulebook, for whatever criterion."""

    slots: Mapping[str, BoundSlot]
    """All slots, with their guards."""
    validity: ValidFor | None


class GuardBinder(NamedTuple):
    """Binds guards to slots; appends what is wrong to the mistakes of `timing`."""

    workspace: Manifests
    find_kind: FindKind
    timing: TimingBinder

    @property
    def rules(self) -> EvidenceRules:
        """The written rules."""
        return self.workspace.evidence_rules

    @property
    def place(self) -> Place:
        """Where they are written."""
        return Place(self.workspace.files.get((EvidenceRules, ""), "evidence.yaml"))

    def guards(self) -> BoundGuards:
        """Return the guards of all slots, and how long attestations count."""
        known = self.timing.binder.slots.bound
        by_kind = {kind: self._of_kind(kind) for kind in {*self.rules.freshness, *self.rules.floors}}
        distinct = self._distinct(known)
        slots = dict(known)
        for name, slot, place in self._written():
            bound = by_kind.get(slot.kind, SlotGuard())
            kind = self.find_kind(slot.kind)
            slots[name] = known[name]._replace(
                guard=self._of_slot(slot, kind, bound, place)._replace(distinct=distinct.get(name, ()))
            )
        given = self.rules.attestations
        validity = None
        if given:
            effective = self.timing.effective(given.effective, self.place / "attestations" / "effective")
            validity = ValidFor(given.valid_days, effective)
        return BoundGuards(slots, validity)

    def _written(self) -> Iterator[tuple[str, Slot, Place]]:
        files, levels = self.workspace.files, self.workspace.levels
        for name, slot in levels.slots.items():
            yield name, slot, Place(files[Levels, ""]) / "slots" / name
        for gate, of in self.workspace.gates.items():
            for name, slot in of.slots.items():
                yield name, slot, Place(files[Gate, gate]) / "slots" / name

    def _of_kind(self, name: str) -> SlotGuard:
        kind = self.find_kind(name)
        freshness, floors = self.rules.freshness.get(name), self.rules.floors.get(name, {})
        for field, given in (("freshness", freshness), ("floors", floors)):
            if given and kind is None:
                self._mistake(
                    self.place / field / name,
                    f"unknown kind of evidence {name!r}",
                    "see `gatekeeper facts --help`",
                )
        bound = SlotGuard(floors=tuple(self._floors(floors, kind, self.place / "floors" / name)))
        return self._fresh(bound, freshness, kind) if freshness and kind else bound

    def _fresh(self, guard: SlotGuard, given: Freshness, kind: Kind) -> SlotGuard:
        place = self.place / "freshness" / kind.name
        if not kind.measures:
            hint = "a definition is as old as its tree; leave it out, or give a criterion `max_age_days`"
            self._mistake(place, f"{kind.name} is not a measurement", hint)
        effective = self.timing.effective(given.effective, place / "effective")
        return guard._replace(
            max_age_days=given.max_age_days,
            age_from=effective if given.max_age_days else None,
            same_commit=given.same_commit,
            commit_from=effective if given.same_commit else None,
        )

    def _of_slot(self, slot: Slot, kind: Kind | None, guard: SlotGuard, place: Place) -> SlotGuard:
        if slot.by and kind and kind.name != "tests":
            self._mistake(
                place / "by", f"`{kind.name}` has no tests that carry an id", "only slots of tests do"
            )
        own = tuple(self._floors(slot.floors, kind, place / "floors"))
        facts = {floor.fact for floor in own}
        return guard._replace(
            floors=(*own, *(floor for floor in guard.floors if floor.fact not in facts)),
            parts=slot.parts,
            accepts=frozenset(slot.accepts),
            by_id=slot.by == "id",
            shared=slot.shared,
            measures=kind is not None and kind.measures,
        )

    def _floors(self, written: Floors, kind: Kind | None, place: Place) -> Iterator[Floor]:
        for fact, given in written.items():
            shapes = kind.fields if kind else None
            if shapes is not None and shapes.get(fact) not in _COUNTABLE:
                hint = nearest(fact, [name for name, shape in shapes.items() if shape in _COUNTABLE])
                self._mistake(place / fact, f"{fact!r} is not a fact that can be counted", hint)
            effective = self.timing.effective(given.effective, place / fact / "effective")
            yield Floor(fact, given.at_least, given.at_most, effective)

    def _distinct(self, known: Mapping[str, BoundSlot]) -> dict[str, tuple[Distinct, ...]]:
        found: dict[str, tuple[Distinct, ...]] = {}
        for i, group in enumerate(self.rules.distinct):
            place = self.place / "distinct" / i
            effective = self.timing.effective(group.effective, place / "effective")
            for j, name in enumerate(group.slots):
                where = place / "slots" / j
                if name not in known:
                    self.timing.mistakes.append(where.mistake(f"unknown slot {name!r}", nearest(name, known)))
                if name in group.slots[:j]:
                    self.timing.mistakes.append(where.mistake(f"{name!r} is listed twice", "list it once"))
                others = tuple(other for other in group.slots if other != name)
                found[name] = (*found.get(name, ()), Distinct(others, effective))
        return found

    def _mistake(self, place: Place, message: str, hint: str | None) -> None:
        self.timing.mistakes.append(place.wrong_key(message, hint))
