"""The XML of CppUnit, by its `XmlOutputter`.

https://www.freedesktop.org/wiki/Software/cppunit/ and src/cppunit/XmlOutputter.cpp of its repository.

Failed and passed tests are listed apart. A test that is not listed in either, but counted, makes it partial.
"""

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _elements, _report, _values
from gatekeeper.collectors.tests._elements import Element
from gatekeeper.collectors.tests._report import CaseOutcome, Counters, TestCase, TestReport
from gatekeeper.model.evidence import Origin, Unreadable

ABOUT = About(
    tool="CppUnit",
    seen="1.15",
    source="https://cgit.freedesktop.org/libreoffice/cppunit/tree/src/cppunit/XmlOutputter.cpp",
    command="CppUnit::XmlOutputter in the program of the tests",
    recognised="the root element `TestRun` with an element `FailedTests`",
    models="each test, message and place of failures, counters",
    not_modelled="the time of the run, which the format does not state",
)


class _Reader:
    """Collects the tests."""

    def __init__(self) -> None:
        self.cases: list[TestCase] = []

    def take(self, element: Element) -> bool:
        outer = element.outer.name if element.outer else ""
        if outer in ("FailedTests", "SuccessfulTests"):
            has_passed = outer == "SuccessfulTests" and element.name == "Test"
            self.cases.append(_case(element, CaseOutcome.PASSED if has_passed else CaseOutcome.FAILED))
            return True
        return False


def recognises(content: Content) -> bool:
    """Return whether the root element is `TestRun`, with an element `FailedTests`."""
    return content.xml_root == "TestRun" and b"<FailedTests" in content.head


def read(content: Content) -> TestReport:
    """Return the results of a run."""
    reader = _Reader()
    root = _elements.read(content.data, "TestRun", reader.take)
    total, failed = (_count(root, name) for name in ("Tests", "FailuresTotal"))
    partial = () if root.at("Statistics") else ("the report has no statistics",)
    return TestReport(Origin("cppunit", partial=partial), reader.cases, counters=Counters(total, 0, failed))


def _count(root: Element, name: str) -> int:
    text = root.text_at("Statistics", name)
    if text and not _values.is_count(text):
        raise Unreadable(f"<{name}> is {text[:40]!r}, not a count")
    return int(text or 0)


def _case(element: Element, outcome: CaseOutcome) -> TestCase:
    *titles, name = element.text_at("Name").split("::")
    return TestCase(
        _report.full_name(titles, name),
        tuple(titles),
        element.text_at("Location", "File") or None,
        None,
        outcome,
        element.text_at("Message"),
        _values.line(element.text_at("Location", "Line")),
    )
