"""A working tree that records what is asked of it.

Every answer is the one of the working tree. What was asked in a scope becomes `Observations`, unless an
answer depends on something that they cannot say: a link, a place outside the repository, an error. Then the
scope is not reusable, and what was made of it has to be made again.
"""

import os
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BufferedReader, BytesIO, RawIOBase
from os import fstat, lstat
from typing import BinaryIO, cast

from gatekeeper.trees import LARGE, EntryKind, OpenFile, TooLarge, sha256_of
from gatekeeper.trees.disk import DiskTree, open_file
from gatekeeper.trees.observations import (
    Clock,
    EntryType,
    Stat,
    current_reader,
    digest_of_listing,
    kind_of,
    listed,
    stat_of,
    trusted,
)
from gatekeeper.trees.observed_scope import ContentSeen, ObservedScope


class _Unobservable(Exception):  # noqa: N818 - a result, not an error of the program
    """An answer depends on something that observations cannot say."""


class ObservedTree:
    """The working tree, with scopes that record what is asked while they are open."""

    def __init__(self, tree: DiskTree, clock: Clock = time.time_ns) -> None:
        self.root = tree.root
        self.clock = clock
        self._tree = tree
        self._start = tree.root.rstrip(os.sep) + os.sep
        self._folders: dict[str, Stat | None] = {}
        """The trusted stat data of the folders to which no link leads, from before anything was asked."""
        self.scopes: tuple[ObservedScope, ...] = ()
        """Those that are open."""
        self._asked: dict[str, str | None] = {}
        """The kinds of entries that all open scopes have recorded, by path."""
        self._reader = current_reader()
        self._is_real = os.path.realpath(tree.root) == tree.root

    @contextmanager
    def observing(self, scope: ObservedScope | None = None) -> Iterator[ObservedScope]:
        """Record what is asked in a new scope, or add it to one; an outer scope records it, too."""
        scope, outer = scope or ObservedScope(self._reader), self.scopes
        self.scopes, self._asked = (*outer, scope), {}
        try:
            yield scope
        finally:
            self.scopes, self._asked = outer, {}

    def rely_on(self, scope: ObservedScope) -> None:
        """Record that an answer from an earlier scope, kept somewhere, is used again."""
        for one in self.scopes:
            if one is not scope:
                one.include(scope)

    def entry(self, path: str) -> EntryKind | None:
        """See `Tree`."""
        if self.scopes:
            try:
                kind = self._look(path)
            except _Unobservable as why:
                self._give_up(why)
            else:
                return EntryKind(kind) if kind in (EntryType.FILE, EntryType.FOLDER) else None
        return self._tree.entry(path)

    def exists(self, path: str) -> bool:
        """See `Tree`."""
        if self.scopes:
            try:
                return self._look(path) is not None
            except _Unobservable as why:
                self._give_up(why)
        return self._tree.exists(path)

    def names(self, folder: str) -> list[str]:
        """See `Tree`."""
        if self.scopes:
            try:
                return list(self._listed(folder))
            except _Unobservable as why:
                self._give_up(why)
        return self._tree.names(folder)

    def walk(self, folder: str, passed_over: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
        """See `Tree`."""
        if self.scopes:
            try:
                found = self._listed(folder)
            except _Unobservable as why:
                self._give_up(why)
            except OSError:
                return
            else:
                yield from self._walk(folder, found, passed_over)
                return
        yield from self._tree.walk(folder, passed_over)

    def real(self, path: str) -> str:
        """See `Tree`."""
        if self.scopes:
            try:
                self._look(path)
            except _Unobservable as why:
                self._give_up(why)
            else:
                if os.path.normpath(path) == path:
                    return path  # no link leads to it
        return self._tree.real(path)

    def open(self, path: str, at_most: int | None = None) -> OpenFile:
        """See `Tree`."""
        return _ObservedFile(self, path, at_most)

    def record(self, path: str, content: ContentSeen) -> None:
        """Record that the content of a file was given out."""
        try:
            inner, kind = self._inner(path), self._look(path)
        except _Unobservable as why:
            return self._give_up(why)
        if kind != EntryType.FILE:
            return self._give_up(f"{path} changed while it was read")
        folder, _, name = inner.rpartition(os.sep)
        for scope in self.scopes:
            scope.add_file(folder, self._folders[folder], name, content)
        return None

    def record_error(self, path: str, error: Exception) -> None:
        """Record that a file could not be read: nothing is there, or something else."""
        try:
            kind = self._look(path)
        except _Unobservable as why:
            return self._give_up(why)
        return self._give_up(f"{path}: {error}") if kind == EntryType.FILE else None

    def _give_up(self, why: object) -> None:
        for scope in self.scopes:
            scope.give_up(str(why))

    def _walk(
        self, folder: str, found: dict[str, str], passed_over: frozenset[str]
    ) -> Iterator[tuple[str, list[str]]]:
        if EntryType.LINK in found.values():  # whether it leads to a folder is decided elsewhere
            self._give_up(f"{folder} has links")
            yield from self._tree.walk(folder, passed_over)
            return
        yield folder, [name for name, kind in found.items() if kind != EntryType.FOLDER]
        for name, kind in found.items():
            if kind == EntryType.FOLDER and name not in passed_over:
                yield from self.walk(os.path.join(folder, name), passed_over)

    def _listed(self, folder: str) -> dict[str, str]:
        """Record the listing of a folder and return it; raise OSError as `os.listdir` does."""
        if self._look(folder) != EntryType.FOLDER:
            os.listdir(folder)  # raises the error
            raise _Unobservable(f"{folder} changed while it was read")
        inner = self._inner(folder)
        if not self._is_plain(inner):
            raise _Unobservable(f"{folder} changed while it was read")
        try:
            found = listed(folder)
        except OSError as error:
            raise _Unobservable(f"{folder}: {error}") from None
        digest = digest_of_listing(found)
        for scope in self.scopes:
            scope.add_listing(inner, self._folders[inner], digest)
        return found

    def _look(self, path: str) -> str | None:
        """Record what is at a path and return its kind; None if nothing is there."""
        if path not in self._asked:
            self._asked[path] = self._look_at(self._inner(path))
        return self._asked[path]

    def _inner(self, path: str) -> str:
        """Return a path relative to the root."""
        inner, steps = self._below(path), path.split(os.sep)
        # Steps up are taken after links are followed: to remove them is right where no link is on the way.
        for at in [at for at, step in enumerate(steps) if step == ".."]:
            if self._look_at(self._below(os.sep.join(steps[:at]))) != EntryType.FOLDER:
                raise _Unobservable(f"{path} leads up from no folder")
        return inner

    def _below(self, path: str) -> str:
        normal = os.path.normpath(path)
        if normal == self.root:
            return ""
        if "\0" in path or not normal.startswith(self._start):
            raise _Unobservable(f"{path} may be outside the repository")
        return normal[len(self._start) :]

    def _look_at(self, inner: str) -> str | None:
        if inner == "":
            if not self._is_plain(""):
                raise _Unobservable(f"{self.root} cannot be read")
            return EntryType.FOLDER
        folder, _, name = inner.rpartition(os.sep)
        if not self._is_plain(folder):
            if self._look_at(folder) == EntryType.FOLDER:
                raise _Unobservable(f"{folder} changed while it was read")
            return None  # because the folder is absent, or a file
        try:
            kind = kind_of(lstat(self._start + inner).st_mode)
        except FileNotFoundError:
            kind = None
        except (OSError, ValueError) as error:
            raise _Unobservable(f"{inner}: {error}") from None
        if kind == EntryType.LINK:
            raise _Unobservable(f"{inner} is a link")
        for scope in self.scopes:
            scope.add_kind(folder, self._folders[folder], name, kind)
        return kind

    def _is_plain(self, inner: str) -> bool:
        """Return whether a folder is at a path; no link leads to it."""
        if inner in self._folders:
            return True
        if not self._is_real:
            raise _Unobservable(f"links lead to {self.root}")
        if inner and not self._is_plain(os.path.dirname(inner)):
            return False
        before = self.clock()
        try:
            found = lstat(self._start + inner if inner else self.root)
        except OSError:
            return False
        if stat.S_ISDIR(found.st_mode):
            self._folders[inner] = trusted(found, before)
        return inner in self._folders


class _ObservedFile(OpenFile):
    """The content of a file; each scope in which it is used records it."""

    __slots__ = ("_recorded_in", "_source")

    def __init__(self, tree: ObservedTree, path: str, at_most: int | None) -> None:
        # It does not refer to itself, so that what was read is freed without the garbage collector.
        self._source = _Source(tree, path, at_most)
        super().__init__(self._source.load, stream=self._source.opened_if_large)
        self._recorded_in: tuple[ObservedScope, ...] = ()

    def read(self) -> bytes:
        """See `OpenFile`."""
        try:
            data = super().read()
        except (OSError, TooLarge) as error:
            self._source.refuse(error)
            raise
        self._record()
        return data

    def stream(self) -> BinaryIO:
        """See `OpenFile`."""
        try:
            file = super().stream()
        except (OSError, TooLarge) as error:
            self._source.refuse(error)
            raise
        self._record()
        return file

    def digest(self) -> tuple[str, int]:
        """See `OpenFile`."""
        try:
            known = self._known()
        except (OSError, TooLarge) as error:
            self._source.refuse(error)
            raise
        self._record()
        return known.sha256, known.size

    def _record(self) -> None:
        scopes = self._source.tree.scopes
        if scopes is not self._recorded_in:
            self._source.tree.record(self._source.path, self._known())
            self._recorded_in = scopes

    def _known(self) -> ContentSeen:
        source = self._source
        if source.content is None and (self._data is not None or not source.is_large()):
            data = super().read()
            if source.content is None:  # it was read while no scope was open
                source.content = ContentSeen(*sha256_of(BytesIO(data)), None)
        return source.known()


class _Source:
    """Where the content of a file comes from, and what is known of it."""

    __slots__ = ("_at_most", "content", "path", "tree")

    def __init__(self, tree: ObservedTree, path: str, at_most: int | None) -> None:
        self.tree = tree
        self.path = path
        self._at_most = at_most
        self.content: ContentSeen | None = None

    def known(self) -> ContentSeen:
        if self.content is None:
            before = self.tree.clock()
            with open_file(self.path, self._at_most, buffering=0) as file:
                found = fstat(file.fileno())
                self.content = ContentSeen(*sha256_of(file), trusted(found, before))
        return self.content

    def load(self) -> bytes:
        before = self.tree.clock()
        with open_file(self.path, self._at_most, buffering=0) as file:
            found = fstat(file.fileno())
            data = file.read()
        if self.tree.scopes:
            self.content = ContentSeen(sha256(data).hexdigest(), len(data), trusted(found, before))
        return data

    def opened_if_large(self) -> BinaryIO | None:
        if not self.is_large():
            return None
        scopes = self.tree.scopes
        if not scopes:
            return open_file(self.path, self._at_most)
        known = self.known()
        return _Stream(cast("RawIOBase", open_file(self.path, self._at_most, buffering=0)), known, scopes)

    def refuse(self, error: Exception) -> None:
        if self.tree.scopes:
            self.tree.record_error(self.path, error)

    def is_large(self) -> bool:
        return os.stat(self.path).st_size >= LARGE


class _Stream(BufferedReader):
    """A large file that is read piece by piece after it was read for its sha256."""

    def __init__(self, raw: RawIOBase, known: ContentSeen, scopes: Iterable[ObservedScope]) -> None:
        super().__init__(raw)
        self._known = known
        self.scopes = tuple(scopes)
        for scope in self.scopes:
            scope.opened()

    def close(self) -> None:
        """Close the file. Only trusted stat data show that nothing changed since it was read before."""
        if not self.closed:
            is_same = self._known.stat == stat_of(fstat(self.fileno()))
            for scope in self.scopes:
                scope.closed()
                if not is_same:
                    scope.give_up("a large file is too new, or changed while it was read")
        super().close()
