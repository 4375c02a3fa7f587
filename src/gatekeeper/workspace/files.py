"""Write files, and notice that files change."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from gatekeeper.errors import UsageError

StrPath = str | os.PathLike[str]


def write_file(path: Path, text: str) -> None:
    """Write a file completely or not at all; create its folder.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            file.write(text)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None


FileStates = dict[str, tuple[int, int, int]]
"""By path: the time of the last change, the size and the inode."""


def file_states(paths: Iterable[str]) -> FileStates:
    """Return the states of those files that exist; they differ after a change."""
    states = {}
    for path in paths:
        try:
            found = Path(path).stat()
        except (OSError, ValueError):
            continue
        states[path] = (found.st_mtime_ns, found.st_size, found.st_ino)
    return states
