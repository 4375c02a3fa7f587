"""What a scanner found, as CycloneDX (1.4 and later): vulnerabilities without an analysis, and components.

https://cyclonedx.org/docs/1.6/json/#vulnerabilities. A vulnerability counts for each component that it
affects. The severity is the most severe of all ratings, each a word, a score and a vector. What an analysis
says of a vulnerability is a VEX statement, also here. A document with both is a scan only if it names its
tools: people leave vulnerabilities in a VEX document without an analysis, too. A list of vulnerabilities
need not show that somebody looked for them: without tools, there must be components without any. Tools that
also write bills of materials list no vulnerability if they did not look, so an empty list is clean only if
Grype wrote it.
"""

from collections.abc import Iterator

from gatekeeper.collectors.formats.severity import Reading, by_cvss, by_word, rated
from gatekeeper.collectors.reading import instants, subjects
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import entries, first_text, listed, mapping, section
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities import _report
from gatekeeper.collectors.vulnerabilities._report import Package, Scan, Vulnerability, VulnerabilityReport
from gatekeeper.model.evidence import Subject
from gatekeeper.syntax.json import Object

_SCANNERS = frozenset({"grype"})
"""Tools that write CycloneDX only after they looked for vulnerabilities."""


def is_scan(document: Object) -> bool:
    """Return whether a document lists components, and vulnerabilities of them that a scanner found."""
    tools = list(_tools(document))
    if not document.get("components") or "vulnerabilities" not in document:
        return False
    found = list(listed(document, "vulnerabilities", "a vulnerability"))
    if not found:
        return any(first_text(tool, "name") in _SCANNERS for tool in tools)
    are_analysed = {section(one, "analysis").get("state") is not None for one in found}
    return are_analysed == {False} or (len(are_analysed) == 2 and bool(tools))


def read(content: Content, document: Structured) -> VulnerabilityReport:
    """Return the vulnerabilities of the components."""
    bom = document.object
    tools = list(_tools(bom))
    known, described = components(bom), section(section(bom, "metadata"), "component", "metadata.component")
    found = tuple(_vulnerabilities(document, [*known, described]))
    affected = {one.package for one in found}
    scan = Scan(
        _report.joined(dict.fromkeys(first_text(tool, "name") for tool in tools)) or "CycloneDX",
        found,
        _subjects(described),
        (_report.DEPENDENCIES,) if tools or len(affected) < len(known) else (),
    )
    version = first_text(tools[0], "version") if len(tools) == 1 else None
    time = instants.from_text(section(bom, "metadata").get("timestamp"))
    return _report.scan_report(content, "cyclonedx", scan, version, produced_at=time)


def components(document: Object) -> list[Object]:
    """Return the components of a document or a component, with those within them."""
    found: list[Object] = []
    pending = entries(document.get("components"), "components")[:]
    while pending:
        component = mapping(pending.pop(), "a component")
        found.append(component)
        pending += entries(component.get("components"), "components")
    return found


def purls(document: Object) -> dict[str, object]:
    """Return the package URLs of components by reference; tools often write one as the reference."""
    purls: dict[str, object] = {}
    described = section(section(document, "metadata"), "component", "metadata.component")
    for component in (described, *components(described), *components(document)):
        if reference := first_text(component, "bom-ref"):
            purl = component.get("purl") or reference
            # What two components share identifies none of them.
            purls[reference] = purl if purls.get(reference, purl) == purl else None
    return purls


def _tools(document: Object) -> Iterator[Object]:
    tools = section(document, "metadata").get("tools") or []
    listing = tools.get("components") if isinstance(tools, dict) else tools
    for tool in entries(listing, "metadata.tools"):
        yield mapping(tool, "a tool")


def _subjects(described: Object) -> tuple[Subject, ...]:
    if described.get("type") == "container":
        return subjects.images(described.get("name"))
    return subjects.packages(described.get("purl"))


def _vulnerabilities(document: Structured, known: list[Object]) -> Iterator[Vulnerability]:
    by_reference = {reference: one for one in known if (reference := first_text(one, "bom-ref"))}
    for place, found in enumerate(listed(document.object, "vulnerabilities", "a vulnerability")):
        references = (reference.get("id") for reference in listed(found, "references", "a reference"))
        names = _report.names(found.get("id"), *references)
        affected = [first_text(one, "ref") for one in listed(found, "affects", "affects")]
        for reference in dict.fromkeys(affected or [None]):
            yield _report.vulnerability(
                (document, ("vulnerabilities", place)),
                rated(*_readings(found)),
                (names,),
                _package(reference, by_reference.get(reference or "", {})),
                title=found.get("description"),
            )


def _package(reference: str | None, component: Object) -> Package:
    purl = first_text(component, "purl") or reference or ""
    name = "/".join(filter(None, (first_text(component, "group"), first_text(component, "name"))))
    is_purl = purl.startswith("pkg:")
    return Package(name or reference, first_text(component, "version"), purl if is_purl else None)


def _readings(found: Object) -> Iterator[Reading]:
    for rating in listed(found, "ratings", "a rating"):
        yield by_word(rating.get("severity"), "severity")
        yield from by_cvss(rating.get("score"), _vector(rating))


def _vector(rating: Object) -> str | None:
    """Return the vector of a rating; tools leave out the version that its method states."""
    vector, method = first_text(rating, "vector"), first_text(rating, "method") or ""
    if vector and not vector.startswith("CVSS:") and method.startswith("CVSSv3"):
        return f"CVSS:3.{'0' if method == 'CVSSv3' else '1'}/{vector}"
    return vector
