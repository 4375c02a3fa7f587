"""What a person sees before signing a level."""

from collections.abc import Mapping
from typing import NamedTuple

from gatekeeper.model.level import Level
from gatekeeper.model.verdict import CriterionResult


class SignOffPreview(NamedTuple):
    """The levels of a service, and what is open, before a level is signed."""

    level: Level
    verified: Level
    signed: Level
    claimed: Level
    open: tuple[CriterionResult, ...]
    """The open criteria that prevent the level from being verified, each once."""
    dead_gates: tuple[str, ...]
    """Gates that prevent it because none of their criteria applies."""
    lacking: Mapping[str, str | None]
    """Roles whose sign-off the level lacks, each with the reason if a given one does not count."""

    @property
    def is_verified(self) -> bool:
        """Whether the evidence reaches the level."""
        return self.verified >= self.level
