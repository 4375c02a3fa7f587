"""`dotnet list package --vulnerable --format json`: the vulnerable packages of each project.

https://github.com/NuGet/NuGet.Client, `ListPackageJsonOutputSerializerV1.cs`. A project without vulnerable
packages has no `frameworks`. An advisory has a severity and an address. The report says with which
parameters it was made: without `--vulnerable` it lists packages, not vulnerabilities; without
`--include-transitive` only direct packages were looked at. `problems` are projects or sources that could not
be read.
"""

import re
from collections.abc import Iterator

from gatekeeper.collectors.formats.severity import by_word, rated
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import entries, first_text, listed, listing, objects, shown
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities import _purl, _report
from gatekeeper.collectors.vulnerabilities._report import Package, Scan, Vulnerability, VulnerabilityReport
from gatekeeper.model.evidence import Absent, Unreadable
from gatekeeper.syntax.json import Object
from gatekeeper.syntax.yaml import Step

ABOUT = About(
    tool="dotnet list package",
    seen="version 1 of the output, by the source of NuGet 6.12",
    source="https://github.com/NuGet/NuGet.Client/blob/6.12.0.127/src/NuGet.Core/NuGet.CommandLine.XPlat/ListPackage/"
    "ListPackageJsonOutputSerializerV1.cs",
    command="dotnet list package --vulnerable --include-transitive --format json > dotnet.json",
    recognised="`parameters` with `--vulnerable`, and `projects`",
    models="each vulnerability of each package, by project and framework, with its severity",
    not_modelled="",
)
_LISTS = ("topLevelPackages", "transitivePackages")
_MODELLED = frozenset({"projects", "problems", "sources"})
_ADVISORY = re.compile(r"GHSA(?:-[0-9a-z]{4}){3}", re.IGNORECASE)
_AUTOMATIC = "(A)"
"""How the note begins that explains a mark in the list."""
_MOST_PROBLEMS = 5


def recognises(content: Content) -> bool:
    """Return whether the file lists vulnerable packages of projects."""
    report = content.object
    parameters = report.get("parameters")
    return "projects" in report and isinstance(parameters, str) and "--vulnerable" in parameters


def read(content: Content) -> VulnerabilityReport:
    """Return the vulnerabilities of the packages."""
    document, report = content.json_document, content.object
    if report.get("version") != 1 or isinstance(report.get("version"), bool):
        raise Unreadable(f"version {shown(report.get('version'))} of the output of dotnet; supported is 1")
    projects = list(objects(report["projects"], "projects", "a project"))
    problems = [one for one in listed(report, "problems", "a problem") if not _is_note(one)]
    if not projects or not entries(report.get("sources"), "sources"):
        why = first_text(problems[0], "message", "text") if problems else "no project and no source"
        raise Absent(one_line(f"dotnet looked for no vulnerability: {why or 'it reports a problem'}"))
    placed = list(_frameworks(projects))
    scan = Scan(
        "dotnet list package",
        tuple(
            found for path, framework, project in placed for found in _of(document, path, framework, project)
        ),
        unknown=(
            *_report.unknown_lists(document, [((), report)], _MODELLED),
            *_report.unknown_lists(
                document, [(("projects", at), one) for at, one in enumerate(projects)], {"frameworks"}
            ),
            *_report.unknown_lists(document, [(path, one) for path, one, _ in placed], {*_LISTS}),
        ),
    )
    return _report.scan_report(content, "dotnet", scan, partial=tuple(_missing(report, problems)))


def _is_note(problem: Object) -> bool:
    return (first_text(problem, "message", "text") or "").startswith(_AUTOMATIC)


def _missing(report: Object, problems: list[Object]) -> Iterator[str]:
    if "--include-transitive" not in str(report["parameters"]):
        yield "dotnet looked at direct packages only: `--include-transitive` is missing"
    for problem in problems[:_MOST_PROBLEMS]:
        yield one_line(f"dotnet reports a problem: {first_text(problem, 'message', 'text') or 'not named'}")


def _frameworks(projects: list[Object]) -> Iterator[tuple[tuple[Step, ...], Object, str | None]]:
    for number, project in enumerate(projects):
        for place, framework in enumerate(listed(project, "frameworks", "a framework")):
            yield ("projects", number, "frameworks", place), framework, first_text(project, "path")


def _of(
    document: Structured, path: tuple[Step, ...], framework: Object, project: str | None
) -> Iterator[Vulnerability]:
    for key in _LISTS:
        for at, package in enumerate(listed(framework, key, "a package")):
            name, version = first_text(package, "id"), first_text(package, "resolvedVersion")
            found = listing(package.get("vulnerabilities"), f"{name}: vulnerabilities")
            if not found:
                raise Unreadable(f"{name} is listed as vulnerable, without a vulnerability")
            for place, one in enumerate(objects(found, "vulnerabilities", "a vulnerability")):
                url = first_text(one, "advisoryurl") or ""
                yield _report.vulnerability(
                    (document, (*path, key, at, "vulnerabilities", place)),
                    rated(by_word(one.get("severity"), "severity")),
                    (_report.names(*_ADVISORY.findall(url[:300]), url),),
                    Package(name, version, _purl.of_package("nuget", name, version)),
                    at=project,
                )
