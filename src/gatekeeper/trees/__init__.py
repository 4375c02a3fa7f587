"""Trees of files: a working tree on disk (`disk`) or a Git revision (`git`), read in the same way.

Everything that reads a workspace or an artefact reads a `Tree`. Paths are absolute strings; a revision is
read as if it were checked out in its repository, so that names, links and bounds mean the same in both.
`revisions` finds the commit that a name means, `history` lists commits, `git_command` runs Git.
"""

import os
from collections.abc import Callable, Iterator
from enum import Enum
from hashlib import sha1
from typing import Protocol


class EntryKind(Enum):
    """The kind of entry at a path, after following links."""

    FILE = "file"
    FOLDER = "folder"


class TooLarge(Exception):  # noqa: N818 - an outcome, not an error of this program
    """A file has more bytes than its reader accepts."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size:,} bytes")
        self.size = size


class OpenFile:
    """The content of a file, read once and on demand."""

    __slots__ = ("_data", "_identity", "_load")

    def __init__(self, load: Callable[[], bytes], identity: str | None = None) -> None:
        self._load = load
        self._identity = identity
        self._data: bytes | None = None

    def read(self) -> bytes:
        """Return the bytes.

        Raises:
            OSError: The file cannot be read.
            TooLarge: The file exceeds the limit of its reader.
        """
        if self._data is None:
            self._data = self._load()
        return self._data

    def identity(self) -> str:
        """Return the identity of the content: its Git blob id."""
        if self._identity is None:
            data = self.read()
            self._identity = sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
        return self._identity


class Tree(Protocol):
    """The files, folders and links below the root of a repository."""

    @property
    def root(self) -> str:
        """The root of the repository, as a real path."""

    def entry(self, path: str) -> EntryKind | None:
        """Return the kind of entry at a path; None if there is no readable one."""

    def exists(self, path: str) -> bool:
        """Return whether a path exists, even as a broken link."""

    def names(self, folder: str) -> list[str]:
        """Return the sorted names in a folder; raise `OSError` if it is not a folder."""

    def walk(self, folder: str, passed_over: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
        """Yield this folder and each one below, with the sorted names of its files.

        Links to folders are not followed; folders with a name in `passed_over` are skipped.
        """

    def real(self, path: str) -> str:
        """Return a path with its links resolved, which may be outside the repository."""

    def open(self, path: str, at_most: int | None = None) -> OpenFile:
        """Return the content of a file; reading more than `at_most` bytes raises `TooLarge`."""


def is_inside(tree: Tree, path: str) -> bool:
    """Return whether a path, with its links resolved, is inside the repository."""
    return f"{tree.real(path)}{os.sep}".startswith(tree.root.rstrip(os.sep) + os.sep)
