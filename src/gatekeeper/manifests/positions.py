"""Find files and lines in a repository, for the formats that point at them."""

import os
from functools import cache
from pathlib import Path

from gatekeeper.model.report import Keys, Places, Where
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.yaml import YamlDocument, load
from gatekeeper.trees import EntryKind, Tree, refusal


def places(services_folder: Path, milestone: Path, tree: Tree) -> Places:
    """Return the lookups of files and lines; nothing is read before the first lookup."""
    looker = _Looker(services_folder, tree)
    # Cached, because several formats of one run look up the same places.
    return Places(
        of=cache(looker.of),
        find=cache(looker.find),
        link=looker.link,
        milestone=_relative(milestone, looker.repository),
    )


class _Looker:
    def __init__(self, services_folder: Path, tree: Tree) -> None:
        self.services_folder = services_folder
        self.tree = tree
        self.repository = Path(tree.root)
        self._opened: tuple[str, YamlDocument | None] = ("", None)

    def of(self, service: str, keys: Keys) -> Where:
        document = self._manifest(service)
        line, _ = document.position(keys, of_key=True) if document else (1, 1)
        return Where(_relative(self.services_folder / f"{service}.yaml", self.repository), line)

    def _manifest(self, service: str) -> YamlDocument | None:
        """Return the manifest of a service; only the last one is kept, because lookups go by service."""
        if self._opened[0] != service:
            try:
                document = load(self.tree.open(str(self.services_folder / f"{service}.yaml")).read())
            except (OSError, SyntaxProblem):  # it was removed or changed since it was judged
                document = None
            self._opened = (service, document)
        return self._opened[1]

    def find(self, service: str, file: str) -> str | None:
        """Return a file's path in the repository; tools write it relative to that or to their folder."""
        for folder in (self.repository, self.services_folder / service):
            path = os.path.normpath(folder / file)
            if self.tree.entry(path) is EntryKind.FILE and not refusal(self.tree, path):
                return Path(path).relative_to(self.repository).as_posix()
        return None

    def link(self, service: str, file: str) -> str | None:
        found = self.find(service, file)
        return (self.repository / found).as_uri() if found else None


def _relative(path: Path, repository: Path) -> str:
    return Path(os.path.relpath(os.path.realpath(path.parent) + os.sep + path.name, repository)).as_posix()
