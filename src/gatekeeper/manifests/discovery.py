"""Find a workspace, its repository and its files, without parsing YAML.

Shell completion uses it: it is fast, and works in a workspace with invalid manifests.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from gatekeeper.errors import UsageError
from gatekeeper.trees import EntryKind, Tree
from gatekeeper.trees.disk import DiskTree

SETTINGS_FILE = "gatekeeper.yaml"
FOLDERS = ("gates", "services", "milestones")
NOT_GATES = frozenset({"levels", "governance", "evidence"})
"""The names of the manifests beside those of gates."""
REGISTER = "risk-register"
CASES = "tests"
"""The folder of the files of cases, in that of the gates."""
FORMATS = "formats"
"""The folder of the formats that a workspace describes, in that of the gates."""
SUFFIX = ".yaml"


def is_workspace(root: Path, tree: Tree) -> bool:
    """Return whether a folder of a tree is a workspace."""
    return tree.exists(str(root / SETTINGS_FILE)) or all(
        tree.entry(str(root / part)) is EntryKind.FOLDER for part in FOLDERS
    )


def find_workspace(start: Path) -> Path:
    """Return the nearest folder at or above `start` that is a workspace.

    Raises:
        UsageError: No folder holds a workspace.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if is_workspace(folder, DiskTree(str(folder))):
            return folder
    misnamed = next(
        (file for folder in (here, *here.parents) for file in _other_settings_files(folder)), None
    )
    if misnamed:
        raise UsageError(f"no workspace here or above: rename {misnamed} to {SETTINGS_FILE}")
    raise UsageError(
        f"no workspace here or above: {start} has neither {SETTINGS_FILE} nor the folders "
        "gates, services and milestones; name its folder with -C, or start one with `gatekeeper init`"
    )


def is_other_settings_file(name: str) -> bool:
    """Return whether a name is another spelling of `gatekeeper.yaml`, which is not read."""
    stem, _, ending = name.lower().removeprefix(".").rpartition(".")
    return stem == "gatekeeper" and ending in ("yaml", "yml", "toml") and name != SETTINGS_FILE


def _other_settings_files(folder: Path) -> list[Path]:
    try:
        return sorted(file for file in folder.iterdir() if is_other_settings_file(file.name))
    except OSError:
        return []


def find_repository(workspace: Path) -> Path:
    """Return the root of the repository around a workspace; without a repository, the workspace itself.

    Every file that a manifest names must be inside it.
    """
    here = workspace.resolve()
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)


def folder_of(root: Path, part: str) -> Path:
    """Return the folder of a part of a workspace, by a text search in `gatekeeper.yaml`."""
    settings = root / SETTINGS_FILE
    written = None
    if settings.is_file():
        written = re.search(rf"^{part}:\s*[\"']?([^\"'#\n]+)", settings.read_text("utf-8"), re.MULTILINE)
    return root / (written.group(1).strip() if written else part)


def governance_file(root: Path) -> Path:
    """Return the path of the governance manifest."""
    own = folder_of(root, "governance")
    return own if own.is_file() else folder_of(root, "gates") / f"governance{SUFFIX}"


def manifests(root: Path) -> Iterator[Path]:
    """Yield the paths of all manifests of a workspace."""
    yield root / SETTINGS_FILE
    yield governance_file(root)
    parts = [folder_of(root, part) for part in FOLDERS]
    for folder in (*parts, parts[-1] / REGISTER):
        yield from manifests_in(folder)
    yield from (file for file in (parts[0] / FORMATS).glob("*/*") if file.is_file())


def files_of_cases(root: Path) -> Iterator[Path]:
    """Yield the paths of all cases of the rulebook, and of the artefacts beside them."""
    return (file for file in (folder_of(root, "gates") / CASES).rglob("*") if file.is_file())


def manifests_in(folder: Path) -> list[Path]:
    """Return the manifests of a folder, sorted by name; an empty list if the folder does not exist."""
    try:
        files = sorted(folder.iterdir())
    except OSError:
        return []
    return [file for file in files if file.name.endswith(SUFFIX) and file.name[0] != "." and file.is_file()]
