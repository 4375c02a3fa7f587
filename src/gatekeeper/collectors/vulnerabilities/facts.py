"""A vulnerability scan: SARIF 2.1.0, Trivy, Grype, npm audit, OSV-Scanner; with VEX beside it.

The format is recognised from the content. Of several files, one scan per tool, all must be readable; they are
summed, so that what two tools found counts twice. VEX documents among them (OpenVEX, CycloneDX, CSAF) close
findings of the scans. A scan that does not show that anything was scanned is missing.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class VulnerabilitiesFacts(NamedTuple):
    """What a vulnerability scan says; null where it does not.

    A vulnerability counts as often as its scanner lists it: npm 7 counts packages, npm 6 advisories, OSV
    groups of aliases, Trivy and Grype matches of a package, SARIF results. By CVSS score critical is 9.0 and
    more, high 7.0, medium 4.0.
    """

    critical: int | None = None
    high: int | None = None
    """With those of unknown severity."""
    medium: int | None = None
    """With npm's moderate."""
    low: int | None = None
    """With what scanners call negligible or informational."""
    findings: tuple[Finding, ...] | None = None
    """Open findings, the most severe first."""
    scanner: str | None = None
    """The names of the scanners, sorted."""
    closed: tuple[Finding, ...] | None = None
    """Findings that do not count, the most severe first, each with the reason: suppressed, ignored, or not
    affected by a VEX statement."""
    uncounted: tuple[Finding, ...] | None = None
    """Secrets and misconfigurations that Trivy found besides: they are no vulnerabilities of dependencies.
    Null where no scan of Trivy is among the files."""


FACTS = VulnerabilitiesFacts
