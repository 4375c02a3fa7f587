"""Findings of a penetration test: your own list, DefectDojo's generic findings, SARIF, reports of scanners.

Your own list may say which `service` was tested, and the `milestone` of the release in its scope.

The format is recognised from the content. A finding is open unless the file says that it is closed. Several
files are several tests: their findings are merged, and all of them must be readable. A report of ZAP is
partial if its insights say that requests failed. A SARIF log with a run without a time has no date; that its
tool finds nothing proves nothing, unless the tool is known to attack what runs.
"""

from collections.abc import Mapping
from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class PenTestFacts(NamedTuple):
    """The findings of a penetration test."""

    open: tuple[Finding, ...] | None = None
    """Each begins with its severity. An accepted risk is still a weakness, so it is open; a finding
    under review is open too."""
    closed: int | None = None
    """Mitigated, false positives, duplicates, out of scope; of SARIF the suppressed results. 0 is a valid
    count: a test without findings."""
    engagement: str | None = None
    """The name of the test, or the names of several; null if the file does not state it."""
    milestone: str | None = None
    """The milestone of the release in its scope, if all files state the same."""


FACTS = PenTestFacts
PLACES: Mapping[str, frozenset[str]] = {
    "tool": frozenset({"open"}),
    "list": frozenset({"open"}),
    "contradiction": frozenset(),
}
MEASURES = True
AMOUNTS = ("items",)
