"""The JSON of `go test -json`, JSON Lines: an event on each line.

https://pkg.go.dev/cmd/test2json and `go help buildjson` describe the events. They are read one by one, so a
file of any size fits into memory.

A test that began and did not end failed: it panicked, exited or ran into the timeout. A package that failed
although no test in it did is a failure, such as one that does not build. A package that began and did not end
makes the file partial. Subtests are listed beside their parents. A test of a package that failed, and passed
when the package was run again later in the file (`gotestsum --rerun-fails --jsonfile`), is flaky; runs of one
`-count` are tests of their own.

Before Go 1.24 a package that does not build is a line of text, `FAIL package [build failed]`. Other text
makes the file partial. A result from the cache, `(cached)`, has the time at which it was shown: Go takes one
only if nothing that the test depends on has changed.

Not modelled: benchmarks, unless they fail.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from gatekeeper.collectors.reading import figures, instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _report
from gatekeeper.collectors.tests._report import CaseOutcome, PassedTests, TestCase, TestReport, name_below
from gatekeeper.model.evidence import Finding, Origin, Unreadable
from gatekeeper.model.tagging import ids_in, with_ids
from gatekeeper.syntax import SyntaxProblem, json
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="go test, gotestsum --jsonfile",
    seen="1.19; 1.24 by its documentation",
    source="https://pkg.go.dev/cmd/test2json",
    command="go test -json ./... > report.json",
    recognised="lines with the keys `Action` and `Package`",
    models="each test and subtest, attributes as tags, packages that failed or do not build, reruns",
    not_modelled="benchmarks that do not fail",
)

_STEPS = ["start", "run", "pause", "cont", "pass", "bench", "fail", "output", "skip"]
_ACTIONS = frozenset([*_STEPS, "attr", "artifacts", "build-output", "build-fail"])
_ENDS = {"pass": CaseOutcome.PASSED, "skip": CaseOutcome.SKIPPED, "fail": CaseOutcome.FAILED}
_FRAME = ("=== ", "--- ", "PASS", "FAIL", "ok  \t", "exit status ", "coverage: ", "?   \t")
"""How output of `go test` itself begins."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NOISE = re.compile(rb"go: (?:downloading|finding|extracting|added|upgraded) |\s*$")
_FAILED_PACKAGE = re.compile(r"FAIL\t(\S+)(?: \[(.*)\])?")
_LONGEST = 300


class _Open:
    """A test that has begun."""

    __slots__ = ("said", "tags")

    def __init__(self) -> None:
        self.said = ""
        self.tags: list[str] = []


class _Package:
    """The tests of a package."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.open: dict[str, _Open] = {}
        self.names: list[str] = []
        self.seconds: list[float | None] = []
        self.failed: dict[str, list[TestCase]] = defaultdict(list)
        """The failures of the current run of the package, by test."""
        self.failed_before: dict[str, list[TestCase]] = defaultdict(list)
        """Those of its earlier runs."""
        self.others: list[TestCase] = []
        """The tests that were skipped, are flaky or have tags."""
        self.said = ""
        self.is_open = True

    def begin(self) -> None:
        """Begin another run of the package, if the last one has ended."""
        if not self.is_open:
            for test, cases in self.failed.items():
                self.failed_before[test] += cases
            self.failed.clear()
            self.is_open = True

    def end(self, test: str, outcome: CaseOutcome, seconds: float | None, said: str = "") -> None:
        """Note the outcome of a test."""
        begun = self.open.pop(test, None) or _Open()
        said = said or begun.said
        if outcome is CaseOutcome.PASSED and not self.failed.get(test):
            if before := self.failed_before.pop(test, None):
                outcome, said = CaseOutcome.FLAKY, before[0].message
            elif not begun.tags:
                self.names.append(name_below([self.path], test))
                self.seconds.append(seconds)
                return
        name = with_ids(name_below([self.path], test), ids_in(begun.tags))
        said = "" if outcome in (CaseOutcome.PASSED, CaseOutcome.SKIPPED) else said
        case = TestCase(name, (self.path,), None, seconds, outcome, said, tags=tuple(begun.tags))
        if outcome is CaseOutcome.FAILED:
            self.failed[test].append(case)
        else:
            self.others.append(case)

    def close(self) -> None:
        """End the run of the package: what is still open never ended."""
        for test in [name for name in self.open if not name.startswith("Benchmark")]:
            self.end(test, CaseOutcome.FAILED, None, self.open[test].said or "it did not end")
        self.open.clear()
        self.is_open = False

    @property
    def cases(self) -> Iterator[TestCase]:
        """Yield the tests that are listed one by one."""
        for group in (self.failed_before, self.failed):
            for cases in group.values():
                yield from cases
        yield from self.others


class _Reader:
    """Collects the tests of packages from events."""

    def __init__(self) -> None:
        self.packages: dict[str, _Package] = {}
        self.builds: dict[str, str] = {}
        """The first error of each build."""
        self.broken: dict[str, None] = {}
        """The builds that failed, without those that are the reason of a failed package."""
        self.failures: list[Finding] = []
        self.partial: list[str] = []
        self.oldest: datetime | None = None
        self.is_dated = True

    def take(self, event: Object, number: int) -> None:
        """Take an event."""
        action = event.get("Action")
        if not isinstance(action, str):
            raise Unreadable(f"line {number}: an event without an action")
        if action in ("build-output", "build-fail"):
            self.build(action, event)
            return
        path = figures.text(event.get("Package"), f"line {number}: Package")
        package = self.packages.get(path) or self.packages.setdefault(path, _Package(path))
        test = event.get("Test")
        if action == "output":
            self.output(package, test, event.get("Output"))
            return
        self.date(event.get("Time"))
        if isinstance(test, str):
            self.of_test(package, action, test, event)
        elif action in _ENDS:
            self.of_package(package, action, event)
        elif action == "start":
            package.begin()

    def of_test(self, package: _Package, action: str, test: str, event: Object) -> None:
        """Take an event of a test."""
        package.begin()
        if action in _ENDS:
            is_benchmark = test.startswith("Benchmark") and action != "fail"
            if is_benchmark:
                package.open.pop(test, None)
            else:
                package.end(test, _ENDS[action], _seconds(event))
        elif action == "run":
            if test in package.open:
                package.end(test, CaseOutcome.FAILED, None, "it did not end")
            package.open[test] = _Open()
        elif action == "attr" and str(event.get("Key")).lower() in _report.TAGGING:
            tags = re.findall(r"[^\s,;]+", figures.text(event.get("Value"), "the value of an attribute"))
            package.open.setdefault(test, _Open()).tags += tags

    def of_package(self, package: _Package, action: str, event: Object) -> None:
        """Take the end of a package."""
        package.begin()
        package.close()
        if action == "fail" and not any(package.failed.values()):
            build = event.get("FailedBuild")
            said = self.builds.get(build, "") if isinstance(build, str) else ""
            if isinstance(build, str):
                self.broken.pop(build, None)
            said = said or package.said or "failed outside of its tests"
            self.failures.append(_report.failure(package.path, said))
        package.said = ""

    def output(self, package: _Package, test: object, text: object) -> None:
        """Keep the first line that a test or package wrote, or that of a panic."""
        if not isinstance(text, str):
            return
        owner = package.open.get(test) if isinstance(test, str) else package
        if owner is None or (owner.said and "panic: " not in text) or owner.said.startswith("panic: "):
            return
        line = text.strip()
        if line and not line.startswith(_FRAME) and not text.lstrip().startswith(_FRAME):
            owner.said = line[:_LONGEST]

    def build(self, action: str, event: Object) -> None:
        """Take an event of a build."""
        path, said = figures.text(event.get("ImportPath"), "ImportPath"), event.get("Output")
        if action == "build-fail":
            self.broken[path] = None
        elif isinstance(said, str) and not said.startswith("#") and said.strip():
            self.builds.setdefault(path, said.strip()[:_LONGEST])

    def text(self, line: str) -> None:
        """Take a line that is not an event."""
        if found := _FAILED_PACKAGE.match(line):
            self.failures.append(_report.failure(found[1], found[2] or "failed outside of its tests"))
        elif not self.partial:
            self.partial.append(f"not all lines are events: {line.strip()[:80]!r}")

    def date(self, time: object) -> None:
        moment = instants.from_text(time)
        if moment is None:
            self.is_dated = False
        elif self.oldest is None or moment < self.oldest:
            self.oldest = moment

    def report(self) -> TestReport:
        """Return the results after the last event."""
        for package in self.packages.values():
            if package.is_open:
                package.close()
                self.partial.append(f"the results of {package.path} have no end")
        self.failures += [
            _report.failure(path, self.builds.get(path, "does not build")) for path in self.broken
        ]
        packages = self.packages.values()
        return TestReport(
            Origin(
                "go-test",
                produced_at=self.oldest if self.is_dated else None,
                partial=tuple(self.partial[:20]),
            ),
            [case for package in packages for case in package.cases],
            tuple(self.failures),
            plain=[PassedTests(of.names, of.seconds, (of.path,), None) for of in packages if of.names],
        )


def recognises(content: Content) -> bool:
    """Return whether the first line that is an object is an event of `go test`."""
    if content.is_xml or b'"Action"' not in content.head:
        return False
    first = b""
    for line in content.head.removeprefix(_BYTE_ORDER_MARK).split(b"\n"):
        if line.startswith(b"{"):
            first = line
            break
        if not (_NOISE.match(line) or line.startswith((b"FAIL\t", b"#"))):
            return False
    try:
        event = json.load(first)
    except SyntaxProblem:
        return False
    if not isinstance(event, dict):
        return False
    return event.get("Action") in _ACTIONS and not event.keys().isdisjoint({"Package", "ImportPath"})


def read(content: Content) -> TestReport:
    """Return the results of all packages."""
    reader = _Reader()
    with content.open() as file:
        for number, whole in enumerate(file, 1):
            line = whole.removeprefix(_BYTE_ORDER_MARK)
            if line.startswith(b"{"):
                reader.take(_event(line, number), number)
            elif not _NOISE.match(line):
                reader.text(line.decode("utf-8", "replace"))
    return reader.report()


def _event(line: bytes, number: int) -> Object:
    try:
        return figures.mapping(json.load(line), f"line {number}")
    except SyntaxProblem as problem:
        raise SyntaxProblem(problem.message, number, problem.column) from None


def _seconds(event: Object) -> float | None:
    elapsed = event.get("Elapsed")
    return None if elapsed is None else figures.amount(elapsed, "Elapsed")
