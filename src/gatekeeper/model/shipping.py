"""What the deploy gate says: may this service go to this destination now?"""

from datetime import date
from typing import NamedTuple

from gatekeeper.model.level import Level
from gatekeeper.model.rulebook import Destination
from gatekeeper.model.service import Service
from gatekeeper.model.verdict import CriterionResult, ExceptionSeen, NextStep, Reason


class Shipping(NamedTuple):
    """The answer for one service and one destination, with everything that speaks against it."""

    service: Service
    destination: Destination
    as_of: date
    commit: str | None
    """What is about to ship; None where neither the manifest nor the command says."""
    asked_level: Level | None
    """The lowest level that ships to the destination; None where none does."""
    verified_level: Level
    signed_level: Level
    held_level: Level
    """The lower of verified and signed off, or L4 by an exception that is in force."""
    reasons: tuple[Reason, ...]
    """Why it may not ship; empty where it may."""
    criteria: tuple[CriterionResult, ...]
    """The open criteria behind the reasons, each once."""
    next_steps: tuple[NextStep, ...]
    exceptions: tuple[ExceptionSeen, ...]
    of_any_commit: tuple[str, ...]
    """Criteria that ask for evidence of the release's commit, and pass only because it is not known."""
    waits_for: tuple[str, ...]
    """Criteria whose evidence may still be on its way, where nothing else stands against it."""

    rulebook_digest: str = ""
    """The digest of the rulebook that it was judged by."""

    @property
    def may_ship(self) -> bool:
        """Whether it may go there."""
        return not self.reasons

    @property
    def effective_level(self) -> Level:
        """The lower of what is verified and what is signed off."""
        return min(self.verified_level, self.signed_level)
