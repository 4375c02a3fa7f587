"""`safety check --output json` (2 and 3): the vulnerabilities of Python packages.

https://github.com/pyupio/safety/blob/3.8.1/safety/formatters/json.py. A vulnerability has a severity only
with a paid database: CVSS 2 and 3 by their scores and vectors. Ignored ones are listed apart, with the
reason. The counters must agree with the lists. The time states no zone. `safety scan` writes another format.
"""

from collections.abc import Iterator

from gatekeeper.collectors.formats.severity import Reading, by_cvss, rated
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import count, entries, first_text, objects, section
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities import _purl, _report
from gatekeeper.collectors.vulnerabilities._report import Package, Scan, Vulnerability, VulnerabilityReport
from gatekeeper.model.evidence import Absent, Unreadable
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="Safety",
    seen="2.3.5, and 3.8.1 by its source",
    source="https://github.com/pyupio/safety/blob/3.8.1/safety/formatters/json.py",
    command="safety check --output json > safety.json",
    recognised="`report_meta` with `vulnerabilities` and `ignored_vulnerabilities`",
    models="the vulnerabilities with their CVSS scores, if any, and the ignored ones with the reason",
    not_modelled="`safety scan`",
)
_COUNTERS = {"vulnerabilities": "vulnerabilities_found", "ignored_vulnerabilities": "vulnerabilities_ignored"}
_MODELLED = {
    *_COUNTERS,
    "report_meta",
    "scanned_packages",
    "affected_packages",
    "announcements",
    "remediations",
}


def recognises(content: Content) -> bool:
    """Return whether the file is a report of Safety."""
    return {"report_meta", *_COUNTERS} <= content.object.keys()


def read(content: Content) -> VulnerabilityReport:
    """Return the vulnerabilities, also those that are ignored."""
    document, report = content.json_document, content.object
    meta = section(report, "report_meta")
    if not section(report, "scanned_packages") or not count(meta.get("packages_found"), "packages_found"):
        raise Absent("Safety found no package")
    scan = Scan(
        "Safety",
        tuple(found for key in _COUNTERS for found in _vulnerabilities(document, meta, key)),
        unknown=_report.unknown_lists(document, [((), report)], _MODELLED),
    )
    time = instants.from_text(meta.get("timestamp"))
    return _report.scan_report(content, "safety", scan, first_text(meta, "safety_version"), produced_at=time)


def _vulnerabilities(document: Structured, meta: Object, key: str) -> Iterator[Vulnerability]:
    listed_ = list(objects(document.object[key], key, "a vulnerability"))
    counted = count(meta.get(_COUNTERS[key]), _COUNTERS[key])
    if counted != len(listed_):
        raise Unreadable(f"the report counts {counted} {key}, and lists {len(listed_)}")
    for place, one in enumerate(listed_):
        name, version = first_text(one, "package_name"), first_text(one, "analyzed_version")
        found = _report.vulnerability(
            (document, (key, place)),
            rated(*_readings(one)),
            (_report.names(one.get("CVE"), one.get("vulnerability_id")),),
            Package(name, version, _purl.of_package("pypi", name, version)),
            fixed_in=_report.joined(entries(one.get("fixed_versions"), "fixed_versions")),
            title=one.get("advisory"),
        )
        yield found if key == "vulnerabilities" else found._replace(closed=_reason(one))


def _readings(one: Object) -> Iterator[Reading]:
    severity = section(one, "severity")
    newest = section(severity, "cvssv3") or section(severity, "cvssv2")
    yield from by_cvss(newest.get("base_score"), newest.get("vector_string"))


def _reason(one: Object) -> str:
    reason = first_text(one, "ignored_reason")
    return one_line(f"ignored: {reason}" if reason else "ignored by an option")
