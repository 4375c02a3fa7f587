"""TRX, the test results of Visual Studio, `dotnet test`, `vstest.console` and Microsoft.Testing.Platform.

https://github.com/microsoft/vstest/tree/main/src/Microsoft.TestPlatform.Extensions.TrxLogger writes it.

The rows of a data-driven test and the tests of an ordered test are inside of its result: they are the tests,
and their container is one only if it failed and none of them did. Only the outcome `Passed` is a pass;
`NotExecuted`, `Inconclusive` and `Pending` are skipped. An error of the run, such as a crash of the test
host, is a failure besides the tests.

Not modelled: reruns, which are files of their own; what data collectors attached.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.one_line import first_line
from gatekeeper.collectors.tests import _elements, _report, _values
from gatekeeper.collectors.tests._elements import Element
from gatekeeper.collectors.tests._report import CaseOutcome, Counters, TestCase, TestReport
from gatekeeper.model.evidence import Finding, Origin

ABOUT = About(
    tool="Visual Studio and .NET: dotnet test, vstest.console, Microsoft.Testing.Platform",
    seen="the schema TeamTest/2010, by the source of vstest 18",
    source="https://github.com/microsoft/vstest/tree/main/src/Microsoft.TestPlatform.Extensions.TrxLogger",
    command="dotnet test --logger trx",
    recognised="the root element `TestRun`",
    models="each result and row of data, categories and owners as tags, the outcome of the run, counters",
    not_modelled="reruns, which are files of their own; attachments of data collectors",
)

_CONTAINERS = frozenset({"Results", "InnerResults"})
_SKIPPED = frozenset({"notexecuted", "inconclusive", "pending"})
_COMPLETE = frozenset({"completed", "passed", "failed", "warning"})
"""The outcomes of a run that came to its end."""
_FINE = frozenset({"passed", "completed", "warning"})
_WITHOUT = frozenset({"StdOut", "StdErr", "DebugTrace", "TestEntries", "TextMessages"})


class _Result(NamedTuple):
    """A result of a test, or of a test that is a container of others."""

    test: str
    name: str
    outcome: CaseOutcome
    message: str
    seconds: float | None
    time: datetime | None
    type: str
    failures: int
    """How many results inside of it failed."""
    is_container: bool
    place: tuple[str | None, int | None]


class _Definition(NamedTuple):
    """What the report says about a test besides its results."""

    class_name: str
    tags: tuple[str, ...]


class _Reader:
    """Collects results and definitions."""

    def __init__(self) -> None:
        self.results: list[_Result] = []
        self.definitions: dict[str, _Definition] = {}

    def take(self, element: Element) -> bool:
        outer = element.outer.name if element.outer else ""
        if outer in _CONTAINERS:
            self.results.append(_result(element))
            return True
        if outer == "TestDefinitions":
            self.definitions[element.get("id")] = _definition(element)
            return True
        return False


def recognises(content: Content) -> bool:
    """Return whether the root element is `TestRun`, and not that of CppUnit."""
    return content.xml_root == "TestRun" and b"<FailedTests" not in content.head


def read(content: Content) -> TestReport:
    """Return the results of a run."""
    reader = _Reader()
    root = _elements.read(content.data, "TestRun", reader.take, _WITHOUT)
    containers, tests = _divided(reader.results)
    cases = [_case(result, reader.definitions) for result in tests]
    summaries = root.at("ResultSummary")
    outcomes = [summary.get("outcome") for summary in summaries]
    partial = [f"the outcome of the run is {of!r}" for of in outcomes or [""] if of.lower() not in _COMPLETE]
    [start] = [of.get("start") or of.get("creation") for of in root.at("Times")[:1]] or [""]
    run = instants.from_text(start)
    times = (result.time for result in reader.results)
    return TestReport(
        Origin(
            "trx",
            produced_at=run or _report.oldest_time(None, times),
            partial=tuple(partial),
        ),
        cases,
        (*_failed_containers(containers, tests), *_errors(root, cases)),
        _counters(root, cases, containers),
        succeeded=all(of.lower() in _FINE for of in outcomes),
    )


def _result(element: Element) -> _Result:
    said = element.text_at("Output", "ErrorInfo", "Message")
    outcome, message = _report.judged(element.get("outcome"), {"passed"}, said, _SKIPPED)
    if outcome is CaseOutcome.FAILED:
        element.note_failure()
    return _Result(
        element.get("testId"),
        element.get("testName"),
        outcome,
        message,
        _values.seconds(element.get("duration")),
        instants.from_text(element.get("startTime")),
        element.get("resultType"),
        element.failures,
        any(inner.taken for inner in element.at("InnerResults")),
        _values.place_in(element.text_at("Output", "ErrorInfo", "StackTrace")),
    )


def _definition(element: Element) -> _Definition:
    categories = [of.get("TestCategory") for of in element.at("TestCategory", "TestCategoryItem")]
    owners = [of.get("name") for of in element.at("Owners", "Owner")]
    [method] = element.at("TestMethod")[:1] or [element]
    # MSTest adds the assembly: `Shop.CartTests, Shop.Tests, Version=1.0.0.0`.
    class_name = method.get("className").partition(",")[0]
    tags = tuple(filter(None, [*categories, *owners]))
    return _Definition(class_name, tags[: _elements.MOST_TAGS])


def _case(result: _Result, definitions: Mapping[str, _Definition]) -> TestCase:
    class_name, tags = definitions.get(result.test, _Definition("", ()))
    name = result.name.removeprefix(f"{class_name}.")
    suites = (class_name,) if class_name else ()
    file, line = result.place
    return TestCase(
        _report.full_name(suites, name, tags),
        suites,
        file,
        result.seconds,
        result.outcome,
        result.message,
        line,
        tags,
        result.time,
    )


def _divided(results: list[_Result]) -> tuple[list[_Result], list[_Result]]:
    """Return the containers, and the tests. Some tools list the rows of a container beside it."""
    rows = {result.test for result in results if result.type == "DataDrivenDataRow"}
    containers, tests = list[_Result](), list[_Result]()
    for result in results:
        is_container = result.is_container or (result.type == "DataDrivenTest" and result.test in rows)
        (containers if is_container else tests).append(result)
    return containers, tests


def _failed_containers(containers: list[_Result], tests: list[_Result]) -> Iterator[Finding]:
    """Yield the containers that failed although none of their tests did."""
    failed = {result.test for result in tests if result.outcome is CaseOutcome.FAILED}
    for of in containers:
        if of.outcome is CaseOutcome.FAILED and not of.failures and of.test not in failed:
            yield _report.failure(of.name, of.message)


def _errors(root: Element, cases: list[TestCase]) -> Iterator[Finding]:
    """Yield the errors of the run; the adapter of xUnit.net repeats each failed test as one."""
    failed = [case.name for case in cases if case.outcome is CaseOutcome.FAILED]
    for info in root.at("ResultSummary", "RunInfos", "RunInfo"):
        said = info.text_at("Text") or info.text_at("Exception")
        is_repeated = said.endswith("[FAIL]") and failed
        if info.get("outcome").lower() not in _FINE and not is_repeated:
            yield _report.failure("an error of the run", first_line(said))


def _counters(root: Element, cases: list[TestCase], containers: list[_Result]) -> Counters | None:
    """Return the counters of the summary, which may count containers as well."""
    counters = root.at("ResultSummary", "Counters")
    if not counters:
        return None
    of = counters[0]
    total, skipped = of.count("total"), of.count("notExecuted") + of.count("inconclusive")
    failed = sum(map(of.count, ("failed", "error", "timeout", "aborted", "notRunnable", "disconnected")))
    if containers and total == len(cases) + len(containers):
        total = len(cases)
        failed -= min(failed, sum(result.outcome is CaseOutcome.FAILED for result in containers))
    return Counters(total, skipped, failed)
