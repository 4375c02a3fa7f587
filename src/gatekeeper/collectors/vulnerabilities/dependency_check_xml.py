"""OWASP Dependency-Check's XML, of the schemas 2 to 4.

https://github.com/dependency-check/DependencyCheck/blob/v12.1.0/core/src/main/resources/templates/xmlReport.vsl.
It says what the JSON report says, and is read as that. What is not known in it may hold vulnerabilities.
"""

import re

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.vulnerabilities import _dependency_check
from gatekeeper.collectors.vulnerabilities._report import VulnerabilityReport
from gatekeeper.collectors.vulnerabilities._xml_tree import AsJson, NestedElement, parse
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="OWASP Dependency-Check",
    seen="the schemas 2 to 4.1, by the source of 12.1",
    source="https://github.com/dependency-check/DependencyCheck/blob/v12.1.0/core/src/main/resources/templates/"
    "xmlReport.vsl",
    command="dependency-check.sh --scan . --format XML",
    recognised="the root element `analysis` in the namespace of Dependency-Check",
    models="what is read of its JSON",
    not_modelled="the evidence by which a file was identified",
)
_NAMESPACE = re.compile(r"https://jeremylong\.github\.io/DependencyCheck/dependency-check\.(\d{1,3})\.")
_SCHEMAS = ("2", "3", "4")
_SKIPPED = frozenset({"evidenceCollected", "references", "vulnerableSoftware", "stackTrace"})
_OF_DEPENDENCY = frozenset({
    "fileName", "filePath", "md5", "sha1", "sha256", "description", "license", "identifiers",
    "vulnerabilities", *_SKIPPED,
})  # fmt: skip
_NUMBER = re.compile(r"[0-9]{1,2}(\.[0-9]{1,9})?")


def recognises(content: Content) -> bool:
    """Return whether the root is that of Dependency-Check."""
    return content.xml_root == "analysis" and b"DependencyCheck" in content.head[:2000]


def read(content: Content) -> VulnerabilityReport:
    """Return the vulnerabilities of the dependencies."""
    tree = parse(content.data, _SKIPPED)
    schema = _NAMESPACE.match(tree.namespace)
    if schema is None or schema[1] not in _SCHEMAS:
        raise Unreadable(f"the schema {tree.namespace[:100]!r} of Dependency-Check; supported are 2 to 4")
    analysis = tree.root.one("analysis")
    if not analysis.all("dependencies"):
        raise Unreadable("the report has no dependencies")
    return _dependency_check.read(content, AsJson(content.name, _report(analysis)))


def _report(analysis: NestedElement) -> Object:
    information, listing = analysis.one("scanInfo"), analysis.one("dependencies")
    failed = information.one("analysisExceptions").all("exception")
    return {
        "scanInfo": {
            "engineVersion": information.text("engineVersion"),
            "dataSource": [one.text("name") for one in information.all("dataSource")],
            "analysisExceptions": [{"exception": {"message": one.text("message")}} for one in failed],
        },
        "projectInfo": {"reportDate": analysis.text("projectInfo", "reportDate")},
        "dependencies": [_dependency(one) for one in listing.all("dependency")],
        **listing.others("dependency"),
        **analysis.others("scanInfo", "projectInfo", "dependencies"),
    }


def _dependency(one: NestedElement) -> Object:
    identifiers, found = one.one("identifiers"), one.one("vulnerabilities")
    return {
        "fileName": one.text("fileName"),
        "packages": [{"id": each.text("id")} for each in identifiers.all("package")],
        "vulnerabilityIds": [{"id": each.text("id")} for each in identifiers.all("vulnerabilityIds")],
        "vulnerabilities": [_vulnerability(each) for each in found.all("vulnerability")],
        "suppressedVulnerabilities": [_vulnerability(each) for each in found.all("suppressedVulnerability")],
        **found.others("vulnerability", "suppressedVulnerability"),
        **one.others(*_OF_DEPENDENCY),
    }


def _vulnerability(one: NestedElement) -> Object:
    return {
        "name": one.text("name"),
        "severity": one.text("severity"),
        "cvssv2": {"score": _number(one.text("cvssV2", "score"))},
        "cvssv3": {"baseScore": _number(one.text("cvssV3", "baseScore"))},
        "cvssv4": {
            "baseScore": _number(one.text("cvssV4", "baseScore")),
            "vectorString": one.text("cvssV4", "vectorString"),
        },
        "description": one.text("description"),
        "notes": one.text("notes"),
    }


def _number(text: str) -> Json:
    """Return a score; null without one."""
    if text and not _NUMBER.fullmatch(text):
        raise Unreadable(f"a CVSS score is {text[:40]!r}, not a number")
    return float(text) if text else None
