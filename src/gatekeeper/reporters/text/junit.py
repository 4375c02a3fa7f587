"""Write JUnit XML that both common schemas accept: `junit-10.xsd` of Jenkins, and `JUnit.xsd` of Ant.

Jenkins' is in jenkinsci/xunit-plugin, and Ant's is windyroad/JUnit-Schema, which asks for more attributes and
their order. Neither has a place for a file and a line, which are in the text. GitLab shows the text of a
result and ignores its message, so the text begins with it (docs.gitlab.com/ci/testing/unit_test_reports).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gatekeeper.reporters.text.screen import cut, visible

MOST_BYTES = 29_000_000
"""GitLab ignores a file of 30 MB or more."""
MOST_OF_A_MESSAGE = 200
"""The limit of a message, in characters; the text has all of it."""
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


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


def document(suites: Sequence[JUnitSuite], timestamp: str | None = None) -> str:
    """Return suites as a document of at most `MOST_BYTES`; the last case counts what was omitted.

    Args:
        suites: The suites, whose names differ.
        timestamp: When it was so, as `2026-11-20T00:00:00`; Ant's schema asks for it.
    """
    text = _document(suites, timestamp)
    if len(text.encode()) <= MOST_BYTES:
        return text
    for kept in _ever_less(suites):
        text = _document([*kept, _omitted(suites, kept)], timestamp)
        if len(text.encode()) <= MOST_BYTES:
            break
    return text


def _ever_less(suites: Sequence[JUnitSuite]) -> Iterator[Sequence[JUnitSuite]]:
    """Yield the suites without details, then only what failed, then ever fewer of that."""
    short = [suite._replace(cases=tuple(map(_shortened, suite.cases))) for suite in suites]
    yield short
    failed = [
        suite._replace(cases=tuple(case for case in suite.cases if case.outcome == "failure"))
        for suite in short
    ]
    while failed:
        yield failed
        failed = failed[: len(failed) // 2]


def _shortened(case: JUnitCase) -> JUnitCase:
    return case._replace(message=cut(case.message, MOST_OF_A_MESSAGE), lines=())


def _omitted(suites: Sequence[JUnitSuite], kept: Sequence[JUnitSuite]) -> JUnitSuite:
    """Return a suite that says how many cases were omitted, and that the others lack details."""
    cases = sum(len(suite.cases) for suite in suites) - sum(len(suite.cases) for suite in kept)
    told = f"Omitted, because the report may have {MOST_BYTES:,} bytes: the details of all test cases"
    note = JUnitCase("omitted", "skipped", "omitted", f"{told}, and {cases:,} test cases.")
    return JUnitSuite("omitted", (), (note,))


def _document(suites: Sequence[JUnitSuite], timestamp: str | None) -> str:
    return "".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            "<testsuites>\n",
            *(line for id_, suite in enumerate(suites) for line in _suite_lines(suite, id_, timestamp)),
            "</testsuites>\n",
        ]
    )


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
    return visible(text).translate(_ESCAPES)
