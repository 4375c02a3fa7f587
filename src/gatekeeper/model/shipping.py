"""The result of the deploy gate: whether a service may be deployed to a destination."""

from datetime import date
from typing import NamedTuple

from gatekeeper.errors import ExitCode
from gatekeeper.model.action import Action
from gatekeeper.model.deployed import DeployedSubject
from gatekeeper.model.evidence import Evidence
from gatekeeper.model.level import Level
from gatekeeper.model.service import Service
from gatekeeper.model.verdict import CriterionResult, ExceptionSeen, Reason


class ManifestFile(NamedTuple):
    """A manifest that decided."""

    path: str
    """Relative to the repository."""
    sha256: str
    is_rule: bool
    """Whether it is one of the rulebook."""


class Deployed(NamedTuple):
    """What is deployed, and the files of the workspace by which it was judged."""

    subjects: tuple[DeployedSubject, ...]
    own: tuple[bool, ...]
    """For each subject, whether `identity.images` names it; otherwise it is unchecked."""
    resource: str
    """The URI of the image or package."""
    manifests: tuple[ManifestFile, ...]
    """Sorted by path."""
    workspace_commit: str | None
    """The commit of the workspace; None without Git."""
    uncommitted: tuple[str, ...]
    """The manifests that differ from the commit."""


class Shipping(NamedTuple):
    """The result for one service and one destination, with the reasons against deploying."""

    service: Service
    destination: str
    as_of: date
    commit: str | None
    """The commit to be deployed; None if neither the manifest nor the command names it."""
    asked_level: Level
    """The lowest level that may be deployed to the destination."""
    claimed_level: Level
    verified_level: Level
    signed_level: Level
    held_level: Level
    """The lower of verified and signed off, or the excused level if exceptions in force cover the rest."""
    reasons: tuple[Reason, ...]
    """Why it may not be deployed; empty if it may."""
    criteria: tuple[CriterionResult, ...]
    """The open criteria behind the reasons, each once."""
    actions: tuple[Action, ...]
    exceptions: tuple[ExceptionSeen, ...]
    of_any_commit: tuple[str, ...]
    """Criteria that need evidence of the release's commit, and pass only because no commit is known."""
    waits_for: tuple[str, ...]
    """Criteria with pending evidence, if nothing else prevents the deployment."""

    has_sign_offs: bool = True
    """Whether levels are signed off; otherwise the claimed level counts as signed."""
    rulebook_digest: str = ""
    """The digest of the rulebook that it was judged by."""
    evidence: tuple[Evidence, ...] = ()
    """All evidence of the service that was read."""
    deployed: Deployed | None = None
    """What is deployed; None if nobody named it."""

    @property
    def exit_code(self) -> ExitCode:
        """What `gatekeeper can-ship` ends with."""
        return ExitCode.READY if self.may_ship else ExitCode.BLOCKED

    @property
    def may_ship(self) -> bool:
        """Whether it may be deployed."""
        return not self.reasons

    @property
    def effective_level(self) -> Level:
        """The lower of what is verified and what is signed off."""
        return min(self.verified_level, self.signed_level)
