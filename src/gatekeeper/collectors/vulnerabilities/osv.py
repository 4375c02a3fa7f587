"""OSV-Scanner's JSON (https://google.github.io/osv-scanner/output/).

A group is one vulnerability under its several names, so that groups count, package by package. An empty
`results` is a clean scan: where it finds no package the scanner exits with 128 and writes nothing, or with
`--allow-no-lockfiles` writes `null`. `max_severity` is a CVSS score as text; where it is empty, what the
database itself says of the vulnerabilities (`database_specific.severity`) counts.
"""

from collections.abc import Iterator
from typing import Any

from gatekeeper.collectors.formats.severity import Severity, from_name, from_score_text
from gatekeeper.collectors.reading.figures import listing, mapping, text
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities._scan import (
    Package,
    Scan,
    Vulnerability,
    entries,
    named,
    names,
    told,
)
from gatekeeper.model.evidence import Absent
from gatekeeper.syntax.yaml import Step

FORMAT = "osv-scanner"

_MOST_ALIASES = 100

_Path = tuple[Step, ...]


def recognises(document: object) -> bool:
    """Tell whether this is a report of OSV-Scanner."""
    if not isinstance(document, dict) or "results" not in document or "errors" in document:
        return False
    results = document["results"]
    if not results:
        return results is None or results == []
    return isinstance(results, list) and isinstance(results[0], dict) and "packages" in results[0]


def read(document: Structured) -> Scan:
    """Read the groups of all packages of all sources."""
    results = document.object["results"]
    if results is None:
        raise Absent("OSV-Scanner found no package to look at")
    return Scan(
        format=FORMAT,
        scanner="OSV-Scanner",
        vulnerabilities=tuple(
            vulnerability
            for place, result in enumerate(listing(results, "results"))
            for vulnerability in _of_source(document, ("results", place), mapping(result, "a result"))
        ),
    )


def _of_source(document: Structured, path: _Path, result: dict[str, Any]) -> Iterator[Vulnerability]:
    source = named(mapping(result.get("source") or {}, "source").get("path"))
    for place, entry in enumerate(listing(result.get("packages"), "packages")):
        found = mapping(entry, "a package")
        described = mapping(found.get("package"), "package")
        package = Package(named(described.get("name")), named(described.get("version")))
        details = _details(found)
        for group_path, group in _groups(found, details):
            severity = _severity(group, details)
            ids = listing(group.get("ids"), "ids")
            title = next((details[id_].get("summary") for id_ in names(*ids) if id_ in details), None)
            message = told(
                severity,
                next(iter(names(*ids)), None),
                package,
                at=source,
                title=title,
            )
            yield Vulnerability(
                severity,
                document.finding(message, *path, "packages", place, *group_path),
                (_aliases(group, ids, details),),
                package,
            )


def _details(package: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what the database says of each vulnerability, by its id."""
    vulnerabilities = entries(package.get("vulnerabilities"), "vulnerabilities")
    details = [mapping(vulnerability, "a vulnerability") for vulnerability in vulnerabilities]
    return {text(detail.get("id"), "the id of a vulnerability"): detail for detail in details}


def _groups(
    package: dict[str, Any], details: dict[str, dict[str, Any]]
) -> Iterator[tuple[_Path, dict[str, Any]]]:
    """Give the groups, and for each vulnerability that is in none a group of its own."""
    grouped: set[str] = set()
    for place, entry in enumerate(entries(package.get("groups"), "groups")):
        group = mapping(entry, "a group")
        grouped.update(names(*listing(group.get("ids"), "ids")))
        yield ("groups", place), group
    for place, id_ in enumerate(details):
        if id_ not in grouped:
            yield ("vulnerabilities", place), {"ids": [id_]}


def _severity(group: dict[str, Any], details: dict[str, dict[str, Any]]) -> Severity:
    highest = group.get("max_severity")
    if highest is not None and text(highest, "max_severity"):
        return from_score_text(highest)
    said = [
        from_name(specific.get("severity"), "database_specific.severity")
        for id_ in names(*group["ids"])
        if id_ in details
        and isinstance(specific := details[id_].get("database_specific"), dict)
        and specific.get("severity") is not None
    ]
    return min(said, default=Severity.UNKNOWN)


def _aliases(group: dict[str, Any], ids: list[Any], details: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    aliases = entries(group.get("aliases"), "aliases")
    known = names(*ids, *aliases)
    more = (
        entries(details[id_].get("aliases"), "aliases")[:_MOST_ALIASES] for id_ in known if id_ in details
    )
    return names(*known, *(alias for aliases in more for alias in aliases))
