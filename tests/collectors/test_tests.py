"""Test reports: JUnit XML in its dialects, jest and vitest JSON, CTRF."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.artefacts import chosen, collect, facts, fixture, outcome, short
from gatekeeper.collectors.tests import facts as tests_facts
from gatekeeper.collectors.tests import read as tests
from gatekeeper.model.evidence import Finding


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
            "unreadable: report-0: XML with the root <coverage> has no supported format; supported: ctrf, jest, junit",
        ),
        ('<testsuites tests="many"/>', "unreadable: report-0: the suite '' has tests=\"many\", not a count"),
        ("<testsuite><testcase name='a'/>", "unreadable: report-0: line 1: not XML: no element found"),
        (suite("<testcase name='a\x07'/>"), "unreadable: report-0: line 1: not XML: not well-formed"),
        (suite("<testcase name='a\xe9'/>").encode("latin-1"), "unreadable: report-0: line 1: not XML"),
        ("<testsuite>" * DEEP, "unreadable: report-0: line 1: elements nested more than 64 deep"),
        (BOMB, "unreadable: report-0: line 1: entity declarations are not supported"),
        ('{"a": 1}', "unreadable: report-0: the JSON has no supported format; supported: ctrf, jest, junit"),
        ("[]", "unreadable: report-0: the JSON has no supported format; supported: ctrf, jest, junit"),
        ("[" * DEEP, "unreadable: report-0: line 1: not JSON: nested too deep"),
        ("TAP version 13\nok 1", "unreadable: report-0: the file has no supported format"),
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
