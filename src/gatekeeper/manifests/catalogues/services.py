"""Decide which of the catalogue entries and packages found are services, and what is known about each."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from gatekeeper.manifests.catalogues.entry import CatalogueEntry, Technology, service_name, text
from gatekeeper.manifests.catalogues.scan import (
    FoundEntry,
    FoundPackage,
    Repository,
    ScannedFolders,
    is_container,
)
from gatekeeper.model.naming import service_key
from gatekeeper.trees import refusal_of

_VAGUE = frozenset({"app", "dotnet", "go", "java", "node", "python", "server", "service", "src"})
"""Names of folders that say nothing without the folder above."""
_TESTS = re.compile(r"(?i)tests?$")
_TEAM = re.compile(r"@[\w.-]+/(?:[\w.-]+/)*([\w.-]+)")


class FoundService(NamedTuple):
    """A service, with what repositories say about it."""

    name: str
    technology: Technology | None
    owner: str | None
    folder: Path | None
    """The folder of its code; None if it is not among the repositories."""
    root: Path | None
    """The root of the repository around it."""
    repository: str | None
    """Host and path."""
    depends_on: tuple[str, ...]
    """The names of what it needs, as the catalogues write them."""
    sources: Mapping[str, str]
    """Where each fact is from, by its name: the place, or the kind of file."""


class NotTaken(NamedTuple):
    """What is not a service, or is not taken as one."""

    name: str
    place: str
    why: str


class FoundServices(NamedTuple):
    """The services, and what is not one."""

    services: tuple[FoundService, ...]
    not_taken: tuple[NotTaken, ...]
    homes: Mapping[str, str]
    """All of them by the folder of their code, also if only some are chosen."""


def services_in(found: ScannedFolders) -> FoundServices:
    """Return the services: what a catalogue lists, and without one what has the mark of an application.

    Two services of one name are both left out.
    """
    services: list[FoundService] = []
    not_taken: list[NotTaken] = []
    providers = _providers(found)
    for repository in found.repositories:
        reading = _Reading(repository, found, providers, not_taken)
        services += reading.services()
    services = _distinct(services)
    names = Counter(service_key(one.name) for one in services)
    for one in services:
        if names[service_key(one.name)] > 1:
            why = "another service found has this name: name each in a catalog-info.yaml"
            not_taken.append(NotTaken(one.name, one.sources["name"], why))
    taken = [one for one in services if names[service_key(one.name)] == 1]
    homes = {str(one.folder): one.name for one in services if one.folder}
    return FoundServices(tuple(sorted(taken, key=lambda one: one.name.casefold())), tuple(not_taken), homes)


class _Reading:
    """One repository, read."""

    def __init__(
        self,
        repository: Repository,
        found: ScannedFolders,
        providers: Mapping[str, str],
        not_taken: list[NotTaken],
    ) -> None:
        self._repository = repository
        self._all = found
        self._providers = providers
        self._not_taken = not_taken
        self._claimed: set[Path] = set()
        self._groups = _grouped([one for one in repository.entries if one.entry.other is None])
        self._beside = Counter(group[0].folder for group in self._groups)
        self._listed = Counter(one.folder for one in repository.entries if not _is_kind(one.entry))
        self._folders: dict[str, set[Path]] = {}
        for one in repository.packages:
            for name in (one.package.name or "", one.folder.name):
                self._folders.setdefault(service_key(name), set()).add(one.folder)

    def services(self) -> Iterator[FoundService]:
        groups = self._groups
        others = [one for one in self._repository.entries if one.entry.other is not None]
        places = [self._folder(group) for group in groups]
        self._claimed = {folder for _, folder in places if folder}
        refused = [self._refused(one) for one in others]
        self._claimed |= {folder for folder in refused if folder}
        for group, (repository, folder) in zip(groups, places, strict=True):
            if service := self._of_catalogue(group, repository, folder):
                yield service
        for one in self._repository.packages:
            if service := self._of_package(one, has_catalogue=bool(groups)):
                yield service

    def _refused(self, found: FoundEntry) -> Path | None:
        """Note an entry that is not a service; return the folder whose packages are none either."""
        entry = found.entry
        if entry.other is None or _is_kind(entry):
            return None
        self._not_taken.append(NotTaken(entry.name, found.place, entry.other))
        return found.folder if self._listed[found.folder] == 1 else self._named(found.folder, [entry])

    def _folder(self, group: Sequence[FoundEntry]) -> "_Where":
        """Return the repository of an entry and the folder of its code."""
        own, first = self._repository, group[0]
        at = next((one.entry.at for one in group if one.entry.at), None)
        home = own
        if at and own.remote and not _is_same(own.remote, at.repository):
            other = next((one for one in self._all.repositories if _is_same(one.remote, at.repository)), None)
            is_fork = own.remote.rpartition("/")[2] == at.repository.rpartition("/")[2]
            if other is None and not is_fork:
                return _Where(at.repository, None)
            home = other or own
        remote = at.repository if at else home.remote
        stated = (home.root / at.folder).resolve() if at and at.folder else None
        if stated and stated.is_dir() and refusal_of(str(home.root), str(stated)) is None:
            return _Where(remote, stated)
        if home is not own:
            return _Where(remote, home.root)
        if named := self._named(first.folder, [one.entry for one in group]):
            return _Where(remote, named)
        if self._beside[first.folder] > 1:
            return _Where(at.repository if at else None, None)  # the catalogue is of others
        return _Where(remote, first.folder)

    def _named(self, folder: Path, entries: Sequence[CatalogueEntry]) -> Path | None:
        """Return the folder of the only package at or below a folder that has a name of the entries."""
        named = {one for entry in entries for key in _keys(entry) for one in self._folders.get(key, ())}
        below = [one for one in named if one.is_relative_to(folder)]
        return below[0] if len(below) == 1 else None

    def _of_catalogue(
        self, group: Sequence[FoundEntry], repository: str | None, folder: Path | None
    ) -> FoundService | None:
        first = group[0]
        name = service_name(first.entry.name)
        if name is None:
            self._not_taken.append(
                NotTaken(first.entry.name, first.place, "this cannot be the name of a service")
            )
            return None
        sources = {"name": first.place}
        owner = next(((one.entry.owner, one.place) for one in group if one.entry.owner), None)
        package = self._package_of(folder) if folder else None
        if package and package.package.technology:
            sources["profile"] = package.place
        if repository:
            sources["repository"] = next((one.place for one in group if one.entry.at), "the remote `origin`")
        needed = dict.fromkeys(name for one in group for name in self._needed(one.entry))
        return self._with_owner(
            FoundService(
                name,
                package.package.technology if package else None,
                owner[0] if owner else None,
                folder,
                self._root_of(folder),
                repository,
                tuple(needed),
                sources | ({"owner": owner[1]} if owner else {}),
            )
        )

    def _needed(self, entry: CatalogueEntry) -> Iterator[str]:
        yield from entry.depends_on
        yield from (self._providers[api] for api in entry.consumes if api in self._providers)

    def _package_of(self, folder: Path) -> FoundPackage | None:
        """Return the package of a folder; else the applications below it, if all have one technology."""
        below = [
            one
            for repository in self._all.repositories
            for one in repository.packages
            if one.folder.is_relative_to(folder) and self._claimant(one.folder) in (folder, None)
        ]
        here = next((one for one in below if one.folder == folder and not one.package.groups_others), None)
        below = [one for one in below if one.package.application]
        is_one = len({one.package.technology for one in below}) == 1
        return here or (below[0] if is_one else None)

    def _of_package(self, found: FoundPackage, *, has_catalogue: bool) -> FoundService | None:
        package, folder = found.package, found.folder
        written = package.name or _of_folder(folder)
        if self._claimant(folder):
            return None
        why = None
        if package.groups_others:
            why = "it holds other packages together"
        elif package.application is None:
            why = "no mark of an application: a library"
        elif inner := self._is_part(found):
            why = f"it is a part of {inner}"
        elif has_catalogue:
            why = "the catalogue of its repository does not list it"
        elif (name := service_name(written)) is None:
            why = "this cannot be the name of a service"
        else:
            sources = {"name": found.place, "service": f"{found.place}: {package.application}"}
            if package.technology:
                sources["profile"] = found.place
            remote = self._repository.remote
            if remote:
                sources["repository"] = "the remote `origin`"
            return self._with_owner(
                FoundService(
                    name,
                    package.technology,
                    None,
                    self._home(found),
                    self._repository.root,
                    remote,
                    (),
                    sources,
                )
            )
        self._not_taken.append(NotTaken(written, found.place, why))
        return None

    def _home(self, found: FoundPackage) -> Path:
        """Return the folder of a package; that of the repository if it is the only project of a solution."""
        others = (one.package for one in self._repository.packages if one != found)
        is_alone = all(other.groups_others or _TESTS.search(other.name or "") for other in others)
        is_of_solution = found.package.technology is Technology.DOTNET and is_alone
        return self._repository.root if is_of_solution else found.folder

    def _is_part(self, found: FoundPackage) -> str | None:
        """Return the application around a package that has no other mark than a Dockerfile."""
        around = (
            one.package.name or one.folder.name
            for one in self._repository.packages
            if one.package.application and one.folder in found.folder.parents
        )
        return next(around, None) if is_container(found.package.application or "") else None

    def _claimant(self, folder: Path) -> Path | None:
        """Return the nearest folder at or above another one that an entry of a catalogue is about."""
        return next((above for above in (folder, *folder.parents) if above in self._claimed), None)

    def _root_of(self, folder: Path | None) -> Path | None:
        roots = [one.root for one in self._all.repositories if folder and folder.is_relative_to(one.root)]
        return max(roots, key=lambda root: len(root.parts), default=None)

    def _with_owner(self, service: FoundService) -> FoundService:
        """Return a service with the team that CODEOWNERS names, if no catalogue names an owner."""
        home = next((one for one in self._all.repositories if one.root == service.root), None)
        if service.owner or service.folder is None or home is None or home.code_owners is None:
            return service
        inner = service.folder.relative_to(home.root).as_posix()
        owners = home.code_owners.of(f"{inner}/README.md".removeprefix("./")).owners
        teams = (found[1] for found in map(_TEAM.fullmatch, owners) if found)
        if team := text(next(teams, None)):
            return service._replace(owner=team, sources={**service.sources, "owner": "CODEOWNERS"})
        return service


class _Where(NamedTuple):
    repository: str | None
    folder: Path | None


def _grouped(entries: Sequence[FoundEntry]) -> list[list[FoundEntry]]:
    """Return the entries of each service: of several catalogues if they share a name or a folder."""
    in_file = Counter(one.file for one in entries)
    groups: list[list[FoundEntry]] = []
    known: dict[str | Path, list[FoundEntry]] = {}
    for one in entries:
        keys: list[str | Path] = [*sorted(_keys(one.entry))]
        keys += [one.folder] if in_file[one.file] == 1 else []
        of_others = (known[key] for key in keys if key in known)
        group = next((its for its in of_others if all(other.file != one.file for other in its)), None)
        if group is None:
            group = []
            groups.append(group)
        group.append(one)
        for key in keys:
            known.setdefault(key, group)
    return groups


def _keys(entry: CatalogueEntry) -> set[str]:
    return {service_key(name) for name in (entry.name, *entry.aliases)}


def _is_kind(entry: CatalogueEntry) -> bool:
    return (entry.other or "").startswith("kind")


def _of_folder(folder: Path) -> str:
    return f"{folder.parent.name}-{folder.name}" if folder.name.casefold() in _VAGUE else folder.name


def _is_same(one: str | None, other: str) -> bool:
    return one is not None and one.casefold() == other.casefold()


def _providers(found: ScannedFolders) -> dict[str, str]:
    """Return the services that offer APIs, by API."""
    return {
        api: one.entry.name
        for repository in found.repositories
        for one in repository.entries
        for api in one.entry.provides
    }


def _distinct(services: Sequence[FoundService]) -> list[FoundService]:
    """Return services, of those that share folder and name only one."""
    return list({(one.folder, one.name, one.repository): one for one in services}.values())
