"""Test reports in XML besides JUnit: of .NET, Robot Framework, TestNG, CTest and C++."""

from datetime import UTC, datetime
from typing import Any

import pytest

from builders.artefacts import SAMPLES, collect, facts, fixture, outcome, short
from gatekeeper.collectors.tests import read as tests
from gatekeeper.collectors.tests.facts import TestsFacts as Facts
from gatekeeper.model.evidence import Finding
from gatekeeper.model.moment import UNSTATED

CASES = SAMPLES.parent / "cases"

FIXTURES = {
    "dotnet.trx": Facts(
        total=5,
        passed=(
            "Shop.Tests.OrderTests > AnOrderIsChargedOnce [G4.push-idempotency]",
            "Shop.Tests.CartTests > Rounds (1.004,1.00)",
        ),
        failed=(
            Finding(
                "Shop.Tests.CartTests > ALineRaisesTheTotal: Assert.AreEqual failed. Expected:<3>. Actual:<2>.",
                "/ci/app/CartTests.cs",
                31,
            ),
            Finding(
                "Shop.Tests.CartTests > Rounds (1.005,1.01): Assert.AreEqual failed. Expected:<1.01>."
                " Actual:<1.00>."
            ),
        ),
        skipped=1,
        skipped_pct=20.0,
        flaky=(),
        duration_s=1.517,
        counted_from="cases",
    ),
    "nunit3.xml": Facts(
        total=6,
        passed=(
            "Shop.Tests.CartTests > AnOrderIsChargedOnce [G4.push-idempotency]",
            "Shop.Tests.MailTests > AMailIsSent",
        ),
        failed=(
            Finding(
                "Shop.Tests.CartTests > ALineRaisesTheTotal: the total is wrong", "/ci/app/CartTests.cs", 31
            ),
            Finding(
                "Shop.Tests.CartTests > Rounds(1.005d): System.DivideByZeroException :"
                " Attempted to divide by zero."
            ),
            Finding("Shop.Tests.MailTests: TearDown : System.Exception : the queue is not empty"),
        ),
        skipped=2,
        skipped_pct=33.3333,
        flaky=(),
        duration_s=0.479,
        counted_from="cases",
    ),
    "nunit2.xml": Facts(
        total=5,
        passed=("Shop.CartTests > AnOrderIsChargedOnce [G4.push-idempotency]",),
        failed=(
            Finding("Shop.CartTests > ALineRaisesTheTotal: the total is wrong"),
            Finding(
                'Shop.CartTests > Rounds(1.5d,"a.b"): System.DivideByZeroException :'
                " Attempted to divide by zero."
            ),
            Finding("Shop.CartTests > Hidden: Method is not public"),
        ),
        skipped=1,
        skipped_pct=20.0,
        flaky=(),
        duration_s=0.375,
        counted_from="cases",
    ),
    "xunit.xml": Facts(
        total=4,
        passed=("Shop.Tests.CartTests > AnOrderIsChargedOnce [G4.push-idempotency]",),
        failed=(
            Finding(
                "Shop.Tests.CartTests > ALineRaisesTheTotal(lines: 2): Assert.Equal() Failure: Values differ",
                "/ci/app/CartTests.cs",
                33,
            ),
            Finding("Shop.Tests.CartTests: System.InvalidOperationException : the queue is not empty"),
        ),
        skipped=2,
        skipped_pct=50.0,
        flaky=(),
        duration_s=0.375,
        counted_from="cases",
    ),
    "robot.xml": Facts(
        total=4,
        passed=("Checkout > Cart > An Order Is Charged Once [G4.push-idempotency]",),
        failed=(
            Finding(
                "Checkout > Cart > A Line Raises The Total: the total is wrong: 2 != 3",
                "/ci/app/checkout/cart.robot",
                9,
            ),
            Finding(
                "Checkout > A Mail Is Sent: the teardown of 'Mail': the queue is not empty",
                "/ci/app/checkout/mail.robot",
                5,
            ),
        ),
        skipped=1,
        skipped_pct=25.0,
        flaky=(),
        duration_s=0.0047,
        counted_from="cases",
    ),
    "testng.xml": Facts(
        total=5,
        passed=("shop.CartTest > chargesOnce [G4.push-idempotency]", "shop.CartTest > rounds(1)"),
        failed=(
            Finding("shop.CartTest > raisesTheTotal: the total is wrong expected [3] but found [2]"),
            Finding("shop.CartTest > rounds(2): expected [true] but found [false]"),
            Finding("shop.CartTest > stops: the queue is not empty"),
        ),
        skipped=1,
        skipped_pct=20.0,
        flaky=(),
        duration_s=0.018,
        counted_from="cases",
    ),
    "ctest.xml": Facts(
        total=6,
        passed=("cart.adds [G4.push-idempotency]",),
        failed=(
            Finding("cart.total: the total is wrong"),
            Finding("gone: Unable to find executable: /no/such/program"),
            Finding("slow: Timeout"),
        ),
        skipped=2,
        skipped_pct=33.3333,
        flaky=(),
        duration_s=1.0059,
        counted_from="cases",
    ),
    "boost.xml": Facts(
        total=5,
        passed=("shop > cart > adds_a_line", "shop > cart > nothing", "shop > cart > warns"),
        failed=(
            Finding("shop > cart > raises_the_total"),
            Finding("shop > cart > throws: status 'aborted'"),
        ),
        skipped=0,
        skipped_pct=0.0,
        flaky=(),
        duration_s=None,
        counted_from="cases",
    ),
    "qttest.xml": Facts(
        total=9,
        passed=(
            "CartTest > addsALine",
            "CartTest > rounds(one)",
            "CartTest > warns",
            "CartTest > measures",
        ),
        failed=(
            Finding("CartTest > raisesTheTotal: Compared values are not the same", "tst_cart.cpp", 6),
            Finding("CartTest > rounds(two): 'n < 2' returned FALSE. (too large)", "tst_cart.cpp", 8),
            Finding("CartTest > unexpected: 'true' returned TRUE unexpectedly. ()", "tst_cart.cpp", 11),
        ),
        skipped=2,
        skipped_pct=22.2222,
        flaky=(),
        duration_s=0.2528,
        counted_from="cases",
    ),
    "cppunit.xml": Facts(
        total=3,
        passed=("CartTest > addsALine",),
        failed=(
            Finding("CartTest > raisesTheTotal: equality assertion failed", "cu.cpp", 13),
            Finding("CartTest > throws: uncaught exception of type std::exception (or derived)."),
        ),
        skipped=0,
        skipped_pct=0.0,
        flaky=(),
        duration_s=None,
        counted_from="cases",
    ),
    "catch2.xml": Facts(
        total=4,
        passed=("adds a line [G4.push] [G4.push-idempotency]",),
        failed=(
            Finding("raises the total: 1 + 1 == 3", "ca.cpp", 4),
            Finding("throws: no carrier", "ca.cpp", 5),
        ),
        skipped=1,
        skipped_pct=25.0,
        flaky=(),
        duration_s=None,
        counted_from="cases",
    ),
    "doctest.xml": Facts(
        total=5,
        passed=("cart > adds a line",),
        failed=(
            Finding("cart > raises the total: the total is wrong", "dt.cpp", 5),
            Finding("cart > throws: no carrier", "dt.cpp", 6),
        ),
        skipped=2,
        skipped_pct=40.0,
        flaky=(),
        duration_s=None,
        counted_from="cases",
    ),
}

ORIGINS = {
    "dotnet.trx": ("trx", None, datetime(2026, 3, 2, 10, 0, 0, 41100, UTC)),
    "nunit3.xml": ("nunit", "nunit 3.17.0.0", datetime(2026, 3, 2, 10, tzinfo=UTC)),
    "nunit2.xml": ("nunit2", None, datetime(2026, 3, 2, 10, tzinfo=UNSTATED)),
    "xunit.xml": ("xunit", "xUnit.net v3 3.0.1", datetime(2026, 3, 2, 10, 0, 0, 125000, UTC)),
    "robot.xml": ("robot", "Robot 7.5", datetime(2026, 11, 27, 16, 37, 29, 421795, UNSTATED)),
    "testng.xml": ("testng", None, datetime(2026, 11, 27, 17, 4, 45, tzinfo=UTC)),
    "ctest.xml": ("ctest", "ctest-3.25.1", datetime(2026, 11, 27, 17, 7, 45, tzinfo=UTC)),
    "boost.xml": ("boost", None, None),
    "qttest.xml": ("qttest", "Qt Test 5.15.8", None),
    "cppunit.xml": ("cppunit", None, None),
    "catch2.xml": ("catch2-xml", "Catch2", None),
    "doctest.xml": ("catch2-xml", "doctest 2.4.9", None),
    "robot_4.xml": ("robot", "Robot 4.1.3", datetime(2026, 11, 27, 16, 37, 29, 870000, UNSTATED)),
}


@pytest.mark.parametrize("name", FIXTURES)
def test_a_report_gives_names_tags_and_failures(name: str) -> None:
    found = facts(tests, fixture("tests", name))
    seconds = found.duration_s and round(found.duration_s, 4)
    assert found._replace(duration_s=seconds) == FIXTURES[name]


@pytest.mark.parametrize("name", ORIGINS)
def test_a_report_states_its_tool_and_its_time(name: str) -> None:
    [origin] = collect(tests, fixture("tests", name)).origins
    assert (origin.format, origin.producer, origin.produced_at) == ORIGINS[name]
    skipped = ("1 skipped tests are counted, but 0 are listed",)
    assert origin.partial == (skipped if name == "boost.xml" else ())


def test_outputs_of_robot_4_and_7_give_the_same_results() -> None:
    new, old = (facts(tests, fixture("tests", name)) for name in ("robot.xml", "robot_4.xml"))
    assert old.passed == new.passed
    assert [of.message for of in old.failed] == [of.message for of in new.failed]
    assert old.duration_s == pytest.approx(0.009)


@pytest.mark.published(CASES)
def test_the_case_of_a_trx_report_passes() -> None:
    collected = collect(tests, (CASES / "tests/result.trx").read_bytes())
    assert (collected.facts.passed, collected.facts.failed) == (("A",), ())
    assert collected.produced_at == datetime(2026, 11, 18, 10, tzinfo=UTC)


def trx(results: str, counters: str = "", outcome: str = "Completed", infos: str = "") -> str:
    summary = f'<ResultSummary outcome="{outcome}"><Counters {counters}/>{infos}</ResultSummary>'
    return f"<TestRun><Results>{results}</Results>{summary}</TestRun>"


def info(outcome: str, text: str) -> str:
    return f'<RunInfos><RunInfo outcome="{outcome}"><Text>{text}</Text></RunInfo></RunInfos>'


def result(name: str, outcome: str, inside: str = "", more: str = "") -> str:
    return f'<UnitTestResult testId="{name}" testName="{name}" outcome="{outcome}" {more}>{inside}</UnitTestResult>'


def nunit(inside: str, counters: str = "") -> str:
    suite = f'<test-suite type="TestFixture" name="F" fullname="F" result="Passed">{inside}</test-suite>'
    return f'<test-run result="Passed" {counters}>{suite}</test-run>'


def nunit2(inside: str, counters: str = "") -> str:
    suite = f'<test-suite name="F" result="Success"><results>{inside}</results></test-suite>'
    return f"<test-results {counters}>{suite}</test-results>"


def xunit(inside: str, counters: str = "", errors: str = "") -> str:
    collection = f"<errors>{errors}</errors><collection>{inside}</collection>"
    return f"<assemblies><assembly {counters}>{collection}</assembly></assemblies>"


def robot(inside: str, counts: str = "", errors: str = "") -> str:
    total = f"<statistics><total><stat {counts}>All Tests</stat></total></statistics>"
    return f'<robot><suite name="S">{inside}<status status="PASS"/></suite>{total}<errors>{errors}</errors></robot>'


def of_robot(name: str, status: str, said: str = "", inside: str = "") -> str:
    return f'<test name="{name}">{inside}<status status="{status}">{said}</status></test>'


def of_testng(inside: str, counters: str = "", started: str = "") -> str:
    suite = f'<suite name="S" started-at="{started}"><test name="T"><class name="C">{inside}</class></test></suite>'
    return f"<testng-results {counters}>{suite}</testng-results>"


def method(name: str, status: str, more: str = "") -> str:
    return f'<test-method name="{name}" status="{status}" {more}/>'


def ctest(inside: str, listed: int = 0, end: str = "<EndTestTime>1</EndTestTime>") -> str:
    tests = "<Test>./a</Test>" * listed
    return f"<Site><Testing><TestList>{tests}</TestList>{inside}{end}</Testing></Site>"


def of_ctest(name: str, status: str, state: str) -> str:
    measured = f'<NamedMeasurement name="Completion Status"><Value>{state}</Value></NamedMeasurement>'
    return (
        f'<Test Status="{status}"><Name>{name}</Name><Path>./cart</Path><Results>{measured}</Results></Test>'
    )


def boost(inside: str, counters: str = "", result: str = "passed") -> str:
    suite = f'<TestSuite name="s" result="{result}" assertions_failed="0" {counters}>{inside}</TestSuite>'
    return f"<TestResult>{suite}</TestResult>"


def qt(inside: str) -> str:
    return f'<TestCase name="T"><Environment><QtVersion>6</QtVersion></Environment>{inside}</TestCase>'


def function(name: str, *types: str, more: str = "") -> str:
    incidents = "".join(f'<Incident type="{of}" file="" line="0"/>' for of in types)
    return f'<TestFunction name="{name}">{incidents}{more}</TestFunction>'


def catch2(inside: str, counters: str = "") -> str:
    return f'<Catch2TestRun name="t">{inside}<OverallResultsCases {counters}/></Catch2TestRun>'


def of_catch2(name: str, inside: str, **result: str) -> str:
    attributes = " ".join(f'{key}="{value}"' for key, value in result.items())
    return f'<TestCase name="{name}">{inside}<OverallResult {attributes}/></TestCase>'


def cppunit(failed: str, passed: str, total: str) -> str:
    lists = f"<FailedTests>{failed}</FailedTests><SuccessfulTests>{passed}</SuccessfulTests>"
    return f"<TestRun>{lists}<Statistics><Tests>{total}</Tests></Statistics></TestRun>"


NOT_RUN = '<kw name="U"><kw name="Log"><status status="NOT RUN"/></kw><status status="PASS"/></kw>'
MERGED = (
    '*HTML* &lt;span class="merge"&gt;Test has been re-executed and results merged.&lt;/span&gt; Old status:'
    '&lt;/span&gt; &lt;span class="fail"&gt;FAIL&lt;/span&gt;'
)

EXPECTED: list[Any] = [
    pytest.param(
        trx("".join(result(word, word) for word in ("Timeout", "Aborted", "InProgress", "Warning", ""))),
        {"passed": (), "failed": 5, "skipped": 0},
        id="trx: only `Passed` is a pass",
    ),
    pytest.param(
        trx("".join(result(word, word) for word in ("NotExecuted", "Inconclusive", "Pending", "Passed"))),
        {"passed": ("Passed",), "failed": 0, "skipped": 3},
        id="trx: what was not executed is skipped",
    ),
    pytest.param(
        trx(
            result("a", "Failed", f"<InnerResults>{result('a1', 'Passed')}</InnerResults>"),
            'total="2" failed="1"',
        ),
        {"total": 1, "passed": ("a1",), "failed": ("a",)},
        id="trx: a container that failed by itself",
    ),
    pytest.param(
        trx(
            result("a", "Failed", "", 'resultType="DataDrivenTest"')
            + result("a", "Failed", "", 'resultType="DataDrivenDataRow"'),
            'total="2" failed="2"',
        ),
        {"total": 1, "failed": ("a",)},
        id="trx: rows beside their container, which is counted, too",
    ),
    pytest.param(
        trx(result("a", "Failed", "<InnerResults/>")),
        {"total": 1, "failed": ("a",)},
        id="trx: a container of nothing is a test",
    ),
    pytest.param(
        trx(result("a", "Passed"), infos=info("Error", "Test host process crashed")),
        {"passed": ("a",), "failed": ("an error of the run: Test host process crashed",)},
        id="trx: an error of the run is a failure",
    ),
    pytest.param(
        trx(result("a", "Failed"), infos=info("Error", "[xUnit.net 00:00:00.67]     a [FAIL]")),
        {"failed": ("a",)},
        id="trx: but for the repetition of a failed test",
    ),
    pytest.param(
        trx(result("a", "Passed"), outcome="Aborted"),
        {"failed": ("the run failed, but no failed test is listed",), "partial": 1},
        id="trx: a run that was aborted",
    ),
    pytest.param(
        f"<TestRun><Results>{result('a', 'Passed')}</Results></TestRun>",
        {"failed": 0, "partial": 1},
        id="trx: a run of which nothing says how it ended",
    ),
    pytest.param(
        trx(result("a", "Passed"), 'total="3" executed="3" passed="2" timeout="1"'),
        {"failed": ("1 tests failed, but 0 are listed",), "partial": 1},
        id="trx: counted, and not listed",
    ),
    pytest.param(
        nunit(
            "".join(
                f'<test-case name="{word}" result="{word}"/>' for word in ("Warning", "Skipped", "Odd", "")
            )
        ),
        {"passed": (), "skipped": 2, "failed": ("Odd: status 'Odd'", "(a test without a name): status ''")},
        id="nunit: an unknown result is a failure",
    ),
    pytest.param(
        nunit('<test-case name="a" fullname="F.a" result="Passed"/>').replace(
            '<test-suite type="TestFixture"',
            '<filter><cat>Fast</cat></filter><test-suite type="TestFixture"',
        ),
        {"passed": ("F > a",), "partial": 1},
        id="nunit: a filter leaves tests out",
    ),
    pytest.param(
        nunit(
            '<properties><property name="Category" value="G4.push"/><property name="Odd" value="G4.x"/></properties>'
            '<test-case name="a" fullname="N.F.a" classname="N.F" result="Passed"/>'
        ),
        {"passed": ("N.F > a [G4.push]",)},
        id="nunit: a category of a suite applies to its tests",
    ),
    pytest.param(
        nunit('<test-case name="a" result="Passed"/>', 'total="2" failed="1"'),
        {"failed": ("1 tests failed, but 0 are listed",), "partial": 1},
        id="nunit: counted, and not listed",
    ),
    pytest.param(
        nunit2(
            '<test-case name="F.a" executed="True" success="True"/><test-case name="F.b" success="False"/>'
            '<test-case name="F.c" executed="False"/><test-case name="F.d"/>'
        ),
        {"passed": ("F > a",), "failed": ("F > b", "F > d"), "skipped": 1},
        id="nunit2: before 2.5 there is no result",
    ),
    pytest.param(
        nunit2('<test-case name="F.a" result="Success"/>').replace(
            '"Success"><results>', '"Error"><results>'
        ),
        {"passed": ("F > a",), "failed": ("F: failed outside of its tests",)},
        id="nunit2: a suite that failed by itself",
    ),
    pytest.param(
        nunit2('<test-case name="F.a" result="Success"/>', 'total="1" not-run="1" invalid="1"'),
        {"failed": ("1 tests failed, but 0 are listed",), "partial": 1},
        id="nunit2: counted, and not listed",
    ),
    pytest.param(
        xunit("".join(f'<test name="{word}" result="{word}"/>' for word in ("Skip", "NotRun", "Pending"))),
        {"passed": (), "skipped": 2, "failed": ("Pending: status 'Pending'",)},
        id="xunit: an unknown result is a failure",
    ),
    pytest.param(
        xunit('<test name="a" result="Pass"/>', 'total="1" errors="2"', '<error type="assembly-cleanup"/>'),
        {"failed": ("assembly-cleanup", "2 errors outside of the tests are counted, but 1 are listed")},
        id="xunit: errors of an assembly",
    ),
    pytest.param(
        xunit('<test name="a" result="Pass"/>', 'total="3" failed="1"'),
        {"failed": ("1 tests failed, but 0 are listed",), "partial": 1},
        id="xunit: counted, and not listed",
    ),
    pytest.param(
        robot(of_robot("a", "NOT SET") + of_robot("b", "SKIP") + '<test name="c"/>'),
        {"passed": (), "skipped": 1, "failed": ("S > a: status 'NOT SET'", "S > c: status ''")},
        id="robot: an unknown status is a failure",
    ),
    pytest.param(
        robot(of_robot("a", "PASS", inside=NOT_RUN) + of_robot("b", "PASS")),
        {"passed": ("S > b",), "skipped": 1, "failed": 0, "partial": 1},
        id="robot: a dry run shows nothing",
    ),
    pytest.param(
        robot(of_robot("a", "PASS", MERGED)),
        {"passed": ("S > a",), "failed": 0, "flaky": 1},
        id="robot: merged results of a test that failed before",
    ),
    pytest.param(
        robot(
            of_robot("a", "PASS"),
            errors="<msg level=\"ERROR\">Error in file 'a.robot': No such setting</msg>"
            '<msg level="ERROR">Error: logged by a test</msg><msg level="WARN">Error in file</msg>',
        ),
        {"failed": 0, "partial": 1},
        id="robot: an error in a file of suites",
    ),
    pytest.param(
        robot(of_robot("a", "PASS") + '<kw type="TEARDOWN"><status status="SKIP">no</status></kw>'),
        {"passed": (), "skipped": 1, "failed": 0},
        id="robot: a teardown that skips skips the tests",
    ),
    pytest.param(
        robot(of_robot("a", "PASS")).replace(
            '/test><status status="PASS"/>', '/test><status status="FAIL"/>'
        ),
        {"passed": ("S > a",), "failed": ("S: failed outside of its tests",)},
        id="robot: a suite that failed by itself",
    ),
    pytest.param(
        robot(of_robot("a", "PASS"), 'pass="1" fail="1" skip="0"'),
        {"failed": ("1 tests failed, but 0 are listed",), "partial": 1},
        id="robot: counted, and not listed",
    ),
    pytest.param(
        f"<robot><suite>{of_robot('a', 'PASS')}<status status='PASS'/></suite></robot>",
        {"failed": 0, "partial": 1},
        id="robot: an output without statistics",
    ),
    pytest.param(
        of_testng("".join(method(word, word) for word in ("SKIP", "SUCCESS_PERCENTAGE_FAILURE", "pass"))),
        {"passed": ("C > pass",), "skipped": 1, "failed": 1},
        id="testng: an unknown status is a failure",
    ),
    pytest.param(
        of_testng(
            method("a", "SKIP", 'retried="true"') * 2
            + method("a", "PASS")
            + method("b", "SKIP", 'retried="true"'),
            'total="4" retried="3" failed="0"',
        ),
        {"total": 2, "passed": ("C > a",), "flaky": 1, "failed": ("C > b",)},
        id="testng: a retried test that passed is flaky, and failed if it did not",
    ),
    pytest.param(
        of_testng(
            method("a", "PASS") + method("starts", "SKIP", 'is-config="true"'), 'total="2" ignored="1"'
        ),
        {"passed": ("C > a",), "failed": 0, "partial": 1},
        id="testng: ignored tests are counted and not listed",
    ),
    pytest.param(
        '<testng-results total="0"><suite name="S" url="S/testng-results.xml"/><suite><test><class name="C">'
        f"{method('a', 'PASS')}</class></test></suite></testng-results>",
        {"passed": ("C > a",), "partial": 1},
        id="testng: results in another file",
    ),
    pytest.param(
        ctest(of_ctest("a", "notrun", "Disabled") + of_ctest("b", "notrun", "") + of_ctest("c", "odd", "")),
        {"passed": (), "skipped": 1, "failed": ("b: status 'notrun'", "c: status 'odd'")},
        id="ctest: a test that could not be run failed",
    ),
    pytest.param(
        ctest(of_ctest("a", "passed", "Completed"), 2, ""),
        {"passed": ("a",), "failed": 0, "partial": 2},
        id="ctest: a run without an end, and a test without a result",
    ),
    pytest.param(
        boost('<TestCase name="a" result="passed"/>', 'test_cases_passed="1"', "failed"),
        {"passed": ("s > a",), "failed": ("s: failed outside of its tests",)},
        id="boost: a suite that failed by itself",
    ),
    pytest.param(
        boost("", 'test_cases_passed="3" test_cases_failed="1"', "failed"),
        {"total": 4, "passed": None, "failed": ("1 tests failed, but 0 are listed",), "partial": 1},
        id="boost: counters alone",
    ),
    pytest.param(
        boost('<TestCase name="a" result="timed-out"/>'),
        {"failed": ("s > a: status 'timed-out'",)},
        id="boost: an unknown result is a failure",
    ),
    pytest.param(
        qt(
            function("a", "pass", "bfail")
            + function("b", "other")
            + function("c")
            + function("d", more='<Message type="qfatal" file="d.cpp" line="3"/>')
        ),
        {
            "passed": (),
            "skipped": 1,
            "failed": ("T > b: status 'other'", "T > c: it has no result", "T > d: status 'qfatal'"),
        },
        id="qttest: only a pass is one",
    ),
    pytest.param(
        qt(function("initTestCase", "fail") + function("a", "pass") + function("cleanupTestCase", "pass")),
        {"total": 1, "passed": ("T > a",), "failed": ("T > initTestCase",)},
        id="qttest: functions around the tests",
    ),
    pytest.param(
        qt(function("a", "pass") + "<Odd/>" + function("b", "pass", more="<Odd2/>") + "text"),
        {"passed": ("T > a", "T > b"), "partial": 3},
        id="qttest: what is not known",
    ),
    pytest.param(
        catch2(
            of_catch2("a", "<Failure>no</Failure>", success="true")
            + of_catch2("b", "", success="true", skips="1")
            + of_catch2("c", "", success="maybe")
            + '<TestCase name="d"/>'
        ),
        {"passed": (), "skipped": 2, "failed": ("c", "d: it has no result")},
        id="catch2: only a success without a flaw is a pass",
    ),
    pytest.param(
        catch2(of_catch2("a", "", success="true"), 'successes="2" failures="1"'),
        {"passed": ("a",), "failed": ("1 tests failed, but 0 are listed",), "partial": 1},
        id="catch2: counted, and not listed",
    ),
    pytest.param(
        '<Catch><TestCase name="a"><OverallResult success="true"/></TestCase></Catch>',
        {"passed": ("a",), "failed": 0, "partial": 1},
        id="catch2: a report without counters",
    ),
    pytest.param(
        cppunit("", "<Test><Name>a</Name></Test><Odd><Name>b</Name></Odd>", "3"),
        {"passed": ("a",), "failed": ("b",), "partial": 1},
        id="cppunit: what is not known to have passed failed",
    ),
]


@pytest.mark.parametrize(("report", "expected"), EXPECTED)
def test_every_way_to_fail_is_read(report: str, expected: dict[str, Any]) -> None:
    collected = collect(tests, report)
    found: dict[str, Any] = {name: getattr(collected.facts, name, None) for name in expected}
    for name in ("failed", "flaky"):
        if name in found:
            messages = tuple(of.message for of in getattr(collected.facts, name))
            found[name] = len(messages) if isinstance(expected[name], int) else messages
    assert found | {"partial": len(collected.origins[0].partial)} == {"partial": 0, **expected}


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (trx(result("a", "Passed"), 'total="one"'), 'unreadable: report-0: <Counters> has total="one"'),
        (nunit("", 'total="-1"'), 'unreadable: report-0: <test-run> has total="-1", not a count'),
        (xunit("", 'total=""'), 'unreadable: report-0: <assembly> has total="", not a count'),
        (robot("", 'pass="1.5"'), 'unreadable: report-0: <stat> has pass="1.5", not a count'),
        (trx(""), "absent: reports holds no test"),
        (nunit(""), "absent: reports holds no test"),
        (nunit2(""), "absent: reports holds no test"),
        (xunit(""), "absent: reports holds no test"),
        (robot(""), "absent: reports holds no test"),
        (of_testng(""), "absent: reports holds no test"),
        (catch2(""), "absent: reports holds no test"),
        (cppunit("", "", "0"), "absent: reports holds no test"),
        (cppunit("", "", "one"), "unreadable: report-0: <Tests> is 'one', not a count"),
        (ctest(""), "absent: reports holds no test"),
        (boost(""), "absent: reports holds no test"),
        (qt(function("initTestCase", "pass")), "absent: reports holds no test"),
        ("<TestRun><Results>", "unreadable: report-0: line 1: not XML: no element found"),
    ],
    ids=short,
)
def test_a_report_without_results_or_with_a_figure_that_is_none_is_refused(report: str, reason: str) -> None:
    assert outcome(tests, report).startswith(reason)


@pytest.mark.parametrize("name", FIXTURES)
def test_a_report_that_was_cut_short_is_refused(name: str) -> None:
    data = fixture("tests", name)
    assert outcome(tests, data[: len(data) * 2 // 3]).startswith("unreadable: report-0: line ")


@pytest.mark.parametrize(
    ("stated", "zone"),
    [("2026-03-02T10:00:00Z", UTC), ("2026-03-02T10:00:00 UTC", UTC), ("2026-03-02T10:00:00 CET", UNSTATED)],
)
def test_testng_names_the_zone_of_a_time_in_some_versions(stated: str, zone: Any) -> None:
    assert collect(tests, of_testng(method("a", "PASS"), "", stated)).produced_at == datetime(
        2026, 3, 2, 10, tzinfo=zone
    )


def test_the_place_of_a_failure_in_net_is_that_of_the_first_own_frame() -> None:
    trace = "at Xunit.Assert.Equal() in /_/src/Asserts.cs:line 9\n at Shop.A() in C:\\app\\A.cs:line 7\n in b.cs:line 8"
    failed = f"<failure><message>no</message><stack-trace>{trace}</stack-trace></failure>"
    [found] = facts(tests, xunit(f'<test name="a" result="Fail">{failed}</test>')).failed
    assert (found.file, found.line) == ("C:\\app\\A.cs", 7)
