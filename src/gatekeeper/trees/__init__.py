"""Trees of files: the working folder, or what git keeps of it at a revision, read in the same way.

Whoever reads a workspace or an artefact asks a tree. Paths are plain absolute strings, a revision's too: it
is looked at as if it were checked out where its repository is. So names, links and bounds mean the same in
both.
"""

import os
from collections.abc import Callable, Iterator
from enum import Enum
from hashlib import sha1
from typing import Protocol


class EntryKind(Enum):
    """What stands at a path, links followed."""

    FILE = "file"
    FOLDER = "folder"


class TooLarge(Exception):  # noqa: N818 - it is an outcome, told apart from our own errors
    """A file has more bytes than its reader takes."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size:,} bytes")
        self.size = size


class OpenFile:
    """What a file holds, read once and only when it is asked for."""

    __slots__ = ("_data", "_identity", "_load")

    def __init__(self, load: Callable[[], bytes], identity: str | None = None) -> None:
        self._load = load
        self._identity = identity
        self._data: bytes | None = None

    def read(self) -> bytes:
        """Return the bytes; `OSError` or `TooLarge` where they cannot be had."""
        if self._data is None:
            self._data = self._load()
        return self._data

    def identity(self) -> str:
        """Return what tells this content from any other: the id that git gives it, or would give it."""
        if self._identity is None:
            data = self.read()
            self._identity = sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
        return self._identity


class Tree(Protocol):
    """Files and folders below a repository's root, and what their links lead to."""

    @property
    def root(self) -> str:
        """The repository: a real path."""

    def entry(self, path: str) -> EntryKind | None:
        """Return what stands at a path; None where nothing does that could be read."""

    def exists(self, path: str) -> bool:
        """Whether there is anything at a path, be it a link that leads nowhere."""

    def names(self, folder: str) -> list[str]:
        """Return the sorted names of what a folder holds; `OSError` where it is none."""

    def walk(self, folder: str, passed_over: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
        """Yield each folder below, this one first, with the sorted names of its files.

        Links to folders are not followed, nor are folders whose name is passed over.
        """

    def real(self, path: str) -> str:
        """Return a path with its links followed, which may lead out of the repository."""

    def open(self, path: str, at_most: int | None = None) -> OpenFile:
        """Return the content of a file; of more bytes than `at_most` it is `TooLarge` once it is read."""


def is_inside(tree: Tree, path: str) -> bool:
    """Whether a path, its links followed, lies in the repository."""
    return f"{tree.real(path)}{os.sep}".startswith(tree.root.rstrip(os.sep) + os.sep)
