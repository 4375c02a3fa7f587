"""Where a workspace keeps its parts: `gatekeeper.yaml`."""

from gatekeeper.manifests.finding import FOLDERS, SETTINGS_FILE, find_repository, find_workspace, is_workspace
from gatekeeper.model.manifest import Manifest, Words

__all__ = ["FOLDERS", "SETTINGS_FILE", "Settings", "find_repository", "find_workspace", "is_workspace"]


class Settings(Manifest):
    """`gatekeeper.yaml`: other folders than the usual ones, relative to the workspace."""

    gates: Words = "gates"
    """The rulebook, which may be one that several repositories share."""
    services: Words = "services"
    """The plan, and beside each manifest a folder for its artefacts."""
    milestones: Words = "milestones"
    """Milestones, and the risk register."""
    governance: Words | None = None
    """A roster of its own, where the rulebook is shared; by default `governance.yaml` of the rulebook."""
