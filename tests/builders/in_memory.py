"""Workspaces in memory: manifests as plain data, artefacts as bytes, and small changes of both."""

import errno
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from gatekeeper.trees import EntryKind, OpenFile, TooLarge
from gatekeeper.workspace.states import State

ROOT = "/workspace"
GONE = object()
"""The value of a change that deletes."""

Files = Mapping[str, Any]
"""Files by their path below `ROOT`: the data of a manifest, or the bytes of an artefact."""
Step = str | int


class Op(NamedTuple):
    """One change of one file."""

    file: str
    path: tuple[Step, ...]
    """Where in the manifest; empty for the whole file."""
    value: Any
    """The new value, or `GONE`."""

    def __str__(self) -> str:
        where = ".".join(map(str, self.path))
        what = "deleted" if self.value is GONE else f"= {_shown(self.value)}"
        return f"{self.file} {where} {what}".replace("  ", " ")


def _shown(value: Any) -> str:
    text = value.decode() if isinstance(value, bytes) else json.dumps(value)
    return text if len(text) <= 300 else f"{text[:300]}..."


def changed(files: Files, ops: Iterable[Op]) -> Files:
    """Return files with changes; a change of something that is not there any more has no effect."""
    found = dict(files)
    for file, path, value in ops:
        if not path and value is GONE:
            found.pop(file, None)
        elif not path:
            found[file] = value
        elif file in found:
            found[file] = _set(found[file], path, value)
    return found


def _set(within: Any, path: tuple[Step, ...], value: Any) -> Any:
    step, rest = path[0], path[1:]
    copy = list(within) if isinstance(within, list) else dict(within or {})
    is_there = step < len(copy) if isinstance(step, int) else step in copy
    if rest:
        if not is_there and isinstance(copy, list):
            return within
        copy[step] = _set(copy[step] if is_there else {}, rest, value)  # type: ignore[index]
    elif value is not GONE and (is_there or isinstance(copy, dict)):
        copy[step] = value  # type: ignore[index]
    elif is_there:
        del copy[step]  # type: ignore[arg-type]
    return copy


class MemoryTree:
    """A tree of files in memory, see `Tree`."""

    def __init__(self, files: Files) -> None:
        self.root = ROOT
        self._files = {f"{ROOT}/{name}": content for name, content in files.items()}
        self._folders: dict[str, set[str]] = {}
        for path in self._files:
            while path != ROOT:
                folder, name = os.path.split(path)
                self._folders.setdefault(folder, set()).add(name)
                path = folder  # noqa: PLW2901

    def entry(self, path: str) -> EntryKind | None:
        if path in self._files:
            return EntryKind.FILE
        return EntryKind.FOLDER if path in self._folders else None

    def exists(self, path: str) -> bool:
        return self.entry(path) is not None

    def names(self, folder: str) -> list[str]:
        if folder not in self._folders:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        return sorted(self._folders[folder])

    def walk(self, folder: str, passed_over: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
        names = self.names(folder)
        yield folder, [name for name in names if f"{folder}/{name}" in self._files]
        for name in names:
            if f"{folder}/{name}" in self._folders and name not in passed_over:
                yield from self.walk(f"{folder}/{name}", passed_over)

    def real(self, path: str) -> str:
        return path

    def open(self, path: str, at_most: int | None = None) -> OpenFile:
        return OpenFile(lambda: self._read(path, at_most))

    def _read(self, path: str, at_most: int | None) -> bytes:
        if path not in self._files:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        data = _written(self._files[path])
        if at_most is not None and len(data) > at_most:
            raise TooLarge(len(data))
        return data


def state(name: str, files: Files) -> State:
    """Return a state of a workspace, to be compared."""
    return State(Path(ROOT), MemoryTree(files), name)


def _written(content: Any) -> bytes:
    return content if isinstance(content, bytes) else json.dumps(content).encode()


def write_files(folder: Path, before: Files, after: Files) -> None:
    """Write files to a folder on disk that holds those of `before`."""
    for name in before.keys() - after.keys():
        (folder / name).unlink()
    for name, content in after.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(_written(content))
