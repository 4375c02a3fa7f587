"""Test reports in JSON and JSON Lines: what comes out of the output of each tool, and what is no pass."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from builders.artefacts import SAMPLES, collect, facts, fixture, outcome
from builders.flaws_of_tests import (
    FAILED_TESTS,
    bruno,
    cucumber,
    messages,
    mocha,
    newman,
    playwright,
    pytest_json,
    reportlog,
    rspec,
)
from gatekeeper.collectors.reading import descriptions
from gatekeeper.collectors.tests import read as tests
from gatekeeper.evidence.reader import collect as collected_as
from gatekeeper.model.evidence import Finding
from gatekeeper.testing import tree

CASES = SAMPLES.parent / "cases"


class Read(NamedTuple):
    format: str
    producer: str | None
    counted: tuple[int, int]
    """`total` and `skipped`."""
    passed: list[str]
    failed: list[str]
    """Message, file and line."""
    flaky: tuple[str, ...] = ()
    at: str | None = None
    commit: str | None = None
    partial: tuple[str, ...] = ()


def placed(finding: Finding) -> str:
    place = f" @{finding.file}" if finding.file else ""
    return finding.message + place + (f":{finding.line}" if finding.line else "")


FIXTURES = {
    "mocha.json": Read(
        "mocha",
        "mocha",
        (8, 2),
        ["at the root", "Push > retries", "Push pushes twice > is idempotent @G4.push-idempotency"],
        [
            "Push pushes twice > rejects a stale version: 2 == 3 @/ci/app/m/push.spec.js",
            'Push pushes twice > times out: Timeout of 20ms exceeded. For async tests and hooks, ensure "done()" is called; if returning a Promise, ensure it resolves. (/ci/app/m/push.spec.js) @/ci/app/m/push.spec.js',
            'Pull > "before all" hook for "pulls": no database @/ci/app/m/push.spec.js',
        ],
        flaky=("Push > retries",),
        at="2026-11-27T16:25:17+00:00",
    ),
    "mochawesome.json": Read(
        "mochawesome",
        "mochawesome 8.1.1",
        (9, 3),
        ["at the root", "Push > retries", "Push > pushes twice > is idempotent @G4.push-idempotency"],
        [
            "Push > pushes twice > rejects a stale version: AssertionError: 2 == 3 @/ci/app/m/push.spec.js",
            'Push > pushes twice > times out: Error: Timeout of 20ms exceeded. For async tests and hooks, ensure "done()" is called; if returning a Promise, ensure it resolves. (/ci/app/m/push.spec.js) @/ci/app/m/push.spec.js',
            'Pull > "before all" hook for "pulls": Error: no database @/ci/app/m/push.spec.js',
        ],
        at="2026-11-27T16:25:18+00:00",
        partial=("tests did not run: a hook failed, the run stopped early, or the command selects others",),
    ),
    "playwright.json": Read(
        "playwright",
        "Playwright 1.65.1",
        (5, 2),
        ["Push > retries", "Push > pushes twice > is idempotent [G4.push-idempotency]"],
        [
            "Push > pushes twice > rejects a stale version: Error: expect(received).toBe(expected) // Object.is equality @/ci/app/tests/push.spec.js:5"
        ],
        flaky=("Push > retries: Error: expect(received).toBe(expected) // Object.is equality",),
        at="2026-11-27T16:40:51+00:00",
    ),
    "testcafe.json": Read(
        "testcafe",
        "TestCafe",
        (4, 1),
        ["Push > is idempotent [G4.push-idempotency]", "Push > retries"],
        [
            "Push > rejects a stale version: 1) AssertionError: expected 2 to deeply equal 3 @/ci/app/tests/push.js"
        ],
        flaky=("Push > retries",),
        at="2026-03-02T10:00:00+00:00",
    ),
    "avocado.json": Read(
        "avocado",
        "Avocado",
        (7, 2),
        ["test_orders.py:Orders.test_total", "test_orders.py:Orders.test_warns"],
        [
            "test_orders.py:Orders.test_refund [G4.push-idempotency]: 18 != 42 : the refund is wrong",
            "test_orders.py:Orders.test_error: no such order",
            "test_orders.py:Orders.test_hang: Test interrupted: Timeout reached",
        ],
        at="2026-11-27T18:09:39+00:00",
    ),
    "wdio.json": Read(
        "wdio",
        "WebdriverIO",
        (4, 1),
        ["Push > is idempotent [G4.push-idempotency]"],
        [
            "Push > rejects a stale version: expected 2 to equal 3 @/ci/app/test/push.e2e.js",
            'Push > "after all" hook: still open @/ci/app/test/push.e2e.js',
        ],
        at="2026-03-02T10:00:00+00:00",
    ),
    "newman.json": Read(
        "newman",
        "Newman",
        (4, 1),
        ["Shop > is idempotent > answers 200"],
        [
            "Shop > is idempotent > has a body: expected 'ok\\n' to include 'nothing'",
            "Shop > is down > is up: expected PostmanResponse{ …(5) } to have property 'code'",
            "an error outside of the tests: breaks: no database",
            "an error outside of the tests: is down: connect ECONNREFUSED 127.0.0.1:8124",
        ],
        at="2026-11-27T16:27:46+00:00",
    ),
    "bruno.json": Read(
        "bruno",
        "Bruno",
        (5, 0),
        ["push > is idempotent [G4.push-idempotency]", "push > res.status eq 200"],
        [
            "push > rejects a stale version: expected 2 to equal 3 @push.bru",
            "push > res.body eq nothing: expected 'ok\\n' to equal 'nothing' @push.bru",
            "broken > Test Script Error: no database @broken.bru",
            "an error outside of the tests: down: connect ECONNREFUSED 127.0.0.1:8124",
        ],
    ),
    "hurl.json": Read(
        "hurl",
        "Hurl",
        (2, 0),
        ["tests/push.hurl"],
        ["tests/version.hurl: Assert status code @tests/version.hurl"],
    ),
    "cucumber.json": Read(
        "cucumber-json",
        None,
        (7, 1),
        ["Push > is idempotent [G4.push-idempotency]", "Push > retries", "Push > rejects 1 lines"],
        [
            "Push > rejects a stale version: AssertionError [ERR_ASSERTION]: 2 == 3 @features/push.feature:12",
            "Push > is planned: the step 'it is planned' is pending @features/push.feature:18",
            "Push > has no steps written: the step 'nobody wrote this' is undefined @features/push.feature:21",
        ],
    ),
    "behave.json": Read(
        "cucumber-json",
        None,
        (6, 1),
        ["Push > is idempotent [G4.push-idempotency]"],
        [
            "Push > rejects a stale version: ASSERT FAILED: @features/push.feature:12",
            "Push > is planned: the step 'it is planned' is undefined @features/push.feature:18",
            "Push > has no steps written: the step 'nobody wrote this' is undefined @features/push.feature:21",
            "Push > retries: the step 'it works the second time' is error @features/push.feature:25",
        ],
    ),
    "cucumber.ndjson": Read(
        "cucumber-messages",
        "cucumber-js 12.9.0",
        (7, 1),
        [
            "Push > is idempotent [G4.push-idempotency]",
            "Push > retries",
            "Push > an order has lines > rejects 1 lines",
        ],
        [
            "Push > rejects a stale version: AssertionError [ERR_ASSERTION]: 2 == 3 @features/push.feature:12",
            "Push > is planned: the step 'it is planned' is pending @features/push.feature:18",
            "Push > has no steps written: the step 'nobody wrote this' is undefined @features/push.feature:21",
        ],
        flaky=("Push > retries: AssertionError [ERR_ASSERTION]: 1 == 2",),
        at="2026-11-27T16:41:01+00:00",
    ),
    "allure.json": Read(
        "allure",
        "mocha",
        (1, 0),
        [],
        ["Push > pushes twice > rejects a stale version: 2 == 3"],
        at="2026-11-27T16:27:43+00:00",
    ),
    "allure-container.json": Read(
        "allure",
        None,
        (0, 0),
        [],
        ["left::1: OSError: still open"],
        at="2026-11-27T16:36:20+00:00",
    ),
    "rspec.json": Read(
        "rspec",
        "RSpec 3.12.0",
        (6, 3),
        ["Push pushes twice > is idempotent"],
        [
            "Push > was fixed: Expected example to fail since it is pending, but it passed. @./spec/push_spec.rb:9",
            "Push pushes twice > rejects a stale version: expected: 3 @./spec/push_spec.rb:4",
        ],
    ),
    "pytest-json-report.json": Read(
        "pytest-json-report",
        "pytest",
        (8, 2),
        [
            "test_push.TestPush > test_is_idempotent",
            "test_push.TestPush > test_fixed",
            "test_push > test_retries",
        ],
        [
            "test_push.TestPush > test_rejects_a_stale_version: assert 2 == 3 @test_push.py:8",
            "test_push > test_pulls: OSError: no database @test_push.py:27",
            "test_push > test_closes: OSError: still open @test_push.py:41",
        ],
        flaky=("test_push > test_retries",),
        at="2026-11-27T16:27:40+00:00",
    ),
    "pytest-reportlog.jsonl": Read(
        "pytest-reportlog",
        "pytest 9.2.0",
        (8, 2),
        [
            "test_push.TestPush > test_is_idempotent",
            "test_push.TestPush > test_fixed",
            "test_push > test_retries",
        ],
        [
            "test_push.TestPush > test_rejects_a_stale_version: assert 2 == 3 @test_push.py:8",
            "test_push > test_pulls: OSError: no database @test_push.py:27",
            "test_push > test_closes: OSError: still open @test_push.py:41",
        ],
        flaky=("test_push > test_retries: assert 1 == 2",),
        at="2026-11-27T16:27:40+00:00",
    ),
    "robot.json": Read(
        "robot-json",
        "Robot Framework",
        (3, 1),
        ["Rf > Push > Is Idempotent [G4.push-idempotency]"],
        ["Rf > Push > Rejects A Stale Version: 2 != 3 @/ci/app/push.robot:7"],
        at="2026-11-27T16:31:37+00:00",
    ),
    "gtest.json": Read(
        "googletest",
        "GoogleTest",
        (5, 2),
        ["Push > IsIdempotent [G4.push-idempotency]", "Orders/Lines > AreKept/0"],
        ["Push > RejectsAStaleVersion: push_test.cc:3 @push_test.cc:3"],
        at="2026-11-27T16:47:05+00:00",
    ),
    "ginkgo.json": Read(
        "ginkgo",
        "Ginkgo",
        (4, 1),
        [
            "Shop Suite > Push > pushes twice > is idempotent [G4.push-idempotency]",
            "Shop Suite > Push > pushes twice > retries",
        ],
        ["Shop Suite > Push > pushes twice > rejects a stale version: Expected @/ci/app/push_test.go:10"],
        flaky=("Shop Suite > Push > pushes twice > retries: once",),
        at="2026-03-02T10:00:00+00:00",
    ),
    "gauge.json": Read(
        "gauge",
        "Gauge",
        (4, 1),
        ["Push > is idempotent [G4.push-idempotency]", "Push > retries"],
        ["Push > rejects a stale version: expected 3, got 2 @/ci/app/specs/push.spec"],
        flaky=("Push > retries",),
        at="2026-03-02T10:00:00+00:00",
    ),
    "catch2.json": Read(
        "catch2",
        "Catch2 3.7.1",
        (4, 2),
        ["Push is idempotent [G4.push-idempotency]"],
        ["Push rejects a stale version @/ci/app/push_test.cpp:7"],
    ),
    "dart.jsonl": Read(
        "dart",
        "dart test 1.25.8",
        (3, 1),
        ["Push > pushes twice > is idempotent [G4.push-idempotency]"],
        ["Push > pushes twice > rejects a stale version: Expected: <3> @test/push_test.dart:9"],
    ),
    "forge.json": Read(
        "forge",
        "Foundry",
        (3, 1),
        ["test/Push.t.sol:PushTest > test_IsIdempotent()"],
        ["test/Push.t.sol:PushTest > test_RejectsAStaleVersion(): assertion failed: 2 != 3"],
    ),
    "xcresult.json": Read(
        "xcresult",
        "Xcode",
        (4, 1),
        ["ShopTests > PushTests > isIdempotent() [G4.push-idempotency]", "ShopTests > PushTests > retries()"],
        ["ShopTests > PushTests > rejectsAStaleVersion(): PushTests.swift:9: Expectation failed: 2 == 3"],
        flaky=("ShopTests > PushTests > retries(): PushTests.swift:12: once",),
    ),
    "apex.json": Read(
        "apex",
        "Salesforce CLI",
        (3, 1),
        ["PushTest > isIdempotent"],
        ["PushTest > rejectsAStaleVersion: System.AssertException: Assertion Failed: Expected: 3, Actual: 2"],
    ),
    "bazel.jsonl": Read(
        "bazel",
        "Bazel 7.4.1",
        (3, 0),
        ["//push:idempotency_test", "//push:retry_test"],
        ["//push:version_test"],
        flaky=("//push:retry_test",),
        at="2026-03-02T09:59:59+00:00",
        commit="0123456789abcdef0123456789abcdef01234567",
    ),
    "buildkite.json": Read(
        "buildkite",
        "Buildkite Test Engine",
        (3, 1),
        ["Push > is idempotent [G4.push-idempotency]"],
        ["Push > rejects a stale version: Failure/Error: expect(2).to eq 3 @./spec/push_spec.rb"],
    ),
    "circleci.json": Read(
        "circleci",
        "CircleCI",
        (3, 1),
        ["spec.push_spec > is idempotent [G4.push-idempotency]"],
        ["spec.push_spec > rejects a stale version: expected 3, got 2 @spec/push_spec.rb"],
    ),
    "azure-devops.json": Read(
        "azure-devops",
        "Azure DevOps",
        (3, 1),
        ["Shop.PushTest.IsIdempotent [G4.push-idempotency]"],
        ["Shop.PushTest.RejectsAStaleVersion: Expected: 3"],
        at="2026-03-02T10:00:00+00:00",
    ),
    "gitlab.json": Read(
        "gitlab",
        "GitLab",
        (3, 1),
        ["unit > Push > is idempotent [G4.push-idempotency]"],
        ["unit > Push > rejects a stale version: expected: 3 @spec/push_spec.rb"],
    ),
    "jenkins.json": Read(
        "jenkins",
        "Jenkins",
        (4, 1),
        ["shop.PushTest > is idempotent [G4.push-idempotency]", "shop.PushTest > was fixed"],
        ["shop.PushTest > rejects a stale version: expected: <3> but was: <2>"],
        at="2026-03-02T10:00:00+00:00",
    ),
    "dbt.json": Read(
        "dbt",
        "dbt 1.8.7",
        (3, 1),
        ["test.shop.unique_orders_id.fed79b3a6e"],
        ["test.shop.not_null_orders_total.0123456789: Got 2 results, configured to fail if != 0"],
        at="2026-03-02T10:00:01+00:00",
    ),
    "great_expectations.json": Read(
        "great-expectations",
        "Great Expectations 1.2.4",
        (2, 0),
        ["orders > expect_column_values_to_be_unique id"],
        ["orders > expect_column_values_to_not_be_null total"],
        at="2026-03-02T10:00:00+00:00",
    ),
    "terraform.jsonl": Read(
        "terraform",
        "Terraform 1.9.8",
        (3, 1),
        ["is_idempotent"],
        [
            "rejects_a_stale_version @tests/push.tftest.hcl",
            "an error outside of the tests: Test assertion failed",
        ],
        at="2026-03-02T10:00:00+00:00",
    ),
    "inspec.json": Read(
        "inspec",
        "InSpec 5.22.58",
        (3, 1),
        ["shop > push-1 > File /etc/shop is expected to exist [G4.push-idempotency]"],
        [
            "shop > push-1 > File /etc/shop mode is expected to eq 384 [G4.push-idempotency]: expected: 384 @shop/controls/push.rb:1"
        ],
        at="2026-03-02T10:00:00+00:00",
    ),
    "goss.json": Read(
        "goss",
        "goss",
        (3, 1),
        ["Port > tcp:443 listening [G4.push-idempotency]"],
        ["Port > tcp:22 listening: Port: tcp:22: listening: is not as expected: [true]"],
    ),
}


@pytest.mark.parametrize("name", FIXTURES)
def test_what_comes_out_of_the_report_of_a_tool(name: str) -> None:
    collected = collect(tests, fixture("tests", name))
    [origin], found = collected.origins, collected.facts
    assert (
        Read(
            origin.format,
            origin.producer,
            (found.total, found.skipped),
            [*(found.passed or ())],
            [*map(placed, found.failed)],
            tuple(flaky.message for flaky in found.flaky or ()),
            origin.produced_at.isoformat(timespec="seconds") if origin.produced_at else None,
            origin.commit,
            origin.partial,
        )
        == FIXTURES[name]
    )
    assert origin.not_understood == ()


Edit = Callable[[Any], object]


def changed(name: str, edit: Edit) -> str:
    """Return a fixture in JSON after an edit of it."""
    document = json.loads(fixture("tests", name))
    edit(document)
    return json.dumps(document)


def lines(name: str, *, but: str = "", extra: str = "") -> str:
    """Return a fixture in JSON Lines without the lines that have a text, and with others."""
    kept = [line for line in fixture("tests", name).decode().splitlines() if not but or but not in line]
    return "\n".join([*kept, *extra.splitlines()])


FAILED_MOCHA = {"fullTitle": "b", "err": {"message": "no"}, "currentRetry": 0}
PASSED_PLAYWRIGHT = playwright("expected", "passed")
INCOMPLETE = {
    "mocha: its counters name more": (
        json.dumps(mocha() | {"stats": {"suites": 1, "passes": 3, "failures": 0, "pending": 0}}),
        ["3 tests are counted, but 1 are listed"],
    ),
    "mocha: they name fewer that passed": (
        json.dumps(mocha() | {"stats": {"suites": 1, "passes": 0, "failures": 0, "pending": 1}}),
        ["0 passed tests are counted, but 1 are listed", "1 skipped tests are counted, but 0 are listed"],
    ),
    "Playwright: its counters name fewer that passed": (
        json.dumps(
            playwright("flaky", "passed")
            | {"stats": {"unexpected": 0, "expected": 1, "flaky": 0, "skipped": 0}}
        ),
        ["1 passed tests are counted, but 2 are listed"],
    ),
    "Playwright: a shard": (
        json.dumps(PASSED_PLAYWRIGHT | {"config": {"shard": {"total": 3, "current": 1}}}),
        ["it is one shard of the run; merge all: `playwright merge-reports --reporter json`"],
    ),
    "Playwright: --grep": (
        json.dumps(PASSED_PLAYWRIGHT | {"config": {"argv": ["node", "test", "--grep", "@smoke"]}}),
        ["the command selects tests"],
    ),
    "RSpec: --example": (
        json.dumps(rspec("passed", 0) | {"messages": ["Run options: include {:full_description=>/a/}"]}),
        ["the command selects examples"],
    ),
    "pytest: -k": (
        changed("pytest-json-report.json", lambda of: of["summary"].update(deselected=2, collected=10)),
        ["2 tests were deselected"],
    ),
    "pytest: -x": (
        changed("pytest-json-report.json", lambda of: of["summary"].update(collected=20)),
        ["20 tests were collected, and 8 have run"],
    ),
    "pytest: cut log": (lines("pytest-reportlog.jsonl", but="SessionFinish"), ["the run did not finish"]),
    "Cucumber: cut messages": (
        lines("cucumber.ndjson", but="testRunFinished"),
        ["the run did not finish"],
    ),
    "Cucumber: tests that did not start": (
        messages("PASSED") + '\n{"testCase": {"id": "u", "pickleId": "p", "testSteps": []}}',
        ["1 planned tests did not run"],
    ),
    "Behave: --stop": (
        changed(
            "behave.json", lambda of: of.append({"keyword": "Feature", "name": "Pull", "status": "untested"})
        ),
        ["the feature 'Pull' did not run"],
    ),
    "Bruno: --bail": (
        json.dumps([of | {"summary": of["summary"] | {"skippedRequests": 1}} for of in bruno("pass")]),
        ["requests were skipped"],
    ),
    "Ginkgo: focus": (
        changed("ginkgo.json", lambda of: of[0].update(SuiteHasProgrammaticFocus=True)),
        ["specs are focused"],
    ),
    "Dart: cut": (lines("dart.jsonl", but='"done"'), ["the run did not finish"]),
    "Dart: interrupted": (
        lines("dart.jsonl").replace('"success": false', '"success": null'),
        ["the run did not finish"],
    ),
    "Bazel: cut": (lines("bazel.jsonl", but="exitCode"), ["the build did not finish"]),
    "Terraform: cut": (lines("terraform.jsonl", but='"test_summary"'), ["the run did not finish"]),
    "CircleCI: a page": (
        changed("circleci.json", lambda of: of.update({"next_page_token": "abc"})),
        ["it is one page of several"],
    ),
    "Azure DevOps: a full page": (
        changed("azure-devops.json", lambda of: of.update(count=1000)),
        ["the page is full, so there may be others", "1000 tests are counted, but 3 are listed"],
    ),
    "dbt: --select": (
        changed("dbt.json", lambda of: of["args"].update(select=["orders"])),
        ["the command selects nodes"],
    ),
    "InSpec: a profile": (
        changed("inspec.json", lambda of: of["profiles"][0].update(status="skipped")),
        ["a profile was not run"],
    ),
}


@pytest.mark.parametrize("name", INCOMPLETE)
def test_a_report_that_is_not_whole_is_partial(name: str) -> None:
    report, partial = INCOMPLETE[name]
    [origin] = collect(tests, report).origins
    assert [any(why.startswith(part) for why in origin.partial) for part in partial] == [True] * len(partial)


def without_tests(report: dict[str, Any], *lists: str, **stats: Any) -> str:
    return json.dumps(report | {name: [] for name in lists} | stats)


NOTHING = {
    "mocha": without_tests(
        mocha(), "tests", "passes", stats={"suites": 0, "passes": 0, "failures": 0, "pending": 0}
    ),
    "Playwright": without_tests(PASSED_PLAYWRIGHT, "suites", stats={"unexpected": 0, "expected": 0}),
    "RSpec": without_tests(
        rspec("passed", 0), "examples", summary={"example_count": 0, "errors_outside_of_examples_count": 0}
    ),
    "Newman": json.dumps(newman() | {"run": {"executions": [], "stats": {"assertions": {}}, "failures": []}}),
    "Cucumber": json.dumps([{"keyword": "Feature", "name": "f", "elements": []}]),
    "messages": "\n".join(messages("PASSED").splitlines()[::8]),
    "pytest": without_tests(pytest_json("passed"), "tests", summary={"total": 0, "collected": 0}, exitcode=5),
    "reportlog": "\n".join(reportlog("passed").splitlines()[::7]),
    "Allure": json.dumps(
        {"uuid": "1", "children": [], "befores": [{"name": "a", "status": "passed"}], "afters": []}
    ),
}


@pytest.mark.parametrize("name", NOTHING)
def test_a_report_without_a_test_is_no_evidence(name: str) -> None:
    assert outcome(tests, NOTHING[name]) == "absent: reports holds no test"


def status_of(report: Any, *path: Any) -> Edit:
    """Return the edit that puts a word which no format knows at a path."""

    def edit(document: Any) -> None:
        *owners, last = path
        for step in owners:
            document = document[step]
        assert last in document
        document[last] = report

    return edit


PASSED_AT: dict[str, tuple[Any, ...]] = {
    "mochawesome.json": ("results", 0, "tests", 0, "state"),
    "playwright.json": ("suites", 0, "suites", 0, "suites", 0, "specs", 0, "tests", 0, "status"),
    "cucumber.json": (0, "elements", 0, "steps", 0, "result", "status"),
    "behave.json": (0, "elements", 1, "steps", 0, "result", "status"),
    "rspec.json": ("examples", 4, "status"),
    "pytest-json-report.json": ("tests", 0, "outcome"),
    "bruno.json": (0, "results", 0, "testResults", 1, "status"),
    "robot.json": ("suite", "suites", 0, "tests", 0, "status"),
    "gtest.json": ("testsuites", 0, "testsuite", 0, "result"),
    "ginkgo.json": (0, "SpecReports", 1, "State"),
    "catch2.json": ("test-run", "test-cases", 0, "totals", "assertions", "failed"),
    "gauge.json": ("specResults", 0, "scenarios", 0, "executionStatus"),
    "azure-devops.json": ("value", 0, "outcome"),
    "gitlab.json": ("test_suites", 0, "test_cases", 0, "status"),
    "jenkins.json": ("suites", 0, "cases", 0, "status"),
    "circleci.json": ("items", 0, "result"),
    "buildkite.json": (0, "result"),
    "wdio.json": ("suites", 0, "tests", 0, "state"),
    "dbt.json": ("results", 1, "status"),
    "apex.json": ("tests", 0, "Outcome"),
    "xcresult.json": ("testNodes", 0, "children", 0, "children", 0, "children", 0, "result"),
    "inspec.json": ("profiles", 0, "controls", 0, "results", 0, "status"),
    "forge.json": ("test/Push.t.sol:PushTest", "test_results", "test_IsIdempotent()", "status"),
    "hurl.json": (0, "success"),
    "goss.json": ("results", 0, "successful"),
    "great_expectations.json": ("results", 0, "success"),
}


@pytest.mark.parametrize("word", ["timedOut", "maybe", "", None, 7])
@pytest.mark.parametrize("name", PASSED_AT)
def test_a_status_that_is_not_known_is_a_failure_or_refused(name: str, word: Any) -> None:
    report = changed(name, status_of(word, *PASSED_AT[name]))
    if outcome(tests, report) != "collected":
        assert outcome(tests, report).startswith("unreadable: ")
        return
    found, known = facts(tests, report), FIXTURES[name]
    assert len(found.passed) == len(known.passed) - 1
    assert len(set(map(placed, found.failed)) - {*known.failed}) >= 1


@pytest.mark.parametrize(
    ("name", "path"),
    {
        "mocha.json": ("stats", "failures"),
        "mochawesome.json": ("stats", "failures"),
        "playwright.json": ("stats", "unexpected"),
        "rspec.json": ("summary", "failure_count"),
        "newman.json": ("run", "stats", "assertions", "failed"),
        "pytest-json-report.json": ("summary", "failed"),
        "robot.json": ("statistics", "total", "fail"),
        "gitlab.json": ("failed_count",),
        "jenkins.json": ("failCount",),
        "goss.json": ("summary", "failed-count"),
    }.items(),
)
def test_a_number_in_text_is_no_number(name: str, path: tuple[str, ...]) -> None:
    assert outcome(tests, changed(name, status_of("0", *path))).startswith("unreadable: ")


@pytest.mark.parametrize("name", FIXTURES)
def test_a_file_that_was_cut_is_refused_or_partial(name: str) -> None:
    content = fixture("tests", name)
    cut = content[: len(content) * 2 // 3]
    assert outcome(tests, cut).startswith("unreadable: ") or collect(tests, cut).origins[0].partial


@pytest.mark.parametrize(
    ("report", "failed"),
    [
        # An error outside of the tests.
        (json.dumps(PASSED_PLAYWRIGHT | {"errors": [{"message": "no database"}]}), "an error outside of the tests: no database"),
        (json.dumps(rspec("passed", 1) | {"messages": ["\nAn error occurred while loading a.rb."]}), "an error outside of the tests: An error occurred while loading a.rb."),
        (json.dumps(rspec("passed", 1)), "the run failed, but no failed test is listed"),
        (json.dumps(pytest_json("passed") | {"exitcode": 3}), "pytest ended with the exit code 3"),
        (
            json.dumps(pytest_json("passed") | {"exitcode": 2, "collectors": [{"nodeid": "b.py", "outcome": "failed", "longrepr": "b.py:1: in <module>\n    x\nE   NameError: x"}]}),
            "b.py: NameError: x",
        ),
        (reportlog("passed").replace('"exitstatus": 0', '"exitstatus": 2'), "pytest ended with the exit status 2"),
        (reportlog("passed").replace('"when": "teardown"', '"when": "call"'), "a: it did not end"),
        (
            lines("pytest-reportlog.jsonl", extra='{"$report_type": "CollectReport", "nodeid": "b.py", "outcome": "failed", "longrepr": {"longrepr": "E   x"}}'),
            "b.py",
        ),
        (
            messages("PASSED").replace('"success": true', '"success": false'),
            "the run failed, but no failed test is listed",
        ),
        (
            messages("PASSED") + '\n{"parseError": {"source": {"uri": "g.feature"}, "message": "(1:1): expected"}}',
            "a feature that does not parse: (1:1): expected",
        ),
        (
            messages("PASSED") + '\n{"testRunHookFinished": {"result": {"status": "FAILED", "message": "no database"}}}',
            "a hook of the run: no database",
        ),
        (
            "\n".join(line for line in messages("PASSED").splitlines() if "testCaseFinished" not in line),
            "s: it did not end",
        ),
        (
            json.dumps([cucumber("passed")[0] | {"status": "hook_error"}]),
            "f: the feature is hook_error",
        ),
        (
            lines("dart.jsonl", but='"testID": 7'),
            "Push > merges: it did not end",
        ),
        (
            json.dumps(newman() | {"run": newman()["run"] | {"error": {"message": "no collection"}}}),
            "an error outside of the tests: no collection",
        ),
        (
            json.dumps({"attachments": [], "errors": [{"message": "no database", "timestamp": 1}]}),
            "an error outside of the tests: no database",
        ),
        (
            changed("gitlab.json", lambda of: of["test_suites"][0].update(suite_error="JUnit XML parsing failed")),
            "an error outside of the tests: JUnit XML parsing failed",
        ),
        (
            changed("dbt.json", lambda of: of["results"][0].update(status="error")),
            "an error outside of the tests: model.shop.orders: error",
        ),
        (
            changed("ginkgo.json", lambda of: of[0].update(SpecialSuiteFailureReasons=["Interrupted by User"])),
            "an error outside of the tests: Interrupted by User",
        ),
        (changed("gitlab.json", lambda of: of.update(error_count=2)), "3 tests failed, but 1 are listed"),
        (json.dumps(rspec("maybe", 0)), "g > b: status 'maybe'"),
        (json.dumps({**(of := pytest_json("passed")), "tests": [of["tests"][0] | {"teardown": {"outcome": "failed"}}]}), "a: a stage of it did not pass"),
        (
            json.dumps(newman() | {"run": newman()["run"] | {"failures": [{"at": "test-script"}]}}),
            "the run failed, but no failed test is listed",
        ),
        (
            lines("bazel.jsonl", but="version_test").replace("TESTS_FAILED", "BUILD_FAILURE"),
            "the run failed, but no failed test is listed",
        ),
        (
            changed("ginkgo.json", lambda of: of[0]["SpecReports"][0].update(State="failed")),
            "Shop Suite > BeforeSuite",
        ),
    ],
)  # fmt: skip
def test_what_fails_besides_the_tests_is_a_failure(report: str, failed: str) -> None:
    assert any(finding.message.startswith(failed) for finding in facts(tests, report).failed)


def scenarios(*elements: dict[str, Any]) -> str:
    return json.dumps([{"keyword": "Feature", "name": "f", "uri": "f.feature", "elements": elements}])


def scenario(*statuses: str, **more: Any) -> dict[str, Any]:
    steps = [{"keyword": "Given ", "name": word, "result": {"status": word}} for word in statuses]
    return {
        "type": "scenario",
        "keyword": "Scenario",
        "name": "s",
        "id": "f;s",
        "line": 2,
        "steps": steps,
    } | more


BROKEN_HOOK = [{"result": {"status": "failed", "error_message": "no database"}, "match": {}}]


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (scenarios(scenario("passed", "passed")), (1, 0, [], [])),
        (scenarios(scenario("passed", "skipped")), (1, 1, [], [])),
        (scenarios(scenario("passed", "undefined", "skipped")), (1, 0, ["f > s: the step 'undefined' is undefined"], [])),
        (scenarios(scenario()), (1, 0, ["f > s: it has no step"], [])),
        (scenarios(scenario("passed", before=BROKEN_HOOK)), (1, 0, ["f > s: no database"], [])),
        (scenarios(scenario("passed", after=BROKEN_HOOK)), (1, 0, ["f > s: no database"], [])),
        # The background of Cucumber-JVM and of Ruby is an element before the scenario.
        (scenarios(scenario("failed", type="background"), scenario("skipped")), (1, 0, ["f > s: the step 'failed' is failed"], [])),
        (scenarios(scenario("passed", type="background"), scenario("passed")), (1, 0, [], [])),
        (scenarios(scenario("passed"), scenario("failed", type="background")), (2, 0, ["f > s: the step 'failed' is failed"], [])),
        # A scenario that was run again is listed again; an example of an outline has another line.
        (scenarios(scenario("failed"), scenario("passed")), (1, 0, [], ["f > s: the step 'failed' is failed"])),
        (scenarios(scenario("passed"), scenario("failed")), (2, 0, ["f > s: the step 'failed' is failed"], [])),
        (scenarios(scenario("failed"), scenario("passed", line=3)), (2, 0, ["f > s: the step 'failed' is failed"], [])),
    ],
)  # fmt: skip
def test_a_scenario_passed_if_every_step_and_hook_passed(report: str, expected: tuple[Any, ...]) -> None:
    found = facts(tests, report)
    failed, flaky = ([finding.message for finding in group] for group in (found.failed, found.flaky))
    assert (found.total, found.skipped, failed, flaky) == expected


def test_a_scenario_that_behave_skipped_has_steps_without_results() -> None:
    element = {
        "type": "scenario",
        "keyword": "Scenario",
        "name": "s",
        "location": "f.feature:2",
        "status": "skipped",
    }
    found = facts(
        tests, scenarios(element | {"steps": [{"keyword": "Given", "step_type": "given", "name": "a"}]})
    )
    assert (found.total, found.skipped, found.failed) == (1, 1, ())


def test_durations_of_steps_are_nanoseconds_and_those_of_behave_seconds() -> None:
    step = {"keyword": "Given ", "name": "a", "result": {"status": "passed", "duration": 2_000_000_000}}
    assert facts(tests, scenarios(scenario() | {"steps": [step]})).duration_s == 2
    step["result"] = {"status": "passed", "duration": 0.5}
    assert facts(tests, scenarios(scenario(location="f.feature:2") | {"steps": [step]})).duration_s == 0.5


def test_an_example_of_an_outline_is_where_its_row_is() -> None:
    row = {"id": "row", "location": {"line": 7}, "cells": []}
    outline = {"id": "n", "location": {"line": 3}, "name": "s", "examples": [{"tableBody": [row]}]}
    rule = {"rule": {"name": "r", "children": [{"scenario": outline}]}}
    feature = {"gherkinDocument": {"uri": "f.feature", "feature": {"name": "f", "children": [rule]}}}
    report = (
        messages("FAILED").replace('"astNodeIds": []', '"astNodeIds": ["n", "row"]')
        + "\n"
        + json.dumps(feature)
    )
    assert facts(tests, report).failed == (Finding("f > r > s: a hook is failed", "f.feature", 7),)


def test_parameters_of_pytest_may_hold_what_separates_the_parts_of_an_id() -> None:
    report = json.dumps(pytest_json("passed")).replace("a.py::b", "t/a.py::T::b[x::y/z.py]")
    assert facts(tests, report).passed == ("a", "t.a.T > b[x::y/z.py]")


def test_every_described_format_has_a_fixture_and_a_failed_test() -> None:
    described = descriptions.own("tests")
    shown = {load.example.in_ for load in map(descriptions.load, described.values()) if load.example}
    assert described.keys() <= FAILED_TESTS.keys()
    assert len(shown) == len(described)
    assert shown <= FIXTURES.keys()


def test_a_test_that_is_expected_to_fail_is_no_pass() -> None:
    report = playwright("expected", "failed")
    report["suites"][0]["specs"][1]["tests"][0]["expectedStatus"] = "failed"
    found = facts(tests, json.dumps(report))
    assert (found.passed, found.skipped, found.failed) == (("a",), 1, ())


def dry_run_of_mocha(report: dict[str, Any]) -> None:
    for test in report["passes"]:
        del test["duration"]


def of_robot(body: list[Any], message: str = "") -> Edit:
    """Return an edit that gives the test of Robot Framework that passed keywords and a message."""

    def edit(report: Any) -> None:
        waiting = [report["suite"]]
        while waiting:
            suite = waiting.pop()
            waiting += suite.get("suites", ())
            for test in suite.get("tests", ()):
                if test["status"] == "PASS":
                    test.update(body=body, message=message)

    return edit


NOT_RUN = {"name": "Log", "status": "NOT RUN"}


@pytest.mark.parametrize(
    "report",
    [
        changed("mocha.json", dry_run_of_mocha),
        changed("pytest-json-report.json", lambda of: [test.pop("call", None) for test in of["tests"]]),
        lines("pytest-reportlog.jsonl", but='"when": "call"'),
        changed("ginkgo.json", lambda of: [suite["SuiteConfig"].update(DryRun=True) for suite in of]),
        changed("robot.json", of_robot([NOT_RUN])),
        changed("robot.json", of_robot([{"name": "Own", "status": "PASS", "body": [NOT_RUN]}])),
    ],
)
def test_a_test_of_a_dry_run_is_no_pass(report: str) -> None:
    assert not facts(tests, report).passed


def test_a_test_of_robot_framework_that_rebot_merged_is_flaky_if_it_had_failed() -> None:
    keyword = {"name": "Log", "status": "PASS", "body": [{"type": "MESSAGE", "message": "x"}]}
    said = '*HTML* Old status:</span> <span class="fail">FAIL</span>'
    found = facts(tests, changed("robot.json", of_robot([keyword], said)))
    assert found.passed
    assert [of.message.partition(":")[0] for of in found.flaky] == [*found.passed]


def test_a_file_of_robot_framework_with_an_error_makes_its_output_partial() -> None:
    said = "Error in file 'a.robot' on line 2: Importing library 'Shop' failed."
    report = changed("robot.json", lambda of: of.update(errors=[{"message": said, "level": "ERROR"}]))
    [origin] = collect(tests, report).origins
    assert origin.partial == (f"a file has an error: {said}",)


def test_a_test_of_playwright_that_was_interrupted_failed() -> None:
    found = facts(tests, json.dumps(playwright("skipped", "interrupted")))
    assert (found.passed, [of.message for of in found.failed]) == (("a",), ["b: status 'interrupted'"])


def test_a_container_of_allure_may_have_no_children() -> None:
    container = {"uuid": "c", "befores": [{"name": "x", "status": "broken"}], "afters": [{"name": "y"}]}
    assert [of.message for of in facts(tests, json.dumps(container)).failed] == ["x: status 'broken'"]


START = 1_772_445_600_000


def test_a_container_of_allure_is_of_the_time_at_which_its_fixtures_began() -> None:
    container = {"uuid": "c", "children": [], "befores": [{"name": "x", "status": "failed"}], "start": START}
    assert collect(tests, json.dumps(container)).origins[0].produced_at == datetime.fromtimestamp(
        START / 1000, UTC
    )


def test_headers_of_bruno_hold_no_tests() -> None:
    def with_headers(report: list[Any]) -> None:
        for result in report[0]["results"]:
            result["request"] = {"method": "GET", "url": "/", "headers": {}}
            result["response"] = {"status": 200, "headers": {"server": "shop"}, "data": [{"id": 1}]}

    [origin] = collect(tests, changed("bruno.json", with_headers)).origins
    assert origin.not_understood == ()


def test_a_subtest_of_pytest_that_failed_fails_its_test() -> None:
    entry = {"nodeid": "a.py::b", "when": "call", "outcome": "failed", "longrepr": "E   assert 0"}
    subtest = json.dumps({"$report_type": "SubTestReport", **entry})
    passed = reportlog("passed").splitlines()
    found = facts(tests, "\n".join([*passed[:5], subtest, *passed[5:]]))
    assert [of.message for of in found.failed] == ["a > b: assert 0"]


def test_playwright_states_the_commit_wherever_it_has_it() -> None:
    for metadata in (
        {"gitCommit": {"hash": "a" * 40}},
        {"ci": {"commitHash": "a" * 40}},
        {"revision.id": "a" * 40},
    ):
        report = PASSED_PLAYWRIGHT | {"config": {"metadata": metadata}}
        assert collect(tests, json.dumps(report)).origins[0].commit == "a" * 40


def test_messages_of_cucumber_name_the_commit_and_repository() -> None:
    git = {"remote": "https://git.example/shop.git", "revision": "b" * 40}
    report = messages("PASSED").replace(
        '{"protocolVersion"', f'{{"ci": {{"git": {json.dumps(git)}}}, "protocolVersion"'
    )
    [origin] = collect(tests, report).origins
    assert origin.commit == "b" * 40
    assert [subject.name for subject in origin.subjects] == ["https://git.example/shop.git"]


def test_a_scenario_that_failed_in_every_attempt_is_one_test() -> None:
    whole = fixture("tests", "cucumber.ndjson").decode().splitlines()
    started = [json.loads(line)["testCaseStarted"] for line in whole if "testCaseStarted" in json.loads(line)]
    failed = [
        of["testCaseStartedId"]
        for line in whole
        if (of := json.loads(line).get("testStepFinished")) and of["testStepResult"]["status"] == "FAILED"
    ]
    id_ = next(of["id"] for of in started if of["id"] in failed)
    again = [line.replace(f'"{id_}"', '"again"') for line in whole if f'"{id_}"' in line]
    before = facts(tests, "\n".join(whole))
    after = facts(tests, "\n".join([*whole[:-1], *again, whole[-1]]))
    assert (after.total, len(after.failed)) == (before.total, len(before.failed))


def test_runs_that_buildkite_lists_of_one_test_are_united() -> None:
    def again(executions: list[Any]) -> None:
        executions.append(executions[1] | {"id": "2", "result": "passed", "failure_reason": None})

    found = facts(tests, changed("buildkite.json", again))
    assert (found.total, found.failed) == (3, ())
    assert [flaky.message for flaky in found.flaky] == [
        "Push > rejects a stale version: Failure/Error: expect(2).to eq 3"
    ]


def test_a_rerun_of_pytest_that_failed_again_is_a_failure() -> None:
    report = changed("pytest-json-report.json", lambda of: of["tests"][6]["call"].update(outcome="failed"))
    found = facts(tests, report)
    assert "test_push > test_retries: status 'rerun'" in [finding.message for finding in found.failed]
    assert found.flaky == ()


def test_metadata_and_user_properties_tag_tests_of_pytest() -> None:
    report = changed(
        "pytest-json-report.json",
        lambda of: of["tests"][0].update(metadata={"gate": ["G4.push"], "owner": "G5.x"}),
    )
    assert facts(tests, report).passed[0] == "test_push.TestPush > test_is_idempotent [G4.push]"
    log = reportlog("passed").replace(
        '"duration"', '"user_properties": [["gate", "G4.push"], ["owner", "G5.x"]], "duration"'
    )
    assert facts(tests, log).passed[0] == "a [G4.push]"


def test_parameters_of_allure_tell_tests_apart() -> None:
    parameters = [{"name": "lines", "value": "2"}, {"name": "seed", "value": "9", "excluded": True}]
    report = json.loads(fixture("tests", "allure.json")) | {"parameters": parameters, "status": "passed"}
    assert facts(tests, json.dumps(report)).passed == ("Push > pushes twice > rejects a stale version (2)",)


def allure_result(name: str, status: str, start: int | None, history: str = "h") -> str:
    labels = [{"name": "suite", "value": "Push"}, {"name": "tag", "value": "G4.push"}]
    named = {"uuid": f"{name}{start}", "historyId": history, "name": name, "labels": labels, "status": status}
    at = {} if start is None else {"start": start, "stop": start + 5}
    return json.dumps(named | at | {"statusDetails": {} if status == "passed" else {"message": "no"}})


def folder(*results: str) -> dict[str, str]:
    container = {"uuid": "3", "children": ["1"], "befores": [], "afters": [{"name": "a", "start": 1}]}
    files = {f"r/{number}-result.json": result for number, result in enumerate(results)}
    others = {
        "0123456789abcdef0123456789abcdef-attachment.png": "PNG",
        "executor.json": "{}",
        "categories.json": "[]",
    }
    return (
        files
        | {"r/0-container.json": json.dumps(container)}
        | {f"r/allure-results/{name}": text for name, text in others.items()}
    )


NOON = 1_772_452_800_000


@pytest.mark.parametrize(
    ("results", "passed", "failed", "flaky"),
    [
        (
            [allure_result("a", "passed", NOON), allure_result("b", "broken", NOON, "i")],
            ["Push > a [G4.push]"],
            ["Push > b [G4.push]: no"],
            [],
        ),
        # The runs of a test are in files of their own, in no order.
        (
            [allure_result("a", "passed", NOON + 9), allure_result("a", "failed", NOON)],
            ["Push > a [G4.push]"],
            [],
            ["Push > a [G4.push]: no"],
        ),
        (
            [allure_result("a", "passed", NOON), allure_result("a", "failed", NOON + 9)],
            ["Push > a [G4.push]"],
            ["Push > a [G4.push]: no"],
            [],
        ),
        # Another test of the name, and a run that may be the last.
        (
            [allure_result("a", "passed", NOON + 9), allure_result("a", "failed", NOON, "other")],
            ["Push > a [G4.push]"],
            ["Push > a [G4.push]: no"],
            [],
        ),
        (
            [allure_result("a", "passed", NOON), allure_result("a", "failed", None)],
            ["Push > a [G4.push]"],
            ["Push > a [G4.push]: no"],
            [],
        ),
    ],
)
def test_a_folder_of_allure_has_a_file_for_each_run(
    results: list[str], passed: list[str], failed: list[str], flaky: list[str]
) -> None:
    collected = collected_as("tests", tree(folder(*results), "r"), {})
    found = collected.facts
    assert [*found.passed] == passed
    assert [finding.message for finding in found.failed] == failed
    assert [finding.message for finding in found.flaky] == flaky
    assert len(collected.origins) == 6
    assert {origin.produced_at for origin in collected.origins} >= {datetime(2026, 3, 2, 12, 0, tzinfo=UTC)}


@pytest.mark.published(CASES)
@pytest.mark.parametrize(("case", "name"), [("playwright.json", "greets"), ("cucumber.json", "F > S")])
def test_reports_that_were_refused(case: str, name: str) -> None:
    collected = collect(tests, (CASES / "tests" / case).read_bytes())
    found = collected.facts
    assert (found.total, found.passed, found.failed, found.skipped) == (1, (name,), (), 0)
    assert all(not origin.partial and not origin.not_understood for origin in collected.origins)
