"""Find files and lines in a repository, for the formats that point at them."""

import os
from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from gatekeeper.manifests.discovery import SETTINGS_FILE
from gatekeeper.model.report import Keys, Places, Where
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.yaml import YamlDocument, load
from gatekeeper.trees import EntryKind, Tree, refusal

_WITH_DEFAULTS = ("evidence", "targets", "labels", "folder")
"""The fields of a service that a profile or the workspace may give it."""


class WorkspaceFolders(NamedTuple):
    """The folders in which files are looked up."""

    root: Path
    services: Path
    artefacts: Callable[[str], str]
    """Returns the folder of a service's artefacts."""


def places(folders: WorkspaceFolders, milestone: Path, tree: Tree) -> Places:
    """Return the lookups of files and lines; nothing is read before the first lookup."""
    looker = _Looker(folders, tree)
    # Cached, because several formats of one run look up the same places.
    return Places(
        of=cache(looker.of),
        find=cache(looker.find),
        link=looker.link,
        milestone=_relative(milestone, looker.repository),
    )


def line_of(manifest: YamlDocument, settings: YamlDocument | None, keys: Keys) -> tuple[bool, int]:
    """Return whether a value of a service is a default, and its line in the settings or in the manifest."""
    if settings and keys and keys[0] in _WITH_DEFAULTS and not manifest.has(keys):
        profile = str(manifest.value["profile"]) if manifest.has(("profile",)) else ""
        for place in (("profiles", profile, *keys), keys):
            if settings.has(place):
                return True, settings.position(place, of_key=True)[0]
    return False, manifest.position(keys, of_key=True)[0]


class _Looker:
    def __init__(self, folders: WorkspaceFolders, tree: Tree) -> None:
        self.folders = folders
        self.tree = tree
        self.repository = Path(tree.root)
        self._opened: tuple[str, YamlDocument | None] = ("", None)

    def of(self, service: str, keys: Keys) -> Where:
        document, line = self._manifest(service), 1
        if document:
            is_default, line = line_of(document, self._settings, keys)
            if is_default:
                return Where(_relative(self.folders.root / SETTINGS_FILE, self.repository), line)
        return Where(_relative(self.folders.services / f"{service}.yaml", self.repository), line)

    @cached_property
    def _settings(self) -> YamlDocument | None:
        return self._document(self.folders.root / SETTINGS_FILE)

    def _document(self, file: Path) -> YamlDocument | None:
        try:
            return load(self.tree.open(str(file)).read())
        except (OSError, SyntaxProblem):  # it was removed or changed since it was judged
            return None

    def _manifest(self, service: str) -> YamlDocument | None:
        """Return the manifest of a service; only the last one is kept, because lookups go by service."""
        if self._opened[0] != service:
            self._opened = (service, self._document(self.folders.services / f"{service}.yaml"))
        return self._opened[1]

    def find(self, service: str, file: str) -> str | None:
        """Return a file's path in the repository; tools write it relative to that or to their folder."""
        for folder in (self.repository, Path(self.folders.artefacts(service))):
            path = os.path.normpath(folder / file)
            if self.tree.entry(path) is EntryKind.FILE and not refusal(self.tree, path):
                return Path(path).relative_to(self.repository).as_posix()
        return None

    def link(self, service: str, file: str) -> str | None:
        found = self.find(service, file)
        return (self.repository / found).as_uri() if found else None


def _relative(path: Path, repository: Path) -> str:
    return Path(os.path.relpath(os.path.realpath(path.parent) + os.sep + path.name, repository)).as_posix()
