"""Find the files of an artefact: one file, the files of a folder, or the matches of a glob."""

import os
import re
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from gatekeeper.collectors.reading.globs import chooser
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Unreadable
from gatekeeper.trees import EntryKind, TooLarge, Tree, is_of_git, refusal, refusal_of

MAX_BYTES = 200_000_000
MAX_FILES = 20_000
_SKIPPED = frozenset({".git", "node_modules"})
_WILD = frozenset("*?{")
T = TypeVar("T")


class Bounds(NamedTuple):
    """The tree that artefacts are read from, and whether a path may lead out of it."""

    tree: Tree
    """Artefacts are named relative to its root."""
    contained: bool = True
    """Whether a path outside the tree is refused: a path of a manifest may be written by somebody else, a
    path on the command line is written by the user."""

    def name(self, path: str) -> str:
        """Return a path as messages show it: relative to the root, with forward slashes."""
        root = self.tree.root
        normal, start = os.path.normpath(path), root + os.sep
        inside = normal[len(start) :] if normal.startswith(start) else os.path.relpath(path, root)
        name = inside.replace(os.sep, "/")
        # Python keeps bytes that are not text as surrogates.
        return name if name.isprintable() else os.fsencode(name).decode("utf-8", "backslashreplace")

    def admit(self, path: str) -> None:
        """Check that a path stays within the bounds once its links are followed.

        Raises:
            Unreadable: It leads out of the repository, or to a file of Git.
        """
        why = refusal(self.tree, path) if self.contained else refusal_of(os.sep, self.tree.real(path))
        if why:
            raise Unreadable(f"{self.name(path)} {why}")


def open_artefact(base: str, path: str, bounds: Bounds) -> Artefact:
    """Return the file at `path`, the files of the folder, or the matches of the glob.

    Raises:
        Absent: There is no such file.
        Unreadable: A file is outside the bounds, or there are too many.
    """
    where = os.path.normpath(os.path.join(base, path))
    files = files_at(base, path, bounds)
    if not files:
        raise Absent(f"there is no file at {bounds.name(where)}")
    return Artefact(bounds.name(where), tuple(_file(file, bounds) for file in files))


def files_at(base: str, path: str, bounds: Bounds) -> list[str]:
    """Return the paths of the files at `path`: a file, the files of a folder, or the matches of a glob."""
    where = os.path.normpath(os.path.join(base, path))
    entry = bounds.tree.entry(where)
    if entry is EntryKind.FILE:
        return [where]
    if entry is EntryKind.FOLDER:
        return _files_below(where, bounds)
    return _matches(base, path, bounds) if _WILD & set(path) else []


def _matches(base: str, pattern: str, bounds: Bounds) -> list[str]:
    """Return the files that a glob matches, each once."""
    found = (file for one in _places(pattern) for file in _matches_of_place(base, one, bounds))
    return list(dict.fromkeys(found))


def _places(pattern: str) -> list[str]:
    """Return a glob for each folder of the first alternatives that name some: `{target/a,build/b}/*.xml`.

    Then these folders are walked, and not the one that holds them.
    """
    found = re.search(r"\{([^{}]*/[^{}]*)\}", pattern)
    if found is None:
        return [pattern]
    return [pattern[: found.start()] + one + pattern[found.end() :] for one in found[1].split(",")]


def _matches_of_place(base: str, pattern: str, bounds: Bounds) -> list[str]:
    """Return the files that a glob matches, below the last folder that it names without wildcards."""
    if not _WILD & set(pattern):
        return files_at(base, pattern, bounds)
    steps = pattern.split("/")
    fixed = next(i for i, step in enumerate(steps) if _WILD & set(step))
    folder = os.path.normpath(os.path.join(base, "/".join([*steps[:fixed], ""])))
    if bounds.tree.entry(folder) is not EntryKind.FOLDER:
        return []
    chosen = chooser("/".join(steps[fixed:]))
    below = len(folder.rstrip(os.sep)) + 1
    return [file for file in _files_below(folder, bounds) if chosen(file[below:].replace(os.sep, "/"))]


def _files_below(folder: str, bounds: Bounds) -> list[str]:
    bounds.admit(folder)
    files: list[str] = []
    for parent, names in bounds.tree.walk(folder, _SKIPPED):
        below = parent[len(folder) :]
        files += [os.path.join(parent, name) for name in names if not is_of_git(f"{below}{os.sep}{name}")]
        if len(files) > MAX_FILES:
            raise Unreadable(f"{bounds.name(folder)} has more than {MAX_FILES:,} files")
    return files


def _file(path: str, bounds: Bounds) -> ArtefactFile:
    bounds.admit(path)
    name = bounds.name(path)
    content = bounds.tree.open(path, MAX_BYTES)
    return ArtefactFile(
        name,
        lambda: _readable(content.read, name),
        lambda: _readable(content.identity, name),
        lambda: _readable(content.stream, name),
        lambda: _readable(content.digest, name),
    )


def _readable(read: Callable[[], T], name: str) -> T:
    """Return what `read` returns; its errors become `Unreadable`."""
    try:
        return read()
    except TooLarge as found:
        raise Unreadable(
            f"{name} has {found.size:,} bytes; at most {MAX_BYTES:,} are read; split it, or map a summary"
        ) from None
    except OSError as error:
        raise Unreadable(f"{name} cannot be read: {error.strerror}") from None
