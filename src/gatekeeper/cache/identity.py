"""What the answers of this program depend on besides their input: its own code and what is installed.

Two machines that have installed the same have the same identity. To read all code takes as long as a small
check, so the store keeps it under the times of all files, which change whenever one is written.
"""

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator

from gatekeeper.version import __version__

_INSTALLED = (".dist-info", ".egg-info", ".egg-link", ".pth")
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def by_times() -> str:
    """Return a digest of the path, time and size of each module, and of the folders of distributions.

    Raises:
        OSError: The code is not in files.
    """
    modules = [_with_time(entry) for entry in _files(_PACKAGE)]
    return _digest([*modules, *(f"{folder} {time} {name}" for folder, time, name in _installed())])


def _with_time(entry: "os.DirEntry[str]") -> str:
    found = entry.stat()
    return f"{entry.path} {found.st_mtime_ns} {found.st_size}"


def by_content() -> str:
    """Return a digest of each module, and of the digests that an installer wrote of each distribution.

    Raises:
        OSError: The code is not in files.
    """
    modules = (f"{_hash(entry.path)} {entry.path[len(_PACKAGE) :]}" for entry in _files(_PACKAGE))
    return _digest([*modules, *(_distribution(folder, name) for folder, _, name in _installed())])


def _digest(lines: Iterable[str]) -> str:
    python = f"{sys.implementation.cache_tag} {sys.version} {sys.platform}"
    text = "\n".join([__version__, python, *sorted(lines)])
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _files(folder: str) -> Iterator["os.DirEntry[str]"]:
    """Yield each file of a package."""
    folders = [folder]
    for one in folders:  # grows
        with os.scandir(one) as entries:
            for entry in entries:
                if not entry.is_dir():
                    yield entry
                elif entry.name != "__pycache__":
                    folders.append(entry.path)


def _installed() -> Iterator[tuple[str, int, str]]:
    """Yield the folder, its time and the name of each distribution that Python can import."""
    for folder in dict.fromkeys(map(os.path.abspath, sys.path)):
        try:
            names, found = os.listdir(folder), os.stat(folder)
        except OSError:
            continue  # a zip file, or not there
        yield from ((folder, found.st_mtime_ns, name) for name in names if name.endswith(_INSTALLED))


def _distribution(folder: str, name: str) -> str:
    """Return the name of a distribution, which has its version, and the digest of the list of its files."""
    try:
        return f"{name} {_hash(os.path.join(folder, name, 'RECORD'))}"
    except OSError:
        return name


def _hash(file: str) -> str:
    with open(file, "rb") as opened:
        return hashlib.sha256(opened.read()).hexdigest()
