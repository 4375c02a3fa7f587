"""The settings of a workspace, `gatekeeper.yaml`: where it keeps its parts, and its roadmap."""

from gatekeeper.model.manifest import Manifest, MilestoneId, Words


class Settings(Manifest):
    """`gatekeeper.yaml`: the order of milestones, and other folders than the usual ones."""

    roadmap: tuple[MilestoneId, ...] | None = None
    """The milestones in order; not needed if their ids are one prefix with numbers, such as `M0`, `M1`."""
    gates: Words = "gates"
    """The rulebook, which may be one that several repositories share."""
    services: Words = "services"
    """The plan, and beside each manifest a folder for its artefacts."""
    milestones: Words = "milestones"
    """Milestones, and the risk register."""
    governance: Words | None = None
    """A roster of its own if the rulebook is shared; by default `governance.yaml` of the rulebook."""
