"""Trivy's JSON: schema 2, the bare list of versions before 0.20, and the report on a cluster.

https://trivy.dev/docs/latest/configuration/reporting/ and `pkg/types/report.go`. A result names a scanned
target; one without vulnerabilities is clean. Trivy omits `Results` if it found nothing to scan. A report on a
cluster (`trivy k8s`, `pkg/k8s/report`) has the results of each resource, in `Resources`, in `Findings`, or in
older versions in `Vulnerabilities` and `Misconfigurations`; a resource with an `Error` was not scanned.

What counts is what Trivy's SARIF lists: vulnerabilities, secrets, misconfigurations that fail, and
licences, each with the severity that Trivy gives it. Findings that `.trivyignore` or a VEX document removed
are closed; Trivy lists them with `--show-suppressed`. Filters such as `--severity` leave no trace. If the
system of an image is no longer maintained, its vulnerabilities may be missing: the report is partial. The
severity of a vulnerability is the more severe of Trivy's word and the CVSS score or vector of the same
source, from which Trivy takes the score in its SARIF; if the file does not state the source, of any.
Not modelled: other lists of a result than those that Trivy writes.
"""

from collections.abc import Iterator, Sequence

from gatekeeper.collectors.formats.severity import Rating, Reading, by_cvss, by_word, from_name, rated
from gatekeeper.collectors.reading import instants, subjects
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import (
    count,
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
from gatekeeper.collectors.vulnerabilities import _purl, _report
from gatekeeper.collectors.vulnerabilities._report import Package, Scan, Vulnerability, VulnerabilityReport
from gatekeeper.model.evidence import Absent, Subject, Unreadable
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

ABOUT = About(
    tool="Trivy",
    seen="schema 2, and the lists of versions before 0.20; a cluster by the source of 0.58",
    source="https://github.com/aquasecurity/trivy/blob/v0.58.0/pkg/types/report.go",
    command="trivy image --format json --output trivy.json IMAGE",
    recognised="`SchemaVersion` with `Results` or `ArtifactName`; `ClusterName`; or results with a `Target`",
    models="vulnerabilities, secrets, failed misconfigurations and licences, and those that were suppressed",
    not_modelled="a filter such as `--severity`, which leaves no trace",
)
_KINDS = {
    "os-pkgs": _report.DEPENDENCIES,
    "lang-pkgs": _report.DEPENDENCIES,
    "secret": _report.SECRETS,
    "config": _report.CONFIGURATION,
    "license": _report.LICENCES,
    "license-file": _report.LICENCES,
}
_LISTS = {
    "Vulnerabilities": "vulnerability",
    "Secrets": "secret",
    "Misconfigurations": "misconfiguration",
    "Licenses": "licence",
}
_MODELLED = {
    *_LISTS,
    *("ExperimentalModifiedFindings", "Packages", "CustomResources", "MisconfSummary"),
    *("Results", "Metadata", "Trivy", "Resources", "Findings"),
}
_RESOURCES = ("Resources", "Findings", "Vulnerabilities", "Misconfigurations")
_MOST_ERRORS = 5
_CLOSING = frozenset({"ignored", "not_affected", "fixed"})

_Path = tuple[Step, ...]


def recognises(content: Content) -> bool:
    """Return whether the file is a report of Trivy."""
    results, report = content.first, content.object
    if isinstance(results, list):
        return bool(results) and all(isinstance(result, dict) and "Target" in result for result in results)
    if "ClusterName" in report and not report.keys().isdisjoint(_RESOURCES):
        return True
    return "SchemaVersion" in report and not report.keys().isdisjoint({"Results", "ArtifactName"})


def read(content: Content) -> VulnerabilityReport:
    """Return the findings of a report."""
    document, report = content.json_document, content.object
    is_of_cluster = "ClusterName" in report
    resources = list(_resources(report)) if is_of_cluster else []
    placed = [one for path, resource in resources for one in _of_resource(path, resource)]
    placed = placed if is_of_cluster else list(_results(document.value))
    results = [result for _, result in placed]
    if not results:
        raise Absent("Trivy found nothing to scan")
    metadata, has_classes = section(report, "Metadata"), is_of_cluster or "SchemaVersion" in report
    scan = Scan(
        "Trivy",
        tuple(found for path, result in placed for found in _findings(document, path, result)),
        tuple(_subjects(report, metadata, results)),
        tuple(dict.fromkeys(kind for result in results for kind in _kinds(result, has_classes=has_classes))),
        unknown=_report.unknown_lists(document, [((), report), *resources, *placed], _MODELLED),
    )
    return _report.scan_report(
        content,
        "trivy-kubernetes" if is_of_cluster else "trivy",
        scan,
        first_text(section(report, "Trivy"), "Version"),
        produced_at=instants.from_text(report.get("CreatedAt")),
        commit=first_text(metadata, "Commit"),
        partial=(
            *_not_scanned(resources),
            *_old_systems([metadata, *_metadata(resources)]),
            *_miscounted(results),
        ),
    )


def _old_systems(metadata: Sequence[Object]) -> dict[str, None]:
    """Return which systems are no longer maintained, each once."""
    systems = [section(one, "OS") for one in metadata]
    old = [f"{system.get('Family')} {system.get('Name')}" for system in systems if system.get("EOSL")]
    return dict.fromkeys(
        one_line(f"{name} is no longer maintained: vulnerabilities may be missing") for name in old
    )


def _miscounted(results: Sequence[Object]) -> Iterator[str]:
    for result in results:
        summary = section(result, "MisconfSummary")
        counted = summary.get("Failures") or 0
        found = sum(map(_fails, listed(result, "Misconfigurations", "a misconfiguration")))
        if count(counted, "MisconfSummary.Failures") > found:
            where = first_text(result, "Target") or "a target"
            yield one_line(f"Trivy counts {counted} failed misconfigurations in {where}, and lists {found}")
        if summary and not found and not any(summary.values()):
            yield one_line(f"Trivy counts no check of {first_text(result, 'Target') or 'a target'}")


def _subjects(report: Object, metadata: Object, results: Sequence[Object]) -> Iterator[Subject]:
    name = first_text(report, "ArtifactName") or ""
    if report.get("ArtifactType") == "container_image":
        yield from subjects.images(metadata.get("RepoTags"), metadata.get("RepoDigests"), name)
    if report.get("ArtifactType") == "repository":
        yield from subjects.repositories(first_text(metadata, "RepoURL") or (name if "://" in name else None))
    for package in (package for result in results for package in listed(result, "Packages", "a package")):
        if package.get("Relationship") == "root":
            yield from subjects.packages(section(package, "Identifier").get("PURL"))


def _results(report: Json) -> Iterator[tuple[_Path, Object]]:
    base: _Path = ()
    if isinstance(report, dict):
        if report["SchemaVersion"] != 2:
            raise Unreadable(f"Trivy's schema {shown(report['SchemaVersion'])}; supported is 2")
        base, report = ("Results",), report.get("Results")
    for place, result in enumerate(objects(entries(report, "Results"), "Results", "a result")):
        yield (*base, place), result


def _resources(report: Object) -> Iterator[tuple[_Path, Object]]:
    """Yield the resources of a cluster."""
    if report.get("SchemaVersion", 0) not in (0, 2):
        raise Unreadable(f"Trivy's schema {shown(report['SchemaVersion'])}; supported is 2")
    for key in _RESOURCES:
        for place, resource in enumerate(listed(report, key, "a resource")):
            if "Kind" not in resource:
                raise Unreadable(f"{key} contains a resource without a kind")
            yield (key, place), resource


def _of_resource(path: _Path, resource: Object) -> Iterator[tuple[_Path, Object]]:
    for place, result in enumerate(listed(resource, "Results", "a result")):
        yield (*path, "Results", place), result


def _metadata(resources: Sequence[tuple[_Path, Object]]) -> Iterator[Object]:
    """Yield what Trivy knows about the images of resources; a resource with several has a list."""
    for _, resource in resources:
        found = resource.get("Metadata") or []
        yield from objects(found if isinstance(found, list) else [found], "Metadata", "Metadata")


def _not_scanned(resources: Sequence[tuple[_Path, Object]]) -> list[str]:
    """Return which resources of a cluster were not scanned, and why."""
    errors = [
        (first_text(resource, "Name") or "a resource", error)
        for _, resource in resources
        if (error := first_text(resource, "Error"))
    ]
    return [one_line(f"Trivy did not scan {name}: {error}") for name, error in errors[:_MOST_ERRORS]]


def _kinds(result: Object, *, has_classes: bool) -> Iterator[str]:
    """Yield at what Trivy looked; before version 0.20 a result had no class."""
    class_ = first_text(result, "Class")
    is_old = not has_classes and result.keys().isdisjoint({"Class", "MisconfSummary", "Misconfigurations"})
    if result.get("Vulnerabilities") or is_old:
        yield _report.DEPENDENCIES
    if class_ in _KINDS:
        yield _KINDS[class_]


def _findings(document: Structured, path: _Path, result: Object) -> Iterator[Vulnerability]:
    for key, kind in _LISTS.items():
        for place, entry in enumerate(listed(result, key, f"a {kind}")):
            if kind != "misconfiguration" or _fails(entry):
                yield _finding(document, (*path, key, place), entry, result, kind)
    key = "ExperimentalModifiedFindings"
    for place, modified in enumerate(listed(result, key, "a modified finding")):
        kind = first_text(modified, "Type") or "vulnerability"
        found = _finding(document, (*path, key, place), modified.get("Finding"), result, kind)
        yield found._replace(closed=_closing(modified))


def _fails(misconfiguration: Object) -> bool:
    return misconfiguration.get("Status", "FAIL") not in ("PASS", "EXCEPTION")


def _finding(document: Structured, path: _Path, entry: object, result: Object, kind: str) -> Vulnerability:
    detected = mapping(entry, f"a {kind}")
    if kind == "vulnerability":
        return _vulnerability(document, path, detected, result)
    severity = from_name(detected.get("Severity"), "Severity")
    id_ = first_text(detected, "RuleID", "ID", "Name") or "?"
    where = first_text(detected, "PkgName", "FilePath") or first_text(result, "Target") or "?"
    title = one_line(f"{kind} {id_} in {where[:LONGEST]}: {first_text(detected, 'Title', 'Category') or ''}")
    return Vulnerability(severity, document.finding(f"{severity}: {title}", *path), ())


def _vulnerability(document: Structured, path: _Path, detected: Object, result: Object) -> Vulnerability:
    name, version = first_text(detected, "PkgName"), first_text(detected, "InstalledVersion")
    purl = first_text(section(detected, "PkgIdentifier"), "PURL")
    return _report.vulnerability(
        (document, path),
        _rating(detected),
        (_report.names(detected.get("VulnerabilityID"), *entries(detected.get("VendorIDs"), "VendorIDs")),),
        Package(name, version, purl or _purl.of_package(first_text(result, "Type"), name, version)),
        at=first_text(detected, "PkgPath") or result.get("Target"),
        fixed_in=first_text(detected, "FixedVersion"),
        title=detected.get("Title"),
    )


def _rating(detected: Object) -> Rating:
    source = first_text(detected, "SeveritySource")
    by_source = section(detected, "CVSS")
    scores = (one for key in ((source,) if source else by_source) for one in _cvss(section(by_source, key)))
    return rated(by_word(detected.get("Severity"), "Severity"), *scores)


def _cvss(scores: Object) -> Iterator[Reading]:
    """Return the readings of the newest version of CVSS in which a source scores."""
    newest = next(
        (key for key in ("V40", "V3", "V2") if {f"{key}Score", f"{key}Vector"} & scores.keys()), "V2"
    )
    return by_cvss(scores.get(f"{newest}Score"), scores.get(f"{newest}Vector"))


def _closing(modified: Object) -> str | None:
    """Return why a finding was removed; None if its status leaves it open."""
    status = first_text(modified, "Status")
    if status not in _CLOSING:
        return None
    by = " by ".join(part for part in (status, first_text(modified, "Source")) if part)
    statement = first_text(modified, "VexStatement")
    return one_line(f"{by}: {statement}" if statement else by)
