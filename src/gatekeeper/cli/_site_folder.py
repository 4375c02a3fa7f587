"""The folder of a site, known by the list of its files: nothing else is overwritten or removed."""

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from gatekeeper.cli._run import write_file
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from gatekeeper.reporters.pages.html import Page

LIST = "site.json"


class SiteFolder:
    """A folder that is empty, does not exist yet, or holds an earlier site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.earlier = self._listed()

    def _listed(self) -> frozenset[str]:
        """Return the files of the earlier site; refuse a folder that is no site."""
        if not self.folder.exists():
            return frozenset()
        if not self.folder.is_dir():
            raise UsageError(f"{self.folder} is no folder")
        try:
            found = json.loads((self.folder / LIST).read_text(encoding="utf-8"))
            return frozenset(name for name in found["files"] if _is_inside(name))
        except FileNotFoundError:
            if any(self.folder.iterdir()):
                raise UsageError(
                    f"{self.folder} holds files of another kind: name an empty folder, or one that an "
                    "earlier `gatekeeper site` wrote"
                ) from None
            return frozenset()
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            raise UsageError(
                f"{self.folder / LIST} is not what `gatekeeper site` writes: remove it"
            ) from None

    def write(self, pages: "Iterable[Page]") -> int:
        """Write every page, then the list of them, and remove what is no longer one; return their number."""
        files: dict[str, str] = {}
        for page in pages:
            write_file(self.folder / page.path, page.text)
            files[page.path] = sha256(page.text.encode()).hexdigest()
        listed = {"schema_version": 1, "files": dict(sorted(files.items()))}
        write_file(self.folder / LIST, json.dumps(listed, indent=2) + "\n")
        for name in self.earlier - files.keys():
            self._remove(self.folder / name)
        return len(files) + 1

    def _remove(self, file: Path) -> None:
        try:
            file.unlink(missing_ok=True)
            file.parent.rmdir()
        except OSError:
            # The folder still holds others, or somebody else's: it may stay.
            return


def _is_inside(name: object) -> bool:
    """Whether a name of the list stays within the folder; the list may have been edited."""
    if not isinstance(name, str):
        return False
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name
