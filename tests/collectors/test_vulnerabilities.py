"""Vulnerability scans of five formats: what is counted, what is closed, and what shows that nothing was scanned."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from cvss import CVSS2, CVSS3
from hypothesis import given
from hypothesis import strategies as st

from builders.artefacts import SAMPLES, chosen, collect, facts, fixture, needs_samples, outcome, short
from gatekeeper.collectors.formats import severity
from gatekeeper.collectors.vulnerabilities import read as vulnerabilities
from gatekeeper.collectors.vulnerabilities.facts import VulnerabilitiesFacts
from gatekeeper.evidence.reader import without_touched
from gatekeeper.model.evidence import Finding, Origin, known

TEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def counts(facts: Any) -> tuple[int | None, ...]:
    return facts.critical, facts.high, facts.medium, facts.low


def messages(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.message for finding in findings]


def test_trivy() -> None:
    collected = collect(vulnerabilities, fixture("vulnerabilities", "trivy.json"))
    assert (collected.format, collected.produced_at) == ("trivy", TEN.replace(microsecond=123456))
    assert collected.facts == VulnerabilitiesFacts(
        # What no word or score rates counts as high.
        critical=1,
        high=3,
        medium=0,
        low=0,
        findings=(
            Finding(
                "critical: secret github-pat in deploy.sh: GitHub Personal Access Token",
                "report-0",
                60,
                "/Results/3/Secrets/0",
            ),
            Finding(
                "high: CVE-2021-23337 in lodash 4.17.20 at package-lock.json, fixed in 4.17.21: "
                "lodash: command injection via template",
                "report-0",
                12,
                "/Results/0/Vulnerabilities/0",
            ),
            Finding(
                "high: misconfiguration DS002 in Dockerfile: Image user should not be 'root'",
                "report-0",
                52,
                "/Results/2/Misconfigurations/0",
            ),
            Finding(
                "unknown severity: CVE-2026-0001 in left-pad 1.3.0 at package-lock.json",
                "report-0",
                23,
                "/Results/0/Vulnerabilities/1",
            ),
        ),
        scanner="Trivy",
        scans=("configuration", "dependencies", "secrets"),
        closed=(
            Finding(
                "critical: CVE-2020-28469 in glob-parent 5.1.0 at package-lock.json "
                "(ignored by .trivyignore.yaml: only in tests)",
                "report-0",
                32,
                "/Results/0/ExperimentalModifiedFindings/0",
            ),
        ),
    )


def test_grype() -> None:
    collected = collect(vulnerabilities, fixture("vulnerabilities", "grype.json"))
    assert (collected.format, collected.produced_at) == ("grype", TEN)
    assert counts(collected.facts) == (0, 2, 0, 1)
    assert counts(without_touched(collected)) == (None, 2, 0, 1)
    assert collected.facts.findings[0] == Finding(
        "high: GHSA-35jh-r3h4-6jhm in lodash 4.17.20 at /app/package-lock.json, fixed in 4.17.21",
        "report-0",
        3,
        "/matches/0",
    )
    assert messages(collected.facts.findings)[1:] == [
        "unknown severity: CVE-2026-0002 in libssl3 3.0.2",
        "low: CVE-2007-6755 in libssl3 3.0.2",
    ]
    assert messages(collected.facts.closed) == [
        "critical: CVE-2026-0003 in busybox 1.36.1 (ignored by a rule: no shell in the image)"
    ]
    assert collected.facts.scanner == "grype"


def test_npm_audit() -> None:
    collected = collect(vulnerabilities, fixture("vulnerabilities", "npm-audit.json"))
    assert (collected.format, collected.produced_at) == ("npm-audit-2", None)
    assert counts(collected.facts) == (0, 2, 1, 0)
    assert messages(collected.facts.findings) == [
        "high: build-tool >=2.0.0: through glob-parent",
        "high: GHSA-ww39-953v-wcq6 in glob-parent <5.1.2: glob-parent vulnerable to Regular Expression Denial of Service",
        "medium: GHSA-c2qf-rxjj-qqgw in semver 7.0.0 - 7.5.1: ReDoS",
    ]
    assert collected.facts.findings[1][1:] == ("report-0", 14, "/vulnerabilities/glob-parent")
    assert collected.facts.scanner == "npm audit"


def test_osv_scanner() -> None:
    collected = collect(vulnerabilities, fixture("vulnerabilities", "osv-scanner.json"))
    assert (collected.format, collected.produced_at) == ("osv-scanner", None)
    assert counts(collected.facts) == (0, 1, 1, 0)  # two names, one vulnerability
    assert collected.facts.findings[0] == Finding(
        "high: GHSA-c3h9-896r-86jm in github.com/gogo/protobuf 1.3.1 at go.mod: Improper input validation",
        "report-0",
        9,
        "/results/0/packages/0/groups/0",
    )
    assert collected.facts.scanner == "OSV-Scanner"


def test_sarif() -> None:
    collected = collect(vulnerabilities, fixture("vulnerabilities", "scan.sarif.json"))
    assert (collected.format, collected.produced_at) == ("sarif", TEN)
    assert counts(collected.facts) == (0, 1, 1, 0)
    assert collected.facts.findings[0] == Finding(
        "high: js/sql-injection: This query depends on a user-provided value.",
        "services/api/src/db access.ts",
        42,
    )
    assert collected.facts.closed == (
        Finding(
            "low: js/log-injection: Told to be quiet. (suppressed in the source: a debug build)",
            "report-0",
            pointer="/runs/0/results/2",
        ),
    )
    assert collected.facts.scanner == "CodeQL"


# --- the formats' variants


def trivy(*vulnerabilities: Any, **more: Any) -> dict[str, Any]:
    result = {"Target": "go.mod", "Class": "lang-pkgs", "Vulnerabilities": list(vulnerabilities)} | more
    return {"SchemaVersion": 2, "ArtifactName": ".", "Results": [result]}


def grype(*severities: Any, **more: Any) -> dict[str, Any]:
    return {
        "matches": [{"vulnerability": {"id": "CVE-1", "severity": severity}} for severity in severities],
        "source": {"type": "directory"},
    } | more


def matched(severity: str, *cvss: Any) -> dict[str, Any]:
    return {"vulnerability": {"id": "CVE-1", "severity": severity, "cvss": list(cvss)}}


def npm(vulnerabilities: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"auditReportVersion": 2, "vulnerabilities": vulnerabilities, "metadata": DEPENDENCIES} | more


def osv(*groups: Any, **more: Any) -> dict[str, Any]:
    package = {"package": {"name": "p", "version": "1", "ecosystem": "npm"}, "groups": list(groups)} | more
    return {"results": [{"source": {"path": "x"}, "packages": [package]}]}


UNKNOWN_ONLY = (None, 1, 0, 0)
NOTHING_KNOWN = (None, None, None, None)
DEPENDENCIES = {"dependencies": {"prod": 3, "total": 3}}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(
            trivy(*({"Severity": word} for word in ("CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN")), {}),
            (1, 3, 1, 1),
            id="trivy's severities; none is unknown",
        ),
        pytest.param(trivy(Vulnerabilities=None), (0, 0, 0, 0), id="a clean target of trivy"),
        pytest.param(
            {"SchemaVersion": 2, "Results": [{"Target": "go.mod", "Class": "lang-pkgs"}]},
            (0, 0, 0, 0),
            id="a clean target of trivy leaves Vulnerabilities out",
        ),
        pytest.param(
            [{"Target": "alpine", "Vulnerabilities": [{"Severity": "LOW"}]}, {"Target": "go.sum"}],
            (0, 0, 0, 1),
            id="trivy before 0.20: a list",
        ),
        pytest.param(
            trivy({"Severity": "HIGH"}, Class="custom"), (0, 1, 0, 0), id="trivy: what is listed counts"
        ),
        pytest.param(
            trivy(
                ExperimentalModifiedFindings=[
                    {
                        "Type": "vulnerability",
                        "Status": "under_investigation",
                        "Finding": {"Severity": "HIGH"},
                    },
                    {"Type": "vulnerability", "Status": "not_affected", "Finding": {"Severity": "HIGH"}},
                    {"Type": "secret", "Status": "ignored", "Finding": {"Severity": "HIGH"}},
                ]
            ),
            (0, 1, 0, 0),
            id="trivy: what was modified but left open",
        ),
        pytest.param(
            trivy(
                Secrets=[{"RuleID": "aws", "Severity": "CRITICAL"}],
                Misconfigurations=[
                    {"ID": "A", "Severity": "HIGH", "Status": "FAIL"},
                    {"ID": "B", "Severity": "HIGH", "Status": "PASS"},
                    {"ID": "C", "Severity": "HIGH", "Status": "EXCEPTION"},
                    {"ID": "D", "Severity": "MEDIUM"},
                    {"ID": "E", "Severity": "MEDIUM", "Status": "?"},
                ],
                Licenses=[{"Name": "AGPL-3.0", "PkgName": "x", "Severity": "LOW"}, {"Name": "?"}],
            ),
            (1, 2, 2, 1),
            id="trivy: what else its SARIF lists",
        ),
        pytest.param(
            grype("Critical", "High", "Medium", "Low", "Negligible", "Unknown", "", None),
            (1, 4, 1, 2),
            id="grype's severities",
        ),
        pytest.param(grype("High", "High"), (0, 2, 0, 0), id="grype: the same CVE twice counts twice"),
        pytest.param(grype(), (0, 0, 0, 0), id="a clean scan of grype"),
        pytest.param(
            {"matches": [], "descriptor": {"name": "grype"}, "distro": {"name": "alpine"}},
            (0, 0, 0, 0),
            id="a clean scan, reported by grype",
        ),
        pytest.param(npm({}), (0, 0, 0, 0), id="a clean audit"),
        pytest.param(
            npm(
                {
                    word: {"severity": word, "via": []}
                    for word in ("critical", "high", "moderate", "low", "info", "x")
                }
            ),
            (1, 2, 1, 2),
            id="npm's severities",
        ),
        pytest.param(
            npm(
                {"x": {"severity": "low", "via": [{"severity": "critical"}, {"severity": "low"}, {}]}},
                metadata=DEPENDENCIES | {"vulnerabilities": {"low": 1, "total": 1}},
            ),
            (1, 0, 0, 0),
            id="npm: an advisory more severe than its package",
        ),
        pytest.param(
            {
                "advisories": {
                    "755": {
                        "module_name": "handlebars",
                        "severity": "critical",
                        "findings": [{"version": "4.0.1"}],
                    },
                    "1500": {"module_name": "yargs-parser", "severity": "low"},
                },
                # Version 1 counts the paths to a vulnerability.
                "metadata": {"vulnerabilities": {"critical": 4, "low": 1, "high": 0}, "totalDependencies": 9},
            },
            (1, 0, 0, 1),
            id="npm 6 lists advisories",
        ),
        pytest.param(
            {"advisories": {}, "metadata": {"dependencies": 3, "devDependencies": 0}},
            (0, 0, 0, 0),
            id="a clean audit of pnpm",
        ),
        pytest.param(osv({"ids": ["A"], "max_severity": "9.0"}), (1, 0, 0, 0), id="osv critical"),
        pytest.param(osv({"ids": ["A"], "max_severity": "8.99"}), (0, 1, 0, 0), id="osv high"),
        pytest.param(osv({"ids": ["A"], "max_severity": "4"}), (0, 0, 1, 0), id="osv medium"),
        pytest.param(osv({"ids": ["A"], "max_severity": "0.1"}), (0, 0, 0, 1), id="osv low"),
        pytest.param(osv({"ids": ["A"], "max_severity": ""}), UNKNOWN_ONLY, id="osv: empty is unknown"),
        pytest.param(
            osv({"ids": ["A"], "max_severity": "huge"}), UNKNOWN_ONLY, id="osv: no score is unknown"
        ),
        pytest.param(osv({"ids": ["A"]}), UNKNOWN_ONLY, id="osv: none is unknown"),
        pytest.param(
            osv(
                {"ids": ["A", "B"], "max_severity": ""},
                vulnerabilities=[
                    {"id": "A", "database_specific": {"severity": "LOW"}},
                    {"id": "B", "database_specific": {"severity": "CRITICAL"}},
                ],
            ),
            (1, 0, 0, 0),
            id="osv: the worst that the database says",
        ),
        pytest.param(
            osv(vulnerabilities=[{"id": "A"}, {"id": "B"}]),
            (None, 2, 0, 0),
            id="osv: what is in no group counts",
        ),
        pytest.param(
            {"results": [], "experimental_config": {}}, (0, 0, 0, 0), id="a clean scan of osv-scanner"
        ),
        pytest.param(
            osv(groups=None, licenses=["MIT"]), (0, 0, 0, 0), id="osv: a package without vulnerabilities"
        ),
    ],
)
def test_counts(document: Any, expected: tuple[int | None, ...]) -> None:
    collected = collect(vulnerabilities, json.dumps(document))
    assert counts(known(collected.facts, collected.origins)) == expected


def test_an_advisory_of_npm_6() -> None:
    advisory = {
        "module_name": "handlebars",
        "severity": "high",
        "title": "Prototype pollution",
        "url": "https://npmjs.com/advisories/755",
        "cves": ["CVE-2019-19919"],
        "patched_versions": ">=4.0.14",
        "findings": [{"version": "4.0.1"}, {"version": "4.0.12"}],
    }
    [finding] = facts(vulnerabilities, json.dumps({"advisories": {"755": advisory}}, indent=1)).findings
    assert finding == Finding(
        "high: CVE-2019-19919 in handlebars 4.0.1, 4.0.12, fixed in >=4.0.14: Prototype pollution",
        "report-0",
        3,
        "/advisories/755",
    )


def test_findings_are_sorted_by_severity_and_else_as_listed() -> None:
    found = facts(vulnerabilities, json.dumps(grype("Low", "Unknown", "High", "Critical", "High"))).findings
    assert [finding.pointer for finding in found] == [f"/matches/{place}" for place in (3, 2, 4, 1, 0)]


def test_a_long_title_is_cut() -> None:
    [finding] = facts(
        vulnerabilities, json.dumps(trivy({"Severity": "LOW", "Title": "x\n" * 10_000}))
    ).findings
    assert len(finding.message) < 400
    assert "\n" not in finding.message


# --- several files


def test_scans_are_summed() -> None:
    collected = collect(
        vulnerabilities,
        json.dumps(trivy({"Severity": "HIGH"}) | {"CreatedAt": "2026-03-02T10:00:00Z"}),
        json.dumps(grype("High", "Low", descriptor={"name": "grype", "timestamp": "2026-01-01T00:00:00Z"})),
        json.dumps(npm({})),
    )
    assert collected.format == "grype, npm-audit-2, trivy"
    assert counts(collected.facts) == (0, 2, 0, 1)
    assert collected.facts.scanner == "Trivy, grype, npm audit"
    # The report of npm has no time.
    assert collected.produced_at is None


def test_the_oldest_scan_decides_the_age() -> None:
    collected = collect(
        vulnerabilities,
        json.dumps(trivy({"Severity": "HIGH"}) | {"CreatedAt": "2026-03-02T10:00:00Z"}),
        json.dumps(grype("High", "Low", descriptor={"name": "grype", "timestamp": "2026-01-01T00:00:00Z"})),
    )
    assert collected.produced_at == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ("", "unreadable: report-1: the file is empty"),
        ("null", "unreadable: report-1: the document is empty: nothing was scanned"),
        ('{"version": "2.1.0", "runs": []}', "unreadable: report-1: the log has no run: nothing was scanned"),
        ('{"error": {"code": "ENOAUDIT"}}', "unreadable: report-1: the audit did not run: ENOAUDIT"),
        ("{", "unreadable: report-1: line 1: not JSON"),
    ],
)
def test_every_file_must_be_a_scan(other: str, reason: str) -> None:
    assert outcome(vulnerabilities, json.dumps(grype()), other).startswith(reason)


# --- what a scan states about itself


def driver(tool: str | dict[str, Any]) -> dict[str, Any]:
    return tool if isinstance(tool, dict) else {"driver": {"name": tool}}


def sarif(tool: str | dict[str, Any], *results: Any, **more: Any) -> dict[str, Any]:
    return {
        "version": "2.1.0",
        "runs": [{"tool": driver(tool), "results": list(results)} | more],
    }


def described(rule: str, **properties: Any) -> dict[str, Any]:
    return {"driver": {"name": "our own", "rules": [{"id": rule, "properties": properties}]}}


ALL = {"critical", "high", "medium", "low", "findings", "scans"}


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (sarif("ShellCheck"), set()),
        (sarif("lint", {"message": {"text": "as in CVE-2026-1111"}, "level": "error"}), {"high", "findings"}),
        ({"results": []}, set()),
        (sarif(described("R1")), set()),
    ],
)
def test_a_tool_of_which_nothing_shows_at_what_it_looked_proves_nothing(
    document: Any, found: set[str]
) -> None:
    collected = collect(vulnerabilities, json.dumps(document))
    assert collected.origins[0].not_understood[-1].touches == ALL
    seen = known(collected.facts, collected.origins)
    assert {name for name in ALL if getattr(seen, name) is not None} == found


def tagged(*tags: str, tool: str = "our own", name: str | None = None) -> dict[str, Any]:
    rule = {"id": "R", "properties": {"tags": list(tags)}} | ({"name": name} if name else {})
    return sarif({"driver": {"name": tool, "rules": [rule]}})


@pytest.mark.parametrize(
    ("document", "scans"),
    [
        (sarif("Trivy"), ["dependencies"]),
        (sarif("grype"), ["dependencies"]),
        (sarif("Snyk Open Source"), ["dependencies"]),
        (sarif("Snyk Container"), ["dependencies"]),
        (sarif("osv-scanner"), ["dependencies"]),
        (sarif("dependency-check"), ["dependencies"]),
        (sarif("Snyk Code"), ["code"]),
        (sarif("SnykCode"), ["code"]),
        (sarif("Snyk IaC"), ["configuration"]),
        (sarif("Snyk Infrastructure as Code"), ["configuration"]),
        (sarif("Semgrep OSS"), ["code"]),
        (sarif("Semgrep Supply Chain"), ["dependencies"]),
        (sarif("Bandit"), ["code"]),
        (sarif("CodeQL"), ["code"]),
        (sarif("gitleaks"), ["secrets"]),
        (sarif("checkov"), ["configuration"]),
        # A rule that mentions an advisory makes no linter a scanner of dependencies.
        (sarif("Semgrep OSS", {"ruleId": "CVE-2026-1111"}), ["code"]),
        (sarif("our own", {"ruleId": "CVE-2026-1111"}), ["dependencies"]),
        (sarif(described("CVE-2026-1111")), ["dependencies"]),
        (sarif(described("R1", purls=["pkg:npm/x@1"])), ["dependencies"]),
        (sarif("our own", {"ruleId": "GHSA-aaaa-bbbb-cccc-lodash"}), ["dependencies"]),
        (sarif("our own", {"ruleId": "RUSTSEC-2026-0001", "kind": "review"}), ["dependencies"]),
        (tagged("external/cwe/cwe-089"), ["code"]),
        (tagged("secret"), ["secrets"]),
        (sarif("our own", taxonomies=[{"name": "CWE"}]), ["code"]),
        # What Trivy looked at, by the names of its rules.
        (tagged("secret", tool="Trivy", name="Secret"), ["dependencies", "secrets"]),
        (tagged("x", tool="Trivy", name="Misconfiguration"), ["configuration"]),
        (tagged("x", tool="trivy config", name="Misconfiguration"), ["configuration"]),
        (tagged("x", tool="Trivy", name="OsPackageVulnerability"), ["dependencies"]),
        # At what its command line says that Trivy looks.
        (
            sarif("Trivy", invocations=[{"commandLine": "trivy fs --scanners vuln,secret ."}]),
            ["dependencies", "secrets"],
        ),
        (sarif("Trivy", invocations=[{"arguments": ["fs", "--scanners=secret"]}]), ["secrets"]),
        (
            sarif("Trivy", invocations=[{"commandLine": "trivy fs --security-checks config ."}]),
            ["configuration"],
        ),
        ({"results": [], "experimental_config": {}}, ["dependencies"]),
        (grype(), ["dependencies"]),
        (npm({}), ["dependencies"]),
        (trivy(Class="config"), ["configuration"]),
        (trivy(Class="secret"), ["secrets"]),
        (trivy(Class="license-file"), ["licences"]),
        (trivy(Class="os-pkgs"), ["dependencies"]),
        (trivy({"Severity": "LOW"}, Class="custom"), ["dependencies"]),
    ],
    ids=short,
)
def test_the_kind_of_a_scan_is_a_fact(document: Any, scans: list[str]) -> None:
    assert list(without_touched(collect(vulnerabilities, json.dumps(document))).scans) == scans


@pytest.mark.parametrize(
    "document",
    [
        # What runs has vulnerabilities, too: who attacks it does not look at dependencies.
        sarif("nuclei", {"ruleId": "CVE-2026-1111", "level": "note"}),
        sarif({"driver": {"name": "ZAP", "rules": [{"id": "CVE-2026-1111"}]}}),
        sarif("Type Safety Checker"),
        sarif("Trivy", invocations=[{"commandLine": "trivy fs --scanners rbac ."}]),
        {"SchemaVersion": 2, "Results": [{"Target": "Dockerfile", "Type": "dockerfile"}]},
        [{"Target": "Dockerfile", "MisconfSummary": {"Failures": 0}}],
    ],
    ids=short,
)
def test_nothing_shows_a_look_at_dependencies(document: Any) -> None:
    assert without_touched(collect(vulnerabilities, json.dumps(document))).scans is None


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (trivy(vulnerabilities=[{"Severity": "HIGH"}]), "/Results/0/vulnerabilities"),
        (osv(Vulnerabilities=[{"id": "A"}]), "/results/0/packages/0/Vulnerabilities"),
    ],
)
def test_no_count_of_none_rests_on_a_file_with_a_list_that_its_format_does_not_have(
    document: Any, where: str
) -> None:
    collected = collect(vulnerabilities, json.dumps(document))
    [place] = collected.origins[0].not_understood
    assert (counts(without_touched(collected)), place.place.pointer) == (NOTHING_KNOWN, where)


def test_a_scan_of_something_else_counts_beside_one_of_dependencies() -> None:
    collected = collect(vulnerabilities, json.dumps(sarif("lint", {"level": "error"})), json.dumps(grype()))
    assert counts(without_touched(collected)) == (0, 1, 0, 0)


def origin(document: Any) -> Origin:
    [origin] = collect(vulnerabilities, json.dumps(document)).origins
    return origin


@pytest.mark.parametrize(
    ("document", "subjects"),
    [
        (trivy() | {"ArtifactType": "container_image", "ArtifactName": ""}, []),
        (trivy() | {"ArtifactType": "container_image", "ArtifactName": "./image.tar"}, []),
        (trivy() | {"ArtifactType": "container_image", "ArtifactName": "image.tar.gz"}, []),
        (trivy() | {"ArtifactType": "filesystem", "ArtifactName": "shop"}, []),
        (trivy() | {"ArtifactName": "shop"}, []),
        (trivy() | {"ArtifactType": "container_image", "ArtifactName": "shop:1"}, [("image", "shop:1")]),
        (
            trivy()
            | {
                "ArtifactType": "container_image",
                "ArtifactName": "shop:1",
                "Metadata": {"RepoTags": ["r.example/shop:1"], "RepoDigests": ["r.example/shop@sha256:1"]},
            },
            [("image", "r.example/shop:1"), ("image", "r.example/shop@sha256:1"), ("image", "shop:1")],
        ),
        (
            trivy() | {"ArtifactType": "repository", "ArtifactName": "https://forge.example/shop"},
            [("repository", "https://forge.example/shop")],
        ),
        (trivy() | {"ArtifactType": "repository", "ArtifactName": "."}, []),
        (
            trivy(Packages=[{"Relationship": "root", "Identifier": {"PURL": "pkg:npm/shop@1"}}, {}]),
            [("package", "pkg:npm/shop@1")],
        ),
        (grype(), []),
        (grype(source={"type": "image", "target": {"userInput": "REDACTED"}}), []),
        (
            grype(source={"type": "image", "target": {"userInput": "docker:shop:1"}}),
            [("image", "shop:1")],
        ),
        (
            grype(
                source={"type": "image", "target": {"userInput": "x", "tags": ["shop:1"], "repoDigests": []}}
            ),
            [("image", "shop:1")],
        ),
        (npm({}), []),
    ],
    ids=short,
)
def test_subjects(document: Any, subjects: list[tuple[str, str]]) -> None:
    assert [(subject.type, subject.name) for subject in origin(document).subjects] == subjects


def test_producer_commit_and_items() -> None:
    metadata = {"RepoURL": "https://forge.example/shop", "Commit": "c0ffee1"}
    scanned = trivy({"Severity": "LOW"}) | {
        "Trivy": {"Version": "0.60.0"},
        "ArtifactType": "repository",
        "Metadata": metadata,
    }
    assert origin(scanned)[1:5] == ("report-0", "Trivy 0.60.0", None, "c0ffee1")
    assert (origin(scanned).items, origin(scanned).subjects[0].name) == (1, "https://forge.example/shop")
    assert origin(grype(descriptor={"name": "grype", "version": "0.90.0"})).producer == "grype 0.90.0"


@pytest.mark.parametrize(
    ("document", "partial"),
    [
        (grype(), []),
        (
            grype(descriptor={"configuration": {"only-fixed": True, "ignore-wontfix": ""}}),
            ["Grype left out vulnerabilities: only-fixed is true"],
        ),
        (
            grype(descriptor={"configuration": {"ignore-wontfix": "wont-fix"}}),
            ["Grype left out vulnerabilities: ignore-wontfix is 'wont-fix'"],
        ),
        (
            grype(ignoredMatches=[{"vulnerability": {}, "appliedIgnoreRules": [{"fix-state": "unknown"}]}]),
            ["Grype left out vulnerabilities: a rule ignores those whose fix is 'unknown'"],
        ),
        (
            grype(ignoredMatches=[{"vulnerability": {}, "appliedIgnoreRules": [{"vulnerability": "CVE-1"}]}]),
            [],
        ),
        (
            grype(alertsByPackage=[{"alerts": [{"type": "distro-eol", "message": "debian 9 is EOL"}]}]),
            ["Grype warns: debian 9 is EOL"],
        ),
        (
            grype(descriptor={"db": {"status": {"error": "too old"}}}),
            ["the vulnerability database of Grype is not valid"],
        ),
        (
            grype(descriptor={"timestamp": "2026-03-08T00:00:00Z", "db": {"built": "2026-03-01T00:00:00Z"}}),
            ["the vulnerability database of Grype was 7 days old"],
        ),
        (
            grype(
                descriptor={
                    "timestamp": "2026-03-05T00:00:00Z",
                    "db": {"status": {"built": "2026-03-01T00:00:00Z"}},
                }
            ),
            [],
        ),
        (trivy(MisconfSummary={"Successes": 0, "Failures": 0}), ["Trivy counts no check of go.mod"]),
        (
            trivy() | {"Metadata": {"OS": {"Family": "alpine", "Name": "3.10", "EOSL": True}}},
            ["alpine 3.10 is no longer maintained: vulnerabilities may be missing"],
        ),
        (trivy() | {"Metadata": {"OS": {"Family": "alpine", "Name": "3.22"}}}, []),
        (
            trivy(
                MisconfSummary={"Failures": 2}, Misconfigurations=[{"ID": "A"}, {"ID": "B", "Status": "PASS"}]
            ),
            ["Trivy counts 2 failed misconfigurations in go.mod, and lists 1"],
        ),
        (trivy(MisconfSummary={"Successes": 2, "Failures": 1}, Misconfigurations=[{"ID": "A"}]), []),
        (
            grype(descriptor={"configuration": {"exclude": ["**/vendor/**"]}, "db": {"error": "too old"}}),
            [
                "Grype left out vulnerabilities: exclude is a list",
                "the vulnerability database of Grype is not valid",
            ],
        ),
        (
            grype(ignoredMatches=[{"vulnerability": {}, "appliedIgnoreRules": [{"package": {"name": ""}}]}]),
            ["Grype left out vulnerabilities: a rule ignores those whose fix is missing"],
        ),
        (
            {"advisories": {}, "muted": [{"id": 1}], "metadata": {"totalDependencies": 3}},
            ["the audit muted 1 advisories"],
        ),
        (sarif("grype", invocations=[{"commandLine": "grype --only-fixed=false ."}]), []),
        (
            sarif("grype", {"level": "note"}, invocations=[{"executionSuccessful": True, "exitCode": 137}]),
            ["the run of grype ended with the exit code 137"],
        ),
        (sarif("grype", {"level": "note"}, invocations=[{"executionSuccessful": True, "exitCode": 1}]), []),
        (
            sarif(
                "grype",
                invocations=[{"toolExecutionNotifications": [{"level": "Error", "message": {"text": "m"}}]}],
            ),
            ["grype reports an error: m"],
        ),
        (
            sarif("Trivy", invocations=[{"executionSuccessful": False}]),
            ["the run of Trivy did not finish: executionSuccessful is false"],
        ),
    ],
    ids=short,
)
def test_what_makes_a_scan_partial(document: Any, partial: list[str]) -> None:
    assert list(origin(document).partial) == partial


@pytest.mark.parametrize("rules", [{}, {"appliedIgnoreRules": [{"vulnerability": "CVE-2"}]}])
def test_an_ignored_match_of_grype_without_a_rule_about_it_counts(rules: dict[str, Any]) -> None:
    match = {"vulnerability": {"id": "CVE-1", "severity": "High"}} | rules
    assert counts(facts(vulnerabilities, json.dumps(grype(ignoredMatches=[match])))) == (0, 1, 0, 0)


def test_a_statement_has_the_age_and_the_commit_of_the_scans() -> None:
    scan = sarif("Trivy", invocations=[{"endTimeUtc": "2026-03-02T10:00:00Z"}])
    scan["runs"][0]["versionControlProvenance"] = [{"repositoryUri": "x", "revisionId": "c0ffee1"}]
    vex = fixture("vulnerabilities", "openvex.json")
    assert [
        (one.produced_at, one.commit) for one in collect(vulnerabilities, json.dumps(scan), vex).origins
    ] == [(TEN, "c0ffee1")] * 2


# --- what is no evidence

NO_DEPENDENCY = "absent: report-0: the audit checked no dependency"
KNOWN = "no supported format"
UNKNOWN = f"unreadable: report-0: the JSON has {KNOWN}"


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ("", "absent: report-0: the file is empty"),
        ("null", "absent: report-0: the document is empty: nothing was scanned"),
        ("[]", "absent: report-0: the document is empty: nothing was scanned"),
        ("{}", "absent: report-0: the document is empty: nothing was scanned"),
        ({"version": "2.1.0", "runs": []}, "absent: report-0: the log has no run"),
        ({"SchemaVersion": 2, "ArtifactName": "."}, "absent: report-0: Trivy found nothing to scan"),
        ({"SchemaVersion": 2, "Results": []}, "absent: report-0: Trivy found nothing to scan"),
        ({"SchemaVersion": 3, "Results": []}, "unreadable: report-0: Trivy's schema 3; supported is 2"),
        ({"SchemaVersion": 2, "Results": {}}, "unreadable: report-0: Results is an object, not a list"),
        (trivy(Vulnerabilities=False), "unreadable: report-0: Vulnerabilities is False, not a list"),
        (trivy("CVE-1"), "unreadable: report-0: a vulnerability is 'CVE-1', not an object"),
        (trivy({"Severity": 3}), "unreadable: report-0: Severity is 3, not text"),
        ({"matches": []}, UNKNOWN),
        (grype(source=None, descriptor={}), "absent: report-0: the report does not say what was scanned"),
        (grype() | {"matches": None}, "unreadable: report-0: matches is missing, not a list"),
        (grype() | {"matches": [{}]}, "unreadable: report-0: vulnerability is missing, not an object"),
        (npm({}, metadata={"dependencies": {"prod": 0, "total": 0}}), NO_DEPENDENCY),
        # The root of a project without dependencies is one of `prod`.
        (npm({}, metadata={"dependencies": {"prod": 1, "total": 0}}), NO_DEPENDENCY),
        (
            {
                "message": "405 Method Not Allowed",
                "method": "POST",
                "statusCode": 405,
                "error": {"summary": ""},
            },
            "absent: report-0: the audit did not run: 405 Method Not Allowed",
        ),
        (npm({}, metadata=None), NO_DEPENDENCY),
        ({"advisories": {}}, NO_DEPENDENCY),
        ({"advisories": {}, "metadata": {"totalDependencies": 0}}, NO_DEPENDENCY),
        (
            npm({}, auditReportVersion=3),
            "unreadable: report-0: an audit report of the version 3; supported are 1 and 2",
        ),
        (npm({}, auditReportVersion=[]), "unreadable: report-0: an audit report of the version a list"),
        ({"auditReportVersion": 2}, "unreadable: report-0: vulnerabilities is missing, not an object"),
        (npm({"p": {"severity": "low"}}), "unreadable: report-0: p: via is missing, not a list"),
        (
            npm({"p": {"severity": "low", "via": [1]}}),
            "unreadable: report-0: p: via contains a value that is neither",
        ),
        (
            npm({}, metadata=DEPENDENCIES | {"vulnerabilities": {"critical": 1, "total": 1}}),
            "unreadable: report-0: the counters report 1 critical, the list has 0",
        ),
        (
            npm(
                {"p": {"severity": "high", "via": []}},
                metadata={"vulnerabilities": {"high": 2, "total": 2}},
            ),
            "unreadable: report-0: the counters report 2 high, the list has 1",
        ),
        (
            npm({}, metadata={"vulnerabilities": {"high": "2"}}),
            "unreadable: report-0: metadata.vulnerabilities.high is '2', not a count",
        ),
        (
            {"advisories": {}, "metadata": {"vulnerabilities": {"low": 1}, "totalDependencies": 9}},
            "unreadable: report-0: the counters report 1 low, the list has 0",
        ),
        (
            {"error": {"code": "ENOLOCK", "summary": "This command requires an existing lockfile."}},
            "absent: report-0: the audit did not run: ENOLOCK: This command requires an existing lockfile.",
        ),
        ({"error": "no network"}, UNKNOWN),
        ({"error": {}}, UNKNOWN),
        (
            {"message": "request failed", "method": "POST", "statusCode": 503, "body": ""},
            "absent: report-0: the audit did not run: request failed (status 503)",
        ),
        ({"results": None}, "absent: report-0: OSV-Scanner found no package"),
        ({"results": {}}, UNKNOWN),
        ({"results": [{"a": 1}]}, UNKNOWN),
        (osv({"ids": "A"}), "unreadable: report-0: ids is 'A', not a list"),
        (osv({"ids": ["A"], "max_severity": 9}), "unreadable: report-0: max_severity is 9, not text"),
        ({"results": [], "errors": []}, UNKNOWN),
        (
            {"bomFormat": "CycloneDX", "components": []},
            "unreadable: report-0: a CycloneDX document without an analysis",
        ),
        ({"metrics": {}}, UNKNOWN),
        ({"message": "hello"}, UNKNOWN),
        ({"statusCode": 200}, UNKNOWN),
        ({"runs": []}, UNKNOWN),
        ([{"id": 1}], UNKNOWN),
        ("7", f"unreadable: report-0: the file has {KNOWN}"),
        ("Total: 0 (HIGH: 0)", f"unreadable: report-0: the file has {KNOWN}"),
        ('{"matches": NaN}', "unreadable: report-0: line 1: not JSON"),
        ('{"matches": ' * 50_000, "unreadable: report-0: line 1: not JSON: nested too deep"),
        (json.dumps(grype("High"))[:-9], "unreadable: report-0: line 1: not JSON: EOF while parsing"),
        (json.dumps(grype()).encode("utf-16")[2:], "unreadable: report-0: line 1: not JSON"),
    ],
    ids=short,
)
def test_what_is_no_evidence(report: Any, expected: str) -> None:
    content = report if isinstance(report, str | bytes) else json.dumps(report)
    assert outcome(vulnerabilities, content).startswith(expected)


# --- samples


@needs_samples
@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        # One note is suppressed by a comment.
        (
            "sarif/semgrep-1.182-ddd-forum.sarif",
            {"critical": 0, "high": 1, "medium": 1, "low": 33, "closed": 1},
        ),
        (
            "semgrep-json/semgrep-1.182-ddd-forum.json",
            {"critical": 0, "high": 1, "medium": 1, "low": 33, "closed": 0, "scanner": "Semgrep"},
        ),
        ("sarif/dd-SuppressionTestCurrent.sarif", {"high": 0, "medium": 1, "low": 0, "closed": 3}),
        ("sarif/dd-njsscan.sarif", {"critical": 0, "high": 1, "medium": 1, "scanner": "nodejsscan"}),
        # No result states a level or its rule, which the log describes: unknown.
        ("sarif/dd-gitleaks_7.5.0.sarif", {"high": 8, "medium": 0, "low": 0}),
        ("sarif/trivy-alpine-310.sarif", {"critical": 0, "high": 0, "medium": 4, "scanner": "Trivy"}),
        ("trivy/trivy-npm.json", {"critical": 0, "high": 0, "medium": 1, "low": 0}),
        ("trivy/trivy-alpine-310.json", {"critical": 0, "high": 0, "medium": 4, "low": 0}),
        (
            "trivy/dd-misconfigurations_and_secrets.json",
            {"critical": 2, "high": 2, "medium": 1, "low": 0},
        ),
        ("trivy/dd-all_statuses.json", {"critical": 0, "high": 0, "medium": 0, "low": 8, "closed": 0}),
        # 14 high and 2 unknown; 1 low and 11 negligible.
        (
            "grype/gatecheck-grype-report.json",
            {"critical": 8, "high": 16, "medium": 26, "low": 12, "findings": 62},
        ),
        ("grype/dd-no_vuln.json", {"critical": 0, "high": 0, "medium": 0, "low": 0}),
        ("grype/dd-fix_not_available.json", {"high": 1, "findings": 1}),
        ("npm-audit/dd-v2-many_vulns.json", {"critical": 0, "high": 0, "medium": 4, "low": 2}),
        ("npm-audit/dd-v2-no_vuln.json", {"critical": 0, "high": 0, "medium": 0, "low": 0}),
        # No severity anywhere: unknown.
        ("osv/dd-some_findings.json", {"critical": 0, "high": 1, "findings": 1}),
        ("osv/osv-results-some.json", {"critical": 0, "high": 1, "findings": 1}),
        ("osv/osv-snap-max-severity.json", {"critical": 1, "high": 0}),
        ("osv/osv-results-empty.json", {"critical": 0, "high": 0, "findings": 0}),
        ("osv/osv-snap-no-sources.json", {"critical": 0, "high": 0, "findings": 0}),
    ],
)
def test_sample(sample: str, expected: dict[str, Any]) -> None:
    said = chosen(facts(vulnerabilities, (SAMPLES / sample).read_bytes()), expected)
    assert {
        name: len(value) if isinstance(value, tuple) else value for name, value in said.items()
    } == expected


@needs_samples
@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("trivy/dd-legacy_no_vuln.json", "absent: report-0: the document is empty"),
        ("npm-audit/dd-v1-empty_with_error.json", "absent: report-0: the audit did not run: ENOAUDIT"),
        (
            "vex/dd-cyclonedx-valid-vulnerability-1.4.json",
            "absent: reports is a VEX document: a statement, not a scan",
        ),
        ("vex/dd-openvex-many.json", "absent: reports is a VEX document: a statement, not a scan"),
        ("semgrep-json/dd-empty.json", UNKNOWN),
        ("zap/chainloop-zap-2.15.json", UNKNOWN),
        ("defectdojo/", UNKNOWN),
    ],
)
def test_sample_that_is_no_evidence(sample: str, expected: str) -> None:
    path = SAMPLES / sample
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        assert outcome(vulnerabilities, file.read_bytes()).startswith(expected)


def npm_2(packages: dict[str, Any], **counted: int) -> str:
    counters = {"vulnerabilities": counted, "dependencies": {"total": 9}}
    return json.dumps({"auditReportVersion": 2, "vulnerabilities": packages, "metadata": counters})


def test_a_package_that_others_come_through_and_is_not_listed_makes_an_audit_partial() -> None:
    report = npm_2({"a": {"severity": "low", "via": ["b"]}}, low=1, total=1)
    [origin] = collect(vulnerabilities, report).origins
    assert origin.partial == ("the package b makes others vulnerable, and is not listed",)


def test_a_total_above_the_list_is_unreadable() -> None:
    assert outcome(vulnerabilities, npm_2({}, total=3)).endswith("the counters report 3, the list has 0")


def test_sources_without_packages_show_no_look_at_dependencies() -> None:
    report = {"results": [{"source": {"path": "package-lock.json"}, "packages": []}]}
    [origin] = collect(vulnerabilities, json.dumps(report)).origins
    assert origin.not_understood


@pytest.mark.parametrize("reference", [{"id": "E1"}, {"index": 0}])
def test_a_notification_has_the_default_level_of_its_description(reference: dict[str, Any]) -> None:
    described = [{"id": "E1", "defaultConfiguration": {"level": "error"}}]
    notification = {"descriptor": reference, "message": {"text": "stopped early"}}
    run = {
        "tool": {"driver": {"name": "Trivy", "notifications": described}},
        "results": [],
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": [notification]}],
    }
    [origin] = collect(vulnerabilities, json.dumps({"version": "2.1.0", "runs": [run]})).origins
    assert origin.partial == ("Trivy reports an error: stopped early",)


@pytest.mark.parametrize(
    ("tool", "invocation"),
    [
        ({"extensions": [{"notifications": [{"id": "E", "defaultConfiguration": {"level": "error"}}]}]}, {}),
        (
            {},
            {
                "notificationConfigurationOverrides": [
                    {"descriptor": {"id": "E"}, "configuration": {"level": "error"}}
                ]
            },
        ),
    ],
    ids=["of an extension", "by an override"],
)
def test_a_notification_may_be_an_error_by_an_extension_or_an_override(
    tool: dict[str, Any], invocation: dict[str, Any]
) -> None:
    notification = {"descriptor": {"id": "E"}, "message": {"text": "database lost"}}
    run = {
        "tool": {"driver": {"name": "Trivy"}} | tool,
        "results": [],
        "invocations": [{"toolExecutionNotifications": [notification]} | invocation],
    }
    document = {"version": "2.1.0", "runs": [run]}
    assert origin(document).partial == ("Trivy reports an error: database lost",)


NINE_EIGHT = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
LOW_VECTOR = "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"


@pytest.mark.parametrize(
    ("document", "expected", "reported"),
    [
        (
            trivy({"Severity": "LOW", "SeveritySource": "ghsa", "CVSS": {"ghsa": {"V3Score": 9.8}}}),
            (1, 0, 0, 0),
            "a vulnerability: low by its severity, critical by its CVSS score 9.8; the most severe counts",
        ),
        # The score of another source contradicts nothing: distributions rate by their own configuration.
        (
            trivy({"Severity": "LOW", "SeveritySource": "debian", "CVSS": {"nvd": {"V3Score": 9.8}}}),
            (0, 0, 0, 1),
            None,
        ),
        (
            trivy({"SeveritySource": "nvd", "CVSS": {"nvd": {"V3Vector": NINE_EIGHT, "V2Score": 2}}}),
            (1, 0, 0, 0),
            None,
        ),
        (
            trivy({"SeveritySource": "nvd", "CVSS": {"nvd": {"V3Vector": NINE_EIGHT, "V3Score": 3.1}}}),
            (1, 0, 0, 0),
            "a vulnerability: low by its CVSS score 3.1, critical by its CVSS vector (9.8); the most severe counts",
        ),
        (
            grype("High")
            | {"matches": [matched("Low", {"vector": NINE_EIGHT, "metrics": {"baseScore": 2.0}})]},
            (1, 0, 0, 0),
            "CVE-1: low by its severity, low by its CVSS score 2.0, critical by its CVSS vector (9.8); the most severe counts",
        ),
        (
            grype()
            | {
                "matches": [
                    matched(
                        "Medium",
                        {"type": "Secondary", "version": "3.1", "vector": NINE_EIGHT},
                        {"type": "Primary", "version": "2.0", "metrics": {"baseScore": 9.9}},
                        {"type": "Primary", "version": "3.1", "metrics": {"baseScore": 5.0}},
                    )
                ]
            },
            (0, 0, 1, 0),
            None,
        ),
        (grype() | {"matches": [matched("Unknown", {"vector": LOW_VECTOR})]}, (0, 0, 0, 1), None),
        (
            osv(
                {"ids": ["A"], "max_severity": "3.0"},
                vulnerabilities=[{"id": "A", "severity": [{"type": "CVSS_V3", "score": NINE_EIGHT}]}],
            ),
            (1, 0, 0, 0),
            "A in p 1: low by its CVSS score 3.0, critical by its CVSS vector (9.8); the most severe counts",
        ),
        (
            # As dependency-check writes it: only the base score is a severity.
            sarif(
                described(
                    "CVE-2026-1111",
                    cvssv2_score="2.1",
                    cvssv2_exploitabilityScore="10.0",
                    cvssv2_impactScore="7.8",
                ),
                {"ruleId": "CVE-2026-1111", "level": "note"},
            ),
            (0, 0, 0, 1),
            None,
        ),
        (osv({"ids": ["A"], "max_severity": "0.0"}), UNKNOWN_ONLY, "unknown severity: A in p 1 at x"),
        (
            # Without the source of the word, every score of CVSS may be of it.
            trivy({"VulnerabilityID": "A", "Severity": "LOW", "CVSS": {"nvd": {"V3Score": 9.8}}}),
            (1, 0, 0, 0),
            "A: low by its severity, critical by its CVSS score 9.8; the most severe counts",
        ),
        (
            osv({"ids": ["A"]}, vulnerabilities=[{"id": "A", "severity": [{"score": LOW_VECTOR}]}]),
            (0, 0, 0, 1),
            None,
        ),
        (
            npm(
                {"x": {"severity": "low", "via": [{"severity": "low", "cvss": {"vectorString": NINE_EIGHT}}]}}
            ),
            (1, 0, 0, 0),
            "x: low by its severity, low by its advisory, critical by its CVSS vector (9.8); the most severe counts",
        ),
        (
            npm(
                {
                    "x": {
                        "severity": "low",
                        "via": [{"severity": "low", "cvss": {"score": 0, "vectorString": None}}],
                    }
                }
            ),
            (0, 0, 0, 1),
            None,
        ),
    ],
    ids=short,
)
def test_the_most_severe_of_word_score_and_vector_counts(
    document: Any, expected: tuple[int, ...], reported: str | None
) -> None:
    collected = collect(vulnerabilities, json.dumps(document))
    assert counts(without_touched(collected)) == expected
    assert [one.place.message for one in collected.origins[0].not_understood] == (
        [reported] if reported else []
    )


def test_a_filter_by_severity_makes_the_counts_of_what_it_left_out_null() -> None:
    scan = sarif("Trivy", invocations=[{"commandLine": "trivy image --severity CRITICAL shop:1"}])
    said = without_touched(collect(vulnerabilities, json.dumps(scan)))
    assert (counts(said), said.findings, said.scans) == ((0, None, None, None), None, ("dependencies",))


@pytest.mark.parametrize(
    ("threshold", "expected"), [("9.0", NOTHING_KNOWN), ("high", (0, 0, None, None)), ("all", (0, 0, 0, 0))]
)
def test_a_threshold_in_unknown_words_may_leave_out_any_severity(
    threshold: str, expected: tuple[int | None, ...]
) -> None:
    scan = sarif("Trivy", invocations=[{"arguments": ["--min-severity", threshold]}])
    assert counts(without_touched(collect(vulnerabilities, json.dumps(scan)))) == expected


def test_without_score_and_level_how_severe_an_advisory_is_is_not_known() -> None:
    scan = sarif(
        {"driver": {"name": "grype", "rules": [{"id": "CVE-2026-1111"}]}}, {"ruleId": "CVE-2026-1111"}
    )
    assert counts(without_touched(collect(vulnerabilities, json.dumps(scan)))) == UNKNOWN_ONLY


# --- Trivy: its JSON and its SARIF of one scan

_CLASSES = {"os-pkgs": "OsPackageVulnerability", "lang-pkgs": "LanguageSpecificPackageVulnerability"}
_SCORES = {"CRITICAL": "9.5", "HIGH": "8.0", "MEDIUM": "5.5", "LOW": "2.0", "UNKNOWN": "0.0"}
_LEVELS = {"CRITICAL": "error", "HIGH": "error", "MEDIUM": "warning", "LOW": "note", "UNKNOWN": "note"}
severities = st.sampled_from(sorted(_SCORES))


@st.composite
def trivy_findings(draw: Any) -> tuple[str, str, str, float | None]:
    class_ = draw(st.sampled_from(["os-pkgs", "lang-pkgs", "secret", "config"]))
    score = draw(st.none() | st.sampled_from([2.0, 5.5, 7.5, 9.8])) if class_ in _CLASSES else None
    return class_, draw(st.sampled_from("ABC")), draw(severities), score


def written_by_trivy(found: Any) -> tuple[str, str]:
    """Return JSON and SARIF as Trivy writes them (`pkg/report/sarif.go`): its rules are of the first finding."""
    results: dict[str, dict[str, Any]] = {}
    rules: dict[str, dict[str, Any]] = {}
    listed = []
    for class_, letter, word, score in found:
        id_ = f"{class_}-{letter}"
        result = results.setdefault(class_, {"Target": class_, "Class": class_})
        if class_ in _CLASSES:
            entry = {"VulnerabilityID": id_, "PkgName": "p", "Severity": word, "SeveritySource": "ghsa"}
            entry |= {} if score is None else {"CVSS": {"ghsa": {"V3Score": score}}}
            result.setdefault("Vulnerabilities", []).append(entry)
        elif class_ == "secret":
            result.setdefault("Secrets", []).append({"RuleID": id_, "Severity": word})
        else:
            entry = {"ID": id_, "Severity": word, "Status": "FAIL"}
            result.setdefault("Misconfigurations", []).append(entry)
        name = _CLASSES.get(class_) or {"secret": "Secret", "config": "Misconfiguration"}[class_]
        number = _SCORES[word] if score is None else str(score)
        rules.setdefault(
            id_,
            {
                "id": id_,
                "name": name,
                "defaultConfiguration": {"level": _LEVELS[word]},
                "properties": {"security-severity": number, "tags": [name, "security", word]},
            },
        )
        listed.append(
            {
                "ruleId": id_,
                "ruleIndex": list(rules).index(id_),
                "level": _LEVELS[word],
                "message": {"text": id_},
            }
        )
    log = sarif({"driver": {"name": "Trivy", "rules": list(rules.values())}}, *listed)
    return json.dumps({"SchemaVersion": 2, "Results": list(results.values())}), json.dumps(log)


@given(found=st.lists(trivy_findings(), min_size=1, max_size=6, unique_by=lambda one: one[:2]))
def test_json_and_sarif_of_one_scan_of_trivy_count_the_same(found: Any) -> None:
    first, second = (without_touched(collect(vulnerabilities, text)) for text in written_by_trivy(found))
    assert counts(first) == counts(second)
    assert (len(first.findings), len(first.closed)) == (len(second.findings), len(second.closed))
    assert set(first.scans) <= set(second.scans)


@given(found=st.lists(trivy_findings(), min_size=1, max_size=6))
def test_json_and_sarif_of_one_scan_of_trivy_have_one_verdict(found: Any) -> None:
    """A rule is that of the first package with its vulnerability; the others may have other severities."""
    known = [one for one in found if one[2] != "UNKNOWN"]
    first, second = (
        without_touched(collect(vulnerabilities, text)) for text in written_by_trivy(known or found)
    )
    assert (first.critical == first.high == 0) is (second.critical == second.high == 0)


# --- CVSS, compared with the library's own test vectors


@given(
    metrics=st.fixed_dictionaries({
        "AV": st.sampled_from("NALP"), "AC": st.sampled_from("LH"), "PR": st.sampled_from("NLH"),
        "UI": st.sampled_from("NR"), "S": st.sampled_from("UC"), "C": st.sampled_from("NLH"),
        "I": st.sampled_from("NLH"), "A": st.sampled_from("NLH"),
    }),
    version=st.sampled_from(["3.0", "3.1"]),
    temporal=st.sampled_from(["", "/E:U", "/E:P/RL:O", "/MAV:P"]),
)  # fmt: skip
def test_a_vector_has_its_base_score_whatever_else_it_says(
    metrics: dict[str, str], version: str, temporal: str
) -> None:
    base = f"CVSS:{version}/" + "/".join(f"{key}:{value}" for key, value in metrics.items())
    assert severity.base_score(base + temporal) == float(CVSS3(base).base_score)


@given(score=st.integers(1, 100).map(lambda tenths: Decimal(tenths) / 10))
def test_severities_of_scores_are_those_of_the_library(score: Decimal) -> None:
    three, two = CVSS3(NINE_EIGHT), CVSS2("AV:N/AC:L/Au:N/C:C/I:C/A:C")
    three.base_score = two.base_score = score
    assert str(severity.from_score(float(score))) == three.severities()[0].lower()
    assert str(severity.from_score(float(score), is_version_2=True)) == two.severities()[0].lower()


@given(text=st.text(max_size=40), prefix=st.sampled_from(["", "CVSS:3.1/", "CVSS:4.0/", "(AV:N/"]))
def test_any_text_may_be_a_vector(text: str, prefix: str) -> None:
    score = severity.base_score(prefix + text)
    assert score is None or 0 <= score <= 10
