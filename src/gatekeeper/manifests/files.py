"""Lock, check and replace manifest files: atomically, and without losing concurrent changes."""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.manifests import text_edit
from gatekeeper.manifests.fragments import Value
from gatekeeper.manifests.text_edit import Step
from gatekeeper.syntax import SyntaxProblem, decode
from gatekeeper.syntax.yaml import load
from gatekeeper.trees import refusal_of
from gatekeeper.trees.disk import read_file

PATIENCE_S = 30.0
"""How long a writer waits for the lock."""

_BOM = b"\xef\xbb\xbf"


@contextmanager
def only_writer(workspace: Path) -> Iterator[None]:
    """Hold the lock of a workspace, from reading it to writing it.

    The lock is on the folder itself: it leaves no file behind, and ends with the process. On systems without
    such locks, `replace` still detects that a file was changed.

    Raises:
        UsageError: Another process holds the lock for longer than `PATIENCE_S`.
    """
    try:
        import fcntl
    except ImportError:  # not on Windows
        yield
        return
    folder = os.open(workspace, os.O_RDONLY)
    try:
        give_up_at = time.monotonic() + PATIENCE_S
        while True:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > give_up_at:
                    raise UsageError(
                        f"another gatekeeper has been writing to {workspace} for {PATIENCE_S:g} s: try again"
                    ) from None
                time.sleep(0.02)
            except OSError:  # a file system without locks, such as a network share
                break
            else:
                break
        yield
    finally:
        os.close(folder)


def changed(data: bytes, path: Sequence[Step], value: Value | None) -> bytes:
    """Return a manifest with `value` at `path`, or without that entry (None), and otherwise unchanged.

    Raises:
        UsageError: The new text, read back, differs in more than this entry.
    """
    text = decode(data)
    keys = [step.key for step in path]
    written = text_edit.remove(text, path) if value is None else text_edit.put(text, path, value)
    after = (_BOM if data.startswith(_BOM) else b"") + written.encode()
    if _loaded(after) != _with(load(data).value, keys, value):
        entry = ".".join(map(str, keys))
        raise UsageError(f"`{entry}` cannot be changed without changing other entries: change it by hand")
    return after


def _loaded(data: bytes) -> object:
    """Return the content of a new text; None if it is not valid YAML."""
    try:
        return load(data).value
    except SyntaxProblem:
        return None


def _with(data: Any, keys: Sequence[str | int], value: Value | None) -> Any:
    """Return plain data with the change, without mappings that become empty."""
    key, *below = keys
    if isinstance(key, int):
        items = list(data)
        [held] = items[key : key + 1] or [{}]
        return [*items[:key], _with(held, below, value) if below else value, *items[key + 1 :]]
    rest = {name: inner for name, inner in data.items() if name != key}
    inner = _with(data.get(key, {}), below, value) if below else value
    return rest if inner in (None, {}) else {**rest, key: inner}


def check_place(repository: str, file: Path) -> None:
    """Check that a file may be written: it is in the repository, with the links of its folders followed.

    Raises:
        UsageError: It is elsewhere, or belongs to Git.
    """
    if why := refusal_of(os.path.realpath(repository), os.path.realpath(file)):
        raise UsageError(f"{file} {why}; nothing was written")


class Replacement(NamedTuple):
    """The new content of a file, and the content that it replaces; None: the file does not exist yet."""

    file: Path
    before: bytes | None
    after: bytes

    @property
    def place(self) -> Path:
        """The file itself, with links followed."""
        return Path(os.path.realpath(self.file))


def replace(*replacements: Replacement) -> None:
    """Replace the content of files, each atomically, and all or none of them if one cannot be written.

    The target of a link is replaced, not the link. A file keeps its mode and its owner.

    Raises:
        UsageError: A file was changed meanwhile, is read-only or cannot be written.
    """
    with ExitStack() as stack:
        temporaries = [(one, stack.enter_context(_prepared(one))) for one in replacements]
        for one in replacements:
            # As late as possible: editors do not use the lock.
            with _explained(one.file):
                if _read(one.place) != one.before:
                    raise UsageError(
                        f"{one.file} was changed meanwhile; nothing was written: run the command again"
                    )
        undo = stack.enter_context(ExitStack())
        for one, temporary in temporaries:
            with _explained(one.file):
                temporary.replace(one.place)
            undo.callback(_restore, one)
        undo.pop_all()


@contextmanager
def _prepared(one: Replacement) -> Iterator[Path]:
    """Write the new content to a file beside the old one; what is left of it is removed."""
    with _explained(one.file):
        one.place.parent.mkdir(parents=True, exist_ok=True)
        if one.before is not None and not one.place.stat().st_mode & 0o222:
            raise UsageError(f"{one.file} is read-only; nothing was written")
        temporary = _written_beside(one.place, one.after, like=one.place if one.before is not None else None)
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _restore(one: Replacement) -> None:
    if one.before is None:
        one.place.unlink(missing_ok=True)
    else:
        _written_beside(one.place, one.before, like=one.place).replace(one.place)


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}; nothing was written") from None


def _read(file: Path) -> bytes | None:
    try:
        return read_file(file)
    except FileNotFoundError:
        return None


def _written_beside(place: Path, data: bytes, like: Path | None) -> Path:
    """Write and sync a hidden file in the same folder, with the mode and owner of another."""
    with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".", suffix=".tmp", delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if like is None:
                temporary.chmod(0o644)
            else:
                status = like.stat()
                temporary.chmod(status.st_mode & 0o7777)
                with suppress(OSError):  # only root can give files away
                    os.chown(temporary, status.st_uid, status.st_gid)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
    return temporary
