"""The folder of the cache: where it is, whether it may be trusted, and which of its files are ours."""

import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from gatekeeper.version import __version__

VARIABLE = "GATEKEEPER_CACHE"
"""The environment variable that names the folder of the cache."""
OFF = "off"
"""Its value for no cache."""
SCHEMA = 1
"""The version of the layout of a file."""
_OURS = re.compile(r"gatekeeper-[0-9A-Za-z.+]+-[a-z]+-\d+-\d+\.sqlite(-journal|\.\d+\.new(-journal)?)?")


class Untrusted(Exception):  # noqa: N818 - a result: the program runs without a cache
    """The folder or a file of the cache is not safe to use; the message says why."""


class CacheFile(NamedTuple):
    """A file of the cache, of this version of the program or of another one."""

    path: Path
    size: int
    """In bytes."""
    changed: float
    """When it was last written, in seconds since 1970."""


def usual_folder(environment: Mapping[str, str], platform: str = sys.platform) -> Path | None:
    """Return the folder that the environment names, else that of the user's caches; None without a home."""
    if named := environment.get(VARIABLE):
        return Path(named)
    home = Path(environment.get("HOME") or os.path.expanduser("~"))  # noqa: PTH111 - `~` without a home
    if platform == "win32":
        base = Path(environment.get("LOCALAPPDATA") or home / "AppData/Local")
    elif platform == "darwin":
        base = home / "Library/Caches"
    else:
        base = Path(environment.get("XDG_CACHE_HOME") or home / ".cache")
    # A relative path would depend on the folder that the program runs in.
    return base / "gatekeeper" if base.is_absolute() else None


def is_within(folder: Path, repository: Path) -> bool:
    """Return whether a folder is in a repository once links are followed."""
    return folder.resolve().is_relative_to(repository.resolve())


def file_in(folder: Path) -> Path:
    """Return the path of the file that this version of the program uses, with this version of Python."""
    return folder / f"gatekeeper-{__version__}-{sys.implementation.cache_tag}-{SCHEMA}.sqlite"


def prepare(folder: Path) -> None:
    """Make the folder if it is not there, for the user only, and check that it may be trusted.

    Raises:
        Untrusted: It is a link or no folder, it is of another user, or others may write to it.
        OSError: It cannot be made.
    """
    if not os.path.lexists(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    check(folder, stat.S_IFDIR)


def check(path: Path, kind: int) -> None:
    """Check that a path is a folder or a file of the user, and that only the user may write to it.

    Raises:
        Untrusted: It is not.
        OSError: It is not there.
    """
    found = path.lstat()
    if stat.S_IFMT(found.st_mode) != kind:
        raise Untrusted(f"{path} is not a {'folder' if kind == stat.S_IFDIR else 'regular file'}")
    if os.name == "posix" and found.st_uid != os.geteuid():
        raise Untrusted(f"{path} is of another user")
    if os.name == "posix" and found.st_mode & 0o022:
        raise Untrusted(f"others may write to {path}")


def files_of(folder: Path) -> Iterator[CacheFile]:
    """Yield the files of the cache in a folder, sorted by name.

    Raises:
        Untrusted: The folder may not be trusted.
        OSError: It cannot be listed.
    """
    if not os.path.lexists(folder):
        return
    check(folder, stat.S_IFDIR)
    for path in sorted(folder.iterdir()):
        found = path.lstat()
        if _OURS.fullmatch(path.name) and stat.S_ISREG(found.st_mode):
            yield CacheFile(path, found.st_size, found.st_mtime)
