"""A loaded workspace: every manifest and its file."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from gatekeeper.model.conventions import Conventions
from gatekeeper.model.evidence_rules import EvidenceRules
from gatekeeper.model.manifest import Manifest
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rulebook import Gate, Governance, Levels
from gatekeeper.model.service import Service

ManifestKey = tuple[type[Manifest], str]
"""The type and name of a manifest; levels and governance have the name `""`."""


class Manifests(NamedTuple):
    """The manifests of a workspace, sorted by name (milestones by the roadmap)."""

    levels: Levels
    governance: Governance
    gates: Mapping[str, Gate]
    services: Mapping[str, Service]
    """With the defaults of their profile and of the workspace."""
    milestones: Roadmap
    exceptions: Mapping[str, RegisteredException]
    files: Mapping[ManifestKey, str]
    """The path of each manifest, relative to the workspace."""
    rulebook_digest: str
    evidence_rules: EvidenceRules = EvidenceRules.model_construct()
    id: str | None = None
    """A UUID that no other workspace has."""
    formats: Mapping[str, Mapping[str, str]] = {}
    """The formats that it describes itself: their descriptions in YAML, by kind and name."""
    formats_folder: str = ""
    """Where they are, relative to the workspace."""
    unread: Collection[str] = ()
    """The names of all services, if manifests were left out on purpose."""
    trusted_root: bytes | None = None
    """The certificates and keys of the Sigstore instance whose bundles count, in JSON."""
    conventions: Conventions = Conventions.model_construct()
    """The defaults of services, as `gatekeeper.yaml` states them."""
    mapped_by: Mapping[str, Mapping[str, str]] = {}
    """By service and slot, where a mapping comes from if it is not the manifest: `profile go-service`."""

    links: str | None = None
    """The template of addresses of files on the forge."""
    records: str | None = None
    """Where `pull` finds the records of services."""

    @property
    def repository(self) -> str | None:
        """The repository of each service, with `{service}` for its name."""
        return self.conventions.repository


class Mistake(NamedTuple):
    """A mistake in a manifest, before its line and column are looked up."""

    file: str
    path: tuple[str | int, ...]
    message: str
    hint: str | None = None
    of_key: bool = False
    """Whether the key is at fault instead of its value."""
