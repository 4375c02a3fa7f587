"""Loading what one service needs, and nothing of the others: a deploy has no time to read them all.

The rulebook, the milestones, the service, and its entries of the risk register are checked as always;
mistakes in other services are not seen.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from gatekeeper.errors import UsageError, nearest
from gatekeeper.manifests.load import REGISTER, Loaded, _Loader
from gatekeeper.manifests.settings import Settings
from gatekeeper.trees import Tree, is_inside

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def load_one(root: Path, tree: Tree, service: str) -> Loaded:
    """Load the workspace at `root` as far as it concerns one service; raise `UsageError` if there is none."""
    return _OneService(root, tree, service).load()


class _OneService(_Loader):
    def __init__(self, root: Path, tree: Tree, service: str) -> None:
        super().__init__(root, tree, None)
        self._service = service
        self._settings_read = Settings.model_construct()

    def _settings(self) -> Settings:
        self._settings_read = super()._settings()
        return self._settings_read

    def _manifests(self, folder: str, apart: Iterable[str]) -> list[str]:
        settings = self._settings_read
        if folder == settings.services:
            return [self._file_of_service(folder)]
        files = super()._manifests(folder, set(apart))
        if folder == str(Path(settings.milestones, REGISTER)):
            return [file for file in files if self._may_concern(file)]
        return files

    def _file_of_service(self, folder: str) -> str:
        file = f"{folder}/{self._service}.yaml"
        if _NAME.fullmatch(self._service) and self.tree.exists(self._path(file)):
            return file
        names = [path.stem for path in sorted((self.root / folder).glob("*.yaml"))]
        raise UsageError(f"unknown service {self._service!r}; {nearest(self._service, names)}")

    def _may_concern(self, file: str) -> bool:
        """Whether a register entry may be about the service: it names it, or it may spell it in escapes."""
        path = self._path(file)
        try:
            data = self.tree.open(path).read() if is_inside(self.tree, path) else None
        except OSError:
            data = None
        return data is None or self._service.encode() in data or b"\\" in data
