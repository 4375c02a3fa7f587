"""Build the world of a case: services with their evidence, roadmap and register, made from plain data."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from gatekeeper import collectors
from gatekeeper.errors import nearest
from gatekeeper.evidence.plain_facts import from_plain
from gatekeeper.judging.places import Place
from gatekeeper.judging.plans.requests import requests
from gatekeeper.judging.plans.validation import check_plan
from gatekeeper.manifests.roadmap_order import plan_in_order
from gatekeeper.manifests.validation import flaws_of
from gatekeeper.model.cases import CollectedAs
from gatekeeper.model.evidence import Evidence, EvidenceKey, EvidenceStatus, Shape, Unreadable
from gatekeeper.model.manifest import Manifest
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import BoundSlot, Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.status import Basis
from gatekeeper.model.workspace import ManifestKey, Mistake
from gatekeeper.workspace.cases.layers import Layers, Plain
from gatekeeper.workspace.cases.rulebooks import GOVERNANCE, CaseRules, Rulebooks

SERVICE, TEAM = "service", "team"
"""The name of the service of a case, and its owner."""
_DAY = date(2026, 1, 31)
_NOTHING: Plain = {}
_ENTRY = {"service": SERVICE, "risk": "-", "owner": TEAM, "approved_by": "-", "link": "-"}
"""What an entry of the register needs and no case is about."""

M = TypeVar("M", bound=Manifest)
Path = tuple[str | int, ...]


class World(NamedTuple):
    """Everything that a case is judged by, besides the rulebook."""

    services: Mapping[str, Service]
    evidence: Mapping[str, Mapping[EvidenceKey, Evidence]]
    """By service."""
    exceptions: Mapping[str, RegisteredException]
    roadmap: Roadmap
    governance: Plain
    """The patch of the governance."""
    milestone: str
    as_of: date


class _WrongWorld(Exception):  # noqa: N818 - an outcome rather than an error
    """A world cannot be built; mistakes have paths in what is given."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        super().__init__()
        self.mistakes = tuple(mistakes)


class Worlds:
    """Builds worlds. What does not change from case to case is built once."""

    def __init__(self, rulebooks: Rulebooks) -> None:
        self._rulebooks = rulebooks
        self._known: dict[object, tuple[object, Any]] = {}

    def build(self, layers: Layers, below: Layers) -> World | tuple[Mistake, ...]:
        """Return the world that layers give, or what is wrong with them.

        Args:
            layers: What the case is given.
            below: The layers without those of the case, from which further services start.
        """
        try:
            return self._world(layers.merged, below.merged)
        except _WrongWorld as wrong:
            places = ((layers.find(found.path), found) for found in wrong.mistakes)
            return tuple(found._replace(file=place.file, path=place.path) for place, found in places)

    def _world(self, given: Plain, below: Plain) -> World:
        governance = given.get(GOVERNANCE, _NOTHING)
        rules = self._rulebooks.of(governance)
        if rules.rulebook is None:
            raise _WrongWorld(_below(rules.mistakes, {GOVERNANCE: (GOVERNANCE,)}))
        roadmap = self._roadmap(given.get("milestones", _NOTHING), rules)
        cell = self._cell(given, rules.rulebook, roadmap)
        builder = _ServiceBuilder(rules.rulebook, roadmap, given.get("as_of", _DAY), cell, self._known)
        services, by_slot = {}, {}
        paths: dict[ManifestKey, Path] = {(Service, SERVICE): ("service",)}
        services[SERVICE], by_slot[SERVICE] = builder.build(SERVICE, given, ())
        for name, further in given.get("services", _NOTHING).items():
            from_base = Layers((), below).with_layer(Place(""), further).merged
            services[name], by_slot[name] = builder.build(name, from_base, ("services", name))
            paths[Service, name] = ("services", name, "service")
        exceptions = {}
        for name, entry in given.get("exceptions", _NOTHING).items():
            paths[RegisteredException, name] = ("exceptions", name)
            exceptions[name] = validated(
                RegisteredException, {"id": name} | _ENTRY | entry, ("exceptions", name)
            )
        world = World(services, {}, exceptions, roadmap, governance, cell.milestone, builder.as_of)
        self._check(world, rules, paths)
        return world._replace(
            evidence={
                name: {
                    (request.slot, request.narrowing): by_slot[name][request.slot]
                    for request in requests(service, rules.rulebook)
                    if request.slot in by_slot[name]
                }
                for name, service in services.items()
            }
        )

    def _roadmap(self, patch: Plain, rules: CaseRules) -> Roadmap:
        roadmap = rules.manifests.milestones
        if not patch:
            return roadmap
        for name in patch:
            if name not in roadmap:
                hint = nearest(name, roadmap)
                raise _WrongWorld([_wrong_key(("milestones", name), f"there is no milestone {name!r}", hint)])
        key = ("roadmap", id(patch))
        if key not in self._known:
            own = {
                name: validated(Milestone, {"milestone": name} | fields, ("milestones", name))
                for name, fields in patch.items()
            }
            self._known[key] = (patch, Roadmap({**roadmap, **own}))
        patched: Roadmap = self._known[key][1]
        return patched

    def _cell(self, given: Plain, rulebook: Rulebook, roadmap: Roadmap) -> "_Cell":
        milestone = given.get("milestone") or next(iter(roadmap))
        if milestone not in roadmap:
            hint = nearest(milestone, roadmap)
            raise _WrongWorld([Mistake("", ("milestone",), f"there is no milestone {milestone!r}", hint)])
        level = given.get("level") or rulebook.scale.highest.id
        return _Cell(milestone, level, tuple(given.get("gates", rulebook.gates)))

    def _check(self, world: World, rules: CaseRules, paths: Mapping[ManifestKey, Path]) -> None:
        """Refuse services and entries that no plan could have."""
        if rules.rulebook is None:
            return
        names = {key: f"{key[0].__name__} {key[1]}" for key in paths}
        milestones: dict[ManifestKey, str] = {(Milestone, name): "milestones" for name in world.roadmap}
        manifests = rules.manifests._replace(
            services=world.services,
            exceptions=world.exceptions,
            milestones=world.roadmap,
            files={**rules.manifests.files, **names, **milestones},
        )
        key = ("check", id(rules), *map(id, world.services.values()), *map(id, world.exceptions.values()))
        if key not in self._known:
            self._known[key] = ((rules, world), check_plan(manifests, rules.rulebook))
        if mistakes := self._known[key][1]:
            raise _WrongWorld(_below(mistakes, {names[key]: path for key, path in paths.items()}))


class _Cell(NamedTuple):
    """The only cell of a plan that is not written out."""

    milestone: str
    level: str
    gates: tuple[str, ...]

    @property
    def plan(self) -> Plain:
        return {self.milestone: {"level": self.level, "gates": dict.fromkeys(self.gates)}}


class _ServiceBuilder(NamedTuple):
    """Builds the services of one world."""

    rulebook: Rulebook
    roadmap: Roadmap
    as_of: date
    cell: _Cell
    known: dict[object, tuple[object, Any]]

    def build(self, name: str, given: Plain, path: Path) -> tuple[Service, Mapping[str, Evidence]]:
        """Return a service and its evidence by slot; `path` is where it is in what is given."""
        collected = given.get("collected", _NOTHING)
        by_slot = {
            slot: self._evidence(slot, facts, collected.get(slot), (*path, "facts"))
            for slot, facts in given.get("facts", _NOTHING).items()
        }
        for slot in collected:
            # A case that takes the facts of a slot away need not take away how they were collected.
            self._slot(slot, (*path, "collected"))
        return self._service(name, given.get("service", _NOTHING), tuple(by_slot), path), by_slot

    def _service(self, name: str, written: Plain, slots: tuple[str, ...], path: Path) -> Service:
        key = (name, id(written), slots, self.cell)
        if key not in self.known:
            fields = {"service": name, "owner": TEAM, "plan": self.cell.plan, **written}
            fields["evidence"] = {slot: slot for slot in slots} | written.get("evidence", {})
            made = plan_in_order(validated(Service, fields, (*path, "service")), self.roadmap)
            self.known[key] = (written, made)
        service: Service = self.known[key][1]
        return service

    def _evidence(self, slot: str, facts: Plain, collected: Plain | None, path: Path) -> Evidence:
        key = (slot, id(facts), id(collected), self.as_of)
        if key not in self.known:
            of = self._slot(slot, path)
            made = self._collected_at(CollectedAs.model_validate(collected or {}))
            evidence = Evidence(slot, EvidenceStatus.OK, path=slot, facts=typed(of, facts, (*path, slot)))
            self.known[key] = ((facts, collected), evidence._replace(**made))
        known: Evidence = self.known[key][1]
        return known

    def _slot(self, name: str, path: Path) -> BoundSlot:
        if name not in self.rulebook.slots:
            hint = nearest(name, self.rulebook.slots)
            raise _WrongWorld([_wrong_key((*path, name), f"unknown slot {name!r}", hint)])
        return self.rulebook.slots[name]

    def _collected_at(self, collected: CollectedAs) -> dict[str, Any]:
        age = collected.age_days
        noon = datetime.combine(self.as_of, time(12), UTC)
        return {
            "collected_at": None if age is None else noon - timedelta(days=age),
            "commit": collected.commit,
            "basis": Basis(collected.basis or Basis.EVIDENCE),
        }


def typed(slot: BoundSlot, written: Plain, path: Path) -> Any:
    """Return the facts of a slot from plain data; a finding may be written as its message alone."""
    kind = collectors.find(slot.kind)
    if kind is None:
        raise TypeError(f"the kind {slot.kind!r} of a bound slot is unknown")
    fields = kind.fields or dict.fromkeys(slot.options["select"], Shape.ANY)
    unknown = [name for name in written if name not in fields]
    if unknown:
        raise _WrongWorld(
            _wrong_key((*path, name), f"{slot.kind!r} has no fact {name!r}", nearest(name, fields))
            for name in unknown
        )
    full: dict[str, Any] = {
        name: [{"message": item} if isinstance(item, str) else item for item in value]
        if fields[name] is Shape.FINDINGS and isinstance(value, list)
        else value
        for name, value in written.items()
    }
    try:
        return from_plain(kind, full, slot.name)
    except Unreadable as flaw:
        # The message names the fact behind the slot.
        name = str(flaw).removeprefix(f"{slot.name}: ").partition(" ")[0].rstrip(":")
        raise _WrongWorld([Mistake("", (*path, name), str(flaw))]) from None


def validated(model: type[M], fields: Plain, path: Path) -> M:
    """Return the manifest of plain data."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        found = flaws_of(error, model)
        raise _WrongWorld(
            Mistake("", (*path, *flaw.path), flaw.message, flaw.hint, flaw.of_key) for flaw in found
        ) from None


def _below(mistakes: Iterable[Mistake], paths: Mapping[str, Path]) -> Iterator[Mistake]:
    """Yield the mistakes of manifests with their paths in what is given."""
    for found in mistakes:
        yield found._replace(path=(*paths.get(found.file, ()), *found.path))


def _wrong_key(path: Path, message: str, hint: str | None) -> Mistake:
    return Mistake("", path, message, hint, of_key=True)
