"""Where a workspace keeps its parts: `gatekeeper.yaml`, and how the workspace is found."""

from pathlib import Path

from gatekeeper.errors import UsageError
from gatekeeper.model.manifest import Manifest, Words
from gatekeeper.trees import Entry, Tree
from gatekeeper.trees.disk import DiskTree

SETTINGS_FILE = "gatekeeper.yaml"
FOLDERS = ("gates", "services", "milestones")


class Settings(Manifest):
    """`gatekeeper.yaml`: other folders than the usual ones, relative to the workspace."""

    gates: Words = "gates"
    services: Words = "services"
    milestones: Words = "milestones"
    governance: Words | None = None
    """A roster of its own, where the rulebook is shared; by default `governance.yaml` of the rulebook."""


def is_workspace(root: Path, tree: Tree) -> bool:
    """Whether a folder of a tree is a workspace."""
    has_settings = tree.entry(str(root / SETTINGS_FILE)) is Entry.FILE
    return has_settings or all(tree.entry(str(root / part)) is Entry.FOLDER for part in FOLDERS)


def find_workspace(start: Path) -> Path:
    """Return the nearest folder at or above `start` that is a workspace."""
    here = start.resolve()
    for folder in (here, *here.parents):
        if is_workspace(folder, DiskTree(str(folder))):
            return folder
    raise UsageError(
        f"no workspace here or above: {start} has neither {SETTINGS_FILE} nor the folders "
        "gates, services and milestones; start one with `gatekeeper init`"
    )


def find_repository(workspace: Path) -> Path:
    """Return the root of the repository around a workspace; without one, the workspace itself.

    Nothing that a manifest names may lie outside it.
    """
    here = workspace.resolve()
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)
