"""A Git revision as a tree, read without a checkout.

One `git ls-tree` lists the files, one `git cat-file --batch` returns their contents; nothing is fetched. See
https://git-scm.com/docs/git-cat-file.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import closing
from functools import cached_property
from threading import Lock
from typing import IO, NamedTuple

from gatekeeper.trees import EntryKind, OpenFile, TooLarge
from gatekeeper.trees.git_command import run_git, start_git

MOST_LINKS = 40
"""More links than this on one path are a cycle, as on Linux."""
_LINK, _SUBMODULE = b"120000", b"160000"
_CHUNK = 1 << 20


class _Listing(NamedTuple):
    """The entries of a revision, by paths relative to the root; the root is an empty path."""

    files: dict[str, str]
    """The blob id of each file."""
    links: dict[str, str]
    """The blob id of the target of each link."""
    folders: dict[str, list[str]]
    """The names in each folder."""


class GitTree:
    """A repository at a commit, as if it were checked out at `root`. Close it after use."""

    def __init__(self, root: str, commit: str) -> None:
        self.root = root
        self.commit = commit
        self._batch: _Batch | None = None
        self._starting = Lock()
        self._is_closed = False
        self._targets: dict[str, str] = {}

    def close(self) -> None:
        """End the process that reads contents."""
        self._is_closed = True
        if self._batch:
            self._batch.close()
            self._batch = None

    def entry(self, path: str) -> EntryKind | None:
        """See `Tree`."""
        inner = self._inner(path)
        if inner is None:
            return None
        if inner in self._listing.files:
            return EntryKind.FILE
        return EntryKind.FOLDER if inner in self._listing.folders else None

    def exists(self, path: str) -> bool:
        """See `Tree`."""
        folder, name = os.path.split(os.path.normpath(path))
        inner = self._inner(folder)
        return inner is not None and name in self._listing.folders.get(inner, ())

    def names(self, folder: str) -> list[str]:
        """See `Tree`."""
        inner = self._inner(folder)
        if inner is None or inner not in self._listing.folders:
            raise _no_such(folder, is_file=inner in self._listing.files)
        return sorted(self._listing.folders[inner])

    def walk(self, folder: str, passed_over: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
        """See `Tree`."""
        inner = self._inner(folder)
        if inner is not None:
            yield from self._walk(folder, inner, passed_over)

    def real(self, path: str) -> str:
        """See `Tree`."""
        path = os.path.normpath(path)
        if not self._listing.links:
            return path
        start, steps = self._steps(path)
        followed = 0
        while steps is not None and start < len(steps):
            target = self._target("/".join(steps[: start + 1]))
            if target is None:
                start += 1
                continue
            followed += 1
            if followed > MOST_LINKS:
                return path  # a cycle leads nowhere
            path = os.path.normpath(os.path.join(self.root, *steps[:start], target, *steps[start + 1 :]))
            start, steps = self._steps(path)
        return path

    def open(self, path: str, at_most: int | None = None) -> OpenFile:
        """See `Tree`."""
        inner = self._inner(path)
        found = None if inner is None else self._listing.files.get(inner)
        if found is None:
            return OpenFile(lambda: _raise(_no_such(path, is_folder=inner in self._listing.folders)), "")
        return OpenFile(lambda: self._blob(found, at_most), found)

    def _steps(self, path: str) -> tuple[int, list[str] | None]:
        """Return the index of the first step and a path's steps below the root; None if it is outside."""
        inner = self._below_root(path)
        return 0, None if inner is None else inner.split("/")

    def _inner(self, path: str) -> str | None:
        """Return a path relative to the root, with its links resolved; None if it is outside."""
        return self._below_root(self.real(path))

    def _below_root(self, path: str) -> str | None:
        normal, start = os.path.normpath(path), self.root.rstrip("/") + "/"
        if normal.startswith(start):
            return normal[len(start) :]
        return "" if normal == self.root else None

    def _target(self, inner: str) -> str | None:
        """Return the target of a link; None if the path is not a link."""
        blob = self._listing.links.get(inner)
        if blob is None:
            return None
        if blob not in self._targets:
            self._targets[blob] = os.fsdecode(self._blob(blob, None))
        return self._targets[blob]

    def _walk(self, folder: str, inner: str, passed_over: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
        files, folders = [], []
        for name in sorted(self._listing.folders.get(inner, ())):
            below = f"{inner}/{name}" if inner else name
            if below in self._listing.folders:
                folders.append((name, below))
            elif self.entry(f"{folder}/{name}") is not EntryKind.FOLDER:
                files.append(name)
        yield folder, files
        for name, below in folders:
            if name not in passed_over:
                yield from self._walk(f"{folder}/{name}", below, passed_over)

    def _blob(self, blob: str, at_most: int | None) -> bytes:
        if self._is_closed:
            # Nobody would end a process that is kept.
            with closing(_Batch(self.root)) as batch:
                return batch.read(blob, at_most)
        with self._starting:
            self._batch = self._batch or _Batch(self.root)
        return self._batch.read(blob, at_most)

    @cached_property
    def _listing(self) -> _Listing:
        question = ("ls-tree", "-r", "-z", "--full-tree", self.commit)
        done = run_git(self.root, *question, without_git="git is not installed: install it", seconds=120)
        if done.returncode:
            raise OSError(errno.EIO, done.stderr.decode("utf-8", "replace").strip())
        return _listing(done.stdout)


def _listing(output: bytes) -> _Listing:
    """Parse `ls-tree -r -z`: records of `<mode> <type> <id>TAB<path>`, each ended by a zero byte."""
    listing = _Listing({}, {}, {"": []})
    for record in output.split(b"\0")[:-1]:
        described, _, name = record.partition(b"\t")
        mode, _, blob = described.split(b" ")
        if mode == _SUBMODULE:
            continue  # its files are in another repository
        path = os.fsdecode(name)
        (listing.links if mode == _LINK else listing.files)[path] = blob.decode()
        _enter(listing.folders, path)
    return listing


def _enter(folders: dict[str, list[str]], path: str) -> None:
    """Add a path to its folder, and each new folder to its parent."""
    while path:
        folder, _, name = path.rpartition("/")
        is_known = folder in folders
        folders.setdefault(folder, []).append(name)
        if is_known:
            break
        path = folder


class _Batch:
    """A running `git cat-file --batch`."""

    def __init__(self, repository: str) -> None:
        self._process = start_git(repository, "cat-file", "--batch")
        self._lock = Lock()
        """An answer belongs to the last question, so threads ask one after the other."""

    def read(self, blob: str, at_most: int | None) -> bytes:
        """Return the content of a blob; a larger one is skipped, so that the next one can be read."""
        with self._lock:
            return self._read(blob, at_most)

    def _read(self, blob: str, at_most: int | None) -> bytes:
        asked, given = self._pipes()
        asked.write(f"{blob}\n".encode())
        asked.flush()
        header = given.readline().split()
        if len(header) != 3:
            raise OSError(errno.EIO, "Git does not have this object: run `git fetch`, or `git fsck`")
        size = int(header[2])
        if at_most is None or size <= at_most:
            return given.read(size + 1)[:-1]
        left = size + 1
        while left:
            left -= len(given.read(min(left, _CHUNK)))
        raise TooLarge(size)

    def close(self) -> None:
        """End the process."""
        for pipe in self._pipes():
            pipe.close()
        self._process.wait()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process.stdin is None or self._process.stdout is None:
            raise OSError(errno.EPIPE, "the pipes to Git are closed")
        return self._process.stdin, self._process.stdout


def _no_such(path: str, *, is_file: bool = False, is_folder: bool = False) -> OSError:
    """Return the error that the file system would raise."""
    code = errno.ENOTDIR if is_file else errno.EISDIR if is_folder else errno.ENOENT
    return OSError(code, os.strerror(code), path)


def _raise(error: OSError) -> bytes:
    raise error
