"""The VEX statements of a CycloneDX document: vulnerabilities with an analysis (1.4 and later).

https://cyclonedx.org/docs/1.6/json/#vulnerabilities_items_analysis. A vulnerability without an analysis is
what a scanner found, not what somebody states about it.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from gatekeeper.collectors.reading.figures import mapping
from gatekeeper.collectors.vulnerabilities._scan import entries, named, names
from gatekeeper.collectors.vulnerabilities._statement import Statement, closes, instant, packages
from gatekeeper.model.evidence import Unreadable

FORMAT = "cyclonedx-vex"

_STATES = {
    "not_affected": True,
    "false_positive": True,
    "resolved": True,
    "resolved_with_pedigree": True,
    "exploitable": False,
    "in_triage": False,
}


def recognises(document: Mapping[str, Any]) -> bool:
    """Tell whether this is a CycloneDX document."""
    return document.get("bomFormat") == "CycloneDX"


def read(document: Mapping[str, Any]) -> Iterator[Statement]:
    """Give the statements of a document that has at least one."""
    vulnerabilities = entries(document.get("vulnerabilities"), "vulnerabilities")
    analysed = [
        vulnerability
        for entry in vulnerabilities
        if _state(vulnerability := mapping(entry, "a vulnerability")) is not None
    ]
    if not analysed:
        raise Unreadable(
            "a CycloneDX document without an analysis: neither a VEX statement nor a scan read here"
        )
    purls = _purls(document)
    metadata = mapping(document.get("metadata") or {}, "metadata")
    for vulnerability in analysed:
        analysis = mapping(vulnerability["analysis"], "analysis")
        yield Statement(
            names=_names(vulnerability),
            closes=closes(_STATES, analysis["state"], "CycloneDX"),
            status=str(analysis["state"]),
            purls=_packages(vulnerability, purls),
            justification=named(analysis.get("justification")) or named(analysis.get("detail")),
            instant=instant(
                analysis.get("lastUpdated"), analysis.get("firstIssued"), metadata.get("timestamp")
            ),
        )


def _state(vulnerability: Mapping[str, Any]) -> object:
    return mapping(vulnerability.get("analysis") or {}, "analysis").get("state")


def _names(vulnerability: Mapping[str, Any]) -> tuple[str, ...]:
    references = entries(vulnerability.get("references"), "references")
    others = (mapping(reference, "a reference").get("id") for reference in references)
    return names(vulnerability.get("id"), *others)


def _packages(vulnerability: Mapping[str, Any], purls: Mapping[str, object]) -> tuple[str, ...]:
    affected = entries(vulnerability.get("affects"), "affects")
    references = (named(mapping(entry, "affects").get("ref")) or "" for entry in affected)
    return packages(*(purls.get(_local(reference), _local(reference)) for reference in references))


def _local(reference: str) -> str:
    """Return a component's name in its document; a link to another document has it at the end."""
    return unquote(reference.partition("#")[2]) if reference.startswith("urn:cdx:") else reference


def _purls(document: Mapping[str, Any]) -> dict[str, object]:
    """Return the package URLs of the components; the product itself is what was scanned, and has none."""
    metadata = mapping(document.get("metadata") or {}, "metadata")
    product = mapping(metadata.get("component") or {}, "metadata.component")
    purls: dict[str, object] = {}
    pending = [*entries(document.get("components"), "components")]
    while pending:
        component = mapping(pending.pop(), "a component")
        if reference := named(component.get("bom-ref")):
            purls[reference] = component.get("purl") or reference
        pending += entries(component.get("components"), "components")
    if reference := named(product.get("bom-ref")):
        purls[reference] = None
    return purls
