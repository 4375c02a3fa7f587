"""Trivy's JSON: schema 2, and the bare list of versions before 0.20.

https://trivy.dev/docs/latest/configuration/reporting/ and `pkg/types/report.go`. A result names a
scanned target; one without vulnerabilities is clean. Trivy omits `Results` if it found nothing to scan.

Secrets and misconfigurations are reported separately and not counted as vulnerabilities: the facts are about
dependencies, and a scan with secrets must give the same counts as one without. Findings that `.trivyignore`
or a VEX document removed are closed; Trivy lists them with `--show-suppressed`.
"""

from collections.abc import Iterator

from gatekeeper.collectors.formats.severity import from_name
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import (
    entries,
    first_text,
    listed,
    mapping,
    objects,
    section,
    shown,
)
from gatekeeper.collectors.reading.one_line import LONGEST, one_line
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities._report import (
    Package,
    Scan,
    Vulnerability,
    VulnerabilityReport,
    describe,
    names,
)
from gatekeeper.model.evidence import Absent, Finding, Unreadable
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

_OF_PACKAGES = frozenset({"os-pkgs", "lang-pkgs"})
_OPEN = frozenset({"affected", "under_investigation"})

_Path = tuple[Step, ...]


def recognises(content: Content) -> bool:
    """Return whether the file is a report of Trivy."""
    results, report = content.json, content.object
    if isinstance(results, list):
        return bool(results) and all(isinstance(result, dict) and "Target" in result for result in results)
    return "SchemaVersion" in report and not report.keys().isdisjoint({"Results", "ArtifactName"})


def read(content: Content) -> VulnerabilityReport:
    """Return the vulnerabilities of a report."""
    document = content.json_document
    results = list(_results(document.value))
    if not any(_has_packages(result) for _, result in results):
        raise Absent("Trivy scanned no packages")
    created = None if isinstance(document.value, list) else document.object.get("CreatedAt")
    scan = Scan(
        scanner="Trivy",
        vulnerabilities=tuple(
            vulnerability
            for path, result in results
            for vulnerability in _vulnerabilities(document, path, result)
        ),
        produced_at=instants.from_text(created),
        uncounted=tuple(
            finding for path, result in results for finding in _uncounted(document, path, result)
        ),
    )
    return VulnerabilityReport("trivy", (scan,))


def _results(report: Json) -> Iterator[tuple[_Path, Object]]:
    base: _Path = ()
    if isinstance(report, dict):
        if report["SchemaVersion"] != 2:
            raise Unreadable(f"Trivy's schema {shown(report['SchemaVersion'])}; supported is 2")
        base, report = ("Results",), report.get("Results")
    for place, result in enumerate(objects(entries(report, "Results"), "Results", "a result")):
        yield (*base, place), result


def _has_packages(result: Object) -> bool:
    """Return whether packages were scanned; before version 0.20 a result had no class."""
    return (
        first_text(result, "Class") in _OF_PACKAGES
        or "Class" not in result
        or bool(result.get("Vulnerabilities"))
    )


def _vulnerabilities(document: Structured, path: _Path, result: Object) -> Iterator[Vulnerability]:
    for place, entry in enumerate(entries(result.get("Vulnerabilities"), "Vulnerabilities")):
        yield _vulnerability(document, (*path, "Vulnerabilities", place), entry, result)
    key = "ExperimentalModifiedFindings"
    for place, modified in enumerate(listed(result, key, "a modified finding")):
        if modified.get("Type") == "vulnerability":
            found = _vulnerability(document, (*path, key, place), modified.get("Finding"), result)
            yield found._replace(closed=_closing(modified))


def _vulnerability(document: Structured, path: _Path, entry: object, result: Object) -> Vulnerability:
    detected = mapping(entry, "a vulnerability")
    severity = from_name(detected.get("Severity"), "Severity")
    identifier = section(detected, "PkgIdentifier")
    package = Package(
        first_text(detected, "PkgName"),
        first_text(detected, "InstalledVersion"),
        first_text(identifier, "PURL"),
    )
    id_ = first_text(detected, "VulnerabilityID")
    message = describe(
        severity,
        id_,
        package,
        at=first_text(detected, "PkgPath") or result.get("Target"),
        fixed_in=first_text(detected, "FixedVersion") or "",
        title=detected.get("Title"),
    )
    vendors = entries(detected.get("VendorIDs"), "VendorIDs")
    return Vulnerability(severity, document.finding(message, *path), (names(id_, *vendors),), package)


def _closing(modified: Object) -> str | None:
    """Return why a finding was removed; None if its VEX status leaves it open."""
    status = first_text(modified, "Status") or "unknown"
    if status in _OPEN:
        return None
    by = " by ".join(part for part in (status, first_text(modified, "Source")) if part)
    statement = first_text(modified, "Statement")
    return one_line(f"{by}: {statement}" if statement else by)


def _uncounted(document: Structured, path: _Path, result: Object) -> Iterator[Finding]:
    target = (first_text(result, "Target") or "?")[:LONGEST]
    for key, kind in (("Secrets", "secret"), ("Misconfigurations", "misconfiguration")):
        for place, found in enumerate(listed(result, key, f"a {kind}")):
            if found.get("Status", "FAIL") != "FAIL":
                continue
            severity = from_name(found.get("Severity"), "Severity")
            id_ = first_text(found, "RuleID", "ID") or "?"
            title = first_text(found, "Title") or ""
            message = f"{severity.name.lower()}: {kind} {one_line(f'{id_} in {target}: {title}')}"
            yield document.finding(message, *path, key, place)
