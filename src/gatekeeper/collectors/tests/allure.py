"""Results of Allure: a file for each run of a test, `*-result.json`, in the folder `allure-results`.

https://allurereport.org/docs/how-it-works-test-result-file/ and what allure-js and allure-python write. The
files `*-container.json` and `*-globals.json` beside them hold fixtures and errors outside of the tests: a
fixture that failed is a failure. The runs of a test have one `historyId`. Attachments, `categories.json` and
other files of the folder hold no test; they are recognised by their names, so that the folder can be mapped.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from gatekeeper.collectors.reading import figures, instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _report
from gatekeeper.collectors.tests._report import CaseOutcome, TestCase, TestReport
from gatekeeper.model.evidence import Finding, Origin
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="Allure, by its adapters for mocha, vitest, pytest, JUnit and others",
    seen="allure-mocha 3.12, allure-pytest 2.16",
    source="https://allurereport.org/docs/how-it-works-test-result-file/",
    command="the adapter of the test framework writes the folder `allure-results`",
    recognised="`uuid` and `labels` with an id of the test (a result); `uuid` and `children`, `befores` "
    "or `afters` (a container); only `attachments`, `errors` and `exitCode` (globals); "
    "the name of any other file of the folder",
    models="the tests of all files with labels, parameters, statuses and runs; failed fixtures",
    not_modelled="the steps of a test, and categories",
)

_OTHER_FILE = re.compile(
    r"(^|/)([0-9a-f-]{32,36}-attachment(\.\w+)*"
    r"|allure-results/(environment\.(properties|xml)|(categories|executor)\.json))$"
)
"""The names of files that hold no test."""
_SUITES = ("parentSuite", "suite", "subSuite")
_RESULT = frozenset({"uuid", "name", "labels"})
_IDS = frozenset({"historyId", "testCaseId", "fullName"})
_RUN = frozenset({"start", "stop", "status"})
"""What a result without an id of its test has."""
_GLOBALS = frozenset({"attachments", "errors"})
_FIXTURES = ("befores", "afters")


def recognises(content: Content) -> bool:
    """Return whether the file is one of the folder: a result, fixtures, errors outside of tests, another."""
    document = content.object
    is_known = _is_result(document) or _is_container(document) or _is_globals(document)
    return is_known or _OTHER_FILE.search(content.name) is not None


def read(content: Content) -> TestReport:
    """Return the one test of a result, or the failures of a container."""
    document = content.object
    if not _is_result(document):
        origin = Origin("allure", produced_at=_time(document, "start"))
        return TestReport(origin, failures=tuple(_failures(document)))
    case = _case(document)
    framework = next(_labels(document, "framework"), None)
    origin = Origin("allure", producer=framework, produced_at=case.time)
    return TestReport(origin, [case], run_of=figures.first_text(document, "historyId"))


def _is_result(document: Object) -> bool:
    return document.keys() >= _RESULT and (document.keys() >= _RUN or not document.keys().isdisjoint(_IDS))


def _is_container(document: Object) -> bool:
    keys = ("children", *_FIXTURES)
    return "uuid" in document and any(isinstance(document.get(key), list) for key in keys)


def _is_globals(document: Object) -> bool:
    return _GLOBALS <= document.keys() <= _GLOBALS | {"exitCode"}


def _failures(document: Object) -> Iterator[Finding]:
    for error in figures.listed(document, "errors", "an error"):
        yield _report.failure("an error outside of the tests", error.get("message"))
    for key in _FIXTURES:
        for fixture in figures.listed(document, key, "a fixture"):
            found, said = _judged(fixture)
            if "status" in fixture and found is CaseOutcome.FAILED:
                yield _report.failure(figures.first_text(fixture, "name") or "a fixture", said)


def _judged(of: Object) -> tuple[CaseOutcome, str]:
    """Return the outcome that a status states; `broken` and `unknown` are failures."""
    details = figures.section(of, "statusDetails")
    said = figures.first_text(details, "message", "trace") or ""
    return _report.judged(figures.text(of.get("status", "unknown"), "`status`"), {"passed"}, said)


def _case(result: Object) -> TestCase:
    suites = tuple(title for key in _SUITES for title in _labels(result, key))
    tags = tuple(_labels(result, "tag", *_report.TAGGING))
    name = figures.text(result.get("name"), "the name of a test")
    values = ", ".join(_parameters(result))
    found, said = _judged(result)
    return TestCase(
        _report.full_name(suites, f"{name} ({values})" if values and values not in name else name, tags),
        suites,
        None,
        _seconds(result),
        found,
        said,
        None,
        tags,
        _time(result, "start") or _time(result, "stop"),
    )


def _labels(result: Object, *names: str) -> Iterator[str]:
    """Yield the values of the labels with these names."""
    for label in figures.listed(result, "labels", "a label"):
        if label.get("name") in names and isinstance(value := label.get("value"), str) and value:
            yield value


def _parameters(result: Object) -> Iterator[str]:
    """Yield the values of the parameters that tell tests of one name apart."""
    for parameter in figures.listed(result, "parameters", "a parameter"):
        value = parameter.get("value")
        if isinstance(value, str) and parameter.get("excluded") is not True:
            yield value


def _seconds(result: Object) -> float | None:
    start, stop = result.get("start"), result.get("stop")
    if start is None or stop is None:
        return None
    return max(0.0, figures.amount(stop, "`stop`") - figures.amount(start, "`start`")) / 1000


def _time(result: Object, key: str) -> datetime | None:
    return instants.from_epoch(result.get(key) or None)
