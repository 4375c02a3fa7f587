"""Write files, and notice that files change."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from gatekeeper.errors import UsageError
from gatekeeper.manifests.discovery import SETTINGS_FILE

if TYPE_CHECKING:
    from gatekeeper.workspace.loading import LoadedWorkspace

StrPath = str | os.PathLike[str]


def keep_sources(loaded: "LoadedWorkspace", outputs: Iterable[Path]) -> None:
    """Refuse to replace a manifest, a record or a mapped artefact by an output.

    Raises:
        UsageError: A workspace is read from one of the files.
    """
    from gatekeeper.evidence.record_files import FOLDER
    from gatekeeper.workspace.judging import evidence_files

    for file in outputs:
        place, root = os.path.realpath(file), Path(os.path.realpath(loaded.root))
        near = [
            service
            for name, service in loaded.manifests.services.items()
            if f"{os.sep}{name}{os.sep}" in place
            or service.folder
            or any(".." in of.path for of in service.evidence.values())
        ]
        sources = {os.path.normpath(root / one) for one in (SETTINGS_FILE, *loaded.manifests.files.values())}
        sources |= {os.path.realpath(one) for one in evidence_files(loaded, near)}
        records = [os.path.realpath(loaded.services_folder / service.service / FOLDER) for service in near]
        is_record = file.suffix == ".json" and os.path.realpath(file.parent) in records
        if place in sources or is_record:
            raise UsageError(f"{file} is a file of the workspace: name another one; nothing was written")


def as_utf_8(text: str) -> bytes:
    """Return text in UTF-8; a byte of a file name that is not UTF-8 (a lone surrogate) becomes an escape."""
    return text.encode("utf-8", "backslashreplace")


def write_file(path: Path, content: bytes | str | Iterable[str]) -> None:
    """Write a file completely or not at all; create its folder.

    A link stays, and its target is replaced. A device or a pipe is written to.
    Text in pieces is taken piece by piece.

    Raises:
        UsageError: It cannot be written.
    """
    pieces = [content] if isinstance(content, bytes | str) else content
    data = (as_utf_8(piece) if isinstance(piece, str) else piece for piece in pieces)
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            with path.open("wb") as opened:
                opened.writelines(data)
            return
        place = Path(os.path.realpath(path))
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
            temporary = Path(file.name)
            file.writelines(data)
        temporary.chmod(0o644)
        temporary.replace(place)
        temporary = None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


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
