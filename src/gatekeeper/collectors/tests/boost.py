"""The report of Boost.Test in XML, with `--report_format=XML --report_level=detailed`.

https://www.boost.org/doc/libs/release/libs/test/doc/html/boost_test/test_output/report_formats.html

Only the result `passed` is a pass. A suite that failed although no test in it did is a failure. Tests that
were skipped, or left out by a filter, are counted and not listed: then the report is partial. With the level
`short` there are counters alone.
"""

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _elements, _report
from gatekeeper.collectors.tests._elements import Element
from gatekeeper.collectors.tests._report import CaseOutcome, Counters, TestCase, TestReport
from gatekeeper.model.evidence import Finding, Origin

ABOUT = About(
    tool="Boost.Test",
    seen="1.74",
    source="https://www.boost.org/doc/libs/release/libs/test/doc/html/boost_test/test_output/report_formats.html",
    command="./tests --report_format=XML --report_level=detailed --report_sink=report.xml",
    recognised="the root element `TestResult`, and `assertions_failed`",
    models="each test, suites that failed by themselves, counters",
    not_modelled="messages and times, which are in the log",
)

_FINE = frozenset({"passed", "skipped"})


class _Reader:
    """Collects the tests, and the suites that failed by themselves."""

    def __init__(self) -> None:
        self.cases: list[TestCase] = []
        self.failures: list[Finding] = []

    def take(self, element: Element) -> bool:
        if element.name == "TestCase":
            self.cases.append(_case(element))
            return True
        if element.name == "TestSuite" and element.get("result") not in _FINE and not element.failures:
            is_alone = element.taken == 0 and not element.children
            if not (is_alone and element.count("test_cases_failed")):
                element.note_failure()
                name = element.get("name")
                self.failures.append(_report.failure(name, "failed outside of its tests"))
        return False


def recognises(content: Content) -> bool:
    """Return whether the root element is `TestResult`, with counters of assertions."""
    return content.xml_root == "TestResult" and b"assertions_failed=" in content.head


def read(content: Content) -> TestReport:
    """Return the results of a report."""
    reader = _Reader()
    root = _elements.read(content.data, "TestResult", reader.take)
    suites = root.at("TestSuite")
    passed, failed, skipped = (
        sum(of.count(f"test_cases_{name}") for of in suites) for name in ("passed", "failed", "skipped")
    )
    return TestReport(
        Origin("boost"),
        reader.cases,
        tuple(reader.failures),
        Counters(passed + failed + skipped, skipped, failed),
    )


def _case(element: Element) -> TestCase:
    outcome, message = _report.judged(element.get("result"), {"passed"}, "")
    if outcome is CaseOutcome.FAILED:
        element.note_failure()
    suites = tuple(of.get("name") for of in element.outers() if of.name == "TestSuite")[::-1]
    return TestCase(_report.full_name(suites, element.get("name")), suites, outcome=outcome, message=message)
