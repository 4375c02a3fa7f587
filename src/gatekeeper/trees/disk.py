"""The working tree: files on disk.

Paths are plain strings: ten thousand services have tens of thousands of artefacts, and building their
`pathlib` paths took longer than reading the files.
"""

import os
import stat
from collections.abc import Iterator
from functools import lru_cache

from gatekeeper.trees import EntryKind, OpenFile, TooLarge


class DiskTree:
    """A repository in its folder on disk."""

    def __init__(self, root: str) -> None:
        self.root = root

    def entry(self, path: str) -> EntryKind | None:
        """See `Tree`."""
        try:
            mode = os.stat(path).st_mode
        except (OSError, ValueError):  # ValueError: a zero byte in the path
            return None
        if stat.S_ISREG(mode):
            return EntryKind.FILE
        return EntryKind.FOLDER if stat.S_ISDIR(mode) else None

    def exists(self, path: str) -> bool:
        """See `Tree`."""
        return os.path.lexists(path)

    def names(self, folder: str) -> list[str]:
        """See `Tree`."""
        return sorted(os.listdir(folder))

    def walk(self, folder: str, passed_over: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
        """See `Tree`."""
        for parent, folders, names in os.walk(folder):  # does not follow links to folders
            folders[:] = sorted(set(folders) - passed_over)
            yield parent, sorted(names)

    def real(self, path: str) -> str:
        """See `Tree`."""
        if os.path.islink(path):
            return os.path.realpath(path)
        folder, file = os.path.split(path)
        return os.path.join(_real_folder(folder), file)

    def open(self, path: str, at_most: int | None = None) -> OpenFile:
        """See `Tree`."""
        return OpenFile(lambda: _read(path, at_most))


@lru_cache(maxsize=1024)
def _real_folder(folder: str) -> str:
    """Follow the links of a folder once, not once for each of its files."""
    return os.path.realpath(folder)


def _read(path: str, at_most: int | None) -> bytes:
    with open(path, "rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        if at_most is not None and size > at_most:
            raise TooLarge(size)
        return file.readall()
