"""What is asked of a tree while something is judged: it becomes observations."""

import os
from typing import NamedTuple

from gatekeeper.trees.observations import FolderSeen, Observations, Stat


class ContentSeen(NamedTuple):
    """The content of a file that was given out, and the stat data from before it was read."""

    sha256: str
    size: int
    stat: Stat | None


class _Folder:
    """What was asked about the entries of a folder in one scope."""

    __slots__ = ("files", "kinds", "listing", "stat")

    def __init__(self, found: Stat | None) -> None:
        self.stat = found
        self.files: dict[str, ContentSeen] = {}
        self.kinds: dict[str, str | None] = {}
        self.listing: str | None = None


class ObservedScope:
    """What was asked of a tree while the scope was open."""

    def __init__(self, reader: str) -> None:
        self.reader = reader
        """Which user asked."""
        self.folders: dict[str, _Folder] = {}
        """What was asked, by folder; relative to the root."""
        self._flaw: str | None = None
        self._streams = 0

    def observations(self) -> Observations | None:
        """Return what was seen; None if the scope is not reusable."""
        if self.why_not():
            return None
        return Observations(self.reader, [_seen(path, self.folders[path]) for path in sorted(self.folders)])

    def why_not(self) -> str | None:
        """Return why it is not reusable; None if it is."""
        if self._streams:
            self.give_up("a file is still open")
        return self._flaw

    def give_up(self, why: str) -> None:
        """Do not reuse what is made of this scope."""
        self._flaw = self._flaw or why

    def include(self, other: "ObservedScope") -> None:
        """Add what was asked in another scope, whose answers are used in this one."""
        if why := other.why_not():
            self.give_up(why)
        for path, folder in other.folders.items():
            if folder.listing is not None:
                self.add_listing(path, folder.stat, folder.listing)
            for name, kind in folder.kinds.items():
                self.add_kind(path, folder.stat, name, kind)
            for name, content in folder.files.items():
                self.add_file(path, folder.stat, name, content)

    def add_kind(self, path: str, found: Stat | None, name: str, kind: str | None) -> None:
        """Record the kind of an entry; None for an absent one."""
        if self._folder(path, found).kinds.setdefault(name, kind) != kind:
            self.give_up(f"{path}{os.sep}{name} changed while it was read")

    def add_listing(self, path: str, found: Stat | None, digest: str) -> None:
        """Record the names of a folder and their kinds."""
        folder = self._folder(path, found)
        if folder.listing not in (None, digest):
            self.give_up(f"{path} changed while it was read")
        folder.listing = digest

    def add_file(self, path: str, found: Stat | None, name: str, content: ContentSeen) -> None:
        """Record the content of a file."""
        if self._folder(path, found).files.setdefault(name, content)[:2] != content[:2]:
            self.give_up(f"{path}{os.sep}{name} changed while it was read")

    def opened(self) -> None:
        """Count a file that is given out piece by piece."""
        self._streams += 1

    def closed(self) -> None:
        """Count such a file as read."""
        self._streams -= 1

    def _folder(self, path: str, found: Stat | None) -> _Folder:
        folder = self.folders.get(path)
        if folder is None:
            folder = self.folders[path] = _Folder(found)
        elif folder.stat != found:  # asked of two trees
            folder.stat = None
        return folder


def _seen(path: str, folder: _Folder) -> FolderSeen:
    kinds = [[name, kind] for name, kind in folder.kinds.items() if kind and name not in folder.files]
    absent = [name for name, kind in folder.kinds.items() if kind is None]
    matters = kinds or absent or folder.listing is not None
    files = [[name, *content] for name, content in folder.files.items()]
    return [path, folder.stat if matters else None, folder.listing, files, kinds, absent]
