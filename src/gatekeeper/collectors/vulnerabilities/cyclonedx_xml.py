"""CycloneDX's XML (1.4 and later): what its JSON says, read as that.

https://cyclonedx.org/docs/1.6/xml/. Vulnerabilities of an extension, in versions before 1.4, are not read: a
document with elements that are not known beside or in its components is refused.
"""

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.vulnerabilities import cyclonedx_vex
from gatekeeper.collectors.vulnerabilities._report import VulnerabilityReport
from gatekeeper.collectors.vulnerabilities._xml_tree import AsJson, NestedElement, parse
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="CycloneDX",
    seen="1.4 to 1.6, by its schema",
    source="https://cyclonedx.org/docs/1.6/xml/",
    command="grype --output cyclonedx --file bom.xml IMAGE",
    recognised="the root element `bom` in the namespace of CycloneDX",
    models="what is read of its JSON",
    not_modelled="vulnerabilities of the extension before 1.4",
)
_NAMESPACE = "http://cyclonedx.org/schema/bom/1."
_SKIPPED = frozenset({
    "hashes", "licenses", "externalReferences", "properties", "evidence", "pedigree", "releaseNotes",
    "dependencies", "services", "compositions", "annotations", "formulation", "declarations", "definitions",
    "cwes", "advisories", "credits", "proofOfConcept", "workaround",
})  # fmt: skip
_OF_BOM = ("metadata", "components", "vulnerabilities")


def recognises(content: Content) -> bool:
    """Return whether the root is a bill of materials."""
    return content.xml_root == "bom" and b"cyclonedx" in content.head[:2000]


def read(content: Content) -> VulnerabilityReport:
    """Return the scan, or the statements, of a document."""
    tree = parse(content.data, _SKIPPED)
    if not tree.namespace.startswith(_NAMESPACE):
        raise Unreadable(f"the namespace {tree.namespace[:100]!r} is not one of CycloneDX")
    bom = tree.root.one("bom")
    unknown = {*bom.others(*_OF_BOM), *bom.one("vulnerabilities").others("vulnerability")}
    unknown |= {
        name for one in bom.one("components").all("component") for name in one.children if "vuln" in name
    }
    if unknown:
        raise Unreadable(f"<{min(unknown)[:60]}> is not known: it may hold vulnerabilities")
    return cyclonedx_vex.read_document(content, AsJson(content.name, _document(bom)))


def _document(bom: NestedElement) -> Object:
    metadata, tools = bom.one("metadata"), bom.one("metadata").one("tools")
    listed = [*tools.all("tool"), *tools.one("components").all("component")]
    document: Object = {
        "metadata": {
            "timestamp": metadata.text("timestamp"),
            "tools": [{"name": tool.text("name"), "version": tool.text("version")} for tool in listed],
            "component": next((_component(one) for one in metadata.all("component")), None),
        },
        "components": [_component(one) for one in bom.one("components").all("component")],
        "serialNumber": bom.attributes.get("serialNumber"),
    }
    if lists := bom.all("vulnerabilities"):
        document["vulnerabilities"] = [_vulnerability(one) for one in lists[0].all("vulnerability")]
    return document


def _component(one: NestedElement) -> Object:
    texts: Object = {name: one.text(name) or None for name in ("group", "name", "version", "purl")}
    within: list[Json] = [_component(each) for each in one.one("components").all("component")]
    return texts | {
        "bom-ref": one.attributes.get("bom-ref"),
        "type": one.attributes.get("type"),
        "components": within,
    }


def _vulnerability(one: NestedElement) -> Object:
    found: Object = {
        "id": one.text("id"),
        "description": one.text("description") or None,
        "references": [{"id": each.text("id")} for each in one.one("references").all("reference")],
        "ratings": [_rating(each) for each in one.one("ratings").all("rating")],
        "affects": [_affected(each) for each in one.one("affects").all("target")],
    }
    for analysis in one.all("analysis")[:1]:
        texts: Object = {
            name: analysis.text(name) or None
            for name in ("state", "justification", "detail", "firstIssued", "lastUpdated")
        }
        responses: list[Json] = [each.text() for each in analysis.one("responses").all("response")]
        found["analysis"] = texts | {"response": responses}
    return found


def _rating(one: NestedElement) -> Object:
    return {name: one.text(name) or None for name in ("score", "severity", "method", "vector")}


def _affected(one: NestedElement) -> Object:
    versions: list[Json] = [
        {name: each.text(name) or None for name in ("version", "range", "status")}
        for each in one.one("versions").all("version")
    ]
    return {"ref": one.text("ref"), "versions": versions}
