"""The changes that one report lists."""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class ApiChanges(NamedTuple):
    """How many changes there are, and which of them break clients."""

    format: str
    changes: int
    breaking: tuple[Finding, ...]
