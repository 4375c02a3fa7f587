"""What a file says of a penetration test, whatever format it is in."""

from datetime import datetime
from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class PenTestReport(NamedTuple):
    """A whole file."""

    format: str
    open: tuple[Finding, ...]
    closed: int
    engagement: str | None = None
    produced_at: datetime | None = None
