"""The JSON report of jest, which vitest writes too (`--json`, `--reporter=json`).

A file that could not be loaded has no test, so `numTotalTests` does not count it; its entry says `failed`.
A test that passed when it was run again has `retryReasons` or several `invocations` in jest, and
`failureMessages` in vitest. It is listed once: two tests of a name are two tests. A test that is expected to
fail (`test.failing` of jest) shows nothing but that: it is skipped.
"""

from gatekeeper.collectors.reading import figures, instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _report
from gatekeeper.collectors.tests._report import CaseOutcome, Counters, TestCase, TestReport
from gatekeeper.model.evidence import Finding, Origin
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="jest and vitest",
    seen="jest 30.5, vitest 3.2",
    source="https://github.com/jestjs/jest/blob/main/packages/jest-test-result/src/formatTestResults.ts",
    command="jest --json --outputFile=FILE; vitest run --reporter=json --outputFile=FILE",
    recognised="`numTotalTests`, or `testResults` that is a list",
    models="the tests, files that could not be loaded, unhandled errors, tests that were run again, tags",
    not_modelled="snapshots; errors outside of the tests and `test.fails`, of which vitest writes nothing",
)

_FINE = (None, "passed", "skipped", "pending", "focused")
"""What the status of a file may be without a failure."""


def recognises(content: Content) -> bool:
    """Return whether the file is such a report."""
    return "numTotalTests" in content.object or isinstance(content.object.get("testResults"), list)


def is_distinct(content: Content) -> bool:
    """Return whether the report counts the tests of a run, or a file lists its assertions."""
    results = content.object.get("testResults")
    files = results if isinstance(results, list) else []
    listed = any(isinstance(file, dict) and "assertionResults" in file for file in files)
    return listed or "numTotalTests" in content.object


def read(content: Content) -> TestReport:
    """Return the results of a report."""
    document = content.object
    files = list(figures.objects(document.get("testResults", []), "testResults", "a test file"))
    tests = [_cases(file) for file in files]
    cases = [case for of_file in tests for case in of_file]
    broken = (_broken_file(file, of_file) for file, of_file in zip(files, tests, strict=True))
    errors = [_report.failure("an unhandled error", _said(of)) for of in _unhandled(document)]
    interrupted = ("the run was interrupted",) if document.get("wasInterrupted") is True else ()
    names = ("numTotalTests", "numFailedTests", "numPendingTests", "numTodoTests")
    total, failed, pending, todo = (figures.count(document.get(name, 0), name) for name in names)
    suites = sum(
        figures.count(document.get(name, 0), name)
        for name in ("numFailedTestSuites", "numRuntimeErrorTestSuites")
    )
    run = instants.from_epoch(document.get("startTime") or None)
    return TestReport(
        Origin(
            "jest-json",
            produced_at=_report.oldest_time(run, (case.time for case in cases)),
            partial=interrupted,
        ),
        cases,
        (*filter(None, broken), *errors, *map(Finding, interrupted)),
        Counters(total, pending + todo, failed),
        succeeded=figures.flag(document.get("success", True), "success") and not suites,
    )


def _cases(file: Object) -> list[TestCase]:
    tests = figures.objects(file.get("assertionResults"), "assertionResults", "a test")
    return [_case(file, test) for test in tests]


def _case(file: Object, test: Object) -> TestCase:
    ancestors = figures.listing(test.get("ancestorTitles") or [], "ancestorTitles")
    suites = tuple(figures.text(title, "a title") for title in ancestors)
    title = figures.text(test.get("title") or test.get("fullName") or "", "the title of a test")
    errors = [*_texts(test, "failureMessages"), *_texts(test, "retryReasons")]
    status = figures.text(test.get("status"), "the status of a test")
    outcome, said = _report.judged(status, {"passed"}, errors[0] if errors else "")
    if outcome is CaseOutcome.PASSED and test.get("failing") is True:
        outcome = CaseOutcome.SKIPPED
    tags = tuple(_texts(test, "tags"))
    location, invocations = test.get("location"), figures.count(test.get("invocations") or 0, "invocations")
    return TestCase(
        _report.full_name(suites, title, tags),
        suites,
        figures.first_text(file, "name"),
        _report.seconds(test),
        CaseOutcome.FLAKY if outcome is CaseOutcome.PASSED and (errors or invocations > 1) else outcome,
        said,
        figures.line_or_none(location.get("line")) if isinstance(location, dict) else None,
        tags,
        instants.from_epoch(test.get("startAt") or file.get("startTime") or None),
    )


def _texts(owner: Object, key: str) -> list[str]:
    value = owner.get(key)
    return [text for text in value if isinstance(text, str) and text] if isinstance(value, list) else []


def _unhandled(document: Object) -> list[Json]:
    errors = document.get("unhandledErrors") or []
    return errors if isinstance(errors, list) else [errors]


def _said(error: Json) -> Json:
    return error.get("message") if isinstance(error, dict) else error


def _broken_file(file: Object, cases: list[TestCase]) -> Finding | None:
    """Return the failure of a file outside of its tests, if it has one."""
    error = file.get("testExecError")
    if (file.get("status") in _FINE and not error) or any(
        case.outcome is CaseOutcome.FAILED for case in cases
    ):
        return None
    path = figures.first_text(file, "name")
    said = figures.first_text(file, "message") or _said(error) or "failed outside of its tests"
    return _report.failure(path or "a test file", said, path)
