"""The vulnerability report of Clair 4 (`clairctl report --out json`, the API of the matcher).

https://github.com/quay/claircore/blob/v1.5.54/vulnerabilityreport.go. `package_vulnerabilities` lists for
each package the vulnerabilities by their ids; each pair counts, as in the report of clairctl as text. A
report of an image with packages and without vulnerabilities is clean; one without packages shows nothing.
The severity is Clair's own on one scale, `normalized_severity`.
"""

from collections.abc import Iterator

from gatekeeper.collectors.formats.severity import by_word, rated
from gatekeeper.collectors.reading import subjects
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import entries, first_text, mapping, section, text
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities import _purl, _report
from gatekeeper.collectors.vulnerabilities._report import Package, Scan, Vulnerability, VulnerabilityReport
from gatekeeper.model.evidence import Absent, Unreadable
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="Clair 4",
    seen="by the source of claircore 1.5",
    source="https://github.com/quay/claircore/blob/v1.5.54/vulnerabilityreport.go",
    command="clairctl report --out json IMAGE > clair.json",
    recognised="`manifest_hash` with `packages`, `vulnerabilities` and `package_vulnerabilities`",
    models="each vulnerability of each package, with the normalized severity",
    not_modelled="enrichments, such as the CVSS scores of the NVD",
)
_MARKS = frozenset({"manifest_hash", "packages", "vulnerabilities", "package_vulnerabilities"})
_NOT_VULNERABLE = "PackageNotVulnerable"
"""Vulnerabilities that a source of data says a package does not have; they are listed, too."""
_LISTS = _MARKS | {"distributions", "environments", "repository", "repositories", "enrichments"}


def recognises(content: Content) -> bool:
    """Return whether the file is a report of Clair 4."""
    return content.object.keys() >= _MARKS


def read(content: Content) -> VulnerabilityReport:
    """Return the vulnerabilities of the packages of an image."""
    document, report = content.json_document, content.object
    packages = section(report, "packages")
    if not packages:
        raise Absent("Clair found no package")
    scan = Scan(
        "Clair",
        tuple(_vulnerabilities(document, packages, section(report, "vulnerabilities"))),
        subjects.images(first_text(report, "manifest_hash")),
        unknown=_report.unknown_lists(document, [((), report)], _LISTS),
    )
    return _report.scan_report(content, "clair", scan)


def _vulnerabilities(document: Structured, packages: Object, known: Object) -> Iterator[Vulnerability]:
    used = {
        id_
        for ids in section(document.object, _NOT_VULNERABLE).values()
        for id_ in _report.names(*entries(ids, _NOT_VULNERABLE))
    }
    for key, ids in section(document.object, "package_vulnerabilities").items():
        package = mapping(packages.get(key), f"the package {key}")
        for place, value in enumerate(entries(ids, f"package_vulnerabilities.{key}")):
            used.add(id_ := text(value, "the id of a vulnerability"))
            found = mapping(known.get(id_), f"the vulnerability {id_}")
            yield _vulnerability(document, (key, place), found, package)
    if unused := known.keys() - used:
        raise Unreadable(f"{len(unused)} vulnerabilities are of no package")


def _vulnerability(
    document: Structured, place: tuple[str, int], found: Object, package: Object
) -> Vulnerability:
    name, version = first_text(package, "name"), first_text(package, "version")
    distribution = first_text(section(found, "distribution"), "did")
    return _report.vulnerability(
        (document, ("package_vulnerabilities", *place)),
        rated(by_word(found.get("normalized_severity"), "normalized_severity")),
        (_report.names(found.get("name")),),
        Package(name, version, _purl.of_package(distribution, name, version)),
        fixed_in=first_text(found, "fixed_in_version"),
    )
