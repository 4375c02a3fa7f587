"""Artefacts with one flaw, for law 3: no damage to what shows the flaw makes the artefact green."""

import glob
import io
import json
import re
import zipfile
from collections.abc import Callable
from importlib import import_module
from typing import Any

from builders.artefacts import fixture
from builders.flaws_of_tests import FAILED_TESTS
from gatekeeper.syntax.json import load_all
from gatekeeper.testing import Flawed
from gatekeeper.testing.damage import variants

FLAWS: dict[str, Flawed] = {}
"""`kind/format: flaw` -> the artefact."""


def flaw(
    label: str,
    content: str,
    place: str,
    is_green: Callable[[Any], bool],
    repaired: str | tuple[str, str],
    **more: Any,
) -> None:
    """Add an artefact. `repaired` may be a text of it and what to write instead."""
    kind = label.partition(":")[0].partition("/")[0]
    reader = import_module(f"gatekeeper.collectors.{kind}.read")
    whole = content.replace(*repaired) if isinstance(repaired, tuple) else repaired
    assert whole != content, label
    FLAWS[label] = Flawed(reader, content, place, is_green, whole, **more)


def empty(*names: str) -> Callable[[Any], bool]:
    """Return a predicate: all these lists are known and empty."""
    return lambda facts: all(getattr(facts, name) == () for name in names)


def another(path: str, value: str, why: str) -> dict[str, str]:
    """Return the edits that put another text at a path, each with the reason why that is a valid statement."""
    edits = {
        f"put {text[:40]}: {path}" for text in ("other", " ", "", *variants(value)) if isinstance(text, str)
    }
    return {glob.escape(edit): why for edit in edits}


def text(kind: str, name: str) -> str:
    return fixture(kind, name).decode()


# --- coverage


def all_covered(facts: Any) -> bool:
    return bool(facts.lines_pct == 100)


LCOV = "SF:a.ts\nDA:1,1\nDA:2,0\nLF:2\nLH:1\nend_of_record\n"
flaw(
    "coverage/lcov: a line",
    LCOV,
    "3",
    all_covered,
    LCOV.replace("2,0", "2,1").replace("LH:1", "LH:2"),
    whole=True,
)


def counts(total: int, covered: int) -> dict[str, Any]:
    count = {"total": total, "covered": covered, "skipped": 0, "pct": 100 * covered / total}
    return dict.fromkeys(("lines", "statements", "functions", "branches"), count)


flaw(
    "coverage/istanbul: a file of the summary",
    json.dumps({"total": counts(4, 3), "/r/a.ts": counts(2, 2), "/r/b.ts": counts(2, 1)}),
    "/~1r~1b.ts",
    all_covered,
    json.dumps({"total": counts(4, 4), "/r/a.ts": counts(2, 2), "/r/b.ts": counts(2, 2)}),
    whole=True,
)

# --- tests

JUNIT = '<testsuite tests="2" failures="1"><testcase name="b"/><testcase name="a"><failure message="no">text</failure></testcase></testsuite>'
flaw(
    "tests/junit: a failure",
    JUNIT,
    "testcase[2]",
    lambda facts: facts.failed == (),
    '<testsuite tests="1"><testcase name="b"/></testsuite>',
    whole=True,
)
CTRF = json.dumps(
    {
        "results": {
            "tool": {"name": "x"},
            "summary": {
                "tests": 2,
                "passed": 1,
                "failed": 1,
                "skipped": 0,
                "pending": 0,
                "other": 0,
                "start": 1,
                "stop": 2,
            },
            "tests": [
                {"name": "a", "status": "passed", "duration": 1},
                {"name": "b", "status": "failed", "duration": 1},
            ],
        }
    }
)
flaw(
    "tests/ctrf: a failure",
    CTRF,
    "/results/tests/1",
    lambda facts: facts.failed == (),
    CTRF.replace('"failed": 1', '"failed": 0')
    .replace('"status": "failed"', '"status": "passed"')
    .replace('"passed": 1', '"passed": 2'),
    whole=True,
)

TRX = """<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Times start="2026-03-02T10:00:00Z"/>
<Results><UnitTestResult testId="1" testName="a" outcome="Passed"/>
<UnitTestResult testId="2" testName="b" outcome="Failed"><Output><ErrorInfo><Message>no</Message></ErrorInfo></Output></UnitTestResult></Results>
<ResultSummary outcome="Failed"><Counters total="2" executed="2" passed="1" failed="1"/></ResultSummary></TestRun>"""
TEAM_TEST = "{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}"
no_failure = empty("failed")
flaw(
    "tests/trx: a failure",
    TRX,
    f"{TEAM_TEST}Results/{TEAM_TEST}UnitTestResult[2]",
    no_failure,
    TRX.replace("Failed", "Passed").replace('passed="1" failed="1"', 'passed="2" failed="0"'),
    whole=True,
)
NUNIT = """<test-run result="Failed" total="2" passed="1" failed="1" start-time="2026-03-02 10:00:00Z"><test-suite type="TestFixture" name="F" result="Failed" site="Child">
<test-case name="a" fullname="F.a" result="Passed"/>
<test-case name="b" fullname="F.b" result="Failed"><failure><message>no</message></failure></test-case></test-suite></test-run>"""
flaw(
    "tests/nunit: a failure",
    NUNIT,
    "test-suite/test-case[2]",
    no_failure,
    NUNIT.replace("Failed", "Passed").replace('passed="1" failed="1"', 'passed="2" failed="0"'),
    whole=True,
)
NUNIT_TEARDOWN = """<test-run result="Failed" total="1" passed="1" failed="0"><test-suite type="Assembly" name="A.dll" result="Failed" site="Child">
<test-suite type="TestFixture" name="F" result="Failed" site="TearDown"><failure><message>no</message></failure><test-case name="a" fullname="F.a" result="Passed"/></test-suite></test-suite></test-run>"""
flaw(
    "tests/nunit: a teardown",
    NUNIT_TEARDOWN,
    "test-suite/test-suite",
    no_failure,
    NUNIT_TEARDOWN.replace("Failed", "Passed"),
    whole=True,
)
NUNIT2 = """<test-results total="2" failures="1" date="2026-03-02" time="10:00:00"><test-suite name="F" result="Failure" success="False"><results>
<test-case name="F.a" executed="True" result="Success" success="True"/>
<test-case name="F.b" executed="True" result="Failure" success="False"><failure><message>no</message></failure></test-case></results></test-suite></test-results>"""
flaw(
    "tests/nunit2: a failure",
    NUNIT2,
    "test-suite/results/test-case[2]",
    no_failure,
    NUNIT2.replace("Failure", "Success").replace("False", "True").replace('failures="1"', 'failures="0"'),
    whole=True,
)
XUNIT = """<assemblies><assembly name="a.dll" total="2" passed="1" failed="1" run-date="2026-03-02" run-time="10:00:00"><collection>
<test name="a" result="Pass"/><test name="b" result="Fail"><failure><message>no</message></failure></test></collection></assembly></assemblies>"""
flaw(
    "tests/xunit: a failure",
    XUNIT,
    "assembly/collection/test[2]",
    no_failure,
    XUNIT.replace("Fail", "Pass").replace('passed="1" failed="1"', 'passed="2" failed="0"'),
    whole=True,
)
ROBOT = """<robot generator="Robot 7.0"><suite name="S"><test name="a"><status status="PASS" start="2026-03-02T10:00:00"/></test>
<test name="b"><kw name="Log"><status status="PASS"/></kw><status status="FAIL" start="2026-03-02T10:00:00">no</status></test>
<status status="FAIL"/></suite><statistics><total><stat pass="1" fail="1" skip="0">All Tests</stat></total></statistics></robot>"""
flaw(
    "tests/robot: a failure",
    ROBOT,
    "suite/test[2]",
    no_failure,
    ROBOT.replace("FAIL", "PASS").replace('pass="1" fail="1"', 'pass="2" fail="0"'),
    whole=True,
)
ROBOT_TEARDOWN = """<robot generator="Robot 7.0"><suite name="S"><test name="a"><status status="PASS"/></test>
<kw name="Stop" type="TEARDOWN"><status status="FAIL">no</status></kw><status status="FAIL">Suite teardown failed</status></suite>
<statistics><total><stat pass="0" fail="1" skip="0">All Tests</stat></total></statistics></robot>"""
flaw(
    "tests/robot: a teardown",
    ROBOT_TEARDOWN,
    "suite/kw",
    no_failure,
    ROBOT_TEARDOWN.replace("FAIL", "PASS").replace('pass="0" fail="1"', 'pass="1" fail="0"'),
    whole=True,
)
TAP = """TAP version 14
1..2
ok 1 - a
not ok 2 - b
  ---
  message: no
  ...
"""
flaw(
    "tests/tap: a failure",
    TAP,
    "4-7",
    no_failure,
    TAP.replace("not ok", "ok"),
    whole=True,
    allowed={"* /1/0/1": "the space after `not`: without both, the line says that the test passed"},
)
GO_EVENTS = [
    {"Time": "2026-03-02T10:00:00Z", "Action": action, "Package": "shop", **more}
    for action, more in (
        ("start", {}),
        ("run", {"Test": "TestA"}),
        ("pass", {"Test": "TestA", "Elapsed": 0.1}),
        ("run", {"Test": "TestB"}),
        ("fail", {"Test": "TestB", "Elapsed": 0.1}),
        ("fail", {"Elapsed": 0.2}),
    )
]
GO = "\n".join(map(json.dumps, GO_EVENTS))
flaw(
    "tests/gotest: a failure",
    GO,
    "/4",
    no_failure,
    GO.replace('"fail"', '"pass"'),
    whole=True,
)
flaw(
    "tests/gotest: a package",
    "\n".join(map(json.dumps, [*GO_EVENTS[:3], GO_EVENTS[5]])),
    "/3",
    no_failure,
    "\n".join(map(json.dumps, [*GO_EVENTS[:3], GO_EVENTS[5] | {"Action": "pass"}])),
    whole=True,
)
TESTNG = """<testng-results total="2" passed="1" failed="1" skipped="0"><suite name="S" started-at="2026-03-02T10:00:00Z"><test name="T"><class name="C">
<test-method name="a" status="PASS"/><test-method name="b" status="FAIL"><exception class="E"><message>no</message></exception></test-method></class></test></suite></testng-results>"""
flaw(
    "tests/testng: a failure",
    TESTNG,
    "suite/test/class/test-method[2]",
    no_failure,
    TESTNG.replace("FAIL", "PASS").replace('passed="1" failed="1"', 'passed="2" failed="0"'),
    whole=True,
)
CTEST = """<Site Generator="ctest-3.25"><Testing><StartTestTime>1772445600</StartTestTime><TestList><Test>./a</Test><Test>./b</Test></TestList>
<Test Status="passed"><Name>a</Name></Test><Test Status="failed"><Name>b</Name><Results><NamedMeasurement name="Completion Status"><Value>Completed</Value>
</NamedMeasurement></Results></Test><EndTestTime>1772445600</EndTestTime></Testing></Site>"""
flaw(
    "tests/ctest: a failure",
    CTEST,
    "Testing/Test[2]",
    no_failure,
    CTEST.replace("failed", "passed"),
    whole=True,
)
BOOST = """<TestResult><TestSuite name="s" result="failed" assertions_failed="1" test_cases_passed="1" test_cases_failed="1" test_cases_skipped="0">
<TestCase name="a" result="passed"/><TestCase name="b" result="failed"/></TestSuite></TestResult>"""
flaw(
    "tests/boost: a failure",
    BOOST,
    "TestSuite/TestCase[2]",
    no_failure,
    BOOST.replace('"failed"', '"passed"').replace(
        'passed="1" test_cases_failed="1"', 'passed="2" test_cases_failed="0"'
    ),
    whole=True,
)
QTTEST = """<TestCase name="T"><Environment><QtVersion>6.5</QtVersion></Environment><TestFunction name="a"><Incident type="pass" file="" line="0"/></TestFunction>
<TestFunction name="b"><Incident type="fail" file="t.cpp" line="3"><Description>no</Description></Incident><Duration msecs="1"/></TestFunction></TestCase>"""
flaw(
    "tests/qttest: a failure",
    QTTEST,
    "TestFunction[2]",
    no_failure,
    QTTEST.replace('"fail"', '"pass"'),
)
LIBTEST = "\n".join(
    map(
        json.dumps,
        (
            {"type": "suite", "event": "started", "test_count": 2},
            {"type": "test", "event": "started", "name": "a"},
            {"type": "test", "event": "started", "name": "b"},
            {"type": "test", "event": "ok", "name": "a"},
            {"type": "test", "event": "failed", "name": "b", "stdout": "no"},
            {"type": "suite", "event": "failed", "passed": 1, "failed": 1, "ignored": 0, "filtered_out": 0},
        ),
    )
)
flaw(
    "tests/libtest: a failure",
    LIBTEST,
    "/4",
    no_failure,
    LIBTEST.replace('"failed", "name"', '"ok", "name"').replace(
        '"failed", "passed": 1, "failed": 1', '"ok", "passed": 2, "failed": 0'
    ),
    whole=True,
)

for format_, failed in FAILED_TESTS.items():
    flaw(
        f"tests/{format_}" if ":" in format_ else f"tests/{format_}: a failure",
        failed.content,
        failed.place,
        lambda facts: facts.failed == () and bool(facts.passed),
        failed.repaired,
        whole=failed.whole,
    )
CPPUNIT = """<TestRun><FailedTests><FailedTest id="1"><Name>A::b</Name><Message>no</Message></FailedTest></FailedTests>
<SuccessfulTests><Test id="2"><Name>A::a</Name></Test></SuccessfulTests><Statistics><Tests>2</Tests><FailuresTotal>1</FailuresTotal></Statistics></TestRun>"""
flaw(
    "tests/cppunit: a failure",
    CPPUNIT,
    "FailedTests/FailedTest",
    no_failure,
    """<TestRun><FailedTests/><SuccessfulTests><Test id="2"><Name>A::a</Name></Test></SuccessfulTests></TestRun>""".replace(
        "</TestRun>", "<Statistics><Tests>1</Tests><FailuresTotal>0</FailuresTotal></Statistics></TestRun>"
    ),
    whole=True,
)
CATCH2 = """<Catch2TestRun name="t"><TestCase name="a"><OverallResult success="true"/></TestCase>
<TestCase name="b"><Expression success="false"><Original>no</Original></Expression><OverallResult success="false"/></TestCase>
<OverallResultsCases successes="1" failures="1" expectedFailures="0"/></Catch2TestRun>"""
flaw(
    "tests/catch2_xml: a failure",
    CATCH2,
    "TestCase[2]",
    no_failure,
    CATCH2.replace('"false"', '"true"').replace('successes="1" failures="1"', 'successes="2" failures="0"'),
    whole=True,
)

# --- load_test

flaw(
    "load_test/k6: a threshold",
    text("load_test", "handle-summary.json"),
    "/metrics/http_req_duration",
    lambda facts: facts.p95_ms is not None and facts.p95_ms <= 60,
    ('"p(95)": 66.7', '"p(95)": 6.7'),
    whole=True,
)
flaw(
    "load_test/k6: failed checks",
    text("load_test", "handle-summary.json"),
    "/metrics/checks",
    lambda facts: facts.checks_failed == 0,
    ('"passes": 2970, "fails": 30', '"passes": 2970, "fails": 0'),
)
flaw(
    "load_test/k6: a slow call of gRPC",
    text("load_test", "k6-grpc.json"),
    "/metrics/grpc_req_duration",
    lambda facts: facts.p99_ms is not None and facts.p99_ms <= 90 and facts.thresholds_failed == (),
    text("load_test", "k6-grpc.json").replace("92.4", "82.4").replace("false\n", "true\n"),
    whole=True,
)
flaw(
    "load_test/jmeter: a failed sample",
    text("load_test", "refused.jtl"),
    "5",
    lambda facts: facts.error_pct is not None and facts.error_pct <= 40,
    (",false,", ",true,"),
    allowed={"put True: *": "a sample that succeeded"},
)
flaw(
    "load_test/jmeter: a failed assertion",
    text("load_test", "samples.xml").replace("<failure>false", "<failure>true", 1),
    "sample[1]/httpSample[1]",
    lambda facts: facts.checks_failed == 0 and facts.error_pct == 0,
    ("<failure>true", "<failure>false"),
    allowed={"drop */2": "without the assertion", "put *: */2": "likewise"},
)
flaw(
    "load_test/gatling: a failed request",
    text("load_test", "simulation.log"),
    "10",
    lambda facts: facts.error_pct is not None and facts.error_pct < 7,
    ("\tKO\t", "\tOK\t"),
)


def is_faultless(facts: Any) -> bool:
    return bool(facts.error_pct == 0)


def is_quick(facts: Any) -> bool:
    return facts.p99_ms is not None and facts.p99_ms <= 60


ARTILLERY = {
    "aggregate": {
        "counters": {"http.requests": 9, "http.codes.200": 8, "http.codes.500": 1, "vusers.created": 9},
        "summaries": {"http.response_time": {"min": 1, "max": 80, "p95": 50, "p99": 70}},
    }
}
flaw(
    "load_test/artillery: a status code",
    json.dumps(ARTILLERY),
    "/aggregate/counters",
    is_faultless,
    json.dumps(ARTILLERY).replace("8, ", "9, ").replace('"http.codes.500": 1, ', ""),
    whole=True,
)
flaw(
    "load_test/artillery: a slow run",
    json.dumps(ARTILLERY),
    "/aggregate/summaries",
    is_quick,
    ("70", "55"),
    whole=True,
)
LOCUST = [
    {"name": "/", "num_requests": 4, "num_none_requests": 0, "num_failures": 1, "start_time": 1.5,
     "last_request_timestamp": 9.5, "response_times": {"10": 3, "70": 1}, "max_response_time": 71.5}
]  # fmt: skip
flaw(
    "load_test/locust: a failure",
    json.dumps(LOCUST),
    "/0",
    is_faultless,
    ('failures": 1', 'failures": 0'),
    whole=True,
)
flaw(
    "load_test/locust: a slow request",
    json.dumps(LOCUST),
    "/0/response_times",
    is_quick,
    ('"70"', '"60"'),
    whole=True,
    allowed={"rename*": "a key that is another number is another time"},
)
for name, place, of, repaired in (
    ("vegeta", "/status_codes", is_faultless,
     (('"success": 0.975', '"success": 1'), ('"0": 3', '"200": 3'), ('"200": 585', '"201": 585'), ('"503"', '"204"'))),
    ("vegeta", "/latencies", is_quick, (("2000400000", "51000000"),)),
    ("autocannon", "/latency", is_quick, (('"p99":106', '"p99":50'), ('"p90":85', '"p90":49'), ('"p75":67', '"p75":48'))),
    ("bombardier", "/result", is_faultless, (('"req5xx": 52', '"req5xx": 0'), ('"others": 8', '"others": 0'))),
    ("bombardier", "/result/latency", is_quick, (('"99": 2000112', '"99": 50000'),)),
    ("oha", "/statusCodeDistribution", is_faultless, (('"500"', '"204"'), ('"operation timed out"', '"201"'))),
    ("oha", "/latencyPercentiles", is_quick, (("0.0889", "0.05"),)),
    ("ghz", "/statusCodeDistribution", is_faultless,
     (('"Unavailable": 4', '"Unavailable": 0'), ('"OK": 196', '"OK": 200'))),
    ("fortio", "/RetCodes", is_faultless,
     (('"503": 3', '"202": 3'), ('"-1"', '"201"'), ('"Count": 4,', '"Count": 0,'))),
    ("jmeter-statistics", "/Total", is_faultless,
     (('"errorCount": 6', '"errorCount": 0'), ('"errorPct": 2.0', '"errorPct": 0'))),
    ("gatling-stats", "/stats/numberOfRequests", is_faultless, (('"ko": 10\n', '"ko": 0\n'), ('"ok": 240', '"ok": 250'))),
    ("gatling-assertions", "/assertions/0", lambda facts: facts.thresholds_failed == (), (('"result": false', '"result": true'),)),
):  # fmt: skip
    whole = text("load_test", f"{name}.json").replace('"sent":236', '"sent":180')  # autocannon: all answered
    fixed = whole
    for edit in repaired:
        assert edit[0] in fixed, (name, edit)
        fixed = fixed.replace(*edit)
    flaw(
        f"load_test/{name.replace('-', '_')}: {place}",
        whole,
        place,
        of,
        fixed,
        whole=name != "gatling-assertions",
    )
flaw(
    "load_test/taurus_xml: failed requests",
    text("load_test", "taurus.xml"),
    "Group[2]/fail",
    is_faultless,
    text("load_test", "taurus.xml").replace('"76"', '"0"').replace('"354"', '"430"'),
    whole=True,
)
LOCUST_TABLE, TAURUS_TABLE = (text("load_test", f"{name}.csv") for name in ("locust_stats", "taurus"))
flaw(
    "load_test/locust_csv: the row of all requests",
    LOCUST_TABLE,
    "6",
    is_faultless,
    (",825,135,", ",825,0,"),
)
flaw(
    "load_test/taurus: the row of all requests",
    TAURUS_TABLE,
    "5",
    is_faultless,
    TAURUS_TABLE.replace(",4,76,", ",4,0,").replace(",354,430,", ",430,430,"),
)

# --- evals

PROMPTFOO = json.loads(text("evals", "promptfoo.json"))
PROMPTFOO["results"]["results"] = PROMPTFOO["results"]["results"][:2]
PROMPTFOO["results"]["stats"] = {"successes": 1, "failures": 1, "errors": 0}
ANSWERED = PROMPTFOO | {
    "results": PROMPTFOO["results"]
    | {"results": PROMPTFOO["results"]["results"][:1], "stats": {"successes": 1, "failures": 0, "errors": 0}}
}
INSPECT = text("evals", "inspect.json").replace("0.6", "1")
DEEPEVAL = json.loads(text("evals", "deepeval.json"))
RELEVANT = DEEPEVAL | {
    "testCases": DEEPEVAL["testCases"][:1],
    "conversationalTestCases": [],
    "testPassed": 1,
    "testFailed": 0,
}


def is_passed(facts: Any) -> bool:
    return bool(facts.failed == () and facts.unasserted == ())


flaw(
    "evals/promptfoo: a failed row",
    json.dumps(PROMPTFOO),
    "/results/results/1",
    is_passed,
    json.dumps(ANSWERED),
    whole=True,
)
flaw(
    "evals/inspect_ai: a failed sample",
    INSPECT,
    "/samples/2",
    is_passed,
    INSPECT.replace('"I"', '"C"'),
    whole=True,
    allowed={"put True: *value": "a score of true is a pass"},
)
flaw(
    "evals/deepeval: a failed case",
    json.dumps(DEEPEVAL),
    "/testCases/1",
    is_passed,
    json.dumps(RELEVANT),
    whole=True,
)

RAGAS = [
    {"user_input": "a", "response": "x", "reference": "y", "faithfulness": 1.0, "answer_relevancy": 1.0},
    {"user_input": "b", "response": "x", "reference": "y", "faithfulness": 0.25, "answer_relevancy": 1.0},
]
flaw(
    "evals/ragas: a low score",
    json.dumps(RAGAS),
    "/1",
    is_passed,
    ("0.25", "1.0"),
    allowed={"put True: *": "a score of true is a pass"},
)
TRACED = {
    "data": [
        {"traceId": f"t{number}", "name": "correct", "source": "EVAL", "dataType": "NUMERIC", "value": value}
        for number, value in enumerate((1, 0.5))
    ],
    "meta": {"page": 1, "limit": 50, "totalItems": 2, "totalPages": 1},
}
flaw(
    "evals/langfuse: a low score",
    json.dumps(TRACED),
    "/data/1",
    is_passed,
    ("0.5", "1"),
    whole=True,
    allowed={
        "put CORRECTION: *dataType": "it is a correction",
        "put TEXT: *dataType": "it is a comment",
        **another("/data/1/value", "1", "a word that is a pass"),
    },
)
OUTPUT: Any = {
    "object": "eval.run.output_item",
    "datasource_item_id": 1,
    "status": "pass",
    "results": [
        {"name": "polite", "passed": True, "score": 1.0},
        {"name": "true", "passed": True, "score": 1.0},
    ],
    "sample": {"error": None},
}
NOT_TRUE = {
    "status": "fail",
    "results": [OUTPUT["results"][0], {"name": "true", "passed": False, "score": 0.0}],
}
ITEMS = {"object": "list", "data": [OUTPUT, {**OUTPUT, **NOT_TRUE}], "has_more": False}
flaw(
    "evals/openai_run: a failed item",
    json.dumps(ITEMS),
    "/data/1/results/1",
    is_passed,
    json.dumps({**ITEMS, "data": [OUTPUT]}),
    whole=True,
)
EVAL_LOG = json.dumps(
    {
        "header.json": {
            "version": 2,
            "status": "success",
            "eval": {"task": "t", "model": "m", "dataset": {"samples": 2}},
            "results": {"total_samples": 2, "completed_samples": 2, "scores": [{"name": "match"}]},
        },
        "summaries.json": [
            {"id": name, "epoch": 1, "target": "x", "scores": {"match": {"value": value}}, "completed": True}
            for name, value in (("a", "C"), ("b", "I"))
        ],
    }
)


class Packed:
    """The reader of evaluations, for the files of a zip archive as an object in JSON."""

    @staticmethod
    def collect(artefact: Any, options: Any) -> Any:
        files = tuple(file._replace(read=lambda read=file.read: packed(read())) for file in artefact.files)
        return import_module("gatekeeper.collectors.evals.read").collect(
            artefact._replace(files=files), options
        )


def packed(members: bytes) -> bytes:
    """Return a zip archive; text that is not an object of members is returned as it is."""
    try:
        found = json.loads(members)
    except ValueError:
        return members
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name, value in found.items() if isinstance(found, dict) else ():
            file.writestr(name, json.dumps(value))
    return archive.getvalue()


FLAWS["evals/inspect_eval: a failed sample"] = Flawed(
    Packed(),
    EVAL_LOG,
    "/summaries.json/1",
    is_passed,
    EVAL_LOG.replace('"I"', '"C"'),
    whole=True,
    allowed={"put True: *value": "a score of true is a pass"},
)
OAIEVAL = "\n".join(
    json.dumps(line)
    for line in (
        {"spec": {"eval_name": "e", "completion_fns": ["m"], "created_at": "2026-03-02 10:00:00"}},
        {"run_id": "r", "event_id": 0, "sample_id": "a", "type": "match", "data": {"correct": True}},
        {"run_id": "r", "event_id": 1, "sample_id": "b", "type": "match", "data": {"correct": False}},
        {"final_report": {"accuracy": 0.5}, "run_id": "r"},
    )
)
flaw(
    "evals/oaieval: an answer that is not correct",
    OAIEVAL,
    "3",
    is_passed,
    OAIEVAL.replace("false", "true").replace("0.5", "1.0"),
    whole=True,
)

# --- quality_gate

CONDITION = {
    "status": "OK",
    "metricKey": "bugs",
    "comparator": "GT",
    "errorThreshold": "0",
    "actualValue": "0",
}
GATE = json.dumps(
    {
        "projectStatus": {
            "status": "ERROR",
            "conditions": [CONDITION, {**CONDITION, "metricKey": "coverage", "status": "ERROR"}],
            "ignoredConditions": False,
        }
    }
)
flaw(
    "quality_gate/sonarqube: a condition that is not met",
    GATE,
    "/projectStatus/conditions/1",
    lambda facts: facts.status == "passed" and facts.failed == (),
    GATE.replace("ERROR", "OK"),
    whole=True,
)
flaw(
    "quality_gate/scorecard: a low score",
    text("quality_gate", "scorecard.json"),
    "/checks/1",
    lambda facts: (facts.scores or {}).get("Branch-Protection", 0) >= 8,
    ('"score": 2', '"score": 8'),
    whole=True,
)

# --- pen_test

OWN = {
    "engagement": "One",
    "findings": [
        {"id": "A-1", "title": "t", "severity": "high", "status": "open", "file": "a.ts", "line": 3},
        {"id": "A-2", "severity": "low", "status": "closed"},
    ],
}
ZAP = json.loads(text("pen_test", "zap.json"))


def is_closed(facts: Any) -> bool:
    return bool(facts.open == ())


flaw(
    "pen_test/findings: an open finding",
    json.dumps(OWN),
    "/findings/0",
    is_closed,
    ("open", "closed"),
    also={
        f"beside an empty list, under {key}": json.dumps(
            {"engagement": "One", "findings": [], key: OWN["findings"]}
        )
        for key in ("Findings", "findings_open", "x-findings", "archive")
    },
)
flaw(
    "pen_test/zap: an open alert",
    json.dumps(ZAP),
    "/site/0/alerts/0",
    is_closed,
    json.dumps(ZAP | {"site": [ZAP["site"][0] | {"alerts": ZAP["site"][0]["alerts"][1:2]}]}),
    also={
        "beside an empty list": json.dumps(
            ZAP | {"site": [ZAP["site"][0] | {"alerts": [], "Alerts": ZAP["site"][0]["alerts"]}]}
        )
    },
)

BURP = text("pen_test", "burp.xml")
NESSUS = text("pen_test", "scan.nessus").replace('severity="2"', 'severity="0"').replace(">Medium<", ">None<")
OPENVAS = text("pen_test", "openvas.xml").replace("5.9", "0.0").replace("<threat>Medium", "<threat>Log")
NIKTO = text("pen_test", "nikto.xml")
ZAP_XML = text("pen_test", "zap.xml")
flaw("pen_test/burp: an issue", BURP, "issue[1]", is_closed, (">High<", ">Information<"))
flaw(
    "pen_test/nessus: an item",
    NESSUS,
    "Report/ReportHost/ReportItem[1]",
    is_closed,
    NESSUS.replace('severity="4"', 'severity="0"').replace(">Critical<", ">None<"),
)
flaw(
    "pen_test/openvas: a result",
    OPENVAS,
    "report/results/result[1]",
    is_closed,
    OPENVAS.replace("<threat>High", "<threat>Log").replace("<severity>9.8", "<severity>0.0"),
    whole=True,
)
flaw(
    "pen_test/nikto: an item",
    NIKTO,
    "niktoscan/scandetails/item[1]",
    is_closed,
    re.sub("<item.*</item>", "", NIKTO, flags=re.DOTALL),
)
flaw(
    "pen_test/zap_xml: an alert",
    ZAP_XML,
    "site/alerts/alertitem[1]",
    is_closed,
    ZAP_XML.replace("<riskcode>3", "<riskcode>0").replace(">High (", ">Informational ("),
)

WAPITI = json.loads(text("pen_test", "wapiti.json"))
WAPITI["vulnerabilities"] = {"XSS": WAPITI["vulnerabilities"]["Reflected Cross Site Scripting"]}
flaw(
    "pen_test/wapiti: a vulnerability",
    json.dumps(WAPITI),
    "/vulnerabilities/XSS/0",
    is_closed,
    ('"level": 2', '"level": 0'),
)
NUCLEI = "\n".join(text("pen_test", "nuclei.jsonl").splitlines()[1:3])
flaw(
    "pen_test/nuclei: a match",
    NUCLEI,
    "/0",
    is_closed,
    ('"severity": "critical"', '"severity": "info"'),
)
flaw(
    "pen_test/nuclei_export: a match",
    json.dumps(json.loads(text("pen_test", "nuclei.json"))[1:]),
    "/0",
    is_closed,
    ('"severity": "critical"', '"severity": "info"'),
)
flaw(
    "pen_test/gitlab: a vulnerability",
    text("pen_test", "gl-dast-report.json"),
    "/vulnerabilities/0",
    is_closed,
    ('"High"', '"Info"'),
)

# --- traces


def of_service(name: str, *spans: Any) -> Any:
    return {
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": name}}]},
        "scopeSpans": [{"spans": spans}],
    }


def span(number: int, parent: int | None = None, **more: Any) -> Any:
    value = {
        "traceId": "5b8efff798038103d269b633813fc60c",
        "spanId": f"{number:016x}",
        "name": f"GET {number}",
        "startTimeUnixNano": f"17{number:017}",
        "endTimeUnixNano": f"18{number:017}",
    }
    return value | ({} if parent is None else {"parentSpanId": f"{parent:016x}"}) | more


def traces(*of_b: Any) -> str:
    return json.dumps(
        {
            "resourceSpans": [
                of_service("a", span(1), span(2, 1, kind=3)),
                of_service("b", span(3, 2, kind=2), *of_b),
            ]
        }
    )


flaw(
    "traces/otlp: a broken span",
    traces(span(4, 9, kind=1)),
    "/resourceSpans/1/scopeSpans/0/spans/1",
    lambda facts: facts.broken == (),
    traces(),
    allowed={"*/parentSpanId": "a span without a parent is a root"},
)


def jaeger_span(number: int, service: str, parent: int | None = None) -> Any:
    trace, kind = "5b8efff798038103d269b633813fc60c", "server" if parent == 2 else "client"
    reference = {"refType": "CHILD_OF", "traceID": trace, "spanID": f"{parent or 0:016x}"}
    return {
        "traceID": trace,
        "spanID": f"{number:016x}",
        "operationName": f"GET {number}",
        "references": [reference] if parent else [],
        "startTime": 1772445600000000 + number,
        "duration": 5,
        "tags": [{"key": "span.kind", "type": "string", "value": kind}] if parent in (1, 2) else [],
        "processID": service,
    }


def jaeger(*more: Any) -> str:
    spans = [jaeger_span(1, "a"), jaeger_span(2, "a", 1), jaeger_span(3, "b", 2), *more]
    processes: Any = {name: {"serviceName": name, "tags": []} for name in ("a", "b")}
    return json.dumps(
        {"data": [{"traceID": spans[0]["traceID"], "spans": spans, "processes": processes}], "errors": None}
    )


AS_A_ROOT = "a span without a parent is a root"
flaw(
    "traces/jaeger: a broken span",
    jaeger(jaeger_span(4, "b", 9)),
    "/data/0/spans/3",
    lambda facts: facts.broken == (),
    jaeger(),
    allowed={
        "*/references": AS_A_ROOT,
        "*/references/0": AS_A_ROOT,
        "put 5b*/references/0/traceID": "a reference to another trace is a link",
    },
)


def zipkin_span(number: int, service: str, parent: int | None = None, **more: Any) -> Any:
    value = {
        "traceId": "5b8efff798038103d269b633813fc60c",
        "id": f"{number:016x}",
        "name": f"get {number}",
        "timestamp": 1772445600000000 + number,
        "duration": 5,
        "localEndpoint": {"serviceName": service},
    }
    return value | ({} if parent is None else {"parentId": f"{parent:016x}"}) | more


ZIPKIN = [
    zipkin_span(1, "a", kind="SERVER"),
    zipkin_span(2, "a", 1, kind="CLIENT"),
    zipkin_span(3, "b", 2, kind="SERVER"),
]
flaw(
    "traces/zipkin: a broken span",
    json.dumps([*ZIPKIN, zipkin_span(4, "b", 9)]),
    "/3",
    lambda facts: facts.broken == (),
    json.dumps(ZIPKIN),
    allowed={"*/parentId": AS_A_ROOT},
)
flaw(
    "traces/tempo: a broken span",
    traces(span(4, 9, kind=1)).replace("resourceSpans", "batches"),
    "/batches/1/scopeSpans/0/spans/1",
    lambda facts: facts.broken == (),
    traces().replace("resourceSpans", "batches"),
    allowed={"*/parentSpanId": AS_A_ROOT},
)
flaw(
    "traces/jaeger_v3: a broken span",
    f'{{"result": {traces(span(4, 9, kind=1))}}}',
    "/result/resourceSpans/1/scopeSpans/0/spans/1",
    lambda facts: facts.broken == (),
    f'{{"result": {traces()}}}',
    allowed={"*/parentSpanId": AS_A_ROOT},
)

# --- vulnerabilities

TRIVY = {
    "SchemaVersion": 2,
    "Results": [
        {
            "Target": "x",
            "Class": "os-pkgs",
            "Type": "debian",
            "Vulnerabilities": [{"VulnerabilityID": "CVE-1", "PkgName": "a", "Severity": "CRITICAL"}],
            "Misconfigurations": [{"ID": "A", "Severity": "CRITICAL", "Status": "FAIL"}],
        }
    ],
}
MODIFIED = {
    "SchemaVersion": 2,
    "Results": [
        {
            "Target": "x",
            "Class": "os-pkgs",
            "ExperimentalModifiedFindings": [
                {
                    "Type": "vulnerability",
                    "Status": "under_investigation",
                    "Source": "vex.json",
                    "Finding": {"VulnerabilityID": "CVE-1", "PkgName": "a", "Severity": "CRITICAL"},
                }
            ],
        }
    ],
}
GRYPE = {
    "matches": [
        {
            "vulnerability": {"id": "CVE-1", "severity": "Critical"},
            "artifact": {"name": "a", "version": "1", "type": "npm"},
        }
    ],
    "source": {"type": "directory", "target": "."},
    "descriptor": {"name": "grype", "version": "0.80.0"},
}
OSV = {
    "results": [
        {
            "source": {"path": "package-lock.json", "type": "lockfile"},
            "packages": [
                {
                    "package": {"name": "a", "version": "1", "ecosystem": "npm"},
                    "vulnerabilities": [{"id": "A", "database_specific": {"severity": "CRITICAL"}}],
                    "groups": [{"ids": ["A"], "max_severity": "9.8"}],
                }
            ],
        }
    ]
}
NPM = {
    "auditReportVersion": 2,
    "vulnerabilities": {
        "a": {"name": "a", "severity": "critical", "via": [{"title": "t", "severity": "critical"}]}
    },
    "metadata": {"vulnerabilities": {"critical": 1, "high": 0, "total": 1}, "dependencies": {"total": 9}},
}
SARIF = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {
                "driver": {
                    "name": "grype",
                    "rules": [
                        {
                            "id": "CVE-2026-1111",
                            "properties": {"security-severity": "9.8", "purls": ["pkg:npm/a@1"]},
                        }
                    ],
                }
            },
            "invocations": [{"executionSuccessful": True}],
            "results": [
                {
                    "ruleId": "CVE-2026-1111",
                    "ruleIndex": 0,
                    "kind": "fail",
                    "level": "error",
                    "message": {"text": "m"},
                }
            ],
        }
    ],
}


def renamed(report: Any, key: str, instead: Any = ()) -> dict[str, str]:
    """Return reports with what a key holds under others, and something empty or harmless instead."""
    return {
        f"under {other}, beside an empty {key}": json.dumps(report | {key: instead, other: report[key]})
        for other in (f"{key}2", f"x-{key}", f"old_{key}")
    }


def is_clean(facts: Any) -> bool:
    return bool(facts.critical == 0 and facts.high == 0)


flaw(
    "vulnerabilities/trivy: a vulnerability",
    json.dumps(TRIVY),
    "/Results/0/Vulnerabilities/0",
    is_clean,
    ("CRITICAL", "LOW"),
    also=renamed(TRIVY, "Results", [{"Target": "a", "Class": "lang-pkgs"}]),
)
flaw(
    "vulnerabilities/trivy: a misconfiguration",
    json.dumps(TRIVY),
    "/Results/0/Misconfigurations/0",
    is_clean,
    ("CRITICAL", "LOW"),
)
flaw(
    "vulnerabilities/grype: a match",
    json.dumps(GRYPE),
    "/matches/0",
    is_clean,
    ("Critical", "Low"),
    also=renamed(GRYPE, "matches"),
)
LOW = json.dumps(OSV).replace("CRITICAL", "LOW").replace("9.8", "1.0")
flaw(
    "vulnerabilities/osv: a group",
    json.dumps(OSV),
    "/results/0/packages/0/groups/0",
    is_clean,
    LOW,
    whole=True,
)
flaw(
    "vulnerabilities/osv: a vulnerability",
    json.dumps(OSV),
    "/results/0/packages/0/vulnerabilities/0",
    is_clean,
    LOW,
    whole=True,
)
flaw(
    "vulnerabilities/npm_audit: a package",
    json.dumps(NPM),
    "/vulnerabilities/a",
    is_clean,
    json.dumps(NPM)
    .replace('"severity": "critical"', '"severity": "low"')
    .replace('"critical": 1, ', '"critical": 0, "low": 1, '),
    whole=True,
    also=renamed(NPM | {"metadata": {"dependencies": {"total": 7}}}, "vulnerabilities", {}),
)
flaw(
    "vulnerabilities/sarif: a result",
    json.dumps(SARIF),
    "/runs/0/results/0",
    is_clean,
    ("9.8", "1.0"),
    also={
        what: json.dumps({"version": "2.1.0", "runs": [json.loads(run)]})
        for what, run in renamed(SARIF["runs"][0], "results").items()
    },
)
flaw(
    "vulnerabilities/sarif: the rule of a result",
    json.dumps(SARIF).replace(', "level": "error"', ""),
    "/runs/0/tool/driver/rules/0",
    is_clean,
    ("9.8", "1.0"),
    whole=True,
)
flaw(
    "vulnerabilities/sarif: a suppression that was rejected",
    json.dumps(SARIF).replace(
        '"message"', '"suppressions": [{"kind": "external", "status": "rejected"}], "message"'
    ),
    "/runs/0/results/0",
    is_clean,
    ("rejected", "accepted"),
    allowed={"* /runs/0/results/0/suppressions/0/status": "a suppression without a status is accepted"},
)
flaw(
    "vulnerabilities/trivy: scores and vectors",
    json.dumps(TRIVY).replace(
        '"Severity": "CRITICAL"}]',
        '"Severity": "CRITICAL", "SeveritySource": "nvd", "CVSS": {"nvd": {"V3Score": 9.8, "V3Vector": "'
        'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}}]',
        1,
    ),
    "/Results/0/Vulnerabilities/0",
    is_clean,
    json.dumps(TRIVY).replace("CRITICAL", "LOW"),
)
flaw(
    "vulnerabilities/trivy: a finding that was modified and stays open",
    json.dumps(MODIFIED),
    "/Results/0/ExperimentalModifiedFindings/0",
    is_clean,
    ("under_investigation", "not_affected"),
)
flaw(
    "vulnerabilities/grype: an ignored match without a rule",
    json.dumps(GRYPE | {"matches": [], "ignoredMatches": GRYPE["matches"]}),
    "/ignoredMatches/0",
    is_clean,
    ("Critical", "Low"),
)

# --- vulnerabilities: scanners of dependencies


def only(document: Any, *path: Any, keep: int = 1) -> Any:
    """Return a copy of a document in which a list keeps only its first entries."""
    copy = json.loads(json.dumps(document))
    owner = copy
    for step in path[:-1]:
        owner = owner[step]
    owner[path[-1]] = owner[path[-1]][:keep]
    return copy


def scanned(name: str) -> Any:
    return json.loads(text("vulnerabilities", name))


def dependency_flaw(
    label: str, document: Any, place: str, repaired: str | tuple[str, str], **more: Any
) -> None:
    written = json.dumps(document)
    flaw(f"vulnerabilities/{label}", written, place, is_clean, repaired, **more)


CRATES = scanned("cargo_audit.json")
CRATES["vulnerabilities"] |= {"count": 1, "list": CRATES["vulnerabilities"]["list"][1:]}
dependency_flaw(
    "cargo_audit: a vulnerability",
    CRATES,
    "/vulnerabilities/list/0",
    ("C:H/I:H/A:H", "C:L/I:N/A:N"),
    also={
        what: json.dumps(CRATES | {"vulnerabilities": json.loads(report) | {"count": 0}})
        for what, report in renamed(CRATES["vulnerabilities"], "list").items()
    },
)
PIP = scanned("pip_audit.json")
PIP["dependencies"] = PIP["dependencies"][:2]
dependency_flaw(
    "pip_audit: a vulnerability",
    PIP,
    "/dependencies/1/vulns/0",
    json.dumps(PIP | {"dependencies": PIP["dependencies"][:1]}),
    also=renamed(PIP, "dependencies", PIP["dependencies"][:1]),
)
dependency_flaw(
    "pip_audit_list: a vulnerability",
    PIP["dependencies"],
    "/1/vulns/0",
    json.dumps(PIP["dependencies"][:1]),
)
GEMS = only(scanned("bundler_audit.json"), "results", keep=2)
GEMS["results"] = GEMS["results"][1:]
dependency_flaw(
    "bundler_audit: a gem",
    GEMS,
    "/results/0",
    json.dumps(GEMS | {"results": []}),
    also=renamed(GEMS, "results"),
)
dependency_flaw(
    "mix_audit: a vulnerability",
    scanned("mix_audit.json"),
    "/vulnerabilities/0",
    ('"severity": "high"', '"severity": "low"'),
)
MODULES = scanned("nancy.json")
MODULES["audited"][0]["Vulnerabilities"] = MODULES["audited"][0]["Vulnerabilities"][1:]
MODULES["audited"][0]["Vulnerabilities"][0]["Excluded"] = False
dependency_flaw(
    "nancy: a vulnerability",
    MODULES,
    "/audited/0/Vulnerabilities/0",
    json.dumps(MODULES).replace('"9.8"', '"1.0"').replace("C:H/I:H/A:H", "C:L/I:N/A:N"),
)
LIBRARIES = only(scanned("retire.json"), "data")
LIBRARIES["data"][0]["results"][0]["vulnerabilities"] = LIBRARIES["data"][0]["results"][0]["vulnerabilities"][
    1:
]
dependency_flaw(
    "retire: a vulnerability",
    LIBRARIES,
    "/data/0/results/0/vulnerabilities/0",
    ('"severity": "high"', '"severity": "low"'),
)
ALERTS = scanned("dependabot.json")[:1]
dependency_flaw(
    "dependabot: an open alert",
    ALERTS,
    "/0",
    ('"state": "open"', '"state": "dismissed"'),
)
dependency_flaw(
    "anchore: a vulnerability",
    only(scanned("anchore.json"), "vulnerabilities"),
    "/vulnerabilities/0",
    ('"High"', '"Low"'),
)
dependency_flaw(
    "dependency_track: a finding",
    only(scanned("dependency_track.json"), "findings"),
    "/findings/0",
    ('"isSuppressed": false', '"isSuppressed": true'),
)
flaw(
    "vulnerabilities/yarn_berry: an advisory",
    text("vulnerabilities", "yarn_berry.jsonl").splitlines()[0],
    "/children",
    is_clean,
    ('"Severity":"high"', '"Severity":"low"'),
)
BOM = only(scanned("cyclonedx.json"), "vulnerabilities", keep=2)
BOM["vulnerabilities"] = BOM["vulnerabilities"][1:]
dependency_flaw(
    "cyclonedx_vex: a vulnerability without an analysis",
    BOM,
    "/vulnerabilities/0",
    ('"severity": "high"', '"severity": "low"'),
    also=renamed(BOM, "vulnerabilities"),
)
BOM_IN_XML = text("vulnerabilities", "cyclonedx.xml")
flaw(
    "vulnerabilities/cyclonedx_xml: a vulnerability",
    BOM_IN_XML,
    "{*}vulnerabilities/{*}vulnerability",
    is_clean,
    BOM_IN_XML.replace(">high<", ">low<").replace(">7.5<", ">1.0<").replace("I:N/A:H", "I:N/A:N"),
    also={
        "under another element": BOM_IN_XML.replace("vulnerabilities>", "weaknesses>"),
        "as another element": BOM_IN_XML.replace("<vulnerability ", "<weakness ").replace(
            "</vulnerability>", "</weakness>"
        ),
        "in a component": BOM_IN_XML.replace(
            "</components>\n  <vulnerabilities>", "<component><vulnerabilities>"
        ).replace("</vulnerabilities>", "</vulnerabilities></component></components>"),
    },
)
PHP = scanned("composer_audit.json")
PHP["advisories"]["acme/frame"] = PHP["advisories"]["acme/frame"][:1]
dependency_flaw(
    "composer_audit: an advisory",
    PHP,
    "/advisories/acme~1frame/0",
    ('"severity": "high"', '"severity": "low"'),
    also=renamed(PHP, "advisories", []),
)
VULNCHECK = [json.dumps(message) for message in load_all(text("vulnerabilities", "govulncheck.txt").encode())]
flaw(
    "vulnerabilities/govulncheck: a finding",
    "\n".join([*VULNCHECK[:6], VULNCHECK[9]]),
    "/6/finding",
    is_clean,
    "\n".join(VULNCHECK[:6]),
)
dependency_flaw(
    "clair: a vulnerability",
    scanned("clair.json"),
    "/vulnerabilities/501",
    ('"normalized_severity": "High"', '"normalized_severity": "Low"'),
)
TESTED = scanned("snyk.json")
TESTED[0]["vulnerabilities"] = TESTED[0]["vulnerabilities"][:1]
TESTED[0] |= {"uniqueCount": 1}
dependency_flaw(
    "snyk: a vulnerability",
    TESTED,
    "/0/vulnerabilities/0",
    json.dumps(TESTED).replace("critical", "low").replace("C:H/I:H/A:H", "C:L/I:N/A:N").replace("9.8", "1.0"),
)
PACKAGES = scanned("dotnet.json")
PACKAGES["projects"][0]["frameworks"][0].pop("transitivePackages")
dependency_flaw(
    "dotnet: a package",
    PACKAGES,
    "/projects/0/frameworks/0/topLevelPackages/0",
    ('"High"', '"Low"'),
)
JARS = scanned("dependency_check.json")
JARS["dependencies"][0]["vulnerabilities"] = JARS["dependencies"][0]["vulnerabilities"][:1]
dependency_flaw(
    "dependency_check: a vulnerability",
    JARS,
    "/dependencies/0/vulnerabilities/0",
    json.dumps(JARS).replace('"CRITICAL"', '"LOW"').replace("9.8", "1.0"),
)
JARS_IN_XML = text("vulnerabilities", "dependency_check.xml")
UNRATED = JARS_IN_XML[JARS_IN_XML.index('<vulnerability source="OSSINDEX"') :].partition("</vulnerability>")[
    0
]
JARS_IN_XML = JARS_IN_XML.replace(f"{UNRATED}</vulnerability>", "")
flaw(
    "vulnerabilities/dependency_check_xml: a vulnerability",
    JARS_IN_XML,
    "{*}dependencies/{*}dependency/{*}vulnerabilities/{*}vulnerability",
    is_clean,
    JARS_IN_XML.replace("CRITICAL", "LOW").replace("9.8", "1.0"),
    also={
        "under another element": JARS_IN_XML.replace("vulnerabilities>", "vulnerable>"),
        "as another element": JARS_IN_XML.replace("<vulnerability ", "<weakness ").replace(
            "</vulnerability>", "</weakness>"
        ),
    },
)
WHEELS = json.loads(
    json.dumps(scanned("safety.json")).replace("6.1", "9.8").replace("C:L/I:L/A:N", "C:H/I:H/A:H")
)
dependency_flaw(
    "safety: a vulnerability",
    WHEELS,
    "/vulnerabilities/0",
    json.dumps(WHEELS).replace("9.8", "1.0").replace("C:H/I:H/A:H", "C:L/I:N/A:N"),
)
BUN = {"minimist": scanned("bun_audit.json")["minimist"]}
dependency_flaw(
    "bun_audit: an advisory",
    BUN,
    "/minimist/0",
    json.dumps(BUN).replace("critical", "low").replace("9.8", "1.0").replace("C:H/I:H/A:H", "C:L/I:N/A:N"),
)
dependency_flaw(
    "harbor: a vulnerability",
    HARBOR := scanned("harbor.json"),
    f"/{next(iter(HARBOR)).replace('/', '~1')}/vulnerabilities/0",
    json.dumps(HARBOR)
    .replace('"severity": "High", "description"', '"severity": "Low", "description"')
    .replace("7.8", "1.0"),
)
CONTAINERS = scanned("prisma_cloud.json")
dependency_flaw(
    "prisma_cloud: a vulnerability",
    CONTAINERS,
    "/results/0/vulnerabilities/0",
    json.dumps(CONTAINERS)
    .replace('"critical", "pack', '"low", "pack')
    .replace("9.8", "1.0")
    .replace("C:H/I:H/A:H", "C:L/I:N/A:N"),
    also={
        "under another key": json.dumps(CONTAINERS).replace('"vulnerabilities"', '"vulnerabilities2"'),
    },
)
dependency_flaw(
    "ecr: a finding",
    IMAGE := scanned("ecr.json"),
    "/imageScanFindings/findings/0",
    json.dumps(IMAGE)
    .replace('"severity": "HIGH"', '"severity": "LOW"')
    .replace("7.5", "1.0")
    .replace("I:N/A:H", "I:N/A:N"),
)
flaw(
    "vulnerabilities/trivy_operator: a vulnerability",
    text("vulnerabilities", "trivy_operator.json"),
    "/report/vulnerabilities/0",
    is_clean,
    text("vulnerabilities", "trivy_operator.json")
    .replace('criticalCount": 1', 'criticalCount": 0')
    .replace("CRITICAL", "LOW")
    .replace("9.8", "1.0"),
    whole=True,
)
YARN = text("vulnerabilities", "yarn_audit.jsonl").splitlines()
flaw(
    "vulnerabilities/yarn_audit: an advisory",
    "\n".join(YARN[1:]).replace('"high":1', '"high":0'),
    "/0",
    is_clean,
    YARN[2].replace('"high":1,"critical":1', '"high":0,"critical":0'),
    whole=True,
)
CLUSTER = only(scanned("trivy-kubernetes.json"), "Resources")
CLUSTER["Resources"][0].pop("Metadata")
dependency_flaw(
    "trivy: a vulnerability in a cluster",
    CLUSTER,
    "/Resources/0/Results/0/Vulnerabilities/0",
    ('"HIGH"', '"LOW"'),
    also=renamed(CLUSTER, "Resources", [{"Kind": "Job", "Results": [{"Target": "a", "Class": "os-pkgs"}]}]),
)

# --- vulnerabilities: scanners of code, secrets and configuration


def leaving(key: str, at: int, **more: Any) -> Callable[[Any], Any]:
    """Return an edit that leaves one entry under a key."""
    return lambda value: value | {key: [value[key][at]]} | more


COUNTED = {"generated_at": "2026-03-02T10:00:18Z", "metrics": {"_totals": {"SEVERITY.HIGH": 1, "loc": 9}}}
SCANNERS: dict[str, Any] = {
    "bandit": (
        "bandit.json",
        leaving("results", 3, **COUNTED),
        "/results/0",
        ('severity": "HIGH', 'severity": "LOW'),
    ),
    "semgrep": ("semgrep.json", leaving("results", -1), "/results/0", ('"ERROR"', '"INFO"')),
    "gosec": (
        "gosec.json",
        leaving("Issues", 0, Stats={"files": 3, "found": 1}),
        "/Issues/0",
        ('severity": "HIGH', 'severity": "LOW'),
    ),
    "checkov": (
        "checkov.json",
        lambda value: value[0],
        "/results/failed_checks/0",
        ('"severity": null', '"severity": "LOW"'),
    ),
    "detect_secrets": (
        "detect_secrets.json",
        lambda value: value | {"results": {"orders.py": value["results"]["orders.py"]}},
        "/results/orders.py/0",
        ('"is_verified"', '"is_secret": false, "is_verified"'),
    ),
    "brakeman": (
        "brakeman.json",
        leaving("warnings", 0, scan_info={"security_warnings": 1, "number_of_models": 2}),
        "/warnings/0",
        ('"confidence": "High"', '"confidence": "Weak"'),
    ),
    "kics": (
        "kics.json",
        leaving("queries", 0, total_counter=2),
        "/queries/0",
        ('severity": "HIGH', 'severity": "LOW'),
    ),
    "tfsec": ("tfsec.json", leaving("results", 0), "/results/0", ('"HIGH"', '"LOW"')),
    "hadolint": ("hadolint.json", lambda value: value[4:6], "/0", ('"error"', '"style"')),
    "njsscan": (
        "njsscan.json",
        lambda value: value | {"nodejs": {"eval_nodejs": value["nodejs"]["eval_nodejs"]}},
        "/nodejs/eval_nodejs",
        ('"ERROR"', '"INFO"'),
    ),
    "sonarqube": (
        "sonarqube.json",
        lambda value: leaving("issues", 1, paging={"pageIndex": 1, "total": 1})(
            json.loads(json.dumps(value).replace('"HIGH"', '"BLOCKER"'))
        ),
        "/issues/0",
        ("BLOCKER", "LOW"),
    ),
    "gitlab_sast": (
        "gl-sast-report.json",
        leaving("vulnerabilities", 3),
        "/vulnerabilities/0",
        ('"High"', '"Low"'),
    ),
    "gitlab_iac": (
        "gl-sast-iac-report.json",
        leaving("vulnerabilities", 0),
        "/vulnerabilities/0",
        ('"Unknown"', '"Low"'),
    ),
    "veracode": (
        "veracode.json",
        leaving("findings", 0),
        "/findings/0",
        ('"severity": 5', '"severity": 1'),
    ),
    "mobsfscan": (
        "mobsfscan.json",
        lambda value: json.loads(json.dumps(value).replace("WARNING", "ERROR")),
        "/results/weak_hash",
        ('"ERROR"', '"INFO"'),
    ),
    "gitlab_secrets": (
        "gl-secret-detection-report.json",
        leaving("vulnerabilities", 0),
        "/vulnerabilities/0",
        ('"Critical"', '"Low"'),
    ),
    "gitlab_dependencies": (
        "gl-dependency-scanning-report.json",
        leaving("vulnerabilities", 0),
        "/vulnerabilities/0",
        ('"Critical"', '"Low"'),
    ),
}
SPOTBUGS = text("vulnerabilities", "spotbugs.xml").replace('priority="2"', 'priority="3"')
flaw(
    "vulnerabilities/spotbugs: a bug",
    SPOTBUGS,
    "BugInstance[1]",
    is_clean,
    ('priority="1" rank="5"', 'priority="3" rank="5"'),
    also={"under another name": SPOTBUGS.replace("BugInstance", "Bug")},
)
COUNTING = {"bandit", "gosec", "checkov", "brakeman", "kics", "sonarqube"}
"""Those whose reports say how many findings there are."""
for name, (file, edit, place, repaired) in SCANNERS.items():
    content = json.dumps(edit(json.loads(text("vulnerabilities", file))))
    label = f"vulnerabilities/{name}: a finding"
    flaw(label, content, place, is_clean, repaired, whole=name in COUNTING)

# --- vulnerabilities: VEX

SCAN = {
    "matches": [
        {
            "vulnerability": {"id": "CVE-1", "severity": "High"},
            "artifact": {"name": "a", "version": "1", "type": "npm", "purl": "pkg:npm/a@1"},
        }
    ],
    "source": {
        "type": "image",
        "target": {"tags": ["registry.example/shop:1"], "repoDigests": ["registry.example/shop@sha256:aa"]},
    },
    "descriptor": {"name": "grype"},
}
OPENVEX = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://example.org/1",
    "author": "a",
    "timestamp": "2026-03-01T00:00:00Z",
    "version": 1,
    "statements": [
        {
            "vulnerability": {"name": "CVE-1"},
            "products": [{"@id": "pkg:npm/a@2"}],
            "status": "not_affected",
            "justification": "component_not_present",
        }
    ],
}
CDX = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.5",
    "vulnerabilities": [
        {
            "id": "CVE-1",
            "analysis": {"state": "not_affected", "justification": "code_not_present"},
            "affects": [{"ref": "pkg:npm/a@2"}],
        }
    ],
}
CSAF = {
    "document": {
        "category": "csaf_vex",
        "csaf_version": "2.0",
        "tracking": {
            "id": "1",
            "current_release_date": "2026-03-02T12:00:00Z",
            "status": "final",
            "version": "1",
        },
    },
    "product_tree": {
        "full_product_names": [
            {"product_id": "P", "name": "a", "product_identification_helper": {"purl": "pkg:npm/a@2"}}
        ]
    },
    "vulnerabilities": [
        {
            "cve": "CVE-1",
            "product_status": {"known_not_affected": ["P"]},
            "flags": [{"label": "component_not_present", "product_ids": ["P"]}],
        }
    ],
}


def is_answered(facts: Any) -> bool:
    return bool(is_clean(facts) and facts.closed)


for name, document, place in (
    ("openvex", OPENVEX, "/statements/0"),
    ("cyclonedx_vex", CDX, "/vulnerabilities/0"),
    ("csaf_vex", CSAF, "/product_tree/full_product_names/0"),
):
    flaw(
        f"vulnerabilities/{name}: another version",
        json.dumps(document),
        place,
        is_answered,
        ("pkg:npm/a@2", "pkg:npm/a@1"),
        name="report-1",
        beside={"report-0": json.dumps(SCAN)},
        allowed={"put pkg:npm/a: *": "a statement about every version"},
    )

# --- alerts

RULE = {
    "alert": "Slow",
    "expr": "latency",
    "for": "5m",
    "labels": {"severity": "page"},
    "annotations": {"runbook_url": "https://runbooks.internal/slow"},
}
GOOD = RULE | {"alert": "Down", "expr": "up == 0"}
OPERATOR = {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": {"name": "a"}}


def rules(*rules: Any) -> Any:
    return {"groups": [{"name": "a", "rules": rules}]}


def alerting(facts: Any) -> bool:
    return bool(
        facts.alerts
        and facts.without_threshold == ()
        and facts.without_escalation == ()
        and facts.without_runbook == ()
    )


flaw(
    "alerts/prometheus_rules: no threshold",
    json.dumps(rules(GOOD, RULE)),
    "/groups/0/rules/1",
    alerting,
    json.dumps(rules(GOOD)),
)
UNROUTED = {name: value for name, value in GOOD.items() if name != "labels"}
flaw(
    "alerts/prometheus_rules: no escalation",
    json.dumps(rules(GOOD, UNROUTED)),
    "/groups/0/rules/1",
    alerting,
    json.dumps(rules(GOOD)),
)
flaw(
    "alerts/prometheus_operator: no threshold",
    json.dumps(OPERATOR | {"spec": rules(GOOD, RULE)}),
    "/spec/groups/0/rules/1",
    alerting,
    json.dumps(OPERATOR | {"spec": rules(GOOD)}),
)

LOKI = GOOD | {"alert": "Logs", "expr": 'sum(rate({app="a"} |= "error" [5m])) > 1'}
flaw(
    "alerts/loki_rules: no threshold",
    json.dumps(rules(LOKI, RULE | {"expr": 'sum(rate({app="a"} |= "slow" [5m]))'})),
    "/groups/0/rules/1",
    alerting,
    json.dumps(rules(LOKI)),
)
flaw(
    "alerts/mimir_rules: no threshold",
    json.dumps({"shop": rules(GOOD, RULE)["groups"]}),
    "/shop/0/rules/1",
    alerting,
    json.dumps({"shop": rules(GOOD)["groups"]}),
)
VMRULE = {"apiVersion": "operator.victoriametrics.com/v1beta1", "kind": "VMRule", "metadata": {"name": "a"}}
flaw(
    "alerts/victoria_metrics: no threshold",
    json.dumps(VMRULE | {"spec": rules(GOOD, RULE)}),
    "/spec/groups/0/rules/1",
    alerting,
    json.dumps(VMRULE | {"spec": rules(GOOD)}),
)


def of_grafana(title: str, **more: Any) -> Any:
    compared = {"type": "threshold", "expression": "A"}
    bound = {"conditions": [{"evaluator": {"type": "gt", "params": [1]}}]}
    return {
        "title": title,
        "condition": "B",
        "data": [
            {"refId": "A", "datasourceUid": "prometheus", "model": {"expr": "up"}},
            {"refId": "B", "datasourceUid": "__expr__", "model": compared | bound},
        ],
        "labels": {"severity": "page"},
        "annotations": {"runbook_url": "https://runbooks.internal/slow"},
    } | more


flaw(
    "alerts/grafana_alerting: a paused rule",
    json.dumps(rules(of_grafana("a"), of_grafana("b", isPaused=True))),
    "/groups/0/rules/1",
    alerting,
    json.dumps(rules(of_grafana("a"))),
    allowed={
        "drop */isPaused": "the rule is not paused",
        "put None: */isPaused": "likewise",
        "put False: */isPaused": "likewise",
        "*/record": "a recording rule",
    },
)
UNCOMPARED = of_grafana("b")["data"][:1]
flaw(
    "alerts/grafana_alerting: no threshold",
    json.dumps(rules(of_grafana("a"), of_grafana("b", condition="A", data=UNCOMPARED))),
    "/groups/0/rules/1",
    alerting,
    json.dumps(rules(of_grafana("a"))),
)

# --- api_diff

CHANGE = {
    "id": "api-removed-without-deprecation",
    "text": "removed",
    "level": 3,
    "operation": "GET",
    "path": "/a",
    "section": "paths",
}
HARMLESS = CHANGE | {"id": "endpoint-added", "level": 1}
flaw(
    "api_diff/oasdiff: a breaking change",
    json.dumps([HARMLESS, CHANGE]),
    "/1",
    empty("breaking"),
    json.dumps([HARMLESS]),
)


def described(**schema: Any) -> str:
    answer = {
        "description": "d",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["id", "total"],
                    "properties": {"id": {"type": "string"}, **schema},
                }
            }
        },
    }
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"responses": {"200": answer}}}},
        }
    )


TOTAL = {"type": "integer", "description": "d"}
SCHEMA = "/paths/~1a/get/responses/200/content/application~1json/schema"
flaw(
    "api_diff: a type that changed",
    described(total=TOTAL | {"type": ["integer", "string"]}),
    f"{SCHEMA}/properties/total",
    empty("breaking"),
    described(total=TOTAL),
    name="head.json",
    beside={"base.json": described(total=TOTAL)},
    allowed={
        "* /**/type/1": "the type is that of the base again",
        "put [[]'integer'[]]: */type": "likewise",
        "put integer: *": "likewise",
    },
)

# --- contracts

RUST: Any = {
    "result": False,
    "errors": [
        {
            "interaction": "Verifying a pact between shop and api - a",
            "mismatch": {"type": "error", "message": "m", "interactionId": ""},
        }
    ],
    "interactionResults": [
        {"description": "b", "duration": "1ms", "result": "OK"},
        {"description": "a", "duration": "1ms", "result": "Error"},
    ],
    "notices": [],
    "output": [],
    "pendingErrors": [],
}
RUST_GREEN = RUST | {"result": True, "errors": [], "interactionResults": RUST["interactionResults"][:1]}


def verified(facts: Any) -> bool:
    return bool(facts.interactions and facts.unverified == ())


flaw(
    "contracts/pact_rust: a failed interaction",
    json.dumps(RUST),
    "/interactionResults/1",
    verified,
    json.dumps(RUST_GREEN),
    whole=True,
)
flaw(
    "contracts/pact_rust: an error",
    json.dumps(RUST),
    "/errors/0",
    verified,
    json.dumps(RUST_GREEN),
    whole=True,
)


def example(number: int, **more: Any) -> Any:
    return {
        "id": f"a[{number}]",
        "interaction_index": number,
        "description": "has status code 200",
        "full_description": f"Verifying a pact between shop and api a request {number} with GET / returns a response which has status code 200",
        "status": "passed",
        "mismatches": [],
        "pact_url": "a.json",
    } | more


def ruby(*examples: Any, failures: int) -> str:
    return json.dumps(
        {
            "version": "3.10",
            "examples": examples,
            "summary": {
                "duration": 1,
                "example_count": len(examples),
                "failure_count": failures,
                "pending_count": 0,
            },
            "summary_line": "",
        }
    )


flaw(
    "contracts/pact_ruby: a failed example",
    ruby(
        example(0),
        example(1, status="failed", mismatches=["m"], exception={"class": "E", "message": "m"}),
        failures=1,
    ),
    "/examples/1",
    verified,
    ruby(example(0), failures=0),
    whole=True,
)


def row(consumer: str, success: bool | None) -> Any:
    result = None if success is None else {"success": success, "verifiedAt": "2026-03-02T11:00:00+00:00"}
    return {
        "consumer": {"name": consumer, "version": {"number": "1"}},
        "provider": {"name": "api", "version": {"number": "2"}},
        "pact": {"createdAt": "2026-03-02T10:00:00+00:00"},
        "verificationResult": result,
    }


def matrix(*rows: Any, success: int, failed: int) -> str:
    return json.dumps(
        {
            "summary": {
                "deployable": not failed,
                "reason": "r",
                "success": success,
                "failed": failed,
                "unknown": 0,
            },
            "notices": [],
            "matrix": rows,
        }
    )


flaw(
    "contracts/pact_matrix: a failed row",
    matrix(row("shop", True), row("app", False), success=1, failed=1),
    "/matrix/1",
    verified,
    matrix(row("shop", True), success=1, failed=0),
    whole=True,
)
PACT = {
    "consumer": {"name": "shop"},
    "provider": {"name": "api"},
    "interactions": [
        {"description": "a", "request": {"method": "GET", "path": "/"}, "response": {"status": 200}}
    ],
    "metadata": {"pactSpecification": {"version": "2.0.0"}},
}
RESULTS = RUST_GREEN | {
    "interactionResults": [{"description": "b", "duration": "1ms", "result": "OK"}],
    "output": ["\nVerifying a pact between shop and api", "", "  b (0s loading, 1ms verification)", ""],
}
flaw(
    "contracts/pact_file: an interaction that was not verified",
    json.dumps(PACT),
    "/interactions/0",
    verified,
    json.dumps(PACT).replace('"a"', '"b"'),
    beside={"report-1": json.dumps(RESULTS)},
)

# --- coverage: the other formats

COBERTURA = """<coverage lines-valid="2" lines-covered="1" line-rate="0.5" branches-valid="0" branches-covered="0" branch-rate="1" version="1" timestamp="1">
<packages><package name="p" line-rate="0.5" branch-rate="1"><classes><class name="A" filename="a.ts" line-rate="0.5" branch-rate="1"><methods/>
<lines><line number="1" hits="1"/><line number="2" hits="0"/></lines></class></classes></package></packages></coverage>"""
COVERED = (
    COBERTURA.replace('hits="0"', 'hits="1"')
    .replace('covered="1"', 'covered="2"')
    .replace('rate="0.5"', 'rate="1"')
)
flaw(
    "coverage/cobertura: a line",
    COBERTURA,
    "packages/package/classes/class/lines/line[2]",
    all_covered,
    COVERED,
    whole=True,
)
flaw(
    "coverage/cobertura: a class",
    COBERTURA,
    "packages/package/classes/class",
    all_covered,
    COVERED,
    whole=True,
)
FINAL = {
    "/r/a.ts": {
        "path": "/r/a.ts",
        "statementMap": {
            "0": {"start": {"line": 3, "column": 0}, "end": {"line": 3, "column": 9}},
            "1": {"start": {"line": 5, "column": 0}, "end": {"line": 5, "column": 9}},
        },
        "fnMap": {},
        "branchMap": {},
        "s": {"0": 1, "1": 0},
        "f": {},
        "b": {},
    }
}
flaw(
    "coverage/istanbul: a statement count",
    json.dumps(FINAL),
    "/~1r~1a.ts/s",
    all_covered,
    ('"1": 0', '"1": 1'),
)
flaw(
    "coverage/istanbul: a statement place",
    json.dumps(FINAL),
    "/~1r~1a.ts/statementMap/1",
    all_covered,
    ('"1": 0', '"1": 1'),
    whole=True,
)
flaw(
    "coverage/istanbul: a file",
    json.dumps(FINAL | {"/r/b.ts": FINAL["/r/a.ts"] | {"path": "/r/b.ts", "s": {"0": 1, "1": 1}}}),
    "/~1r~1a.ts",
    all_covered,
    ('"1": 0', '"1": 1'),
)

# --- coverage: XML and lines of other tools

JACOCO = """<report name="shop"><sessioninfo id="ci" start="1" dump="2"/><package name="com/acme">
<class name="com/acme/A" sourcefilename="A.java"><method name="m" desc="()V" line="3"><counter type="LINE" missed="1" covered="1"/></method></class>
<sourcefile name="A.java"><line nr="3" mi="0" ci="3" mb="0" cb="2"/><line nr="4" mi="2" ci="0" mb="0" cb="0"/>
<counter type="BRANCH" missed="0" covered="2"/><counter type="LINE" missed="1" covered="1"/></sourcefile>
<counter type="BRANCH" missed="0" covered="2"/><counter type="LINE" missed="1" covered="1"/></package>
<counter type="BRANCH" missed="0" covered="2"/><counter type="LINE" missed="1" covered="1"/></report>"""
RAN = JACOCO.replace('mi="2" ci="0"', 'mi="0" ci="2"').replace(
    'missed="1" covered="1"', 'missed="0" covered="2"'
)
flaw("coverage/jacoco: a line", JACOCO, "package/sourcefile/line[2]", all_covered, RAN, whole=True)
flaw("coverage/jacoco: a file", JACOCO, "package/sourcefile", all_covered, RAN, whole=True)
flaw("coverage/jacoco: a package", JACOCO, "package", all_covered, RAN, whole=True)
BRANCHES = JACOCO.replace('cb="2"', 'cb="1"').replace('mb="0" cb="1"', 'mb="1" cb="1"')
BRANCHES = BRANCHES.replace('"BRANCH" missed="0" covered="2"', '"BRANCH" missed="1" covered="1"')
flaw(
    "coverage/jacoco: a branch",
    BRANCHES,
    "package/sourcefile/line",
    lambda facts: facts.branches_pct == 100,
    JACOCO,
    whole=True,
)
CLOVER = """<coverage generated="1795796927" clover="3.2.0"><project timestamp="1795796927" name="All files">
<metrics statements="3" coveredstatements="2" conditionals="2" coveredconditionals="1" methods="1" coveredmethods="1"/>
<package name="src"><file name="a.ts" path="/r/a.ts"><metrics statements="2" coveredstatements="1" conditionals="2" coveredconditionals="1" methods="1" coveredmethods="1"/>
<line num="1" count="1" type="cond" truecount="1" falsecount="1"/><line num="2" count="0" type="stmt"/></file>
<file name="b.ts" path="/r/b.ts"><metrics statements="1" coveredstatements="1" conditionals="0" coveredconditionals="0" methods="0" coveredmethods="0"/>
<line num="1" count="1" type="stmt"/></file></package></project></coverage>"""
STATED = CLOVER.replace('count="0" type="stmt"', 'count="1" type="stmt"')
STATED = STATED.replace('statements="3" coveredstatements="2"', 'statements="3" coveredstatements="3"')
STATED = STATED.replace('statements="2" coveredstatements="1"', 'statements="2" coveredstatements="2"')
flaw("coverage/clover: a line", CLOVER, "project/package/file/line[2]", all_covered, STATED, whole=True)
flaw("coverage/clover: a file", CLOVER, "project/package/file", all_covered, STATED, whole=True)
flaw(
    "coverage/clover: metrics",
    CLOVER,
    "project/package/file/metrics",
    lambda facts: facts.branches_pct == 100,
    CLOVER.replace('coveredconditionals="1"', 'coveredconditionals="2"'),
    whole=True,
)
SONAR = """<coverage version="1"><file path="a.c"><lineToCover lineNumber="3" covered="true" branchesToCover="2" coveredBranches="1"/>
<lineToCover lineNumber="4" covered="false"/></file><file path="b.c"><lineToCover lineNumber="3" covered="true"/></file></coverage>"""
flaw(
    "coverage/sonarqube: a line",
    SONAR,
    "file/lineToCover[2]",
    all_covered,
    ('"false"', '"true"'),
    allowed={
        "put True: */covered": "It is written as `true`.",
        "put None: */0": "It drops the line, and nothing else speaks of it.",
    },
)
flaw(
    "coverage/sonarqube: a branch",
    SONAR,
    "file/lineToCover",
    lambda facts: facts.branches_pct == 100,
    ('coveredBranches="1"', 'coveredBranches="2"'),
    allowed={
        "drop */branchesToCover": "SonarQube reads the line as one without branches.",
        "put None: */0": "It drops the line, and nothing else speaks of it.",
    },
)
OPENCOVER = text("coverage", "opencover.xml")
VISITED = OPENCOVER.replace('vc="0"', 'vc="1"').replace(
    'visitedSequencePoints="4"', 'visitedSequencePoints="5"'
)
METHOD = "Modules/Module/Classes/Class/Methods/Method"
flaw(
    "coverage/opencover: a point",
    OPENCOVER,
    f"{METHOD}[2]/SequencePoints/SequencePoint",
    all_covered,
    VISITED,
    whole=True,
)
flaw("coverage/opencover: a method", OPENCOVER, f"{METHOD}[2]", all_covered, VISITED, whole=True)
PROFILE = "mode: set\nshop/a.go:3.13,5.2 1 1\nshop/a.go:7.13,9.2 2 0\nshop/b.go:3.13,5.2 1 1\n"
flaw(
    "coverage/go: a block",
    PROFILE,
    "2",
    all_covered,
    ("2 0", "2 1"),
    whole=True,
    allowed=dict.fromkeys(("drop 2", "put : 2", "put  : 2"), "Nothing else speaks of the block."),
)
GCOV = text("coverage", "order.c.gcov")
flaw(
    "coverage/gcov: a line",
    GCOV,
    str(next(at for at, line in enumerate(GCOV.split("\n")) if "#####" in line)),
    all_covered,
    ("#####", "    1"),
    whole=True,
)

# --- coverage: described formats

SILENT = "Nothing else speaks of the line."


def totals(total: int, covered: int, prefix: str = "") -> dict[str, int]:
    return {f"{prefix}total": total, f"{prefix}covered": covered}


def covered_by(name: str, red: Any, place: str, green: Any, **more: Any) -> None:
    """Add a report in which a line of one of two files did not run, and one in which all lines ran."""
    flaw(f"coverage/{name}", json.dumps(red), place, all_covered, json.dumps(green), **more)


def coverage_py(*missing: int) -> Any:
    def counted(lines: int) -> dict[str, int]:
        return {"covered_lines": lines - len(missing), "num_statements": lines, "missing_lines": len(missing)}

    one = {"covered_lines": 1, "num_statements": 1}
    whole: Any = {"executed_lines": [1], "missing_lines": [], "summary": one}
    file: Any = {"executed_lines": [n for n in (1, 2) if n not in missing], "missing_lines": list(missing)}
    file |= {"excluded_lines": [], "summary": counted(2), "functions": {}, "classes": {}}
    meta = {"format": 3, "version": "7.6.1", "timestamp": "2026-11-18T10:00:00", "branch_coverage": False}
    return {"meta": meta, "files": {"a.py": file, "b.py": whole}, "totals": counted(3)}


covered_by("coverage_py: a file", coverage_py(2), "/files/a.py", coverage_py(), whole=True)
covered_by(
    "coverage_py: missing lines", coverage_py(2), "/files/a.py/missing_lines", coverage_py(), whole=True
)


def gcovr(hits: int) -> Any:
    lines = [{"line_number": n, "count": n_hits, "branches": []} for n, n_hits in ((3, 1), (4, hits))]
    functions = [{"name": "total", "lineno": 3, "execution_count": 1}]
    files = [{"file": name, "lines": lines, "functions": functions} for name in ("a.c", "b.c")]
    return {"gcovr/format_version": "0.15", "files": files}


covered_by("gcovr: a line", gcovr(0), "/files/0/lines/1", gcovr(1))


def gcov_json(hits: int) -> Any:
    return {"gcc_version": "12.2.0", "format_version": "1", "data_file": "a.c", "files": gcovr(hits)["files"]}


covered_by("gcov_json: a line", gcov_json(0), "/files/0/lines/1", gcov_json(1))


def gcovr_summary(covered: int) -> Any:
    files = [{"filename": "a.c", **totals(2, covered, "line_")}, {"filename": "b.c", **totals(1, 1, "line_")}]
    return {"gcovr/summary_format_version": "0.6", "files": files, **totals(3, covered + 1, "line_")}


covered_by("gcovr_summary: a file", gcovr_summary(1), "/files/0", gcovr_summary(2), whole=True)


def simplecov(hits: int) -> Any:
    files = {"/r/a.rb": {"lines": [1, hits, None, "ignored"], "branches": []}, "/r/b.rb": {"lines": [1]}}
    return {"meta": {"simplecov_version": "0.22.0"}, "coverage": files, "groups": {}}


def resultset(hits: int) -> Any:
    files = {"/r/a.rb": {"lines": [1, hits, None], "branches": {}}, "/r/b.rb": {"lines": [1]}}
    return {"RSpec": {"coverage": files, "timestamp": 1795798449}}


def coveralls(hits: int) -> Any:
    files: list[dict[str, Any]] = [
        {"name": "a.c", "coverage": [None, 1, hits]},
        {"name": "b.c", "coverage": [1]},
    ]
    return {"source_files": [{**file, "source_digest": "d"} for file in files], "service_name": "ci"}


BY_POSITION = dict.fromkeys(
    (
        *(f"{edit} *{at}" for at in ("/lines/1", "/coverage/2") for edit in ("drop", "put None:")),
        *(f"put {glob.escape('[')}*: *{lines}" for lines in ("/lines", "/coverage")),
    ),
    SILENT,
)
"""Of a list by position, the end may be missing, or a line may be one that cannot be covered."""
covered_by("simplecov: a line", simplecov(0), "/coverage/~1r~1a.rb", simplecov(1), allowed=BY_POSITION)
covered_by(
    "simplecov_resultset: a line",
    resultset(0),
    "/RSpec/coverage/~1r~1a.rb",
    resultset(1),
    allowed=BY_POSITION,
)
covered_by("coveralls: a line", coveralls(0), "/source_files/0", coveralls(1), allowed=BY_POSITION)


def codecov(hits: int) -> Any:
    return {"coverage": {"a.rs": {"1": 3, "2": hits, "3": "1/2"}, "b.rs": {"1": 1}}}


covered_by(
    "codecov: a line",
    codecov(0),
    "/coverage/a.rs",
    codecov(1),
    allowed={"drop */2": SILENT, "put None: */2": SILENT},
)


def coverlet(hits: int) -> Any:
    branches = [{"Line": 3, "Offset": 6, "EndOffset": 8, "Path": 0, "Ordinal": 0, "Hits": 1}]
    methods = {"A::Run()": {"Lines": {"3": 1, "4": hits}, "Branches": branches}}
    return {
        "A.dll": {
            "/r/A.cs": {"A": methods},
            "/r/B.cs": {"B": {"B::Run()": {"Lines": {"3": 1}, "Branches": []}}},
        }
    }


covered_by(
    "coverlet: a line",
    coverlet(0),
    "/A.dll/~1r~1A.cs/A/A::Run()",
    coverlet(1),
    allowed=dict.fromkeys(("drop */4", "put {}: */Lines"), SILENT),
)


def dart(hits: int) -> Any:
    files = [{"source": f"package:shop/{name}.dart", "hits": [3, 1, 4, hits]} for name in "ab"]
    return {"type": "CodeCoverage", "coverage": files}


covered_by(
    "dart: a line",
    dart(0),
    "/coverage/0",
    dart(1),
    allowed={f"{edit} */hits/{at}": SILENT for edit in ("drop", "put None:") for at in (2, 3)},
)


def llvm(covered: int) -> Any:
    def summary(total: int, covered: int) -> Any:
        counts = {"count": total, "covered": covered, "percent": 100 * covered / total}
        return dict.fromkeys(("lines", "functions", "branches", "regions"), counts)

    names = (("/r/a.c", 2, covered), ("/r/b.c", 1, 1))
    files = [{"filename": name, "segments": [], "summary": summary(n, ran)} for name, n, ran in names]
    data = [{"files": files, "functions": [], "totals": summary(3, covered + 1)}]
    return {"version": "2.0.1", "type": "llvm.coverage.json.export", "data": data}


covered_by("llvm_cov: a file", llvm(1), "/data/0/files/0", llvm(2), whole=True)


def xccov(covered: int) -> Any:
    def counted(total: int, covered: int) -> dict[str, Any]:
        return {"executableLines": total, "coveredLines": covered, "lineCoverage": covered / total}

    files = [{"path": "/r/A.swift", **counted(2, covered)}, {"path": "/r/B.swift", **counted(1, 1)}]
    return {
        "targets": [{"name": "Shop", "files": files, **counted(3, covered + 1)}],
        **counted(3, covered + 1),
    }


covered_by("xccov: a file", xccov(1), "/targets/0/files/0", xccov(2), whole=True)


def xccov_archive(hits: int) -> Any:
    lines = [{"line": n, "isExecutable": True, "executionCount": ran} for n, ran in ((1, 1), (2, hits))]
    return {f"/r/{name}.swift": [*lines, {"line": 3, "isExecutable": False}] for name in "AB"}


covered_by("xccov_archive: a line", xccov_archive(0), "/~1r~1A.swift/1", xccov_archive(1))


def devel_cover(covered: int) -> Any:
    def counted(total: int, covered: int) -> Any:
        return {
            "statement": totals(total, covered),
            "branch": totals(total, covered),
            "total": totals(total, covered),
        }

    files = {"lib/A.pm": counted(2, covered), "lib/B.pm": counted(1, 1), "Total": counted(3, covered + 1)}
    return {"runs": [{"perl": "5.36.0", "finish": 1795798657.5}], "summary": files}


covered_by("devel_cover: a file", devel_cover(1), "/summary/lib~1A.pm", devel_cover(2), whole=True)


def tarpaulin(hits: int) -> Any:
    traces = [
        {"line": n, "address": [], "length": 1, "stats": {"Line": ran}} for n, ran in ((3, 1), (4, hits))
    ]
    file = {"path": ["/", "r", "a.rs"], "content": "", "traces": traces, "covered": 1 + hits, "coverable": 2}
    return {"files": [file, {**tarpaulin(1)["files"][0], "path": ["/", "r", "b.rs"]} if not hits else file]}


covered_by("tarpaulin: a line", tarpaulin(0), "/files/0/traces/1", tarpaulin(1), whole=True)

# --- dashboard


def panel(title: str, expression: str, **more: Any) -> Any:
    return {
        "id": 1,
        "type": "timeseries",
        "title": title,
        "datasource": {"type": "prometheus"},
        "targets": [{"refId": "A", "expr": expression}],
    } | more


PANELS = [
    panel("a", "sum(rate(http_requests_total[5m]))"),
    panel("b", "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))"),
    panel("c", "avg(container_memory_usage_bytes / container_spec_memory_limit_bytes)"),
]
ERRORS: Any = panel("d", 'sum(rate(http_requests_total{code=~"5.."}[5m]))')


def board(*panels: Any) -> str:
    return json.dumps({"title": "Shop", "uid": "shop", "schemaVersion": 39, "panels": [*PANELS, *panels]})


def all_signals(facts: Any) -> bool:
    return set(facts.signals or ()) >= {"traffic", "latency", "errors", "saturation"}


SHOWN = board(ERRORS)
flaw(
    "dashboard/grafana: a text panel",
    board({"id": 4, "type": "text", "title": "Errors", "options": {"content": "errors"}}),
    "/panels/3",
    all_signals,
    SHOWN,
)
flaw(
    "dashboard/grafana: a query in a comment",
    board(panel("d", '# sum(rate(http_requests_total{code=~"5.."}[5m]))')),
    "/panels/3",
    all_signals,
    SHOWN,
)
flaw(
    "dashboard/grafana: a hidden query",
    board(panel("d", "x", targets=[{"refId": "A", "hide": True, "expr": ERRORS["targets"][0]["expr"]}])),
    "/panels/3",
    all_signals,
    SHOWN,
    allowed={
        "* /panels/3/targets/0/hide": "the query is not hidden",
        "put {'value': *": "no query of Grafana",
    },
)


def v2(errors: Any) -> str:
    elements = {f"p{number}": v2_panel(each) for number, each in enumerate([*PANELS, errors])}
    items = [{"spec": {"element": {"kind": "ElementReference", "name": name}}} for name in elements]
    layout = {"kind": "GridLayout", "spec": {"items": items}}
    spec = {"title": "Shop", "elements": elements, "layout": layout}
    return json.dumps({"apiVersion": "dashboard.grafana.app/v2beta1", "kind": "Dashboard", "spec": spec})


def v2_panel(panel: Any) -> Any:
    query = {"kind": "DataQuery", "group": "prometheus", "spec": {"expr": panel["targets"][0]["expr"]}}
    queries = [{"kind": "PanelQuery", "spec": {"refId": "A", "query": query}}]
    data = {"kind": "QueryGroup", "spec": {"queries": queries}}
    shown = {"kind": "VizConfig", "group": "timeseries"}
    return {"kind": "Panel", "spec": {"title": panel["title"], "data": data, "vizConfig": shown}}


IN_A_COMMENT: Any = panel("d", "# " + ERRORS["targets"][0]["expr"])
flaw(
    "dashboard/grafana_v2: a query in a comment",
    v2(IN_A_COMMENT),
    "/spec/elements/p3",
    all_signals,
    v2(ERRORS),
)


def operator(text: str) -> str:
    head = {"apiVersion": "grafana.integreatly.org/v1beta1", "kind": "GrafanaDashboard"}
    return json.dumps(head | {"spec": {"resyncPeriod": "30s", "json": text, "instanceSelector": {"a": "b"}}})


flaw(
    "dashboard/grafana_operator: a query in a comment",
    operator(board(IN_A_COMMENT)),
    "/spec",
    all_signals,
    operator(SHOWN),
)


def perses(errors: Any) -> str:
    names = [panel["title"] for panel in (*PANELS, errors)]
    panels = {panel["title"]: perses_panel(panel) for panel in (*PANELS, errors)}
    items = [{"content": {"$ref": f"#/spec/panels/{name}"}} for name in names]
    spec = {"panels": panels, "layouts": [{"kind": "Grid", "spec": {"items": items}}]}
    return json.dumps({"kind": "Dashboard", "metadata": {"name": "shop"}, "spec": spec})


def perses_panel(panel: Any) -> Any:
    plugin = {"kind": "PrometheusTimeSeriesQuery", "spec": {"query": panel["targets"][0]["expr"]}}
    queries = [{"kind": "TimeSeriesQuery", "spec": {"plugin": plugin}}]
    shown = {"display": {"name": panel["title"]}, "plugin": {"kind": "StatChart"}, "queries": queries}
    return {"kind": "Panel", "spec": shown}


flaw(
    "dashboard/perses: a query in a comment",
    perses(IN_A_COMMENT),
    "/spec/panels/d",
    all_signals,
    perses(ERRORS),
)

# --- events

PLACED = {
    "address": "order.placed",
    "messages": {
        "placed": {"contentType": "application/json", "payload": {"$ref": "#/components/schemas/Placed"}}
    },
}
GONE = {
    "address": "order.gone",
    "messages": {"gone": {"contentType": "application/json", "payload": {"type": "string"}}},
}


def asyncapi(gone: Any) -> str:
    return json.dumps(
        {
            "asyncapi": "3.0.0",
            "info": {"title": "t", "version": "1"},
            "channels": {"placed": PLACED, "gone": gone},
            "operations": {
                "a": {"action": "send", "channel": {"$ref": "#/channels/placed"}},
                "b": {"action": "send", "channel": {"$ref": "#/channels/gone"}},
            },
            "components": {
                "schemas": {
                    "Placed": {
                        "type": "object",
                        "required": ["tenantId"],
                        "properties": {"tenantId": {"type": "string"}},
                    }
                }
            },
        }
    )


WITHOUT_SCHEMA = GONE | {
    "messages": {"gone": {"contentType": "application/json", "summary": "not known yet"}}
}
flaw(
    "events/asyncapi: a message without a schema",
    asyncapi(WITHOUT_SCHEMA),
    "/channels/gone",
    empty("published_without_schema", "invalid_schemas"),
    asyncapi(GONE),
    whole=True,
)
REPLYING = {
    "asyncapi": "3.0.0",
    "info": {"title": "t", "version": "1"},
    "channels": {"placed": PLACED, "gone": WITHOUT_SCHEMA},
    "operations": {
        "a": {
            "action": "receive",
            "channel": {"$ref": "#/channels/placed"},
            "reply": {"channel": {"$ref": "#/channels/gone"}},
        }
    },
    "components": {"schemas": {"Placed": {"type": "object", "required": ["tenantId"]}}},
}
flaw(
    "events/asyncapi: a reply without a schema",
    json.dumps(REPLYING),
    "/channels/gone",
    empty("published_without_schema", "invalid_schemas"),
    json.dumps({**REPLYING, "channels": {"placed": PLACED, "gone": GONE}}),
    whole=True,
)
CATALOGUE: Any = {
    "published": [
        {"subject": "a", "schema": {"type": "object", "properties": {"x": {"type": "string"}}}},
        {"subject": "b", "consumers": ["billing"]},
    ],
    "consumed": [],
}
flaw(
    "events/catalogue: an event without a schema",
    json.dumps(CATALOGUE),
    "/published/1",
    empty("published_without_schema", "invalid_schemas"),
    json.dumps(CATALOGUE | {"published": CATALOGUE["published"][:1]}),
)

# --- slo

OPENSLO = {
    "apiVersion": "openslo/v1",
    "kind": "SLO",
    "metadata": {"name": "shop-availability"},
    "spec": {
        "service": "shop",
        "budgetingMethod": "Occurrences",
        "timeWindow": [{"duration": "4w", "isRolling": True}],
        "indicator": {
            "metadata": {"name": "i"},
            "spec": {
                "ratioMetric": {
                    "counter": True,
                    "good": {
                        "metricSource": {
                            "type": "Prometheus",
                            "spec": {"query": "sum(rate(good[{{.window}}]))"},
                        }
                    },
                    "total": {
                        "metricSource": {
                            "type": "Prometheus",
                            "spec": {"query": "sum(rate(all[{{.window}}]))"},
                        }
                    },
                }
            },
        },
        "objectives": [{"displayName": "d", "target": 0.9}],
    },
}


def available(facts: Any) -> bool:
    return bool(facts.objectives and facts.objectives.get("availability", 0) >= 99)


flaw("slo/openslo: a low target", json.dumps(OPENSLO), "/spec", available, ("0.9", "0.999"))
SLOTH = {
    "version": "prometheus/v1",
    "service": "shop",
    "slos": [
        {
            "name": "availability",
            "objective": 90,
            "description": "d",
            "sli": {
                "events": {
                    "error_query": "sum(rate(errors[{{.window}}]))",
                    "total_query": "sum(rate(all[{{.window}}]))",
                }
            },
        }
    ],
}
flaw("slo/sloth: a low target", json.dumps(SLOTH), "/slos/0", available, ("90", "99.9"))

PYRRA = {
    "apiVersion": "pyrra.dev/v1alpha1",
    "kind": "ServiceLevelObjective",
    "metadata": {"name": "shop-availability"},
    "spec": {
        "target": "90",
        "window": "4w",
        "indicator": {"ratio": {"errors": {"metric": "errors_total"}, "total": {"metric": "all_total"}}},
    },
}
flaw("slo/pyrra: a low target", json.dumps(PYRRA), "/spec", available, ('"90"', '"99.9"'))
NOBL9 = {
    "apiVersion": "n9/v1alpha",
    "kind": "SLO",
    "metadata": {"name": "shop-availability"},
    "spec": {
        "service": "shop",
        "budgetingMethod": "Occurrences",
        "timeWindows": [{"unit": "Day", "count": 28, "isRolling": True}],
        "objectives": [
            {
                "name": "ok",
                "target": 0.9,
                "countMetrics": {
                    "good": {"prometheus": {"promql": "sum(good_total)"}},
                    "total": {"prometheus": {"promql": "sum(all_total)"}},
                },
            }
        ],
    },
}
flaw("slo/nobl9: a low target", json.dumps(NOBL9), "/spec", available, ("0.9", "0.999"))
GOOGLE_SLO = {
    "name": "projects/1/services/shop/serviceLevelObjectives/availability",
    "displayName": "Availability",
    "goal": 0.9,
    "rollingPeriod": "86400s",
    "serviceLevelIndicator": {"basicSli": {"availability": {}}},
}
flaw("slo/google_cloud: a low goal", json.dumps(GOOGLE_SLO), "", available, ("0.9", "0.999"))
DATADOG = {
    "data": [
        {
            "name": "availability",
            "type": "metric",
            "thresholds": [{"timeframe": "7d", "target": 90.0}],
            "query": {"numerator": "sum:good{*}.as_count()", "denominator": "sum:all{*}.as_count()"},
        }
    ],
    "errors": [],
}
flaw("slo/datadog: a low target", json.dumps(DATADOG), "/data/0", available, ("90.0", "99.9"))

# --- registers

flaw(
    "audit_events: an action without an event",
    json.dumps(
        {
            "actions": [
                {"action": "a", "event": "x"},
                {"action": "b", "note": "later", "owner": "ana", "tags": ["x", "y"]},
            ]
        }
    ),
    "/actions/1",
    lambda facts: bool(facts.actions and facts.without_event == ()),
    json.dumps({"actions": [{"action": "a", "event": "x"}]}),
)
KEYS: Any = {
    "Aliases": [
        {"AliasName": "alias/acme", "AliasArn": "arn:alias/acme", "TargetKeyId": "1"},
        {"AliasName": "alias/globex", "AliasArn": "arn:alias/globex", "TargetKeyId": "1"},
    ]
}
flaw(
    "tenant_keys: two aliases of one key",
    json.dumps(KEYS),
    "/Aliases/1",
    lambda facts: bool(facts.tenants and facts.tenants_without_key == facts.shared_keys == ()),
    json.dumps({"Aliases": [KEYS["Aliases"][0], {**KEYS["Aliases"][1], "TargetKeyId": "2"}]}),
    beside={"tenants.yaml": "tenants: [acme, globex]"},
    allowed=another("/Aliases/1/TargetKeyId", "1", "it is the alias of another key"),
)
CODES = {
    "codes": [{"code": "A", "title": "one"}, {"code": "A", "title": "two", "since": "1.0", "retry": False}]
}
flaw(
    "error_registry: a code with two meanings",
    json.dumps(CODES),
    "/codes/1",
    lambda facts: bool(facts.codes and facts.duplicates == ()),
    json.dumps({"codes": CODES["codes"][:1]}),
    allowed=another("/codes/1/code", "A", "it is another code")
    | {"put *[71]: /codes/1/code": "a number is a code"},
)
INVARIANTS: Any = {
    "aggregates": [
        {"aggregate": "Order", "invariant": "a", "test": "Order a"},
        {"aggregate": "Cart", "invariant": "b", "since": "2026"},
    ]
}
flaw(
    "invariants: an invariant without a test",
    json.dumps(INVARIANTS),
    "/aggregates/1",
    lambda facts: bool(facts.aggregates and facts.untested == ()),
    json.dumps({"aggregates": INVARIANTS["aggregates"][:1]}),
)
PROMPTS = {
    "tenants": ["acme", "globex"],
    "prompts": [{"id": "a", "versions": ["1.0", "1.1"], "pins": {"acme": "1.1", "globex": "latest"}}],
}
flaw(
    "prompts: a version that is not pinned",
    json.dumps(PROMPTS),
    "/prompts/0",
    lambda facts: bool(facts.prompts and facts.unpinned == ()),
    ("latest", "1.0"),
    allowed={"put 7: /prompts/0/pins/globex": "7 is a version"},
)
SYNC = {
    "aggregates": ["Note", "Page"],
    "registrations": [
        {"aggregate": "Note", "conflictPolicy": "server-wins"},
        {"aggregate": "Page", "direction": "both"},
    ],
}
EXEMPT: Any = {
    "registrations": [{"aggregate": "Note", "conflictPolicy": "merge"}],
    "not_replicable": [
        {"aggregate": "Page", "reason": "TODO", "since": "2026"},
        {"aggregate": "Tag", "reason": "written online only"},
    ],
}
flaw(
    "sync: not replicable, for no reason",
    json.dumps(EXEMPT),
    "/not_replicable/0",
    lambda facts: bool("Page" in (facts.classified or ()) and facts.unregistered == ()),
    ("TODO", "written online only"),
    allowed=another("/not_replicable/0/reason", "TODO", "it is a reason"),
)
flaw(
    "sync: no conflict policy",
    json.dumps(SYNC),
    "/registrations/1",
    lambda facts: bool(facts.aggregates and facts.unregistered == () and facts.without_conflict_policy == ()),
    json.dumps(SYNC).replace('"direction": "both"', '"conflictPolicy": "server-wins"'),
    whole=True,
)

# --- json, document

flaw(
    "json: a failed gate",
    '{"gate": {"status": "ERROR", "name": "n", "at": "2026", "of": [1, 2]}}',
    "/gate",
    lambda facts: facts["status"] == "OK",
    ("ERROR", "OK"),
    options={"select": {"status": "gate.status"}},
)
RUNBOOK = "# Shop\n\n## Impact\n\nOrders wait.\n\n## Rollback\n\n<!-- to be written -->\n"
flaw(
    "document: an empty section",
    RUNBOOK,
    "7",
    lambda facts: facts.empty_sections == () and "Rollback" in facts.sections,
    RUNBOOK + "\nRevert.\n",
    name="report-0.md",
    whole=True,
    allowed={"put [[]'/[*] '*: /1": "the marks are text of the section"},
)

# --- openapi


def openapi(**get: Any) -> str:
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "paths": {
                "/a": {
                    "get": {
                        "x-audience": "customer",
                        "parameters": [{"name": "cursor", "in": "query", "schema": {"type": "string"}}],
                        "responses": {
                            "200": {
                                "description": "d",
                                "content": {
                                    "application/json": {
                                        "schema": {
                                            "type": "object",
                                            "properties": {"name": {"type": "string"}},
                                        }
                                    }
                                },
                            },
                            **get,
                        },
                    }
                }
            },
        }
    )


def problem(type_: str) -> Any:
    return {
        "description": "d",
        "content": {type_: {"schema": {"type": "object", "properties": {"type": {"type": "string"}}}}},
    }


flaw(
    "openapi: an error that is not problem+json",
    openapi(default=problem("application/json")),
    "/paths/~1a/get/responses/default",
    lambda facts: bool(facts.operations and facts.errors_without_problem_json == ()),
    openapi(default=problem("application/problem+json")),
)

PAGE = {"items": {"type": "array", "items": {"type": "object"}}, "next": {"type": "string"}}
LISTING: Any = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/a": {
            "get": {
                "responses": {
                    "200": {
                        "description": "d",
                        "content": {"application/json": {"schema": {"type": "object", "properties": PAGE}}},
                    }
                }
            },
            "post": {
                "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}],
                "responses": {"201": {"description": "d"}, "400": problem("application/problem+json")},
            },
        }
    },
}


def with_parameter(method: str, parameter: Any) -> str:
    """The listing, in which an operation takes another parameter."""
    copy = json.loads(json.dumps(LISTING))
    copy["paths"]["/a"][method]["parameters"] = [parameter]
    return json.dumps(copy)


flaw(
    "openapi: a list without a cursor",
    json.dumps(LISTING),
    "/paths/~1a/get/responses/200",
    lambda facts: facts.collections == 0 or facts.collections_without_cursor == (),
    with_parameter("get", {"name": "cursor", "in": "query", "schema": {"type": "string"}}),
    whole=True,
)
flaw(
    "openapi: a write without a required key",
    json.dumps(LISTING),
    "/paths/~1a/post",
    lambda facts: bool(facts.operations and facts.writes_without_idempotency_key == ()),
    with_parameter("post", {**LISTING["paths"]["/a"]["post"]["parameters"][0], "required": True}),
)

# --- pen_test: SARIF

PROBE: Any = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {"driver": {"name": "zap", "rules": [{"id": "idor"}]}},
            "invocations": [{"executionSuccessful": True}],
            "results": [
                {"ruleId": "idor", "ruleIndex": 0, "level": "error", "kind": "fail", "message": {"text": "m"}}
            ],
        }
    ],
}
flaw(
    "pen_test/sarif: a result",
    json.dumps(PROBE),
    "/runs/0/results/0",
    is_closed,
    json.dumps(PROBE)
    .replace('"kind": "fail"', '"kind": "pass"')
    .replace('"level": "error"', '"level": "none"'),
)

# --- tests: jest

JEST = {
    "numFailedTestSuites": 1,
    "numPassedTestSuites": 0,
    "numPendingTestSuites": 0,
    "numRuntimeErrorTestSuites": 0,
    "numTotalTestSuites": 1,
    "numTotalTests": 2,
    "numPassedTests": 1,
    "numFailedTests": 1,
    "numPendingTests": 0,
    "numTodoTests": 0,
    "startTime": 1772445600896,
    "success": False,
    "testResults": [
        {
            "name": "/r/a.spec.ts",
            "status": "failed",
            "message": "",
            "startTime": 1772445600896,
            "endTime": 1772445600996,
            "assertionResults": [
                {
                    "ancestorTitles": [],
                    "fullName": "a",
                    "title": "a",
                    "status": "passed",
                    "failureMessages": [],
                },
                {
                    "ancestorTitles": [],
                    "fullName": "b",
                    "title": "b",
                    "status": "failed",
                    "failureMessages": ["m"],
                },
            ],
        }
    ],
}
flaw(
    "tests/jest: a failure",
    json.dumps(JEST),
    "/testResults/0/assertionResults/1",
    lambda facts: facts.failed == (),
    json.dumps(JEST)
    .replace('"failed"', '"passed"')
    .replace('"numPassedTests": 1, "numFailedTests": 1', '"numPassedTests": 2, "numFailedTests": 0')
    .replace('"numFailedTestSuites": 1', '"numFailedTestSuites": 0')
    .replace("false", "true")
    .replace('["m"]', "[]"),
    whole=True,
)

# --- code

TABLE = """CREATE TABLE orders (id uuid, tenant_id uuid NOT NULL);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE orders FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON orders USING (tenant_id = current_setting('app.tenant_id')::uuid);
CREATE POLICY q ON orders USING (true);
"""
SECURED = TABLE.replace("CREATE POLICY q ON orders USING (true);\n", "")


def isolated(facts: Any) -> bool:
    return bool(facts.tables and facts.tenant_tables_without_rls == ())


flaw(
    "migrations: no row-level security",
    SECURED.replace("ALTER TABLE orders ENABLE", "-- ALTER TABLE orders ENABLE"),
    "2",
    isolated,
    SECURED,
    name="V1.sql",
    whole=True,
    allowed=dict.fromkeys(("*/1/0/0", "*/1/0/1", "* /1/0"), "the line is not a comment any more"),
)
SHOP = 'import express from "express";\nexport const app = express();\n'
flaw(
    "source/typescript: a package that is not allowed",
    SHOP,
    "1",
    empty("disallowed_imports"),
    "export const app = 1;\n",
    name="report-0.ts",
    options={"allowed_imports": ["uuid"]},
    allowed=dict.fromkeys(
        ("* /1/0", "*/1/0/0", "*/1/0/1", "*/1/0/7", "put * /1/0/8"),
        "the line imports nothing, or something else",
    ),
    also={
        form: form
        for form in (
            'const express = require("express");',
            'const express = await import("express");',
            'import * as e from "express";',
            'import "express";',
            'import { Router as R } from "express";',
            'export * from "express";',
            'import type { Request } from "express";',
            'import e = require("express");',
            "const e = require(`express`);",
            'const e = require("exp" + "ress");',
            'const name = "express"; require(name);',
            'let a: import("express").Application;',
            'import express from "express/lib/application.js";',
            '/* a */ import /* b */ e /* c */ from /* d */ "express";',
            'import express\n  from\n  "express";',
            'import e from "\\u0065xpress";',
            'import e from "express" with { type: "x" };',
            'const load = require; load("express");',
        )
    },
)
GO = 'package shop\n\nimport "github.com/gin-gonic/gin"\n\nfunc App() {}\n'
flaw(
    "source/go: a package that is not allowed",
    GO,
    "3",
    empty("disallowed_imports"),
    "package shop\n\nfunc App() {}\n",
    name="report-0.go",
    options={"allowed_imports": ["std"]},
    allowed=dict.fromkeys(
        ("* : /1/0", "* /1/0", "*/1/0/0", "*/1/0/1"), "the line imports nothing, or something else"
    ),
    also={
        form: form
        for form in (
            'import g "github.com/gin-gonic/gin"',
            'import _ "github.com/gin-gonic/gin"',
            'import . "github.com/gin-gonic/gin/render"',
            "import `github.com/gin-gonic/gin`",
            'import ("fmt"; g "github.com/gin-gonic/gin")',
            'import /* a */ "github.com/gin-gonic/gin" // b',
            'import "github.com/gin\\x2dgonic/gin"',
            'import "C"',
        )
    },
)
PYTHON = "from flask.app import Flask as App, Blueprint as B\n\napp = App(B)\n"
flaw(
    "source/python: a package that is not allowed",
    PYTHON,
    "1",
    empty("disallowed_imports"),
    "app = App(B)\n",
    name="report-0.py",
    options={"allowed_imports": ["std"]},
    allowed=dict.fromkeys(
        ("* : /1/0", "* /1/0", "*/1/0/0", "*/1/0/1"), "the line imports nothing, or something else"
    ),
    also={
        form: form
        for form in (
            "import os, flask as f",
            "from flask import (\n    Flask,  # a\n)",
            "from flask . app import *",
            "if TYPE_CHECKING:\n    import flask",
            'importlib.import_module("flask.app")',
            'flask = __import__("fl" + "ask")',
            'exec("import flask")',
            "load = importlib.import_module",
        )
    },
)
flaw(
    "typescript: any",
    "export const a = 1;\nexport function f(x: any): void {}\n",
    "2",
    empty("any_types"),
    "export const a = 1;\n",
    name="report-0.ts",
    allowed=dict.fromkeys(
        ("* /1/0", "put // *", "put <!-- *", "*/1/0/6", "*/1/0/7", "*/1/0/8", "*/1/0/9", "*/1/0/10"),
        "the line has no such type, or is a comment",
    ),
    also={
        form: form
        for form in (
            "let a: any;",
            "let a = 1 as any;",
            "let a = <any>1;",
            "let a: Array<any>;",
            "type A = { [key: string]: any };",
            "function f(...x: any[]) {}",
            "let a: Promise<Map<string, any>>;",
            "class A { x?: any }",
            "type A<T = any> = T;",
            "let a: /* b */ any;",
            "let a = b satisfies any;",
        )
    },
)
