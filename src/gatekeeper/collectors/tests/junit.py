"""JUnit XML, in the dialects of vitest, jest-junit, mocha, pytest, surefire, gtest and others.

There is no specification; https://github.com/testmoapp/junitxml describes what the tools have in common, and
https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd the reruns of surefire.
Suites nest, and the counters of outer suites include those of inner ones, so the `testcase` elements count.

The reader cannot see what a report omits: by default jest-junit writes a todo as a passed case, and does not
report a file that could not be loaded. The JSON of jest has both.
"""

from collections.abc import Mapping
from datetime import datetime
from math import isfinite

from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _report
from gatekeeper.collectors.tests._junit_case import RESULTS, JunitCase
from gatekeeper.collectors.tests._report import CaseOutcome, Counters, PassedTests, TestCase, TestReport
from gatekeeper.model.evidence import Finding, Origin, Unreadable
from gatekeeper.model.tagging import ids_in, marks, with_ids
from gatekeeper.syntax import xml

_SUITES = frozenset({"testsuites", "testsuite"})
_READ = _SUITES | RESULTS.keys() | {"property"}
"""The elements that the reader uses, besides the cases."""
_TOOLS = {"vitest tests": "vitest", "jest tests": "jest", "Mocha Tests": "mocha", "pytest tests": "pytest"}
"""The tools that name the report after themselves."""
_LONGEST_COUNT = 15
_MOST_PARTIAL = 20
"""How many suites that list too little are named."""


class _Suite:
    """A suite, or the root."""

    def __init__(self, tag: str, attributes: Mapping[str, str], outer: "_Suite | None", first: int) -> None:
        self.name = attributes.get("name", "")
        # The name of `testsuites` is that of the tool or of the run, not a title of a test.
        self.title = self.name if tag == "testsuite" else ""
        self.attributes = attributes
        self.outer, self.inner = outer, list[_Suite]()
        self.first = first
        """How many cases precede it."""
        self.within = self.failed = self.skipped = self.reruns = 0
        """Cases of inner suites, and what was found in this suite and in those."""
        self.lacking = {"failed": 0, "cases": 0, "skipped": 0}
        """What is counted and not listed, in this suite and in inner ones."""
        stated = attributes.get("timestamp")
        inherited = outer.time if outer else None
        self.time: datetime | None = instants.from_text(stated) if stated else inherited
        if outer:
            outer.inner.append(self)

    def counter(self, name: str) -> int | None:
        """Return a counter of the suite; None if the suite does not have it."""
        text = self.attributes.get(name, "").strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_COUNT):
            raise Unreadable(f'the suite {self.title!r} has {name}="{text[:40]}", not a count')
        return int(text)

    def sum(self, *names: str) -> int:
        """Return the sum of counters; for one that this suite does not have, of the inner suites."""
        own = ((name, self.counter(name)) for name in names)
        return sum(sum(of.sum(name) for of in self.inner) if count is None else count for name, count in own)

    def lacks(self, what: str, counted: int, listed: int) -> bool:
        """Note how many more are counted than listed; return whether this is not so in inner suites alone."""
        more = counted - listed - self.lacking[what]
        self.lacking[what] += max(more, 0)
        return more > 0

    def close(self, cases: int) -> None:
        """Add what was found to the outer suite."""
        if outer := self.outer:
            outer.within += cases
            outer.failed += self.failed
            outer.skipped += self.skipped
            outer.reruns += self.reruns
            for what, more in self.lacking.items():
                outer.lacking[what] += more


class _Around:
    """What surrounds the cases of one class in one suite, and those of them that passed without more."""

    def __init__(self, titles: list[str], root: str, file: str | None) -> None:
        self.titles = _report.useful_titles(titles)
        self.ids = ids_in(marks(" ".join([root, *titles])))
        self.suites = tuple(filter(None, titles))
        self.file = file or next(filter(_report.is_source_file, reversed(titles)), None)
        self.names: list[str] = []
        self.times: list[str] = []
        self.keeps_all = bool(self.ids)
        """Whether the cases are kept one by one: they carry ids, or may be reruns of one that failed."""

    def plain(self) -> PassedTests:
        """Return and forget the cases that passed without more."""
        names, times, self.names, self.times = self.names, self.times, [], []
        return PassedTests(names, _all_seconds(times), self.suites, self.file)


class _Reader:
    """Listens to the elements of a report and collects its cases.

    Most cases passed and have only a name, so nothing else is kept of them; only a case with a result, a tag
    or a status becomes a `JunitCase`.
    """

    def __init__(self) -> None:
        self.root: _Suite | None = None
        self.path: list[str | dict[str, str] | JunitCase] = []
        """The open elements: their names, and the cases."""
        self.suites: list[_Suite] = []
        self.around: dict[str, _Around] = {}
        """What surrounds a case in the current suite, by class name and file."""
        self.all_around: list[_Around] = []
        self.said: list[str] | None = None
        self.count = 0
        self.cases: list[TestCase] = []
        self.failures: list[Finding] = []
        self.partial: list[str] = []
        self.times: list[datetime | None] = []

    def start(self, tag: str, attributes: dict[str, str]) -> bool:
        path = self.path
        if tag == "testcase" and path:
            path.append(attributes)
            return False
        parent = path[-1] if path else None
        path.append(tag)
        if parent is None and tag not in _SUITES:
            raise Unreadable(f"XML, but not JUnit: the root is <{tag[:60]}>")
        if tag not in _READ:
            return False
        if tag in _SUITES:
            outer = self.suites[-1] if self.suites else None
            self.suites.append(_Suite(tag, attributes, outer, self.count))
            self.root, self.around = self.root or self.suites[0], {}
        elif tag == "property":
            if parent == "properties" and not isinstance(path[-3], str):
                self.case(-3).tag(attributes)
        elif not isinstance(parent, str):
            self.case(-2).note(tag, attributes)
            self.said = []
            return True
        elif parent == "testsuite" and RESULTS[tag] is CaseOutcome.FAILED:
            title = self.suites[-1].title or "a suite without a name"
            self.failures.append(_report.failure(title, attributes.get("message", "")))
            self.suites[-1].failed += 1
        return False

    def text(self, text: str) -> None:
        if self.said is not None:
            self.said.append(text)

    def end(self, tag: str) -> bool:
        case = self.path.pop()
        if not isinstance(case, str):
            self.count += 1
            if isinstance(case, JunitCase) or "status" in case or "result" in case:
                self.with_result(case if isinstance(case, JunitCase) else JunitCase(case))
            else:
                self.passed(case)
        elif tag not in _READ:
            return False
        elif tag in _SUITES:
            self.close(self.suites.pop())
        elif self.said is not None and not isinstance(self.path[-1], str):
            current = self.case(-1)
            if RESULTS[tag] is not CaseOutcome.SKIPPED and not current.message:
                current.message = "".join(self.said)
            self.said = None
            return True
        return False

    def case(self, place: int) -> JunitCase:
        """Return the open case at a place of the path as a `JunitCase`."""
        case = self.path[place]
        if isinstance(case, dict):
            case = self.path[place] = JunitCase(case)
        assert isinstance(case, JunitCase)  # noqa: S101 - the callers have looked
        return case

    def passed(self, case: dict[str, str]) -> None:
        get = case.get
        around = self.around.get(_key(case)) or self.surroundings(case)
        name = _report.name_below(around.titles, get("name", ""))
        if around.keeps_all:
            name = with_ids(name, around.ids)
            self.cases.append(TestCase(name, around.suites, around.file, _seconds(get("time"))))
        else:
            around.names.append(name)
            around.times.append(get("time", ""))

    def surroundings(self, case: dict[str, str]) -> _Around:
        """Return and keep what surrounds a case in the current suite."""
        titles = [*(suite.title for suite in self.suites), case.get("classname", "")]
        around = self.around[_key(case)] = _Around(titles, self.suites[0].name, case.get("file"))
        self.all_around.append(around)
        return around

    def with_result(self, case: JunitCase) -> None:
        suite, outcome, tags, get = self.suites[-1], case.outcome, tuple(case.tags), case.attributes.get
        around = self.around.get(_key(case.attributes)) or self.surroundings(case.attributes)
        if outcome is CaseOutcome.FAILED:
            self.cases += around.plain().cases()
            around.keeps_all = True
        suite.failed += outcome is CaseOutcome.FAILED
        suite.skipped += outcome is CaseOutcome.SKIPPED
        suite.reruns += case.reruns
        name = _report.name_below(around.titles, get("name", ""))
        name = with_ids(name, (*around.ids, *ids_in(tags)))
        time, said, line = _seconds(get("time")), case.message, case.line
        self.cases.append(TestCase(name, around.suites, around.file, time, outcome, said, line, tags))

    def close(self, suite: _Suite) -> None:
        """Compare the counters of a suite with its cases, and note its time."""
        self.around = {}
        cases = self.count - suite.first
        failed, total = suite.sum("failures", "errors"), suite.sum("tests")
        skipped = suite.sum("skipped", "disabled")
        if suite.time or cases > suite.within or (total and not suite.inner):
            self.times.append(suite.time)
        # Gradle counts every run of a case, newer versions of surefire each case once, and `flakes` apart.
        reruns = 0 if "flakes" in suite.attributes else suite.reruns
        runs = min(max(total - cases, 0), reruns)
        name = suite.title or "the report"
        if suite.lacks("failed", failed, suite.failed + runs):
            self.failures.append(
                Finding(f"{name}: {failed} failed or in error, but {suite.failed} are listed")
            )
        if suite.lacks("cases", total, cases + reruns):
            self.partial.append(f"{name}: {total} tests are counted, but {cases} are listed")
        if suite.lacks("skipped", skipped, suite.skipped):
            self.partial.append(
                f"{name}: {skipped} skipped tests are counted, but {suite.skipped} are listed"
            )
        suite.close(cases)


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
    origin = Origin(
        "junit",
        producer="maven-surefire" if is_surefire else _TOOLS.get(root.name),
        produced_at=_report.oldest_time(None, reader.times),
    )
    if reader.count:
        origin = origin._replace(partial=tuple(reader.partial[:_MOST_PARTIAL]))
        plain = [around.plain() for around in reader.all_around]
        return TestReport(origin, reader.cases, tuple(reader.failures), plain=plain)
    seconds = _seconds(root.attributes.get("time"))
    counters = Counters(root.sum("tests"), root.sum("skipped", "disabled"), seconds=seconds)
    return TestReport(origin, failures=tuple(reader.failures), counters=counters)


def _key(case: dict[str, str]) -> str:
    class_name = case.get("classname", "")
    return f"{class_name}\n{case['file']}" if "file" in case else class_name


def _all_seconds(times: list[str]) -> list[float | None]:
    try:
        seconds = [*map(float, times)]
    except ValueError:
        return [*map(_seconds, times)]
    is_plain = min(seconds, default=0) >= 0 and isfinite(sum(seconds))
    return [*seconds] if is_plain else [*map(_seconds, times)]


def _seconds(text: str | None) -> float | None:
    try:
        # Surefire writes 1,234.5 in some locales.
        seconds = float(text.replace(",", "")) if text else -1
    except ValueError:
        return None
    return seconds if seconds >= 0 and isfinite(seconds) else None
