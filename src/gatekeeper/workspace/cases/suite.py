"""Read the files of cases of a workspace, and prepare every case to be judged, or report every mistake."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from gatekeeper.errors import Problem, in_order, nearest
from gatekeeper.judging.places import Place
from gatekeeper.judging.plans.questions import SCOPE_CRITERION
from gatekeeper.manifests.discovery import CASES, SUFFIX
from gatekeeper.manifests.load import locate_mistakes
from gatekeeper.manifests.overlooked import Overlooked
from gatekeeper.manifests.validation import parse
from gatekeeper.model.cases import AnyCase, CaseFile, CasePlace, Expected, LevelCase
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Levels
from gatekeeper.model.service import CAPABILITY_PREFIX
from gatekeeper.model.workspace import Mistake
from gatekeeper.syntax.yaml import load
from gatekeeper.trees import EntryKind, refusal
from gatekeeper.workspace.cases.layers import Layers, Plain
from gatekeeper.workspace.cases.rulebooks import Rulebooks
from gatekeeper.workspace.cases.worlds import SERVICE, World, Worlds
from gatekeeper.workspace.loading import LoadedWorkspace

Steps = tuple[str | int, ...]
"""A path in a file."""


class PreparedCase(NamedTuple):
    """A case that can be judged by any version of its rulebook."""

    file: str
    """Relative to the workspace."""
    about: str
    path: Steps
    """Where it is in its file."""
    written: AnyCase
    world: World
    layers: Layers
    """What it is given; `below`: what its file gives."""
    below: Layers


class Suite(NamedTuple):
    """The cases of a workspace, and the problems of those that cannot be judged."""

    cases: tuple[PreparedCase, ...]
    problems: tuple[Problem, ...]
    files: Mapping[str, CaseFile]
    worlds: Worlds

    def varied(self, case: PreparedCase, given: Plain) -> PreparedCase | None:
        """Return a case that is given something else; None if that is no valid world."""
        layers = case.layers.with_layer(Place(case.file, case.path), given)
        world = self.worlds.build(layers, case.below)
        return case._replace(world=world, layers=layers) if isinstance(world, World) else None


def case_files(loaded: LoadedWorkspace) -> tuple[str, list[str]]:
    """Return the folder of cases of a workspace and the names in it; none if there is no such folder."""
    gates = loaded.manifests.files[Levels, ""].rpartition("/")[0]
    folder = f"{gates}/{CASES}" if gates else CASES
    path = str(loaded.root / folder)
    if loaded.tree.entry(path) is not EntryKind.FOLDER or refusal(loaded.tree, path):
        return folder, []
    return folder, [name for name in loaded.tree.names(path) if not name.startswith(".")]


def read_suite(loaded: LoadedWorkspace) -> Suite:
    """Read and prepare every case; services and their evidence are not read."""
    return _Reading(loaded).suite()


class _Reading:
    """Reads the files of cases of one workspace."""

    def __init__(self, loaded: LoadedWorkspace) -> None:
        self._loaded = loaded
        self._problems: list[Problem] = []
        self._mistakes: dict[Mistake, None] = {}
        """Each once: a mistake in a base is found by every case that starts from it."""
        self._worlds = Worlds(Rulebooks(loaded.manifests))
        self._folder, self._names = case_files(loaded)

    def suite(self) -> Suite:
        """Return all cases and problems."""
        overlooked = Overlooked(str(self._loaded.root), self._loaded.tree)
        overlooked.look_beside(self._folder, self._names, CaseFile)
        self._problems += overlooked.errors
        cases = tuple(case for file, written in self._files.items() for case in self._cases(file, written))
        mistakes = locate_mistakes(self._loaded.root, self._loaded.tree, self._mistakes)
        return Suite(cases, in_order([*self._problems, *mistakes]), self._files, self._worlds)

    @cached_property
    def _files(self) -> dict[str, CaseFile]:
        found = {}
        for name in self._names:
            file = f"{self._folder}/{name}"
            path = str(self._loaded.root / file)
            if not name.endswith(SUFFIX):
                continue
            if why := refusal(self._loaded.tree, path):
                self._problems.append(Problem(file, 1, 1, why, "keep manifests in folders of the workspace"))
                continue
            parsed = parse(self._loaded.tree.open(path).read(), file, CaseFile)
            self._problems += parsed.problems
            if parsed.model:
                found[file] = parsed.model
        return found

    def _cases(self, file: str, written: CaseFile) -> Iterator[PreparedCase]:
        below = self._layers(file, written)
        unknown = {mistake.path: mistake for mistake in self._unknown_keys(file, written)}
        self._mistakes |= dict.fromkeys(unknown.values())
        for case in written.cases:
            place = Place(file, case.path)
            if below is None or case.path[:2] in unknown:
                continue
            self._mistakes |= dict.fromkeys(self._unknown_expected(case.written.expect, place / "expect"))
            given = case.written.given.model_dump(exclude_unset=True)
            layers = below.with_layer(place, self._by_key(case)).with_layer(place / "given", given)
            world = self._worlds.build(layers, below)
            if not isinstance(world, World):
                self._mistakes |= dict.fromkeys(world)
            elif world.milestone not in world.services[SERVICE].plan:
                message = f"the plan has no cell at {world.milestone}, the milestone that is judged"
                hint = "write `milestone`, or a cell for it"
                self._mistakes[layers.find(("service", "plan")).mistake(message, hint)] = None
            else:
                yield PreparedCase(file, case.about, case.path, case.written, world, layers, below)

    def _layers(self, file: str, written: CaseFile, *later: str) -> Layers | None:
        """Return what a file gives on top of its base; None if the base cannot be used."""
        below: Layers | None = Layers((), {})
        if written.from_ is not None:
            base = f"{self._folder}/{written.from_}{SUFFIX}"
            place = Place(file) / "from"
            if base in (file, *later):
                self._mistakes[
                    place.mistake(f"{written.from_} starts from this file", "start from another")
                ] = None
                return None
            if base not in self._files:
                names = [name.removesuffix(SUFFIX) for name in self._names if name.endswith(SUFFIX)]
                if f"{written.from_}{SUFFIX}" not in self._names:
                    hint = nearest(written.from_, names)
                    message = f"there is no file {written.from_}{SUFFIX} here"
                    self._mistakes[place.mistake(message, hint)] = None
                return None
            below = self._layers(base, self._files[base], file, *later)
        if below is None:
            return None
        return below.with_layer(Place(file) / "given", written.given.model_dump(exclude_unset=True))

    def _by_key(self, case: CasePlace) -> dict[str, str]:
        """Return the target that the id gives: of a level, or of a criterion that is asked at one only."""
        if isinstance(case.written, LevelCase):
            return {"level": case.about}
        rule = self._rulebook.by_id.get(case.about)
        only_at = rule.source.only_at if rule and rule.source else None
        return {"level": only_at} if only_at else {}

    @property
    def _rulebook(self) -> Rulebook:
        return self._loaded.rulebook

    def _unknown_keys(self, file: str, written: CaseFile) -> Iterator[Mistake]:
        """Yield mistakes of ids that the rulebook does not have, also of those without a case."""
        for id_ in written.criteria:
            yield from self._unknown_criterion(id_, Place(file) / "criteria" / id_)
        for gate in written.gates:
            yield from _unknown(gate, self._rulebook.gates, "gate", Place(file) / "gates" / gate)
        for level in written.levels:
            yield from _unknown(level, self._rulebook.scale, "level", Place(file) / "levels" / level)

    def _unknown_expected(self, expected: Expected, place: Place) -> Iterator[Mistake]:
        for id_ in expected.criteria:
            yield from self._unknown_criterion(id_, place / "criteria" / id_)
        for gate in expected.gates:
            yield from _unknown(gate, self._rulebook.gates, "gate", place / "gates" / gate)
        for name in ("verified", "signed", "effective"):
            level = getattr(expected, name)
            if level is not None and level not in self._rulebook.scale:
                yield (place / name).mistake(f"unknown level {level!r}", nearest(level, self._rulebook.scale))

    def _unknown_criterion(self, id_: str, place: Place) -> Iterator[Mistake]:
        """Yield a mistake unless a criterion of the rulebook, or one that a plan may add, has the id."""
        gate, _, name = id_.partition(".")
        of_plan = id_.startswith(CAPABILITY_PREFIX) or (
            name == SCOPE_CRITERION and gate in self._rulebook.gates
        )
        if not of_plan:
            yield from _unknown(id_, self._rulebook.by_id, "criterion", place)


def _unknown(id_: str, known: Collection[str], noun: str, place: Place) -> Iterator[Mistake]:
    if id_ not in known:
        yield place.wrong_key(f"unknown {noun} {id_!r}", nearest(id_, known))


def positions(
    loaded: LoadedWorkspace, cases: Iterable[PreparedCase]
) -> dict[tuple[str, Steps], tuple[int, int]]:
    """Return the line and column of cases by file and path; each file is read once."""
    found = {}
    documents = {}
    for case in cases:
        if case.file not in documents:
            documents[case.file] = load(loaded.tree.open(str(loaded.root / case.file)).read())
        found[case.file, case.path] = documents[case.file].position(case.path)
    return found
