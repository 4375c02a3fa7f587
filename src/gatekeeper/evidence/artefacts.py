"""Finding the files of an artefact: one file, those of a folder, or those that a glob selects."""

import os
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from gatekeeper.collectors.reading.globs import chooser
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Unreadable
from gatekeeper.trees import EntryKind, TooLarge, Tree, is_inside

MAX_BYTES = 200_000_000
MAX_FILES = 20_000
_PASSED_OVER = frozenset({".git", "node_modules"})
_WILD = frozenset("*?{")
T = TypeVar("T")


class Bounds(NamedTuple):
    """Where files are read from, and whether anything outside of it may be."""

    tree: Tree
    """Artefacts are named relative to its root."""
    contained: bool = True
    """A path in a manifest may be a stranger's; a path typed on the command line is one's own."""

    def name(self, path: str) -> str:
        """Return how a path is told to people."""
        root = self.tree.root
        normal, start = os.path.normpath(path), root + os.sep
        inside = normal[len(start) :] if normal.startswith(start) else os.path.relpath(path, root)
        return _as_text(inside.replace(os.sep, "/"))

    def admit(self, path: str) -> None:
        """Refuse a path that leads out of the bounds, its links followed: there it is unreadable."""
        if self.contained and not is_inside(self.tree, path):
            raise Unreadable(f"{self.name(path)} lies outside the repository, links followed")


def _as_text(path: str) -> str:
    r"""Tell bytes of a file name that are no text, which Python keeps as surrogates, as `\xff`."""
    return path if path.isprintable() else os.fsencode(path).decode("utf-8", "backslashreplace")


def open_artefact(base: str, path: str, bounds: Bounds) -> Artefact:
    """Return the file at `path`, the files of the folder, or the matches of the glob."""
    where = os.path.normpath(os.path.join(base, path))
    files = files_at(base, path, bounds)
    if not files:
        raise Absent(f"there is no file at {bounds.name(where)}")
    return Artefact(bounds.name(where), tuple(_file(file, bounds) for file in files))


def files_at(base: str, path: str, bounds: Bounds) -> list[str]:
    """Return the paths of what there is at `path`: a file, those of a folder, or the matches of a glob."""
    where = os.path.normpath(os.path.join(base, path))
    entry = bounds.tree.entry(where)
    if entry is EntryKind.FILE:
        return [where]
    if entry is EntryKind.FOLDER:
        return _files_below(where, bounds)
    return _matches(base, path, bounds) if _WILD & set(path) else []


def _matches(base: str, pattern: str, bounds: Bounds) -> list[str]:
    """Return the files that a glob selects, below the last folder that it names outright."""
    steps = pattern.split("/")
    fixed = next(i for i, step in enumerate(steps) if _WILD & set(step))
    folder = os.path.normpath(os.path.join(base, *steps[:fixed]))
    if bounds.tree.entry(folder) is not EntryKind.FOLDER:
        return []
    chosen = chooser("/".join(steps[fixed:]))
    below = len(folder.rstrip(os.sep)) + 1
    return [file for file in _files_below(folder, bounds) if chosen(file[below:].replace(os.sep, "/"))]


def _files_below(folder: str, bounds: Bounds) -> list[str]:
    bounds.admit(folder)
    files: list[str] = []
    for parent, names in bounds.tree.walk(folder, _PASSED_OVER):
        files += [os.path.join(parent, name) for name in names]
        if len(files) > MAX_FILES:
            raise Unreadable(f"{bounds.name(folder)} has more than {MAX_FILES:,} files")
    return files


def _file(path: str, bounds: Bounds) -> ArtefactFile:
    bounds.admit(path)
    name = bounds.name(path)
    content = bounds.tree.open(path, MAX_BYTES)
    return ArtefactFile(
        name, lambda: _readable(content.read, name), lambda: _readable(content.identity, name)
    )


def _readable(read: Callable[[], T], name: str) -> T:
    try:
        return read()
    except TooLarge as found:
        raise Unreadable(f"{name} has {found.size:,} bytes; at most {MAX_BYTES:,} are read") from None
    except OSError as error:
        raise Unreadable(f"{name} cannot be read: {error.strerror}") from None
