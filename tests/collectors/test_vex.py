"""VEX documents beside a scan: which findings they close, and which they leave open."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.artefacts import SAMPLES, collect, facts, fixture, needs_samples, outcome
from gatekeeper.collectors.vulnerabilities import _purl
from gatekeeper.collectors.vulnerabilities import read as vulnerabilities
from gatekeeper.collectors.vulnerabilities._report import Package


@pytest.mark.parametrize("document", ["openvex.json", "cyclonedx-vex.json", "csaf-vex.json"])
@pytest.mark.parametrize(("scan", "high"), [("trivy.json", 1), ("grype.json", 1)])
def test_what_a_document_closes_is_shown_with_its_reason(document: str, scan: str, high: int) -> None:
    collected = collect(
        vulnerabilities, fixture("vulnerabilities", scan), fixture("vulnerabilities", document)
    )
    assert document.removesuffix(".json") in collected.format
    assert collected.facts.high == high
    closed = collected.facts.closed[-1].message
    assert "lodash 4.17.20" in closed
    assert "not_affected by report-1: " in closed
    assert closed.endswith(("vulnerable_code_not_in_execute_path)", "code_not_reachable)"))


SCAN = {
    "matches": [
        {
            "vulnerability": {"id": "GHSA-aaaa-bbbb-cccc", "severity": "High"},
            "relatedVulnerabilities": [{"id": "CVE-2026-1111"}],
            "artifact": {
                "name": "openssl",
                "version": "3.0.2",
                "purl": "pkg:deb/debian/openssl@3.0.2?arch=amd64&distro=debian-12",
            },
        }
    ],
    "source": {"type": "image"},
}


def openvex(*statements: Any, **more: Any) -> dict[str, Any]:
    return {"@context": "https://openvex.dev/ns/v0.2.0", "statements": list(statements)} | more


def statement(
    status: Any = "not_affected", name: Any = "CVE-2026-1111", products: Any = (), **more: Any
) -> Any:
    return {"vulnerability": {"name": name}, "products": list(products), "status": status} | more


def is_closed(*documents: Any, scan: Any = SCAN) -> bool:
    said = facts(vulnerabilities, json.dumps(scan), *(json.dumps(document) for document in documents))
    assert len(said.findings) + len(said.closed) == 1
    return bool(said.closed)


@pytest.mark.parametrize(
    ("statement", "closed"),
    [
        (statement("not_affected"), True),
        (statement("fixed"), True),
        (statement("affected"), False),
        (statement("under_investigation"), False),
        (statement(name="CVE-2026-2"), False),
        (statement(name="cve-2026-1111"), True),
        (statement(name="ghsa-AAAA-bbbb-cccc"), True),
        (statement(vulnerability="CVE-2026-1111"), True),
        (statement(vulnerability={"name": "X", "aliases": ["CVE-2026-1111"]}), True),
        (statement(vulnerability={"@id": "https://nvd.nist.gov/vuln/detail/CVE-2026-1111"}), True),
        (statement(products=["pkg:deb/debian/openssl@3.0.2"]), True),
        (statement(products=[{"@id": "pkg:deb/debian/openssl@3.0.2?arch=amd64"}]), True),
        (statement(products=[{"identifiers": {"purl": "pkg:deb/debian/openssl"}}]), True),
        (statement(products=["pkg:deb/debian/openssl@3.0.3"]), False),
        (statement(products=["pkg:deb/debian/openssl@3.0.2?arch=arm64"]), False),
        (statement(products=["pkg:deb/ubuntu/openssl@3.0.2"]), False),
        (statement(products=["pkg:npm/openssl@3.0.2"]), False),
        (statement(products=["pkg:deb/debian/libssl@1", "pkg:deb/debian/openssl@3.0.2"]), True),
        # What was scanned is an image or something of another name: the vulnerability alone decides.
        (statement(products=["pkg:oci/billing@sha256:12"]), True),
        (statement(products=[{"@id": "https://example.org/billing"}]), True),
        (statement(products=[{"@id": "pkg:oci/x", "subcomponents": [{"@id": "pkg:npm/y@1"}]}]), False),
        (
            statement(products=[{"@id": "pkg:oci/x", "subcomponents": [{"@id": "pkg:deb/debian/openssl"}]}]),
            True,
        ),
    ],
)
def test_which_statement_is_about_a_finding(statement: Any, closed: bool) -> None:
    assert is_closed(openvex(statement)) is closed


OLD, NEW = {"timestamp": "2026-03-01T00:00:00Z"}, {"timestamp": "2026-03-02T00:00:00Z"}


@pytest.mark.parametrize(
    ("statements", "closed"),
    [
        ([statement("under_investigation", **OLD), statement("not_affected", **NEW)], True),
        ([statement("not_affected", **NEW), statement("under_investigation", **OLD)], True),
        ([statement("not_affected", **OLD), statement("affected", **NEW)], False),
        ([statement("not_affected", **NEW), statement("affected", **NEW)], False),
        ([statement("affected", **NEW), statement("not_affected", **NEW)], False),
        ([statement("not_affected"), statement("affected")], False),
        ([statement("not_affected"), statement("affected", products=["pkg:deb/debian/openssl"])], False),
        ([statement("not_affected"), statement("affected", products=["pkg:npm/other"])], True),
        (
            [
                statement("affected", **OLD),
                statement("not_affected", **(OLD | {"last_updated": NEW["timestamp"]})),
            ],
            True,
        ),
    ],
)
def test_the_latest_statement_holds(statements: Sequence[Any], closed: bool) -> None:
    assert is_closed(openvex(*statements)) is closed
    assert is_closed(*(openvex(statement) for statement in statements)) is closed


def cyclonedx(
    state: str | None, ref: str = "urn:cdx:3e67/1#pkg%3Adeb/debian/openssl", **more: Any
) -> dict[str, Any]:
    analysis = {} if state is None else {"state": state}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "vulnerabilities": [{"id": "CVE-2026-1111", "analysis": analysis, "affects": [{"ref": ref}]}],
    } | more


@pytest.mark.parametrize(
    ("document", "closed"),
    [
        (cyclonedx("not_affected"), True),
        (cyclonedx("false_positive"), True),
        (cyclonedx("resolved"), True),
        (cyclonedx("resolved_with_pedigree"), True),
        (cyclonedx("exploitable"), False),
        (cyclonedx("in_triage"), False),
        (cyclonedx("not_affected", "pkg:deb/debian/openssl@3.0.2"), True),
        (cyclonedx("not_affected", "pkg:deb/debian/other@3.0.2"), False),
        (cyclonedx("not_affected", "x"), True),
        (cyclonedx("not_affected", "x", components=[{"bom-ref": "x", "purl": "pkg:npm/other@1"}]), False),
        (
            cyclonedx(
                "not_affected",
                "x",
                components=[{"components": [{"bom-ref": "x", "purl": "pkg:deb/debian/openssl@3.0.2"}]}],
            ),
            True,
        ),
        # The product as a whole.
        (
            cyclonedx("not_affected", "pkg:npm/app@1", metadata={"component": {"bom-ref": "pkg:npm/app@1"}}),
            True,
        ),
    ],
)
def test_cyclonedx(document: Any, closed: bool) -> None:
    assert is_closed(document) is closed


def csaf(status: str, purl: str | None = "pkg:deb/debian/openssl@3.0.2", **helper: Any) -> dict[str, Any]:
    product = {
        "product_id": "P",
        "name": "openssl",
        "product_identification_helper": helper or ({} if purl is None else {"purl": purl}),
    }
    return {
        "document": {"category": "csaf_vex", "csaf_version": "2.0"},
        "product_tree": {"full_product_names": [product]},
        "vulnerabilities": [
            {"ids": [{"system_name": "x", "text": "CVE-2026-1111"}], "product_status": {status: ["P"]}}
        ],
    }


@pytest.mark.parametrize(
    ("document", "closed"),
    [
        (csaf("known_not_affected"), True),
        (csaf("fixed"), True),
        (csaf("first_fixed"), True),
        (csaf("known_affected"), False),
        (csaf("under_investigation"), False),
        (csaf("recommended"), False),
        (csaf("known_not_affected", "pkg:deb/debian/openssl@3.0.9"), False),
        (csaf("known_not_affected", purls=["pkg:deb/debian/openssl@3.0.2"]), True),
        (csaf("known_not_affected", None), True),
    ],
)
def test_csaf(document: Any, closed: bool) -> None:
    assert is_closed(document) is closed


def sarif(rule: str, *purls: str, **of_rule: Any) -> dict[str, Any]:
    rules = [{"id": rule, "properties": {"purls": list(purls)}} | of_rule]
    run = {"tool": {"driver": {"name": "grype", "rules": rules}}, "results": [{"ruleId": rule}]}
    return {"version": "2.1.0", "runs": [run]}


@pytest.mark.parametrize(
    ("scan", "statement", "closed"),
    [
        (sarif("CVE-2026-1111"), statement(), True),
        (sarif("CVE-2026-1111-openssl"), statement(), True),
        (sarif("CVE-2026-11112-openssl"), statement(), False),
        (sarif("OSV-7", deprecatedIds=["CVE-2026-1111"]), statement(), True),
        # SARIF seldom names the package, and Grype's rules only the first version they met.
        (sarif("CVE-2026-1111"), statement(products=["pkg:npm/x@1"]), True),
        (sarif("CVE-2026-1111", "pkg:npm/x@1"), statement(products=["pkg:npm/x@2"]), True),
        (sarif("CVE-2026-1111", "pkg:npm/x@1"), statement(products=["pkg:npm/y@1"]), False),
    ],
)
def test_sarif(scan: Any, statement: Any, closed: bool) -> None:
    assert is_closed(openvex(statement), scan=scan) is closed


def test_a_finding_without_a_package_stays_open_while_one_package_is_affected() -> None:
    document = openvex(
        statement("not_affected", products=["pkg:npm/x"], **NEW),
        statement("affected", products=["pkg:npm/y"], **OLD),
    )
    assert not is_closed(document, scan=sarif("CVE-2026-1111"))


def trivy(name: str, version: str) -> dict[str, Any]:
    found = {
        "VulnerabilityID": "CVE-2026-1111",
        "PkgName": name,
        "InstalledVersion": version,
        "Severity": "HIGH",
    }
    return {
        "SchemaVersion": 2,
        "Results": [{"Target": "x", "Class": "lang-pkgs", "Vulnerabilities": [found]}],
    }


@pytest.mark.parametrize(
    ("name", "purl", "closed"),
    [
        ("musl", "pkg:apk/alpine/musl@1.2", True),
        ("musl", "pkg:apk/alpine/musl", True),
        ("musl", "pkg:apk/alpine/musl@1.3", False),
        ("@scope/musl", "pkg:npm/%40scope/musl@1.2", True),
        ("@scope/musl", "pkg:npm/@scope/musl", True),
        ("musl", "pkg:npm/%40scope/musl@1.2", False),
        ("org.example:musl", "pkg:maven/org.example/musl@1.2", True),
        ("github.com/x/musl", "pkg:golang/github.com/x/musl@1.2", True),
        ("Musl", "pkg:pypi/musl@1.2", True),
    ],
)
def test_a_package_that_is_known_by_name(name: str, purl: str, closed: bool) -> None:
    assert is_closed(openvex(statement(products=[purl])), scan=trivy(name, "1.2")) is closed


def audit(**packages: Sequence[str]) -> dict[str, Any]:
    """Each package with its `via`: an advisory where it starts with GHSA."""
    return {
        "auditReportVersion": 2,
        "vulnerabilities": {
            name: {
                "severity": "high",
                "via": [
                    {"title": cause, "url": f"https://github.com/advisories/{cause}"}
                    if cause.startswith("GHSA")
                    else cause
                    for cause in via
                ],
            }
            for name, via in packages.items()
        },
    }


ONE, TWO = "GHSA-aaaa-aaaa-aaaa", "GHSA-bbbb-bbbb-bbbb"


@pytest.mark.parametrize(
    ("scan", "open_"),
    [
        (audit(a=[ONE]), []),
        (audit(a=[TWO]), ["a"]),
        (audit(a=[ONE, TWO]), ["a"]),
        (audit(b=["a"], a=[ONE]), []),
        (audit(c=["b"], b=["a"], a=[ONE]), []),
        (audit(b=["a"], a=[TWO]), ["b", "a"]),
        (audit(b=["a", ONE], a=[TWO]), ["b", "a"]),
        (audit(c=["a", "b"], a=[ONE], b=[TWO]), ["c", "b"]),
        (audit(b=["a", TWO], a=[ONE]), ["b"]),
        (audit(b=["a", "a"], a=[ONE]), []),
        (audit(b=["elsewhere"]), ["b"]),
        (audit(b=[]), ["b"]),
        # A circle has no beginning that could be closed.
        (audit(a=["b"], b=["a"]), ["a", "b"]),
        (audit(a=["a"]), ["a"]),
    ],
)
def test_packages_that_come_through_others(scan: Any, open_: list[str]) -> None:
    document = openvex(statement(name=ONE))
    said = facts(vulnerabilities, json.dumps(scan), json.dumps(document))
    assert [finding.pointer for finding in said.findings] == [f"/vulnerabilities/{name}" for name in open_]
    assert len(said.closed) == len(scan["vulnerabilities"]) - len(open_)


def test_what_its_scanner_closed_keeps_the_scanner_s_reason() -> None:
    scan = {"matches": [], "ignoredMatches": SCAN["matches"], "source": {}}
    [closed] = facts(vulnerabilities, json.dumps(scan), json.dumps(openvex(statement()))).closed
    assert closed.message.endswith("(ignored by a rule)")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            openvex(statement("unaffected")),
            "the status 'unaffected' is not one of OpenVEX: not_affected, fixed, ",
        ),
        (openvex(statement(status=["fixed"])), "the status a list is not one of OpenVEX"),
        (openvex({"status": "fixed"}), "the vulnerability of a statement is missing"),
        (openvex("x"), "a statement is 'x', not an object"),
        (openvex(statement(products="x")), None),
        (openvex(statement(products=[1])), "a product is 1, not an object"),
        (openvex() | {"statements": None}, "statements is missing, not a list"),
        (cyclonedx("fine"), "the status 'fine' is not one of CycloneDX"),
        (cyclonedx(None), "a CycloneDX document without an analysis"),
        (
            csaf("fixed") | {"document": {"category": "csaf_base", "csaf_version": "2.0"}},
            "CSAF of the category",
        ),
        (csaf("fixed") | {"product_tree": "x"}, "product_tree is 'x'"),
        (
            openvex(statement(products=[f"pkg:npm/x@{version}" for version in range(1_001)])),
            "1,001 statements about cve-2026-1111 in x; supported are 1,000",
        ),
        (
            openvex(
                statement(vulnerability={"name": "x", "aliases": [f"A-{number}" for number in range(100)]})
            ),
            "a statement with 101 names; supported are 100",
        ),
    ],
)
def test_a_document_that_cannot_be_read(document: Any, expected: str | None) -> None:
    said = outcome(vulnerabilities, json.dumps(SCAN), json.dumps(document))
    assert said == "collected" if expected is None else said.startswith("unreadable: ")
    assert expected is None or expected in said


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("pkg:npm/%40angular/core@17.0.1", ("npm", "@angular", "core", "17.0.1", ())),
        ("pkg:npm/@angular/core@17.0.1", ("npm", "@angular", "core", "17.0.1", ())),
        ("pkg:npm/@angular/core", ("npm", "@angular", "core", "", ())),
        ("pkg:NPM/Lodash@4#lib", ("npm", "", "lodash", "4", ())),
        (
            "pkg:deb/debian/curl@1%3A7.5?arch=i386&distro=x",
            ("deb", "debian", "curl", "1:7.5", (("arch", "i386"), ("distro", "x"))),
        ),
        ("pkg:golang/github.com/a/b@v1?", ("golang", "github.com/a", "b", "v1", ())),
        ("pkg:npm", None),
        ("pkg:npm/", None),
        ("pkg:@", None),
        ("npm/x", None),
        ("", None),
    ],
)
def test_package_urls(text: str, parts: tuple[Any, ...] | None) -> None:
    purl = _purl.parsed(text)
    assert (None if purl is None else tuple(purl)) == parts


@given(text=st.text(max_size=30))
def test_any_text_may_be_a_package_url(text: str) -> None:
    purl = _purl.parsed(f"pkg:{text}")
    if purl:
        assert _purl.covers(purl, Package(purl=f"pkg:{text}"))


@needs_samples
@pytest.mark.parametrize(
    ("name", "version", "id_", "closed"),
    [
        ("apk-tools", "2.10.6-r0", "CVE-2024-10001", True),
        ("apk-tools", "2.10.7-r0", "CVE-2024-10001", False),
        ("busybox", "1.30.1-r3", "CVE-2024-10002", False),
        ("alpine-baselayout", "3.1.2-r0", "CVE-2024-10003", True),
        ("musl", "1.1.22-r3", "CVE-2024-10004", False),
        ("zlib", "1.2.11-r1", "GHSA-jfh8-c2jp-5v3q", True),
        ("openssl", "1.1.1k-r0", "CVE-2024-10006", True),
    ],
)
def test_sample_of_openvex(name: str, version: str, id_: str, closed: bool) -> None:
    scan = trivy(name, version)
    scan["Results"][0]["Vulnerabilities"][0]["VulnerabilityID"] = id_
    document = json.loads((SAMPLES / "vex" / "dd-openvex-many.json").read_bytes())
    assert is_closed(document, scan=scan) is closed


@needs_samples
@pytest.mark.parametrize(("id_", "closed"), [("CVE-2018-7489", True), ("CVE-2018-7490", False)])
def test_sample_of_cyclonedx(id_: str, closed: bool) -> None:
    scan = trivy("com.fasterxml.jackson.core:jackson-databind", "2.9.4")
    scan["Results"][0]["Vulnerabilities"][0]["VulnerabilityID"] = id_
    document = json.loads((SAMPLES / "vex" / "dd-cyclonedx-valid-vulnerability-1.4.json").read_bytes())
    assert is_closed(document, scan=scan) is closed
