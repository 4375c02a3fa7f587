"""The result of the deploy gate: whether a service may be deployed to a destination."""

from datetime import date
from typing import NamedTuple

from gatekeeper.errors import ExitCode
from gatekeeper.model.level import Level
from gatekeeper.model.service import Service
from gatekeeper.model.verdict import CriterionResult, ExceptionSeen, NextStep, Reason


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
    next_steps: tuple[NextStep, ...]
    exceptions: tuple[ExceptionSeen, ...]
    of_any_commit: tuple[str, ...]
    """Criteria that need evidence of the release's commit, and pass only because no commit is known."""
    waits_for: tuple[str, ...]
    """Criteria with pending evidence, if nothing else prevents the deployment."""

    has_sign_offs: bool = True
    """Whether levels are signed off; otherwise the claimed level counts as signed."""
    rulebook_digest: str = ""
    """The digest of the rulebook that it was judged by."""

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
