"""Findings of penetration tests: lists of one's own, DefectDojo's, SARIF, ZAP."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.artefacts import (
    SAMPLES,
    collect,
    facts,
    fixture,
    needs_samples,
    outcome,
    short,
    tree,
)
from gatekeeper.collectors.pen_test import read as pen_test
from gatekeeper.collectors.pen_test.facts import PenTestFacts
from gatekeeper.evidence.reader import without_touched
from gatekeeper.model.evidence import Finding, Unreadable


def test_a_list_of_ones_own() -> None:
    collected = collect(pen_test, fixture("pen_test", "findings.yaml"))
    assert (collected.format, collected.produced_at) == ("findings", datetime(2026, 3, 2, tzinfo=UTC))
    assert collected.facts == PenTestFacts(
        open=(
            Finding(
                "medium: PT2-2 Session survives the change of a password (in progress)",
                "src/session/renew.ts",
                41,
            ),
            Finding("low: PT2-3 Version of the web server is told (accepted)", "report-0", 15, "/findings/2"),
        ),
        closed=2,
        engagement="Pen-test #2, web shop and catalogue",
    )


@pytest.mark.parametrize("name", ["none", "TODO", "n/a", "-", " "])
def test_an_empty_list_with_a_placeholder_for_the_test_shows_no_test(name: str) -> None:
    said = outcome(pen_test, json.dumps({"engagement": name, "findings": []}))
    assert said == "absent: report-0: no finding, and no `engagement` to show that a test took place"


def test_a_list_may_say_what_was_tested_and_for_which_release() -> None:
    said = {"engagement": "One", "service": "shop-service", "milestone": "M3", "findings": []}
    collected = collect(pen_test, json.dumps(said))
    assert [subject.name for subject in collected.origins[0].subjects] == ["shop-service"]
    assert collected.facts.milestone == "M3"
    other = collect(pen_test, json.dumps(said), json.dumps(said | {"milestone": "M2"}))
    assert other.facts.milestone is None


def test_findings_under_another_key_leave_open_unknown() -> None:
    listed = {"engagement": "One", "findings": [], "archive": [{"id": "A-1", "status": "open"}]}
    assert without_touched(collect(pen_test, json.dumps(listed))).open is None


def test_defectdojo() -> None:
    collected = collect(pen_test, fixture("pen_test", "defectdojo.json"))
    assert (collected.format, collected.produced_at) == ("defectdojo", None)
    assert collected.facts == PenTestFacts(
        open=(
            Finding("medium: Session survives the change of a password", "src/session/renew.ts", 41),
            Finding("low: Version of the web server is told (risk accepted)", "report-0", 9, "/findings/2"),
        ),
        closed=1,
        engagement="Pen-test #2",
    )


def test_zap() -> None:
    collected = collect(pen_test, fixture("pen_test", "zap.json"))
    # `@generated` is in local time, of wherever that was.
    assert collected.format == "zap"
    assert collected.produced_at == datetime(2026, 3, 2, 9, 0, 18, 236211, tzinfo=UTC)
    assert collected.facts == PenTestFacts(
        open=(
            Finding(
                "high: Cross Site Scripting (Reflected), at https://lamps.example",
                "report-0",
                13,
                "/site/0/alerts/0",
            ),
        ),
        closed=1,
        engagement=None,
    )


def test_a_log_that_reports_errors_is_partial() -> None:
    log = json.loads(fixture("pen_test", "log.sarif"))
    log["runs"][0]["invocations"] = [{"executionSuccessful": False}]
    [origin] = collect(pen_test, json.dumps(log)).origins
    assert [reason.partition(": ")[2] for reason in origin.partial] == ["executionSuccessful is false"]


def test_sarif() -> None:
    collected = collect(pen_test, fixture("pen_test", "log.sarif"))
    assert collected.format == "sarif"
    assert collected.produced_at == datetime(2026, 3, 2, 10, 0, 18, tzinfo=UTC)
    assert collected.facts == PenTestFacts(
        open=(
            Finding("high: GET /lamps/7 answers for another tenant", "src/lamps/read.ts", 12),
            Finding("medium: Reset link can be guessed", "report-0", None, "/runs/0/results/2"),
        ),
        closed=1,
        engagement=None,
    )


@pytest.mark.parametrize(
    ("entry", "is_open"),
    [
        *(({"status": status}, True) for status in ("open", "new", "confirmed", "reopened", "in_progress")),
        *(({"status": status}, True) for status in ("accepted", "risk-accepted", "wont fix", "clsoed", "")),
        *(({"status": status}, False) for status in ("closed", "Closed", "fixed", "resolved", "mitigated")),
        *(({"status": status}, False) for status in ("remediated", "duplicate", "false-positive")),
        *(({"status": status}, False) for status in ("FALSE_POSITIVE", "out of scope")),
        ({}, True),
        ({"status": None}, True),
        ({"status": "closed", "active": True}, True),
        ({"status": "closed", "risk_accepted": True}, True),
        ({"status": "fixed", "under_review": True}, True),
        ({"status": "closed", "active": False, "verified": True}, False),
        ({"status": "open", "is_mitigated": True}, True),
        ({"active": True}, True),
        ({"active": None}, True),
        ({"verified": False}, True),
        ({"verified": True}, True),
        ({"active": True, "verified": False}, True),
        ({"active": False}, False),
        ({"active": False, "is_mitigated": True}, False),
        ({"is_mitigated": True}, False),
        ({"active": True, "is_mitigated": True}, True),  # DefectDojo has no such finding
        ({"active": False, "false_p": True}, False),
        ({"active": False, "duplicate": True}, False),
        ({"active": False, "out_of_scope": True}, False),
        ({"active": False, "risk_accepted": True}, True),
        ({"risk_accepted": True}, True),
        ({"active": False, "risk_accepted": True, "is_mitigated": True}, False),
        ({"active": False, "under_review": True}, True),
        ({"is_mitigated": False, "false_p": False, "duplicate": False, "risk_accepted": False}, True),
    ],
    ids=short,
)
def test_open_or_closed(entry: dict[str, Any], is_open: bool) -> None:
    found = facts(pen_test, json.dumps({"findings": [{"title": "a hole"} | entry]}))
    assert (len(found.open), found.closed) == ((1, 0) if is_open else (0, 1))


@pytest.mark.parametrize(
    ("entry", "finding"),
    [
        ({"id": "A-1"}, Finding("A-1", "report-0", 1, "/findings/0")),
        ({"id": 7, "title": "a\n hole"}, Finding("7 a hole", "report-0", 1, "/findings/0")),
        ({"title": "a", "severity": "Critical"}, Finding("critical: a", "report-0", 1, "/findings/0")),
        ({"title": "a", "status": " "}, Finding("a", "report-0", 1, "/findings/0")),
        ({"title": "a", "file": "b.ts"}, Finding("a", "b.ts")),
        ({"title": "a", "file": "b.ts", "line": 3}, Finding("a", "b.ts", 3)),
        ({"title": "a", "file_path": "b.ts", "line": 0}, Finding("a", "b.ts")),
        ({"title": "a", "file_path": None, "line": 3}, Finding("a", "report-0", 1, "/findings/0")),
        (
            {"title": "a", "under_review": True, "risk_accepted": True},
            Finding("a (risk accepted, under review)", "report-0", 1, "/findings/0"),
        ),
    ],
    ids=short,
)
def test_how_a_finding_reads(entry: dict[str, Any], finding: Finding) -> None:
    assert facts(pen_test, json.dumps({"findings": [entry]})).open == (finding,)


@pytest.mark.parametrize(
    ("report", "engagement"),
    [
        ("engagement: Pen-test 1\nfindings: []\n", "Pen-test 1"),
        ('{"engagement": " Pen-test 1 ", "name": "x", "findings": []}', "Pen-test 1"),
        ('{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "zap"}}, "results": []}]}', None),
        ('{"@version": "2.16.1", "site": [{"@name": "https://a.example", "alerts": []}]}', None),
    ],
)
def test_a_test_without_findings(report: str, engagement: str | None) -> None:
    assert facts(pen_test, report) == PenTestFacts(open=(), closed=0, engagement=engagement)


def test_several_files_are_several_tests() -> None:
    one = json.dumps({"engagement": "One", "date": "2026-03-02", "findings": [{"id": "A-1"}]})
    two = json.dumps(
        {"engagement": "Two", "date": "2026-01-02", "findings": [{"id": "B-1", "status": "closed"}]}
    )
    collected = collect(pen_test, one, two, one, fixture("pen_test", "zap.json"))
    assert collected.format == "findings, zap"
    assert collected.produced_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert (len(collected.facts.open), collected.facts.closed) == (3, 2)
    assert collected.facts.engagement == "One, Two"


def test_the_oldest_run_dates_a_log() -> None:
    log = json.loads(fixture("pen_test", "log.sarif"))
    older = json.loads(json.dumps(log["runs"][0]))
    older["invocations"][0]["endTimeUtc"] = "2026-01-02T10:00:18Z"
    log["runs"].append(older)
    assert collect(pen_test, json.dumps(log)).produced_at == datetime(2026, 1, 2, 10, 0, 18, tzinfo=UTC)
    log["runs"].append(older | {"invocations": []})
    assert collect(pen_test, json.dumps(log)).produced_at is None


def test_each_file_states_its_origin() -> None:
    own, zap = collect(
        pen_test, fixture("pen_test", "findings.yaml"), fixture("pen_test", "zap.json")
    ).origins
    assert (own.file, own.producer, own.items) == ("report-0", None, 4)
    assert (zap.file, zap.producer, zap.items, zap.partial) == ("report-1", "ZAP 2.16.1", 2, ())


@pytest.mark.parametrize(
    ("insight", "partial"),
    [
        ({"level": "Medium", "key": "insight.network.failure", "reason": "Exceeded High"}, True),
        ({"level": "Medium", "key": "insight.auth.failure"}, True),
        ({"level": "High", "key": "insight.diskspace.full"}, True),
        ({"level": "Low", "key": "insight.network.failure"}, False),
        ({"level": "Medium", "key": "insight.memory.usage"}, False),
        ({"level": "Low", "key": "insight.log.warn"}, False),
    ],
    ids=short,
)
def test_insights_of_zap_say_what_failed(insight: dict[str, str], partial: bool) -> None:
    insight = insight | {"description": "Percentage of failures", "statistic": "63"}
    report = json.loads(fixture("pen_test", "zap.json")) | {"insights": [insight]}
    [origin] = collect(pen_test, json.dumps(report)).origins
    assert origin.partial == (("Percentage of failures: 63",) if partial else ())


@pytest.mark.parametrize("nothing", ["", '{"findings": []}', '{"version": "2.1.0", "runs": []}', "{"])
def test_all_files_must_tell_of_a_test(nothing: str) -> None:
    with pytest.raises(Unreadable, match=r"^b\.json: "):
        pen_test.collect(tree({"a.json": '{"findings": [{"id": "A-1"}]}', "b.json": nothing}), {})


def test_no_file_is_no_test() -> None:
    assert outcome(pen_test) == "absent: reports names no file"


def own(**entry: Any) -> str:
    return json.dumps({"findings": [entry]})


def zap(**alert: Any) -> str:
    alert = {"alert": "a", "riskcode": "2", "confidence": "2"} | alert
    return json.dumps({"@version": "2.16.1", "site": [{"@name": "https://a.example", "alerts": [alert]}]})


NO_TEST = "absent: report-0: no finding, and no `engagement` to show that a test took place"
KNOWN = "no supported format"
TEXT, JSON = (f"unreadable: report-0: {what}{KNOWN}" for what in ("the file has ", "the JSON has "))


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (" ", "absent: report-0: the file is empty"),
        ('{"findings": []}', JSON),
        ('{"engagement": null, "findings": []}', NO_TEST),
        ('{"engagement": "  ", "findings": []}', NO_TEST),
        ('{"name": "lamp-shop", "type": "Tool", "findings": []}', NO_TEST),
        ('{"version": "2.1.0", "runs": []}', "absent: report-0: the log has no run: nothing was scanned"),
        (
            '{"@version": "2.16.1", "site": []}',
            "absent: report-0: the report has no site: nothing was scanned",
        ),
        ("engagement: Pen-test 1\n", TEXT),
        ("findings:\n", TEXT),
        ("engagement: Pen-test 1\nfindings: none\n", "unreadable: report-0: findings is 'none', not a list"),
        ("{}", JSON),
        ("[]", JSON),
        ('[{"id": "A-1", "status": "closed"}]', JSON),
        ('{"count": 0, "next": null, "results": []}', JSON),
        ("text", TEXT),
        ("null", TEXT),
        ('{"name": "a", "findings": ["A-1"]}', "unreadable: report-0: findings[0] is 'A-1', not an object"),
        ('{"name": "a", "findings": [{}]}', "unreadable: report-0: findings[0] has neither id nor title"),
        (own(title=" "), "unreadable: report-0: findings[0] has neither id nor title"),
        (own(id=True), "unreadable: report-0: the id or title of findings[0] is True, not text"),
        (own(id="A-1", status=True), "unreadable: report-0: the status of a finding is True, not text"),
        (own(id="A-1", active="false"), "unreadable: report-0: active of a finding is 'false', neither"),
        (own(id="A-1", is_mitigated=1), "unreadable: report-0: is_mitigated of a finding is 1, neither"),
        (own(id="A-1", severity=9.8), "unreadable: report-0: the severity of a finding is 9.8, not text"),
        (own(id="A-1", file=7), "unreadable: report-0: the file of findings[0] is 7, not text"),
        (
            own(id="A-1", file="a", line="7"),
            "unreadable: report-0: the line of findings[0] is '7', not a count",
        ),
        ('{"engagement": 1, "findings": []}', "unreadable: report-0: engagement is 1, not text"),
        (zap(riskcode=2), "unreadable: report-0: the riskcode of 'a' is 2, not one of '0' to '3'"),
        (zap(riskcode="4"), "unreadable: report-0: the riskcode of 'a' is '4', not one of '0' to '3'"),
        (zap(riskcode=None), "unreadable: report-0: the riskcode of 'a' is missing, not one of '0' to '3'"),
        (zap(alert=None), "unreadable: report-0: the name of an alert is missing, not text"),
        ('{"@version": "2", "site": {}}', "unreadable: report-0: site is an object, not a list"),
        (
            '{"@version": "2", "site": [{"alerts": []}]}',
            "unreadable: report-0: site[0].@name is missing, not text",
        ),
        (
            '{"@version": "2", "site": [{"@name": "a"}]}',
            "unreadable: report-0: site[0].alerts is missing, not a list",
        ),
        ('{"version": "2.0.0", "runs": []}', "unreadable: report-0: SARIF of the version '2.0.0'"),
        (own(id="A-1")[:-2], "unreadable: report-0: line 1: not JSON"),
        (own(id="A-1").encode("utf-16-le"), "unreadable: report-0: "),
        (b"findings: \xff", "unreadable: report-0: "),
        ("findings: .nan", "unreadable: report-0: line 1: .nan is not a finite number"),
        ('{"findings": [{"id": 1e999}]}', "unreadable: report-0: not JSON: a number out of range"),
        ('{"findings": ' * 50_000, "unreadable: report-0: line 1: not JSON: nested too deep"),
        ("findings: " + "[" * 100 + "]" * 100, "unreadable: report-0: line 1: nested more than 64 deep"),
    ],
    ids=short,
)
def test_what_is_no_evidence(report: str | bytes, expected: str) -> None:
    assert outcome(pen_test, report).startswith(expected)


@needs_samples
@pytest.mark.parametrize(
    ("sample", "open_", "closed"),
    [
        ("defectdojo/dd-generic_report1.json", 2, 0),
        ("zap/chainloop-zap-2.15.json", 2, 0),  # a medium and a low one; two are informational
        ("sarif/semgrep-1.182-ddd-forum.sarif", 35, 1),
        ("sarif/dd-SuppressionTestCurrent.sarif", 1, 3),
        ("sarif/dd-njsscan.sarif", 2, 0),
        ("sarif/dd-gitleaks_7.5.0.sarif", 8, 0),
        ("sarif/trivy-alpine-310.sarif", 4, 0),
    ],
)
def test_sample(sample: str, open_: int, closed: int) -> None:
    found = facts(pen_test, (SAMPLES / sample).read_bytes())
    assert (len(found.open), found.closed) == (open_, closed)


@needs_samples
@pytest.mark.parametrize(
    "sample",
    ["npm-audit/dd-v1-empty_with_error.json", "semgrep-json/dd-empty.json", "vex/dd-openvex-many.json"],
)
def test_sample_that_is_no_evidence(sample: str) -> None:
    assert KNOWN in outcome(pen_test, (SAMPLES / sample).read_bytes())


def tool_log(tool: str, *results: Any, rules: Sequence[Any] = (), **more: Any) -> str:
    run = {"tool": {"driver": {"name": tool, "rules": rules}}, "results": list(results)} | more
    return json.dumps({"version": "2.1.0", "runs": [run]})


@pytest.mark.parametrize(
    ("log", "open_"),
    [
        (tool_log("ShellCheck"), None),
        (tool_log("CodeQL", {"suppressions": [{"kind": "external"}], "message": {"text": "m"}}), None),
        (tool_log("CodeQL", {"message": {"text": "m"}}), 1),
        (tool_log("Burp Suite Professional"), 0),
        (tool_log("nuclei"), 0),
        (tool_log("ZAP"), 0),
        # The names and tags of rules do not say what the tool does.
        (tool_log("kube-linter", rules=[{"id": "pen-test", "properties": {"tags": ["dast"]}}]), None),
        (tool_log("our own", automationDetails={"id": "pentest/2026-03"}), 0),
    ],
    ids=short,
)
def test_that_a_tool_finds_nothing_proves_nothing_unless_it_tests_by_attacks(
    log: str, open_: int | None
) -> None:
    said = without_touched(collect(pen_test, log)).open
    assert (None if said is None else len(said)) == open_


def test_a_filter_of_the_command_line_makes_a_test_partial() -> None:
    log = tool_log("nuclei", invocations=[{"commandLine": "nuclei --severity critical"}])
    [origin] = collect(pen_test, log).origins
    assert origin.partial == ("a filter of the command line left out findings",)


@pytest.mark.parametrize(
    ("alert", "expected"),
    [
        ({"riskcode": "0", "riskdesc": "High (Medium)"}, ["high: a, at b"]),
        ({"riskcode": "3", "riskdesc": "Low (Medium)"}, ["high: a, at b"]),
        ({"riskcode": "3", "confidence": "0", "riskdesc": "High (Medium)"}, ["high: a, at b"]),
        ({"riskcode": "3", "confidence": "0", "riskdesc": "High (False Positive)"}, []),
        ({"riskcode": "3", "confidence": "0"}, []),
        ({"riskcode": "0", "riskdesc": "Informational (Low)"}, []),
    ],
)
def test_the_more_severe_of_code_and_words_of_zap_counts(alert: dict[str, str], expected: list[str]) -> None:
    report = {
        "@version": "2.16",
        "site": [{"@name": "b", "alerts": [{"alert": "a", "confidence": "2"} | alert]}],
    }
    assert [found.message for found in facts(pen_test, json.dumps(report)).open] == expected
