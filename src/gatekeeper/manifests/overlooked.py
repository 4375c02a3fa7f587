"""Find the files that look like a part of a workspace and are not read: wrong name, format or folder.

A file that is clearly meant as a manifest is an error. Anything else that has no effect is a warning.
"""

import os
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import PurePosixPath

from gatekeeper.errors import Problem
from gatekeeper.manifests.discovery import (
    CASES,
    FOLDERS,
    REGISTER,
    SETTINGS_FILE,
    SUFFIX,
    is_other_settings_file,
)
from gatekeeper.model.manifest import Manifest
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.rulebook import Gate
from gatekeeper.model.service import Service
from gatekeeper.trees import EntryKind, TooLarge, Tree, refusal

_KEYS: dict[type[Manifest], tuple[str, ...]] = {
    Service: ("service", "plan"),
    Gate: ("gate", "criteria"),
    Milestone: ("milestone",),
    RegisteredException: ("id", "delta"),
}
"""The keys by which a manifest is recognised, whether or not it is valid."""
_PLURALS = {Service: "services", Gate: "gates", Milestone: "milestones", RegisteredException: "exceptions"}
_TOP_LEVEL = {".yaml": r"(?m)^[\"']?{}[\"']?\s*:", ".json": r"\"{}\"\s*:", ".toml": r"(?m)^\[?{}\b"}
"""How each format writes a key of a manifest."""
_COPY = re.compile(r"\.ya?ml[._-]", re.IGNORECASE)
_MOST_BYTES = 1_000_000
_MOST_FILES = 2_000
_SKIPPED = frozenset({".git", "node_modules"})


class Overlooked:
    """Collects what is in the folders of a workspace and is not read."""

    def __init__(self, root: str, tree: Tree) -> None:
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []
        self._root = root
        self._tree = tree

    def look_for_settings(self) -> None:
        """Look for a settings file with another name."""
        names = self._tree.names(self._root)
        for name in filter(is_other_settings_file, names):
            hint = f"rename it to {SETTINGS_FILE}"
            if SETTINGS_FILE in names:
                hint = f"move its content to {SETTINGS_FILE}, and remove it"
            self._error(name, f"is not read: the settings are in {SETTINGS_FILE}", hint)

    def look_for_folders(self, used: Sequence[str]) -> None:
        """Look for folders with nearly the names of those of gates, services and milestones, listed first."""
        read = [f"{self._path(one)}{os.sep}" for one in used]
        names = {name.casefold() for name in (*FOLDERS, *used)}
        for name in self._tree.names(self._root):
            path = self._path(name)
            is_used = any(one.startswith(f"{path}{os.sep}") for one in read)
            if name.casefold() not in names or is_used or self._tree.entry(path) is not EntryKind.FOLDER:
                continue
            if any(file.endswith(SUFFIX) for file in self._tree.names(path)):
                message = f"is not read: manifests are read from {', '.join(used[:3])}"
                self._warn(name, message, "move what should count there, and remove the folder")

    def look_beside(self, folder: str, names: Collection[str], model: type[Manifest]) -> None:
        """Look at the files of a folder that are not manifests by their names."""
        for name in names:
            stem, dot, last = name.rpartition(".")
            file, ending = f"{folder}/{name}", dot + last.lower()
            if name.endswith(SUFFIX):
                continue
            if ending in (".yml", SUFFIX):
                self._error(file, "would be ignored", f"rename it to end in {SUFFIX}")
            elif ending in (".json", ".toml"):
                report = self._error if self._looks_like(file, model, ending) else self._warn
                hint = f"write it as YAML in {folder}/{stem}{SUFFIX}, or move it elsewhere"
                report(file, "is not read: manifests are YAML", hint)
            elif _COPY.search(name):
                message = f"is not read: the name of a manifest ends in {SUFFIX}"
                self._warn(file, message, "rename or remove it")

    def look_below(
        self, folder: str, names: Collection[str], model: type[Manifest], used: Collection[str]
    ) -> None:
        """Look at the folders in a folder of manifests; of services, only at those without a manifest.

        Args:
            folder: The folder, relative to the workspace.
            names: The names in it.
            model: The type of its manifests.
            used: The folders that manifests are read from.
        """
        if f"{self._path('')}{os.sep}".startswith(f"{self._path(folder)}{os.sep}"):
            return  # it contains the whole workspace
        read = [f"{self._path(one)}{os.sep}" for one in used]
        known = set(names) if model is Service else {f"{CASES}{SUFFIX}"} if model is Gate else set()
        for name in names:
            if name.endswith(SUFFIX) or f"{name}{SUFFIX}" in known:
                continue
            path = self._path(f"{folder}/{name}")
            is_used = any(one.startswith(f"{path}{os.sep}") for one in read)
            if not is_used and self._tree.entry(path) is EntryKind.FOLDER:
                self._look_into(folder, name, model)

    def _look_into(self, folder: str, name: str, model: type[Manifest]) -> None:
        inner = f"{folder}/{name}"
        if refusal(self._tree, self._path(inner)):
            self._warn(inner, "is a link out of the repository, and is not read", "remove it")
            return
        files = list(islice(self._files(inner), _MOST_FILES))
        written = [file for file in files if file.lower().endswith((SUFFIX, ".yml"))]
        homes = {model: folder}
        if model is Milestone:
            homes[RegisteredException] = f"{folder}/{REGISTER}"
        is_meant = False
        for file in written:
            for one, home in homes.items():
                if self._looks_like(file, one, SUFFIX):
                    is_meant = True
                    message = f"is not read: manifests of {_PLURALS[one]} are read directly in {home}/ only"
                    self._error(file, message, f"move it to {home}/{PurePosixPath(file).stem}{SUFFIX}")
        if is_meant:
            return
        if files and model is Service:
            message = f"is not read: there is no service manifest {inner}{SUFFIX}"
            self._warn(inner, message, "add it, or rename the folder to the name of its service")
        elif written:
            message = f"its YAML files are not read: manifests are read directly in {folder}/ only"
            self._warn(inner, message, "move them there, or elsewhere")

    def _files(self, folder: str) -> Iterator[str]:
        """Yield the files of a folder and of those below, relative to the workspace."""
        path = self._path(folder)
        for parent, names in self._tree.walk(path, _SKIPPED):
            inner = folder + parent[len(path) :].replace(os.sep, "/")
            yield from (f"{inner}/{name}" for name in names if not name.startswith("."))

    def _looks_like(self, file: str, model: type[Manifest], ending: str) -> bool:
        path = self._path(file)
        if self._tree.entry(path) is not EntryKind.FILE or refusal(self._tree, path):
            return False
        try:
            text = self._tree.open(path, _MOST_BYTES).read().decode("utf-8", "replace")
        except (OSError, TooLarge):
            return False
        if ending == ".json" and '"schema_version"' in text:
            return False  # a report of this program
        return all(re.search(_TOP_LEVEL[ending].format(key), text) for key in _KEYS[model])

    def _path(self, file: str) -> str:
        return os.path.normpath(os.path.join(self._root, file))

    def _error(self, file: str, message: str, hint: str) -> None:
        self.errors.append(Problem(file, 1, 1, message, hint))

    def _warn(self, file: str, message: str, hint: str) -> None:
        self.warnings.append(Problem(file, 1, 1, message, hint))
