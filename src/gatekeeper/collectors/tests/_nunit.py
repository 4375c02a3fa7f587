"""What the results of NUnit 2 and 3 have in common: test cases, and suites that may fail by themselves."""

from collections.abc import Callable

from gatekeeper.collectors.tests import _report
from gatekeeper.collectors.tests._elements import Element
from gatekeeper.collectors.tests._report import CaseOutcome, TestCase
from gatekeeper.model.evidence import Finding


class NUnitReader:
    """Collects the test cases, and the suites that failed by themselves.

    Args:
        case: Returns the test case of an element.
        has_failed: Returns whether a suite says that it failed.
    """

    def __init__(self, case: Callable[[Element], TestCase], has_failed: Callable[[Element], bool]) -> None:
        self.cases: list[TestCase] = []
        self.failures: list[Finding] = []
        self._case = case
        self._has_failed = has_failed

    def take(self, element: Element) -> bool:
        if element.name == "test-case":
            self._add(element)
        elif element.name == "test-suite":
            self._close(element)
        else:
            return False
        return True

    def _add(self, element: Element) -> None:
        case = self._case(element)
        if case.outcome is CaseOutcome.FAILED:
            element.note_failure()
        self.cases.append(case)

    def _close(self, suite: Element) -> None:
        """Note the failure of a suite in which nothing failed."""
        if self._has_failed(suite) and not suite.failures:
            suite.note_failure()
            name = suite.get("fullname") or suite.get("name")
            self.failures.append(_report.failure(name, said_of(suite) or "failed outside of its tests"))


def said_of(element: Element) -> str:
    """Return the message of a failure, or the reason why a test was not run; an empty text without either."""
    return element.text_at("failure", "message") or element.text_at("reason", "message")
