"""The folder of a site. `site.json` lists its files; no other file is overwritten or removed."""

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from gatekeeper.errors import UsageError
from gatekeeper.reporters.text import SCHEMA_VERSION
from gatekeeper.workspace.files import write_file

if TYPE_CHECKING:
    from gatekeeper.reporters.pages.html import Page

LIST = "site.json"


class SiteFolder:
    """A folder that is empty, does not exist yet, or contains an earlier site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.earlier = self._listed()

    def _listed(self) -> frozenset[str]:
        """Return the files of the earlier site; refuse a folder with other files."""
        if not self.folder.exists():
            return frozenset()
        if not self.folder.is_dir():
            raise UsageError(f"{self.folder} is not a folder")
        try:
            found = json.loads((self.folder / LIST).read_text(encoding="utf-8"))
            return frozenset(name for name in found["files"] if _is_inside(name))
        except FileNotFoundError:
            if any(self.folder.iterdir()):
                raise UsageError(
                    f"{self.folder} contains other files: name an empty folder, or a site created by "
                    "`gatekeeper site`"
                ) from None
            return frozenset()
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            raise UsageError(
                f"{self.folder / LIST} was not written by `gatekeeper site`: remove it"
            ) from None

    def write(self, pages: "Iterable[Page]") -> int:
        """Write every page and the list of pages, remove obsolete pages, and return the number of files."""
        files: dict[str, str] = {}
        for page in pages:
            write_file(self.folder / page.path, page.text)
            files[page.path] = sha256(page.text.encode()).hexdigest()
        listed = {"schema_version": SCHEMA_VERSION, "files": dict(sorted(files.items()))}
        write_file(self.folder / LIST, json.dumps(listed, indent=2) + "\n")
        for name in self.earlier - files.keys():
            self._remove(self.folder / name)
        return len(files) + 1

    def _remove(self, file: Path) -> None:
        try:
            file.unlink(missing_ok=True)
            file.parent.rmdir()
        except OSError:
            # The folder contains other files and stays.
            return


def _is_inside(name: object) -> bool:
    """Return whether a name of the list is inside the folder; somebody may have edited the list."""
    if not isinstance(name, str):
        return False
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name
