"""Test reports: JUnit XML in its dialects, jest and vitest JSON, CTRF."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.artefacts import chosen, collect, facts, fixture, outcome, short
from gatekeeper.collectors.tests import facts as tests_facts
from gatekeeper.collectors.tests import read as tests
from gatekeeper.model.evidence import Finding, Subject, SubjectType


def test_vitest_junit_gives_names_without_the_file_and_findings_with_it() -> None:
    collected = collect(tests, fixture("tests", "vitest.xml"))
    assert collected.format == "junit"
    assert collected.produced_at == datetime(2026, 3, 2, 10, 0, 0, 92000, tzinfo=UTC)
    assert collected.facts == tests_facts.TestsFacts(
        total=5,
        passed=(
            "order > adding a line > raises the total",
            'order > adding a line > refuses a "negative" amount',
        ),
        failed=(
            Finding(
                "order > is frozen when paid: expected true to be false // Object.is equality",
                "src/domain/order.spec.ts",
            ),
            Finding("src/domain/broken.spec.ts: Cannot find module './gone'", "src/domain/broken.spec.ts"),
        ),
        skipped=1,
        skipped_pct=20.0,
        flaky=(),
        duration_s=0.004,
        counted_from="cases",
    )


def test_pytest_junit_has_naive_timestamps_and_errors() -> None:
    collected = collect(tests, fixture("tests", "pytest.xml"))
    assert collected.produced_at == datetime(2026, 3, 2, 10, 0, 0, 966371, tzinfo=UTC)
    assert collected.facts == tests_facts.TestsFacts(
        total=4,
        passed=("pytest > tests.test_order.TestTotal > test_sum[1-2]",),
        failed=(
            Finding("pytest > tests.test_order.TestTotal > test_tax: assert 3 == 4"),
            Finding(
                'pytest > tests.test_order > test_database: failed on setup with "OSError"',
                "tests/test_order.py",
                30,
            ),
        ),
        skipped=1,
        skipped_pct=25.0,
        flaky=(),
        duration_s=1.5,
        counted_from="cases",
    )


def test_vitest_json_counts_a_file_that_failed_to_load_as_a_failure_but_no_test() -> None:
    collected = collect(tests, fixture("tests", "vitest.json"))
    assert collected.format == "jest-json"
    assert collected.produced_at == datetime(2026, 3, 2, 10, 0, 0, 896000, tzinfo=UTC)
    assert collected.facts == tests_facts.TestsFacts(
        total=5,
        passed=("order > adding a line > raises the total", "steady"),
        failed=(
            Finding(
                "order > is frozen when paid: AssertionError: expected true to be false",
                "/ci/app/src/order.spec.ts",
                38,
            ),
            Finding(
                "/ci/app/src/broken.spec.ts: Cannot find module './gone' imported from"
                " '/ci/app/src/broken.spec.ts'",
                "/ci/app/src/broken.spec.ts",
            ),
        ),
        skipped=2,
        skipped_pct=40.0,
        flaky=(),
        duration_s=0.005,
        counted_from="cases",
    )


def test_ctrf_takes_a_status_without_a_name_of_its_own_for_a_failure() -> None:
    collected = collect(tests, fixture("tests", "ctrf.json"))
    assert collected.format == "ctrf"
    assert collected.produced_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert collected.facts == tests_facts.TestsFacts(
        total=5,
        passed=("login > signs in", "login > signs out"),
        failed=(
            Finding("login > resets a password: Timed out", "e2e/login.spec.ts", 12),
            Finding("login > locks out: status 'other'"),
        ),
        skipped=1,
        skipped_pct=20.0,
        flaky=(),
        duration_s=2.0,
        counted_from="cases",
    )


def suite(cases: str, attributes: str = "") -> str:
    return f'<testsuite name="s" {attributes}>{cases}</testsuite>'


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(
            '<testsuite tests="2"><testsuite tests="2"><testcase name="a"/><testcase name="b"/></testsuite>'
            "</testsuite>",
            {"total": 2, "passed": ("a", "b"), "failed": (), "skipped": 0},
            id="the counters of nested suites are not added up",
        ),
        pytest.param(
            "<testsuites><testsuite><testcase/><testcase><failure/></testcase></testsuite></testsuites>",
            {"total": 2, "failed": (Finding("(a test without a name)"),), "duration_s": None},
            id="no attributes at all",
        ),
        pytest.param(
            suite('<testcase name="a"><skipped/><failure message="no"/></testcase>'),
            {"total": 1, "failed": (Finding("s > a: no"),), "skipped": 0, "passed": ()},
            id="of a skip and a failure the failure counts",
        ),
        pytest.param(
            suite('<testcase name="a"><failure>\n  first\n  second</failure><skipped/></testcase>'),
            {"failed": (Finding("s > a: first"),), "skipped": 0},
            id="the order of the results does not matter, and text replaces a message",
        ),
        pytest.param(
            suite('<testcase name="a"><failure message="one"/><error message="two"/></testcase>'),
            {"total": 1, "failed": (Finding("s > a: one"),)},
            id="a case that failed twice is one failure",
        ),
        pytest.param(
            suite(
                '<testcase name="a" status="notrun" result="suppressed"/>'
                '<testcase name="b" status="disabled"/><testcase name="c" status="run"/>'
            ),
            {"total": 3, "passed": ("s > c",), "skipped": 2},
            id="gtest's disabled tests are skipped",
        ),
        pytest.param(
            suite('<testcase name="a" status="failed"/>'),
            {"failed": (Finding("s > a"),), "passed": ()},
            id="a failure in an attribute alone",
        ),
        pytest.param(
            suite('<testcase name="a"><rerunFailure message="once"/></testcase>'),
            {"passed": (), "failed": (Finding("s > a: once"),)},
            id="only a test that failed to the end has reruns that failed",
        ),
        pytest.param(
            suite('<testcase name="a"/><error message="no fixture"/>'),
            {"total": 1, "failed": (Finding("s: no fixture"),)},
            id="an error of the suite itself is a failure",
        ),
        pytest.param(
            '<testsuites><testsuite name="s" tests="1" failures="0"><testcase name="a"/></testsuite>'
            '<testsuite name="t" tests="0" errors="1"/></testsuites>',
            {
                "total": 1,
                "passed": ("s > a",),
                "failed": (Finding("t: 1 failed or in error, but 0 are listed"),),
            },
            id="a suite that counts an error and lists none has failed",
        ),
        pytest.param(
            '<testsuites failures="2"><testsuite name="s"><testcase name="a"/></testsuite></testsuites>',
            {"failed": (Finding("the report: 2 failed or in error, but 0 are listed"),)},
            id="so has a report",
        ),
        pytest.param(
            '<testsuites tests="5" failures="1" errors="1" skipped="1" disabled="1" time="1,234.5">'
            '<testsuite tests="5"/></testsuites>',
            {
                "total": 5,
                "passed": None,
                "failed": (Finding("the report: 2 failed or in error, but 0 are listed"),),
                "skipped": 2,
                "duration_s": 1234.5,
                "counted_from": "counters",
            },
            id="counters alone",
        ),
        pytest.param(
            '<testsuites><testsuite tests="2"/><testsuite><testsuite tests="3"/></testsuite></testsuites>',
            {"total": 5, "passed": None, "failed": (), "counted_from": "counters"},
            id="counters of the outermost suites that have any",
        ),
        pytest.param(
            suite('<testcase classname="Email create works" name="Email create works"/>'),
            {"passed": ("s > Email create works",)},
            id="jest-junit says the whole name twice",
        ),
        pytest.param(
            '<testsuite name="cart"><testsuite name="when empty">'
            '<testcase name="costs nothing" classname="test"/></testsuite></testsuite>',
            {"passed": ("cart > when empty > test > costs nothing",)},
            id="the describe titles of nested suites are part of the name",
        ),
        pytest.param(
            suite(
                '<testcase classname="a/b.py" name="a"/><testcase classname="b.test.ts" name="b"/>'
                '<testcase classname="x.y" name="c"/><testcase classname="on/off: a.b" name="d"/>'
                '<testcase classname="a/b.rather" name="e"/><testcase classname=".ts" name="f"/>'
            ),
            {
                "passed": (
                    "s > a",
                    "s > b",
                    "s > x.y > c",
                    "s > on/off: a.b > d",
                    "s > a/b.rather > e",
                    "s > .ts > f",
                )
            },
            id="paths of source files are no titles",
        ),
        pytest.param(
            f'<testsuite name="{"long " * 300}"><testcase name="a"/></testsuite>',
            {"passed": ("a",)},
            id="nor is what nobody would read",
        ),
        pytest.param(
            suite(f'<testcase classname="{"/" * 100_000}" name="a"/>'),
            {"passed": ("s > a",)},
            id="nor is what only looks like a path for long",
        ),
        pytest.param(
            suite('<testcase classname="com.example.CartTest" name="costsNothing"/>'),
            {"passed": ("s > com.example.CartTest > costsNothing",)},
            id="surefire",
        ),
        pytest.param(
            suite(
                '<testcase name="a" time="NaN"/><testcase name="b" time="-1"/><testcase name="c" time="2"/>'
            ),
            {"duration_s": 2.0},
            id="times that are no times are left out",
        ),
        pytest.param(
            '<?xml version="1.0" encoding="UTF-16"?><testsuite><testcase name="é"/></testsuite>'.encode(
                "utf-16"
            ),
            {"passed": ("é",)},
            id="another encoding, declared",
        ),
        pytest.param(
            "\ufeff" + suite('<testcase name="a"/>'),
            {"total": 1},
            id="byte order mark",
        ),
    ],
)
def test_junit_dialects(report: str | bytes, expected: dict[str, Any]) -> None:
    assert chosen(facts(tests, report), expected) == expected


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        ("2026-03-02T10:00:00", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("2026-03-02T12:00:00+02:00", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("2026-03-02T10:00:00.123456789Z", datetime(2026, 3, 2, 10, 0, 0, 123456, tzinfo=UTC)),
        ("Mon, 02 Mar 2026 10:00:00 GMT", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("Mon, 99 Mar 2026 10:00:00 GMT", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_timestamps(timestamp: str, expected: datetime | None) -> None:
    report = suite('<testcase name="a"/>', f'timestamp="{timestamp}"')
    assert collect(tests, report).produced_at == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (1772445600000, datetime(2026, 3, 2, 10, tzinfo=UTC)),
        (1772445600000.5, datetime(2026, 3, 2, 10, 0, 0, 500, tzinfo=UTC)),
        (1e300, None),
        (10**290, None),
        (True, None),
        ("2026-03-02", None),
        (None, None),
    ],
)
def test_start_times(start: Any, expected: datetime | None) -> None:
    assert collect(tests, jest(jest_file("passed"), startTime=start)).produced_at == expected


def jest(*files: dict[str, Any], **counters: Any) -> str:
    return json.dumps({"testResults": list(files), **counters})


def jest_file(*statuses: str, **more: Any) -> dict[str, Any]:
    tests_of_file = [{"title": f"t{n}", "status": status} for n, status in enumerate(statuses)]
    return {"name": "/ci/a.spec.ts", "assertionResults": tests_of_file, **more}


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(
            jest(jest_file("passed", "pending", "todo", "disabled", "skipped"), success=True),
            {"total": 5, "passed": ("t0",), "skipped": 4, "failed": ()},
            id="all that did not run is skipped",
        ),
        pytest.param(
            jest(
                {
                    "name": "/ci/a.spec.ts",
                    "assertionResults": [{"title": "t", "status": "failed", "location": {"line": True}}],
                }
            ),
            {"failed": (Finding("t", "/ci/a.spec.ts"),)},
            id="a line that is no number is unknown",
        ),
        pytest.param(
            jest(jest_file("passed"), success=False),
            {
                "passed": ("t0",),
                "failed": (Finding("the run failed, but no failed test is listed"),),
            },
            id="success false without a failure",
        ),
        pytest.param(
            jest(jest_file("passed"), numFailedTestSuites=1, success=False),
            {"failed": (Finding("the run failed, but no failed test is listed"),)},
            id="failed suites that are not listed",
        ),
        pytest.param(
            jest(jest_file("passed"), numRuntimeErrorTestSuites=1),
            {"failed": (Finding("the run failed, but no failed test is listed"),)},
            id="suites that could not run and are not listed",
        ),
        pytest.param(
            jest(jest_file("passed", testExecError={"message": "no module"}), unhandledErrors=["late", {}]),
            {
                "failed": (
                    Finding("/ci/a.spec.ts: no module", "/ci/a.spec.ts"),
                    Finding("an unhandled error: late"),
                    Finding("an unhandled error"),
                )
            },
            id="errors beside tests that passed",
        ),
        pytest.param(
            jest(jest_file("passed"), numFailedTests=2, success=False),
            {"failed": (Finding("2 tests failed, but 0 are listed"),)},
            id="failed tests that are not listed",
        ),
        pytest.param(
            jest(jest_file("passed"), wasInterrupted=True, success=True),
            {"failed": (Finding("the run was interrupted"),)},
            id="interrupted",
        ),
        pytest.param(
            jest(jest_file("skipped", status="failed", message="")),
            {
                "skipped": 1,
                "failed": (Finding("/ci/a.spec.ts: failed outside of its tests", "/ci/a.spec.ts"),),
            },
            id="a beforeAll that failed",
        ),
        pytest.param(
            jest(jest_file(status="failed", message="cannot compile"), success=False),
            {"total": 0, "failed": (Finding("/ci/a.spec.ts: cannot compile", "/ci/a.spec.ts"),)},
            id="no file could be loaded: a failure, not a lack of evidence",
        ),
        pytest.param(
            jest(jest_file("exploded")),
            {"total": 1, "passed": (), "failed": (Finding("t0: status 'exploded'", "/ci/a.spec.ts"),)},
            id="an unknown status is no pass",
        ),
        pytest.param(
            json.dumps({"numTotalTests": 4, "numFailedTests": 1, "numPendingTests": 1, "numTodoTests": 1}),
            {
                "total": 4,
                "passed": None,
                "failed": (Finding("1 tests failed, but 0 are listed"),),
                "skipped": 2,
                "counted_from": "counters",
            },
            id="counters alone",
        ),
    ],
)
def test_jest_json(report: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(tests, report), expected) == expected


def ctrf(tests_listed: list[dict[str, Any]], **summary: int) -> str:
    return json.dumps({"reportFormat": "CTRF", "results": {"summary": summary, "tests": tests_listed}})


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(
            ctrf([{"name": "a", "status": "passed"}], tests=3, failed=2),
            {"total": 1, "failed": (Finding("2 tests failed, but 0 are listed"),)},
            id="failures that are not listed",
        ),
        pytest.param(
            ctrf([], tests=3, failed=0, skipped=1, pending=1),
            {"total": 3, "passed": None, "skipped": 2, "failed": (), "counted_from": "counters"},
            id="counters alone",
        ),
    ],
)
def test_ctrf(report: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(tests, report), expected) == expected


def test_several_files_are_merged() -> None:
    collected = collect(tests, fixture("tests", "vitest.xml"), fixture("tests", "vitest.json"))
    assert collected.format == "jest-json, junit"
    assert collected.produced_at == datetime(2026, 3, 2, 10, 0, 0, 92000, tzinfo=UTC)
    assert collected.facts.total == 10
    assert len(collected.facts.passed) == len(collected.facts.failed) == 4
    assert collected.facts.skipped == 3


def test_all_of_several_files_must_be_readable() -> None:
    good = fixture("tests", "vitest.xml")
    assert outcome(tests, good, b"").startswith("unreadable: report-1: the file is empty")
    assert outcome(tests, good, good[:-20]).startswith("unreadable: report-1: line")
    assert outcome(tests, good, b"<testsuite/>") == "collected"


DEEP = 50_000
BOMB = '<!DOCTYPE b [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>'


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ("", "absent: report-0: the file is empty"),
        (" \n\t", "absent: report-0: the file is empty"),
        ("<testsuites/>", "absent: reports holds no test"),
        ('<testsuites tests="0" failures="0"/>', "absent: reports holds no test"),
        (jest(numTotalTests=0, success=True), "absent: reports holds no test"),
        (ctrf([], tests=0), "absent: reports holds no test"),
        (
            '<coverage line-rate="1"/>',
            "unreadable: report-0: XML with the root <coverage> has no supported format",
        ),
        ('<testsuites tests="many"/>', "unreadable: report-0: the suite '' has tests=\"many\", not a count"),
        ("<testsuite><testcase name='a'/>", "unreadable: report-0: line 1: not XML: no element found"),
        (suite("<testcase name='a\x07'/>"), "unreadable: report-0: line 1: not XML: not well-formed"),
        (suite("<testcase name='a\xe9'/>").encode("latin-1"), "unreadable: report-0: line 1: not XML"),
        ("<testsuite>" * DEEP, "unreadable: report-0: line 1: elements nested more than 64 deep"),
        (BOMB, "unreadable: report-0: line 1: entity declarations are not supported"),
        ('{"a": 1}', "unreadable: report-0: the JSON has no supported format"),
        ("[]", "unreadable: report-0: the JSON has no supported format"),
        ("[" * DEEP, "unreadable: report-0: line 1: not JSON: nested too deep"),
        ("HTTP 13\nok 1", "unreadable: report-0: the file has no supported format"),
        ('{"numTotalTests": "3"}', "unreadable: report-0: numTotalTests is '3', not a count"),
        ('{"numTotalTests": NaN}', "unreadable: report-0: line 1: not JSON"),
        ('{"numTotalTests": 1e999}', "unreadable: report-0: not JSON: a number out of range"),
        (
            jest(jest_file("passed"), success="yes"),
            "unreadable: report-0: success is 'yes', neither true nor false",
        ),
        ('{"testResults": [{"name": "a"}]}', "unreadable: report-0: assertionResults is missing, not a list"),
        (
            '{"testResults": [{"assertionResults": [{"title": "a"}]}]}',
            "unreadable: report-0: the status of a test is missing, not text",
        ),
        (ctrf([{"name": "a"}]), "unreadable: report-0: the status of a test is missing, not text"),
        ('{"reportFormat": "CTRF"}', "unreadable: report-0: results is missing, not an object"),
    ],
    ids=short,
)
def test_what_is_no_evidence(report: str | bytes, expected: str) -> None:
    assert outcome(tests, report).startswith(expected)


def test_no_file_at_all_is_absent() -> None:
    assert outcome(tests) == "absent: reports holds no test"


FLAKY = '<flakyFailure message="first try"/><flakyError message="second try"/>'
RERUN = '<failure message="no"/><rerunFailure message="no, again"/><rerunError message="no"/>'
GO = '<properties><property name="go.version" value="go1.23 linux/amd64"/></properties>'
ONCE, THEN = '<testcase name="a"><failure message="no"/></testcase>', '<testcase name="a"/>'


@pytest.mark.parametrize(
    ("report", "passed", "flaky", "failed"),
    [
        pytest.param(
            suite(f'<testcase name="a">{FLAKY}</testcase>', 'tests="1" failures="0" flakes="1"'),
            ("s > a",), ("s > a: first try",), (), id="surefire: each test once",
        ),
        pytest.param(
            suite(f'<testcase name="a">{FLAKY}</testcase>', 'tests="3" failures="1" errors="1"'),
            ("s > a",), ("s > a: first try",), (), id="Gradle: each run",
        ),
        pytest.param(
            suite(f'<testcase name="a">{FLAKY}</testcase>', 'tests="3" failures="3"'),
            ("s > a",), ("s > a: first try",), ("s: 3 failed or in error, but 0 are listed",),
            id="more failures than runs that failed",
        ),
        pytest.param(
            suite(f'<testcase name="a">{FLAKY}</testcase>', 'tests="3" failures="1" flakes="1"'),
            ("s > a",), ("s > a: first try",), ("s: 1 failed or in error, but 0 are listed",),
            id="where flaky tests are counted apart, the failure is of another test",
        ),
        pytest.param(
            suite(f'<testcase name="a">{RERUN}</testcase>', 'tests="3" failures="3"'),
            (), (), ("s > a: no",), id="a test that failed again and again",
        ),
        pytest.param(
            suite('<testcase name="a"><flakyFailure/><skipped/></testcase>'),
            (), (), (), id="a test that failed and was skipped then",
        ),
        pytest.param(suite(GO + ONCE + THEN), ("s > a",), ("s > a: no",), (), id="gotestsum: each run is a case"),
        pytest.param(suite(GO + ONCE + ONCE + THEN), ("s > a",), ("s > a: no",), (), id="two reruns"),
        pytest.param(suite(GO + THEN + ONCE), ("s > a",), (), ("s > a: no",), id="it passed first"),
        pytest.param(suite(GO + THEN + ONCE + THEN), ("s > a", "s > a"), (), ("s > a: no",), id="two tests of a name"),
        pytest.param(
            suite(ONCE + THEN), ("s > a",), (), ("s > a: no",),
            id="no known tool that lists a test again: two tests have the name",
        ),
        pytest.param(
            f'<testsuites>{suite(GO + THEN)}<testsuite name="t">{ONCE}{THEN}</testsuite></testsuites>',
            ("s > a", "t > a"), (), ("t > a: no",), id="of several tools one may list two tests",
        ),
        pytest.param(suite(ONCE + ONCE), (), (), ("s > a: no", "s > a: no"), id="it never passed"),
        pytest.param(
            suite(GO + ONCE + '<testcase name="a"><skipped/></testcase>'), (), (), ("s > a: no",), id="skipped the next time"
        ),
        pytest.param(
            suite(GO + ONCE + '<testcase name="a" classname="c"/>'), ("s > c > a",), (), ("s > a: no",), id="another class"
        ),
        pytest.param(
            f'<testsuites>{suite(GO + ONCE)}<testsuite name="t">{GO}{THEN}</testsuite></testsuites>',
            ("t > a",), (), ("s > a: no",), id="another suite",
        ),
    ],
)  # fmt: skip
def test_a_test_that_passed_on_a_rerun_is_flaky(
    report: str, passed: tuple[str, ...], flaky: tuple[str, ...], failed: tuple[str, ...]
) -> None:
    found = facts(tests, report)
    messages = [[finding.message for finding in findings] for findings in (found.flaky, found.failed)]
    assert (found.passed, *messages) == (passed, [*flaky], [*failed])


@pytest.mark.parametrize(
    ("test", "flaky"),
    [
        ({"status": "passed", "retryReasons": ["Error: late"], "failureMessages": []}, ["t: Error: late"]),
        ({"status": "passed", "failureMessages": ["Error: late\n at x"]}, ["t: Error: late"]),
        ({"status": "passed", "failureMessages": [], "invocations": 1}, []),
        ({"status": "passed", "failureMessages": [], "invocations": 2}, ["t"]),
        ({"status": "failed", "retryReasons": ["Error: late"]}, []),
    ],
)
def test_jest_and_vitest_say_why_a_test_was_run_again(test: dict[str, Any], flaky: list[str]) -> None:
    found = facts(tests, jest({"name": "a.spec.ts", "assertionResults": [{"title": "t"} | test]}))
    assert [finding.message for finding in found.flaky] == flaky
    assert bool(found.failed) is (test["status"] == "failed")


def test_a_test_of_jest_that_is_expected_to_fail_is_no_pass() -> None:
    tests_ = [{"title": title, "status": "passed", "failing": title == "t"} for title in ("s", "t")]
    found = facts(tests, jest({"name": "a.spec.ts", "assertionResults": tests_}))
    assert (found.passed, found.skipped) == (("s",), 1)


def test_tests_of_a_name_in_two_files_are_two_tests() -> None:
    files = [
        {"name": name, "assertionResults": [{"title": "t", "status": status}]}
        for name, status in (("a.spec.ts", "failed"), ("b.spec.ts", "passed"))
    ]
    assert facts(tests, jest(*files)).failed == (Finding("t", "a.spec.ts"),)


@pytest.mark.parametrize(
    ("report", "failed"),
    [
        (jest({"assertionResults": [{"title": "t", "status": "failed"}, {"title": "t", "status": "passed"}]}), ["t"]),
        (ctrf([{"name": "t", "status": "failed"}, {"name": "t", "status": "passed"}]), ["t"]),
        (
            jest(
                {"assertionResults": [{"title": "t", "status": "failed"}, {"title": "t", "status": "passed"}]},
                numFailedTests=2,
            ),
            ["t", "2 tests failed, but 1 are listed"],
        ),
        (
            jest({"status": [], "assertionResults": [{"title": "t", "status": "passed"}]}),
            ["a test file: failed outside of its tests"],
        ),
        (
            jest({"status": "timedOut", "assertionResults": [{"title": "t", "status": "passed"}]}),
            ["a test file: failed outside of its tests"],
        ),
    ],
)  # fmt: skip
def test_a_test_of_the_name_of_one_that_failed_does_not_replace_it(report: str, failed: list[str]) -> None:
    found = facts(tests, report)
    assert found.passed == ("t",)
    assert [finding.message for finding in found.failed] == failed


@pytest.mark.parametrize(
    ("test", "flaky", "failed"),
    [
        ({"status": "passed", "flaky": True}, ["a"], []),
        ({"status": "passed", "retries": 2}, ["a"], []),
        ({"status": "passed", "retryAttempts": [{"attempt": 1, "status": "failed", "message": "late"}]}, ["a: late"], []),
        ({"status": "passed", "flaky": False, "retries": 0, "retryAttempts": [{"attempt": 1, "status": "passed"}]}, [], []),
        ({"status": "failed", "flaky": True, "retries": 2}, [], ["a"]),
        ({"status": "timedOut", "flaky": True}, [], ["a: status 'timedOut'"]),
        ({"status": "passed", "rawStatus": "timedOut"}, [], ["a: status 'timedOut'"]),
        ({"status": "passed", "rawStatus": "interrupted", "retries": 1}, [], ["a: status 'interrupted'"]),
        ({"status": "passed", "rawStatus": "passed"}, [], []),
    ],
)  # fmt: skip
def test_ctrf_marks_flaky_tests(test: dict[str, Any], flaky: list[str], failed: list[str]) -> None:
    found = facts(tests, ctrf([{"name": "a"} | test]))
    assert [finding.message for finding in found.flaky] == flaky
    assert [finding.message for finding in found.failed] == failed
    assert found.passed == (() if failed else ("a",))


@pytest.mark.parametrize("word", ["timeout", "Unknown", "inconclusive", "flaky", "error", "FAILED"])
@pytest.mark.parametrize("attribute", ["status", "result"])
def test_a_word_that_is_no_known_pass_is_a_failure(word: str, attribute: str) -> None:
    found = facts(tests, suite(f'<testcase name="a" {attribute}="{word}"/>'))
    assert found.passed == ()
    known = word in ("error", "FAILED")
    assert [finding.message for finding in found.failed] == ["s > a" if known else f"s > a: status {word!r}"]


@pytest.mark.parametrize("word", ["run", "passed", "Success", "completed", ""])
def test_a_word_for_a_pass(word: str) -> None:
    assert facts(tests, suite(f'<testcase name="a" status="{word}"/>')).passed == ("s > a",)


@pytest.mark.parametrize(
    ("report", "partial"),
    [
        (suite(THEN, 'tests="5"'), ["s: 5 tests are counted, but 1 are listed"]),
        (
            f'<testsuites tests="6"><testsuite name="s" tests="5"/>{suite(THEN)}</testsuites>',
            ["s: 5 tests are counted, but 0 are listed"],
        ),
        (
            f'<testsuites tests="6">{suite(THEN)}</testsuites>',
            ["the report: 6 tests are counted, but 1 are listed"],
        ),
        (suite(THEN, 'skipped="2"'), ["s: 2 skipped tests are counted, but 0 are listed"]),
        (suite("", 'tests="5"'), ["5 tests are counted, but 0 are listed"]),
        (suite(f'<testcase name="a">{FLAKY}</testcase>', 'tests="3"'), []),
        (
            suite(f'<testcase name="a">{FLAKY}</testcase>', 'tests="4"'),
            ["s: 4 tests are counted, but 1 are listed"],
        ),
        (suite(THEN + ONCE, 'tests="1"'), []),
        (jest(jest_file("passed"), numTotalTests=3), ["3 tests are counted, but 1 are listed"]),
        (jest(jest_file("passed"), numPendingTests=1), ["1 skipped tests are counted, but 0 are listed"]),
        (jest(jest_file("passed"), wasInterrupted=True), ["the run was interrupted"]),
        (ctrf([{"name": "a", "status": "passed"}], passed=1), []),
        (
            ctrf([{"name": "a", "status": "passed"}], tests=1, passed=0),
            ["0 passed tests are counted, but 1 are listed"],
        ),
        (ctrf([{"name": "a", "status": "passed"}], tests=2), ["2 tests are counted, but 1 are listed"]),
    ],
    ids=short,
)
def test_a_report_that_counts_more_than_it_lists_is_partial(report: str, partial: list[str]) -> None:
    [origin] = collect(tests, report).origins
    assert list(origin.partial) == partial


JANUARY, MARCH = "2026-01-02T09:00:00Z", "2026-03-02T10:00:00Z"


def dated(cases: str, time: str = "") -> str:
    return suite(cases, time and f'timestamp="{time}"')


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (f"<testsuites>{dated(THEN, MARCH)}{dated(THEN, JANUARY)}</testsuites>", "2026-01-02"),
        (f"<testsuites>{dated(THEN, MARCH)}{dated(THEN)}</testsuites>", None),
        (f'<testsuites timestamp="{MARCH}">{dated(THEN)}</testsuites>', "2026-03-02"),
        (f'<testsuites timestamp="{MARCH}">{dated(dated(THEN), JANUARY)}</testsuites>', "2026-01-02"),
        (f'<testsuites timestamp="{MARCH}">{dated(THEN, "yesterday")}</testsuites>', None),
        (f"<testsuites>{dated(THEN, MARCH)}{dated('')}</testsuites>", "2026-03-02"),
        (f"<testsuites>{dated(THEN, MARCH)}<testsuite tests='2'/></testsuites>", None),
        (dated(THEN + dated(THEN, MARCH)), None),
        (jest(jest_file("passed", startTime=1767344400000), startTime=1772445600000), "2026-01-02"),
        (jest(jest_file("passed", startTime=0), startTime=1772445600000), "2026-03-02"),
        (jest(jest_file("passed", startTime=1767344400000), jest_file("passed")), None),
        (ctrf([{"name": "a", "status": "passed"}], start=1767344400000, stop=1772445600000), "2026-01-02"),
        (ctrf([{"name": "a", "status": "passed"}], stop=1772445600000), "2026-03-02"),
        (
            ctrf([{"name": "a", "status": "passed", "start": 1767344400000}], start=1772445600000),
            "2026-01-02",
        ),
        (ctrf([{"name": "a", "status": "passed"}]), None),
    ],
    ids=short,
)
def test_the_oldest_content_dates_a_report(report: str, expected: str | None) -> None:
    found = collect(tests, report).produced_at
    assert (found and found.date().isoformat()) == expected


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (
            suite(
                '<testcase name="a"><properties><property name="id" value="G4.push"/>'
                '<property name="Tags" value="smoke, @G8.isolation"/><property name="owner" value="G1.x"/>'
                "</properties></testcase>"
            ),
            "s > a [G4.push] [G8.isolation]",
        ),
        (suite('<testcase name="a [G4.push]"><properties><property name="gate" value="[G4.push]"/></properties></testcase>'), "s > a [G4.push]"),
        (suite('<testcase name="a @g4.push"><properties><property name="id" value="G4.push"/></properties></testcase>'), "s > a @g4.push"),
        (suite('<testcase name="a [G4.push]"><properties><property name="id" value="G4.push:drop"/></properties></testcase>'), "s > a [G4.push] [G4.push:drop]"),
        ('<testsuites name="sync [capability:gift-cards]"><testsuite name="s"><testcase name="a"/></testsuite></testsuites>', "s > a [capability:gift-cards]"),
        (f'<testsuite name="{"long " * 300} @G4.push"><testcase name="a"/></testsuite>', "a [G4.push]"),
        (suite('<properties><property name="id" value="G4.push"/></properties><testcase name="a"/>'), "s > a"),
        (ctrf([{"name": "a", "status": "passed", "tags": ["smoke", "@G4.push"], "labels": {"requirement": "G8.x"}, "extra": {"id": ["G1.y"]}}]), "a [G4.push] [G8.x] [G1.y]"),
        (ctrf([{"name": "a", "status": "passed", "labels": {"owner": "G8.x"}}]), "a"),
        (jest({"assertionResults": [{"title": "a", "status": "passed", "tags": ["G4.push"]}]}), "a [G4.push]"),
    ],
    ids=short,
)  # fmt: skip
def test_ids_of_tags_are_part_of_the_name(report: str, expected: str) -> None:
    assert facts(tests, report).passed == (expected,)


SYNC = (
    '<testsuites><testsuite name="test/sync.test.ts"><testcase name="push &gt; saves once"/>'
    '<testcase name="push &gt; loses nothing"><failure/></testcase></testsuite>'
    '<testsuite name="test/chaos.test.ts"><testcase name="chaos &gt; drop [G4.chaos:drop]"/>'
    '<testcase name="chaos &gt; retry"><failure/></testcase><testcase name="chaos &gt; idle"><skipped/></testcase>'
    "</testsuite></testsuites>"
)
PUSH, CHAOS = ("push > saves once",), ("chaos > drop [G4.chaos:drop]",)


@pytest.mark.parametrize(
    ("select", "passed", "skipped_pct"),
    [
        ({"suite": "push"}, PUSH, 0.0),
        ({"suite": "chaos*"}, CHAOS, 33.3333),
        ({"file": "test/chaos*.ts"}, CHAOS, 33.3333),
        ({"file": ["**/sync.test.ts", "x"]}, PUSH, 0.0),
        ({"name": "* saves *"}, PUSH, 0.0),
        ({"tag": "@G4.*"}, CHAOS, 0.0),
        ({"tag": "G4.chaos:drop", "suite": "push"}, (), None),
    ],
)
def test_a_selection_of_what_passed(
    select: dict[str, Any], passed: tuple[str, ...], skipped_pct: float
) -> None:
    found = facts(tests, SYNC, select=select)
    assert (found.passed, found.skipped_pct) == (passed, skipped_pct)
    assert len(found.failed) == 2, "what failed counts the whole report"


@pytest.mark.parametrize(
    ("options", "failed"),
    [
        ({"others": [{"suite": "chaos"}]}, ["push > loses nothing"]),
        ({"select": {"suite": "push"}, "others": [{"suite": "chaos"}]}, ["push > loses nothing"]),
        (
            {"select": {"suite": "*"}, "others": [{"suite": "chaos"}]},
            ["push > loses nothing", "chaos > retry"],
        ),
        ({"others": [{"suite": "chaos"}, {"name": "push*"}]}, []),
    ],
)
def test_what_another_slot_selects_fails_there(options: dict[str, Any], failed: list[str]) -> None:
    assert [finding.message for finding in facts(tests, SYNC, **options).failed] == failed


@pytest.mark.parametrize("select", [{}, {"suit": "a"}, {"suite": 3}, {"suite": []}, "push", ["suite"]])
def test_a_selection_of_anything_else_is_refused(select: Any) -> None:
    said = (
        "unreadable: reports: select takes globs under suite, file, tag, name, as in select: {suite: Push*}"
    )
    assert outcome(tests, SYNC, select=select) == said
    assert outcome(tests, SYNC, others=[select]) == said


def test_nothing_selected_is_no_evidence() -> None:
    said = "absent: reports holds no test that `select` selects"
    assert outcome(tests, suite(THEN), select={"suite": "t"}) == said
    assert outcome(tests, suite("", 'tests="2"'), select={"suite": "s"}) == said, (
        "counters alone select nothing"
    )


def test_reports_state_their_tool_commit_and_repository() -> None:
    environment = {"commit": "c0ffee1", "repositoryUrl": "https://forge.example/acme/shop", "healthy": False}
    results = {
        "tool": {"name": "playwright", "version": "1.50"},
        "environment": environment,
        "tests": [],
        "summary": {"tests": 1},
    }
    [origin] = collect(tests, json.dumps({"reportFormat": "CTRF", "results": results})).origins
    assert (origin.producer, origin.commit) == ("playwright 1.50", "c0ffee1")
    assert origin.subjects == (Subject(SubjectType.REPOSITORY, "https://forge.example/acme/shop"),)
    assert origin.partial[0] == "the report states that its run was not healthy"
    schema = 'xsi:noNamespaceSchemaLocation="https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd"'
    [origin] = collect(tests, suite(THEN, schema)).origins
    assert (origin.producer, origin.items) == ("maven-surefire", 1)


def test_errors_outside_of_the_tests_of_playwright_are_failures() -> None:
    results = {
        "summary": {},
        "tests": [{"name": "a", "status": "passed"}],
        "extra": {"errors": [{"message": "no setup"}]},
    }
    found = facts(tests, json.dumps({"reportFormat": "CTRF", "results": results}))
    assert found.failed == (Finding("an error outside of the tests: no setup"),)


FAILING = {
    "junit": suite(
        '<testcase name="b" classname="c"/>'
        '<testcase name="a" classname="c" status="failed" file="a.ts" line="3"><failure message="no" type="E"/></testcase>'
        f'<testcase name="b" classname="d"/><testcase name="f" classname="c">{FLAKY}</testcase>',
        'tests="4" failures="1" flakes="1" timestamp="2026-03-02T10:00:00Z"',
    ),
    "jest": jest(
        {
            "name": "a.ts",
            "assertionResults": [
                {"title": "b", "ancestorTitles": ["c"], "status": "passed", "failureMessages": []},
                {"title": "a", "ancestorTitles": ["c"], "status": "failed", "failureMessages": ["no"], "retryReasons": ["no"]},
                {"title": "a", "ancestorTitles": ["d"], "status": "passed", "failureMessages": []},
            ],
        },
        numTotalTests=3,
        numFailedTests=1,
    ),
    "ctrf": ctrf(
        [
            {"name": "a", "suite": ["d"], "status": "passed"},
            {"name": "a", "suite": ["c"], "status": "failed", "message": "no", "retries": 1, "flaky": False, "line": 3},
            {"name": "b", "suite": ["c"], "status": "passed"},
        ],
        tests=3,
        failed=1,
    ),
}  # fmt: skip
WORDS = {
    "junit": ["status", "file", "line", "name", "classname", "message", "type", "failure", "testcase"],
    "jest": ["title", "ancestorTitles", "status", "failureMessages", "retryReasons"],
    "ctrf": ["name", "suite", "status", "message", "retries", "flaky", "line"],
}


@pytest.mark.parametrize("format_", FAILING)
@given(draw=st.data())
def test_a_failing_test_stays_red_whatever_part_of_it_is_renamed(format_: str, draw: st.DataObject) -> None:
    report, (start, end) = FAILING[format_], _failing_case(format_)
    case = report[start:end]
    for word in draw.draw(st.sets(st.sampled_from(WORDS[format_]))):
        case = re.sub(rf'\b{word}(?=[=> ]|":)', "x", case)
    report = report[:start] + case + report[end:]
    assert outcome(tests, report).startswith("unreadable") or facts(tests, report).failed


def test_a_failing_test_that_is_left_out_is_counted_still() -> None:
    start, end = _failing_case("junit")
    assert facts(tests, FAILING["junit"][:start] + FAILING["junit"][end:]).failed
    for format_ in ("jest", "ctrf"):
        document = json.loads(FAILING[format_])
        [listed] = [of["assertionResults"] for of in document.get("testResults", ())] or [
            document["results"]["tests"]
        ]
        listed[:] = [test for test in listed if test["status"] != "failed"]
        assert facts(tests, json.dumps(document)).failed


def _failing_case(format_: str) -> tuple[int, int]:
    """Return where the failing test begins and ends in its report."""
    report = FAILING[format_]
    if format_ == "junit":
        start = report.index('<testcase name="a"')
        return start, report.index("</testcase>", start) + len("</testcase>")
    start = report.rindex("{", 0, report.index('"failed"'))
    return start, report.index("}", start)


def test_an_error_outside_of_the_suites_is_a_failure() -> None:
    report = '<testsuites><error message="setup"/><testsuite><testcase name="a"/></testsuite></testsuites>'
    assert len(facts(tests, report).failed) == 1


@pytest.mark.parametrize(
    "inside",
    [
        "<timeout/>",
        "<Failure/>",
        "<x:failure xmlns:x='urn:x'/>",
        "<group><failure/></group>",
        "<warning>w</warning>",
    ],
)
def test_an_element_that_is_not_known_is_no_pass(inside: str) -> None:
    found = facts(tests, suite(f'<testcase name="a">{inside}</testcase>'))
    assert (found.passed, len(found.failed)) == ((), 1)


def test_elements_are_known_whatever_their_prefix_and_case() -> None:
    report = "<testsuite xmlns:x='urn:x'><x:testcase name='a'><x:failure/></x:testcase><TestCase name='b'><Skipped/></TestCase></testsuite>"
    found = facts(tests, report)
    assert (found.total, found.skipped, found.failed) == (2, 1, (Finding("a"),))
    harmless = "<properties><property name='go.version'/></properties><system-out>x</system-out><system-err/><attachments/>"
    assert facts(tests, suite(f'<testcase name="a">{harmless}</testcase>')).passed == ("s > a",)
