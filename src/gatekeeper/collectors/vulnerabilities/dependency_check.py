"""OWASP Dependency-Check's JSON.

https://github.com/dependency-check/DependencyCheck/blob/v12.1.0/core/src/main/resources/templates/jsonReport.vsl.
"""

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.vulnerabilities import _dependency_check
from gatekeeper.collectors.vulnerabilities._report import VulnerabilityReport
from gatekeeper.model.evidence import Unreadable

ABOUT = About(
    tool="OWASP Dependency-Check",
    seen="schema 1.1, by the source of 12.1",
    source="https://github.com/dependency-check/DependencyCheck/blob/v12.1.0/core/src/main/resources/templates/"
    "jsonReport.vsl",
    command="dependency-check.sh --scan . --format JSON",
    recognised="`reportSchema` with `scanInfo` and `dependencies`",
    models="the vulnerabilities of each file, with words and scores, suppressed ones, and failed analyses",
    not_modelled="the evidence by which a file was identified",
)


def recognises(content: Content) -> bool:
    """Return whether the file is a report of Dependency-Check."""
    return {"reportSchema", "scanInfo", "dependencies"} <= content.object.keys()


def read(content: Content) -> VulnerabilityReport:
    """Return the vulnerabilities of the dependencies."""
    if (schema := content.object["reportSchema"]) != "1.1":
        raise Unreadable(f"the schema {shown(schema)} of Dependency-Check; supported is 1.1")
    return _dependency_check.read(content, content.json_document)
