"""What the cache holds, and how it is cleared."""

from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from gatekeeper.cache.folder import CacheFile, Untrusted, file_in, files_of
from gatekeeper.cache.store import Entries, open_store


class CacheContents(NamedTuple):
    """The folder of the cache and what is in it."""

    folder: Path
    files: tuple[CacheFile, ...]
    """Also those of other versions of the program."""
    entries: Mapping[str, Entries]
    """What this version finds, by table; empty without a file of its own."""
    flaw: str | None = None
    """Why it is not used."""

    @property
    def size(self) -> int:
        """The size of all files in bytes."""
        return sum(file.size for file in self.files)


def contents(folder: Path) -> CacheContents:
    """Return what the cache in a folder holds; it is not made if it is not there."""
    try:
        files = tuple(files_of(folder))
    except (Untrusted, OSError) as reason:
        return CacheContents(folder, (), {}, str(reason))
    if not any(file.path == file_in(folder) for file in files):
        return CacheContents(folder, files, {})
    store = open_store(folder)
    if store is None:
        return CacheContents(folder, files, {}, "its file cannot be used; -v logs why")
    with closing(store):
        return CacheContents(folder, files, store.entries())


def clear(folder: Path) -> CacheContents:
    """Remove the files of the cache, and the folder if nothing else is in it; return what was removed.

    Raises:
        Untrusted: The folder may not be trusted.
        OSError: A file cannot be removed.
    """
    files = tuple(files_of(folder))
    for file in files:
        file.path.unlink(missing_ok=True)
    with suppress(OSError):  # other files are in it
        folder.rmdir()
    return CacheContents(folder, files, {})
