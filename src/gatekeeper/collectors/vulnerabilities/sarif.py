"""A SARIF log as scans: every result of every run counts, of any tool."""

import re
from functools import lru_cache

from gatekeeper.collectors.formats.sarif import log as sarif
from gatekeeper.collectors.reading.content import Content
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

_IDENTIFIER = re.compile(r"(?:CVE-[0-9]{4}-[0-9]{4,}|GHSA(?:-[0-9a-z]{4}){3})(?![0-9])", re.IGNORECASE)


def recognises(content: Content) -> bool:
    """Return whether the file is a SARIF log."""
    return sarif.recognises(content.object)


def read(content: Content) -> VulnerabilityReport:
    """Return each run as a scan."""
    scans = (
        Scan(run.tool, tuple(_vulnerability(result, content.name) for result in run.results), run.produced_at)
        for run in sarif.read(content.object)
    )
    return VulnerabilityReport(sarif.FORMAT, tuple(scans))


def _vulnerability(result: sarif.Result, log: str) -> Vulnerability:
    return Vulnerability(
        severity=result.severity,
        finding=_finding(result, log),
        advisories=_advisories(result.names),
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
