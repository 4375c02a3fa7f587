"""A vulnerability scan."""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class VulnerabilitiesFacts(NamedTuple):
    """What a vulnerability scan says; null where it does not."""

    critical: int | None = None
    high: int | None = None
    """With those of unknown severity."""
    medium: int | None = None
    low: int | None = None
    findings: tuple[Finding, ...] | None = None
    """Open findings, the most severe first."""
    scanner: str | None = None


FACTS = VulnerabilitiesFacts
