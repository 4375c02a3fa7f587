"""Scanners of dependencies: what their reports count, what is closed, and what is no evidence of a clean scan."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from builders.artefacts import SAMPLES, collect, fixture, outcome
from gatekeeper.collectors.vulnerabilities import read as vulnerabilities
from gatekeeper.collectors.vulnerabilities.facts import VulnerabilitiesFacts
from gatekeeper.model.evidence import Finding, known

CASES = SAMPLES.parent / "cases" / "vulnerabilities"
Change = Callable[[Any], Any]


def report(name: str) -> Any:
    return json.loads(fixture("vulnerabilities", name))


def lines(name: str) -> list[Any]:
    return [json.loads(line) for line in fixture("vulnerabilities", name).splitlines()]


def as_lines(*documents: Any) -> str:
    return "\n".join(map(json.dumps, documents))


def counts(content: bytes | str) -> tuple[int | None, ...]:
    collected = collect(vulnerabilities, content)
    facts = known(collected.facts, collected.origins)
    return facts.critical, facts.high, facts.medium, facts.low


def partial(content: bytes | str) -> tuple[str, ...]:
    [origin] = collect(vulnerabilities, content).origins
    return origin.partial


def closed(content: bytes | str) -> list[str]:
    found: tuple[Finding, ...] = collect(vulnerabilities, content).facts.closed
    return [finding.message for finding in found]


@pytest.mark.parametrize(
    ("name", "format_", "scanner", "expected"),
    [
        ("pip_audit.json", "pip-audit", "pip-audit", (None, 1, 0, 0)),
        ("pip_audit_list.json", "pip-audit-list", "pip-audit", (None, 1, 0, 0)),
        ("cargo_audit.json", "cargo-audit", "cargo-audit", (1, 1, 0, 0)),
        ("bundler_audit.json", "bundler-audit", "bundler-audit", (1, 1, 1, 0)),
        ("composer_audit.json", "composer-audit", "Composer", (None, 2, 0, 0)),
        ("dotnet.json", "dotnet", "dotnet list package", (1, 1, 1, 0)),
        ("mix_audit.json", "mix-audit", "mix_audit", (0, 1, 0, 0)),
        ("nancy.json", "nancy", "nancy", (0, 0, 1, 0)),
        ("retire.json", "retire", "retire.js", (0, 2, 2, 0)),
        ("dependabot.json", "dependabot", "Dependabot", (1, 0, 0, 0)),
        ("dependency_check.json", "dependency-check", "Dependency-Check", (1, 1, 1, 0)),
        ("dependency_check.xml", "dependency-check", "Dependency-Check", (1, 1, 0, 0)),
        ("dependency_track.json", "dependency-track", "Dependency-Track", (1, 0, 0, 0)),
        ("clair.json", "clair", "Clair", (0, 2, 0, 0)),
        ("anchore.json", "anchore", "Anchore", (None, 2, 0, 1)),
        ("safety.json", "safety", "Safety", (0, 0, 1, 0)),
        ("govulncheck.txt", "govulncheck", "govulncheck", (None, 2, 0, 0)),
        ("snyk.json", "snyk", "Snyk", (1, 1, 1, 0)),
        ("yarn_audit.jsonl", "yarn-audit", "yarn audit", (1, 1, 0, 0)),
        ("yarn_berry.jsonl", "yarn-berry", "Yarn", (1, 1, 0, 0)),
        ("pnpm-audit.json", "npm-audit-1", "npm audit", (1, 1, 0, 0)),
        ("cyclonedx.json", "cyclonedx", "retire", (0, 1, 1, 0)),
        ("cyclonedx.xml", "cyclonedx", "grype", (0, 1, 0, 0)),
        ("trivy-kubernetes.json", "trivy-kubernetes", "Trivy", (0, 1, 1, 0)),
        ("trivy_operator.json", "trivy-operator", "Trivy", (1, 0, 1, 0)),
        ("bun_audit.json", "bun-audit", "Bun", (1, 1, 0, 0)),
        ("harbor.json", "harbor", "Trivy", (0, 1, 0, 1)),
        ("prisma_cloud.json", "prisma-cloud", "Prisma Cloud", (1, 0, 1, 0)),
        ("ecr.json", "ecr", "Amazon ECR", (0, 1, 1, 0)),
    ],
)
def test_what_a_scanner_found(
    name: str, format_: str, scanner: str, expected: tuple[int | None, ...]
) -> None:
    content = fixture("vulnerabilities", name)
    collected = collect(vulnerabilities, content)
    facts: VulnerabilitiesFacts = collected.facts
    assert (collected.format, facts.scanner) == (format_, scanner)
    assert "dependencies" in (facts.scans or ())
    assert counts(content) == expected


@pytest.mark.parametrize(
    ("name", "messages"),
    [
        (
            "cargo_audit.json",
            [
                (
                    "critical: RUSTSEC-2025-9001 in tinyframe 1.2.0, fixed in >=1.2.3: "
                    "Out-of-bounds write in the frame parser"
                ),
                "unknown severity: RUSTSEC-2025-9002 in tinyframe 1.2.0: Panic on an empty frame",
            ],
        ),
        (
            "dotnet.json",
            [
                "critical: GHSA-8888-9999-cccc in Acme.Http 4.1.0 at src/Cart/Cart.csproj",
                "high: GHSA-2222-3333-4444 in Acme.Json 12.0.1 at src/Cart/Cart.csproj",
                "medium: GHSA-5555-6666-7777 in Acme.Http 4.1.0 at src/Cart/Cart.csproj",
            ],
        ),
        (
            "govulncheck.txt",
            [
                (
                    "unknown severity: GO-2025-9001 in example.org/frame v1.1.0, fixed in v1.2.0: "
                    "a symbol is called: Out-of-bounds write in the frame parser"
                ),
                (
                    "unknown severity: GO-2025-9002 in example.org/frame v1.1.0, fixed in v1.2.0: "
                    "required, no import found: Panic on an empty frame"
                ),
            ],
        ),
        (
            "yarn_berry.jsonl",
            [
                "critical: GHSA-xvch-5gv4-984h in minimist 1.2.0: Prototype Pollution in minimist",
                "high: GHSA-35jh-r3h4-6jhm in lodash 4.17.15: Command Injection in lodash",
            ],
        ),
    ],
)
def test_findings_name_advisory_package_and_fix(name: str, messages: list[str]) -> None:
    found = collect(vulnerabilities, fixture("vulnerabilities", name)).facts.findings
    assert [finding.message for finding in found] == messages


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("composer_audit.json", ["ignored: logs are not read by people"]),
        ("nancy.json", ["excluded by the configuration"]),
        ("dependabot.json", ["dismissed: not_used: only in a script", "fixed", "auto_dismissed"]),
        ("dependency_check.json", ["suppressed: the class is not on the path"]),
        ("dependency_check.xml", ["suppressed: the class is not on the path"]),
        ("dependency_track.json", ["suppressed: FALSE_POSITIVE"]),
        ("safety.json", ["ignored: only used in tests"]),
        ("snyk.json", ["ignored by a policy: not reachable from outside"]),
    ],
)
def test_what_a_scanner_does_not_count_is_closed_with_its_reason(name: str, reasons: list[str]) -> None:
    messages = closed(fixture("vulnerabilities", name))
    assert [message[message.rindex("(") :] for message in messages] == [f"({why})" for why in reasons]


def without(*lists: str, **more: Any) -> Callable[[Any], Any]:
    """Return what makes a copy of a document with empty lists."""
    return lambda document: document | {key: [] for key in lists} | more


LIBRARY = {"version": "3.7.1", "component": "jquery", "detection": "filename"}
CLEAN: dict[str, Callable[[Any], Any]] = {
    "pip_audit.json": lambda document: document | {"dependencies": document["dependencies"][:1]},
    "cargo_audit.json": without(vulnerabilities={"found": False, "count": 0, "list": []}),
    "bundler_audit.json": without("results"),
    "composer_audit.json": lambda _: {"advisories": [], "abandoned": [], "filter": []},
    "dotnet.json": lambda document: document | {"projects": document["projects"][1:]},
    "mix_audit.json": without("vulnerabilities", **{"pass": True}),
    "nancy.json": lambda document: document | {"audited": document["audited"][1:], "num_vulnerable": 0},
    "retire.json": without(data=[{"file": "jquery-3.7.1.js", "results": [LIBRARY]}]),
    "dependency_check.json": lambda document: document | {"dependencies": document["dependencies"][1:]},
    "clair.json": without(vulnerabilities={}, package_vulnerabilities={}),
    "anchore.json": without("vulnerabilities"),
    "safety.json": lambda document: (
        json.loads(json.dumps(document).replace(": 1", ": 0"))
        | {"vulnerabilities": [], "ignored_vulnerabilities": []}
    ),
    "snyk.json": lambda document: document[1],
    "harbor.json": lambda document: {
        key: report | {"severity": "None", "vulnerabilities": None} for key, report in document.items()
    },
    "prisma_cloud.json": without(results=[{"id": "sha256:00", "vulnerabilityDistribution": {"total": 0}}]),
    "ecr.json": without(imageScanFindings={"findings": [], "findingSeverityCounts": {}}),
}
"""What a scanner writes in place of its fixture if there is nothing to report."""


def clean(name: str) -> Any:
    return CLEAN[name](report(name))


@pytest.mark.parametrize("name", CLEAN)
def test_a_scan_that_looked_and_found_nothing_is_clean(name: str) -> None:
    content = json.dumps(clean(name))
    assert counts(content) == (0, 0, 0, 0)
    assert partial(content) == ()


def test_a_clean_audit_of_yarn_1() -> None:
    *_, summary = lines("yarn_audit.jsonl")
    summary["data"]["vulnerabilities"] = dict.fromkeys(summary["data"]["vulnerabilities"], 0)
    assert counts(json.dumps(summary)) == (0, 0, 0, 0)


def test_a_clean_scan_of_govulncheck() -> None:
    messages = fixture("vulnerabilities", "govulncheck.txt").decode()
    assert counts(messages[: messages.index('{\n  "finding"')]) == (0, 0, 0, 0)


def changed(name: str, change: Change) -> str:
    document = report(name)
    return json.dumps(document if (new := change(document)) is None else new)


def put(*path: Any) -> Change:
    """Return a change that puts the last of the arguments at the path before it."""

    def change(document: Any) -> None:
        *steps, key, value = path
        for step in steps:
            document = document[step]
        document[key] = value

    return change


SKIPPED = [{"name": "a", "skip_reason": "not found"}]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (
            changed("pip_audit.json", put("dependencies", SKIPPED)),
            "absent: report-0: pip-audit audited no dep",
        ),
        (changed("pip_audit.json", put("dependencies", [])), "absent: report-0: pip-audit audited no dep"),
        (
            changed("pip_audit.json", put("dependencies", [{"name": "a"}])),
            "unreadable: report-0: a dependency",
        ),
        (changed("cargo_audit.json", put("vulnerabilities", "count", 3)), "unreadable: report-0: the report"),
        (
            changed("cargo_audit.json", put("lockfile", "dependency-count", 0)),
            "absent: report-0: the lock file",
        ),
        (changed("cargo_audit.json", put("lockfile", "dependency-count", "3")), "absent: report-0: the lock"),
        (
            changed("cargo_audit.json", put("database", "advisory-count", 0)),
            "absent: report-0: cargo-audit had",
        ),
        (
            changed("bundler_audit.json", put("results", 0, "type", "new")),
            "unreadable: report-0: a result is",
        ),
        (changed("dotnet.json", put("projects", [])), "absent: report-0: dotnet looked for no vulnerability"),
        (changed("dotnet.json", put("sources", [])), "absent: report-0: dotnet looked for no vulnerability"),
        (changed("dotnet.json", put("version", 2)), "unreadable: report-0: version 2 of the output"),
        (
            changed("mix_audit.json", put("pass", True)),
            "unreadable: report-0: the result contradicts the list",
        ),
        (changed("nancy.json", put("num_audited", 0)), "absent: report-0: nancy audited no module"),
        (changed("nancy.json", put("num_vulnerable", 2)), "unreadable: report-0: the report counts other"),
        (changed("nancy.json", put("audited", 0, "Vulnerabilities", 0, "CvssScore", "high")), "unreadable: "),
        (changed("retire.json", put("data", [])), "absent: report-0: retire.js lists no library"),
        (changed("dependabot.json", lambda _: []), "absent: report-0: the document is empty"),
        (
            changed("dependency_check.json", put("dependencies", [])),
            "absent: report-0: Dependency-Check found",
        ),
        (
            changed("dependency_check.json", put("reportSchema", "2.0")),
            "unreadable: report-0: the schema '2.0'",
        ),
        (changed("dependency_track.json", put("findings", [])), "absent: report-0: there is no finding"),
        (changed("clair.json", put("packages", {})), "absent: report-0: Clair found no package"),
        (
            changed("clair.json", put("package_vulnerabilities", {})),
            "unreadable: report-0: 1 vulnerabilities",
        ),
        (changed("clair.json", put("vulnerabilities", {})), "unreadable: report-0: the vulnerability 501"),
        (
            changed("safety.json", put("report_meta", "packages_found", 0)),
            "absent: report-0: Safety found no",
        ),
        (
            changed("safety.json", put("report_meta", "vulnerabilities_found", 2)),
            "unreadable: report-0: the rep",
        ),
        (
            changed("snyk.json", put(0, "uniqueCount", 4)),
            "unreadable: report-0: Snyk counts 4 vulnerabilities",
        ),
        (
            changed("snyk.json", put(1, "ok", False)),
            "unreadable: report-0: Snyk says that a project is not ok",
        ),
        (
            json.dumps({"ok": False, "error": "Authentication failed", "path": "."}),
            "absent: report-0: Snyk tested no project: Authentication failed",
        ),
        (
            json.dumps(clean("snyk.json") | {"dependencyCount": 0}),
            "absent: report-0: Snyk found no dependency",
        ),
        (
            as_lines(*lines("yarn_audit.jsonl")[:2]),
            "absent: report-0: the audit did not run to its end: it has",
        ),
        (
            as_lines({"type": "error", "data": "no network"}),
            "absent: report-0: the audit did not run to its end: no",
        ),
        (
            as_lines({"type": "info", "data": "a"}, {"type": "x", "data": 1}),
            "unreadable: report-0: line 2: Yarn",
        ),
        (
            changed("ecr.json", put("imageScanStatus", "status", "FAILED")),
            "absent: report-0: the scan of the",
        ),
        (
            changed("ecr.json", put("imageScanFindings", "enhancedFindings", [{}])),
            "unreadable: report-0: the findings are those of an enhanced scan",
        ),
        (
            changed("prisma_cloud.json", put("results", 0, "vulnerabilityDistribution", "total", 3)),
            "unreadable: report-0: there are more vulnerabilities in the counters than in the list",
        ),
        (
            fixture("vulnerabilities", "trivy_operator.json").replace(
                b'criticalCount": 1', b'criticalCount": 2'
            ),
            "unreadable: report-0: the summary of a report counts",
        ),
        (
            json.dumps({key: one | {"vulnerabilities": []} for key, one in report("harbor.json").items()}),
            "unreadable: report-0: the report states a severity and lists no vulnerability",
        ),
        (
            json.dumps({"ClusterName": "staging", "Resources": []}),
            "absent: report-0: Trivy found nothing to scan",
        ),
        (
            json.dumps({"ClusterName": "staging", "Resources": [{"Name": "a"}]}),
            "unreadable: report-0: Resources",
        ),
    ],
)
def test_a_report_that_shows_no_scan_is_no_evidence(content: bytes | str, why: str) -> None:
    assert outcome(vulnerabilities, content).startswith(why)


def xml(*replaced: str) -> bytes:
    text, words = fixture("vulnerabilities", "dependency_check.xml").decode(), iter(replaced)
    for word in words:
        assert word in text
        text = text.replace(word, next(words))
    return text.encode()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (xml("check.4.1.xsd", "check.5.0.xsd"), "unreadable: report-0: the schema "),
        (xml(">9.8<", ">high<"), "unreadable: report-0: a CVSS score is 'high', not a number"),
        (xml("dependencies>", "libraries>"), "unreadable: report-0: the report has no dependencies"),
        (b'<analysis xmlns="urn:other"/>', "unreadable: report-0: "),
        (xml("</analysis>", ""), "unreadable: report-0: line 56: not XML"),
    ],
)
def test_xml_of_dependency_check_that_is_not_read(content: bytes, why: str) -> None:
    assert outcome(vulnerabilities, content).startswith(why)


def test_xml_of_dependency_check_counts_what_its_json_counts() -> None:
    in_json, in_xml = report("dependency_check.json"), xml("Nobody rated it.", "d")
    del in_json["dependencies"][0]["vulnerabilities"][1]
    facts = [collect(vulnerabilities, one).facts for one in (json.dumps(in_json), in_xml)]
    assert len({(one.critical, one.high, one.medium, one.low, len(one.closed)) for one in facts}) == 1


MANY = [report("dependabot.json")[3] | {"number": number} for number in range(30)]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (fixture("vulnerabilities", "pip_audit.json"), "pip-audit skipped dependencies"),
        (changed("cargo_audit.json", put("settings", "ignore", ["RUSTSEC-1"])), "ignored advisories"),
        (
            changed("cargo_audit.json", put("settings", "target_os", ["linux"])),
            "some architectures or systems",
        ),
        (
            changed("composer_audit.json", put("unreachable-repositories", ["a.example"])),
            "did not reach a.example",
        ),
        (changed("dotnet.json", put("parameters", "--vulnerable")), "`--include-transitive` is missing"),
        (changed("dotnet.json", put("problems", [{"message": "no network"}])), "a problem: no network"),
        (changed("nancy.json", put("invalid", [{"Coordinates": "a"}])), "modules with an invalid version"),
        (changed("retire.json", put("errors", ["no network"])), "retire.js reports errors"),
        (changed("dependabot.json", lambda _: MANY), "the list has as many alerts as a page"),
        (
            changed(
                "dependency_check.json",
                put("scanInfo", "analysisExceptions", [{"exception": {"message": "m"}}]),
            ),
            "an analysis of Dependency-Check failed: m",
        ),
        (changed("dependency_check.json", put("scanInfo", "dataSource", [])), "had no source of data"),
        (changed("anchore.json", put("vulnerability_type", "os")), "a part of the vulnerabilities"),
        (
            changed("snyk.json", put(1, {"ok": False, "error": "no lock file", "path": "b"})),
            "test a project: no lock",
        ),
        (changed("snyk.json", put(1, "hasUnknownVersions", True)), "versions of some dependencies"),
        (changed("ecr.json", put("nextToken", "a")), "the list goes on in another page"),
        (changed("ecr.json", put("imageScanFindings", "findings", [])), "2 findings are counted, but 0 are"),
        (as_lines(*lines("yarn_audit.jsonl")[1:]), "Yarn counts 1 high, and lists 0"),
        (
            as_lines({"type": "error", "data": "odd"}, *lines("yarn_audit.jsonl")),
            "Yarn reports an error: odd",
        ),
        (fixture("vulnerabilities", "trivy-kubernetes.json"), "Trivy did not scan nightly: scan error"),
    ],
)
def test_what_is_missing_from_a_scan_is_told(content: bytes | str, why: str) -> None:
    assert any(why in one for one in partial(content)), partial(content)


def test_a_list_of_reports_of_the_trivy_operator_is_one_scan_of_many_images() -> None:
    found = report("trivy_operator.json")
    clean_one = json.loads(json.dumps(found))
    clean_one["report"] |= {"vulnerabilities": [], "updateTimestamp": "2026-03-01T10:00:00Z"}
    clean_one["report"]["summary"] = dict.fromkeys(clean_one["report"]["summary"], 0)
    collected = collect(vulnerabilities, json.dumps({"kind": "List", "items": [found, clean_one]}))
    assert (collected.facts.critical, collected.facts.medium) == (1, 1)
    assert collected.produced_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert collected.origins[0].subjects == ()


DIGEST = "sha256:aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899"


@pytest.mark.parametrize(
    ("name", "subjects"),
    [
        ("clair.json", [DIGEST]),
        ("harbor.json", [DIGEST]),
        ("ecr.json", [DIGEST]),
        ("anchore.json", [DIGEST]),
        ("prisma_cloud.json", ["registry.example/cart:1.2.0"]),
        ("dependency_track.json", ["pkg:npm/cart@1.2.0"]),
        ("cyclonedx.xml", ["registry.example/cart:1.2.0"]),
        # A cluster has many images: which one a finding is about, only the finding says.
        ("trivy-kubernetes.json", []),
        ("trivy_operator.json", ["registry.example/acme/cart"]),
    ],
)
def test_what_was_scanned_is_stated(name: str, subjects: list[str]) -> None:
    [origin] = collect(vulnerabilities, fixture("vulnerabilities", name)).origins
    assert [subject.name for subject in origin.subjects] == subjects


def test_a_threshold_of_snyk_makes_what_is_below_unknown() -> None:
    content = json.dumps(clean("snyk.json") | {"severityThreshold": "high"})
    assert counts(content) == (0, 0, None, None)


def test_snyk_counts_a_vulnerability_once_for_each_package_and_its_applications_too() -> None:
    [first, second] = report("snyk.json")
    image = second | {"projectName": "docker-image|registry.example/cart", "applications": [first]}
    collected = collect(vulnerabilities, json.dumps(image))
    assert counts(json.dumps(image)) == (1, 1, 1, 0)
    assert [subject.name for subject in collected.origins[0].subjects] == ["registry.example/cart"]


@pytest.mark.parametrize(
    ("state", "is_closed"),
    [("open", False), ("dismissed", True), ("fixed", True), ("auto_dismissed", True), ("ignored", False)],
)
def test_only_a_known_state_closes_an_alert(state: str, is_closed: bool) -> None:
    content = changed("dependabot.json", lambda alerts: [alerts[0] | {"state": state}])
    assert counts(content) == ((0, 0, 0, 0) if is_closed else (1, 0, 0, 0))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("mix_audit.json", ("vulnerabilities", 0, "advisory", "severity")),
        ("dependabot.json", (0, "security_vulnerability", "severity")),
        ("retire.json", ("data", 0, "results", 0, "vulnerabilities", 1, "severity")),
        (
            "dotnet.json",
            ("projects", 0, "frameworks", 0, "topLevelPackages", 0, "vulnerabilities", 0, "severity"),
        ),
        ("clair.json", ("vulnerabilities", "501", "normalized_severity")),
        ("composer_audit.json", ("advisories", "acme/frame", 0, "severity")),
    ],
)
def test_a_severity_that_is_no_known_word_may_be_critical(name: str, path: tuple[Any, ...]) -> None:
    critical, *_ = counts(changed(name, put(*path, "apocalyptic")))
    unknown = collect(vulnerabilities, changed(name, put(*path, "apocalyptic"))).facts
    assert critical in (None, 1)
    assert any(finding.message.startswith("unknown severity") for finding in unknown.findings)


@pytest.mark.parametrize(
    "name",
    [
        "govulncheck.txt",
        "yarn_audit.jsonl",
        "snyk.json",
        "dependabot.json",
        "cyclonedx.json",
        "pip_audit.json",
    ],
)
def test_a_report_that_was_cut_short_is_not_read(name: str) -> None:
    content = fixture("vulnerabilities", name)
    assert outcome(vulnerabilities, content[: len(content) * 2 // 3]).startswith(("unreadable", "absent"))


# --- formats that others resemble


def govulncheck(*messages: Any, level: str = "symbol") -> str:
    return json.dumps([{"config": {"protocol_version": "v1.0.0", "scan_level": level}}, *messages])


def finding(module: str = "m", **frame: str) -> Any:
    return {"finding": {"osv": "GO-1", "trace": [{"module": module, "version": "v1", **frame}]}}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (govulncheck(finding()), ["required, no import found"]),
        (govulncheck(finding(), finding(package="m/p")), ["imported, no call found"]),
        (govulncheck(finding(), finding(package="m/p", function="f"), finding()), ["a symbol is called"]),
        (govulncheck(finding(), level="module"), ["how it is used is not known"]),
        (govulncheck(finding(), finding("n")), ["required, no import found"] * 2),
    ],
)
def test_govulncheck_counts_each_vulnerability_of_a_module_once(content: str, found: list[str]) -> None:
    findings = collect(vulnerabilities, content).facts.findings
    assert [one.message.rpartition(": ")[2] for one in findings] == found


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (govulncheck(), "absent: report-0: govulncheck did not check the code"),
        (
            govulncheck({"progress": {"message": "Fetching vulnerabilities from the database..."}}),
            "absent: report-0: govulncheck did not check the code",
        ),
        (
            govulncheck({"osv": {"id": "GO-1"}}).replace(
                '"scan_level"', '"scan_mode": "query", "scan_level"'
            ),
            "absent: report-0: govulncheck was asked about modules, and scanned no code",
        ),
        (govulncheck({"osv": {"id": "GO-1"}}), "absent: report-0: govulncheck did not check the code"),
        (
            govulncheck({"progress": {"message": "Scanning your code and 3 packages"}}),
            "absent: report-0: govulncheck did not check the code",
        ),
        (govulncheck({"findings": {}}), "unreadable: report-0: the message 2 is not one of govulncheck"),
        (
            govulncheck({"finding": {"osv": "GO-1"}}),
            "unreadable: report-0: the finding of the message 2 has no",
        ),
        (
            govulncheck(finding()).replace("v1.0.0", "v2.0.0"),
            "unreadable: report-0: the protocol 'v2.0.0' of govulncheck",
        ),
    ],
)
def test_govulncheck_that_did_not_end(content: str, why: str) -> None:
    assert outcome(vulnerabilities, content).startswith(why)


ANALYSED = {"id": "CVE-1", "analysis": {"state": "in_triage"}, "affects": [{"ref": "pkg:npm/jquery@1.8.1"}]}


def bom(*vulnerabilities: Any, tools: Any = (), **more: Any) -> str:
    document = report("cyclonedx.json")
    document["metadata"]["tools"] = list(tools)
    return json.dumps(document | {"vulnerabilities": list(vulnerabilities)} | more)


FOUND = report("cyclonedx.json")["vulnerabilities"][0]
TOOL = {"vendor": "anchore", "name": "grype", "version": "0.90.0"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (bom(FOUND, tools=[TOOL]), (0, 0, 1, 0)),
        (bom(FOUND, ANALYSED, tools=[TOOL]), (None, 1, 1, 0)),
        # Nothing shows that somebody looked for vulnerabilities.
        (bom(FOUND), (None, None, 1, None)),
        (bom(FOUND, components=[{"bom-ref": "a", "name": "a"}, {"bom-ref": "b", "name": "b"}]), (0, 0, 1, 0)),
        (bom(tools=[TOOL]), (0, 0, 0, 0)),
        (bom(FOUND | {"ratings": []}, tools=[TOOL]), (None, 1, 0, 0)),
        (
            bom(
                FOUND
                | {"ratings": [{"severity": "low"}, {"score": 9.8, "method": "CVSSv3", "vector": "AV:N"}]},
                tools=[TOOL],
            ),
            (1, 0, 0, 0),
        ),
        (bom(FOUND | {"affects": [{"ref": "x"}, {"ref": "y"}, {"ref": "y"}]}, tools=[TOOL]), (0, 0, 2, 0)),
    ],
)
def test_what_cyclonedx_counts(content: str, expected: tuple[int | None, ...]) -> None:
    assert counts(content) == expected


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (bom(), "unreadable: report-0: a CycloneDX document without an analysis"),
        (bom(tools=[{"name": "syft"}]), "unreadable: report-0: a CycloneDX document without an analysis"),
        (bom(FOUND, components=[]), "unreadable: report-0: a CycloneDX document without an analysis"),
        (bom(ANALYSED), "absent: reports is a VEX document"),
        (bom(ANALYSED, tools=[TOOL]), "absent: reports is a VEX document"),
        (bom(ANALYSED, FOUND), "absent: reports is a VEX document"),
    ],
)
def test_a_bill_of_materials_or_a_statement_is_not_a_scan(content: str, why: str) -> None:
    assert outcome(vulnerabilities, content).startswith(why)


def bom_in_xml(old: str, new: str) -> bytes:
    text = fixture("vulnerabilities", "cyclonedx.xml").decode()
    assert old in text
    return text.replace(old, new).encode()


@pytest.mark.parametrize(
    ("content", "list_"),
    [
        (fixture("vulnerabilities", "cyclonedx.xml"), b"<vulnerabilities>"),
        (fixture("vulnerabilities", "dependency_check.xml"), b"<dependencies>"),
    ],
)
def test_a_second_list_in_xml_counts_too(content: bytes, list_: bytes) -> None:
    assert content.count(list_) == 1
    end = list_.replace(b"<", b"</")
    assert counts(content.replace(list_, list_ + end + list_)) == counts(content)


STATEMENT = "<analysis><state>not_affected</state><detail>it is not reachable</detail></analysis>"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (bom_in_xml("<affects>", f"{STATEMENT}<affects>"), "absent: reports is a VEX document"),
        (bom_in_xml("org/schema/bom/1.6", "org/schema/other"), "unreadable: report-0: the namespace "),
        (bom_in_xml("<vulnerabilities>", "<x/><vulnerabilities>"), "unreadable: report-0: <x> is not known"),
        (bom_in_xml("components>", "parts>"), "unreadable: report-0: <parts> is not known"),
        (bom_in_xml("</bom>", ""), "unreadable: report-0: line 54: not XML"),
    ],
)
def test_cyclonedx_in_xml_that_is_no_scan(content: bytes, why: str) -> None:
    assert outcome(vulnerabilities, content).startswith(why)


def test_an_empty_list_in_xml_is_clean_if_a_scanner_wrote_it() -> None:
    start, _, rest = fixture("vulnerabilities", "cyclonedx.xml").decode().partition("<vulnerability ")
    content = f"{start}{rest.partition('</vulnerability>')[2]}"
    assert counts(content) == (0, 0, 0, 0)
    assert outcome(vulnerabilities, content.replace("grype", "syft")).startswith("unreadable")


def test_an_analysis_in_a_scan_closes_the_vulnerability() -> None:
    analysed = FOUND | {"analysis": {"state": "not_affected", "justification": "code_not_reachable"}}
    analysed["affects"] = [{"ref": "pkg:npm/jquery@1.8.1"}]
    other = FOUND | {"id": "CVE-2", "references": []}
    content = bom(analysed, other, tools=[TOOL])
    assert counts(content) == (0, 0, 1, 0)
    assert [message.partition(" in ")[0] for message in closed(content)] == ["medium: CVE-2012-6708"]


def test_a_gem_without_a_name_is_unreadable() -> None:
    gem = {
        "type": "unpatched_gem",
        "gem": {"version": "1"},
        "advisory": {"id": "CVE-1", "criticality": "low"},
    }
    report = {"version": "0.9.2", "created_at": "2026-03-02T10:00:18Z", "results": [gem]}
    assert outcome(vulnerabilities, json.dumps(report)) == "unreadable: report-0: a gem has no advisory"


def test_advisories_of_composer_and_of_npm_are_told_apart() -> None:
    assert collect(vulnerabilities, '{"advisories": []}').format == "composer-audit"
    npm = json.dumps({"advisories": {}, "metadata": {"totalDependencies": 3}})
    assert collect(vulnerabilities, npm).format == "npm-audit-1"


def test_a_deprecation_that_yarn_lists_is_no_vulnerability() -> None:
    [line, _] = lines("yarn_berry.jsonl")
    line["children"] |= {"ID": "lodash (deprecation)", "Severity": "moderate"}
    del line["children"]["URL"]
    assert counts(json.dumps(line)) == (0, 0, 0, 0)
    assert closed(json.dumps(line)) == [
        (
            "medium: lodash (deprecation) in lodash 4.17.15: Command Injection in lodash "
            "(a deprecation, not a vulnerability)"
        )
    ]


@pytest.mark.published(CASES)
def test_the_published_case_of_pip_audit_is_read() -> None:
    assert counts(Path(CASES, "pip-audit.json").read_bytes()) == (None, 1, 0, 0)


@pytest.mark.published(SAMPLES)
def test_a_bill_of_materials_that_trivy_scanned_is_a_scan() -> None:
    sample = SAMPLES / "vex" / "trivy-npm-from-cyclonedx.json"
    facts = collect(vulnerabilities, sample.read_bytes()).facts
    assert (facts.scanner, len(facts.findings)) == ("trivy", 1)
