"""Trees of files: the working tree, or a Git revision, read in the same way.

All code that reads a workspace or an artefact uses a tree. Paths are plain absolute strings. A revision is
read as if it were checked out in the folder of its repository, so names, links and limits mean the same.
"""

import os
from collections.abc import Callable, Iterator
from enum import Enum
from hashlib import sha1, sha256
from io import BytesIO
from typing import BinaryIO, Protocol

LARGE = 1_000_000
"""A file of so many bytes can be read piece by piece; a smaller one is read once."""


class EntryKind(Enum):
    """What a path leads to, with links followed."""

    FILE = "file"
    FOLDER = "folder"


class TooLarge(Exception):  # noqa: N818 - a result, not an error of the program
    """A file has more bytes than its reader accepts."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size:,} bytes")
        self.size = size


class OpenFile:
    """The content of a file, read once and only on request."""

    __slots__ = ("_data", "_digest", "_identity", "_load", "_stream")

    def __init__(
        self,
        load: Callable[[], bytes],
        identity: str | None = None,
        stream: Callable[[], BinaryIO | None] | None = None,
    ) -> None:
        self._load = load
        self._identity = identity
        self._stream = stream
        self._data: bytes | None = None
        self._digest: tuple[str, int] | None = None

    def read(self) -> bytes:
        """Return the bytes.

        Raises:
            OSError: The file cannot be read.
            TooLarge: The file exceeds the limit of its reader.
        """
        if self._data is None:
            self._data = self._load()
        return self._data

    def stream(self) -> BinaryIO:
        """Open the content to read it piece by piece; a small file is read at once. Raises as `read` does."""
        file = self._stream() if self._data is None and self._stream else None
        return BytesIO(self.read()) if file is None else file

    def digest(self) -> tuple[str, int]:
        """Return the sha256 of the content, and its size in bytes. Raises as `read` does."""
        if self._digest is None:
            with self.stream() as file:
                self._digest = sha256_of(file)
        return self._digest

    def identity(self) -> str:
        """Return the object id that Git gives this content."""
        if self._identity is None:
            data = self.read()
            self._identity = sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
        return self._identity


def sha256_of(file: BinaryIO) -> tuple[str, int]:
    """Return the sha256 of what is left of an open file, and its size in bytes."""
    digest, size = sha256(), 0
    while piece := file.read(LARGE):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


class Tree(Protocol):
    """Files and folders below the root of a repository, and the targets of their links."""

    @property
    def root(self) -> str:
        """The folder of the repository, without links."""

    def entry(self, path: str) -> EntryKind | None:
        """Return the kind of entry at a path; None if no file or folder is there."""

    def exists(self, path: str) -> bool:
        """Return whether anything is at a path, even a broken link."""

    def names(self, folder: str) -> list[str]:
        """Return the sorted names of the entries of a folder.

        Raises:
            OSError: The path is not a folder.
        """

    def walk(self, folder: str, passed_over: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
        """Yield this folder and each one below, with the sorted names of its files.

        Links to folders are not followed, and folders named in `passed_over` are skipped.
        """

    def real(self, path: str) -> str:
        """Return a path with its links followed; it may be outside the repository."""

    def open(self, path: str, at_most: int | None = None) -> OpenFile:
        """Return the content of a file; reading it raises `TooLarge` if it has more than `at_most` bytes."""


def refusal(tree: Tree, path: str) -> str | None:
    """Return why a path is not read, once its links are followed; None if it is in the repository."""
    return refusal_of(tree.root, tree.real(path))


def refusal_of(root: str, real: str) -> str | None:
    """Return why a path without links is neither read nor written; None if it is below the root."""
    start = root.rstrip(os.sep) + os.sep
    if not f"{real}{os.sep}".startswith(start):
        return "is outside the repository once links are followed"
    return "belongs to Git, not to the workspace" if is_of_git(real[len(start) :]) else None


def is_of_git(path: str) -> bool:
    """Return whether a path is `.git` or below it, also as file systems that ignore case spell it."""
    return "git" in path.casefold() and any(
        step.rstrip(" .").casefold() in (".git", "git~1") for step in path.split(os.sep)
    )
