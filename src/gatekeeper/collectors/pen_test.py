"""Penetration test findings."""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class PenTestFacts(NamedTuple):
    """What penetration test findings says; null where it does not."""

    open: tuple[Finding, ...] | None = None
    closed: int | None = None
    engagement: str | None = None


FACTS = PenTestFacts
