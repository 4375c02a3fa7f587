"""A SARIF log as scans: every result of every run counts, of any tool.

At what a tool looked is known by its name, or by the rules that the log describes.
"""

import re
from functools import lru_cache

from gatekeeper.collectors.formats.sarif import log as sarif
from gatekeeper.collectors.formats.severity import Severity
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.merging import united
from gatekeeper.collectors.reading.one_line import LONGEST
from gatekeeper.collectors.vulnerabilities import _purl, _report
from gatekeeper.collectors.vulnerabilities._report import (
    Package,
    Scan,
    Vulnerability,
    VulnerabilityReport,
    names,
)
from gatekeeper.model.evidence import Finding

ABOUT = About(
    tool="every scanner that writes SARIF 2.1.0",
    seen="SARIF 2.1.0, of Semgrep, Trivy, njsscan and others",
    source="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html",
    command="semgrep scan --sarif --output scan.sarif",
    recognised="the keys `version` and `runs`",
    models=(
        "each result of each run with its level and security severity, closed if suppressed; "
        "errors and missing parts"
    ),
    not_modelled="code flows, graphs, fixes; at what a tool looked, if neither its name nor its rules say it",
)

_IDENTIFIER = re.compile(
    r"(?<![a-z0-9])(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3}|(?:RUSTSEC|PYSEC|GO|MAL)-\d{4}-\d+|SNYK-[A-Z]+-[A-Z0-9-]+)"
    r"(?![0-9])",
    re.IGNORECASE,
)
_TOOLS = {
    kind: re.compile(rf"\b({names})\b", re.IGNORECASE | re.VERBOSE)
    for kind, names in {
        _report.DEPENDENCIES: r"""
            trivy | grype | snyk(?!.?(code|iac|infra)) | osv.scanner | dependency.?check | clair |
            (npm|pnpm|yarn|pip|cargo|bundler?|composer).?audit | auditjs | dependabot | checkmarx.sca |
            whitesource | black.?duck | sonatype | nexus.iq | jfrog.xray | anchore | docker.scout |
            cargo.deny | govulncheck | retire(\.?js)? | amazon.inspector | fossa | veracode.sca |
            semgrep.supply.chain | socket(?=$|.(dev|security)) | ^safety(?=$|.cli) | twistlock |
            dependency.?track | cve.bin.tool""",
        _report.SECRETS: """
            gitleaks | trufflehog | detect.?secrets | ggshield | gitguardian | git.secrets | noseyparker |
            kingfisher | talisman""",
        _report.CODE: r"""
            semgrep(?!.supply.chain) | opengrep | codeql | bandit | gosec | brakeman | flawfinder |
            njsscan | node.?js.?scan | mobsfscan | spotbugs | find.?sec.?bugs | snyk.?code | sonar\w* |
            psalm | checkmarx(?!.sca) | veracode(?!.sca) | fortify | coverity | security.code.scan |
            devskim | bearer | insider | horusec | appscan | klocwork""",
        _report.CONFIGURATION: r"""
            checkov | tfsec | kics | terrascan | kube.?linter | kubescape | kubesec | dockle | hadolint |
            cfn.?nag | cfn.?guard | snyk.?(iac|infra\w*) | zizmor | prowler |
            datree | terraform.?compliance""",
        _report.LICENCES: "scancode | licensee | license.?finder",
    }.items()
}
"""The names of tools by the kind of their scans."""
_TAGS = {
    _report.SECRETS: re.compile(r"secrets?\b", re.IGNORECASE),
    _report.CONFIGURATION: re.compile("misconfiguration|iac|infrastructure", re.IGNORECASE),
    _report.LICENCES: re.compile("licen[cs]e", re.IGNORECASE),
    _report.CODE: re.compile(r"(external/)?cwe(/|-\d|$)|sast|owasp", re.IGNORECASE),
}
"""The tags of rules that show the kind of a scan whose tool is not known; all begin so."""
_TRIVY = {
    "OsPackageVulnerability": _report.DEPENDENCIES,
    "LanguageSpecificPackageVulnerability": _report.DEPENDENCIES,
    "Misconfiguration": _report.CONFIGURATION,
    "Secret": _report.SECRETS,
    "License": _report.LICENCES,
}
"""The names of Trivy's rules."""
_SCANNERS = {
    "vuln": _report.DEPENDENCIES,
    "misconfig": _report.CONFIGURATION,
    "config": _report.CONFIGURATION,
    "secret": _report.SECRETS,
    "license": _report.LICENCES,
}
"""What the option `--scanners` of Trivy takes, and `--security-checks` of older versions."""


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
            _kinds(run),
            run.left_out,
        )
        for run in runs
    )
    return VulnerabilityReport(united([run.origin for run in runs]), tuple(scans))


def _kinds(run: sarif.Run) -> tuple[str, ...]:
    """Return at what a tool looked: by its name, else by the advisories, packages and tags of its rules.

    Trivy looks at what its command says; by default at dependencies and secrets. What runs has
    vulnerabilities with advisories, too: a tool that attacks it does not look at dependencies.
    """
    if "trivy" in run.tool.lower():
        found = tuple(dict.fromkeys(_TRIVY[tag] for tag in run.tags if tag in _TRIVY))
        if run.scanners is not None:
            stated = (kind for word, kind in _SCANNERS.items() if word in run.scanners)
            return tuple(dict.fromkeys((*found, *stated)))
        if found:
            return found if _report.CONFIGURATION in found else (_report.DEPENDENCIES, *found)
    if named := tuple(kind for kind, names_ in _TOOLS.items() if names_.search(run.tool)):
        return named
    described = (*run.names, *(name for result in run.results for name in result.names))
    if not run.attacks and any(_IDENTIFIER.search(name) or _purl.parsed(name) for name in described):
        return (_report.DEPENDENCIES,)
    return tuple(kind for kind, mark in _TAGS.items() if any(map(mark.match, run.tags)))


def _vulnerability(result: sarif.Result, log: str) -> Vulnerability:
    # No score and no level: that it is a warning is the default of SARIF, and says nothing of an advisory.
    is_unrated = not result.is_rated and any(map(_IDENTIFIER.search, result.names))
    severity = Severity.UNKNOWN if is_unrated else result.severity
    return Vulnerability(
        severity=severity,
        finding=_finding(result, severity, log),
        # No statement is about a result that contradicts itself.
        advisories=() if result.contradiction else _advisories(result.names),
        package=_package(result.purls),
        closed=result.suppression,
    )


def _finding(result: sarif.Result, severity: Severity, log: str) -> Finding:
    rule = (result.rule or "")[:LONGEST]
    message = result.message if rule in result.message else f"{rule}: {result.message}"
    return result.finding(f"{severity}: {message}", log)


@lru_cache(maxsize=4096)  # thousands of results violate a few hundred rules
def _advisories(rule: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the names of the vulnerability; the rules of Grype have names such as `CVE-2024-1-openssl`."""
    return (names(*rule, *(found for name in rule for found in _IDENTIFIER.findall(name))),)


@lru_cache(maxsize=4096)
def _package(purls: tuple[str, ...]) -> Package:
    """Return the package of a rule without its version: Grype names only the first version it found."""
    return Package(purl=_purl.without_version(purls[0])) if len(purls) == 1 else Package()
