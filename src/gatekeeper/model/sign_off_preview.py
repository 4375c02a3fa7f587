"""What a signature under a level is put under."""

from collections.abc import Mapping
from typing import NamedTuple

from gatekeeper.model.level import Level
from gatekeeper.model.verdict import CriterionResult


class SignOffPreview(NamedTuple):
    """Where a service stands when a level of it is signed."""

    level: Level
    verified: Level
    signed: Level
    open: tuple[CriterionResult, ...]
    """What keeps the level from being verified, each once."""
    dead_gates: tuple[str, ...]
    """Gates that do the same because nothing of them applies."""
    lacking: Mapping[str, str | None]
    """Roles whose sign-off the level lacks, with why the one given does not count."""

    @property
    def is_verified(self) -> bool:
        """Whether the evidence reaches the level."""
        return self.verified >= self.level
