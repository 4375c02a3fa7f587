"""The VEX statements of a CycloneDX document: vulnerabilities with an analysis (1.4 and later).

https://cyclonedx.org/docs/1.6/json/#vulnerabilities_items_analysis. A vulnerability without an analysis is
a finding of a scanner, not a statement.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import entries, first_text, listed, mapping, section
from gatekeeper.collectors.vulnerabilities._purl import packages
from gatekeeper.collectors.vulnerabilities._report import (
    Statement,
    VulnerabilityReport,
    closes,
    instant,
    names,
    vex_report,
)
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Object

_STATES = {
    "not_affected": True,
    "false_positive": True,
    "resolved": True,
    "resolved_with_pedigree": True,
    "exploitable": False,
    "in_triage": False,
}


def recognises(content: Content) -> bool:
    """Return whether the file is a CycloneDX document."""
    return content.object.get("bomFormat") == "CycloneDX"


def read(content: Content) -> VulnerabilityReport:
    """Return the statements of a document, which must have some."""
    return vex_report("cyclonedx-vex", content, _statements(content.object))


def _statements(document: Object) -> Iterator[Statement]:
    analysed = [
        found
        for found in listed(document, "vulnerabilities", "a vulnerability")
        if section(found, "analysis").get("state") is not None
    ]
    if not analysed:
        raise Unreadable(
            "a CycloneDX document without an analysis: not a VEX statement, nor a scan of a known format"
        )
    purls = _purls(document)
    metadata = section(document, "metadata")
    for vulnerability in analysed:
        analysis = mapping(vulnerability["analysis"], "analysis")
        yield Statement(
            names=_names(vulnerability),
            closes=closes(_STATES, analysis["state"], "CycloneDX"),
            status=str(analysis["state"]),
            purls=_packages(vulnerability, purls),
            justification=first_text(analysis, "justification", "detail"),
            instant=instant(
                analysis.get("lastUpdated"), analysis.get("firstIssued"), metadata.get("timestamp")
            ),
        )


def _names(vulnerability: Object) -> tuple[str, ...]:
    others = (reference.get("id") for reference in listed(vulnerability, "references", "a reference"))
    return names(vulnerability.get("id"), *others)


def _packages(vulnerability: Object, purls: Mapping[str, object]) -> tuple[str, ...]:
    references = (first_text(entry, "ref") or "" for entry in listed(vulnerability, "affects", "affects"))
    return packages(*(purls.get(_local(reference), _local(reference)) for reference in references))


def _local(reference: str) -> str:
    """Return a component's reference in its document; a BOM link to another document ends with it."""
    return unquote(reference.partition("#")[2]) if reference.startswith("urn:cdx:") else reference


def _purls(document: Object) -> dict[str, object]:
    """Return the package URLs of components, by reference; None for the product, which was scanned."""
    metadata = section(document, "metadata")
    product = section(metadata, "component", "metadata.component")
    purls: dict[str, object] = {}
    pending = [*entries(document.get("components"), "components")]
    while pending:
        component = mapping(pending.pop(), "a component")
        if reference := first_text(component, "bom-ref"):
            purls[reference] = component.get("purl") or reference
        pending += entries(component.get("components"), "components")
    if reference := first_text(product, "bom-ref"):
        purls[reference] = None
    return purls
