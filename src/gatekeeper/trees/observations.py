"""What was seen in a working tree when something was read, and whether it is still so.

Most of it is decided by stat data, without reading. A file's or folder's stat data are trusted only if it was
clearly older than the moment at which it was seen, as in Git's index: whoever changes it later leaves another
time of change. See https://git-scm.com/docs/racy-git. Everything else is read, or listed, again.
"""

import os
import stat
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from operator import attrgetter
from os import fstat, lstat
from typing import Any, NamedTuple

from gatekeeper.trees import TooLarge, sha256_of
from gatekeeper.trees.disk import open_file

Clock = Callable[[], int]
"""Returns the time in nanoseconds, like `time.time_ns`."""
Stat = Sequence[int]
"""What identifies a state of a file or folder, apart from the size of a file."""

MARGIN = 3_000_000_000
"""Something that changed so many nanoseconds ago differs from what changes now: the times of some file
systems have steps of two seconds."""
_COARSE = 1_000_000
"""A time of change in whole milliseconds comes from a file system that may not have one of its own, such as
FAT: `touch` sets it there."""
_FORM, _PARTS = 1, 6


_values: Callable[[os.stat_result], tuple[int, ...]] = attrgetter(
    "st_mode", "st_dev", "st_ino", "st_mtime_ns", "st_ctime_ns"
)


class EntryType:
    """What is at a place, without following a link."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


FileSeen = Sequence[Any]
"""A file of a folder that was read: name, sha256, size, and stat data, or None if they are not trusted."""
FolderSeen = Sequence[Any]
"""A folder to which no link leads, and what was asked about its entries:

1. its path relative to the root, which is empty for the root
2. its stat data, with which the names in it and their kinds are the same; None if they are not trusted
3. the sha256 of all names with their kinds, if it was listed
4. its files that were read, as `FileSeen`
5. other entries, with their kinds
6. names that nothing had
"""


class Observations(NamedTuple):
    """All that was seen, by folder. A path whose parent is absent, or is a file, is implied by the parent."""

    reader: str
    """Which user saw it: others may not be allowed to."""
    folders: Sequence[FolderSeen]

    def as_json(self) -> list[Any]:
        """Return it as a value of JSON: lists, texts and integers."""
        return [_FORM, self.reader, self.folders]

    @classmethod
    def from_json(cls, value: Any) -> "Observations":
        """Return what `as_json` returned.

        Raises:
            ValueError: The value is anything else.
        """
        try:
            form, reader, folders = value
            is_known = form == _FORM and all(len(one) == _PARTS and one[0][:1] != os.sep for one in folders)
        except (TypeError, ValueError, LookupError):
            is_known = False
        if not is_known:
            raise ValueError("it does not have the form of observations")
        return cls(reader, folders)


class Holds(NamedTuple):
    """Everything is as it was seen."""

    refreshed: Observations | None = None
    """The observations with new stat data, if that spares reading files again."""


class Differs(NamedTuple):
    """Something is not as it was seen, or cannot be compared."""

    path: str
    """Relative to the root."""


def still_holds(root: str, seen: Observations, clock: Clock = time.time_ns) -> Holds | Differs:
    """Return whether a fresh reading would see the same; `Recheck` does it for many observations."""
    return Recheck(root, clock).holds(seen)


class Recheck:
    """Compares observations with a working tree as it is now; looks at each folder once."""

    def __init__(self, root: str, clock: Clock = time.time_ns) -> None:
        self._start = root.rstrip(os.sep) + os.sep
        self._clock = clock
        self._reader = current_reader()
        self._before = clock()
        self._folders: dict[str, os.stat_result | None] = {}
        if os.path.realpath(root) != root:  # the paths of observations lead elsewhere now
            self._folders[""] = None

    def holds(self, seen: Observations) -> Holds | Differs:
        """Return whether a fresh reading would see the same, and if so, newer stat data."""
        is_reader = seen.reader == self._reader
        folders: list[FolderSeen] = []
        for one in seen.folders:
            found = self._compared(one, is_reader=is_reader)
            if isinstance(found, Differs):
                return found
            folders.append(found)
        is_newer = not is_reader or any(
            new is not old for new, old in zip(folders, seen.folders, strict=True)
        )
        return Holds(Observations(self._reader, folders) if is_newer else None)

    def _compared(self, one: FolderSeen, *, is_reader: bool) -> FolderSeen | Differs:
        """Return a folder with newer stat data, the same one if there are none, or what is different."""
        path, known, listing, files, kinds, absent = one
        now = self._folder(path)
        if now is None:
            return Differs(path)
        newer = known
        is_same = is_reader and known is not None and tuple(known) == _values(now)
        if not is_same and (listing is not None or kinds or absent):
            if (different := self._different_name(one)) is not None:
                return Differs(different)
            # These stat data are older than the answers, so a change in between alters them.
            newer = trusted(now, self._before)
        new_files = self._files(path, files, is_reader=is_reader)
        if isinstance(new_files, Differs):
            return new_files
        is_new = newer != known or new_files is not files
        return (path, newer, listing, new_files, kinds, absent) if is_new else one

    def _folder(self, path: str) -> os.stat_result | None:
        """Return the stat data of a folder; None if no folder is there, or a link leads to it."""
        known = self._folders
        if path in known:
            return known[path]
        found = None
        if path == "" or self._folder(os.path.dirname(path)):
            with suppress(OSError, ValueError):
                found = lstat(self._start + path)
                found = found if stat.S_ISDIR(found.st_mode) else None
        known[path] = found
        return found

    def _different_name(self, one: FolderSeen) -> str | None:
        """Return the path of an entry, or of a listing, that is not as it was seen."""
        different: str = one[0]
        path, _, listing, _, kinds, absent = one
        inner = f"{path}{os.sep}" if path else ""
        try:
            if listing is not None and digest_of_listing(listed(self._start + path)) != listing:
                return different
            for name, kind in [*kinds, *((name, None) for name in absent)]:
                different = inner + name
                if kind_at(self._start + different) != kind:
                    return different
        except (OSError, ValueError):
            return different
        return None

    def _files(
        self, path: str, files: Sequence[FileSeen], *, is_reader: bool
    ) -> Sequence[FileSeen] | Differs:
        """Return the files of a folder with newer stat data, or which of them is different."""
        inner = f"{path}{os.sep}" if path else ""
        start = self._start + inner
        newer: dict[str, FileSeen] = {}
        for file in files:
            name, _, size, known = file
            try:
                found = lstat(start + name)
            except (OSError, ValueError):
                return Differs(inner + name)
            if known is not None and is_reader and tuple(known) == _values(found) and size == found.st_size:
                continue
            again = self._again(start + name, file) if stat.S_ISREG(found.st_mode) else None
            if again is None:
                return Differs(inner + name)
            if again[3] != known:
                newer[name] = again
        return [newer.get(file[0], file) for file in files] if newer else files

    def _again(self, path: str, file: FileSeen) -> FileSeen | None:
        """Read a file again; return it with its stat data, None if its content is different."""
        name, digest, size, _ = file
        before = self._clock()
        try:
            with open_file(path, size, buffering=0) as opened:
                found = fstat(opened.fileno())
                content = sha256_of(opened)
        except (OSError, TooLarge):
            return None
        return (name, digest, size, trusted(found, before)) if content == (digest, size) else None


def trusted(found: os.stat_result, before: int) -> Stat | None:
    """Return stat data that any later change would alter; None if a change could leave them as they are.

    Args:
        found: What the file system reports.
        before: The time before it was asked.
    """
    if os.name != "posix" or found.st_ctime_ns % _COARSE == 0:  # Windows has no time of change
        return None
    is_older = max(found.st_mtime_ns, found.st_ctime_ns) + MARGIN < before
    return stat_of(found) if is_older else None


def stat_of(found: os.stat_result) -> Stat:
    """Return what identifies a state of a file or folder."""
    return _values(found)


def current_reader() -> str:
    """Return what decides which files may be read: the user and the groups."""
    if os.name != "posix":
        return ""
    return f"{os.geteuid()}:{','.join(map(str, sorted({os.getegid(), *os.getgroups()})))}"


def kind_at(path: str) -> str | None:
    """Return the kind of entry at a path, None if nothing is there; links are not followed.

    Raises:
        OSError: The answer is unknown.
    """
    try:
        return kind_of(lstat(path).st_mode)
    except FileNotFoundError:
        return None


def kind_of(mode: int) -> str:
    """Return the kind of an entry."""
    if stat.S_ISREG(mode):
        return EntryType.FILE
    if stat.S_ISDIR(mode):
        return EntryType.FOLDER
    return EntryType.LINK if stat.S_ISLNK(mode) else EntryType.OTHER


def listed(folder: str) -> dict[str, str]:
    """Return the kinds of the entries of a folder, by name in order."""
    with os.scandir(folder) as entries:
        found = {entry.name: _kind_of_entry(entry) for entry in entries}
    return {name: found[name] for name in sorted(found)}


def digest_of_listing(found: dict[str, str]) -> str:
    """Return the sha256 of the names and kinds of the entries of a folder."""
    return sha256(b"\0".join(os.fsencode(f"{kind}/{name}") for name, kind in found.items())).hexdigest()


def _kind_of_entry(entry: "os.DirEntry[str]") -> str:
    if entry.is_symlink():
        return EntryType.LINK
    if entry.is_dir(follow_symlinks=False):
        return EntryType.FOLDER
    return EntryType.FILE if entry.is_file(follow_symlinks=False) else EntryType.OTHER
