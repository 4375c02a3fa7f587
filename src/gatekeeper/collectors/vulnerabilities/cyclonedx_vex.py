"""CycloneDX (1.4 and later): VEX statements, which are vulnerabilities with an analysis, or a scan.

https://cyclonedx.org/docs/1.6/json/#vulnerabilities_items_analysis. A vulnerability without an analysis is
a finding of a scanner, not a statement: `_cyclonedx_scan` reads a document with one. A statement affects
components, by their reference in the document; one without a package URL cannot be compared with anything.
If the document describes a product, by a package URL or a name, that must be what was scanned, if the scan
states what that is. A BOM link is to a component in another document: what that describes must be what was
scanned; this document states it, or nothing does. `not_affected` demands a justification, a response or a
detail. Versions that it calls affected, it does not close.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import entries, first_text, listed, mapping, section
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities import _cyclonedx_scan, _purl, _report
from gatekeeper.collectors.vulnerabilities._report import Names, Product, VexStatement, VulnerabilityReport
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="CycloneDX",
    seen="1.4 to 1.7, of pip-audit 2.10, retire.js 5.7 and Trivy",
    source="https://cyclonedx.org/docs/1.6/json/#vulnerabilities",
    command="grype --output cyclonedx-json, or trivy image --scanners vuln --format cyclonedx",
    recognised="`bomFormat`",
    models="VEX statements; or the vulnerabilities of each component with all ratings",
    not_modelled="what a bill of materials says besides",
)
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
    """Return the scan, or the statements, of a document in JSON."""
    return read_document(content, content.json_document)


def read_document(content: Content, document: Structured) -> VulnerabilityReport:
    """Return the scan of a document with findings, and the statements of one with statements.

    Raises:
        Unreadable: It has neither.
    """
    statements = _report.vex_report("cyclonedx-vex", content, _statements(document.object))
    if _cyclonedx_scan.is_scan(document.object):
        return _cyclonedx_scan.read(content, document)._replace(statements=statements.statements)
    if not statements.statements:
        raise Unreadable(
            "a CycloneDX document without an analysis: not a VEX statement, nor a scan of its components; "
            "scan an SBOM: `grype sbom:FILE -o json`, or `trivy sbom --format json FILE`"
        )
    return statements


def _statements(document: Object) -> Iterator[VexStatement]:
    analysed = [
        (place, found)
        for place, found in enumerate(listed(document, "vulnerabilities", "a vulnerability"))
        if section(found, "analysis").get("state") is not None
    ]
    purls = _cyclonedx_scan.purls(document)
    metadata = section(document, "metadata")
    described = section(metadata, "component", "metadata.component")
    context, name = _report.names(described.get("purl")), first_text(described, "name")
    serial = str(document.get("serialNumber")).removeprefix("urn:uuid:")
    for place, vulnerability in analysed:
        analysis = mapping(vulnerability["analysis"], "analysis")
        state, closes = analysis["state"], _report.closes(_STATES, analysis["state"], "CycloneDX")
        response = _report.joined(entries(analysis.get("response"), "response"))
        why = first_text(analysis, "justification", "detail") or response
        yield VexStatement(
            names=_names(vulnerability),
            closes=closes,
            status=str(state),
            products=tuple(
                product._replace(context_name=name)
                for entry in listed(vulnerability, "affects", "affects")
                for product in _each_version(_product(_heeded(entry, closes), purls, context, serial))
            ),
            justification=why,
            instant=_report.instant(
                analysis.get("lastUpdated"), analysis.get("firstIssued"), metadata.get("timestamp")
            ),
            pointer=f"/vulnerabilities/{place}",
            lacks="a justification, a response or a detail" if state == "not_affected" and not why else None,
        )


def _heeded(affected: Object, closes: bool) -> Object:  # noqa: FBT001 - private
    """Return an affected component without the versions that are said to be affected by what closes it."""
    stated = list(listed(affected, "versions", "a version"))
    if not closes or not stated:
        return affected
    return {
        **affected,
        "versions": [one if one.get("status") in (None, "unaffected") else {} for one in stated],
    }


def _names(vulnerability: Object) -> tuple[str, ...]:
    others = (reference.get("id") for reference in listed(vulnerability, "references", "a reference"))
    return _report.names(vulnerability.get("id"), *others)


def _each_version(product: Product) -> Iterator[Product]:
    *hosts, last = product.path
    for name in last or (None,):
        yield product._replace(path=(*hosts, (name,) if name else ()))


def _product(affected: Object, purls: Mapping[str, object], context: Names, serial: str) -> Product:
    reference = first_text(affected, "ref") or "?"
    # A BOM link: urn:cdx:serialNumber/version#bom-ref
    document, mark, local = reference.removeprefix("urn:cdx:").partition("#")
    if not reference.startswith("urn:cdx:"):
        return Product(reference, (_identifiers(affected, purls.get(reference, reference)),), context)
    if document.partition("/")[0] == serial:
        return Product(reference, (_identifiers(affected, purls.get(unquote(local))),), context)
    return Product(reference, (context, _identifiers(affected, unquote(local))) if mark else (context,))


def _identifiers(affected: Object, purl: object) -> Names:
    """Return the package URLs of an affected component; of its versions, if the document lists them."""
    parsed = _purl.parsed(purl) if isinstance(purl, str) else None
    if parsed is None:
        return ()
    if not affected.get("versions"):
        return _report.names(purl)
    before, mark, qualifiers = str(purl).partition("?")
    before = before.removesuffix(f"@{parsed.version}")
    identifiers = []
    for one in listed(affected, "versions", "a version"):
        version, range_ = first_text(one, "version"), first_text(one, "range")
        if version and parsed.version in (None, version):
            identifiers.append(f"{before}@{version}{mark}{qualifiers}")
        elif range_ and not version:
            identifiers.append(_purl.within(str(purl), range_))
    return tuple(identifiers)
