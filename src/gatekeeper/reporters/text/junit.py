"""Write JUnit XML, in the dialect of the Jenkins JUnit plugin (`junit-10.xsd`), which GitLab also reads."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gatekeeper.reporters.text.screen import visible

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


def document(name: str, suites: Sequence[JUnitSuite], timestamp: str | None = None) -> str:
    """Return suites as a document."""
    cases = [case for suite in suites for case in suite.cases]
    return "".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            f"<testsuites{_attributes(name=name, **_counts(cases))}>\n",
            *(line for suite in suites for line in _suite_lines(suite, timestamp)),
            "</testsuites>\n",
        ]
    )


def _suite_lines(suite: JUnitSuite, timestamp: str | None) -> Iterator[str]:
    at = {"timestamp": timestamp} if timestamp else {}
    yield f"  <testsuite{_attributes(name=suite.name, **at, **_counts(suite.cases))}>\n"
    if suite.properties:
        yield "    <properties>\n"
        for name, value in suite.properties:
            yield f"      <property{_attributes(name=name, value=value)}/>\n"
        yield "    </properties>\n"
    for case in suite.cases:
        yield from _case_lines(case, suite.name)
    yield "  </testsuite>\n"


def _case_lines(case: JUnitCase, suite: str) -> Iterator[str]:
    opening = f"    <testcase{_attributes(classname=suite, name=case.name, time='0')}"
    if case.outcome is None:
        yield f"{opening}/>\n"
        return
    text = "\n".join(_escaped(line) for line in case.lines)
    outcome = f"<{case.outcome}{_attributes(type=case.type, message=case.message)}"
    yield f"{opening}>\n"
    yield f"      {outcome}>{text}</{case.outcome}>\n" if text else f"      {outcome}/>\n"
    yield "    </testcase>\n"


def _counts(cases: Sequence[JUnitCase]) -> dict[str, str]:
    outcomes = [case.outcome for case in cases]
    return {
        "tests": str(len(outcomes)),
        "failures": str(outcomes.count("failure")),
        "errors": "0",
        "skipped": str(outcomes.count("skipped")),
        "time": "0",
    }


def _attributes(**values: str) -> str:
    return "".join(f' {name}="{_escaped(value)}"' for name, value in values.items())


def _escaped(text: str) -> str:
    """Return text for XML; `visible` has already escaped the characters that XML cannot hold."""
    return visible(text).translate(_ESCAPES)
