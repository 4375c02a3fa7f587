"""Build the world of a case: services with their evidence, roadmap and register, made from plain data."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar

from gatekeeper.errors import nearest
from gatekeeper.evidence.artefacts import Bounds
from gatekeeper.judging.places import Place
from gatekeeper.judging.plans.validation import check_plan
from gatekeeper.manifests.roadmap_order import plan_in_order
from gatekeeper.model.evidence import Absent, Unreadable
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import BoundSlot, Rulebook
from gatekeeper.model.service import EvidencePointer, Service
from gatekeeper.model.workspace import ManifestKey, Manifests, Mistake
from gatekeeper.workspace.cases.evidence import GivenEvidence, given_artefact, given_facts, made_as
from gatekeeper.workspace.cases.layers import GIVEN, Layers, Plain, WrongCase, validated
from gatekeeper.workspace.cases.rulebooks import GOVERNANCE, CaseRules, Rulebooks, RulePatch

SERVICE, TEAM = "service", "team"
"""The name of the service of a case unless it has another one, and its owner."""
_DAY = date(2026, 1, 31)
_NOTHING: Plain = {}
_ENTRY = {"risk": "-", "owner": TEAM, "approved_by": "-", "link": "-"}
"""What an entry of the register needs and no case is about."""

T = TypeVar("T")
Steps = tuple[str | int, ...]


class World(NamedTuple):
    """Everything that a case is judged by, besides the rulebook of the workspace."""

    services: Mapping[str, Service]
    evidence: Mapping[str, Mapping[str, GivenEvidence]]
    """By service and slot."""
    exceptions: Mapping[str, RegisteredException]
    roadmap: Roadmap
    rules: RulePatch
    own: str
    """The name of the service of the case."""
    milestone: str
    as_of: date

    @property
    def levels(self) -> set[str]:
        """The levels that its services name."""
        services = self.services.values()
        named = {cell.level for service in services for cell in service.plan.values()}
        named |= {level for service in services for level in service.sign_offs}
        return named | {service.level for service in services if service.level is not None}

    def manifests(self, rules: CaseRules) -> Manifests:
        """Return the manifests of a workspace that is in this state."""
        files: dict[ManifestKey, str] = {(Milestone, name): "milestones" for name in self.roadmap}
        files |= {(Service, name): f"{name}.yaml" for name in self.services}
        files |= {(RegisteredException, name): f"register/{name}.yaml" for name in self.exceptions}
        return rules.manifests._replace(
            services=self.services,
            exceptions=self.exceptions,
            milestones=self.roadmap,
            files={**rules.manifests.files, **files},
        )


class Worlds:
    """Builds worlds. What does not change from case to case is built once.

    Args:
        rulebooks: The rulebook of the workspace.
        folder: The folder of the files of cases.
        bounds: The repository.
    """

    def __init__(self, rulebooks: Rulebooks, folder: str, bounds: Bounds) -> None:
        self._rulebooks = rulebooks
        self._source = _Source(folder, bounds)

    def build(self, layers: Layers, below: Layers) -> World:
        """Return the world that layers give.

        Args:
            layers: What the case is given.
            below: The layers without those of the case, from which further services start.

        Raises:
            WrongCase: No workspace could be in this state.
        """
        try:
            return self._world(layers, below)
        except WrongCase as wrong:
            is_written = "plan" in layers.merged.get("service", _NOTHING)
            paths = [found.path if is_written else _of_cell(found.path) for found in wrong.mistakes]
            places = zip(map(layers.find, paths), wrong.mistakes, strict=True)
            raise WrongCase(
                found._replace(file=place.file, path=place.path) for place, found in places
            ) from None

    def _world(self, layers: Layers, below: Layers) -> World:
        given = layers.merged
        patch = RulePatch(
            layers.patches(GOVERNANCE),
            given.get("set", ()),
            given.get("drop", ()),
            tuple(given.get("roadmap", ())),
        )
        rules = self._rulebooks.of(patch)
        roadmap = self._roadmap(given.get("milestones", _NOTHING), rules)
        cell = _cell(given, rules.rulebook, roadmap)
        builder = _ServiceBuilder(rules.rulebook, roadmap, given.get("as_of", _DAY), cell, self._source)
        written = given.get("service", _NOTHING).get("service")
        own = written if isinstance(written, str) else SERVICE
        built = {own: builder.build(own, given, GIVEN)}
        for name in given.get("services", _NOTHING):
            if name == own:
                raise WrongCase(
                    [(GIVEN / "services" / name).wrong_key("this is the name of the case's own service")]
                )
            of = below
            for further in layers.patches("services", name):
                of = of.with_layer(Place(""), further)
            built[name] = builder.build(name, of.merged, GIVEN / "services" / name)
        world = World(
            services={name: service for name, (service, _) in built.items()},
            evidence={name: by_slot for name, (_, by_slot) in built.items()},
            exceptions={
                name: validated(
                    RegisteredException,
                    {"id": name, "service": own, **_ENTRY, **entry},
                    GIVEN / "exceptions" / name,
                )
                for name, entry in given.get("exceptions", _NOTHING).items()
            },
            own=own,
            roadmap=roadmap,
            rules=patch,
            milestone=cell[0],
            as_of=builder.as_of,
        )
        self._check(world, rules)
        return world

    def _roadmap(self, patch: Plain, rules: CaseRules) -> Roadmap:
        roadmap = rules.manifests.milestones
        if unknown := [name for name in patch if name not in roadmap]:
            raise WrongCase(
                (GIVEN / "milestones" / name).wrong_key(
                    f"there is no milestone {name!r}", nearest(name, roadmap)
                )
                for name in unknown
            )
        if not patch:
            return roadmap
        return self._source.once(
            ("roadmap", id(patch), tuple(roadmap)),
            lambda: Roadmap({**roadmap, **{name: _milestone(name, of) for name, of in patch.items()}}),
            patch,
        )

    def _check(self, world: World, rules: CaseRules) -> None:
        """Refuse services and entries that no plan could have."""
        key = ("check", id(rules), *map(id, world.services.values()), *map(id, world.exceptions.values()))
        manifests = world.manifests(rules)
        found = self._source.once(key, lambda: check_plan(manifests, rules.rulebook), (rules, world))
        if found:
            raise WrongCase(one._replace(file="", path=_path_of(one, manifests, world.own)) for one in found)


def _path_of(found: Mistake, manifests: Manifests, own: str) -> Steps:
    """Return the path of a mistake in what is given."""
    key = next((key for key, file in manifests.files.items() if file == found.file), None)
    match key:
        case (model, name) if model is RegisteredException:
            return ("exceptions", name, *found.path)
        case (model, name) if model is Service:
            return (*(() if name == own else ("services", name)), "service", *found.path)
        case _:
            return found.path


def _of_cell(path: Steps) -> Steps:
    """Return the path of a mistake in the only cell of a plan, which `level` and `gates` give."""
    return path[3:] if path[:2] == ("service", "plan") and len(path) > 3 else path


def _milestone(name: str, fields: Plain) -> Milestone:
    return validated(Milestone, {"milestone": name, **fields}, GIVEN / "milestones" / name)


_Cell = tuple[str, str, tuple[str, ...]]
"""The milestone, the level and the gates of the only cell of a plan that is not written out."""


def _cell(given: Plain, rulebook: Rulebook, roadmap: Roadmap) -> _Cell:
    milestone = given.get("milestone") or next(iter(roadmap))
    if milestone not in roadmap:
        hint = nearest(milestone, roadmap)
        raise WrongCase([(GIVEN / "milestone").mistake(f"there is no milestone {milestone!r}", hint)])
    level = given.get("level") or rulebook.scale.highest.id
    return milestone, level, tuple(given.get("gates", rulebook.gates))


class _Source:
    """What worlds are built from, and everything that was built before."""

    def __init__(self, folder: str, bounds: Bounds) -> None:
        self.folder = folder
        self.bounds = bounds
        self._known: dict[object, tuple[object, Any]] = {}

    def once(self, key: object, build: Callable[[], T], of: object) -> T:
        """Return what `build` returns, built once for a key; `of` are the objects whose ids the key holds."""
        if key not in self._known:
            self._known[key] = (of, build())
        built: T = self._known[key][1]
        return built


class _ServiceBuilder(NamedTuple):
    """Builds the services of one world."""

    rulebook: Rulebook
    roadmap: Roadmap
    as_of: date
    cell: _Cell
    source: _Source

    def build(self, name: str, given: Plain, place: Place) -> tuple[Service, Mapping[str, GivenEvidence]]:
        """Return a service and its evidence by slot; `place` is where it is in what is given."""
        collected = given.get("collected", _NOTHING)
        written = {
            (slot, field): of
            for field in ("facts", "artefacts")
            for slot, of in given.get(field, _NOTHING).items()
        }
        by_slot = {
            slot: self._evidence(slot, of, collected.get(slot), place / field / slot)
            for (slot, field), of in written.items()
        }
        for slot in collected:
            # A case that takes the facts of a slot away need not take away how they were collected.
            self._slot(slot, place / "collected" / slot)
        return self._service(name, given.get("service", _NOTHING), tuple(by_slot), place), by_slot

    def _service(self, name: str, written: Plain, slots: tuple[str, ...], place: Place) -> Service:
        if place != GIVEN and written.get("service", name) != name:
            raise WrongCase([(place / "service" / "service").mistake(f"its name is {name}; leave it out")])

        def build() -> Service:
            milestone, level, gates = self.cell
            plan = {milestone: {"level": level, "gates": dict.fromkeys(gates)}}
            fields = {"service": name, "owner": TEAM, "plan": plan, **written}
            return plan_in_order(validated(Service, fields, place / "service"), self.roadmap)

        key = (name, id(written), self.cell)
        service = self.source.once(key, build, written)
        evidence = {slot: EvidencePointer(path=slot) for slot in slots} | service.evidence
        return self.source.once(
            (*key, slots), lambda: service.model_copy(update={"evidence": evidence}), written
        )

    def _evidence(
        self, name: str, written: Plain | str, collected: Plain | None, place: Place
    ) -> GivenEvidence:
        def build() -> GivenEvidence:
            slot = self._slot(name, place)
            *above, field, _ = place.path
            of_slot = Place("", (*above, "collected", name))
            made = made_as(collected, self.as_of, of_slot)
            for doubted in (collected or _NOTHING).get("not_understood", ()):
                if field != "facts" or doubted not in written:
                    what = f"{doubted!r} is not among the facts of {name} that are given"
                    raise WrongCase([(of_slot / "not_understood").mistake(what)])
            if field == "facts" and not isinstance(written, str):
                return given_facts(slot, written, made, place)
            try:
                return given_artefact(slot, written, made, self.source.folder, self.source.bounds)
            except (Absent, Unreadable) as flaw:
                raise WrongCase([place.mistake(str(flaw))]) from None

        return self.source.once((place, id(written), id(collected), self.as_of), build, (written, collected))

    def _slot(self, name: str, place: Place) -> BoundSlot:
        if name not in self.rulebook.slots:
            raise WrongCase([place.wrong_key(f"unknown slot {name!r}", nearest(name, self.rulebook.slots))])
        return self.rulebook.slots[name]
