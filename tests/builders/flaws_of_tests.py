"""Test reports with one failed test, for law 3: the failure, its place, and the report without it."""

import json
from typing import Any, NamedTuple

from builders.artefacts import fixture


class FailedTest(NamedTuple):
    content: str
    place: str
    repaired: str
    whole: bool = True
    """Whether something else in the report still speaks of the failed test, so that it may be damaged as a whole."""


def edited(name: str, place: str, *pairs: tuple[str, str], whole: bool = True) -> FailedTest:
    """Return a fixture with one failed test; the pairs are its texts and what the repaired report has instead."""
    content = repaired = fixture("tests", name).decode()
    for old, new in pairs:
        assert old in repaired, (name, old)
        repaired = repaired.replace(old, new)
    return FailedTest(content, place, repaired, whole)


def written(place: str, red: Any, green: Any, *, whole: bool = True) -> FailedTest:
    return FailedTest(json.dumps(red), place, json.dumps(green), whole)


def mocha(*failures: dict[str, Any]) -> dict[str, Any]:
    passed = {"title": "a", "fullTitle": "a", "duration": 1, "currentRetry": 0, "err": {}}
    stats = {"suites": 1, "tests": 2, "passes": 1, "pending": 0, "failures": len(failures), "duration": 1}
    return {
        "stats": stats,
        "tests": [passed, *failures],
        "pending": [],
        "failures": [*failures],
        "passes": [passed],
    }


FAILURE_OF_MOCHA = {
    "title": "b",
    "fullTitle": "b",
    "duration": 1,
    "currentRetry": 0,
    "err": {"message": "2 == 3"},
}


def mochawesome(*failures: dict[str, Any]) -> dict[str, Any]:
    def test(title: str, state: str, err: Any) -> dict[str, Any]:
        return {
            "title": title,
            "duration": 1,
            "state": state,
            "pass": state == "passed",
            "err": err,
            "skipped": False,
        }

    tests = [test("a", "passed", {}), *(test("b", "failed", err) for err in failures)]
    stats = {
        "testsRegistered": len(tests),
        "passes": 1,
        "failures": len(failures),
        "pending": 0,
        "skipped": 0,
    }
    suite = {
        "title": "s",
        "fullFile": "/a.js",
        "beforeHooks": [],
        "afterHooks": [],
        "tests": tests,
        "suites": [],
    }
    return {"stats": stats, "results": [suite], "meta": {"mochawesome": {"version": "7.1.3"}}}


def playwright(status: str, result: str, *errors: dict[str, Any]) -> dict[str, Any]:
    def spec(title: str, status: str, result: str, errors: Any) -> dict[str, Any]:
        results = [{"status": result, "duration": 1, "errors": [*errors], "retry": 0}]
        test = {"expectedStatus": "passed", "annotations": [], "results": results, "status": status}
        return {"title": title, "ok": not errors, "tags": [], "tests": [test], "file": "a.ts", "line": 1}

    specs = [spec("a", "expected", "passed", ()), spec("b", status, result, errors)]
    stats = {"expected": 2 - len(errors), "unexpected": len(errors), "flaky": 0, "skipped": 0}
    return {
        "config": {"version": "1.50.0", "rootDir": "/r"},
        "suites": [{"title": "a.ts", "file": "a.ts", "specs": specs}],
        "errors": [],
        "stats": stats,
    }


def rspec(status: str, errors: int, **more: Any) -> dict[str, Any]:
    def example(name: str, status: str, **more: Any) -> dict[str, Any]:
        return {
            "id": name,
            "description": name,
            "full_description": f"g {name}",
            "status": status,
            "file_path": "./a.rb",
            "line_number": 1,
            **more,
        }

    failed = int(status == "failed")
    summary = {
        "example_count": 2,
        "failure_count": failed,
        "pending_count": 0,
        "errors_outside_of_examples_count": errors,
    }
    return {
        "version": "3.12.0",
        "examples": [example("a", "passed"), example("b", status, **more)],
        "summary": summary,
        "summary_line": "2 examples",
    }


def newman(**failed: Any) -> dict[str, Any]:
    assertions = [{"assertion": "a", "skipped": False}, {"assertion": "b", "skipped": False, **failed}]
    failures = [{"error": error, "at": "assertion:1", "source": {"name": "r"}} for error in failed.values()]
    stats = {"assertions": {"total": 2, "pending": 0, "failed": len(failures)}}
    execution = {"item": {"name": "r"}, "assertions": assertions}
    return {
        "collection": {"info": {"name": "c"}},
        "run": {"stats": stats, "executions": [execution], "failures": failures, "timings": {"started": 1}},
    }


def bruno(status: str, **more: Any) -> list[dict[str, Any]]:
    tests = [{"description": "a", "status": "pass"}, {"description": "b", "status": status, **more}]
    failed = int(status == "fail")
    counts = {"totalRequests": 1, "passedRequests": 1 - failed, "failedRequests": failed, "errorRequests": 0}
    summary = counts | {"totalTests": 2, "failedTests": failed, "totalAssertions": 0, "failedAssertions": 0}
    request = {"name": "r", "test": {"filename": "r.bru"}, "status": "pass", "testResults": tests}
    return [{"iterationIndex": 0, "summary": summary, "results": [request]}]


def cucumber(status: str, **more: Any) -> list[dict[str, Any]]:
    steps = [
        {"keyword": "Given ", "name": "a", "result": {"status": "passed", "duration": 1}},
        {"keyword": "Then ", "name": "b", "result": {"status": status, "duration": 1, **more}},
    ]
    scenario = {
        "type": "scenario",
        "keyword": "Scenario",
        "name": "s",
        "id": "f;s",
        "line": 2,
        "steps": steps,
    }
    return [{"keyword": "Feature", "name": "f", "uri": "f.feature", "elements": [scenario]}]


def messages(status: str) -> str:
    lines = [
        {
            "meta": {
                "protocolVersion": "32.2.0",
                "implementation": {"name": "cucumber-js", "version": "12.9.0"},
            }
        },
        {"pickle": {"id": "p", "uri": "f.feature", "name": "s", "astNodeIds": [], "tags": [], "steps": []}},
        {"testRunStarted": {"timestamp": {"seconds": 1, "nanos": 0}}},
        {"testCase": {"id": "t", "pickleId": "p", "testSteps": [{"id": "x"}, {"id": "y"}]}},
        {
            "testCaseStarted": {
                "id": "c",
                "testCaseId": "t",
                "attempt": 0,
                "timestamp": {"seconds": 1, "nanos": 0},
            }
        },
        {
            "testStepFinished": {
                "testCaseStartedId": "c",
                "testStepId": "x",
                "testStepResult": {"status": "PASSED"},
            }
        },
        {
            "testStepFinished": {
                "testCaseStartedId": "c",
                "testStepId": "y",
                "testStepResult": {"status": status},
            }
        },
        {"testCaseFinished": {"testCaseStartedId": "c", "willBeRetried": False}},
        {"testRunFinished": {"success": status == "PASSED", "timestamp": {"seconds": 2, "nanos": 0}}},
    ]
    return "\n".join(map(json.dumps, lines))


def allure(status: str, **details: str) -> dict[str, Any]:
    labels = [{"name": "suite", "value": "s"}]
    named = {"uuid": "1", "historyId": "h", "name": "b", "fullName": "s#b", "labels": labels}
    return named | {"status": status, "stage": "finished", "statusDetails": details, "start": 1, "stop": 2}


def pytest_json(outcome: str) -> dict[str, Any]:
    def test(name: str, outcome: str) -> dict[str, Any]:
        stages = {stage: {"duration": 0.1, "outcome": "passed"} for stage in ("setup", "call", "teardown")}
        stages["call"]["outcome"] = outcome
        return {"nodeid": f"a.py::{name}", "lineno": 1, "outcome": outcome, **stages}

    failed = int(outcome == "failed")
    summary = {"passed": 2 - failed, "failed": failed, "total": 2, "collected": 2}
    tests = [test("a", "passed"), test("b", outcome)]
    return {"created": 1, "exitcode": failed, "root": "/r", "summary": summary, "tests": tests}


def reportlog(outcome: str) -> str:
    def stages(name: str, outcome: str) -> list[dict[str, Any]]:
        entry = {
            "$report_type": "TestReport",
            "nodeid": f"a.py::{name}",
            "location": ["a.py", 1, name],
            "duration": 0.1,
        }
        words = {"setup": "passed", "call": outcome, "teardown": "passed"}
        return [entry | {"when": when, "outcome": word, "longrepr": None} for when, word in words.items()]

    lines = [
        {"$report_type": "SessionStart", "pytest_version": "9.2.0"},
        *stages("a", "passed"),
        *stages("b", outcome),
        {"$report_type": "SessionFinish", "exitstatus": int(outcome == "failed")},
    ]
    return "\n".join(map(json.dumps, lines))


def googletest(*failures: dict[str, str]) -> dict[str, Any]:
    def test(name: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "status": "RUN", "result": "COMPLETED", "time": "0s", "classname": "s", **more}

    tests = [test("a"), test("b", failures=[*failures]) if failures else test("b")]
    counts = {"tests": 2, "failures": len(failures), "disabled": 0, "errors": 0}
    return counts | {"name": "AllTests", "testsuites": [counts | {"name": "s", "testsuite": tests}]}


def avocado(status: str) -> dict[str, Any]:
    def test(name: str, status: str) -> dict[str, Any]:
        return {
            "id": f"1-{name}",
            "name": name,
            "status": status,
            "fail_reason": "18 != 42",
            "time_elapsed": 0.1,
        }

    counts = {"total": 2, "pass": 1 + (status == "PASS"), "failures": int(status == "FAIL")}
    others = dict.fromkeys(("errors", "interrupt", "skip", "cancel", "warn"), 0)
    tests = [test("a", "PASS"), test("b", status)]
    return {"job_id": "003a5f7", "debuglog": "job.log", "tests": tests, **counts, **others}


ERROR_OF_EXAMPLE = {"exception": {"class": "E", "message": "expected: 3", "backtrace": []}}
FAILED_TESTS: dict[str, FailedTest] = {
    "mocha": written("/failures/0", mocha(FAILURE_OF_MOCHA), mocha()),
    "mochawesome": written("/results/0/tests/1", mochawesome({"message": "2 == 3"}), mochawesome()),
    "playwright": written(
        "/suites/0/specs/1",
        playwright("unexpected", "failed", {"message": "2"}),
        playwright("expected", "passed"),
    ),
    "rspec": written("/examples/1", rspec("failed", 0, **ERROR_OF_EXAMPLE), rspec("passed", 0)),
    "rspec: an error outside of the examples": written(
        "/summary", rspec("passed", 1) | {"messages": ["An error occurred"]}, rspec("passed", 0), whole=False
    ),
    "newman": written("/run/executions/0/assertions/1", newman(error={"message": "no"}), newman()),
    "bruno": written("/0/results/0/testResults/1", bruno("fail", error="2 == 3"), bruno("pass")),
    "cucumber": written(
        "/0/elements/0/steps/1", cucumber("failed", error_message="no"), cucumber("passed"), whole=False
    ),
    "cucumber_messages": FailedTest(messages("FAILED"), "/6", messages("PASSED")),
    "allure": written("", allure("failed", message="no"), allure("passed"), whole=False),
    "pytest_json": written("/tests/1", pytest_json("failed"), pytest_json("passed")),
    "pytest_reportlog": FailedTest(reportlog("failed"), "/5", reportlog("passed")),
    "dart": edited(
        "dart.jsonl",
        "/11",
        (
            '{"testID": 6, "error": "Expected: <3>\\n  Actual: <2>\\n", "stackTrace": "test/push_test.dart 10:7  main\\n", "isFailure": true, "type": "error", "time": 640}\n',
            "",
        ),
        ('"failure"', '"success"'),
        ('"success": false', '"success": true'),
    ),
    "testcafe": edited(
        "testcafe.json",
        "/fixtures/0/tests/1",
        (
            '"1) AssertionError: expected 2 to deeply equal 3\\n\\n   at <test> (/ci/app/tests/push.js:9:14)"',
            "",
        ),
        ('"passed": 2', '"passed": 3'),
    ),
    "avocado": written("/tests/1", avocado("FAIL"), avocado("PASS")),
    "robot_json": edited(
        "robot.json",
        "/suite/suites/0/tests/1",
        ('"FAIL"', '"PASS"'),
        ('"fail": 1', '"fail": 0'),
        ('"pass": 1', '"pass": 2'),
    ),
    "googletest": written(
        "/testsuites/0/testsuite/1", googletest({"failure": "2 == 3", "type": ""}), googletest()
    ),
    "ginkgo": edited(
        "ginkgo.json",
        "/0/SpecReports/2",
        ('"State": "failed"', '"State": "passed"'),
        ('"SuiteSucceeded": false', '"SuiteSucceeded": true'),
    ),
    "gitlab": edited(
        "gitlab.json",
        "/test_suites/0/test_cases/1",
        ('"failed",', '"success",'),
        ('"failed_count": 1', '"failed_count": 0'),
        ('"success_count": 1', '"success_count": 2'),
    ),
    "jenkins": edited(
        "jenkins.json",
        "/suites/0/cases/1",
        ("REGRESSION", "PASSED"),
        ('"failCount": 1', '"failCount": 0'),
        ('"passCount": 2', '"passCount": 3'),
    ),
    "circleci": edited("circleci.json", "/items/1", ('"failure"', '"success"'), whole=False),
    "buildkite": edited("buildkite.json", "/1", ('"failed"', '"passed"'), whole=False),
    "bazel": edited("bazel.jsonl", "/3", ('"FAILED"', '"PASSED"'), ('"TESTS_FAILED"', '"SUCCESS"')),
    "terraform": edited(
        "terraform.jsonl",
        "/7",
        ('"status": "fail"', '"status": "pass"'),
        ('"severity": "error"', '"severity": "warning"'),
        ('"passed": 1, "failed": 1', '"passed": 2, "failed": 0'),
    ),
    "dbt": edited("dbt.json", "/results/2", ('"fail"', '"pass"'), whole=False),
    "great_expectations": edited(
        "great_expectations.json",
        "/results/1",
        ('"success": false', '"success": true'),
        ('"successful_expectations": 1', '"successful_expectations": 2'),
        ('"unsuccessful_expectations": 1', '"unsuccessful_expectations": 0'),
    ),
    "apex": edited(
        "apex.json",
        "/tests/1",
        ('"Fail"', '"Pass"'),
        ('"failing": 1', '"failing": 0'),
        ('"passing": 1', '"passing": 2'),
    ),
    "xcresult": edited(
        "xcresult.json",
        "/testNodes/0/children/0/children/0/children/1",
        ('"Failed"', '"Passed"'),
        whole=False,
    ),
    "inspec": edited(
        "inspec.json", "/profiles/0/controls/0/results/1", ('"failed"', '"passed"'), whole=False
    ),
    "goss": edited(
        "goss.json",
        "/results/1",
        ('"successful": false', '"successful": true'),
        ('"failed-count": 1', '"failed-count": 0'),
    ),
    "forge": edited(
        "forge.json",
        "/test~1Push.t.sol:PushTest/test_results/test_RejectsAStaleVersion()",
        ('"Failure"', '"Success"'),
        whole=False,
    ),
    "hurl": edited("hurl.json", "/1", ('"success": false', '"success": true'), whole=False),
    "azure_devops": edited("azure-devops.json", "/value/1", ('"Failed"', '"Passed"')),
    "catch2": edited(
        "catch2.json",
        "/test-run/test-cases/1",
        ('"failed": 1', '"failed": 0'),
        ('"passed": 1', '"passed": 2'),
    ),
    "gauge": edited(
        "gauge.json",
        "/specResults/0/scenarios/1",
        ('"failed"', '"passed"'),
        ('"failedScenariosCount": 1', '"failedScenariosCount": 0'),
        ('"passedScenariosCount": 2', '"passedScenariosCount": 3'),
    ),
    "wdio": edited(
        "wdio.json",
        "/suites/0/tests/1",
        ('"failed": 2', '"failed": 0'),
        ('"passed": 1', '"passed": 2'),
        ('"state": "failed"', '"state": "passed"'),
        ('"error"', '"other"'),
    ),
}
"""By the format, or `format: flaw`."""
