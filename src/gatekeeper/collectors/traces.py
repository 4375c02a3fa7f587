"""Exported OpenTelemetry traces."""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class TracesFacts(NamedTuple):
    """What exported OpenTelemetry traces says; null where it does not."""

    services: tuple[str, ...] | None = None
    spans: int | None = None
    broken: tuple[Finding, ...] | None = None
    """Spans whose parent is missing."""
    crossings: int | None = None
    """Spans whose parent belongs to another service."""


FACTS = TracesFacts
