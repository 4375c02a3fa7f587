"""OpenVEX 0.2.0 and the shorter form of 0.0.1 (https://github.com/openvex/spec).

The product of a statement is the thing that was scanned or the package itself; where it has subcomponents,
these are the packages. Vulnerabilities and products may be plain strings.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gatekeeper.collectors.reading.figures import listing, mapping
from gatekeeper.collectors.vulnerabilities._scan import entries, named, names
from gatekeeper.collectors.vulnerabilities._statement import Statement, closes, instant, packages

FORMAT = "openvex"

_STATUSES = {"not_affected": True, "fixed": True, "affected": False, "under_investigation": False}


def recognises(document: Mapping[str, Any]) -> bool:
    """Tell whether this is an OpenVEX document."""
    return "statements" in document and "openvex" in str(document.get("@context"))[:200]


def read(document: Mapping[str, Any]) -> Iterator[Statement]:
    """Give the statements of a document."""
    for entry in listing(document["statements"], "statements"):
        statement = mapping(entry, "a statement")
        status = statement.get("status")
        yield Statement(
            names=_names(statement.get("vulnerability")),
            closes=closes(_STATUSES, status, "OpenVEX"),
            status=str(status),
            purls=_packages(statement.get("products")),
            justification=named(statement.get("justification")) or named(statement.get("impact_statement")),
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
    # The id is an address, mostly one that ends with the name.
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
    return [described.get("@id"), mapping(described.get("identifiers") or {}, "identifiers").get("purl")]
