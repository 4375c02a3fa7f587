"""The JSON Lines of Rust's libtest, which `cargo nextest` writes, too (`--message-format libtest-json`).

https://github.com/rust-lang/rust/blob/master/library/test/src/formatters/json.rs
https://github.com/nextest-rs/nextest/blob/main/nextest-runner/src/reporter/structured/libtest.rs

A test that began and did not end failed. A suite that failed although no test in it did is a failure. Tests
that were filtered out, suites without an end, and fewer tests than a suite announces make the file partial.
Nextest puts crate and binary before the name, `shop::bin$name`, and the number of attempts behind the name of
a test that it tried again: it is flaky if it passed.

Not modelled: benchmarks; the time of the run, which the format does not state.
"""

import re
from collections.abc import Iterator

from gatekeeper.collectors.reading import figures
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.one_line import first_line
from gatekeeper.collectors.tests import _report
from gatekeeper.collectors.tests._report import CaseOutcome, TestCase, TestReport
from gatekeeper.model.evidence import Finding, Origin
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="cargo test, cargo nextest",
    seen="cargo 1.95; nextest by its source",
    source="https://github.com/rust-lang/rust/blob/master/library/test/src/formatters/json.rs",
    command="cargo nextest run --message-format libtest-json",
    recognised="lines, the first of which announces a suite with `test_count`",
    models="each test, tests that did not end, retries of nextest, filters",
    not_modelled="benchmarks; the time of the run, which the format does not state",
)

_ENDS = {"ok": CaseOutcome.PASSED, "ignored": CaseOutcome.SKIPPED, "failed": CaseOutcome.FAILED}
_NAME = re.compile(r"(?:([^$]+)\$)?(.*?)(?:#(\d{1,6}))?", re.DOTALL | re.ASCII)
_SEARCHED = 10_000
"""So many characters of an output are searched for the place of a panic."""
_PANIC = re.compile(
    r"^thread [^\n]{1,300}? panicked at ([^\n:]{1,300}):(\d{1,9}):\d{1,9}:\n([^\n]*)", re.MULTILINE
)


class _Reader:
    """Collects the tests from events."""

    def __init__(self) -> None:
        self.cases: list[TestCase] = []
        self.failures: list[Finding] = []
        self.partial: list[str] = []
        self.open: dict[str, None] = {}
        self.is_within = False
        self.begin(0)

    def begin(self, announced: int) -> None:
        """Begin a suite."""
        self.first, self.announced = len(self.cases), announced

    def take(self, event: Object) -> None:
        """Take an event."""
        kind, what = event.get("type"), event.get("event")
        if kind == "suite" and what == "started":
            if self.is_within:
                self.end("", {})
            self.begin(figures.count(event.get("test_count"), "test_count"))
            self.is_within = True
        elif kind == "suite":
            self.end(what if isinstance(what, str) else "", event)
        elif kind == "test":
            self.test(figures.text(event.get("name"), "the name of a test"), what, event)

    def test(self, name: str, what: object, event: Object) -> None:
        """Take an event of a test; `timeout` only says that it is slow."""
        if what == "started":
            self.open[name] = None
        elif what != "timeout":
            self.open.pop(name, None)
            self.open.pop(name.rpartition("#")[0], None)
            self.cases.append(_case(name, what, event))

    def end(self, what: str, event: Object) -> None:
        """End a suite. Without an event it was cut short."""
        self.cases += (_unended(name) for name in self.open)
        self.open.clear()
        own = self.cases[self.first :]
        failed = sum(case.outcome is CaseOutcome.FAILED for case in own)
        counted, out = (figures.count(event.get(key) or 0, key) for key in ("failed", "filtered_out"))
        if counted > failed:
            self.failures.append(Finding(f"{counted} tests of a suite failed, but {failed} are listed"))
        elif what not in ("ok", "") and not failed:
            self.failures.append(Finding("a suite failed, but no failed test is listed"))
        if not what:
            self.partial.append("a suite has no end")
        if out:
            self.partial.append(f"{out} tests were filtered out")
        if self.announced > len(own):
            self.partial.append(f"{self.announced} tests are announced, but {len(own)} are listed")
        self.begin(0)
        self.is_within = False


def recognises(content: Content) -> bool:
    """Return whether the first line announces a suite."""
    first = content.first if content.is_lines else None
    return isinstance(first, dict) and first.get("type") == "suite" and "test_count" in first


def read(content: Content) -> TestReport:
    """Return the results of all suites."""
    reader = _Reader()
    for document in content.stream():
        reader.take(figures.mapping(document.value, f"line {document.line(())}"))
    if reader.is_within or reader.open:
        reader.end("", {})
    return TestReport(
        Origin("libtest", partial=tuple(reader.partial[:20])), reader.cases, tuple(reader.failures)
    )


def _case(name: str, what: object, event: Object) -> TestCase:
    outcome = _ENDS.get(what, CaseOutcome.FAILED) if isinstance(what, str) else CaseOutcome.FAILED
    binary, test, attempts = _parts(name)
    if outcome is CaseOutcome.PASSED and attempts > 1:
        outcome = CaseOutcome.FLAKY
    message = "" if outcome is CaseOutcome.PASSED else next(_said(event), "")
    place = _PANIC.search(output[:_SEARCHED]) if isinstance(output := event.get("stdout"), str) else None
    if outcome is CaseOutcome.FAILED and what != "failed":
        message = message or f"event {what!r}"
    seconds = event.get("exec_time")
    return TestCase(
        _report.full_name((binary,), test),
        (*filter(None, [binary]), *filter(None, [test.rpartition("::")[0]])),
        place[1] if place else None,
        None if seconds is None else figures.amount(seconds, "exec_time"),
        outcome,
        (place[3] if place else message) if outcome is CaseOutcome.FAILED else message,
        int(place[2]) if place else None,
    )


def _unended(name: str) -> TestCase:
    binary, test, _ = _parts(name)
    return TestCase(_report.full_name((binary,), test), outcome=CaseOutcome.FAILED, message="it did not end")


def _parts(name: str) -> tuple[str, str, int]:
    """Return crate and binary, the name of a test, and how often it was tried."""
    found = _NAME.fullmatch(name)
    assert found is not None  # noqa: S101 - any text matches
    return found[1] or "", found[2], int(found[3] or 1)


def _said(event: Object) -> Iterator[str]:
    for key in ("message", "reason", "stdout"):
        value = event.get(key)
        if isinstance(value, str) and (line := first_line(value)):
            yield line
