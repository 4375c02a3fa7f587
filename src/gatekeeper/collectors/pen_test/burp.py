"""The issues of Burp Suite as XML.

https://portswigger.net/burp/documentation/desktop/running-scans/reporting, with the DTD that each file begins
with. A person selects the issues that are written, so a file without one shows nothing. Informational issues
are not findings; an issue that somebody marked as a false positive is closed.
"""

from collections.abc import Iterator

from gatekeeper.collectors.pen_test import _weakness
from gatekeeper.collectors.pen_test._weakness import Reported
from gatekeeper.collectors.pen_test.read import PenTestReport
from gatekeeper.collectors.reading import xml_elements
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.xml_elements import XmlElement
from gatekeeper.model.evidence import Absent, Origin

ABOUT = About(
    tool="Burp Suite Professional",
    seen="by its document type, 2020.12",
    source="https://portswigger.net/burp/documentation/desktop/running-scans/reporting",
    command='"Report issues for this host", format XML',
    recognised="the root element `issues` with `burpVersion`, or an issue with `serialNumber`",
    models="each issue with severity, host and path; issues marked as false positives are closed",
    not_modelled="issues that were not selected for the report; informational issues",
)
_KEPT = frozenset({"issues", "issue", "name", "host", "path", "location", "severity"})
_FALSE_POSITIVE = "false positive"


def recognises(content: Content) -> bool:
    """Return whether the root is `issues`, with a mark of Burp: linters of code write such a root, too."""
    marked = b"burpVersion" in content.head or b"<serialNumber>" in content.head
    return content.xml_root == "issues" and marked


def read(content: Content) -> PenTestReport:
    """Return the issues."""
    root = xml_elements.parse(content.data, _KEPT)
    doubts = [*root.others(content.name, "issue")]
    if not root.children:
        raise Absent("the report has no issue, and does not show what was tested")
    origin = Origin(
        "burp",
        producer=f"Burp Suite {root.attributes.get('burpVersion', '')}".strip(),
        produced_at=_weakness.clock(root.attributes.get("exportTime", "")),
    )
    return _weakness.report(origin, _issues(root, content.name), doubts)


def _issues(root: XmlElement, file: str) -> Iterator[Reported]:
    for issue in root.each("issue"):
        word = issue.text_at("severity")
        yield Reported(
            _weakness.by_word(word),
            issue.text_at("name"),
            issue.text_at("host") + (issue.text_at("location") or issue.text_at("path")),
            word.lower() == _FALSE_POSITIVE,
            _weakness.in_file(file),
        )
