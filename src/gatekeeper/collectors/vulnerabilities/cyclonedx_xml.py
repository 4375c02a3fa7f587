"""CycloneDX's XML (1.4 and later): what its JSON says, read as that.

https://cyclonedx.org/docs/1.6/xml/. Vulnerabilities of an extension, in versions before 1.4, are not read: a
document with elements that are not known beside or in its components is refused.
"""

from gatekeeper.collectors.reading import xml_elements
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.xml_elements import XmlElement
from gatekeeper.collectors.vulnerabilities import cyclonedx_vex
from gatekeeper.collectors.vulnerabilities._as_json import AsJson
from gatekeeper.collectors.vulnerabilities._report import VulnerabilityReport
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
_KEPT = frozenset({
    "bom", "metadata", "timestamp", "tools", "tool", "components", "component",
    "group", "name", "version", "purl",
    "vulnerabilities", "vulnerability", "id", "description", "references", "reference",
    "ratings", "rating", "score", "severity", "method", "vector",
    "affects", "target", "ref", "versions", "range", "status",
    "analysis", "state", "justification", "detail", "firstIssued", "lastUpdated", "responses", "response",
})  # fmt: skip
_OF_BOM = ("metadata", "components", "vulnerabilities")


def recognises(content: Content) -> bool:
    """Return whether the root is a bill of materials."""
    return content.xml_root == "bom" and b"cyclonedx" in content.head[:2000]


def read(content: Content) -> VulnerabilityReport:
    """Return the scan, or the statements, of a document."""
    bom = xml_elements.parse(content.data, _KEPT)
    if not bom.namespace.startswith(_NAMESPACE):
        raise Unreadable(f"the namespace {bom.namespace[:100]!r} is not one of CycloneDX")
    unknown = {*bom.unknown(*_OF_BOM)}
    unknown |= {name for one in bom.at("vulnerabilities") for name in one.unknown("vulnerability")}
    unknown |= {name for one in bom.at("components", "component") for name in one.unknown() if "vuln" in name}
    if unknown:
        raise Unreadable(f"<{min(unknown)[:60]}> is not known: it may hold vulnerabilities")
    return cyclonedx_vex.read_document(content, AsJson(content.name, _document(bom)))


def _document(bom: XmlElement) -> Object:
    tools = [*bom.at("metadata", "tools", "tool"), *bom.at("metadata", "tools", "components", "component")]
    document: Object = {
        "metadata": {
            "timestamp": bom.text_at("metadata", "timestamp"),
            "tools": [{"name": tool.text_at("name"), "version": tool.text_at("version")} for tool in tools],
            "component": next(map(_component, bom.at("metadata", "component")), None),
        },
        "components": [_component(one) for one in bom.at("components", "component")],
        "serialNumber": bom.attributes.get("serialNumber"),
    }
    if bom.at("vulnerabilities"):
        document["vulnerabilities"] = [
            _vulnerability(one) for one in bom.at("vulnerabilities", "vulnerability")
        ]
    return document


def _component(one: XmlElement) -> Object:
    within: list[Json] = [_component(each) for each in one.at("components", "component")]
    return _texts(one, "group", "name", "version", "purl") | {
        "bom-ref": one.attributes.get("bom-ref"),
        "type": one.attributes.get("type"),
        "components": within,
    }


def _vulnerability(one: XmlElement) -> Object:
    found: Object = {
        "id": one.text_at("id"),
        "description": one.text_at("description") or None,
        "references": [{"id": each.text_at("id")} for each in one.at("references", "reference")],
        "ratings": [
            _texts(each, "score", "severity", "method", "vector") for each in one.at("ratings", "rating")
        ],
        "affects": [_affected(each) for each in one.at("affects", "target")],
    }
    for analysis in one.at("analysis")[:1]:
        responses: list[Json] = [each.text for each in analysis.at("responses", "response")]
        texts = _texts(analysis, "state", "justification", "detail", "firstIssued", "lastUpdated")
        found["analysis"] = texts | {"response": responses}
    return found


def _affected(one: XmlElement) -> Object:
    versions: list[Json] = [
        _texts(each, "version", "range", "status") for each in one.at("versions", "version")
    ]
    return {"ref": one.text_at("ref"), "versions": versions}


def _texts(owner: XmlElement, *names: str) -> Object:
    """Return the texts of the children of some names; null for one without text."""
    return {name: owner.text_at(name) or None for name in names}
