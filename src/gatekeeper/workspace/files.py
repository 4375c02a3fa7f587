"""Write files, and notice that files change."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from gatekeeper.errors import UsageError

StrPath = str | os.PathLike[str]


def write_file(path: Path, text: str) -> None:
    """Write a file completely or not at all; create its folder.

    A link stays, and its target is replaced. A device or a pipe is written to.

    Raises:
        UsageError: It cannot be written.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8") as opened:
                opened.write(text)
            return
        place = Path(os.path.realpath(path))
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=place.parent, delete=False) as file:
            temporary = Path(file.name)
            file.write(text)
        temporary.chmod(0o644)
        temporary.replace(place)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
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
