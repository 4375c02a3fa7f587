"""OWASP Dependency-Check's XML, of the schemas 2 to 4.

https://github.com/dependency-check/DependencyCheck/blob/v12.1.0/core/src/main/resources/templates/xmlReport.vsl.
It says what the JSON report says, and is read as that. What is not known in it may hold vulnerabilities.
"""

import re
from collections.abc import Iterable

from gatekeeper.collectors.reading import xml_elements
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.xml_elements import XmlElement
from gatekeeper.collectors.vulnerabilities import _dependency_check
from gatekeeper.collectors.vulnerabilities._as_json import AsJson
from gatekeeper.collectors.vulnerabilities._report import VulnerabilityReport
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
_KEPT = frozenset({
    "analysis", "scanInfo", "engineVersion", "dataSource", "name", "analysisExceptions", "exception",
    "message", "projectInfo", "reportDate", "dependencies", "dependency", "fileName",
    "identifiers", "package", "id", "vulnerabilityIds",
    "vulnerabilities", "vulnerability", "suppressedVulnerability", "severity", "description", "notes",
    "cvssV2", "score", "cvssV3", "baseScore", "cvssV4", "vectorString",
})  # fmt: skip
_OF_DEPENDENCY = (
    "fileName", "filePath", "md5", "sha1", "sha256", "description", "license", "evidenceCollected",
    "identifiers", "vulnerabilities",
)  # fmt: skip
_NUMBER = re.compile(r"[0-9]{1,2}(\.[0-9]{1,9})?")


def recognises(content: Content) -> bool:
    """Return whether the root is that of Dependency-Check."""
    return content.xml_root == "analysis" and b"DependencyCheck" in content.head[:2000]


def read(content: Content) -> VulnerabilityReport:
    """Return the vulnerabilities of the dependencies."""
    analysis = xml_elements.parse(content.data, _KEPT)
    schema = _NAMESPACE.match(analysis.namespace)
    if schema is None or schema[1] not in _SCHEMAS:
        raise Unreadable(f"the schema {analysis.namespace[:100]!r} of Dependency-Check; supported are 2 to 4")
    if not analysis.at("dependencies"):
        raise Unreadable("the report has no dependencies")
    return _dependency_check.read(content, AsJson(content.name, _report(analysis)))


def _report(analysis: XmlElement) -> Object:
    failed = analysis.at("scanInfo", "analysisExceptions", "exception")
    return {
        "scanInfo": {
            "engineVersion": analysis.text_at("scanInfo", "engineVersion"),
            "dataSource": [one.text_at("name") for one in analysis.at("scanInfo", "dataSource")],
            "analysisExceptions": [{"exception": {"message": one.text_at("message")}} for one in failed],
        },
        "projectInfo": {"reportDate": analysis.text_at("projectInfo", "reportDate")},
        "dependencies": [_dependency(one) for one in analysis.at("dependencies", "dependency")],
        **_unknown(analysis.at("dependencies"), "dependency"),
        **_unknown([analysis], "scanInfo", "projectInfo", "dependencies"),
    }


def _dependency(one: XmlElement) -> Object:
    return {
        "fileName": one.text_at("fileName"),
        "packages": [{"id": each.text_at("id")} for each in one.at("identifiers", "package")],
        "vulnerabilityIds": [
            {"id": each.text_at("id")} for each in one.at("identifiers", "vulnerabilityIds")
        ],
        "vulnerabilities": [_vulnerability(each) for each in one.at("vulnerabilities", "vulnerability")],
        "suppressedVulnerabilities": [
            _vulnerability(each) for each in one.at("vulnerabilities", "suppressedVulnerability")
        ],
        **_unknown(one.at("vulnerabilities"), "vulnerability", "suppressedVulnerability"),
        **_unknown([one], *_OF_DEPENDENCY),
    }


def _unknown(owners: Iterable[XmlElement], *known: str) -> Object:
    """Return a list for each name of a child that is not known: it may hold vulnerabilities."""
    return {name: [{}] for owner in owners for name in owner.unknown(*known)}


def _vulnerability(one: XmlElement) -> Object:
    return {
        "name": one.text_at("name"),
        "severity": one.text_at("severity"),
        "cvssv2": {"score": _number(one.text_at("cvssV2", "score"))},
        "cvssv3": {"baseScore": _number(one.text_at("cvssV3", "baseScore"))},
        "cvssv4": {
            "baseScore": _number(one.text_at("cvssV4", "baseScore")),
            "vectorString": one.text_at("cvssV4", "vectorString"),
        },
        "description": one.text_at("description"),
        "notes": one.text_at("notes"),
    }


def _number(text: str) -> Json:
    """Return a score; null without one."""
    if text and not _NUMBER.fullmatch(text):
        raise Unreadable(f"a CVSS score is {text[:40]!r}, not a number")
    return float(text) if text else None
