"""JUnit XML, in the dialects of vitest, jest-junit, mocha, pytest, surefire, gtest and others.

There is no specification; https://github.com/testmoapp/junitxml describes what the tools have in common.
Suites nest, and the counters of outer suites include those of inner ones, so the `testcase` elements count.

The reader cannot see what a report omits: by default jest-junit writes a todo as a passed case, and does not
report a file that could not be loaded. The JSON of jest has both.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from math import isfinite

from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.merging import sum_known
from gatekeeper.collectors.tests._junit_case import RESULTS, CaseOutcome, JunitCase, has_outcome
from gatekeeper.collectors.tests._report import COUNTERS, TestReport, failure, name_below, useful_titles
from gatekeeper.model.evidence import Finding, Unreadable
from gatekeeper.syntax import xml

_SUITES = frozenset({"testsuites", "testsuite"})
_READ = _SUITES | RESULTS.keys()
"""The elements that the reader uses, besides the cases."""


class _Suite:
    """A suite, or the root: its own failures and those of the suites within it."""

    def __init__(self, tag: str, attributes: Mapping[str, str]) -> None:
        # The name of `testsuites` is that of the tool or of the run, not a title of a test.
        self.title = attributes.get("name", "") if tag == "testsuite" else ""
        self.attributes = attributes
        self.suites: list[_Suite] = []
        self.failed = 0

    def counter(self, name: str) -> int | None:
        """Return a counter of the suite; None if the suite does not have it."""
        text = self.attributes.get(name, "").strip()
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,15}", text):
            raise Unreadable(f'the suite {self.title!r} has {name}="{text[:40]}", not a count')
        return int(text)

    def sum(self, name: str) -> int:
        """Return a counter; the sum over the inner suites if this one does not have it."""
        own = self.counter(name)
        return sum(suite.sum(name) for suite in self.suites) if own is None else own

    def unlisted_failures(self) -> Iterator[Finding]:
        """Yield a finding for every suite that counts failures and lists no failed case."""
        counted = (self.counter("failures") or 0) + (self.counter("errors") or 0)
        if counted and not self.failed:
            # Findings of inner suites are more specific.
            inner = [finding for suite in self.suites for finding in suite.unlisted_failures()]
            name = self.title or "the report"
            yield from inner or [Finding(f"{name}: {counted} failed or in error, but not listed as cases")]
            return
        for suite in self.suites:
            yield from suite.unlisted_failures()


class _Reader:
    """Listens to the elements of a report and collects the results.

    Most cases passed and have only a name, so they are kept as plain attributes; only a case with a result
    element or a status attribute becomes a `JunitCase`.
    """

    def __init__(self) -> None:
        self.root: _Suite | None = None
        self.path: list[str] = []
        self.suites: list[_Suite] = []
        self.titles: dict[str, list[str]] = {}
        """The titles before the name of a case in the current suite, by class name."""
        self.cases: list[dict[str, str] | JunitCase] = []
        self.said: list[str] | None = None
        self.skipped = 0
        self.passed: list[str] = []
        self.failed: list[Finding] = []
        self.times: list[str | None] = []
        """One for each case."""
        self.instants: list[datetime] = []

    def start(self, tag: str, attributes: dict[str, str]) -> bool:
        path = self.path
        parent = path[-1] if path else None
        path.append(tag)
        if parent is None and tag not in _SUITES:
            raise Unreadable(f"XML, but not JUnit: the root is <{tag[:60]}>")
        if tag == "testcase":
            self.cases.append(attributes)
        elif tag not in _READ:
            return False
        elif tag in _SUITES:
            self.open_suite(tag, attributes)
        elif parent == "testcase":
            self.case().note(tag, attributes)
            self.said = []
            return True
        elif parent == "testsuite" and tag != "skipped":
            title = self.suites[-1].title or "a suite without a name"
            self.fail(failure(title, attributes.get("message", "")))
        return False

    def text(self, text: str) -> None:
        if self.said is not None:
            self.said.append(text)

    def end(self, tag: str) -> bool:
        self.path.pop()
        if tag == "testcase":
            case = self.cases.pop()
            if isinstance(case, JunitCase) or has_outcome(case):
                self.close_case(case)
            else:
                self.passed.append(self.name_of(case))
                self.times.append(case.get("time"))
        elif tag not in _READ:
            return False
        elif tag in _SUITES:
            self.suites.pop()
            self.titles = {}
        elif self.said is not None and self.cases:
            current = self.case()
            if tag != "skipped" and not current.message:
                current.message = "".join(self.said)
            self.said = None
            return True
        return False

    def case(self) -> JunitCase:
        """Return the innermost case as a `JunitCase`."""
        case = self.cases[-1] = self.in_full(self.cases[-1])
        return case

    def in_full(self, case: dict[str, str] | JunitCase) -> JunitCase:
        if isinstance(case, JunitCase):
            return case
        return JunitCase(self.name_of(case), case, [suite.title for suite in self.suites])

    def name_of(self, attributes: Mapping[str, str]) -> str:
        class_name = attributes.get("classname", "")
        titles = self.titles.get(class_name)
        if titles is None:
            outer = [*(suite.title for suite in self.suites), class_name]
            titles = self.titles[class_name] = useful_titles(outer)
        return name_below(titles, attributes.get("name", ""))

    def open_suite(self, tag: str, attributes: Mapping[str, str]) -> None:
        suite = _Suite(tag, attributes)
        if self.suites:
            self.suites[-1].suites.append(suite)
        self.root = self.root or suite
        self.suites.append(suite)
        self.titles = {}
        if instant := instants.from_text(attributes.get("timestamp")):
            self.instants.append(instant)

    def close_case(self, ended: dict[str, str] | JunitCase) -> None:
        case = self.in_full(ended)
        self.times.append(case.time)
        match case.outcome:
            case CaseOutcome.PASSED:
                self.passed.append(case.name)
            case CaseOutcome.SKIPPED:
                self.skipped += 1
            case CaseOutcome.FAILED:
                self.fail(case.finding())

    def fail(self, finding: Finding) -> None:
        self.failed.append(finding)
        for suite in self.suites:
            suite.failed += 1


def recognises(content: Content) -> bool:
    """Return whether the root element is `testsuites` or `testsuite`."""
    return content.xml_root in _SUITES


def read(content: Content) -> TestReport:
    """Return the results of a report."""
    reader = _Reader()
    xml.parse(content.data, reader)
    root = reader.root
    assert root is not None  # noqa: S101 - well-formed XML has a root, and `start` refuses any other
    failed = (*reader.failed, *root.unlisted_failures())
    produced_at = max(reader.instants, default=None)
    if reader.times:
        duration = sum_known(map(_seconds, reader.times))
        passed = tuple(reader.passed)
        return TestReport("junit", len(reader.times), passed, failed, reader.skipped, duration, produced_at)
    return TestReport(
        "junit",
        total=root.sum("tests"),
        passed=None,
        failed=failed,
        skipped=root.sum("skipped") + root.sum("disabled"),
        duration_s=_seconds(root.attributes.get("time")),
        produced_at=produced_at,
        counted_from=COUNTERS,
    )


def _seconds(text: str | None) -> float | None:
    if not text:
        return None
    try:
        # Surefire writes 1,234.5 in some locales.
        seconds = float(text.replace(",", ""))
    except ValueError:
        return None
    return seconds if isfinite(seconds) and seconds >= 0 else None
