"""What the answers of this program depend on besides their input: its own code and what is installed."""

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator

from gatekeeper.version import __version__

_INSTALLED = (".dist-info", ".egg-info", ".egg-link", ".pth")
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def identity() -> str:
    """Return a digest of this program, of Python and of all installed distributions.

    A checkout may be edited without a new version, so every module counts with its time and size. The name of
    the folder that an installer makes for a distribution has its version: a parser or a plugin that is
    installed, upgraded or removed changes the digest.

    Raises:
        OSError: The code is not in files.
    """
    python = f"{sys.implementation.cache_tag} {sys.version} {sys.platform}"
    lines = [__version__, python, *sorted(_modules(_PACKAGE)), *sorted(_installed(sys.path))]
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _modules(folder: str) -> Iterator[str]:
    """Yield the path, time and size of each file of a package."""
    folders = [folder]
    for one in folders:  # grows
        with os.scandir(one) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders += [] if entry.name == "__pycache__" else [entry.path]
                else:
                    found = entry.stat()
                    yield f"{entry.path} {found.st_mtime_ns} {found.st_size}"


def _installed(path: Iterable[str]) -> Iterator[str]:
    """Yield the time of each folder that Python imports from, and the distributions in it."""
    for folder in path:
        try:
            names = os.listdir(folder or ".")
            changed = os.stat(folder or ".").st_mtime_ns
        except OSError:
            continue  # a zip file, or not there
        found = [name for name in names if name.endswith(_INSTALLED)]
        if found:
            yield f"{folder} {changed}"
            yield from found
