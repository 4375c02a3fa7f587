"""A SARIF log as scans: every result of every run counts, of any tool.

A log of tools of which none looked at dependencies, by its name or by its results, is not a dependency scan.
"""

import re
from functools import lru_cache

from gatekeeper.collectors.formats.sarif import log as sarif
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.merging import united
from gatekeeper.collectors.reading.one_line import LONGEST
from gatekeeper.collectors.vulnerabilities import _purl
from gatekeeper.collectors.vulnerabilities._report import (
    Package,
    Scan,
    Vulnerability,
    VulnerabilityReport,
    names,
)
from gatekeeper.model.evidence import Finding

_IDENTIFIER = re.compile(
    r"(?<![a-z0-9])(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3}|(?:RUSTSEC|PYSEC|GO|MAL)-\d{4}-\d+|SNYK-[A-Z]+-[A-Z0-9-]+)"
    r"(?![0-9])",
    re.IGNORECASE,
)
_SCANNERS = re.compile(
    r"\b(trivy|grype|snyk(?! ?(code|iac))|osv.scanner|(npm|pnpm|yarn|pip|cargo|bundler?|composer).?audit"
    r"|auditjs|dependency.?check|dependabot|checkmarx.sca|whitesource|black.?duck|sonatype"
    r"|nexus iq|jfrog xray|anchore|clair|docker scout|cargo.deny|govulncheck|retire(\.?js)?"
    r"|amazon inspector|fossa|veracode sca|semgrep supply chain)\b",
    re.IGNORECASE,
)


def recognises(content: Content) -> bool:
    """Return whether the file is a SARIF log."""
    return sarif.recognises(content.object)


def read(content: Content) -> VulnerabilityReport:
    """Return each run as a scan."""
    runs = sarif.read(content.object, content.name)
    scans = (
        Scan(
            run.tool,
            tuple(_vulnerability(result, content.name) for result in run.results),
            run.origin.subjects,
            _is_of_dependencies(run),
        )
        for run in runs
    )
    return VulnerabilityReport(united([run.origin for run in runs]), tuple(scans))


def _is_of_dependencies(run: sarif.Run) -> bool:
    """Return whether the tool is a scanner of dependencies, or names an advisory or a package."""
    return bool(_SCANNERS.search(run.tool)) or any(
        _IDENTIFIER.search(name) or _purl.parsed(name)
        for names_ in (run.names, *(result.names for result in run.results))
        for name in names_
    )


def _vulnerability(result: sarif.Result, log: str) -> Vulnerability:
    return Vulnerability(
        severity=result.severity,
        finding=_finding(result, log),
        # No statement is about a result that contradicts itself.
        advisories=() if result.contradiction else _advisories(result.names),
        package=_package(result.purls),
        closed=result.suppression,
    )


def _finding(result: sarif.Result, log: str) -> Finding:
    rule = (result.rule or "")[:LONGEST]
    message = result.message if rule in result.message else f"{rule}: {result.message}"
    return result.finding(f"{result.severity}: {message}", log)


@lru_cache(maxsize=4096)  # thousands of results violate a few hundred rules
def _advisories(rule: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the names of the vulnerability; the rules of Grype have names such as `CVE-2024-1-openssl`."""
    return (names(*rule, *(found for name in rule for found in _IDENTIFIER.findall(name))),)


@lru_cache(maxsize=4096)
def _package(purls: tuple[str, ...]) -> Package:
    """Return the package of a rule without its version: Grype names only the first version it found."""
    return Package(purl=_purl.without_version(purls[0])) if len(purls) == 1 else Package()
