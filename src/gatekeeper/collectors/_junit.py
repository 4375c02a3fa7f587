"""JUnit XML, in the dialects of vitest, jest-junit, mocha, pytest, surefire, gtest and others.

There is no specification; https://github.com/testmoapp/junitxml describes what the tools have in common.
Suites nest, and the counters of the outer ones repeat those of the inner: so the `testcase` elements count.

What a report leaves out cannot be seen here: with its defaults jest-junit writes a todo as a passed case, and
nothing at all of a file that could not be loaded. Its JSON says both.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from math import isfinite

from gatekeeper.collectors import _instants
from gatekeeper.collectors._junit_case import RESULTS, Case, Outcome
from gatekeeper.collectors._test_report import COUNTERS, Report, failure, sum_known
from gatekeeper.model.evidence import Finding, Unreadable
from gatekeeper.syntax import xml

_SUITES = frozenset({"testsuites", "testsuite"})


class _Suite:
    """A suite, or the root: its own failures and those of the suites within it."""

    def __init__(self, tag: str, attributes: Mapping[str, str]) -> None:
        # The name of `testsuites` is that of the tool or of the run, no title of a test.
        self.title = attributes.get("name", "") if tag == "testsuite" else ""
        self.attributes = attributes
        self.suites: list[_Suite] = []
        self.failed = 0

    def counter(self, name: str) -> int | None:
        """Return one of the counters, where the suite has it."""
        text = self.attributes.get(name, "").strip()
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,15}", text):
            raise Unreadable(f'the suite {self.title!r} has {name}="{text[:40]}", not a count')
        return int(text)

    def sum(self, name: str) -> int:
        """Return a counter, summed over the inner suites where this one has none."""
        own = self.counter(name)
        return sum(suite.sum(name) for suite in self.suites) if own is None else own

    def unlisted_failures(self) -> Iterator[Finding]:
        """Give a finding for every suite that counts failures of which none is listed."""
        counted = (self.counter("failures") or 0) + (self.counter("errors") or 0)
        if counted and not self.failed:
            # An inner suite may be the one that is meant: it says more.
            inner = [finding for suite in self.suites for finding in suite.unlisted_failures()]
            name = self.title or "the report"
            yield from inner or [Finding(f"{name}: {counted} failed or in error, but not listed as cases")]
            return
        for suite in self.suites:
            yield from suite.unlisted_failures()


class _Reader:
    """Hears the elements of a report and keeps what counts."""

    def __init__(self) -> None:
        self.root: _Suite | None = None
        self.path: list[str] = []
        self.suites: list[_Suite] = []
        self.cases: list[Case] = []
        self.said: list[str] | None = None
        self.total = self.skipped = 0
        self.passed: list[str] = []
        self.failed: list[Finding] = []
        self.durations: list[float | None] = []
        self.instants: list[datetime] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        parent = self.path[-1] if self.path else None
        self.path.append(tag)
        if parent is None and tag not in _SUITES:
            raise Unreadable(f"XML, but not JUnit: the root is <{tag[:60]}>")
        if tag in _SUITES:
            self.open_suite(tag, attributes)
        elif tag == "testcase":
            self.cases.append(Case(attributes, [suite.title for suite in self.suites]))
            self.durations.append(_seconds(attributes.get("time")))
        elif tag in RESULTS and parent == "testcase":
            self.cases[-1].note(tag, attributes)
            self.said = []
        elif tag in ("failure", "error") and parent == "testsuite":
            title = self.suites[-1].title or "a suite without a name"
            self.fail(failure(title, attributes.get("message", "")))

    def text(self, text: str) -> None:
        if self.said is not None:
            self.said.append(text)

    def end(self, tag: str) -> None:
        self.path.pop()
        if tag in _SUITES:
            self.suites.pop()
        elif tag == "testcase":
            self.close_case(self.cases.pop())
        elif tag in RESULTS and self.said is not None and self.cases:
            if tag != "skipped" and not self.cases[-1].message:
                self.cases[-1].message = "".join(self.said)
            self.said = None

    def open_suite(self, tag: str, attributes: Mapping[str, str]) -> None:
        suite = _Suite(tag, attributes)
        if self.suites:
            self.suites[-1].suites.append(suite)
        self.root = self.root or suite
        self.suites.append(suite)
        if instant := _instants.from_text(attributes.get("timestamp")):
            self.instants.append(instant)

    def close_case(self, case: Case) -> None:
        self.total += 1
        match case.outcome:
            case Outcome.PASSED:
                self.passed.append(case.name)
            case Outcome.SKIPPED:
                self.skipped += 1
            case Outcome.FAILED:
                self.fail(case.finding())

    def fail(self, finding: Finding) -> None:
        self.failed.append(finding)
        for suite in self.suites:
            suite.failed += 1


def read(data: bytes) -> Report:
    """Read one report; `Unreadable` or `SyntaxProblem` where it is none."""
    reader = _Reader()
    xml.parse(data, reader)
    root = reader.root
    assert root is not None  # noqa: S101 - well-formed XML has a root, and `start` refuses any other
    failed = (*reader.failed, *root.unlisted_failures())
    produced_at = max(reader.instants, default=None)
    if reader.total:
        duration = sum_known(reader.durations)
        passed = tuple(reader.passed)
        return Report("junit", reader.total, passed, failed, reader.skipped, duration, produced_at)
    return Report(
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
    try:
        # Surefire writes 1,234.5 in some locales.
        seconds = float((text or "").replace(",", ""))
    except ValueError:
        return None
    return seconds if isfinite(seconds) and seconds >= 0 else None
