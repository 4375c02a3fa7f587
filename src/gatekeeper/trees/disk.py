"""The working tree: files on disk.

Paths are plain strings: ten thousand services have tens of thousands of artefacts, and building their
`pathlib` paths took longer than reading the files.
"""

import errno
import os
import stat
from collections.abc import Iterator
from typing import BinaryIO

from gatekeeper.trees import LARGE, EntryKind, OpenFile, TooLarge

_MOST_FOLDERS = 1024


class DiskTree:
    """A repository in its folder on disk."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._real_folders: dict[str, str] = {}

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
        return os.path.join(self._real_folder(folder), file)

    def open(self, path: str, at_most: int | None = None) -> OpenFile:
        """See `Tree`."""
        return OpenFile(lambda: read_file(path, at_most), stream=lambda: _opened_if_large(path, at_most))

    def _real_folder(self, folder: str) -> str:
        """Follow the links of a folder once, not once for each of its files."""
        known = self._real_folders
        if folder not in known:
            if len(known) >= _MOST_FOLDERS:
                known.clear()
            known[folder] = os.path.realpath(folder)
        return known[folder]


def read_file(path: str | os.PathLike[str], at_most: int | None = None) -> bytes:
    """Return the content of a regular file. Pipes, devices and sockets are not opened: they could block.

    Raises:
        OSError: The file cannot be read, or is not a regular file.
        TooLarge: It has more than `at_most` bytes.
    """
    with open_file(path, at_most, buffering=0) as file:
        return file.read()


def open_file(path: str | os.PathLike[str], at_most: int | None = None, buffering: int = -1) -> BinaryIO:
    """Open a regular file, as `read_file` does."""
    _must_be_regular(os.stat(path))
    file: BinaryIO = open(path, "rb", buffering=buffering, opener=_without_waiting)  # noqa: SIM115 - the caller closes it
    try:
        _must_be_readable(os.fstat(file.fileno()), at_most)
    except BaseException:
        file.close()
        raise
    return file


def _opened_if_large(path: str, at_most: int | None) -> BinaryIO | None:
    return open_file(path, at_most) if os.stat(path).st_size >= LARGE else None


def _must_be_readable(found: os.stat_result, at_most: int | None) -> None:
    _must_be_regular(found)
    if at_most is not None and found.st_size > at_most:
        raise TooLarge(found.st_size)


def _must_be_regular(found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; if it became a pipe meanwhile, do not wait for its other end."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
