"""A vulnerability scan: SARIF 2.1.0, or what one of many scanners writes; with VEX beside it.

The format is recognised from the content. Several files are several scans, one per tool; all must be
readable. They are summed, so a vulnerability that two tools found counts twice. VEX documents among them
(OpenVEX, CycloneDX, CSAF) close findings of the scans. A scan that does not show that anything was scanned
is missing. If nothing shows at what a tool looked, as in the log of a linter, `scans` and counts of none
are null.
"""

from collections.abc import Mapping
from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class VulnerabilitiesFacts(NamedTuple):
    """Vulnerabilities; a fact is null if the files do not state it.

    A vulnerability counts as often as its scanner lists it: npm 7 counts packages, npm 6 advisories, OSV
    groups of aliases, Trivy and Grype matches of a package, SARIF results. Snyk lists each path to one; it
    counts once for each package, and what govulncheck found once for each module. By CVSS score critical is
    from 9.0, high from 7.0, medium from 4.0. A severity that nothing states counts as high and may be
    critical, so that a count of no critical ones is null. Of severities that contradict each other the most
    severe counts. What else a scanner finds in the same scan counts by its severity: in Trivy's JSON as in
    its SARIF, secrets, failed misconfigurations and licences; in SARIF every result.
    """

    critical: int | None = None
    high: int | None = None
    medium: int | None = None
    """Includes npm's moderate."""
    low: int | None = None
    """Includes negligible and informational."""
    findings: tuple[Finding, ...] | None = None
    """Open findings, the most severe first."""
    scanner: str | None = None
    """The names of the scanners, sorted."""
    closed: tuple[Finding, ...] | None = None
    """Findings that do not count, the most severe first, each with the reason: suppressed, ignored, or closed
    by a VEX statement."""
    statements_unused: tuple[Finding, ...] | None = None
    """VEX statements about vulnerabilities that were found, which close nothing: they are not about what was
    scanned, do not say what they are about, or lack what their format demands. Null without a VEX document.
    """
    scans: tuple[str, ...] | None = None
    """At what the scanners looked, sorted: `code`, `configuration`, `dependencies`, `licences`, `secrets`."""


FACTS = VulnerabilitiesFacts
_COUNTS = frozenset({"critical", "high", "medium", "low"})
PLACES: Mapping[str, frozenset[str]] = {
    "tool": _COUNTS | {"findings", "scans"},
    "list": _COUNTS | {"findings"},
    "severity": frozenset({"critical"}),
    "filter": _COUNTS | {"findings"},
    "contradiction": frozenset(),
}
MEASURES = True
AMOUNTS = ("items",)
