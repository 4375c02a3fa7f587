"""SpotBugs' XML, with or without Find Security Bugs.

https://github.com/spotbugs/spotbugs/blob/4.9.3/spotbugs/etc/bugcollection.xsd. What counts is each bug of a
category that is not one of quality alone; the priority is the severity, as in SpotBugs' SARIF.
"""

import re
from collections.abc import Iterator

from gatekeeper.collectors.formats.severity import Severity
from gatekeeper.collectors.reading import instants, xml_elements
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.reading.xml_elements import XmlElement
from gatekeeper.collectors.vulnerabilities import _report
from gatekeeper.collectors.vulnerabilities._report import Scan, Vulnerability, VulnerabilityReport
from gatekeeper.model.evidence import Absent, Finding

ABOUT = About(
    tool="SpotBugs, Find Security Bugs",
    seen="by its schema, 4.9",
    source="https://github.com/spotbugs/spotbugs/blob/4.9.3/spotbugs/etc/bugcollection.xsd",
    command="spotbugs -textui -xml -output spotbugs.xml classes/",
    recognised="the root element `BugCollection`",
    models="each bug of the categories security and malicious code; its priority is its severity; errors",
    not_modelled="bugs of other categories, and what a filter or an effort left out",
)
_KEPT = frozenset({
    "BugCollection", "BugInstance", "Class", "Errors", "FindBugsSummary", "LongMessage", "ShortMessage",
    "SourceLine",
})  # fmt: skip
_BESIDE = (
    "BugCategory",
    "BugPattern",
    "BugCode",
    "ClassFeatures",
    "Errors",
    "FindBugsSummary",
    "History",
    "Project",
)
_QUALITY = frozenset({
    "BAD_PRACTICE", "CORRECTNESS", "EXPERIMENTAL", "I18N", "MT_CORRECTNESS", "NOISE", "PERFORMANCE", "STYLE",
})  # fmt: skip
_PRIORITIES = {"1": Severity.HIGH, "2": Severity.MEDIUM, "3": Severity.LOW}
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)


def recognises(content: Content) -> bool:
    """Return whether the root is `BugCollection`."""
    return content.xml_root == "BugCollection"


def read(content: Content) -> VulnerabilityReport:
    """Return the bugs that are not of quality alone."""
    root = xml_elements.parse(content.data, _KEPT)
    bugs = [*root.each("BugInstance")]
    if not bugs and not _sum(root, "FindBugsSummary", "total_classes"):
        raise Absent("no class was analysed")
    found = tuple(
        _vulnerability(bug, content.name) for bug in bugs if bug.attributes.get("category") not in _QUALITY
    )
    unknown = tuple(doubt for _, doubt in root.others(content.name, "BugInstance", *_BESIDE))
    scan = Scan("SpotBugs", found, kinds=(_report.CODE,), unknown=unknown)
    stated = root.attributes.get("analysisTimestamp") or root.attributes.get("timestamp") or ""
    return _report.scan_report(
        content,
        "spotbugs",
        scan,
        root.attributes.get("version"),
        produced_at=instants.from_epoch(int(stated)) if _NUMBER.fullmatch(stated) else None,
        partial=tuple(_missing(root)),
    )


def _missing(root: XmlElement) -> Iterator[str]:
    if errors := _sum(root, "Errors", "errors"):
        yield f"SpotBugs reports {errors} errors"
    if missing := _sum(root, "Errors", "missingClasses"):
        yield f"SpotBugs did not find {missing} classes that the code uses"


def _sum(root: XmlElement, name: str, attribute: str) -> int:
    """Return the sum of a counter; what is not a number counts as 1, so that it is not overlooked."""
    found = (one.attributes.get(attribute, "0") for one in root.each(name))
    return sum(int(text) if _NUMBER.fullmatch(text) else 1 for text in found)


def _vulnerability(bug: XmlElement, file: str) -> Vulnerability:
    severity = _PRIORITIES.get(bug.attributes.get("priority", ""), Severity.UNKNOWN)
    title = bug.text_at("LongMessage") or bug.text_at("ShortMessage") or bug.attributes.get("category", "")
    rule = bug.attributes.get("type", "a bug")
    message = f"{severity}: {one_line(f'{rule}: {title}')}"
    return Vulnerability(severity, _placed(bug, message, file), ())


def _placed(bug: XmlElement, message: str, file: str) -> Finding:
    """Return the finding at the line of the bug, else of its class, else in the report."""
    lines = [*bug.each("SourceLine"), *(line for one in bug.each("Class") for line in one.each("SourceLine"))]
    source = next((line.attributes for line in lines if line.attributes.get("sourcepath")), None)
    if source is None:
        return Finding(message, file)
    start = source.get("start", "")
    return Finding(message, source["sourcepath"], int(start) or None if _NUMBER.fullmatch(start) else None)
