"""Read the files of cases of a workspace, and prepare every case to be judged, or report every mistake."""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from gatekeeper.errors import InvalidWorkspace, Problem, in_order, nearest
from gatekeeper.evidence.artefacts import Bounds
from gatekeeper.judging.places import Place
from gatekeeper.judging.plans.questions import SCOPE_CRITERION
from gatekeeper.judging.plans.validation import unknown_level
from gatekeeper.manifests.discovery import CASES, SUFFIX
from gatekeeper.manifests.load import locate_mistakes
from gatekeeper.manifests.validation import parse
from gatekeeper.model.cases import (
    AnyCase,
    CaseFile,
    CasePlace,
    DiffCase,
    Expected,
    Given,
    LevelCase,
    MilestoneCase,
    MilestoneExpected,
)
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Levels
from gatekeeper.model.service import CAPABILITY_PREFIX
from gatekeeper.model.workspace import Mistake
from gatekeeper.syntax.yaml import YamlDocument
from gatekeeper.trees import EntryKind, TooLarge, Tree, refusal
from gatekeeper.workspace.cases.layers import Layers, Plain, WrongCase
from gatekeeper.workspace.cases.rulebooks import Rulebooks
from gatekeeper.workspace.cases.worlds import World, Worlds
from gatekeeper.workspace.loading import LoadedWorkspace, open_rulebook

_LOOKS_LIKE_CASES = re.compile(
    rb"""^[ \[{]*["']?(?:criteria|gates|levels|milestones|diffs)\b.*\bexpect["']?\s*[:=]""",
    re.MULTILINE | re.DOTALL,
)
_MOST_BYTES = 1_000_000
_KEEP = "keep cases in files and folders of the workspace"
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
    layers: Layers
    """What it is given, on top of what its file gives."""
    below: Layers
    world: World
    head: World | None = None
    """For a change: the world that it leads to."""


class Suite(NamedTuple):
    """The cases of a workspace, and the problems of those that cannot be judged."""

    cases: tuple[PreparedCase, ...]
    problems: tuple[Problem, ...]
    documents: Mapping[str, YamlDocument]
    """By file."""
    worlds: Worlds

    def position(self, case: PreparedCase) -> tuple[int, int]:
        """Return the line and column of a case."""
        return self.documents[case.file].position(case.path)

    def varied(self, case: PreparedCase, given: Plain) -> PreparedCase | None:
        """Return a case that is given something else; None if no workspace could be in that state."""
        layers = case.layers.with_layer(Place(case.file, case.path), given)
        try:
            return case._replace(layers=layers, world=self.worlds.build(layers, case.below))
        except WrongCase:
            return None


def case_files(loaded: LoadedWorkspace) -> tuple[str, list[str]]:
    """Return the folder of cases of a workspace and the names in it; none if there is no such folder."""
    gates = loaded.manifests.files[Levels, ""].rpartition("/")[0]
    folder = f"{gates}/{CASES}" if gates else CASES
    path = str(loaded.root / folder)
    if _unreadable(loaded.tree, path, EntryKind.FOLDER):
        return folder, []
    return folder, [name for name in loaded.tree.names(path) if not name.startswith(".")]


def _unreadable(tree: Tree, path: str, kind: EntryKind) -> str | None:
    """Return why a path is not read; None if it leads to a file, or a folder, of the repository."""
    if tree.entry(path) is kind:
        return refusal(tree, path)
    return refusal(tree, path) or f"is not a {'regular file' if kind is EntryKind.FILE else 'folder'}"


def read_suite(loaded: LoadedWorkspace) -> Suite:
    """Read and prepare every case; services and their evidence are not read."""
    return _Reading(loaded).suite()


def case_problems(root: Path, tree: Tree) -> tuple[Problem, ...]:
    """Return what is wrong with the cases of a rulebook that can be judged by; not of one that is shared.

    The cases of a shared rulebook fit the roles and milestones of the workspace that it belongs to.
    """
    try:
        loaded = open_rulebook(root, tree)
    except InvalidWorkspace:
        return ()
    return () if case_files(loaded)[0].startswith("..") else read_suite(loaded).problems


class _Reading:
    """Reads the files of cases of one workspace."""

    def __init__(self, loaded: LoadedWorkspace) -> None:
        self._loaded = loaded
        self._documents: dict[str, YamlDocument] = {}
        self._problems: list[Problem] = []
        self._mistakes: dict[Mistake, None] = {}
        """Each once: a mistake in a base is found by every case that starts from it."""
        self._folder, self._names = case_files(loaded)
        folder = str(loaded.root / self._folder)
        self._worlds = Worlds(Rulebooks(loaded.manifests), folder, Bounds(loaded.tree))

    def suite(self) -> Suite:
        """Return all cases and problems."""
        cases = tuple(case for file, written in self._files.items() for case in self._cases(file, written))
        mistakes = locate_mistakes(self._loaded.root, self._loaded.tree, self._mistakes)
        problems = in_order([*self._problems, *self._overlooked(), *mistakes])
        return Suite(cases, problems, self._documents, self._worlds)

    def _overlooked(self) -> Iterator[Problem]:
        """Yield files below the folder that hold cases and are not read, whatever their format."""
        top, tree = str(self._loaded.root / self._folder), self._loaded.tree
        why = _unreadable(tree, top, EntryKind.FOLDER)
        if why and tree.exists(top):
            yield Problem(self._folder, 1, 1, why, _KEEP)
        for folder, names in () if why else tree.walk(top, frozenset({".git"})):
            below = folder[len(top) :].replace(os.sep, "/")
            for name in names:
                is_read = not below and name in self._names and name.endswith(SUFFIX)
                is_temporary = name.startswith(".") and not name.lower().endswith((SUFFIX, ".yml"))
                if is_read or is_temporary or refusal(tree, f"{folder}/{name}"):
                    continue
                with suppress(OSError, TooLarge):
                    if _LOOKS_LIKE_CASES.search(tree.open(f"{folder}/{name}", _MOST_BYTES).read()):
                        message = f"is not read: cases are in files {SUFFIX} directly in {self._folder}/"
                        yield Problem(f"{self._folder}{below}/{name}", 1, 1, message, "move or rename it")

    @cached_property
    def _files(self) -> dict[str, CaseFile]:
        found = {}
        for name in self._names:
            file = f"{self._folder}/{name}"
            path = str(self._loaded.root / file)
            if not name.endswith(SUFFIX):
                continue
            if why := _unreadable(self._loaded.tree, path, EntryKind.FILE):
                self._problems.append(Problem(file, 1, 1, why, _KEEP))
                continue
            parsed = parse(self._loaded.tree.open(path).read(), file, CaseFile, self._documents)
            self._problems += parsed.problems
            if parsed.model:
                found[file] = parsed.model
        return found

    def _cases(self, file: str, written: CaseFile) -> Iterator[PreparedCase]:
        below = self._layers(file, written)
        unknown = {mistake.path: mistake for mistake in self._unknown_keys(written, Place(file))}
        self._mistakes |= dict.fromkeys(unknown.values())
        for case in written.cases:
            if below is not None and case.path[:2] not in unknown:
                yield from self._prepared(file, case, below)

    def _prepared(self, file: str, case: CasePlace, below: Layers) -> Iterator[PreparedCase]:
        """Yield the case, unless something in it is wrong."""
        place, written = Place(file, case.path), case.written
        self._mistakes |= dict.fromkeys(self._unknown_expected(written.expect, place / "expect"))
        layers = below.with_layer(place, self._by_key(case)).with_layer(
            place / "given", _plain(written.given)
        )
        try:
            world = self._worlds.build(layers, below)
            if isinstance(written, MilestoneCase):
                _must_be_given(world, written.expect, place / "expect" / "services")
            if not isinstance(written, MilestoneCase | DiffCase):
                _must_be_in_scope(world, layers)
            head = None
            if isinstance(written, DiffCase):
                changed = layers.with_layer(place / "change", _plain(written.change))
                head = self._worlds.build(changed, below)
                _must_differ(world, head, place / "change")
        except WrongCase as wrong:
            self._mistakes |= dict.fromkeys(self._of_case(found, place, below) for found in wrong.mistakes)
        else:
            yield PreparedCase(file, case.about, case.path, written, layers, below, world, head)

    def _of_case(self, found: Mistake, place: Place, below: Layers) -> Mistake:
        """Return a mistake; one in what the file gives is the case's unless the file alone has it too."""
        is_own = found.file == place.file and found.path[: len(place.path)] == place.path
        if is_own or found in self._mistakes_of(below):
            return found
        _, *path = found.path
        return place.mistake(f"{'.'.join(map(str, path))}: {found.message}", found.hint)

    def _mistakes_of(self, below: Layers) -> Collection[Mistake]:
        """Return the mistakes that every case of a file has."""
        try:
            self._worlds.build(below, below)
        except WrongCase as wrong:
            return wrong.mistakes
        return ()

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
        return below.with_layer(Place(file) / "given", _plain(written.given))

    def _by_key(self, case: CasePlace) -> dict[str, str]:
        """Return what an id gives: a milestone, or the target of a level or of what is asked at one only."""
        match case.written:
            case LevelCase():
                return {"level": case.about}
            case MilestoneCase():
                return {"milestone": case.about}
            case _:
                pass
        rule = self._rulebook.by_id.get(case.about)
        only_at = rule.source.only_at if rule and rule.source else None
        return {"level": only_at} if only_at else {}

    @property
    def _rulebook(self) -> Rulebook:
        return self._loaded.rulebook

    @cached_property
    def _ids(self) -> Mapping[str, tuple[str, Collection[str]]]:
        """By field of a file: what its keys are called, and the ids that there are."""
        rulebook = self._rulebook
        own = (file.given.roadmap or () for file in self._files.values())
        milestones = dict.fromkeys([*self._loaded.manifests.milestones, *chain.from_iterable(own)])
        return {
            "criteria": ("criterion", rulebook.by_id),
            "gates": ("gate", rulebook.gates),
            "levels": ("level", rulebook.scale),
            "milestones": ("milestone", milestones),
        }

    def _unknown_keys(self, written: object, place: Place) -> Iterator[Mistake]:
        """Yield mistakes of ids that the rulebook does not have, also of those without a case."""
        for field, (noun, known) in self._ids.items():
            for id_ in getattr(written, field, ()):
                if id_ not in known and not (field == "criteria" and self._may_be_of_plan(id_)):
                    where = place / field / id_
                    yield where.wrong_key(f"unknown {noun} {id_!r}", nearest(id_, known))

    def _may_be_of_plan(self, id_: str) -> bool:
        """Return whether a plan may add a criterion with this id."""
        gate, _, name = id_.partition(".")
        return id_.startswith(CAPABILITY_PREFIX) or (name == SCOPE_CRITERION and gate in self._rulebook.gates)

    def _unknown_expected(self, expected: Expected, place: Place) -> Iterator[Mistake]:
        if isinstance(expected, MilestoneExpected):
            for name, of_service in expected.services.items():
                yield from self._unknown_expected(of_service, place / "services" / name)
        yield from self._unknown_keys(expected, place)
        for field in ("verified", "signed", "effective"):
            level = getattr(expected, field, None)
            if level is not None:
                yield from unknown_level(level, self._rulebook.scale, place / field)


def _plain(given: Given) -> dict[str, Any]:
    """Return what is written, with null where it is written."""
    written: dict[str, Any] = given.model_dump(exclude_unset=True)
    return written


def _must_be_in_scope(world: World, layers: Layers) -> None:
    if world.milestone not in world.services[world.own].plan:
        message = f"the plan has no cell at {world.milestone}, the milestone that is judged"
        hint = "write `milestone`, or a cell for it"
        raise WrongCase([layers.find(("service", "plan")).mistake(message, hint)])


def _must_be_given(world: World, expected: MilestoneExpected, place: Place) -> None:
    """Refuse services that the case does not have: nothing is asked of them."""
    if unknown := [name for name in expected.services if name not in world.services]:
        raise WrongCase(
            (place / name).wrong_key(f"unknown service {name!r}", nearest(name, world.services))
            for name in unknown
        )


def _must_differ(base: World, head: World, change: Place) -> None:
    if base == head:
        raise WrongCase([change.mistake("it changes nothing")])
