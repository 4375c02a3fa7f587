"""JUnit XML, in the dialects of vitest, jest-junit, mocha, pytest, surefire, gtest and others.

There is no specification; https://github.com/testmoapp/junitxml describes what the tools have in common, and
https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd the reruns of surefire.
Suites nest, and the counters of outer suites include those of inner ones, so the `testcase` elements count.

The reader cannot see what a report omits: by default jest-junit writes a todo as a passed case, and does not
report a file that could not be loaded. The JSON of jest has both.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from math import inf
from typing import Any

from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _report
from gatekeeper.collectors.tests._report import (
    CaseOutcome,
    Counters,
    PassedTests,
    TestCase,
    TestReport,
    name_below,
)
from gatekeeper.model.evidence import Finding, Origin, Unreadable
from gatekeeper.model.tagging import ids_in, marks, with_ids
from gatekeeper.syntax import xml

ABOUT = About(
    tool="JUnit XML of vitest, jest-junit, mocha, pytest, Surefire, Gradle, gtest, gotestsum and others",
    seen="vitest 3 and 5, jest-junit 16, pytest; others by their source",
    source="https://github.com/testmoapp/junitxml",
    command="the reporter `junit` of the test runner",
    recognised="the root element `testsuites` or `testsuite`",
    models="each case and its results, properties as tags, reruns, errors of suites, counters",
    not_modelled="output",
)

_SUITES = frozenset({"testsuites", "testsuite"})
_RESULTS = {
    "skipped": CaseOutcome.SKIPPED,
    "failure": CaseOutcome.FAILED,
    "error": CaseOutcome.FAILED,
    # Surefire's names, which Gradle, nextest and Playwright use too: `flaky` if a later run passed.
    "flakyFailure": CaseOutcome.FLAKY,
    "flakyError": CaseOutcome.FLAKY,
    "rerunFailure": CaseOutcome.FAILED,
    "rerunError": CaseOutcome.FAILED,
}
"""The elements inside a case that state the outcome of a run of it."""
_RUN = frozenset({"run", "passed", "pass", "success", "successful", "ok", "completed", "complete"})
"""The words for a pass in the attributes `status` and `result`, which gtest and ctest write."""
_READ = _SUITES | _RESULTS.keys() | {"property"}
"""The elements that the reader uses, besides the cases."""
_HARMLESS = frozenset({"properties", "system-out", "system-err", "attachments"})
"""What else may be in a case without a meaning for its outcome."""
_KNOWN = _READ | _HARMLESS | {"testcase"}
_NAMES = {name.lower(): name for name in _KNOWN}
_TOOLS = {"vitest tests": "vitest", "jest tests": "jest", "Mocha Tests": "mocha", "pytest tests": "pytest"}
"""The tools that name the report after themselves."""
_GO = "go.version"
"""The property of suites of gotestsum, which lists each run of a test. In Go no two tests have one name."""
_NOTHING = dict.fromkeys(
    ["cases", "failed", "skipped", "reruns", "more cases", "more failed", "more skipped"], 0
)
"""What a suite may have; `more` is how many it counts beyond what it lists."""
_NOTES = ""
"""The key of an open case for what was found within it; no attribute has this name."""


class _Suite:
    """A suite, or the root."""

    def __init__(self, tag: str, attributes: dict[str, str], outer: "_Suite | None", *first: int) -> None:
        self.name, self.attributes, self.first = attributes.get("name", ""), attributes, first
        # The name of `testsuites` is that of the tool or of the run, not a title of a test.
        self.title = self.name if tag == "testsuite" else ""
        self.inner: list[_Suite] = []
        self.lists_reruns = False
        self.found = dict(_NOTHING)
        """What is within it."""
        stated, inherited = attributes.get("timestamp"), outer.time if outer else None
        self.time: datetime | None = instants.from_text(stated) if stated else inherited
        if outer:
            outer.inner.append(self)

    def counter(self, name: str) -> int | None:
        """Return a counter of the suite; None if the suite does not have it."""
        text = self.attributes.get(name, "").strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 15):
            raise Unreadable(f'the suite {self.title!r} has {name}="{text[:40]}", not a count')
        return int(text)

    def sum(self, name: str) -> int:
        """Return a counter; the sum over the inner suites if this one does not have it."""
        own = self.counter(name)
        return sum(suite.sum(name) for suite in self.inner) if own is None else own

    def flaws(self) -> Iterator[tuple[bool, str]]:
        """Yield what is counted and not listed, beyond inner suites; and whether failures are."""
        found = self.found
        failed, errors, total, skipped, disabled = (
            self.counter(name) or 0 for name in ("failures", "errors", "tests", "skipped", "disabled")
        )
        # Gradle counts every run of a case, newer versions of surefire each case once, and `flakes` apart.
        counts_runs = "flakes" not in self.attributes and total == found["cases"] + found["reruns"]
        reruns = found["reruns"] if counts_runs else 0
        for what, words, counted, listed in (
            ("failed", "failed or in error", failed + errors, found["failed"] + reruns),
            ("cases", "tests are counted", total, found["cases"] + reruns),
            ("skipped", "skipped tests are counted", skipped + disabled, found["skipped"]),
        ):
            if (more := counted - listed - found["more " + what]) > 0:
                found["more " + what] += more
                said = f"{self.title or 'the report'}: {counted} {words}, but {found[what]} are listed"
                yield what == "failed", said


class _Around:
    """What surrounds the cases of one class in one suite, and those of them that passed without more."""

    __slots__ = ("file", "ids", "keeps_all", "names", "seconds", "suites", "titles")

    def __init__(self, titles: list[str], root: str, file: str | None) -> None:
        text = " ".join([root, *titles])
        self.ids = ids_in(marks(text)) if "[" in text or "@" in text else ()
        self.titles = _report.useful_titles(titles)
        self.suites = tuple(titles)
        files = [title for title in titles if _report.is_source_file(title)] if "." in text else ()
        self.file = file or (files[-1] if files else None)
        self.names: list[str] = []
        self.seconds: list[float | None] = []
        self.keeps_all = bool(self.ids)
        """Whether the cases are kept one by one: they carry ids, or may be reruns of one that failed."""

    def plain(self) -> PassedTests:
        """Return and forget the cases that passed without more."""
        plain = PassedTests(self.names, self.seconds, self.suites, self.file)
        self.names, self.seconds = [], []
        return plain


class _Reader:
    """Listens to the elements of a report and collects its cases.

    Most cases passed and have only a name, so nothing else is kept of them.
    """

    def __init__(self) -> None:
        self.root: _Suite | None = None
        self.path: list[str | dict[str, Any]] = []
        """The open elements: their names, and the attributes of the cases."""
        self.suites: list[_Suite] = []
        self.around: dict[str, _Around] = {}
        """What surrounds a case in the current suite, by class name and file."""
        self.all_around: list[_Around] = []
        self.said: list[str] | None = None
        self.cases: list[TestCase] = []
        self.failures: list[Finding] = []
        self.partial: list[str] = []
        self.times: list[datetime | None] = []
        self.lists_reruns = True
        """Whether all suites with cases list each run of a test."""

    def start(self, tag: str, attributes: dict[str, str]) -> bool:
        path = self.path
        if tag not in _KNOWN:
            tag = _NAMES.get(tag.rpartition(":")[2].lower(), tag)
        if tag == "testcase" and path:
            path.append(attributes)
            return False
        parent = path[-1] if path else None
        path.append(tag)
        if parent is None and tag not in _SUITES:
            raise Unreadable(f"XML, but not JUnit: the root is <{tag[:60]}>")
        if tag not in _READ:
            if isinstance(parent, dict) and tag not in _HARMLESS:
                message = f"<{tag[:60]}> is not a known result of a test"
                parent.setdefault(_NOTES, []).append((tag, message))
            return False
        if tag in _SUITES:
            outer = self.suites[-1] if self.suites else None
            self.suites.append(_Suite(tag, attributes, outer, len(self.cases), len(self.all_around)))
            self.root, self.around = self.root or self.suites[0], {}
        elif tag == "property":
            self.property(attributes)
        elif isinstance(parent, dict):
            parent.setdefault(_NOTES, []).append((tag, attributes.get("message", "")))
            self.said = []
            return True
        elif parent in _SUITES and _RESULTS[tag] is CaseOutcome.FAILED:
            title = self.suites[-1].title or "a suite without a name"
            self.failures.append(_report.failure(title, attributes.get("message", "")))
            self.suites[-1].found["failed"] += 1
        return False

    def property(self, attributes: dict[str, str]) -> None:
        """Note a property that tags a case, or shows that a suite lists each run of a test."""
        *_, owner, around, _ = self.path if len(self.path) > 2 else ("", "", "")
        name = attributes.get("name", "")
        if around != "properties":
            return
        if isinstance(owner, str):
            self.suites[-1].lists_reruns |= owner == "testsuite" and name == _GO
        elif name.lower() in _report.TAGGING:
            owner.setdefault(_NOTES, []).append(("property", attributes.get("value", "")))

    def text(self, text: str) -> None:
        if self.said is not None:
            self.said.append(text)

    def end(self, tag: str) -> bool:  # noqa: ARG002 - the path has its plain name
        case = self.path.pop()
        if type(case) is dict:  # faster than `isinstance`
            get = case.get
            key = f"{get('classname')}\n{case['file']}" if "file" in case else get("classname", "")
            around = self.around.get(key) or self.surroundings(key, case)
            name = get("name", "").strip()
            if around.titles or not name:
                name = name_below(around.titles, name)
            if around.keeps_all or _NOTES in case or "status" in case or "result" in case:
                self.keep(name, around, case)
            else:
                around.names.append(name)
                try:
                    seconds = float(case["time"])
                except (KeyError, ValueError):
                    seconds = -1
                around.seconds.append(seconds if 0 <= seconds < inf else _seconds(get("time")))
        elif case in _SUITES:
            self.close(self.suites.pop())
        elif self.said is not None and case in _RESULTS and isinstance(parent := self.path[-1], dict):
            message = parent[_NOTES][-1][1] or "".join(self.said)
            parent[_NOTES][-1], self.said = (case, message), None
            return True
        return False

    def surroundings(self, key: str, case: dict[str, str]) -> _Around:
        """Return and keep what surrounds a case in the current suite."""
        titles = [suite.title for suite in self.suites]
        titles.append(case.get("classname", ""))
        around = self.around[key] = _Around(titles, self.suites[0].name, case.get("file"))
        self.all_around.append(around)
        return around

    def keep(self, name: str, around: _Around, case: dict[str, Any]) -> None:
        """Keep a case as a row, with its results and tags."""
        outcome, message, reruns, tags, line = CaseOutcome.PASSED, "", 0, list[str](), case.get("line")
        for note, text in case.get(_NOTES, ()):
            if note == "property":
                tags += re.findall(r"[^\s,;]+", text)
                continue
            outcome = max(outcome, result := _RESULTS.get(note, CaseOutcome.FAILED))
            reruns += note.startswith(("flaky", "rerun"))
            message = message or ("" if result is CaseOutcome.SKIPPED else text)
        for attribute in ("status", "result"):
            if word := case.get(attribute):
                result, text = _report.judged(word, _RUN, "")
                outcome, message = max(outcome, result), message or text
        if outcome is CaseOutcome.FAILED:
            self.cases += around.plain().cases()
            around.keeps_all = True
        found = self.suites[-1].found
        found["failed"] += outcome is CaseOutcome.FAILED
        found["skipped"] += outcome is CaseOutcome.SKIPPED
        found["reruns"] += reruns
        ids = (*around.ids, *ids_in(tags)) if tags else around.ids
        self.cases.append(
            TestCase(
                with_ids(name, ids) if ids else name,
                around.suites,
                around.file,
                _seconds(case.get("time")),
                outcome,
                message,
                int(line) if line and re.fullmatch(r"[0-9]{1,9}", line) else None,
                tuple(tags),
            )
        )

    def close(self, suite: _Suite) -> None:
        """Compare the counters of a suite with its cases, and note its time."""
        kept, around = suite.first
        count = len(self.cases) - kept + sum(len(of.names) for of in self.all_around[around:])
        within, suite.found["cases"] = suite.found["cases"], count
        if suite.time or count > within or (not suite.inner and suite.counter("tests")):
            self.times.append(suite.time)
        self.lists_reruns &= suite.lists_reruns or count <= within
        for are_failures, said in suite.flaws():
            if are_failures:
                self.failures.append(Finding(said))
            else:
                self.partial.append(said)
        self.around = {}
        if self.suites:
            outer = self.suites[-1].found
            for what, count in suite.found.items():
                outer[what] += count


def recognises(content: Content) -> bool:
    """Return whether the root element is `testsuites` or `testsuite`."""
    return content.xml_root in _SUITES


def read(content: Content) -> TestReport:
    """Return the results of a report."""
    reader = _Reader()
    xml.parse(content.data, reader)
    root = reader.root
    assert root is not None  # noqa: S101 - well-formed XML has a root, and `start` refuses any other
    is_surefire = "surefire" in root.attributes.get("xsi:noNamespaceSchemaLocation", "")
    producer = "maven-surefire" if is_surefire else _TOOLS.get(root.name)
    origin = Origin("junit", producer=producer, produced_at=_report.oldest_time(None, reader.times))
    failures, seconds = tuple(reader.failures), _seconds(root.attributes.get("time"))
    if root.found["cases"]:
        origin = origin._replace(partial=tuple(reader.partial[:20]))  # enough to say which suites
        plain = [around.plain() for around in reader.all_around]
        cases = _report.united(reader.cases) if reader.lists_reruns else reader.cases
        return TestReport(origin, cases, failures, plain=plain)
    counters = Counters(root.sum("tests"), root.sum("skipped") + root.sum("disabled"), seconds=seconds)
    return TestReport(origin, failures=failures, counters=counters)


def _seconds(text: str | None) -> float | None:
    try:
        seconds = float(text or -1)
    except ValueError:
        # Surefire writes 1,234.5 in some locales.
        return _seconds(text.replace(",", "")) if text and "," in text else None
    return seconds if 0 <= seconds < inf else None
