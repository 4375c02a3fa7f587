"""OpenVEX 0.2.0 and the shorter form of 0.0.1 (https://github.com/openvex/spec).

The product of a statement is the scanned product or the package itself; if it has subcomponents, these are
the packages. Vulnerabilities and products may be plain strings.
"""

from collections.abc import Iterator

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import entries, first_text, mapping, objects, section
from gatekeeper.collectors.vulnerabilities._purl import packages
from gatekeeper.collectors.vulnerabilities._report import (
    Statement,
    VulnerabilityReport,
    closes,
    instant,
    names,
    vex_report,
)
from gatekeeper.syntax.json import Object

_STATUSES = {"not_affected": True, "fixed": True, "affected": False, "under_investigation": False}


def recognises(content: Content) -> bool:
    """Return whether the file is an OpenVEX document."""
    document = content.object
    return "statements" in document and "openvex" in str(document.get("@context"))[:200]


def read(content: Content) -> VulnerabilityReport:
    """Return the statements of a document."""
    return vex_report("openvex", content, _statements(content.object))


def _statements(document: Object) -> Iterator[Statement]:
    for statement in objects(document["statements"], "statements", "a statement"):
        status = statement.get("status")
        yield Statement(
            names=_names(statement.get("vulnerability")),
            closes=closes(_STATUSES, status, "OpenVEX"),
            status=str(status),
            purls=_packages(statement.get("products")),
            justification=first_text(statement, "justification") or first_text(statement, "impact_statement"),
            instant=instant(
                *(statement.get(key) for key in ("last_updated", "timestamp")),
                *(document.get(key) for key in ("last_updated", "timestamp")),
            ),
        )


def _names(vulnerability: object) -> tuple[str, ...]:
    if isinstance(vulnerability, str):
        return names(vulnerability)
    described = mapping(vulnerability, "the vulnerability of a statement")
    aliases = entries(described.get("aliases"), "aliases")
    # The id is a URL that usually ends with the name.
    return names(described.get("name"), *aliases, str(described.get("@id") or "").rpartition("/")[2])


def _packages(products: object) -> tuple[str, ...]:
    purls: list[object] = []
    for product in entries(products, "products"):
        parts = entries(product.get("subcomponents"), "subcomponents") if isinstance(product, dict) else []
        for component in parts or [product]:
            purls += _identifiers(component)
    return packages(*purls)


def _identifiers(component: object) -> list[object]:
    if isinstance(component, str):
        return [component]
    described = mapping(component, "a product")
    return [described.get("@id"), section(described, "identifiers").get("purl")]
