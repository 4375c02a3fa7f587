"""Where artefacts of a folder are: which may be of a service, and how its manifest writes them."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from gatekeeper.collectors import find
from gatekeeper.collectors.api_diff.read import EARLIER
from gatekeeper.evidence.artefacts import Bounds, files_at
from gatekeeper.evidence.discovery import BUILT, Discovered, FoundArtefact
from gatekeeper.model.evidence import Unreadable
from gatekeeper.model.naming import service_key
from gatekeeper.model.service import Service
from gatekeeper.trees import Tree
from gatekeeper.trees.disk import DiskTree
from gatekeeper.workspace import affinity
from gatekeeper.workspace.affinity import PathWords
from gatekeeper.workspace.loading import LoadedWorkspace

TREES = frozenset({"source", "typescript"})
"""The kinds of source trees."""
BY_SELECTION = "json"
"""The kind of which a slot selects what it wants from any structured file."""
_OF_ONE = TREES | {"document", BY_SELECTION, "openapi", "api_diff"}
"""The kinds of definitions that are of one service."""
_SHARED = frozenset({"central", "common", "platform", "shared"})
"""The words of folders whose definitions are for all services."""
_NOT_MEANT = frozenset({
    "archive", "archived", "backup", "demo", "example", "fixture", "golden", "legacy", "mock", "old",
    "sample", "snapshot", "stub", "template", "testdata", "tutorial"
})  # fmt: skip
"""The words of folders and files that are not evidence of the service."""
_SCRIPTS = frozenset({"benchmark", "hack", "query", "script", "seed", "tool"})
"""The words of SQL that people run by hand."""
_TESTS = frozenset({"test", "tests", "spec", "specs", "__tests__", "e2e", "it"})

Homes = Mapping[str, set[str]]
"""The services by the folder of their artefacts or of their code."""


def homes_of(loaded: LoadedWorkspace, stated: Mapping[str, str]) -> Homes:
    """Return the folders of services, whole and with links followed.

    Args:
        loaded: The workspace.
        stated: Services by the folder of their code, where the workspace does not say it.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for name, service in loaded.manifests.services.items():
        found[os.path.realpath(loaded.folders(service).artefacts)].add(name)
    for folder, name in stated.items():
        found[folder].add(name)
    return found


class PlacedArtefact(NamedTuple):
    """An artefact that may be of the service."""

    artefact: FoundArtefact
    path: str
    """As the manifest is to write it."""
    nearness: int
    """2: in the service's folder, 1: in a folder named after it, 0: elsewhere."""
    words: PathWords


class Placement:
    """The artefacts of a folder, as seen from one service."""

    def __init__(self, loaded: LoadedWorkspace, service: Service, found: Discovered, homes: Homes) -> None:
        self._loaded, self._service, self._found, self._homes = loaded, service, found, homes
        folders = loaded.folders(service)
        self.is_outside = not _is_below(str(found.folder), os.path.realpath(loaded.repository))
        """Whether the folder is outside of the workspace's repository: then paths are relative to it."""
        self.base = str(found.folder) if self.is_outside else os.path.realpath(folders.artefacts)
        """The folder to which paths of the manifest are relative."""
        self._records = os.path.realpath(folders.records)
        tree: Tree = DiskTree(self.base) if self.is_outside else loaded.tree
        self.bounds = Bounds(tree)

    def exists(self, path: str) -> bool:
        """Return whether there is a file at a path of the manifest."""
        return bool(self.files_at(path))

    def files_at(self, path: str) -> set[str]:
        """Return the files at a path of the manifest, as whole paths."""
        try:
            return set(files_at(self.base, path, self.bounds))
        except Unreadable:
            return set()

    @cached_property
    def by_kind(self) -> Mapping[str, list[PlacedArtefact]]:
        """The artefacts that may be of the service, by kind."""
        found: dict[str, list[PlacedArtefact]] = defaultdict(list)
        kinds = {slot.kind for slot in self._loaded.rulebook.slots.values()}
        own_files = {str(self._loaded.root / file) for file in self._loaded.manifests.files.values()}
        for artefact in (*self._found.artefacts, *self._structured()):
            whole = os.path.normpath(f"{self._found.folder}/{artefact.path}")
            if artefact.kind not in kinds or whole in own_files or self._is_record(whole):
                continue
            inner, nearness, owner = self._located(whole, artefact.path)
            if (owner is not None and owner != self._service.service) or self._is_in_other_home(whole):
                continue
            is_elsewhere = nearness == 0 and self.is_shared and not _is_for_all(inner, artefact.kind)
            if is_elsewhere or _is_not_meant(inner, artefact):
                continue
            path = self._written(whole)
            if path and self._maps_exactly(path, artefact):
                found[artefact.kind].append(PlacedArtefact(artefact, path, nearness, affinity.of_path(inner)))
        return found

    def _structured(self) -> Iterator[FoundArtefact]:
        return (FoundArtefact(path, BY_SELECTION, BY_SELECTION, (path,)) for path in self._found.structured)

    def _is_record(self, whole: str) -> bool:
        """Return whether a file is in a folder of records, or of the rules."""
        root = str(self._loaded.root)
        records = (f"{self._records}/evidence", f"{self._records}/evidence.json")
        return any(_is_below(whole, folder) for folder in (*records, f"{root}/gates"))

    def _is_in_other_home(self, whole: str) -> bool:
        """Return whether the nearest folder of a service around a file is that of another service."""
        nearest = next((one for one in _above(whole) if one == self.base or one in self._homes), self.base)
        return nearest != self.base and self._service.service not in self._homes[nearest]

    def _located(self, whole: str, path: str) -> tuple[str, int, str | None]:
        """Return the path below the service's folder, how near it is, and which service its folders name."""
        steps = path.split("/")[:-1]
        folders = ["/".join(steps[: place + 1]) for place in range(len(steps))]
        if _is_below(whole, self.base) and not self.is_outside:
            root = str(self._found.folder)
            inner = [one for one in folders if f"{root}/{one}".startswith(f"{self.base}/")]
            owner = next(filter(None, map(self._service_folders.get, inner)), None)
            return os.path.relpath(whole, self.base).replace(os.sep, "/"), 2, owner
        for folder, step in zip(folders, steps, strict=True):
            if name := self._service_folders.get(folder) or self._names.get(step.casefold()):
                return path[len(folder) + 1 :], 1, name
        return path, 0, None

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """The whole names of services."""
        return {name.casefold(): name for name in self._loaded.manifests.services}

    @cached_property
    def _service_folders(self) -> Mapping[str, str]:
        """The folders named after services, if another one beside them is named after another service."""
        keys = {
            service_key(name): service.service
            for service in self._loaded.manifests.services.values()
            for name in (service.service, *service.identity.names)
        }
        beside: dict[str, dict[str, str]] = defaultdict(dict)
        for artefact in self._found.artefacts:
            for folder in map(str, PurePosixPath(artefact.path).parents):
                parent, _, name = folder.rpartition("/")
                if (service := keys.get(service_key(name))) and name:
                    beside[parent][folder] = service
        return {
            folder: service
            for of in beside.values()
            if len(set(of.values())) > 1
            for folder, service in of.items()
        }

    @cached_property
    def is_shared(self) -> bool:
        """Whether the folder holds artefacts of several services."""
        steps = {step.casefold() for one in self._found.artefacts for step in one.path.split("/")[:-1]}
        return bool(self._service_folders) or len(steps & self._names.keys()) > 1

    def _written(self, whole: str) -> str | None:
        """Return a path as the manifest writes it; None if a manifest cannot write it."""
        path = os.path.relpath(whole, self.base).replace(os.sep, "/")
        path = "./none" if path == "none" else path
        return path if path.isprintable() and path == path.strip() else None

    def _maps_exactly(self, path: str, artefact: FoundArtefact) -> bool:
        """Return whether a path maps the files of an artefact and no other; of a tree, at least them."""
        folder = str(self._found.folder)
        files = {f"{folder}/{file}" for file in artefact.files}
        mapped = {os.path.normpath(file) for file in self.files_at(path)}
        if artefact.kind == "migrations" and len(files) > 1:  # the reader takes these of a folder
            mapped = {file for file in mapped if file.endswith(".sql")}
        return bool(files) and (files <= mapped if artefact.kind in TREES else files == mapped)


def _above(path: str) -> Iterator[str]:
    """Yield a path and the folders around it, the nearest one first."""
    yield path
    yield from map(str, Path(path).parents)


def _is_below(path: str, folder: str) -> bool:
    return f"{path}{os.sep}".startswith(folder.rstrip(os.sep) + os.sep)


def _is_for_all(path: str, kind_name: str) -> bool:
    """Return whether something outside of every service's folder is a definition for all services."""
    kind = find(kind_name)
    is_definition = kind is not None and not kind.measures and kind_name not in _OF_ONE
    return is_definition and bool(_SHARED & affinity.of_path(path).folders)


def _without_package(name: str) -> str:
    """Return the name of a report without the package of a class: `TEST-org.example.shop.CartTest.xml`."""
    first, *inner = name.split(".")
    return ".".join([first, *inner[-2:]])


def _is_not_meant(inner: str, artefact: FoundArtefact) -> bool:
    """Return whether a path says that it is an example, input of tests, or an earlier version."""
    folder, _, name = inner.rpartition("/")
    steps = [step.casefold() for step in folder.split("/")]
    if _NOT_MEANT & {*affinity.words(folder), *affinity.words(_without_package(name))}:
        return True
    if artefact.kind == "migrations" and _SCRIPTS & {*affinity.words(folder), *affinity.words(name)}:
        return True
    if artefact.kind == "openapi" and EARLIER & set(affinity.words(name)):
        return True
    if artefact.kind in TREES:
        return steps[:1] == ["test"] or bool({"tests", "__tests__"} & set(inner.split("/")))
    tests = [place for place, step in enumerate(steps) if step in _TESTS]
    return (
        bool(tests)
        and not any(step in BUILT for step in steps[tests[0] + 1 :])
        and not ({*steps[: tests[0]]} & BUILT)
    )
