"""The XML of Catch2, versions 2 and 3, and of doctest, which took its form over.

https://github.com/catchorg/Catch2/blob/devel/src/catch2/reporters/catch_reporter_xml.cpp
https://github.com/doctest/doctest/blob/master/doctest/parts/doctest.cpp

A test passed if its overall result says so. If something in it failed nevertheless, the failure was expected
(`[!mayfail]`, `may_fail`), and the test shows nothing: it is skipped. A test without a result failed. Tests
that are counted and not listed, such as those that a filter left out, make the report partial.
"""

import re
from collections.abc import Iterator

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _elements, _report, _values
from gatekeeper.collectors.tests._elements import Element
from gatekeeper.collectors.tests._report import CaseOutcome, Counters, TestCase, TestReport
from gatekeeper.model.evidence import Origin

ABOUT = About(
    tool="Catch2 and doctest",
    seen="Catch2 2.13, doctest 2.4; Catch2 3 by its source",
    source="https://github.com/catchorg/Catch2/blob/devel/src/catch2/reporters/catch_reporter_xml.cpp",
    command="./tests --reporter xml --out results.xml",
    recognised="the root element `Catch`, `Catch2TestRun` or `doctest`",
    models="each test, tags, expected failures, message and place of failures, counters",
    not_modelled="sections, benchmarks; the time of the run, which the format does not state",
)

_ROOTS = frozenset({"Catch", "Catch2TestRun", "doctest"})
_RESULTS = {"OverallResult": "success", "OverallResultsAsserts": "test_case_success"}
"""The elements with the result of a test, and its attribute."""
_FLAWS = frozenset({"Exception", "FatalErrorCondition", "Failure"})
_COUNTERS = ("OverallResultsCases", "OverallResultsTestCases")


class _Reader:
    """Collects the tests."""

    def __init__(self) -> None:
        self.cases: list[TestCase] = []

    def take(self, element: Element) -> bool:
        if element.name == "TestCase":
            self.cases.append(_case(element))
            return True
        return element.name == "Expression" and element.get("success") == "true"


def recognises(content: Content) -> bool:
    """Return whether the root element is that of Catch2 or doctest."""
    return content.xml_root in _ROOTS


def read(content: Content) -> TestReport:
    """Return the results of a test program."""
    reader = _Reader()
    root = _elements.read(content.data, content.xml_root or "", reader.take)
    totals = [of for name in _COUNTERS for of in root.at(name)]
    tool = "doctest" if root.name == "doctest" else "Catch2"
    version = root.get("version") or root.get("catch2-version")
    return TestReport(
        Origin(
            "catch2-xml",
            producer=f"{tool} {version}".strip(),
            partial=() if totals else ("the report has no counters",),
        ),
        reader.cases,
        counters=_counters(totals[0]) if totals else None,
    )


def _counters(total: Element) -> Counters:
    passed, failed, expected, *skipped = map(
        total.count, ("successes", "failures", "expectedFailures", "skips", "skipped")
    )
    return Counters(passed + failed + expected + sum(skipped), sum(skipped), failed)


def _case(element: Element) -> TestCase:
    results = [(of, of.get(_RESULTS[of.name])) for of in element.children if of.name in _RESULTS]
    has_passed = bool(results) and all(success == "true" for _, success in results)
    flaw = next(_flaws(element), None)
    outcome, message = CaseOutcome.FAILED, _message(flaw) if flaw else ""
    if element.get("skipped") == "true":
        outcome = CaseOutcome.SKIPPED
    elif has_passed:
        is_skip = flaw is not None or any(of.count("skips") for of, _ in results)
        outcome = CaseOutcome.SKIPPED if is_skip else CaseOutcome.PASSED
    elif not results:
        message = message or "it has no result"
    place = flaw if flaw and flaw.get("filename") else element
    suites = tuple(of.get("name") for of in element.outers() if of.name == "TestSuite")[::-1]
    tags = tuple(re.findall(r"\[([^\[\]]+)\]", element.get("tags")))
    return TestCase(
        _report.full_name(suites, element.get("name"), tags),
        suites,
        place.get("filename") or None,
        _values.seconds(next((of.get("durationInSeconds") for of, _ in results), "")),
        outcome,
        message,
        _values.line(place.get("line")),
        tags,
    )


def _flaws(element: Element) -> Iterator[Element]:
    """Yield what failed within a test, and in its sections."""
    for of in element.children:
        if of.name in _FLAWS or (of.name == "Expression" and of.get("success") != "true"):
            yield of
        yield from _flaws(of)


def _message(flaw: Element) -> str:
    return flaw.text_at("Info") or flaw.text_at("Original") or flaw.text
