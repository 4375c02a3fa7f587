"""OSV-Scanner's JSON (https://google.github.io/osv-scanner/output/).

A group is one vulnerability with its several names, so groups are counted, package by package. An empty
`results` is a clean scan: if the scanner finds no package, it exits with 128 and writes nothing, or writes
`null` with `--allow-no-lockfiles`. Neither an empty list without anything else, which may be of any tool,
nor sources without packages show that dependencies were looked at. The severity is the most severe of
`max_severity`, a CVSS score as text, of the CVSS vectors and of the database's own word
(`database_specific.severity`). Not modelled: other lists of a package than those that the scanner writes.
"""

from collections.abc import Iterator

from gatekeeper.collectors.formats.severity import Reading, by_cvss, by_word, rated
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import (
    entries,
    first_text,
    listed,
    listing,
    mapping,
    objects,
    section,
    text,
)
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities import _purl, _report
from gatekeeper.collectors.vulnerabilities._report import Package, Scan, Vulnerability, VulnerabilityReport
from gatekeeper.model.evidence import Absent
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

ABOUT = About(
    tool="OSV-Scanner",
    seen="1 and 2, by its tests",
    source="https://google.github.io/osv-scanner/output/",
    command="osv-scanner scan --format json --output osv.json .",
    recognised="`results` of packages, or an empty list with nothing else than the scanner writes",
    models="the groups of aliases of each package, with scores, vectors and the words of databases",
    not_modelled="the analysis of calls; licence violations",
)
_MOST_ALIASES = 100
_MODELLED = {
    "package",
    "vulnerabilities",
    "groups",
    "dependency_groups",
    "licenses",
    "license_violations",
    "image_origin_layer_ids",
}
_KEYS = frozenset({
    "results", "experimental_config", "experimental_generic_findings", "image_metadata", "license_summary",
})  # fmt: skip
"""The keys of a report; without a result nothing else distinguishes it from other lists."""

_Path = tuple[Step, ...]


def recognises(content: Content) -> bool:
    """Return whether the file is a report of OSV-Scanner."""
    document = content.object
    if "results" not in document or "errors" in document:
        return False
    results = document["results"]
    if not results:
        return (results is None or results == []) and document.keys() <= _KEYS
    first = results[0] if isinstance(results, list) else None
    # Other tools list packages, too: Prisma Cloud those of an image, Satellite those of errata.
    return isinstance(first, dict) and "packages" in first and isinstance(first.get("source"), dict)


def read(content: Content) -> VulnerabilityReport:
    """Return the groups of all packages of all sources."""
    document = content.json_document
    results = content.object["results"]
    if results is None:
        raise Absent("OSV-Scanner found no package")
    placed = list(_packages(results))
    packages = [(path, found) for path, found, _ in placed]
    scan = Scan(
        scanner="OSV-Scanner",
        vulnerabilities=tuple(found for one in placed for found in _of_package(document, *one)),
        kinds=(_report.DEPENDENCIES,) if packages or len(content.object) > 1 else (),
        unknown=_report.unknown_lists(document, [((), content.object), *packages], _MODELLED | _KEYS),
    )
    return _report.scan_report(content, "osv-scanner", scan)


def _packages(results: object) -> Iterator[tuple[_Path, Object, str | None]]:
    """Yield the packages of all sources, each with the path of its source."""
    for number, result in enumerate(objects(results, "results", "a result")):
        source = first_text(section(result, "source"), "path")
        for place, found in enumerate(objects(result.get("packages"), "packages", "a package")):
            yield ("results", number, "packages", place), found, source


def _of_package(
    document: Structured, path: _Path, found: Object, source: str | None
) -> Iterator[Vulnerability]:
    described = mapping(found.get("package"), "package")
    name, version = first_text(described, "name"), first_text(described, "version")
    package = Package(name, version, _purl.of_package(first_text(described, "ecosystem"), name, version))
    details = _details(found)
    for group_path, group in _groups(found, details):
        ids = listing(group.get("ids"), "ids")
        title = next((details[id_].get("summary") for id_ in _report.names(*ids) if id_ in details), None)
        yield _report.vulnerability(
            (document, (*path, *group_path)),
            rated(*_readings(group, details)),
            (_aliases(group, ids, details),),
            package,
            at=source,
            title=title,
        )


def _details(package: Object) -> dict[str, Object]:
    """Return the entry of the database for each vulnerability, by its id."""
    details = list(listed(package, "vulnerabilities", "a vulnerability"))
    return {text(detail.get("id"), "the id of a vulnerability"): detail for detail in details}


def _groups(package: Object, details: dict[str, Object]) -> Iterator[tuple[_Path, Object]]:
    """Yield the groups, and one more for each vulnerability that is in no group."""
    grouped: set[str] = set()
    for place, group in enumerate(listed(package, "groups", "a group")):
        grouped.update(_report.names(*listing(group.get("ids"), "ids")))
        yield ("groups", place), group
    for place, id_ in enumerate(details):
        if id_ not in grouped:
            yield ("vulnerabilities", place), {"ids": [id_]}


def _readings(group: Object, details: dict[str, Object]) -> Iterator[Reading]:
    highest = group.get("max_severity")
    if highest is not None:
        yield from by_cvss(text(highest, "max_severity"), None)
    for id_ in _report.names(*listing(group["ids"], "ids")):
        for one in listed(details.get(id_, {}), "severity", "a severity"):
            yield from by_cvss(None, one.get("score"))
        specific = details.get(id_, {}).get("database_specific")
        if isinstance(specific, dict) and specific.get("severity") is not None:
            yield by_word(specific["severity"], "database_specific.severity")


def _aliases(group: Object, ids: list[Json], details: dict[str, Object]) -> tuple[str, ...]:
    known = _report.names(*ids, *entries(group.get("aliases"), "aliases"))
    more = (
        entries(details[id_].get("aliases"), "aliases")[:_MOST_ALIASES] for id_ in known if id_ in details
    )
    return _report.names(*known, *(alias for aliases in more for alias in aliases))
