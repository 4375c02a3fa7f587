"""VEX documents beside a scan: which findings they close, and which they leave open."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.artefacts import SAMPLES, collect, facts, fixture, needs_samples, outcome
from gatekeeper.collectors.vulnerabilities import _purl, _versions
from gatekeeper.collectors.vulnerabilities import read as vulnerabilities
from gatekeeper.collectors.vulnerabilities._versions import Match
from gatekeeper.testing import Flawed, check_damage


@pytest.mark.parametrize(
    ("scan", "document"),
    [
        ("grype.json", "openvex.json"),
        ("grype.json", "cyclonedx-vex.json"),
        ("grype.json", "csaf-vex.json"),
        ("trivy.json", "cyclonedx-vex.json"),
    ],
)
def test_what_a_document_closes_is_shown_with_its_reason(scan: str, document: str) -> None:
    collected = collect(
        vulnerabilities, fixture("vulnerabilities", scan), fixture("vulnerabilities", document)
    )
    assert document.removesuffix(".json") in collected.format
    closed = collected.facts.closed[-1].message
    assert "lodash 4.17.20" in closed
    assert "not_affected by report-1: " in closed
    assert closed.endswith(("vulnerable_code_not_in_execute_path)", "code_not_reachable)"))
    assert collected.facts.statements_unused == ()


@pytest.mark.parametrize("document", ["openvex.json", "csaf-vex.json"])
def test_a_component_in_a_product_that_was_not_scanned_is_listed_and_stays_open(document: str) -> None:
    contents = fixture("vulnerabilities", "trivy.json"), fixture("vulnerabilities", document)
    said = facts(vulnerabilities, *contents)
    assert said.findings == facts(vulnerabilities, contents[0])._replace(closed=()).findings
    [elsewhere] = said.statements_unused
    assert elsewhere.message.endswith(", not known to be what was scanned")
    assert elsewhere.file == "report-1"


SCAN: dict[str, Any] = {
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
    "source": {
        "type": "image",
        "target": {
            "tags": ["registry.example/acme/shop:1.0"],
            "repoDigests": ["registry.example/acme/shop@sha256:aa11"],
        },
    },
}
OPENSSL = "pkg:deb/debian/openssl"
LINK = "urn:cdx:3e67/1#pkg%3Adeb/debian/openssl"


def openvex(*statements: Any, **more: Any) -> dict[str, Any]:
    return {"@context": "https://openvex.dev/ns/v0.2.0", "statements": list(statements)} | more


def statement(
    status: Any = "not_affected", name: Any = "CVE-2026-1111", products: Any = (OPENSSL,), **more: Any
) -> Any:
    why = {"justification": "vulnerable_code_not_present"} if status == "not_affected" else {}
    return {"vulnerability": {"name": name}, "products": list(products), "status": status} | why | more


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
        (statement(products=["pkg:deb/debian/openssl?upstream=x"]), False),
        # Identifiers of one product that contradict each other.
        (statement(products=[{"@id": OPENSSL, "identifiers": {"purl": "pkg:npm/left-pad@1"}}]), False),
        (statement(products=[{"@id": "pkg:oci/shop", "identifiers": {"purl": "pkg:oci/billing"}}]), False),
        # It does not say what it is about.
        (statement(products=[]), False),
        (statement() | {"products": None}, False),
        (statement(products=[{}]), False),
        (statement(products=[{"@id": "https://example.org/billing"}]), False),
        (
            statement(products=[{"identifiers": {"cpe23": "cpe:2.3:a:openssl:openssl:3.0.2:*:*:*:*:*:*:*"}}]),
            False,
        ),
        # The image that was scanned, or another one.
        (statement(products=["pkg:oci/shop"]), True),
        (statement(products=["pkg:oci/shop?tag=1.0"]), True),
        (statement(products=["pkg:oci/shop@sha256%3Aaa11?repository_url=registry.example/acme/shop"]), True),
        (statement(products=["pkg:oci/shop?repository_url=registry.example/acme"]), True),
        (statement(products=["pkg:docker/acme/shop@1.0?repository_url=registry.example"]), True),
        (statement(products=["registry.example/acme/shop:1.0"]), True),
        (statement(products=["registry.example/acme/shop@sha256:aa11"]), True),
        (statement(products=[{"@id": "https://x.example/y", "hashes": {"sha-256": "aa11"}}]), True),
        (statement(products=[{"@id": "pkg:oci/shop", "hashes": {"sha-256": "aa11"}}]), True),
        (statement(products=[{"@id": "pkg:oci/shop", "hashes": {"sha-256": "bb22"}}]), False),
        (statement(products=["pkg:oci/billing"]), False),
        (statement(products=["pkg:oci/shop?tag=1.1"]), False),
        (statement(products=["pkg:oci/shop@sha256:bb22"]), False),
        (statement(products=["pkg:oci/shop?repository_url=other.example/shop"]), False),
        (statement(products=["pkg:docker/acme/shop"]), False),
        (statement(products=["registry.example/acme/billing:1.0"]), False),
        (statement(products=["pkg:generic/shop@1.0"]), False),
        # A component in a product: both must match.
        (statement(products=[{"@id": "pkg:oci/shop", "subcomponents": [{"@id": OPENSSL}]}]), True),
        (statement(products=[{"@id": "pkg:oci/shop", "subcomponents": ["pkg:npm/y", OPENSSL]}]), True),
        (statement(products=["pkg:oci/shop"], subcomponents=[OPENSSL]), True),
        (statement(products=[{"@id": "pkg:oci/shop", "subcomponents": [{"@id": "pkg:npm/y@1"}]}]), False),
        (statement(products=[{"@id": "pkg:oci/shop", "subcomponents": [{}]}]), False),
        (statement(products=[{"@id": "pkg:oci/billing", "subcomponents": [{"@id": OPENSSL}]}]), False),
        (statement(products=[{"@id": "https://x.example", "subcomponents": [{"@id": OPENSSL}]}]), False),
        (statement(products=[{"subcomponents": [{"@id": OPENSSL}]}]), False),
        (statement(products=["pkg:oci/billing"], subcomponents=[OPENSSL]), False),
        (statement(products=["pkg:oci/shop"], subcomponents=["pkg:npm/y"]), False),
    ],
)
def test_which_statement_is_about_a_finding(statement: Any, closed: bool) -> None:
    assert is_closed(openvex(statement)) is closed


@pytest.mark.parametrize(
    ("source", "product", "closed"),
    [
        (
            {"type": "image", "target": {"userInput": "registry.example/shop:1.0"}},
            "pkg:oci/shop?tag=1.0",
            True,
        ),
        (
            {"type": "image", "target": {"userInput": "registry.example/shop:1.0"}},
            "pkg:oci/shop@sha256:1",
            False,
        ),
        ({"type": "image", "target": {"userInput": "shop.tar"}}, "pkg:oci/shop.tar", False),
        ({"type": "image", "target": {"manifestDigest": "sha256:1a"}}, "pkg:oci/anything@sha256:1a", True),
        ({"type": "image", "target": {"tags": ["docker.io/library/nginx:1"]}}, "pkg:docker/nginx@1", True),
        ({"type": "purl", "target": "pkg:npm/shop@1"}, "pkg:npm/shop@1", True),
        ({"type": "purl", "target": "pkg:npm/shop@1"}, "pkg:npm/shop@2", False),
        ({"type": "directory", "target": "/src/shop"}, "pkg:oci/shop", False),
        ({"type": "image", "target": "shop"}, "pkg:oci/shop", False),
        (None, "pkg:oci/shop", False),
    ],
)
def test_what_was_scanned_may_be_the_product(source: Any, product: str, closed: bool) -> None:
    scan = SCAN | {"source": source, "descriptor": {}}
    assert is_closed(openvex(statement(products=[product])), scan=scan) is closed


def test_a_repository_may_be_the_product() -> None:
    source = {"repositoryUri": "git+https://bot@forge.example/acme/shop.git"}
    scan = sarif("CVE-2026-1111")
    scan["runs"][0]["versionControlProvenance"] = [source]
    assert is_closed(openvex(statement(products=["https://forge.example/acme/shop"])), scan=scan)
    assert not is_closed(openvex(statement(products=["https://forge.example/acme/till"])), scan=scan)


def test_a_statement_about_something_else_is_listed_once_with_its_place() -> None:
    document = openvex(
        statement(name="CVE-2026-2222", products=["pkg:oci/billing"]),
        statement(products=["https://x.example", "pkg:npm/x"]),
        statement(products=[]),
        statement("affected", products=["pkg:oci/billing"]),
    )
    said = facts(vulnerabilities, json.dumps(SCAN), json.dumps(document))
    assert [(one.message, one.file, one.pointer) for one in said.statements_unused] == [
        (
            "not_affected of CVE-2026-1111 closes nothing: it is about https://x.example, pkg:npm/x, not known to be what was scanned",
            "report-1",
            "/statements/1",
        ),
        ("not_affected of CVE-2026-1111 closes nothing: it names no product", "report-1", "/statements/2"),
    ]
    assert facts(vulnerabilities, json.dumps(SCAN)).statements_unused is None


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
        ([statement("not_affected"), statement("affected", products=["pkg:oci/billing"])], True),
        # What leaves a finding open may be about it: it counts although it does not say so.
        ([statement("not_affected", **OLD), statement("affected", products=[], **NEW)], False),
        (
            [statement("not_affected", **OLD), statement("affected", products=["https://x.example"], **NEW)],
            False,
        ),
        (
            [
                statement("not_affected", **OLD),
                statement("affected", products=["pkg:oci/shop@sha256:1"], **NEW),
            ],
            False,
        ),
        (
            [
                statement("not_affected", **OLD),
                statement(
                    "affected",
                    products=[{"@id": "pkg:oci/shop", "identifiers": {"purl": "pkg:generic/shop"}}],
                    **NEW,
                ),
            ],
            False,
        ),
        (
            [
                statement("not_affected", **OLD),
                statement(
                    "affected", products=[{"@id": OPENSSL, "identifiers": {"purl": "pkg:npm/x@1"}}], **NEW
                ),
            ],
            False,
        ),
        ([statement("not_affected", **NEW), statement("affected", timestamp="soon")], False),
        ([statement("not_affected", timestamp="soon"), statement("affected", **OLD)], False),
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


def cyclonedx(state: str | None, ref: str = OPENSSL, **more: Any) -> dict[str, Any]:
    analysis = {} if state is None else {"state": state}
    analysis |= {"justification": "code_not_reachable"} if state == "not_affected" else {}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "vulnerabilities": [{"id": "CVE-2026-1111", "analysis": analysis, "affects": [{"ref": ref}]}],
    } | more


def versions(*versions: str, state: str = "not_affected", **more: str) -> dict[str, Any]:
    document = cyclonedx(state)
    listed = [{"range" if version.startswith("vers:") else "version": version} | more for version in versions]
    document["vulnerabilities"][0]["affects"] = [{"ref": f"{OPENSSL}?arch=amd64", "versions": listed}]
    return document


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
        (cyclonedx("not_affected", "x"), False),
        # A BOM link to a component of another document, or of this one.
        (cyclonedx("not_affected", "urn:cdx:3e67/1#libopenssl"), False),
        (cyclonedx("not_affected", LINK), False),
        (cyclonedx("not_affected", LINK, metadata={"component": {"purl": "pkg:oci/shop"}}), True),
        (cyclonedx("not_affected", LINK, metadata={"component": {"purl": "pkg:oci/billing"}}), False),
        (
            cyclonedx(
                "not_affected",
                "urn:cdx:3e67/1#x",
                serialNumber="urn:uuid:3e67",
                components=[{"bom-ref": "x", "purl": OPENSSL}],
            ),
            True,
        ),
        (cyclonedx("not_affected", "urn:cdx:3e67/1#x", serialNumber="urn:uuid:3e67"), False),
        (cyclonedx("not_affected", "urn:cdx:3e67/1"), False),
        (
            cyclonedx(
                "not_affected", "x", components=[{"bom-ref": "x", "name": "openssl", "version": "3.0.2"}]
            ),
            False,
        ),
        (
            cyclonedx("not_affected")
            | {"vulnerabilities": [{"id": "CVE-2026-1111", "analysis": {"state": "resolved"}}]},
            False,
        ),
        (versions("3.0.2", "3.0.1"), True),
        (versions("3.0.1"), False),
        (versions("vers:deb/<4"), True),
        (versions("vers:deb/>=3.0.0|<3.0.3"), True),
        (versions("vers:deb/*"), True),
        (versions("vers:deb/<3"), False),
        (versions("vers:deb/<3.0.2", "vers:deb/>4"), False),
        (versions("vers:npm/<4"), False),
        (versions("vers:semver/<4.0.0"), True),
        (versions("vers:semver/<4"), False),
        (versions("vers:deb/"), False),
        (versions("vers:deb/<4|<5"), False),
        # A version that is said to be affected is not closed, whatever the state of the whole.
        (versions("vers:deb/<4", status="unaffected"), True),
        (versions("vers:deb/<4", status="affected"), False),
        (versions("3.0.2", status="unknown"), False),
        (versions("3.0.2", state="resolved", status="affected"), False),
        # The document describes the image that was scanned, or another one.
        (cyclonedx("not_affected", OPENSSL, metadata={"component": {"purl": "pkg:oci/shop"}}), True),
        (cyclonedx("not_affected", OPENSSL, metadata={"component": {"purl": "pkg:oci/billing"}}), False),
        (
            cyclonedx("not_affected", OPENSSL, metadata={"component": {"purl": "pkg:oci/shop@sha256:bb"}}),
            False,
        ),
        (cyclonedx("not_affected", OPENSSL, metadata={"component": {"name": "billing"}}), False),
        (cyclonedx("not_affected", OPENSSL, metadata={"component": {"name": "acme/Shop"}}), True),
        (
            cyclonedx("not_affected", "x", metadata={"component": {"bom-ref": "x", "purl": "pkg:oci/shop"}}),
            True,
        ),
        (cyclonedx("not_affected", "x", metadata={"component": {"bom-ref": "x", "name": "shop"}}), False),
        (cyclonedx("not_affected", "x", components=[{"bom-ref": "x", "purl": "pkg:npm/other@1"}]), False),
        (
            cyclonedx(
                "not_affected",
                "x",
                components=[{"components": [{"bom-ref": "x", "purl": "pkg:deb/debian/openssl@3.0.2"}]}],
            ),
            True,
        ),
        (
            cyclonedx("not_affected", "pkg:npm/app@1", metadata={"component": {"bom-ref": "pkg:npm/app@1"}}),
            False,
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
            {
                "ids": [{"system_name": "x", "text": "CVE-2026-1111"}],
                "product_status": {status: ["P"]},
                "threats": [{"category": "impact", "details": "the code is not called"}],
            }
        ],
    }


def in_range(category: str, name: str = "<4", **helper: Any) -> dict[str, Any]:
    document = csaf("known_not_affected", OPENSSL, **helper)
    [product] = document["product_tree"].pop("full_product_names")
    document["product_tree"]["branches"] = [{"category": category, "name": name, "product": product}]
    return document


DRAFT = {"category": "csaf_vex", "csaf_version": "2.0", "tracking": {"status": "draft"}}
FLAG = {"label": "vulnerable_code_not_present"}


def because(*, status: str = "known_not_affected", **more: Any) -> dict[str, Any]:
    """A statement of CSAF with its reasons alone; `P` is in the group G."""
    document = csaf(status)
    document["product_tree"]["product_groups"] = [{"group_id": "G", "product_ids": ["P", "Q"]}]
    del document["vulnerabilities"][0]["threats"]
    document["vulnerabilities"][0] |= more
    return document


def related(host: str, **helper: str) -> dict[str, Any]:
    document = csaf("known_not_affected")
    tree = document["product_tree"]
    tree["full_product_names"].append({"product_id": host, "product_identification_helper": helper})
    whole = {"product_id": "P in it"}
    tree["relationships"] = [
        {"product_reference": "P", "relates_to_product_reference": host, "full_product_name": whole}
    ]
    document["vulnerabilities"][0]["product_status"] = {"known_not_affected": ["P in it"]}
    return document


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
        (csaf("known_not_affected", None), False),
        (csaf("known_not_affected", cpe="cpe:/o:debian:debian_linux:12"), False),
        (csaf("known_not_affected", purl="pkg:oci/shop"), True),
        (
            csaf("known_not_affected", hashes=[{"file_hashes": [{"algorithm": "sha256", "value": "aa11"}]}]),
            True,
        ),
        (in_range("product_version"), True),
        (in_range("product_version_range"), False),
        (in_range("product_version_range", "vers:deb/<4"), True),
        (in_range("product_version_range", "vers:deb/<3"), False),
        (in_range("product_version_range", "vers:deb/>=3|<=3.0.2"), True),
        (
            in_range("product_version_range", "vers:deb/<4", cpe="cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*"),
            False,
        ),
        # What the profile demands of `known_not_affected`: a flag or an impact, for this product.
        (csaf("fixed") | {"document": DRAFT}, False),
        (because(), False),
        (because(status="fixed"), True),
        (because(flags=[FLAG | {"product_ids": ["P"]}]), True),
        (because(flags=[FLAG | {"group_ids": ["G"]}]), True),
        (because(flags=[FLAG | {"product_ids": ["Q"]}]), False),
        (because(flags=[FLAG | {"group_ids": ["H"]}]), False),
        (because(flags=[FLAG]), False),
        (because(flags=[{"label": "fine", "product_ids": ["P"]}]), False),
        (because(threats=[{"category": "impact", "details": "x", "product_ids": ["P"]}]), True),
        (because(threats=[{"category": "impact", "details": "x", "product_ids": ["Q"]}]), False),
        (because(threats=[{"category": "impact", "details": "x", "group_ids": ["H"]}]), False),
        (because(threats=[{"category": "exploit_status", "details": "x"}]), False),
        (because(threats=[{"category": "impact", "details": " "}]), False),
        # A component of a product, or on a system: both must match.
        (related("debian", cpe="cpe:/o:debian:debian_linux:12"), True),
        (related("debian", cpe="cpe:2.3:o:debian:debian_linux:12:*:*:*:*:*:*:*"), True),
        (related("debian", cpe="cpe:/o:debian:debian_linux:1"), False),
        (related("debian", cpe="cpe:/o:debian:debian_linux:11"), False),
        (related("debian", cpe="cpe:/o:redhat:enterprise_linux:12"), False),
        (related("debian", cpe="cpe:/a:redhat:openshift:4"), False),
        (related("debian"), False),
        (related("shop", purl="pkg:oci/shop"), True),
        (related("shop", purl="pkg:oci/billing"), False),
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
        (sarif("CVE-2026-1111", OPENSSL), statement(), True),
        (sarif("CVE-2026-1111-openssl", OPENSSL), statement(), True),
        (sarif("CVE-2026-11112-openssl", OPENSSL), statement(), False),
        (sarif("OSV-7", OPENSSL, deprecatedIds=["CVE-2026-1111"]), statement(), True),
        # SARIF seldom names the package, and Grype's rules only the first version they met.
        (sarif("CVE-2026-1111"), statement(products=["pkg:npm/x"]), False),
        (sarif("CVE-2026-1111", "pkg:npm/x@1"), statement(products=["pkg:npm/x"]), True),
        (sarif("CVE-2026-1111", "pkg:npm/x@1"), statement(products=["pkg:npm/x@2"]), False),
        (sarif("CVE-2026-1111", "pkg:npm/x@1"), statement(products=["pkg:npm/y"]), False),
    ],
)
def test_sarif(scan: Any, statement: Any, closed: bool) -> None:
    assert is_closed(openvex(statement), scan=scan) is closed


def test_no_statement_closes_a_result_that_contradicts_itself() -> None:
    scan = sarif("CVE-2026-1111", OPENSSL)
    scan["runs"][0]["results"][0]["ruleIndex"] = 0
    assert is_closed(openvex(statement()), scan=scan)
    scan["runs"][0]["tool"]["driver"]["rules"].insert(0, {"id": "CVE-2026-3333"})
    assert not is_closed(openvex(statement()), scan=scan)


def test_a_finding_without_a_package_stays_open_while_one_package_of_the_image_is_affected() -> None:
    scan = sarif("CVE-2026-1111")
    scan["runs"][0]["properties"] = {"imageName": "registry.example/shop:1.0"}
    closing = statement("not_affected", products=["pkg:oci/shop"], **OLD)
    assert is_closed(openvex(closing), scan=scan)
    assert not is_closed(openvex(closing, statement("affected", products=["pkg:npm/y"], **NEW)), scan=scan)


def trivy(type_: str, name: str, version: str) -> dict[str, Any]:
    found = {
        "VulnerabilityID": "CVE-2026-1111",
        "PkgName": name,
        "InstalledVersion": version,
        "Severity": "HIGH",
    }
    return {
        "SchemaVersion": 2,
        "Results": [{"Target": "x", "Class": "lang-pkgs", "Type": type_, "Vulnerabilities": [found]}],
    }


@pytest.mark.parametrize(
    ("type_", "name", "purl", "closed"),
    [
        ("alpine", "musl", "pkg:apk/alpine/musl@1.2", True),
        ("alpine", "musl", "pkg:apk/alpine/musl", True),
        ("alpine", "musl", "pkg:apk/alpine/musl@1.3", False),
        ("alpine", "musl", "pkg:npm/musl@1.2", False),
        ("npm", "@scope/musl", "pkg:npm/%40scope/musl@1.2", True),
        ("yarn", "@scope/musl", "pkg:npm/@scope/musl", True),
        ("npm", "musl", "pkg:npm/%40scope/musl@1.2", False),
        ("npm", "musl", "pkg:pypi/musl@1.2", False),
        ("jar", "org.example:musl", "pkg:maven/org.example/musl@1.2", True),
        ("gomod", "github.com/x/musl", "pkg:golang/github.com/x/musl@v1.2", True),
        ("poetry", "Musl_x", "pkg:pypi/musl-x@1.2", True),
        ("unheard-of", "musl", "pkg:npm/musl@1.2", False),
    ],
)
def test_a_package_that_is_known_by_name(type_: str, name: str, purl: str, closed: bool) -> None:
    assert is_closed(openvex(statement(products=[purl])), scan=trivy(type_, name, "1.2")) is closed


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
    document = openvex(statement(name=ONE, products=["pkg:npm/a", "pkg:npm/b"]))
    said = facts(vulnerabilities, json.dumps(scan), json.dumps(document))
    assert [finding.pointer for finding in said.findings] == [f"/vulnerabilities/{name}" for name in open_]
    assert len(said.closed) == len(scan["vulnerabilities"]) - len(open_)


def test_what_its_scanner_closed_keeps_the_scanner_s_reason() -> None:
    ignored = SCAN["matches"][0] | {"appliedIgnoreRules": [{"vulnerability": "CVE-2026-1111"}]}
    scan = {"matches": [], "ignoredMatches": [ignored], "source": {}}
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
        (openvex(statement(vulnerability={})), "the statement at /statements/0 names no vulnerability"),
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
        ("pkg:npm/%40angular/core@17.0.1", ("npm", "@angular", "core", "17.0.1", {})),
        ("pkg:npm/@angular/core@17.0.1", ("npm", "@angular", "core", "17.0.1", {})),
        ("pkg:npm/@angular/core", ("npm", "@angular", "core", None, {})),
        ("pkg:NPM/Lodash@4#lib", ("npm", None, "lodash", "4", {})),
        (
            "pkg:deb/debian/curl@1%3A7.5?arch=i386&distro=x",
            ("deb", "debian", "curl", "1:7.5", {"arch": "i386", "distro": "x"}),
        ),
        ("pkg:golang/github.com/A/b@v1?", ("golang", "github.com/a", "b", "v1", {})),
        ("pkg:npm", None),
        ("pkg:npm/", None),
        ("pkg:@", None),
        ("npm/x", None),
        ("", None),
    ],
)
def test_package_urls(text: str, parts: tuple[Any, ...] | None) -> None:
    purl = _purl.parsed(text)
    assert (None if purl is None else tuple(purl)[:5]) == parts


@pytest.mark.parametrize(
    ("ecosystem", "stated", "version", "expected"),
    [
        ("npm", "", "", Match.SAME),
        ("npm", "1.0", "", Match.UNKNOWN),
        ("golang", "v1.2.0", "1.2.0", Match.SAME),
        ("pypi", "1.0", "1.0.0", Match.SAME),
        ("pypi", "1.0", "1.0.1", Match.OTHER),
        ("deb", "0:1.2-1", "1.2-1", Match.SAME),
        ("npm", "other", "1.0.0", Match.UNKNOWN),
        ("hackage", "1.0", "2.0", Match.UNKNOWN),
    ],
)
def test_versions_are_compared_as_their_ecosystem_does(
    ecosystem: str, stated: str, version: str, expected: Match
) -> None:
    assert _versions.compare(ecosystem, stated, version) is expected


@given(
    lower=st.tuples(*[st.integers(0, 3)] * 3),
    upper=st.tuples(*[st.integers(0, 3)] * 3),
    version=st.tuples(*[st.integers(0, 3)] * 3),
    ecosystem=st.sampled_from(["npm", "cargo", "pypi", "maven", "deb", "golang", "gem", "semver"]),
)
def test_a_version_is_in_a_range_as_its_numbers_are(
    lower: tuple[int, ...], upper: tuple[int, ...], version: tuple[int, ...], ecosystem: str
) -> None:
    low, high, own = (".".join(map(str, numbers)) for numbers in (lower, upper, version))
    found = _versions.within(ecosystem, f"vers:{ecosystem}/>={low}|<{high}", own)
    if lower == upper:  # the same version twice is no range
        assert found is Match.UNKNOWN
    elif lower < upper:
        assert found is (Match.SAME if lower <= version < upper else Match.OTHER)
    else:  # the order of constraints means nothing
        assert found is (Match.SAME if version < upper or lower <= version else Match.OTHER)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (
            statement(justification=None),
            "is incomplete, without a justification of OpenVEX or an impact statement",
        ),
        (
            statement(justification="because"),
            "is incomplete, without a justification of OpenVEX or an impact statement",
        ),
        (statement(justification=None, impact_statement="not called"), None),
        (statement("fixed"), None),
    ],
)
def test_an_incomplete_statement_closes_nothing_and_is_listed(statement: Any, reason: str | None) -> None:
    said = facts(vulnerabilities, json.dumps(SCAN), json.dumps(openvex(statement)))
    messages = [one.message.partition(" closes nothing: it ")[2] for one in said.statements_unused]
    assert messages == ([] if reason is None else [reason])
    assert bool(said.closed) is (reason is None)


@pytest.mark.parametrize(
    ("why", "closed"),
    [
        ({"justification": "code_not_present"}, True),
        ({"response": ["will_not_fix"]}, True),
        ({"detail": "not called"}, True),
        ({"response": []}, False),
        ({}, False),
    ],
)
def test_what_cyclonedx_demands(why: Any, closed: bool) -> None:
    document = cyclonedx("not_affected")
    document["vulnerabilities"][0]["analysis"] = {"state": "not_affected"} | why
    assert is_closed(document) is closed


def test_an_incomplete_statement_does_not_revoke_a_complete_one() -> None:
    assert is_closed(openvex(statement(**OLD), statement(justification=None, **NEW)))


CPE = "cpe:2.3:a:openssl:openssl:3.0.2:*:*:*:*:*:*:*"


@pytest.mark.parametrize(
    ("cpes", "stated", "closed"),
    [
        ([CPE], CPE, True),
        ([{"cpe": CPE, "source": "nvd"}], CPE, True),
        ([CPE.replace("openssl:openssl", "guess:openssl"), CPE], CPE, True),
        ([CPE], "cpe:/a:openssl:openssl:3.0.2", True),
        ([CPE], "cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*", True),
        ([CPE], "cpe:2.3:a:openssl:openssl:3.0.2:*:*:*:*:windows:*:*", False),
        ([CPE], "cpe:2.3:a:openssl:openssl:3.0.3:*:*:*:*:*:*:*", False),
        ([CPE], "cpe:2.3:a:other:openssl:3.0.2:*:*:*:*:*:*:*", False),
        ([CPE], "cpe:2.3:a:*:*:*:*:*:*:*:*:*:*", False),
        ([CPE], "cpe:2.3:a", False),
        ([], CPE, False),
    ],
)
def test_a_product_may_be_named_by_the_cpe_of_the_package(cpes: Any, stated: str, closed: bool) -> None:
    scan = json.loads(json.dumps(SCAN))
    scan["matches"][0]["artifact"]["cpes"] = cpes
    product = {"identifiers": {"cpe23": stated}}
    assert is_closed(openvex(statement(products=[product])), scan=scan) is closed


# --- law 3: a change that hides what a document says closes nothing


ELSEWHERE = [
    openvex(statement(products=["https://other.example/router"])),
    openvex(statement(products=[])),
    openvex(statement(products=["pkg:oci/billing@sha256:12?tag=2"])),
    openvex(statement(products=[{"@id": "pkg:oci/billing", "subcomponents": [{"@id": OPENSSL}]}])),
    openvex(statement(products=["pkg:oci/billing"], subcomponents=[OPENSSL])),
    openvex(statement(products=["pkg:deb/ubuntu/openssl@3.0.2"])),
    cyclonedx(
        "not_affected", "libbar", components=[{"bom-ref": "libbar", "name": "openssl", "version": "3.0.2"}]
    ),
    csaf("known_not_affected", cpe="cpe:/o:redhat:enterprise_linux:6"),
    related("rhel6", cpe="cpe:/o:redhat:enterprise_linux:6"),
    related("billing", purl="pkg:oci/billing"),
    cyclonedx("not_affected", LINK),
]


def of_statement(document: Any, place: str, **more: Any) -> Flawed:
    """A document that closes nothing, beside a scan with one finding."""
    return Flawed(
        vulnerabilities,
        json.dumps(document),
        place,
        lambda facts: facts.critical == 0 and facts.high == 0,
        json.dumps(openvex(statement())),
        name="report-1",
        beside={"report-0": json.dumps(SCAN)},
        **more,
    )


@pytest.mark.long
@pytest.mark.parametrize("document", ELSEWHERE, ids=range(len(ELSEWHERE)))
def test_no_damage_makes_a_statement_about_something_else_close_a_finding(document: Any) -> None:
    assert check_damage(of_statement(document, "")) > 100


def test_no_damage_of_a_revoking_statement_closes_a_finding() -> None:
    document = openvex(statement("not_affected", **OLD), statement("affected", **NEW))
    texts = ("other:", " :", "CVE*", "cve*", "# *", "// *", "-- *", "/[*] *", "<!-- *")
    another = {f"put {text} /statements/1/vulnerability*": "it is about another" for text in texts}
    another["put *pkg:deb/* /statements/1/products/0"] = "it is about another package"
    assert check_damage(of_statement(document, "/statements/1", allowed=another)) > 100


def test_no_damage_of_what_a_scan_says_of_its_subject_closes_a_finding() -> None:
    document = openvex(
        statement(products=["pkg:oci/billing"]), statement(products=["pkg:deb/ubuntu/openssl"])
    )
    flawed = Flawed(
        vulnerabilities,
        json.dumps(SCAN),
        "",
        lambda facts: facts.closed not in (None, ()),
        json.dumps(SCAN).replace("acme/shop", "acme/billing"),
        beside={"report-1": json.dumps(document)},
    )
    assert check_damage(flawed) > 100


@given(text=st.text(max_size=30))
def test_any_text_may_be_a_package_url(text: str) -> None:
    if purl := _purl.parsed(f"pkg:{text}"):
        assert _purl.compare(purl, purl) is Match.SAME


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
    scan = trivy("alpine", name, version)
    found = scan["Results"][0]["Vulnerabilities"][0]
    purl = f"pkg:apk/alpine/{name}@{version}?arch=x86_64&distro=alpine-3.10.9"
    found |= {"VulnerabilityID": id_, "PkgIdentifier": {"PURL": purl}}
    document = json.loads((SAMPLES / "vex" / "dd-openvex-many.json").read_bytes())
    assert is_closed(document, scan=scan) is closed


@needs_samples
@pytest.mark.parametrize(
    ("id_", "has_ranges", "closed"),
    [("CVE-2018-7489", False, True), ("CVE-2018-7489", True, False), ("CVE-2018-7490", False, False)],
)
def test_sample_of_cyclonedx_closes_only_without_its_ranges(id_: str, has_ranges: bool, closed: bool) -> None:
    """Its versions are said to be affected."""
    scan = trivy("jar", "com.fasterxml.jackson.core:jackson-databind", "2.9.4")
    scan["Results"][0]["Vulnerabilities"][0]["VulnerabilityID"] = id_
    document = json.loads((SAMPLES / "vex" / "dd-cyclonedx-valid-vulnerability-1.4.json").read_bytes())
    if not has_ranges:
        del document["vulnerabilities"][0]["affects"][0]["versions"]
    assert is_closed(document, scan=scan) is closed


def test_an_id_that_two_products_share_identifies_none() -> None:
    other = {"bom-ref": "a", "purl": "pkg:deb/debian/curl@1"}
    mine = {"bom-ref": "a", "purl": f"{OPENSSL}@3.0.2"}
    said = {"id": "CVE-2026-1111", "analysis": {"state": "resolved"}, "affects": [{"ref": "a"}]}
    for components, closed in (([mine], True), ([mine, other], False), ([other, mine], False)):
        document = {"bomFormat": "CycloneDX", "components": components, "vulnerabilities": [said]}
        assert is_closed(document, scan=SCAN) is closed
