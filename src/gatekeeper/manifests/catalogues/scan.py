"""Look through folders for catalogues and package manifests: within limits, and never outside of them."""

import os
import posixpath
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from gatekeeper.manifests.catalogues import (
    backstage,
    cortex,
    datadog,
    dotnet,
    go,
    gradle,
    maven,
    npm,
    opslevel,
    python,
)
from gatekeeper.manifests.catalogues.entry import CatalogueEntry, PackageFolder, SourcePackage
from gatekeeper.manifests.code_owners import files_read, forges_of
from gatekeeper.manifests.discovery import find_repository
from gatekeeper.syntax import SyntaxProblem, decode
from gatekeeper.syntax.code_owners import CodeOwners, Forge
from gatekeeper.trees import TooLarge, refusal_of
from gatekeeper.trees.disk import DiskTree, read_file
from gatekeeper.trees.revisions import remote_name

MOST_BYTES = 1_000_000
"""A file with more is not read."""
MOST_IN_ALL = 200_000_000
"""So many bytes are read of a path."""
MOST_FILES = 200_000
"""After so many files the rest of a path is not looked at."""
MOST_DEEP = 10
"""Folders deeper below a path are not looked at."""

_ODD = "it has names with characters that a manifest cannot have"

_CATALOGUES = {file: format_ for format_ in (backstage, opslevel, cortex, datadog) for file in format_.FILES}
_PACKAGES = (dotnet, maven, gradle, go, python, npm)
"""If a folder has manifests of several kinds, the first one that shows an application counts."""
_CONTAINER = re.compile(r"(?:Dockerfile|Containerfile)(?:\.[\w-]+)?|[\w-]+\.[Dd]ockerfile")
_OTHERS = {"CMakeLists.txt", "Cargo.toml", "Gemfile", "build.sbt", "composer.json", "mix.exs"}
"""Manifests that are not read: what a Dockerfile beside them runs may be written in their languages."""
_PASSED_OVER = {"node_modules", "site-packages", "third_party", "vendor", "venv", "env"}
_PASSED_OVER |= {"bin", "build", "coverage", "dist", "obj", "out", "target", "__pycache__"}
_PASSED_OVER |= {"__fixtures__", "__tests__", "e2e", "fixtures", "test", "testdata", "tests"}
_PASSED_OVER |= {"docs", "example", "examples", "samples", "skeleton", "templates"}
"""Folders of what others wrote, of what builds and tests write, and of examples."""


class Unread(NamedTuple):
    """A file that is not read, and why."""

    place: str
    why: str


class FoundEntry(NamedTuple):
    """An entry of a catalogue, and where it was found."""

    entry: CatalogueEntry
    file: Path
    place: str
    """To show: `clones/basket/catalog-info.yaml:3`."""

    @property
    def folder(self) -> Path:
        """The folder of the catalogue."""
        return self.file.parent


class FoundPackage(NamedTuple):
    """A package, and where it was found."""

    package: SourcePackage
    folder: Path
    place: str


class Repository(NamedTuple):
    """A repository, or a folder that is looked at as one."""

    root: Path
    remote: str | None
    code_owners: CodeOwners | None
    entries: tuple[FoundEntry, ...]
    packages: tuple[FoundPackage, ...]


class ScannedFolders(NamedTuple):
    """What was found in all folders."""

    repositories: tuple[Repository, ...]
    unread: tuple[Unread, ...]


def scan(paths: Sequence[Path], named: Sequence[str] | None = None) -> ScannedFolders:
    """Return the catalogues and packages below some folders.

    Args:
        paths: The folders.
        named: What places call them; by default their paths.
    """
    unread: list[Unread] = []
    entries: dict[Path, dict[tuple[Path, int], FoundEntry]] = {}
    packages: dict[Path, dict[Path, FoundPackage]] = {}
    for path, name in zip(paths, named or [*map(str, paths)], strict=True):
        folder = _Folder(path.resolve(), name, unread)
        for entry in folder.entries():
            entries.setdefault(folder.root_of(entry.folder), {})[entry.file, entry.entry.line] = entry
        for package in folder.packages():
            packages.setdefault(folder.root_of(package.folder), {})[package.folder] = package
    return ScannedFolders(
        tuple(
            Repository(
                root,
                remote_name(root),
                _code_owners(root),
                tuple(entries.get(root, {}).values()),
                tuple(packages.get(root, {}).values()),
            )
            for root in sorted({*entries, *packages})
        ),
        tuple(unread),
    )


class _Folder:
    """The files below a path, up to the limits."""

    def __init__(self, root: Path, name: str, unread: list[Unread]) -> None:
        self._root = root
        self._name = name
        self._unread = unread
        self._clones: set[Path] = set()
        self._left = MOST_IN_ALL
        self._files = sorted(self._walk())
        around = find_repository(root)
        is_whole = any("/" not in file and (_is_catalogue(file) or _formats_of(file)) for file in self._files)
        self._around = around if (around / ".git").exists() else root if is_whole else None
        """The repository of what is in no clone below the path; None: each folder is one."""

    def root_of(self, folder: Path) -> Path:
        """Return the root of the repository of a folder; without Git, what the path holds, or the path."""
        for above in (folder, *folder.parents):
            if above in self._clones:
                return above
            if above == self._root:
                break
        inner = folder.relative_to(self._root).parts
        return self._root / inner[0] if self._around is None and inner else self._around or self._root

    def entries(self) -> Iterator[FoundEntry]:
        """Yield the entries of all catalogues."""
        waiting = [
            (file, _CATALOGUES[file.rpartition("/")[2]]) for file in self._files if _is_catalogue(file)
        ]
        seen = {file for file, _ in waiting}
        for file, format_ in waiting:
            try:
                data = self._read(file)
                found = list(format_.entries(data))
                further = list(backstage.targets(data)) if format_ is backstage else []
            except SyntaxProblem as problem:
                self._leave(file, problem)
                continue
            yield from (
                FoundEntry(one, self._root / file, f"{self._place(file)}:{one.line}") for one in found
            )
            for target in further:
                path = posixpath.normpath(posixpath.join(posixpath.dirname(file), target.path))
                if path not in seen and not (self._root / path).is_dir():
                    seen.add(path)
                    waiting.append((path, backstage))

    def packages(self) -> Iterator[FoundPackage]:
        """Yield the packages of all folders."""
        by_folder: dict[str, list[str]] = {}
        for file in self._files:
            folder, _, name = file.rpartition("/")
            if _formats_of(name) or is_container(name):
                by_folder.setdefault(folder, []).append(name)
        for folder, names in by_folder.items():
            if package := self._package(folder, names):
                file = f"{folder}/{package.file}".strip("/")
                yield FoundPackage(package, self._root / folder, self._place(file))

    def _package(self, folder: str, names: Sequence[str]) -> SourcePackage | None:
        """Return the package of a folder, which may have several manifests and a Dockerfile."""
        start = f"{folder}/" if folder else ""
        first = bisect_left(self._files, start)
        last = bisect_left(self._files, f"{folder}0") if folder else len(self._files)
        below = tuple(file[len(start) :] for file in self._files[first:last] if file.startswith(start))
        around = PackageFolder(
            frozenset(one for one in below if "/" not in one), below, partial(self._of, start)
        )
        found: list[SourcePackage] = []
        for kind in _PACKAGES:
            for file in sorted(names, key=partial(_place_in, kind.FILES)):
                if re.fullmatch(kind.FILES, file):
                    try:
                        found.append(kind.package(file, around))
                    except SyntaxProblem as problem:
                        self._leave(start + file, problem)
        container = next(filter(is_container, names), None)
        is_whole = bool(_OTHERS & around.names) or self.root_of(self._root / folder) == self._root / folder
        if not found:
            return SourcePackage(container, None, application=container) if container and is_whole else None
        best = max(found, key=lambda one: (not one.groups_others, one.application is not None))
        name = best.name or next(
            (one.name for one in found if one.technology is best.technology and one.name), None
        )
        if best.application or best.groups_others or not container:
            return best._replace(name=name)
        technology = None if _OTHERS & around.names else best.technology
        return best._replace(name=name, application=container, technology=technology)

    def _walk(self) -> Iterator[str]:
        count = 0
        for parent, folders, names in os.walk(self._root):  # does not follow links to folders
            inner = (
                ""
                if parent == str(self._root)
                else f"{os.path.relpath(parent, self._root)}/".replace(os.sep, "/")
            )
            if ".git" in folders or ".git" in names:
                self._clones.add(Path(parent))
            for link in [one for one in folders if not inner and (self._root / one).is_symlink()]:
                self._unread.append(Unread(self._place(link), "it is a link: name the folder itself"))
            is_deep = inner.count("/") >= MOST_DEEP
            folders[:] = (
                []
                if is_deep
                else sorted(one for one in folders if one not in _PASSED_OVER and not one.startswith("."))
            )
            looked_at = (*folders, *(name for name in names if _formats_of(name) or is_container(name)))
            if odd := [one for one in looked_at if not one.isprintable()]:
                self._unread.append(Unread(self._place(inner), f"{_ODD}: {', '.join(map(ascii, odd[:3]))}"))
                folders[:] = [one for one in folders if one.isprintable()]
            count += len(names)
            if count > MOST_FILES:
                self._unread.append(
                    Unread(self._name, f"it has more than {MOST_FILES:,} files: name folders in it")
                )
                return
            yield from (inner + name for name in names if name.isprintable())

    def _of(self, start: str, file: str) -> bytes:
        return self._read(start + file)

    def _read(self, file: str) -> bytes:
        path = str(self._root / file)
        if why := refusal_of(str(self._root), os.path.realpath(path)):
            raise SyntaxProblem(why)
        try:
            data = read_file(path, min(MOST_BYTES, self._left))
        except TooLarge as error:
            most = f"{MOST_BYTES:,} are read, and {MOST_IN_ALL:,} of a path"
            raise SyntaxProblem(f"it has {error.size:,} bytes; at most {most}") from None
        except (OSError, ValueError) as error:
            raise SyntaxProblem(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None

        self._left -= len(data)
        return data

    def _leave(self, file: str, problem: SyntaxProblem) -> None:
        line = f":{problem.line}" if problem.line else ""
        self._unread.append(Unread(f"{self._place(file)}{line}", problem.message))

    def _place(self, file: str) -> str:
        return posixpath.join(self._name, file)


def is_container(name: str) -> bool:
    """Return whether a file says how a container is built."""
    return _CONTAINER.fullmatch(name) is not None


def _is_catalogue(file: str) -> bool:
    return file.rpartition("/")[2] in _CATALOGUES


def _formats_of(name: str) -> bool:
    return any(re.fullmatch(format_.FILES, name) for format_ in _PACKAGES)


def _place_in(files: str, name: str) -> int:
    """Return the place of a file among those that a format reads."""
    return next((place for place, one in enumerate(files.split("|")) if re.fullmatch(one, name)), len(files))


def _code_owners(root: Path) -> CodeOwners | None:
    tree = DiskTree(str(root))
    for forge, file in files_read(tree, forges_of(tree) or Forge).items():
        path = os.path.realpath(root / file)
        if refusal_of(str(root), path) is None:
            try:
                return CodeOwners(decode(read_file(path, MOST_BYTES)), forge)
            except (OSError, TooLarge, SyntaxProblem):
                continue
    return None
