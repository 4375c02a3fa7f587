"""Findings of a penetration test: a list of one's own, DefectDojo's generic findings, SARIF, a ZAP report.

The format is recognised from the content. A finding is open until the file says that it is closed. Several
files are several tests: their findings are put together, and all of them must be readable.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class PenTestFacts(NamedTuple):
    """What the findings of a penetration test say."""

    open: tuple[Finding, ...] | None = None
    """Each with its severity in front. An accepted risk is still a hole, so it is open; so is what is under
    review."""
    closed: int | None = None
    """Mitigated, false positives, duplicates, out of scope; of SARIF the suppressed ones. 0 is a count like
    any other: a test without findings."""
    engagement: str | None = None
    """The name of the test, of several all names; null where the file does not say."""


FACTS = PenTestFacts
