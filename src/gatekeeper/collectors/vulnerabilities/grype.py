"""Grype's JSON (https://github.com/anchore/grype, `grype/presenter/models/document.go`).

Each match counts, as in Grype itself, even if the same CVE matches one package at several paths: each path
needs a fix. `ignoredMatches` are closed. A report without a match is a clean scan if it says what was
scanned.
"""

from collections.abc import Iterator

from gatekeeper.collectors.formats.severity import from_name
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import entries, first_text, listed, mapping, objects, section
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities._report import (
    Package,
    Scan,
    Vulnerability,
    VulnerabilityReport,
    describe,
    joined,
    names,
)
from gatekeeper.syntax.json import Object


def recognises(content: Content) -> bool:
    """Return whether the file is a report of Grype that says what was scanned."""
    report = content.object
    return "matches" in report and any(
        isinstance(report.get(key), dict) for key in ("source", "distro", "descriptor")
    )


def read(content: Content) -> VulnerabilityReport:
    """Return the matches and the ignored matches."""
    document, report = content.json_document, content.object
    descriptor = section(report, "descriptor")
    scan = Scan(
        scanner=first_text(descriptor, "name") or "grype",
        vulnerabilities=(*_matches(document, "matches"), *_matches(document, "ignoredMatches")),
        produced_at=instants.from_text(descriptor.get("timestamp")),
    )
    return VulnerabilityReport("grype", (scan,))


def _matches(document: Structured, key: str) -> Iterator[Vulnerability]:
    matches = document.object.get(key, None if key == "matches" else [])
    for place, match in enumerate(objects(matches, key, "a match")):
        found = _vulnerability(document, match, key, place)
        yield found._replace(closed=_rules(match)) if key == "ignoredMatches" else found


def _vulnerability(document: Structured, match: Object, key: str, place: int) -> Vulnerability:
    vulnerability = mapping(match.get("vulnerability"), "vulnerability")
    artifact = section(match, "artifact")
    fix = section(vulnerability, "fix")
    severity = from_name(vulnerability.get("severity"), "severity")
    package = Package(
        first_text(artifact, "name"),
        first_text(artifact, "version"),
        first_text(artifact, "purl"),
    )
    id_ = first_text(vulnerability, "id")
    fixed_in = joined(entries(fix.get("versions"), "fix.versions"))
    message = describe(severity, id_, package, at=_path(artifact), fixed_in=fixed_in)
    others = listed(match, "relatedVulnerabilities", "a related vulnerability")
    aliases = (other.get("id") for other in others)
    return Vulnerability(severity, document.finding(message, key, place), (names(id_, *aliases),), package)


def _path(artifact: Object) -> str | None:
    """Return the path at which Grype found the package."""
    locations = entries(artifact.get("locations"), "locations")
    return first_text(mapping(locations[0], "a location"), "path") if locations else None


def _rules(match: Object) -> str:
    """Return the reasons of the rules in Grype's configuration that ignore a match."""
    reasons: list[str] = []
    for rule in listed(match, "appliedIgnoreRules", "an ignore rule"):
        reasons += names(*(rule.get(key) for key in ("reason", "vex-status", "vex-justification")))
    return one_line(f"ignored by a rule: {', '.join(reasons)}" if reasons else "ignored by a rule")
