"""A SARIF log taken as a scan: every result of every run counts, whatever the tool looked for."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from gatekeeper.collectors.formats.sarif import log as sarif
from gatekeeper.collectors.reading.one_line import LONGEST
from gatekeeper.collectors.vulnerabilities import _purl
from gatekeeper.collectors.vulnerabilities._scan import Package, Scan, Vulnerability, names
from gatekeeper.model.evidence import Finding

recognises = sarif.recognises

_IDENTIFIER = re.compile(r"(?:CVE-[0-9]{4}-[0-9]{4,}|GHSA(?:-[0-9a-z]{4}){3})(?![0-9])", re.IGNORECASE)


def read(document: Mapping[str, Any], log: str) -> tuple[Scan, ...]:
    """Read each run as a scan of its own."""
    return tuple(
        Scan(
            format=sarif.FORMAT,
            scanner=run.tool,
            vulnerabilities=tuple(_vulnerability(result, log) for result in run.results),
            produced_at=run.produced_at,
        )
        for run in sarif.read(document)
    )


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


# Thousands of results violate a few hundred rules.


@lru_cache(maxsize=4096)
def _advisories(rule: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the names of what was found; Grype's rules are called `CVE-2024-1-openssl`."""
    return (names(*rule, *(found for name in rule for found in _IDENTIFIER.findall(name))),)


@lru_cache(maxsize=4096)
def _package(purls: tuple[str, ...]) -> Package:
    """Return the package of a rule; of its versions Grype names only the first one it met."""
    return Package(purl=_purl.without_version(purls[0])) if len(purls) == 1 else Package()
