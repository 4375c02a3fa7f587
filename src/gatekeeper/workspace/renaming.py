"""Rename a service: its manifest, its folder and every reference to it; what is signed goes on to count."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.manifests import files
from gatekeeper.manifests.code_owners import files_read
from gatekeeper.manifests.conventions import resolve
from gatekeeper.manifests.fragments import Value
from gatekeeper.manifests.text_edit import Step
from gatekeeper.manifests.validation import parse
from gatekeeper.model.manifest import NAME, Manifest
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.rulebook import Gate, Governance, Levels
from gatekeeper.model.service import Service
from gatekeeper.syntax.code_owners import Forge
from gatekeeper.syntax.yaml import load
from gatekeeper.trees import TooLarge, refusal
from gatekeeper.workspace.editing import ordered, service_file, validated, value_of
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.selection import service_named

_MOST_FILES, _MOST_BYTES, _MOST_MENTIONS = 5_000, 1_000_000, 50
_NOT_SEARCHED = frozenset({".git", "node_modules", ".venv"})
_Path = tuple[str | int, ...]


class Rename(NamedTuple):
    """What a rename writes, and what mentions the old name and stays as it is."""

    replacements: tuple[files.Replacement, ...]
    """The first one is the manifest, at its new place."""
    moves: tuple[tuple[Path, Path], ...]
    """The manifest and the folder: from where to where."""
    changed: tuple[str, ...]
    """The files that change, relative to the repository, with what is written instead of a default."""
    mentions: tuple[str, ...]
    """Places that name the service in another way, as `file:line`."""

    def write(self) -> None:
        """Move and write everything, or nothing if something cannot be written."""
        with ExitStack() as undo:
            for old, new in self.moves:
                if os.path.lexists(new):
                    raise UsageError(f"{new} exists; nothing was written")
                try:
                    old.rename(new)
                except OSError as error:
                    raise UsageError(
                        f"{old} cannot be moved: {error.strerror}; nothing was written"
                    ) from None
                undo.callback(new.rename, old)
            files.replace(*self.replacements)
            undo.pop_all()


def prepare_rename(loaded: LoadedWorkspace, name: str, new: str) -> Rename:
    """Return what renaming a service would write.

    Raises:
        UsageError: There is no such service, the new name is taken or not a name, the workspace would not be
            valid, or a file cannot be edited or is outside the repository.
    """
    service_named(loaded.manifests, name)
    if not re.fullmatch(NAME, new):
        raise UsageError(
            f"{new!r} is not a name: letters, digits, `-`, `_` and `.`, as in the names of files"
        )
    moves = tuple(_moves(loaded, name, new))
    texts = _Texts(loaded, name, new)
    _check(loaded, texts, name, new)
    owners = tuple(_code_owners(loaded, name, new))
    own, root = moves[0][1], loaded.repository
    written = [
        files.Replacement(own if file == texts.own else loaded.root / file, *of)
        for file, of in texts.by_file.items()
    ]
    written.sort(key=lambda one: one.file != own)
    for one in (*written, *owners):
        files.check_place(loaded.tree.root, one.file)
    moved = [f"{_inside(root, old)} → {_inside(root, at)}" for old, at in moves]
    edited = [_inside(root, one.file) for one in (*written, *owners) if one.file != own]
    return Rename(
        (*written, *owners),
        moves,
        (*moved, *edited, *texts.notes),
        tuple(_mentions(loaded, name, [one.file for one in (*written, *owners)])),
    )


def _inside(root: Path, file: Path) -> str:
    return Path(os.path.relpath(file, root)).as_posix()


def _moves(loaded: LoadedWorkspace, name: str, new: str) -> Iterator[tuple[Path, Path]]:
    """Yield the manifest and the folder of a service, each with its new place, which must be free."""
    for ending in (".yaml", ""):
        old, at = (loaded.services_folder / f"{one}{ending}" for one in (name, new))
        if os.path.lexists(at):
            raise UsageError(f"{_inside(loaded.repository, at)} exists already; nothing was written")
        if old.is_symlink():
            raise UsageError(f"{_inside(loaded.repository, old)} is a link; nothing was written")
        files.check_place(loaded.tree.root, at)
        if not ending and not old.is_dir():
            return
        yield old, at


class _Texts:
    """The manifests that change: their bytes before and after, by file."""

    def __init__(self, loaded: LoadedWorkspace, name: str, new: str) -> None:
        self._loaded, self._name, self._new = loaded, name, new
        self.own = loaded.manifests.files[Service, name]
        self.by_file: dict[str, tuple[bytes, bytes]] = {}
        self.notes: list[str] = []
        """What is written in the manifest instead of a default that contains the name."""
        for (model, of), file in loaded.manifests.files.items():
            if loaded.tree.exists(str(loaded.root / file)):
                self._edit(file, self._references(model, of, file))
        service = loaded.manifests.services[name]
        self._edit(
            self.own, [(("service",), new), (("identity", "formerly"), [*service.identity.formerly, name])]
        )
        self._edit(self.own, self._no_longer_derived(service))

    def after(self, file: str) -> bytes:
        """Return the text of a file as it will be."""
        return self.by_file[file][1] if file in self.by_file else self._read(file)

    def _read(self, file: str) -> bytes:
        return self._loaded.tree.open(str(self._loaded.root / file)).read()

    def _edit(self, file: str, edits: "Iterator[tuple[_Path, Value]] | list[tuple[_Path, Value]]") -> None:
        for path, value in list(edits):
            before = self.by_file[file][0] if file in self.by_file else self._read(file)
            steps = [*map(Step, path)]
            if file == self.own:
                steps = [*ordered(steps, Service)]
            self.by_file[file] = (before, files.changed(self.after(file), steps, value))

    def _references(self, model: type[Manifest], of: str, file: str) -> Iterator[tuple[_Path, Value]]:
        """Yield the places of a manifest that name the service or its folder, with what they become."""
        raw = load(self._read(file)).value
        if model is Service:
            yield from self._named_in(raw, ("depends_on",))
            yield from self._paths(of, raw)
        elif model is Milestone:
            for i, _ in enumerate(raw.get("must_be_green") or ()):
                yield from self._named_in(raw, ("must_be_green", i, "service"))
        elif model is RegisteredException:
            yield from self._named_in(raw, ("service",))
        elif model is Gate:
            yield from self._exempt(raw, ())
        elif model is Levels:
            for i, level in enumerate(raw["levels"]):
                yield from self._exempt(level, ("levels", i))
        elif model is Governance:
            for recorder in raw.get("recorders") or ():
                yield from self._named_in(raw, ("recorders", recorder, "services"))

    def _exempt(self, group: Any, where: _Path) -> Iterator[tuple[_Path, Value]]:
        for i, one in enumerate(group.get("criteria") or ()):
            names = (one.get("applies_when") or {}).get("except_services") or ()
            for j, name in enumerate(names):
                if name == self._name:
                    yield (*where, "criteria", i, "applies_when", "except_services", j), self._new

    def _named_in(self, raw: Any, path: _Path) -> Iterator[tuple[_Path, Value]]:
        """Yield the name at a path, or the items of a list there that are the name."""
        for step in path:
            raw = raw[step] if isinstance(step, int) else raw.get(step)
            if raw is None:
                return
        for i, item in enumerate(raw) if isinstance(raw, list) else ():
            if item == self._name:
                yield (*path, i), self._new
        if raw == self._name:
            yield path, self._new

    def _paths(self, of: str, raw: Any) -> Iterator[tuple[_Path, Value]]:
        """Yield the paths of a manifest that lead into the folder of the service."""
        loaded = self._loaded
        if isinstance(folder := raw.get("folder"), str):
            yield from self._path(("folder",), str(loaded.root), folder)
        artefacts = loaded.folders(loaded.manifests.services[of]).artefacts
        for slot, entry in (raw.get("evidence") or {}).items():
            path = entry.get("path") if isinstance(entry, dict) else entry
            where = ("evidence", slot, "path") if isinstance(entry, dict) else ("evidence", slot)
            if isinstance(path, str):
                yield from self._path(where, artefacts, path)

    def _path(self, where: _Path, folder: str, path: str) -> Iterator[tuple[_Path, Value]]:
        if (moved := self._moved(folder, path)) != path:
            yield where, moved

    def _moved(self, folder: str, path: str) -> str:
        """Return a path, seen from a folder, as it is once the folder of the service has its new name."""
        at, steps = folder, []
        for step in path.split("/"):
            at = os.path.normpath(f"{at}/{step}")
            is_folder = step == self._name and at == str(self._loaded.services_folder / self._name)
            steps.append(self._new if is_folder else step)
        return "/".join(steps)

    def _no_longer_derived(self, service: Service) -> Iterator[tuple[_Path, Value]]:
        """Yield what followed from the old name: a repository, a folder, the paths of slots."""
        template = self._loaded.rulebook.repository
        if template and "{service}" in template and service.identity.repository is None:
            yield self._noted(("identity", "repository"), template.replace("{service}", self._name))
        written = parse(self.after(self.own), self.own, Service).model
        if written is None:
            return
        now = resolve(written, self._loaded.manifests.conventions).service
        if service.folder and written.folder is None:
            folder = self._moved(str(self._loaded.root), service.folder)
            if folder != now.folder:
                yield self._noted(("folder",), folder)
        artefacts = self._loaded.folders(service).artefacts
        for slot, pointer in service.evidence.items():
            moved = pointer.model_copy(update={"path": self._moved(artefacts, pointer.path)})
            if slot not in written.evidence and now.evidence.get(slot) != moved:
                yield self._noted(("evidence", slot), value_of(moved))

    def _noted(self, path: tuple[str, ...], value: Value) -> tuple[_Path, Value]:
        self.notes.append(f"`{'.'.join(path)}` is written in the manifest: it followed from the old name")
        return path, value


def _check(loaded: LoadedWorkspace, texts: _Texts, name: str, new: str) -> None:
    """Check that the workspace will be valid.

    Raises:
        UsageError: It will not, with every problem.
    """
    own = service_file(loaded, new)
    others = {key: file for key, file in loaded.manifests.files.items() if key != (Service, name)}
    services = {other: of for other, of in loaded.manifests.services.items() if other != name}
    models = {file: model for (model, _), file in loaded.manifests.files.items()}
    after = {
        own if file == texts.own else file: (models[file], text) for file, (_, text) in texts.by_file.items()
    }
    validated(loaded, loaded.manifests._replace(services=services, files=others), after)


def _code_owners(loaded: LoadedWorkspace, name: str, new: str) -> Iterator[files.Replacement]:
    """Yield CODEOWNERS with the lines that name the manifest or the folder of the service."""
    services = re.escape(_inside(loaded.repository, loaded.services_folder))
    pattern = re.compile(rf"(?m)^(?!#)(/?{services}/){re.escape(name)}(?=\.yaml(?:\s|$)|/|\s|$)")
    for file in dict.fromkeys(files_read(loaded.tree, Forge).values()):
        before = loaded.tree.open(str(loaded.repository / file)).read()
        after = pattern.sub(rf"\g<1>{new}", before.decode("utf-8", "surrogateescape"))
        if (data := after.encode("utf-8", "surrogateescape")) != before:
            yield files.Replacement(loaded.repository / file, before, data)


def _mentions(loaded: LoadedWorkspace, name: str, edited: Iterable[Path]) -> Iterator[str]:
    """Yield the lines of other files that have the name, within limits."""
    word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])".encode())
    own, seen, found = str(loaded.services_folder / name), 0, 0
    written = {f"{own}.yaml", *map(str, edited)}
    for folder, names in loaded.tree.walk(str(loaded.repository), _NOT_SEARCHED):
        for file in (f"{folder}/{one}" for one in names):
            seen += 1
            if seen > _MOST_FILES or found >= _MOST_MENTIONS:
                return
            if file in written or file.startswith(f"{own}/") or refusal(loaded.tree, file):
                continue
            try:
                data = loaded.tree.open(file, _MOST_BYTES).read()
            except (OSError, TooLarge):
                continue
            for number, line in enumerate(data.split(b"\n"), 1) if b"\0" not in data else ():
                if word.search(line):
                    found += 1
                    yield f"{_inside(loaded.repository, Path(file))}:{number}"
