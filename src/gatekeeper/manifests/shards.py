"""Load a workspace in shards: what all services share once, then some services at a time."""

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from gatekeeper.errors import UsageError, nearest
from gatekeeper.manifests.discovery import SUFFIX
from gatekeeper.manifests.load import Loaded, ManifestLoader
from gatekeeper.manifests.settings import Settings
from gatekeeper.model.manifest import Manifest
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.service import Service
from gatekeeper.trees import Tree, refusal

_NAME_AS_WRITTEN = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]*")


class Shared(NamedTuple):
    """What all services of a workspace share, loaded once for many shards."""

    loaded: Loaded
    """Without services; the register is whole."""
    settings: Settings
    milestones: Roadmap
    services: frozenset[str]
    """The names of all services, by their files."""
    is_of_another_version: bool = False
    """Whether the workspace is written for another version of the program, so that nothing else is read."""


def load_services(root: Path, tree: Tree, services: Collection[str]) -> Loaded:
    """Load the rulebook, the milestones, some services, and their exceptions.

    Of other services, only those on which they depend are read.

    Raises:
        UsageError: The workspace has no such service.
    """
    shared = _ServicesLoader(root, tree, services).shared()
    if shared.is_of_another_version:
        return shared.loaded
    found = load_shard(root, tree, shared, services)
    return found._replace(
        problems=(*shared.loaded.problems, *found.problems),
        warnings=(*shared.loaded.warnings, *found.warnings),
    )


def load_shared(root: Path, tree: Tree) -> Shared:
    """Load everything but the manifests of services, of which only the names are read."""
    return _SharedLoader(root, tree, None).shared()


def load_shard(root: Path, tree: Tree, shared: Shared, services: Collection[str]) -> Loaded:
    """Load some services and those on which they depend; the problems are those of these services alone.

    Raises:
        UsageError: The workspace has no such service.
    """
    return _ShardLoader(root, tree, shared, services).load()


class _SharedLoader(ManifestLoader):
    """Loads what services share: everything but their manifests, of which it knows the names."""

    def shared(self) -> Shared:
        manifests = self.load_shared()
        files = [] if self.is_of_another_version else self._manifests(self.settings.services, Service, set())
        names = frozenset(file.rpartition("/")[2].removesuffix(SUFFIX) for file in files)
        if manifests:
            manifests = manifests._replace(unread=names)
        return Shared(
            self.loaded(manifests), self.settings, self.milestones, names, self.is_of_another_version
        )


class _ShardLoader(ManifestLoader):
    """Loads some services, and those on which they depend; all others are only known by their names."""

    def __init__(self, root: Path, tree: Tree, shared: Shared, services: Collection[str]) -> None:
        super().__init__(root, tree, None)
        self._shared = shared
        self._chosen = frozenset(services)
        self.settings = shared.settings
        self.milestones = shared.milestones

    def load(self) -> Loaded:
        manifests = self._shared.loaded.workspace
        if manifests:
            entries = {
                name: entry for name, entry in manifests.exceptions.items() if entry.service in self._chosen
            }
            self.files = dict(manifests.files)
            manifests = manifests._replace(exceptions=entries, files=self.files)
        return self.with_services(manifests)

    def _services(self, folder: str) -> dict[str, Service]:
        names = self._shared.services
        for name in sorted(self._chosen - names):
            raise UsageError(f"unknown service {name!r}; {nearest(name, sorted(names))}")
        found = self._found(folder, self._chosen)
        needed = {other for service in found.values() for other in service.depends_on}
        neighbours = (needed & names) - self._chosen
        found |= self._found(folder, neighbours)
        self.unread = names
        return {name: found[name] for name in sorted(found, key=_as_file)}

    def _found(self, folder: str, names: Iterable[str]) -> dict[str, Service]:
        return self._read((f"{folder}/{name}" for name in sorted(map(_as_file, names))), Service)


class _ServicesLoader(_SharedLoader):
    """Loads what some services share: of the register, only what may concern them."""

    def __init__(self, root: Path, tree: Tree, services: Collection[str]) -> None:
        super().__init__(root, tree, None)
        self._chosen = frozenset(services)

    def _manifests(self, folder: str, model: type[Manifest], apart: set[str]) -> list[str]:
        if model is Service:
            return [f"{folder}/{name}" for name in self._names(folder) if name.endswith(SUFFIX)]
        files = super()._manifests(folder, model, apart)
        if model is RegisteredException:
            return [file for file in files if self._may_concern(file)]
        return files

    def _may_concern(self, file: str) -> bool:
        """Return whether a register entry may name one of the services, plainly or in escapes."""
        path = self._path(file)
        try:
            data = None if refusal(self.tree, path) else self.tree.open(path).read()
        except OSError:
            data = None
        return data is None or b"\\" in data or not self._chosen.isdisjoint(_names_in(data))


def _as_file(name: str) -> str:
    """Return the file of a service; files are sorted by their whole names."""
    return f"{name}{SUFFIX}"


def _names_in(data: bytes) -> Iterator[str]:
    """Yield what may be names of services in a register entry, as they are written."""
    return (found[0].decode() for found in _NAME_AS_WRITTEN.finditer(data))
