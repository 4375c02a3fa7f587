"""OWASP Dependency-Check's XML, of the schemas 2 to 4.

https://github.com/dependency-check/DependencyCheck/blob/v12.1.0/core/src/main/resources/templates/xmlReport.vsl.
It says what the JSON report says, and is read as that. What is not known in it may hold vulnerabilities.
"""

import re
from typing import NamedTuple

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities import _dependency_check
from gatekeeper.collectors.vulnerabilities._report import VulnerabilityReport
from gatekeeper.model.evidence import Finding, Unreadable
from gatekeeper.syntax import xml
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

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


class _Element(NamedTuple):
    """An element: its children by name, and its text."""

    children: dict[str, list["_Element"]]
    texts: list[str]

    def all(self, name: str) -> list["_Element"]:
        """Return the children of a name."""
        return self.children.get(name, [])

    def one(self, name: str) -> "_Element":
        """Return the first child of a name; an empty element without one."""
        return next(iter(self.all(name)), _Element({}, []))

    def text(self, *path: str) -> str:
        """Return the text of the first descendant at a path; empty without one."""
        element = self
        for name in path:
            element = element.one(name)
        return "".join(element.texts).strip()

    def others(self, *known: str) -> Object:
        """Return the names of the children that are not known, each with as many empty objects."""
        return {name: [{} for _ in found] for name, found in self.children.items() if name not in known}


class _Builder:
    """A listener that builds the tree of the elements that are read."""

    def __init__(self) -> None:
        self.root = _Element({}, [])
        self.namespace = ""
        self._open = [self.root]
        self._skipped = 0

    def start(self, tag: str, attributes: dict[str, str]) -> bool:
        name = tag.rpartition(":")[2]
        if len(self._open) == 1:
            self.namespace = next((value for key, value in attributes.items() if key[:5] == "xmlns"), "")
        if self._skipped or name in _SKIPPED:
            self._skipped += 1
            return False
        element = _Element({}, [])
        self._open[-1].children.setdefault(name, []).append(element)
        self._open.append(element)
        return True

    def text(self, text: str) -> None:
        if not self._skipped:
            self._open[-1].texts.append(text)

    def end(self, tag: str) -> bool:  # noqa: ARG002 - the tree has its name
        if self._skipped:
            self._skipped -= 1
        else:
            self._open.pop()
        return False


class _Document(Structured):
    """The report with the names of the JSON report; the places in it are not those of the file."""

    def finding(self, message: str, *_: Step) -> Finding:
        return Finding(message, self.file)


def recognises(content: Content) -> bool:
    """Return whether the root is that of Dependency-Check."""
    return content.xml_root == "analysis" and b"DependencyCheck" in content.head[:2000]


def read(content: Content) -> VulnerabilityReport:
    """Return the vulnerabilities of the dependencies."""
    builder = _Builder()
    xml.parse(content.data, builder)
    schema = _NAMESPACE.match(builder.namespace)
    if schema is None or schema[1] not in _SCHEMAS:
        raise Unreadable(f"the schema {builder.namespace[:100]!r} of Dependency-Check; supported are 2 to 4")
    analysis = builder.root.one("analysis")
    if not analysis.all("dependencies"):
        raise Unreadable("the report has no dependencies")
    return _dependency_check.read(content, _Document(content.name, "xml", _report(analysis), b""))


def _report(analysis: _Element) -> Object:
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


def _dependency(one: _Element) -> Object:
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


def _vulnerability(one: _Element) -> Object:
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
