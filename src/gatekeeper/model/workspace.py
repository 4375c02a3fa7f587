"""A loaded workspace: every manifest, and which file each came from."""

from collections.abc import Mapping
from typing import NamedTuple

from gatekeeper.model.manifest import Manifest
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.rulebook import Gate, Governance, Levels
from gatekeeper.model.service import Service

ManifestKey = tuple[type[Manifest], str]
"""What a manifest is, and its name: a service and a gate may share one. Levels and governance: `""`."""


class Manifests(NamedTuple):
    """The manifests of a workspace, in the order of their names (milestones and gates by number)."""

    levels: Levels
    governance: Governance
    gates: Mapping[str, Gate]
    services: Mapping[str, Service]
    milestones: Mapping[str, Milestone]
    exceptions: Mapping[str, RegisteredException]
    files: Mapping[ManifestKey, str]
    """Where each manifest stands, relative to the workspace."""
    rulebook_digest: str


class Mistake(NamedTuple):
    """Something in a manifest that does not fit the rest, before it is given a line and a column."""

    file: str
    path: tuple[str | int, ...]
    message: str
    hint: str | None = None
    of_key: bool = False
    """The key is at fault rather than its value."""
