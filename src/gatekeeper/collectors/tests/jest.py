"""The JSON report of jest, which vitest writes too (`--json`, `--reporter=json`).

A file that could not be loaded has no test, so `numTotalTests` does not count it; its entry says `failed`.
"""

from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import count, first_text, listing, objects, text
from gatekeeper.collectors.reading.merging import sum_known
from gatekeeper.collectors.tests._report import COUNTERS, TestReport, failure, full_name, seconds
from gatekeeper.model.evidence import Finding, Unreadable
from gatekeeper.syntax.json import Object

_SKIPPED = frozenset({"skipped", "pending", "todo", "disabled"})


def recognises(content: Content) -> bool:
    """Return whether the file is such a report."""
    return "numTotalTests" in content.object or isinstance(content.object.get("testResults"), list)


def read(content: Content) -> TestReport:
    """Return the results of a report."""
    document = content.object
    produced_at = instants.from_epoch(document.get("startTime"))
    files = list(objects(document.get("testResults", []), "testResults", "a test file"))
    tests = [(file, test) for file in files for test in _tests_of(file)]
    listed = [_failed_test(file, test) for file, test in tests if not _passed_or_skipped(test)]
    broken = [
        _broken_file(file)
        for file in files
        if file.get("status") == "failed" and all(map(_passed_or_skipped, _tests_of(file)))
    ]
    failed = (*listed, *broken, *_unlisted(document, len(listed), len(listed) + len(broken)))
    report = TestReport(
        "jest-json",
        total=len(tests),
        passed=tuple(_name(test) for _, test in tests if test["status"] == "passed"),
        failed=failed,
        skipped=sum(test["status"] in _SKIPPED for _, test in tests),
        duration_s=sum_known(seconds(test) for _, test in tests),
        produced_at=produced_at,
    )
    if tests:
        return report
    return report._replace(
        total=_counter(document, "numTotalTests"),
        passed=None,
        skipped=_counter(document, "numPendingTests") + _counter(document, "numTodoTests"),
        counted_from=COUNTERS,
    )


def _tests_of(file: Object) -> list[Object]:
    tests = list(objects(file.get("assertionResults"), "assertionResults", "a test"))
    for test in tests:
        text(test.get("status"), "the status of a test")
    return tests


def _passed_or_skipped(test: Object) -> bool:
    return test["status"] == "passed" or test["status"] in _SKIPPED


def _name(test: Object) -> str:
    ancestors = listing(test.get("ancestorTitles") or [], "ancestorTitles")
    titles = [text(title, "a title") for title in ancestors]
    return full_name(titles, text(test.get("title") or test.get("fullName") or "", "the title of a test"))


def _failed_test(file: Object, test: Object) -> Finding:
    messages = test.get("failureMessages")
    texts = messages if isinstance(messages, list) else []
    said = next((message for message in texts if isinstance(message, str) and message), "")
    said = said or ("" if test["status"] == "failed" else f"status {test['status']!r}")
    location = test.get("location")
    line = location.get("line") if isinstance(location, dict) else None
    return failure(_name(test), said, first_text(file, "name"), line)


def _broken_file(file: Object) -> Finding:
    path = first_text(file, "name")
    return failure(path or "a test file", first_text(file, "message") or "failed outside of its tests", path)


def _unlisted(document: Object, failed_tests: int, failures: int) -> list[Finding]:
    """Return the failures that the totals of the run report and its list does not."""
    counted = _counter(document, "numFailedTests")
    success = document.get("success", True)
    if not isinstance(success, bool):
        raise Unreadable("success is neither true nor false")
    findings = []
    if counted > failed_tests:
        findings.append(Finding(f"{counted} tests failed, but {failed_tests} are listed"))
    if document.get("wasInterrupted") is True:
        findings.append(Finding("the run was interrupted"))
    if _counter(document, "numFailedTestSuites") and not failures + len(findings):
        findings.append(Finding(f"{document['numFailedTestSuites']} test suites failed, but none is listed"))
    if not success and not failures + len(findings):
        findings.append(Finding("the run did not succeed, but no failed test is listed"))
    return findings


def _counter(document: Object, name: str) -> int:
    return count(document.get(name, 0), name)
