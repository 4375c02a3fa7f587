"""The settings of a workspace, `gatekeeper.yaml`: where it keeps its parts."""

from gatekeeper.model.manifest import Manifest, Words


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
