"""The type into which every format of penetration test report is read."""

from datetime import datetime
from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class PenTestReport(NamedTuple):
    """The findings of one file."""

    format: str
    open: tuple[Finding, ...]
    closed: int
    engagement: str | None = None
    produced_at: datetime | None = None
