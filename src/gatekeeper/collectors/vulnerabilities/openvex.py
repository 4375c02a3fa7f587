"""OpenVEX 0.2.0 and the shorter form of 0.0.1 (https://github.com/openvex/spec).

The product of a statement is what was scanned or the package itself; if it has subcomponents, these are the
packages in it. Vulnerabilities and products may be plain strings; version 0.0.1 lists subcomponents beside
the products. A product is named by its IRI, its identifiers and its hashes. `not_affected` demands one of
five justifications, or an impact statement.
"""

from collections.abc import Iterator

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import entries, first_text, mapping, objects, section
from gatekeeper.collectors.vulnerabilities import _report
from gatekeeper.collectors.vulnerabilities._report import Product, VexStatement, VulnerabilityReport
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="OpenVEX",
    seen="0.2.0, and the shorter form of 0.0.1",
    source="https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md",
    command="vexctl create --product PURL --vuln CVE --status not_affected --justification WORD > vex.json",
    recognised="`statements`, and a `@context` of OpenVEX",
    models="statements with products, subcomponents, identifiers and hashes",
)

_STATUSES = {"not_affected": True, "fixed": True, "affected": False, "under_investigation": False}


def recognises(content: Content) -> bool:
    """Return whether the file is an OpenVEX document."""
    document = content.object
    return "statements" in document and "openvex" in str(document.get("@context"))[:200]


def read(content: Content) -> VulnerabilityReport:
    """Return the statements of a document."""
    return _report.vex_report("openvex", content, _statements(content.object))


def _statements(document: Object) -> Iterator[VexStatement]:
    for place, statement in enumerate(objects(document["statements"], "statements", "a statement")):
        status = statement.get("status")
        why = _report.justification(first_text(statement, "justification"))
        why = why or first_text(statement, "impact_statement")
        yield VexStatement(
            names=_names(statement.get("vulnerability")),
            closes=_report.closes(_STATUSES, status, "OpenVEX"),
            status=str(status),
            products=tuple(_products(statement)),
            justification=why,
            instant=_report.instant(
                *(statement.get(key) for key in ("last_updated", "timestamp")),
                *(document.get(key) for key in ("last_updated", "timestamp")),
            ),
            pointer=f"/statements/{place}",
            lacks="a justification of OpenVEX or an impact statement"
            if status == "not_affected" and not why
            else None,
        )


def _names(vulnerability: object) -> tuple[str, ...]:
    if isinstance(vulnerability, str):
        return _report.names(vulnerability)
    described = mapping(vulnerability, "the vulnerability of a statement")
    aliases = entries(described.get("aliases"), "aliases")
    # The id is a URL that usually ends with the name.
    return _report.names(described.get("name"), *aliases, str(described.get("@id") or "").rpartition("/")[2])


def _products(statement: Object) -> Iterator[Product]:
    for product in entries(statement.get("products"), "products"):
        identifiers = _identifiers(product)
        label = identifiers[0] if identifiers else "a product without a name"
        own = product.get("subcomponents") if isinstance(product, dict) else None
        parts = entries(own or statement.get("subcomponents"), "subcomponents")
        for part in parts:
            yield Product(label, (identifiers, _identifiers(part)))
        if not parts:
            yield Product(label, (identifiers,))


def _identifiers(component: object) -> tuple[str, ...]:
    if isinstance(component, str):
        return (component,)
    described = mapping(component, "a product")
    hashes = section(described, "hashes").items()
    digests = (f"{name.replace('-', '')}:{value}" for name, value in hashes if isinstance(value, str))
    return _report.names(described.get("@id"), *section(described, "identifiers").values(), *digests)
