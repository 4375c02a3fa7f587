"""Write JUnit XML that both common schemas accept: `junit-10.xsd` of Jenkins, and `JUnit.xsd` of Ant.

Jenkins' is in jenkinsci/xunit-plugin, and Ant's is windyroad/JUnit-Schema, which asks for more attributes and
their order. Neither has a place for a file and a line, which are in the text. GitLab shows the text of a
result and ignores its message, so the text begins with it (docs.gitlab.com/ci/testing/unit_test_reports).
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from gatekeeper.reporters.text.screen import cut, visible

MOST_BYTES = 29_000_000
"""GitLab ignores a file of 30 MB or more."""
MOST_OF_A_MESSAGE = 200
"""The limit of a message, in characters; the text has all of it."""


class JUnitCase(NamedTuple):
    """A test case; `outcome` is the name of its result element, None if it passed."""

    name: str
    outcome: str | None = None
    type: str = ""
    message: str = ""
    lines: tuple[str, ...] = ()


class JUnitSuite(NamedTuple):
    """A suite with its properties."""

    name: str
    properties: tuple[tuple[str, str], ...]
    cases: tuple[JUnitCase, ...]


def document(suites: Iterable[JUnitSuite], timestamp: str | None = None) -> str:
    """Return suites as a document of at most `MOST_BYTES`; the last case counts what was omitted.

    Args:
        suites: The suites, whose names differ; what does not fit is not kept in memory.
        timestamp: When it was so, as `2026-11-20T00:00:00`; Ant's schema asks for it.
    """
    kept = _Kept(timestamp)
    for suite in suites:
        kept.add(suite)
    last = [kept.written(kept.note())] if kept.is_reduced else []
    return "".join([_HEAD, *(text for _, text in kept.suites), *last, _END])


_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
_END = "</testsuites>\n"
_FOR_THE_NOTE = 2_000
"""Bytes reserved for the suite that counts what was omitted."""


class _Kept:
    """The suites that fit: with all details, else without, else what failed, and as much of that as fits."""

    def __init__(self, timestamp: str | None) -> None:
        self.suites: list[tuple[JUnitSuite, str]] = []
        """Each with its text."""
        self._timestamp = timestamp
        self._reductions: list[Callable[[JUnitSuite], JUnitSuite]] = []
        self._left = [_without_details, _only_failures]
        self._size = len(_HEAD + _END)
        self._cases = 0
        self._is_full = False

    @property
    def is_reduced(self) -> bool:
        """Whether something was omitted."""
        return bool(self._reductions)

    def add(self, suite: JUnitSuite) -> None:
        """Keep what fits of a suite."""
        self._cases += len(suite.cases)
        if not self._is_full:
            for reduce in self._reductions:
                suite = reduce(suite)
            self._append(suite)
        while self.suites and self._size > MOST_BYTES - (_FOR_THE_NOTE if self.is_reduced else 0):
            self._reduce()

    def note(self) -> JUnitSuite:
        """Return a suite that says how many cases were omitted, and that the others lack details."""
        cases = self._cases - sum(len(suite.cases) for suite, _ in self.suites)
        said = f"Omitted, because the report may have {MOST_BYTES:,} bytes: the details of all test cases"
        note = JUnitCase("omitted", "skipped", "omitted", f"{said}, and {cases:,} test cases.")
        return JUnitSuite("omitted", (), (note,))

    def written(self, suite: JUnitSuite) -> str:
        """Return the text of the next suite."""
        return "".join(_suite_lines(suite, len(self.suites), self._timestamp))

    def _append(self, suite: JUnitSuite) -> None:
        text = self.written(suite)
        self._size += len(text.encode())
        self.suites.append((suite, text))

    def _reduce(self) -> None:
        """Reduce all suites to what the next reduction leaves; without one, leave out the last suite."""
        if not self._left:
            _, text = self.suites.pop()
            self._size -= len(text.encode())
            self._is_full = True
            return
        reduce = self._left.pop(0)
        self._reductions.append(reduce)
        suites, self.suites, self._size = self.suites, [], len(_HEAD + _END)
        for suite, _ in suites:
            self._append(reduce(suite))


def _without_details(suite: JUnitSuite) -> JUnitSuite:
    return suite._replace(cases=tuple(map(_shortened, suite.cases)))


def _shortened(case: JUnitCase) -> JUnitCase:
    return case._replace(message=cut(case.message, MOST_OF_A_MESSAGE), lines=())


def _only_failures(suite: JUnitSuite) -> JUnitSuite:
    return suite._replace(cases=tuple(case for case in suite.cases if case.outcome == "failure"))


def _suite_lines(suite: JUnitSuite, id_: int, timestamp: str | None) -> Iterator[str]:
    outcomes = [case.outcome for case in suite.cases]
    attributes = {
        "name": suite.name,
        "package": "gatekeeper",
        "id": str(id_),
        **({"timestamp": timestamp} if timestamp else {}),
        "hostname": "localhost",
        "tests": str(len(outcomes)),
        "failures": str(outcomes.count("failure")),
        "errors": "0",
        "skipped": str(outcomes.count("skipped")),
        "time": "0",
    }
    yield f"  <testsuite{_attributes(attributes)}>\n"
    yield "    <properties>\n"
    for name, value in suite.properties:
        yield f"      <property{_attributes({'name': name, 'value': value})}/>\n"
    yield "    </properties>\n"
    for case in suite.cases:
        yield from _case_lines(case, suite.name)
    yield "    <system-out/>\n    <system-err/>\n  </testsuite>\n"


def _case_lines(case: JUnitCase, suite: str) -> Iterator[str]:
    opening = f"    <testcase{_attributes({'classname': suite, 'name': case.name, 'time': '0'})}"
    if case.outcome is None:
        yield f"{opening}/>\n"
        return
    message = visible(case.message)
    type_ = {} if case.outcome == "skipped" else {"type": case.type}  # Ant's schema refuses it there
    attributes = _attributes({**type_, "message": cut(message, MOST_OF_A_MESSAGE)})
    text = "\n".join(map(_escaped, (message, *case.lines)))
    yield f"{opening}>\n      <{case.outcome}{attributes}>{text}</{case.outcome}>\n    </testcase>\n"


def _attributes(values: dict[str, str]) -> str:
    return "".join(f' {name}="{_escaped(value)}"' for name, value in values.items())


def _escaped(text: str) -> str:
    """Return text for XML; `visible` has already escaped the characters that XML cannot hold."""
    shown = visible(text).replace("&", "&amp;").replace("<", "&lt;")
    return shown.replace(">", "&gt;").replace('"', "&quot;")
