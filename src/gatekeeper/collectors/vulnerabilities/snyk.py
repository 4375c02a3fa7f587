"""`snyk test --json` and `snyk container test --json`: one project, or a list of them.

https://github.com/snyk/cli/blob/v1.1306.4/src/lib/snyk-test/legacy.ts and `lib/formatters/test/`. A project
lists a vulnerability once for each path to it; here it counts once for each package. A project that was not
tested has an `error`. `filtered` has what a policy ignores, with the reason: closed. A severity threshold
leaves out what is less severe. `applications` has the packages of an image that its system does not manage.
The JSON of `snyk iac` and `snyk code` (SARIF) is of another shape.
"""

from collections.abc import Iterator

from gatekeeper.collectors.formats.severity import Severity, by_cvss, by_word, from_name, rated
from gatekeeper.collectors.reading import subjects
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import (
    count,
    entries,
    first_text,
    flag,
    listed,
    listing,
    objects,
    section,
)
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities import _purl, _report
from gatekeeper.collectors.vulnerabilities._report import (
    Names,
    Package,
    Scan,
    Vulnerability,
    VulnerabilityReport,
)
from gatekeeper.model.evidence import Absent, Subject, Unreadable
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

ABOUT = About(
    tool="Snyk",
    seen="by the source of 1.1306",
    source="https://github.com/snyk/cli/blob/v1.1306.4/src/lib/snyk-test/legacy.ts",
    command="snyk test --all-projects --json-file-output=snyk.json",
    recognised="`ok` with `vulnerabilities` and a `dependencyCount`, or with an `error` and a `path`",
    models="the vulnerabilities and licence issues of each project, and those that a policy ignores",
    not_modelled="`snyk iac test`; the patches and the upgrades that Snyk proposes",
)
_IMAGE = "docker-image|"
_LISTS = frozenset({
    "vulnerabilities", "applications", "filtered", "remediation", "licensesPolicy", "ignoreSettings",
    "docker", "depGraph", "depTree", "scanResult",
})  # fmt: skip

_Path = tuple[Step, ...]


def recognises(content: Content) -> bool:
    """Return whether the file is a test of Snyk, or a list of them."""
    value = None if content.is_lines else content.json
    projects = value if isinstance(value, list) else [value]
    return bool(projects) and all(map(_is_project, projects))


def _is_project(value: Json) -> bool:
    if not isinstance(value, dict) or "ok" not in value:
        return False
    return {"vulnerabilities", "dependencyCount"} <= value.keys() or {"error", "path"} <= value.keys()


def read(content: Content) -> VulnerabilityReport:
    """Return the vulnerabilities of the projects that were tested."""
    document = content.json_document
    projects = list(_projects(document.value, ()))
    errors = [error for _, project in projects if (error := first_text(project, "error"))]
    tested = [(path, project) for path, project in projects if not first_text(project, "error")]
    if not tested:
        raise Absent(one_line(f"Snyk tested no project: {next(iter(errors))}"))
    found = tuple(one for path, project in tested for one in _of_project(document, path, project))
    if not found and not any(
        count(project.get("dependencyCount"), "dependencyCount") for _, project in tested
    ):
        raise Absent("Snyk found no dependency")
    scan = Scan(
        "Snyk",
        found,
        tuple(_subjects(project for _, project in tested)),
        left_out=frozenset(one for _, project in tested for one in _below(project)),
        unknown=_report.unknown_lists(document, projects, _LISTS),
    )
    partial = [f"Snyk did not test a project: {error}" for error in errors]
    if any(project.get("hasUnknownVersions") for _, project in tested):
        partial.append("Snyk does not know the versions of some dependencies")
    return _report.scan_report(content, "snyk", scan, partial=tuple(map(one_line, dict.fromkeys(partial))))


def _projects(value: Json, base: _Path) -> Iterator[tuple[_Path, Object]]:
    if isinstance(value, dict):
        yield base, value
        yield from _projects(entries(value.get("applications"), "applications"), (*base, "applications"))
    else:
        for place, project in enumerate(objects(value, "the projects", "a project")):
            yield from _projects(project, (*base, place))


def _of_project(document: Structured, path: _Path, project: Object) -> Iterator[Vulnerability]:
    listing(project.get("vulnerabilities"), "vulnerabilities")
    issues = list(listed(project, "vulnerabilities", "a vulnerability"))
    if not (issues or flag(project.get("ok"), "ok")):
        raise Unreadable("Snyk says that a project is not ok, and lists no vulnerability of it")
    ids = _report.names(*(issue.get("id") for issue in issues))
    if count(project.get("uniqueCount") or 0, "uniqueCount") > len(ids):
        raise Unreadable(f"Snyk counts {project['uniqueCount']} vulnerabilities, and lists {len(ids)}")
    seen = set[Names]()
    for place, issue in enumerate(issues):
        if (names := _report.names(issue.get("id"), *_package(issue)[:2])) not in seen:
            seen.add(names)
            yield _issue(document, (*path, "vulnerabilities", place), issue, project)
    filtered = section(project, "filtered")
    for key in ("ignore", "patch"):
        for place, issue in enumerate(listed(filtered, key, f"filtered.{key}")):
            found = _issue(document, (*path, "filtered", key, place), issue, project)
            yield found._replace(closed=_reason(issue, key))


def _issue(document: Structured, path: _Path, issue: Object, project: Object) -> Vulnerability:
    identifiers = section(issue, "identifiers")
    others = (name for key in ("CVE", "GHSA") for name in entries(identifiers.get(key), f"identifiers.{key}"))
    word = issue.get("severityWithCritical") or issue.get("severity")
    return _report.vulnerability(
        (document, path),
        rated(by_word(word, "severity"), *by_cvss(issue.get("cvssScore"), issue.get("CVSSv3"))),
        (_report.names(issue.get("id"), *others),),
        _package(issue),
        at=first_text(project, "displayTargetFile", "targetFile"),
        fixed_in=_report.joined(entries(issue.get("fixedIn"), "fixedIn")),
        title=issue.get("title"),
    )


def _package(issue: Object) -> Package:
    """Return the package; with `--group-issues` its name is a list."""
    name, version = first_text(issue, "packageName", "name", "moduleName"), first_text(issue, "version")
    return Package(name, version, _purl.of_package(first_text(issue, "packageManager"), name, version))


def _reason(issue: Object, key: str) -> str:
    how = section(issue, "filtered")
    reasons = (
        first_text(entry, "reason")
        for name in ("ignored", "patches")
        for entry in listed(how, name, f"a {name}")
    )
    done = "ignored by a policy" if key == "ignore" else "patched"
    return one_line(": ".join(filter(None, (done, _report.joined(reasons)))))


def _below(project: Object) -> Iterator[Severity]:
    """Yield the severities that a threshold leaves out; all but critical, if it is not a known word."""
    if threshold := first_text(project, "severityThreshold"):
        least = from_name(threshold, "severityThreshold")
        least = Severity.CRITICAL if least is Severity.UNKNOWN else least
        yield from (
            severity for severity in Severity if severity > least and severity is not Severity.UNKNOWN
        )


def _subjects(projects: Iterator[Object]) -> Iterator[Subject]:
    for project in projects:
        name = first_text(project, "projectName") or ""
        if name.startswith(_IMAGE):
            yield from subjects.images(name.removeprefix(_IMAGE))
