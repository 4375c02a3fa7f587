"""Load tests of every tool: requests, failures, percentiles and units, whatever the tool calls them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.artefacts import SAMPLES, chosen, collect, facts, fixture, outcome, short
from gatekeeper.collectors.load_test import read as load_test
from gatekeeper.model.evidence import FORMATS_OPTION
from gatekeeper.model.moment import as_written

CASES = SAMPLES.parent / "cases/load_test"


# --- k6 over other protocols than HTTP


def trend(**values: float) -> dict[str, Any]:
    named = {f"p({key[1:]})" if key[:1] == "p" else key: value for key, value in values.items()}
    return {"type": "trend", "contains": "time", "values": named}


def counter(count: int, rate: float = 1) -> dict[str, Any]:
    return {"type": "counter", "contains": "default", "values": {"count": count, "rate": rate}}


def rate(passes: int, fails: int) -> dict[str, Any]:
    return {"type": "rate", "contains": "default", "values": {"passes": passes, "fails": fails}}


def k6(**metrics: dict[str, Any]) -> str:
    return json.dumps(
        {"state": {"testRunDurationMs": 10_000}, "metrics": {"iterations": counter(9)} | metrics}
    )


CALLS = {"grpc_req_duration": trend(min=1, p95=40, p99=60)}
HTTP = {
    "http_reqs": counter(100, 10),
    "http_req_duration": trend(p95=20, p99=90),
    "http_req_failed": rate(0, 100),
}


@pytest.mark.parametrize(
    ("metrics", "format_", "expected"),
    [
        (
            CALLS | {"checks": rate(95, 5)},
            "k6-handle-summary-grpc",
            {"p95_ms": 40, "p99_ms": 60, "requests": None, "rps": None, "error_pct": 5.0, "checks_failed": 5},
        ),
        ({"grpc_req_duration": trend(count=500, p95=40)}, "k6-handle-summary-grpc", {"requests": 500, "rps": 50, "error_pct": None}),
        (
            {"ws_sessions": counter(10), "ws_msgs_sent": counter(80, 8), "ws_connecting": trend(p95=5, p99=7), "ws_session_duration": trend(p95=5000)},
            "k6-handle-summary-websocket",
            {"p95_ms": 5, "requests": 80, "rps": 8, "error_pct": None},
        ),
        (
            {"kafka_writer_message_count": counter(200, 20), "kafka_writer_error_count": counter(4), "kafka_writer_write_seconds": trend(p95=3),
             "kafka_reader_message_count": counter(200), "kafka_reader_read_seconds": trend(p95=900)},
            "k6-handle-summary-kafka",
            {"p95_ms": 3, "requests": 200, "rps": 20, "error_pct": 2.0},
        ),
        (HTTP | CALLS, "k6-handle-summary-http-grpc", {"p95_ms": 40, "p99_ms": 90, "requests": 100, "rps": 10, "error_pct": None}),
        (HTTP | CALLS | {"checks": rate(98, 2)}, "k6-handle-summary-http-grpc", {"error_pct": 2.0}),
        (HTTP | {"grpc_req_duration": trend(p95=10)}, "k6-handle-summary-http-grpc", {"p95_ms": 20, "p99_ms": None}),
    ],
    ids=short,
)  # fmt: skip
def test_k6_over_other_protocols(metrics: dict[str, Any], format_: str, expected: dict[str, Any]) -> None:
    collected = collect(load_test, k6(**metrics))
    assert collected.format == format_
    assert chosen(collected.facts, expected) == expected


def test_a_call_of_grpc_in_another_unit_is_not_understood() -> None:
    [origin] = collect(load_test, k6(grpc_req_duration=trend(p95=4) | {"contains": "default"})).origins
    assert [each.touches for each in origin.not_understood] == [{"p95_ms", "p99_ms"}]


def test_a_trend_of_grpc_without_samples_is_no_run() -> None:
    assert outcome(load_test, k6(grpc_req_duration=trend(p95=0))).startswith(
        "absent: report-0: the run made no"
    )


# --- JMeter's samples


def jtl(*rows: str, header: str = "timeStamp,elapsed,label,responseMessage,success") -> str:
    return "\n".join((header, *rows, ""))


ROWS = [f"{1764000000000 + 100 * at},{10 * at},GET /,OK,true" for at in range(1, 101)]
TRANSACTION = (
    '1764000000100,5000,Order,"Number of samples in transaction : 2, number of failing samples : 0",true'
)
PARENTS = (
    "1000,20,OK,tg 1-1,true",
    '1100,9000,"Number of samples in transaction : 2, number of failing samples : 1",tg 1-1,false',
    "10100,20,OK,tg 1-1,true",
    "10110,30,OK,tg 1-2,true",
    '10100,20,"Number of samples in transaction : 1, number of failing samples : 0",tg 1-1,true',
    '10110,30,"Number of samples in transaction : 1, number of failing samples : 0",tg 1-2,true',
)
"""A transaction that generates a parent sample, whose own samples are not listed, and two that do not."""


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (jtl(*ROWS), {"requests": 100, "p95_ms": 950, "p99_ms": 990, "error_pct": 0, "duration_s": 10.9}),
        (jtl(*ROWS, TRANSACTION), {"requests": 100, "p99_ms": 990}),
        (jtl(*ROWS, TRANSACTION.replace("1764000000100", "1764000009950")), {"requests": 101, "p99_ms": 1000, "error_pct": 0}),
        (jtl(*PARENTS, header="timeStamp,elapsed,responseMessage,threadName,success"),
         {"requests": 4, "p95_ms": 9000, "error_pct": 25}),
        (jtl(TRANSACTION), {"requests": 1, "p99_ms": 5000}),
        (jtl(*ROWS[:3], "1764000000100,60000,GET /,Non HTTP response message: Read timed out,false"),
         {"requests": 4, "p95_ms": 60000, "error_pct": 25}),
        (jtl("1764000000100;7;a\nb;true", header="timeStamp;elapsed;label;success").replace("a\nb", '"a\nb"'), {"p95_ms": 7}),
        (jtl("7,true", header="elapsed,success"), {"p95_ms": 7, "duration_s": None, "rps": None}),
        (jtl("1,7,a,OK", header="timeStamp,elapsed,label,responseMessage"), {"requests": 1, "error_pct": None}),
        (jtl("1,7,true,assertion failed", header="timeStamp,elapsed,success,failureMessage"), {"error_pct": 100}),
        (jtl("1,7,TRUE", header="timeStamp,elapsed,success"), {"error_pct": 100}),
    ],
    ids=short,
)  # fmt: skip
def test_samples_of_jmeter(report: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(load_test, report), expected) == expected


def xml(*samples: str) -> str:
    return f'<testResults version="1.2">{"".join(samples)}</testResults>'


def sample(inner: str = "", **attributes: str) -> str:
    given = {"t": "10", "ts": "1764000000000", "s": "true", "rm": "OK"} | attributes
    written = " ".join(f'{key}="{value}"' for key, value in given.items())
    return f"<sample {written}>{inner}</sample>"


FAILED = "<assertionResult><name>n</name><failure>true</failure><error>false</error></assertionResult>"
HELD = FAILED.replace("true", "false")


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (xml(sample(sample(t="900"), t="20"), sample()), {"requests": 2, "p95_ms": 20}),
        (xml(sample(sample(sample(t="900"), t="30") + sample(s="false"), rm="Number of samples in transaction : 2", t="99")),
         {"requests": 2, "p95_ms": 30, "error_pct": 50}),
        (xml(sample(FAILED + HELD + HELD)), {"checks_failed": 1, "checks_passed": 2, "error_pct": 100}),
        (xml(sample(FAILED), sample(HELD)), {"checks_failed": 1, "checks_passed": 1, "error_pct": 50}),
        (xml(sample(HELD.replace("<failure>false</failure>", ""))), {"checks_failed": 1, "error_pct": 100}),
    ],
    ids=short,
)  # fmt: skip
def test_samples_of_jmeter_in_xml(report: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(load_test, report), expected) == expected


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (jtl(), "absent: report-0: the run made no request"),
        (xml(), "absent: report-0: the run made no request"),
        (jtl(*ROWS, *jtl(*ROWS).splitlines()), "unreadable: report-0: line 102: the header is repeated"),
        (jtl(*ROWS)[:-12], "unreadable: report-0: line 101: a row has 3 columns, the header 5"),
        (jtl("1,2.5,a,OK,true"), "unreadable: report-0: line 2: elapsed is '2.5', not a count of milliseconds"),
        (jtl("soon,2,a,OK,true"), "unreadable: report-0: line 2: timeStamp is 'soon', not a time"),
        (jtl("1,2,true,9", header="timeStamp,elapsed,success,SampleCount"), "unreadable: report-0: line 2: it sums up '9'"),
        (xml(sample(t="")), "unreadable: report-0: sample 1: elapsed is ''"),
        (xml("<ignored/>"), "unreadable: report-0: <ignored> is not known among the samples"),
        (xml(sample())[:-30], "unreadable: report-0: line 1: not XML"),
    ],
    ids=short,
)  # fmt: skip
def test_what_is_no_evidence_of_jmeter(report: str, expected: str) -> None:
    assert outcome(load_test, report).startswith(expected)


def test_the_first_sample_dates_the_samples() -> None:
    late = "1764000000000,5,a,OK,true"
    early = "1763999990000,5,a,OK,true"
    assert collect(load_test, jtl(late, early)).produced_at == datetime(2025, 11, 24, 15, 59, 50, tzinfo=UTC)
    named = collect(load_test, jtl("2025/11/24 10:00:00.500,5,a,OK,true")).produced_at
    assert named is not None
    assert as_written(named) == "2025-11-24T10:00:00.500000"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("samples.jtl", {"requests": 17, "error_pct": 0, "checks_failed": None}),
        ("refused.jtl", {"requests": 10, "error_pct": 50, "p95_ms": 100}),
        ("samples.xml", {"requests": 8, "error_pct": 0, "checks_passed": 4, "checks_failed": 0}),
    ],
)
def test_what_jmeter_wrote(name: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(load_test, fixture("load_test", name)), expected) == expected


# --- Gatling's simulation log


@pytest.mark.parametrize(
    ("name", "version"), [("simulation.log", "Gatling 3.9.5"), ("simulation-binary.log", "Gatling 3.13.5")]
)
def test_the_log_of_gatling_in_text_and_in_binary(name: str, version: str) -> None:
    collected = collect(load_test, fixture("load_test", name))
    [origin] = collected.origins
    assert (origin.producer, origin.produced_at) == (version, datetime(2025, 11, 24, 16, tzinfo=UTC))
    expected = {"requests": 41, "p95_ms": 60, "p99_ms": 120, "duration_s": 1.968}
    assert chosen(collected.facts, expected) == expected
    assert collected.facts.error_pct == pytest.approx(100 * 3 / 41)  # one could not be built


RUN = "RUN\tshop.Orders\torders\t1764000000000\t \t3.4.0\n"


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ("REQUEST\t1\t\tGET /\t1764000000000\t1764000000025\tOK\t \n", {"p95_ms": 25, "error_pct": 0}),
        ("REQUEST\t\tGET /\t1764000000000\t1764000060000\tKO\tRequest timeout\n", {"p95_ms": 60000, "error_pct": 100}),
        ("USER\tOrder\tSTART\t1763999999000\nREQUEST\t\tGET /\t1764000000000\t1764000000025\tOK\t \n", {"duration_s": 1.025}),
        ("ERROR\tno attribute\t1764000000000\n", {"requests": 1, "error_pct": 100, "p95_ms": None}),
    ],
    ids=short,
)  # fmt: skip
def test_requests_of_gatling(log: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(load_test, RUN + log), expected) == expected


BINARY = fixture("load_test", "simulation-binary.log")


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (RUN, "absent: report-0: the run made no request"),
        (f"{RUN}REQUEST\t\tGET /\t1764000000000\t17640000", "unreadable: report-0: line 2: the line has no end"),
        (f"{RUN}REQUEST\t\tGET /\t20\t10\tOK\t \n", "unreadable: report-0: line 2: a request ends 10 ms before it starts"),
        (f"{RUN}REQUEST\t\tGET /\t20\t30\tok\t \n", "unreadable: report-0: line 2: 'ok' is neither OK nor KO"),
        (f"{RUN}REQUEST\t\tGET /\t20\tlate\tOK\t \n", "unreadable: report-0: line 2: 'late' is not a time"),
        (f"{RUN}# REQUEST\n", "unreadable: report-0: line 2: '# REQUEST' begins no record"),
        (BINARY[:-3], "unreadable: report-0: the log is cut short in the middle of a record"),
        (BINARY + b"\x04\xff\xff\xff\x00\0\0\0\0", "unreadable: report-0: byte 1420: text 256 is used before it is written"),
        (BINARY + b"\x07", "unreadable: report-0: byte 1419: 7 is not a kind of record"),
    ],
    ids=short,
)  # fmt: skip
def test_what_is_no_evidence_of_gatling(log: str | bytes, expected: str) -> None:
    assert outcome(load_test, log).startswith(expected)


def test_a_user_who_ends_late_makes_the_run_longer() -> None:
    end = b"\x02\0\0\0\0\x00" + (60_000).to_bytes(4, "big")
    assert facts(load_test, BINARY + end).duration_s == 60


# --- the reports of other tools


@pytest.mark.parametrize(
    ("name", "format_", "producer", "expected"),
    [
        ("k6-grpc.json", "k6-handle-summary-grpc", None,
         {"requests": 600, "p95_ms": 31.6, "p99_ms": 92.4, "error_pct": 2, "thresholds": 2, "duration_s": 60.0124}),
        ("vegeta.json", "vegeta", "vegeta",
         {"requests": 600, "p95_ms": 48.7, "p99_ms": 2000.4, "rps": 10.016694490818029, "duration_s": 59.9}),
        ("autocannon.json", "autocannon", "autocannon", {"requests": 176, "p95_ms": None, "p99_ms": 106, "error_pct": 0}),
        ("autocannon-refused.json", "autocannon", "autocannon",
         {"requests": 9590, "p99_ms": None, "error_pct": 100}),
        ("bombardier.json", "bombardier", "bombardier", {"p95_ms": 38.5, "p99_ms": 2000.112, "error_pct": 1.5}),
        ("oha.json", "oha", "oha", {"requests": 1000, "error_pct": 3, "p95_ms": 41.2, "duration_s": 10.01}),
        ("ghz.json", "ghz", "ghz", {"requests": 200, "error_pct": 2, "p95_ms": 12.5, "p99_ms": 31.25, "duration_s": 4}),
        ("fortio.json", "fortio", "Fortio 1.69.5", {"requests": 400, "error_pct": 1, "p99_ms": 70, "duration_s": 20.1}),
        ("locust_stats.csv", "locust-csv", "Locust", {"requests": 825, "p95_ms": 64, "p99_ms": 73}),
        ("locust.json", "locust", "Locust",
         {"requests": 886, "p95_ms": 64, "p99_ms": 73, "duration_s": 7.485921621322632}),
        ("taurus.csv", "taurus", "Taurus", {"requests": 430, "p95_ms": 63, "p99_ms": 73}),
        ("taurus.xml", "taurus-xml", "Taurus", {"requests": 430, "p95_ms": 63, "p99_ms": 73, "duration_s": 7}),
        ("artillery.json", "artillery", "Artillery",
         {"requests": 102, "p95_ms": 63.4, "checks_passed": 42, "checks_failed": 8, "duration_s": 6.019}),
        ("artillery-timeouts.json", "artillery", "Artillery", {"requests": 109, "p99_ms": 130.3, "checks_failed": None}),
        ("artillery-1.json", "artillery", "Artillery", {"requests": 117, "p95_ms": 44.3, "p99_ms": 91.2}),
        ("jmeter-statistics.json", "jmeter-statistics", "JMeter", {"requests": 300, "error_pct": 2, "rps": 49.8}),
        ("gatling-stats.json", "gatling-stats", "Gatling", {"requests": 250, "error_pct": 4, "rps": 12.5}),
        ("gatling-global-stats.json", "gatling-stats", "Gatling", {"requests": 250, "error_pct": 4}),
        ("gatling-assertions.json", "gatling-assertions", "Gatling", {"thresholds": 2, "requests": None}),
    ],
)  # fmt: skip
def test_reports_of_tools(name: str, format_: str, producer: str | None, expected: dict[str, Any]) -> None:
    collected = collect(load_test, fixture("load_test", name))
    [origin] = collected.origins
    lacking = ("the outcome of 56 of 232 requests is not counted",) if name == "autocannon.json" else ()
    assert (origin.format, origin.producer, origin.partial) == (format_, producer, lacking)
    found = {key: getattr(collected.facts, key) for key in expected}
    assert found == {key: value if value is None else pytest.approx(value) for key, value in expected.items()}


@pytest.mark.parametrize(
    ("name", "failed", "of"),
    [
        ("artillery-timeouts.json", 14 + 5, 109),
        ("artillery-1.json", 3 + 4, 117),
        ("locust.json", 146, 886),
        ("locust_stats.csv", 135, 825),
        ("vegeta.json", 15, 600),
        ("taurus.csv", 76, 430),
        ("taurus.xml", 76, 430),
    ],
)
def test_timeouts_and_refused_connections_are_failed_requests(name: str, failed: int, of: int) -> None:
    assert facts(load_test, fixture("load_test", name)).error_pct == pytest.approx(100 * failed / of)


def edited(name: str, *edits: tuple[str, str]) -> str:
    text = fixture("load_test", name).decode()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("report", "error_pct"),
    [
        (edited("taurus.xml", ('"76"', '"86"')), 20),
        (edited("taurus.xml", ('"354"', '"344"')), 20),
        (edited("vegeta.json", ('"success": 0.975', '"success": 0.5')), 50),
        (edited("vegeta.json", ('"success": 0.975', '"success": 1')), 2.5),
        (edited("gatling-global-stats.json", ('"ok": 240', '"ok": 200')), 20),
        (edited("artillery.json", ('"vusers.failed": 10', '"vusers.failed": 51')), 50),
    ],
    ids=short,
)  # fmt: skip
def test_of_counts_of_failures_that_differ_the_most_counts(report: str, error_pct: float) -> None:
    assert facts(load_test, report).error_pct == pytest.approx(error_pct)


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"succeeded": "ok", "errors": "lost"}, {"requests": 11, "p95_ms": None}),
        ({"succeeded": "ok", "failed": "ko"}, {"requests": 10, "error_pct": 20}),
        ({"requests": "all", "errors": "lost"}, {"requests": 12, "error_pct": 25}),
        ({"requests": "all", "p95": {"path": "slow", "unit": "s"}}, {"p95_ms": 1500, "error_pct": None}),
    ],
    ids=short,
)
def test_figures_that_a_description_may_state(figures: dict[str, Any], expected: dict[str, Any]) -> None:
    description = {
        "format": "own",
        "kind": "load_test",
        "reads": "json",
        "recognise": {"all": ["own"]},
        "figures": figures,
    }
    report = {"own": True, "ok": 8, "ko": 2, "all": 12, "lost": 3, "slow": 1.5}
    own = {"own": json.dumps(description)}
    assert chosen(facts(load_test, json.dumps(report), **{FORMATS_OPTION: own}), expected) == expected


@pytest.mark.parametrize(
    "name", ["jmeter-statistics.json", "gatling-stats.json", "gatling-global-stats.json"]
)
def test_percentiles_that_the_file_does_not_name_are_not_understood(name: str) -> None:
    [origin] = collect(load_test, fixture("load_test", name)).origins
    assert [each.touches for each in origin.not_understood] == [{"p95_ms", "p99_ms"}]


def test_an_assertion_that_failed_has_its_place() -> None:
    report = edited("gatling-assertions.json")
    [failed] = facts(load_test, report).thresholds_failed
    assert (failed.message[:30], failed.pointer) == ("Global: percentage of successf", "/assertions/0")


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (edited("bombardier.json", ('"percentiles": {\n    "50"', '"other": {\n    "50"')), {"p95_ms": None, "p99_ms": None}),
        (edited("fortio.json", ('"Percentile": 95', '"Percentile": 75')), {"p95_ms": None, "p99_ms": 70}),
        (edited("ghz.json", ('"percentage": 95', '"percentage": 94')), {"p95_ms": None}),
        (edited("locust_stats.csv", (",64,71,", ",N/A,71,")), {"p95_ms": None, "p99_ms": 73}),
        (edited("oha.json", ('"aborted due to deadline": 5', '"aborted due to deadline": 5000')), {"requests": 1000}),
        (json.dumps({"aggregate": {"counters": {"http.requests": 12, "errors.ECONNREFUSED": 12}, "summaries": {}}}),
         {"requests": 12, "error_pct": 100, "p95_ms": None, "duration_s": None}),
    ],
    ids=short,
)  # fmt: skip
def test_what_a_report_does_not_state_is_null(report: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(load_test, report), expected) == expected


@pytest.mark.parametrize(
    ("report", "why"),
    [
        (edited("ghz.json", ('"endReason": "normal"', '"endReason": "cancel"')), "the run was cancelled"),
        (edited("autocannon.json", ('"sent":236', '"sent":300')), "the outcome of 120 of 296 requests is not counted"),
        (edited("fortio.json", ('"RequestedDuration": "', '"RequestedDuration": "exactly 9 calls, interrupted after 4')), "the run was interrupted"),
        (edited("ghz.json", ('"count": 200,\n', '"count": 260,\n')), "the outcome of 60 of 260 requests is not counted"),
        (edited("artillery-1.json", ('"200": 110', '"200": 100')), "the outcome of 10 of 117 requests is not counted"),
    ],
    ids=short,
)  # fmt: skip
def test_a_run_that_was_cut_short_is_partial(report: str, why: str) -> None:
    [origin] = collect(load_test, report).origins
    assert origin.partial == (why,)


NOTHING = "absent: report-0: the run made no"


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (json.dumps({"aggregate": {"counters": {}, "summaries": {}}}), NOTHING),
        (edited("vegeta.json", ('"requests": 600', '"requests": 0')), NOTHING),
        (edited("artillery.json", ('"http.requests"', '"requests"')), "unreadable: report-0: the report counts answers or errors"),
        (edited("locust_stats.csv", (",825,135,", ",0,0,")), NOTHING),
        (edited("locust.json")[:-30], "unreadable: report-0: line 217: not JSON"),
        (edited("locust.json", ('"67": 1', '"67": 9')), "unreadable: report-0: an entry counts 530 requests, but the times of 538"),
        (edited("locust_stats.csv").partition(",Aggregated")[0], "unreadable: report-0: the row `Aggregated` is missing"),
        (edited("locust_stats.csv") + edited("locust_stats.csv"), "unreadable: report-0: line 7: the header is repeated"),
        (edited("locust_stats.csv") + "," + edited("locust_stats.csv", (",825,135,", ",825,0,")).rpartition("\n,")[2],
         "unreadable: report-0: line 7: failed is stated twice: 135 and 0"),
        (edited("taurus.csv").partition("\n,")[0], "unreadable: report-0: the row without a label is missing"),
        (edited("vegeta.json", ('"requests": 600', '"requests": "600"')),
         "unreadable: report-0: requests is '600', not a count"),
        (edited("vegeta.json", ('"success": 0.975', '"success": 97.5')), "unreadable: report-0: succeeded_pct is 97.5, more than"),
        (edited("gatling-global-stats.json", ('"ok": 240', '"ok": 960')), "unreadable: report-0: 960 of 250 requests succeeded"),
        (edited("gatling-assertions.json", ('"assertions": [', '"assertions": [], "others": [')), "absent: report-0: the simulation has no"),
        (edited("jmeter-statistics.json", ('"errorCount": 6', '"errorCount": 900')), "unreadable: report-0: 300 % of the requests failed"),
        (edited("taurus.xml", ('label=""', 'label="all"')), "unreadable: report-0: there is no group without a label"),
        (edited("taurus.xml", ('"430"', '"4e2"')), "unreadable: report-0: throughput is '4e2', not a count"),
        (edited("taurus.xml", ('"0.06300"', '"63 ms"')), "unreadable: report-0: perc 95.0 is '63 ms', not a number"),
        (edited("taurus.xml", ('"430"', '"0"')), NOTHING),
        (json.dumps({"aggregate": {"counters": {"http.requests": "12"}}}), "unreadable: report-0: counters: http.requests is '12'"),
    ],
    ids=short,
)  # fmt: skip
def test_what_is_no_evidence_of_a_tool(report: str, expected: str) -> None:
    assert outcome(load_test, report).startswith(expected)


@pytest.mark.published(CASES)
@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("artillery.json", {"requests": 100, "p95_ms": 12, "p99_ms": 20, "error_pct": 0}),
        ("gatling.json", {"requests": 100, "error_pct": 0}),
        ("r.jtl", {"requests": 1, "p95_ms": 12, "error_pct": 0}),
    ],
)
def test_reports_that_people_have(case: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(load_test, (CASES / case).read_bytes()), expected) == expected
