"""Finding the files of an artefact: one file, those of a folder, or those that a glob selects.

Paths are plain strings here: ten thousand services have tens of thousands of artefacts, and `pathlib` took
longer to name them than the disk to read them.
"""

import os
from functools import lru_cache
from typing import NamedTuple

from gatekeeper.collectors._globs import chooser
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Unreadable

MAX_BYTES = 200_000_000
MAX_FILES = 20_000
_PASSED_OVER = frozenset({".git", "node_modules"})
_WILD = frozenset("*?{")


class Bounds(NamedTuple):
    """Where names start, and whether anything outside may be read."""

    root: str
    """A real path; artefacts are named relative to it."""
    contained: bool = True
    """A path in a manifest may be a stranger's; a path typed on the command line is one's own."""

    def name(self, path: str) -> str:
        """Return how a path is told to people."""
        normal, start = os.path.normpath(path), self.root + os.sep
        inside = normal[len(start) :] if normal.startswith(start) else os.path.relpath(path, self.root)
        return _as_text(inside.replace(os.sep, "/"))

    def admit(self, path: str) -> str:
        """Return a path with its links followed; outside the bounds it is unreadable."""
        folder, file = os.path.split(path)
        real = os.path.realpath(path) if os.path.islink(path) else os.path.join(_real_folder(folder), file)
        if self.contained and not f"{real}{os.sep}".startswith(self.root.rstrip(os.sep) + os.sep):
            raise Unreadable(f"{self.name(path)} lies outside the repository, links followed")
        return real


def _as_text(path: str) -> str:
    r"""Tell bytes of a file name that are no text, which Python keeps as surrogates, as `\xff`."""
    return path if path.isprintable() else os.fsencode(path).decode("utf-8", "backslashreplace")


@lru_cache(maxsize=1024)
def _real_folder(folder: str) -> str:
    """Follow a folder's links once, not once for each of its files."""
    return os.path.realpath(folder)


def open_artefact(base: str, path: str, bounds: Bounds) -> Artefact:
    """Return the file at `path`, the files of the folder, or the matches of the glob."""
    where = os.path.normpath(os.path.join(base, path))
    if os.path.isfile(where):
        files = [where]
    elif os.path.isdir(where):
        files = _files_below(where, bounds)
    else:
        files = _matches(base, path, bounds) if _WILD & set(path) else []
    if not files:
        raise Absent(f"there is no file at {bounds.name(where)}")
    return Artefact(bounds.name(where), tuple(_file(file, bounds) for file in files))


def _matches(base: str, pattern: str, bounds: Bounds) -> list[str]:
    """Return the files that a glob selects, below the last folder that it names outright."""
    steps = pattern.split("/")
    fixed = next(i for i, step in enumerate(steps) if _WILD & set(step))
    folder = os.path.normpath(os.path.join(base, *steps[:fixed]))
    if not os.path.isdir(folder):
        return []
    chosen = chooser("/".join(steps[fixed:]))
    below = len(folder.rstrip(os.sep)) + 1
    return [file for file in _files_below(folder, bounds) if chosen(file[below:].replace(os.sep, "/"))]


def _files_below(folder: str, bounds: Bounds) -> list[str]:
    bounds.admit(folder)
    files: list[str] = []
    for parent, folders, names in os.walk(folder):  # does not follow links to folders
        folders[:] = sorted(set(folders) - _PASSED_OVER)
        files += [os.path.join(parent, name) for name in sorted(names)]
        if len(files) > MAX_FILES:
            raise Unreadable(f"{bounds.name(folder)} has more than {MAX_FILES:,} files")
    return files


def _file(path: str, bounds: Bounds) -> ArtefactFile:
    real, name = bounds.admit(path), bounds.name(path)
    content: list[bytes] = []

    def read_once() -> bytes:
        if not content:
            content.append(_read(real, name))
        return content[0]

    return ArtefactFile(name, read_once)


def _read(path: str, name: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_BYTES:
                raise Unreadable(f"{name} has {size:,} bytes; at most {MAX_BYTES:,} are read")
            return file.readall()
    except OSError as error:
        raise Unreadable(f"{name} cannot be read: {error.strerror}") from None
