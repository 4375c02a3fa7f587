"""A report of OWASP Dependency-Check: the files that are dependencies, each with its vulnerabilities.

Of the CVSS versions in which a vulnerability is scored the newest counts, beside the word. Suppressed
vulnerabilities are closed. Exceptions of the analysis mean that some files were not analysed.
"""

from collections.abc import Iterator

from gatekeeper.collectors.formats.severity import Reading, by_cvss, by_word, from_score, rated
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import amount, first_text, listed, listing, objects, section
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities import _purl, _report
from gatekeeper.collectors.vulnerabilities._report import Package, Scan, Vulnerability, VulnerabilityReport
from gatekeeper.model.evidence import Absent
from gatekeeper.syntax.json import Object

_OPEN, _SUPPRESSED = "vulnerabilities", "suppressedVulnerabilities"
_DOCUMENT = frozenset({"scanInfo", "projectInfo", "dependencies"})
_DEPENDENCY = frozenset({
    _OPEN, _SUPPRESSED, "evidenceCollected", "packages", "vulnerabilityIds", "suppressedVulnerabilityIds",
    "relatedDependencies", "projectReferences", "includedBy",
})  # fmt: skip
_MOST_EXCEPTIONS = 5


def read(content: Content, document: Structured) -> VulnerabilityReport:
    """Return the vulnerabilities of the dependencies in a document with the names of the JSON report."""
    report = document.object
    dependencies = list(objects(report["dependencies"], "dependencies", "a dependency"))
    if not dependencies:
        raise Absent("Dependency-Check found no dependency")
    information = section(report, "scanInfo")
    placed = [(("dependencies", place), one) for place, one in enumerate(dependencies)]
    scan = Scan(
        "Dependency-Check",
        tuple(found for path, one in placed for found in _of_dependency(document, path, one)),
        unknown=(
            *_report.unknown_lists(document, [((), report)], _DOCUMENT),
            *_report.unknown_lists(document, placed, _DEPENDENCY),
        ),
    )
    return _report.scan_report(
        content,
        "dependency-check",
        scan,
        first_text(information, "engineVersion"),
        produced_at=instants.from_text(section(report, "projectInfo").get("reportDate")),
        partial=tuple(_missing(information)),
    )


def _missing(information: Object) -> Iterator[str]:
    for one in list(listed(information, "analysisExceptions", "an exception"))[:_MOST_EXCEPTIONS]:
        message = first_text(section(one, "exception"), "message") or "no message"
        yield one_line(f"an analysis of Dependency-Check failed: {message}")
    if not listing(information.get("dataSource"), "dataSource"):
        yield "Dependency-Check had no source of data"


def _of_dependency(
    document: Structured, path: tuple[str, int], dependency: Object
) -> Iterator[Vulnerability]:
    package = _package(dependency)
    for key in (_OPEN, _SUPPRESSED):
        for place, one in enumerate(listed(dependency, key, "a vulnerability")):
            found = _report.vulnerability(
                (document, (*path, key, place)),
                rated(*_readings(one)),
                (_report.names(one.get("name")),),
                package,
                at=first_text(dependency, "fileName"),
                title=one.get("description"),
            )
            yield found._replace(closed=_reason(one)) if key == _SUPPRESSED else found


def _package(dependency: Object) -> Package:
    purl = next(_identifiers(dependency, "packages", "pkg:"), None)
    parsed = _purl.parsed(purl) if purl else None
    cpes = tuple(_identifiers(dependency, "vulnerabilityIds", "cpe:"))
    if parsed is None:
        return Package(cpes=cpes)
    return Package("/".join(filter(None, (parsed.namespace, parsed.name))), parsed.version, purl, cpes)


def _identifiers(dependency: Object, key: str, beginning: str) -> Iterator[str]:
    for one in listed(dependency, key, f"one of {key}"):
        if (id_ := first_text(one, "id") or "").startswith(beginning):
            yield id_


def _readings(one: Object) -> Iterator[Reading]:
    yield by_word(one.get("severity"), "severity")
    four, three = section(one, "cvssv4"), section(one, "cvssv3")
    if four.get("baseScore") or four.get("vectorString"):
        yield from by_cvss(four.get("baseScore"), four.get("vectorString"))
    elif three.get("baseScore"):
        yield from by_cvss(three["baseScore"], None)
    elif score := amount(section(one, "cvssv2").get("score") or 0, "cvssv2.score"):
        yield f"its CVSS score {score}", from_score(score, is_version_2=True)


def _reason(one: Object) -> str:
    notes = first_text(one, "notes")
    return one_line(f"suppressed: {notes}" if notes else "suppressed by a file of the scanner")
