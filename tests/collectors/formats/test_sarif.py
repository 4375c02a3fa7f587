"""SARIF 2.1.0: which results are findings, how severe they are, where they stand."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.artefacts import fixture
from gatekeeper.collectors.formats.sarif import log as sarif
from gatekeeper.collectors.formats.severity import Severity
from gatekeeper.collectors.reading.figures import mapping
from gatekeeper.collectors.reading.merging import united
from gatekeeper.model.evidence import Absent, Finding, Unreadable
from gatekeeper.syntax import json
from gatekeeper.syntax.json import Object

NINE_EIGHT = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
RULES = [
    {"id": "A1", "defaultConfiguration": {"level": "error"}, "shortDescription": {"text": "Title of A1"}},
    {"id": "A2", "defaultConfiguration": {"level": "note"}, "messageStrings": {"m": {"text": "{1} in {0}"}}},
    {"id": "A3", "properties": {"security-severity": "9.1"}},
]


def run(*results: Any, rules: Any = RULES, tool: str = "lint", **more: Any) -> dict[str, Any]:
    return {"tool": {"driver": {"name": tool, "rules": rules}}, "results": list(results), **more}


def log(*runs: Any) -> dict[str, Any]:
    return {"version": "2.1.0", "runs": list(runs)}


def runs_of(document: Object) -> tuple[sarif.Run, ...]:
    return sarif.read(document, "x.sarif")


def only(result: Mapping[str, Any], **of_run: Any) -> sarif.Result:
    [read] = runs_of(log(run(result, **of_run)))
    [found] = read.results
    return found


def test_a_log_of_code_scanning() -> None:
    [read] = runs_of(mapping(json.load(fixture("vulnerabilities", "scan.sarif.json")), "the log"))
    assert (read.tool, read.origin.produced_at) == ("CodeQL", datetime(2026, 3, 2, 10, 0, tzinfo=UTC))
    assert read.results == (
        sarif.Result(
            message="This query depends on a user-provided value.",
            level="error",
            severity=Severity.HIGH,
            rule="js/sql-injection",
            names=("js/sql-injection",),
            purls=(),
            file="services/api/src/db access.ts",
            line=42,
            path=("runs", 0, "results", 0),
            suppression=None,
        ),
        sarif.Result(
            message="req.body reaches the log.",
            level="warning",  # an invocation raised it
            severity=Severity.MEDIUM,
            rule="js/log-injection",
            names=("js/log-injection",),
            purls=(),
            file="src/log.ts",
            line=7,
            path=("runs", 0, "results", 1),
            suppression=None,
        ),
        sarif.Result(
            message="Told to be quiet.",
            level="note",
            severity=Severity.LOW,
            rule="js/log-injection",
            names=("js/log-injection",),
            purls=(),
            file=None,
            line=None,
            path=("runs", 0, "results", 2),
            suppression="suppressed in the source: a debug build",
        ),
    )


@pytest.mark.parametrize(
    ("result", "level", "severity"),
    [
        ({"ruleId": "A1"}, "error", Severity.HIGH),
        ({"ruleIndex": 0}, "error", Severity.HIGH),
        ({"ruleId": "A1", "ruleIndex": -1}, "error", Severity.HIGH),
        ({"ruleId": "A1", "ruleIndex": 99}, "error", Severity.HIGH),
        ({"ruleId": "A1/x", "ruleIndex": 0}, "error", Severity.HIGH),
        ({"ruleId": "A1/x/y"}, "error", Severity.HIGH),
        # References that contradict each other: the most severe counts.
        ({"ruleId": "A1", "ruleIndex": 1}, "error", Severity.HIGH),
        ({"ruleId": "A2", "ruleIndex": 0}, "error", Severity.HIGH),
        ({"ruleId": "A2", "rule": {"id": "A1"}}, "error", Severity.HIGH),
        ({"ruleId": "A2", "rule": {"index": 2}}, "warning", Severity.CRITICAL),
        ({"ruleId": "unheard-of", "ruleIndex": 0}, "error", Severity.HIGH),
        ({"ruleId": "unheard-of", "ruleIndex": 1}, "warning", Severity.UNKNOWN),
        # The log does not describe the rule that would say how severe it is; levels do not, where rules have scores.
        ({"ruleId": "unheard-of", "ruleIndex": 99}, "warning", Severity.UNKNOWN),
        ({"rule": {"index": 99}}, "warning", Severity.UNKNOWN),
        ({"ruleIndex": 99, "level": "note"}, "note", Severity.UNKNOWN),
        ({"ruleId": "unheard-of"}, "warning", Severity.UNKNOWN),
        ({"ruleId": "unheard-of", "properties": {"security-severity": "3.9"}}, "warning", Severity.LOW),
        ({"ruleId": "A1", "kind": "pass", "level": "error"}, "error", Severity.HIGH),
        ({"rule": {"id": "A1"}}, "error", Severity.HIGH),
        ({"rule": {"index": 0}}, "error", Severity.HIGH),
        ({"ruleId": "A2"}, "note", Severity.LOW),
        ({"ruleId": "A2", "level": "error"}, "error", Severity.HIGH),
        ({"ruleId": "A3"}, "warning", Severity.CRITICAL),
        ({"ruleId": "A3", "level": "note"}, "note", Severity.CRITICAL),
        ({}, "warning", Severity.UNKNOWN),
        ({"ruleId": "A1", "level": "none"}, "none", Severity.UNKNOWN),
        ({"ruleId": "A1", "kind": "review"}, "none", Severity.UNKNOWN),
        ({"ruleId": "A3", "kind": "open"}, "none", Severity.CRITICAL),
        ({"ruleId": "A1", "level": "fatal"}, "fatal", Severity.UNKNOWN),
        ({"ruleId": "A1", "properties": {"security-severity": "3.9"}}, "error", Severity.LOW),
    ],
)
def test_level_and_severity(result: dict[str, Any], level: str, severity: Severity) -> None:
    found = only(result)
    assert (found.level, found.severity) == (level, severity)


@pytest.mark.parametrize(
    ("rules", "severity"),
    [
        (None, Severity.LOW),
        ([], Severity.LOW),
        ([{"id": "A1"}], Severity.LOW),
        ([{"id": "A1", "properties": {"security-severity": "9.8"}}], Severity.UNKNOWN),
    ],
)
def test_the_level_of_a_result_counts_unless_rules_have_scores(rules: Any, severity: Severity) -> None:
    assert only({"ruleId": "x", "level": "note"}, rules=rules).severity is severity


def test_without_rules_the_default_level_counts() -> None:
    assert only({"ruleId": "x"}, rules=None).severity is Severity.MEDIUM
    assert only({"ruleId": "x"}, rules=[{"id": "A1"}]).severity is Severity.UNKNOWN
    assert (
        only({"ruleId": "x", "ruleIndex": 0}, rules=[{"shortDescription": {}}]).severity is Severity.UNKNOWN
    )


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ({"ruleId": "A1", "ruleIndex": 0}, None),
        ({"ruleId": "A1/x", "rule": {"id": "A1", "index": 0}}, None),
        ({"ruleId": "old", "ruleIndex": 3}, None),
        ({"ruleId": "A1", "ruleIndex": 99}, None),
        ({"ruleId": "A2", "ruleIndex": 0}, "A2 refers to A2, A1: the most severe counts"),
        (
            {"ruleId": "x", "ruleIndex": 0},
            "x refers to a rule that the log lacks, A1: the most severe counts",
        ),
        ({"ruleId": "x", "ruleIndex": 99}, "x refers to no rule that the log describes"),
        ({"ruleId": "x"}, "x refers to no rule that the log describes"),
        ({}, "a result refers to no rule that the log describes"),
        (
            {"ruleId": "A1", "kind": "pass", "level": "error"},
            "the kind of A1 is pass, its level error: it counts as a finding",
        ),
    ],
)
def test_a_contradiction_is_reported(result: dict[str, Any], reason: str | None) -> None:
    runs = runs_of(log(run(result, rules=[*RULES, {"id": "new", "deprecatedIds": ["old"]}])))
    assert runs[0].results[0].contradiction == reason
    places = [(one.place.message, one.touches) for one in united([one.origin for one in runs]).not_understood]
    assert places == ([(reason, frozenset())] if reason else [])


@pytest.mark.parametrize(
    ("score", "severity"),
    [
        ("9.0", Severity.CRITICAL),
        ("10", Severity.CRITICAL),
        ("10.0", Severity.CRITICAL),
        ("8.9", Severity.HIGH),
        ("7.0", Severity.HIGH),
        ("6.9", Severity.MEDIUM),
        ("4.0", Severity.MEDIUM),
        ("3.9", Severity.LOW),
        ("0.1", Severity.LOW),
        # What Trivy and Grype write where they know none: the level says more.
        ("0.0", Severity.LOW),
        (0, Severity.LOW),
        (9.8, Severity.CRITICAL),
        (7, Severity.HIGH),
        ("high", Severity.HIGH),
        ("CRITICAL", Severity.CRITICAL),
        ("11", Severity.UNKNOWN),
        ("-9.8", Severity.UNKNOWN),
        ("9,8", Severity.UNKNOWN),
        ("9" * 500, Severity.UNKNOWN),
        ("nan", Severity.UNKNOWN),
        (None, Severity.LOW),  # by its level
        (True, Severity.UNKNOWN),
    ],
)
def test_security_severity(score: object, severity: Severity) -> None:
    rules = [
        {
            "id": "R",
            "defaultConfiguration": {"level": "note"},
            "properties": {"security-severity": score},
        }
    ]
    assert only({"ruleId": "R"}, rules=rules).severity is severity


def test_the_level_of_osv_scanner_says_nothing() -> None:
    result = {"ruleId": "MAL-2026-1", "level": "warning"}
    rules = [{"id": "MAL-2026-1", "deprecatedIds": ["MAL-2026-1", "GHSA-aaaa-bbbb-cccc"]}]
    found = only(result, rules=rules, tool="osv-scanner")
    assert found.severity is Severity.UNKNOWN
    assert found.names == ("MAL-2026-1", "GHSA-aaaa-bbbb-cccc")


def test_a_rule_of_an_extension() -> None:
    tool = {
        "driver": {"name": "CodeQL", "rules": [{"id": "x", "defaultConfiguration": {"level": "note"}}]},
        "extensions": [
            {"name": "empty"},
            {
                "name": "queries",
                "guid": "1-2",
                "rules": [{"id": "x", "defaultConfiguration": {"level": "error"}}],
            },
            {"name": "more", "rules": [{"id": "y", "defaultConfiguration": {"level": "error"}}]},
        ],
    }
    results = [
        {"ruleId": "x"},
        {"rule": {"id": "x", "toolComponent": {"index": 1}}},
        {"rule": {"index": 0, "toolComponent": {"index": 1}}},
        {"ruleId": "x", "ruleIndex": 0, "rule": {"toolComponent": {"name": "queries"}}},
        {"ruleId": "x", "rule": {"toolComponent": {"guid": "1-2"}}},
        {"ruleId": "x", "rule": {"toolComponent": {"index": 7}}},
        {"ruleId": "y"},
    ]
    [read] = runs_of(log({"tool": tool, "results": results}))
    levels = [result.level for result in read.results]
    assert levels == ["note", "error", "error", "error", "error", "note", "error"]


def test_an_override_holds_for_its_invocation() -> None:
    override = {"descriptor": {"index": 1}, "configuration": {"level": "error"}}
    invocations = [{}, {"ruleConfigurationOverrides": [override]}]
    results = [
        {"ruleId": "A2", "provenance": {"invocationIndex": 1}},
        {"ruleId": "A2", "provenance": {"invocationIndex": 0}},
        {"ruleId": "A2"},
    ]
    [read] = runs_of(log(run(*results, invocations=invocations)))
    assert [result.level for result in read.results] == ["error", "note", "note"]


@pytest.mark.parametrize(
    ("result", "findings"),
    [
        ({}, 1),
        ({"kind": "fail"}, 1),
        ({"kind": "open"}, 1),
        ({"kind": "review"}, 1),
        ({"kind": "pass"}, 0),
        ({"kind": "pass", "level": "none"}, 0),
        ({"kind": "pass", "level": "warning"}, 1),
        ({"kind": "informational"}, 0),
        ({"kind": "notApplicable"}, 0),
        ({"baselineState": "absent"}, 0),
        ({"baselineState": "unchanged"}, 1),
    ],
)
def test_what_is_a_finding(result: dict[str, Any], findings: int) -> None:
    [read] = runs_of(log(run(result)))
    assert len(read.results) == findings


@pytest.mark.parametrize(
    ("suppressions", "reason"),
    [
        (None, None),
        ([], None),
        ([{"kind": "external"}], "suppressed"),
        ([{"kind": "inSource", "status": None}], "suppressed in the source"),
        (
            [{"kind": "external", "status": "accepted", "justification": "risk\naccepted"}],
            "suppressed: risk accepted",
        ),
        ([{"kind": "external", "status": "rejected"}], None),
        ([{"kind": "external", "status": "underReview"}], None),
        ([{"kind": "external", "status": "rejected"}, {"kind": "external", "status": "underReview"}], None),
        ([{"kind": "external", "status": "rejected"}, {"kind": "inSource"}], None),
    ],
)
def test_suppressions(suppressions: object, reason: str | None) -> None:
    assert only({"suppressions": suppressions}).suppression == reason


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ({"message": {"text": "a\n  b"}}, "a b"),
        ({"message": {"text": "x" * 5000}}, "x" * 299 + "…"),
        ({"message": {"text": "{0} and {1} and {9}", "arguments": ["a", "b"]}}, "a and b and {9}"),
        ({"message": {"text": "{0}"}}, "{0}"),
        ({"message": {"text": "{0}", "arguments": [7]}}, "{0}"),
        ({"message": {"text": "{0}", "arguments": ["{0}"]}}, "{0}"),
        ({"message": {"text": "{0}" * 90, "arguments": ["y" * 10**6]}}, "y" * 299 + "…"),
        ({"ruleId": "A2", "message": {"id": "m", "arguments": ["here", "dust"]}}, "dust in here"),
        ({"ruleId": "A1", "message": {"id": "shared"}}, "of all rules"),
        ({"ruleId": "A1", "message": {"id": "nowhere"}}, "Title of A1"),
        ({"ruleId": "A1"}, "Title of A1"),
        ({"ruleId": "A3"}, "A3"),
        ({}, "a result without a message"),
    ],
)
def test_messages(result: dict[str, Any], message: str) -> None:
    tool = {
        "driver": {
            "name": "lint",
            "rules": RULES,
            "globalMessageStrings": {"shared": {"text": "of all rules"}},
        }
    }
    [read] = runs_of(log({"tool": tool, "results": [result]}))
    assert read.results[0].message == message


BASES = {
    "ROOT": {"uri": "file:///home/u/repo/"},
    "SRC": {"uri": "file:///home/u/repo/src"},
    "API": {"uri": "./api/", "uriBaseId": "SRC"},
    "UNTOLD": {"description": {"text": "omitted"}},
    "BELOW": {"uri": "lib/", "uriBaseId": "UNTOLD"},
    "LOOP": {"uri": "a/", "uriBaseId": "POOL"},
    "POOL": {"uri": "b/", "uriBaseId": "LOOP"},
    "DISK": {"uri": "file:///"},
}


@pytest.mark.parametrize(
    ("location", "file"),
    [
        ({"uri": "src/a.ts"}, "src/a.ts"),
        ({"uri": "./src/a.ts"}, "src/a.ts"),
        ({"uri": "src/a%20b.ts"}, "src/a b.ts"),
        ({"uri": "src\\a.ts"}, "src/a.ts"),
        ({"uri": "a.ts", "uriBaseId": "ROOT"}, "a.ts"),
        ({"uri": "a.ts", "uriBaseId": "SRC"}, "src/a.ts"),
        ({"uri": "a.ts", "uriBaseId": "API"}, "src/api/a.ts"),
        ({"uri": "a.ts", "uriBaseId": "UNTOLD"}, "a.ts"),
        ({"uri": "a.ts", "uriBaseId": "BELOW"}, "lib/a.ts"),
        ({"uri": "a.ts", "uriBaseId": "%SRCROOT%"}, "a.ts"),
        ({"uri": "a.ts", "uriBaseId": "LOOP"}, "b/a/a.ts"),
        ({"uri": "a.ts", "uriBaseId": 3}, None),
        ({"uri": "usr/a", "uriBaseId": "DISK"}, "/usr/a"),
        ({"uri": "file:///home/u/repo/src/a.ts"}, "src/a.ts"),
        ({"uri": "file://localhost/home/u/repo/src/a.ts"}, "src/a.ts"),
        ({"uri": "FILE:///home/u/repo/a.ts", "uriBaseId": "SRC"}, "a.ts"),
        ({"uri": "file:///home/u/repository/a.ts"}, "/home/u/repository/a.ts"),
        ({"uri": "file:///C:/code/a.c"}, "C:/code/a.c"),
        ({"uri": "file:src/a.ts"}, "src/a.ts"),
        ({"uri": "/home/u/repo/a.ts"}, "a.ts"),
        ({"uri": "https://example.org/a.ts"}, "https://example.org/a.ts"),
        ({"index": 0}, "src/of-artifact.ts"),
        ({"index": 1}, None),
        ({"index": -1}, None),
        ({"index": True}, None),
        ({"uri": ""}, None),
        ({"uri": 5}, None),
        ({}, None),
    ],
)
def test_paths(location: dict[str, Any], file: str | None) -> None:
    place = {"physicalLocation": {"artifactLocation": location, "region": {"startLine": 3}}}
    artifacts = [{"location": {"uri": "of-artifact.ts", "uriBaseId": "SRC"}}]
    found = only({"locations": [place]}, originalUriBaseIds=BASES, artifacts=artifacts)
    assert (found.file, found.line) == (file, 3 if file else None)


@pytest.mark.parametrize(
    ("line", "expected"), [(1, 1), (0, None), (-1, None), ("3", None), (True, None), (2.5, None)]
)
def test_lines(line: object, expected: int | None) -> None:
    place = {"physicalLocation": {"artifactLocation": {"uri": "a"}, "region": {"startLine": line}}}
    assert only({"locations": [place]}).line == expected


def test_the_first_location_that_names_a_file_counts() -> None:
    places = [
        {"logicalLocations": [{"name": "f"}]},
        {"physicalLocation": {"artifactLocation": {"uri": "a"}}},
        {"physicalLocation": {"artifactLocation": {"uri": "b"}}},
    ]
    assert only({"locations": places}).file == "a"
    assert only({"locations": "nowhere"}).file is None


def test_a_finding_is_in_the_source_or_else_in_the_log() -> None:
    place = {"physicalLocation": {"artifactLocation": {"uri": "a.ts"}, "region": {"startLine": 3}}}
    assert only({"locations": [place]}).finding("no", "x.sarif") == Finding("no", "a.ts", 3)
    assert only({}).finding("no", "x.sarif") == Finding("no", "x.sarif", pointer="/runs/0/results/0")


def test_every_run_is_a_tool_of_its_own() -> None:
    runs = runs_of(
        log(
            run({"ruleId": "A1"}, tool="a", invocations=[{"endTimeUtc": "2026-03-01T00:00:00Z"}]),
            run(tool="b", rules=None, invocations=[{"startTimeUtc": "2026-03-02T00:00:00Z"}, {}]),
            run(
                tool="c",
                invocations=[
                    {"endTimeUtc": "2026-03-04T00:00:00Z"},
                    {"startTimeUtc": "2026-03-03T00:00:00Z"},
                ],
            ),
        )
    )
    # The oldest invocation dates a run; one without a time leaves it undated, and with it the log.
    assert [
        (run.tool, len(run.results), run.origin.produced_at and run.origin.produced_at.day) for run in runs
    ] == [
        ("a", 1, 1),
        ("b", 0, None),
        ("c", 0, 3),
    ]
    assert united([one.origin for one in runs]).produced_at is None
    assert united([runs[0].origin, runs[2].origin]).produced_at == datetime(2026, 3, 1, tzinfo=UTC)


def test_what_a_log_states_about_itself() -> None:
    source = {"repositoryUri": "https://forge.example/acme/shop", "revisionId": "c0ffee1"}
    image = {"imageName": "shop:1", "repoTags": ["registry.example/shop:1"], "repoDigests": None}
    tool = {"driver": {"name": "Trivy", "version": "0.60", "semanticVersion": "0.60.0"}}
    runs = runs_of(
        log(
            run({}, versionControlProvenance=[source]),
            {"tool": tool, "results": [], "versionControlProvenance": [source], "properties": image},
        )
    )
    origin = united([one.origin for one in runs])
    assert (origin.file, origin.producer, origin.commit, origin.items) == (
        "x.sarif",
        "lint, Trivy 0.60.0",
        "c0ffee1",
        1,
    )
    assert [(subject.type, subject.name) for subject in origin.subjects] == [
        ("repository", "https://forge.example/acme/shop"),
        ("image", "shop:1"),
        ("image", "registry.example/shop:1"),
    ]
    assert united([one.origin for one in (*runs, *runs_of(log(run())))]).commit is None


ERROR = {"level": "error", "message": {"text": "could not analyse 300 files"}}


UNPARSED = {
    "descriptor": {"id": "Syntax error"},
    "level": "warning",
    "message": {"text": "src/a.ts:6: `(` was unexpected"},
}
LEFT_OUT = "the run of lint left out findings: "


@pytest.mark.parametrize(
    ("more", "partial"),
    [
        ({"invocations": [{"executionSuccessful": True}]}, []),
        (
            {"invocations": [{"executionSuccessful": True}, {"executionSuccessful": False}]},
            ["the run of lint did not finish: executionSuccessful is false"],
        ),
        (
            {"invocations": [{"executionSuccessful": "no"}]},
            ["the run of lint did not finish: executionSuccessful is 'no'"],
        ),
        ({"invocations": [{"executionSuccessful": True, "exitCode": 0}]}, []),
        # Nothing was found that would explain the exit code.
        (
            {
                "invocations": [
                    {"executionSuccessful": True, "exitCode": 2, "exitCodeDescription": "no lockfile"}
                ]
            },
            ["the run of lint ended with the exit code 2: no lockfile"],
        ),
        ({"invocations": [{"executionSuccessful": True, "exitCode": 1}], "results": [{}]}, []),
        (
            {"invocations": [{"exitCode": 1}], "results": [{}]},
            ["the run of lint ended with the exit code 1"],
        ),
        (
            {"invocations": [{"processStartFailureMessage": "not found"}]},
            ["the run of lint did not finish: processStartFailureMessage is not found"],
        ),
        (
            {"conversion": {"invocation": {"executionSuccessful": False}}},
            ["the run of lint did not finish: executionSuccessful is false"],
        ),
        (
            {"invocations": [{"exitSignalName": "SIGKILL"}]},
            ["the run of lint did not finish: exitSignalName is SIGKILL"],
        ),
        (
            {"invocations": [{}, {"toolExecutionNotifications": [ERROR]}]},
            ["lint reports an error: could not analyse 300 files"],
        ),
        (
            {"invocations": [{"toolConfigurationNotifications": [ERROR | {"message": {"id": "m"}}]}]},
            ["lint reports an error: no message"],
        ),
        ({"invocations": [{"toolExecutionNotifications": [{"level": "warning"}, {}]}]}, []),
        (
            {"invocations": [{"toolExecutionNotifications": [UNPARSED]}]},
            [
                "lint reports a warning that something was not read: Syntax error: src/a.ts:6: `(` was unexpected"
            ],
        ),
        (
            {"invocations": [{"toolExecutionNotifications": [UNPARSED, {"level": "note"}] * 33}]},
            [
                "lint reports 33 warnings that something was not read: Syntax error: src/a.ts:6: `(` was unexpected"
            ],
        ),
        (
            {"invocations": [{"toolExecutionNotifications": [{"message": {"text": "skipped a.min.js"}}]}]},
            ["lint reports a warning that something was not read: skipped a.min.js"],
        ),
        (
            {"invocations": [{"toolExecutionNotifications": [UNPARSED | {"level": "note"}]}]},
            [],
        ),
        ({"invocations": [{"commandLine": "trivy fs --ignore-unfixed ."}]}, [LEFT_OUT + "--ignore-unfixed"]),
        ({"invocations": [{"arguments": ["audit", "--omit=dev"]}]}, [LEFT_OUT + "--omit"]),
        (
            {"invocations": [{"commandLine": "semgrep --baseline-commit main"}]},
            [LEFT_OUT + "--baseline-commit"],
        ),
        ({"invocations": [{"commandLine": "trivy fs --skip-version-check 'a b"}]}, []),
        *(
            ({"invocations": [{"commandLine": f"trivy fs {option} src ."}]}, [LEFT_OUT + option])
            for option in ("--skip-dirs", "--skip-files", "--exclude", "--exclude-dir")
        ),
        ({"artifacts": [{}], "versionControlProvenance": [{}]}, []),
        (
            {"suppressedResults": [{}]},
            ["the run of lint has a list suppressedResults, which SARIF does not have: it may list results"],
        ),
        (
            {"invocations": [{"toolExecutionNotifications": [{"exception": {"kind": "IOError"}}]}]},
            ["lint reports an error: no message"],
        ),
        (
            {"invocations": [{"toolExecutionNotifications": [ERROR] * 9}]},
            ["lint reports an error: could not analyse 300 files", "lint reports 4 more errors"],
        ),
        (
            {
                "invocations": [
                    {
                        "ruleConfigurationOverrides": [
                            {"descriptor": {"id": "A1"}, "configuration": {"enabled": False}}
                        ]
                    }
                ]
            },
            ["in the run of lint, the rule A1 was switched off"],
        ),
        (
            {"externalPropertyFileReferences": {"results": [{"itemCount": 12}]}},
            ["the results of lint are outside of its run, where they are not read: inline them"],
        ),
        (
            {"externalPropertyFileReferences": {"invocations": [{}], "driver": {}, "artifacts": [{}]}},
            ["the invocations of lint are outside of its run, where they are not read: inline them"],
        ),
        (
            {"externalPropertyFileReferences": {"driver": {"location": {}}}},
            ["the rules of lint are outside of its run, where they are not read: inline them"],
        ),
        (
            {"externalPropertyFileReferences": {"results": [{}]}, "results": None},
            [
                "the run of lint has no list of results: nothing was scanned",
                "the results of lint are outside of its run, where they are not read: inline them",
            ],
        ),
    ],
)
def test_what_makes_a_run_partial(more: dict[str, Any], partial: list[str]) -> None:
    [read] = runs_of(log(run() | more))
    assert list(dict.fromkeys(read.origin.partial)) == partial


def test_a_run_without_results_beside_one_with_results_makes_the_log_partial() -> None:
    runs = runs_of(log(run({"ruleId": "A1"}), {"tool": {"driver": {"name": "x"}}, "results": None}))
    assert united([one.origin for one in runs]).partial == (
        "the run of x has no list of results: nothing was scanned",
    )
    assert len(runs[0].results) == 1


def test_results_that_are_inline_elsewhere_make_the_log_partial() -> None:
    inline = {"inlineExternalProperties": [{"runGuid": "1", "results": [{"ruleId": "A1"}]}]}
    assert runs_of(log(run()) | inline)[0].origin.partial
    assert not runs_of(log(run()) | {"inlineExternalProperties": [{"artifacts": [{}]}]})[0].origin.partial


@pytest.mark.parametrize(
    ("document", "error", "reason"),
    [
        (log(), Absent, "the log has no run: nothing was scanned"),
        (log({"tool": {"driver": {"name": "x"}}}), Absent, "the run of x has no list of results"),
        ({"version": "2.0.0", "runs": []}, Unreadable, "SARIF of the version '2.0.0'; supported is 2.1.0"),
        ({"$schema": "x", "runs": []}, Unreadable, "SARIF of the version missing"),
        ({"version": "2.1.0", "runs": None}, Unreadable, "runs is missing, not a list"),
        (log(7), Unreadable, "a run is 7, not an object"),
        (log({}), Unreadable, "tool is missing"),
        (log({"tool": {}}), Unreadable, "tool.driver is missing"),
        (log({"tool": {"driver": {}}, "results": []}), Unreadable, "the name of the tool is missing"),
        (log({"tool": {"driver": {"name": "x"}}, "results": {}}), Unreadable, "results is an object"),
        (log(run("a")), Unreadable, "a result is 'a', not an object"),
        (log(run({"kind": "Fail"})), Unreadable, "the kind of a result is 'Fail', which is not in SARIF"),
        (log(run({"kind": ["fail"]})), Unreadable, "the kind of a result is a list"),
        (log(run({"level": 3})), Unreadable, "the level of a result is 3"),
        (log(run({"ruleId": 3})), Unreadable, "ruleId is 3, not text"),
        (log(run({"ruleIndex": "0"})), Unreadable, "the index of a rule is '0', not an index"),
        (log(run({"suppressions": "all"})), Unreadable, "suppressions is 'all', not a list"),
        (log(run({"message": "text"})), Unreadable, "the message of a result is 'text', not an object"),
        (log(run({"properties": {"security-severity": []}})), Unreadable, "security-severity is a list"),
        (log(run(rules={"A1": {}})), Unreadable, "rules is an object"),
    ],
)
def test_what_is_no_scan(document: dict[str, Any], error: type[Exception], reason: str) -> None:
    with pytest.raises(error) as caught:
        runs_of(document)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("invocation", "left_out"),
    [
        ({"commandLine": "trivy image --severity CRITICAL shop:1"}, "high medium low"),
        ({"commandLine": "trivy image --severity=HIGH,CRITICAL shop:1"}, "medium low"),
        ({"arguments": ["image", "-s", "CRITICAL,HIGH,MEDIUM,LOW,UNKNOWN"]}, ""),
        ({"commandLine": "semgrep --severity ERROR"}, "critical medium low"),
        ({"commandLine": "snyk test --severity-threshold=high"}, "medium low"),
        ({"commandLine": "gosec -severity medium ./..."}, "low"),
        ({"commandLine": "scan --severity $LEVEL"}, "critical high medium low"),
        ({"commandLine": "shellcheck -s bash a.sh"}, ""),
        ({"commandLine": "trivy image shop:1"}, ""),
        ({}, ""),
    ],
)
def test_the_severities_that_a_command_line_leaves_out(invocation: dict[str, Any], left_out: str) -> None:
    [read] = runs_of(log(run(invocations=[invocation])))
    assert " ".join(str(severity) for severity in sorted(read.left_out)) == left_out


@pytest.mark.parametrize(
    ("rule", "result", "severity", "dispute"),
    [
        ({"properties": {"security-severity": "0.0"}}, {"level": "note"}, Severity.LOW, None),
        ({"properties": {"security-severity": "0.0"}}, {"level": "none"}, Severity.LOW, None),
        ({"properties": {"security-severity": "0.0"}}, {"level": "error"}, Severity.HIGH, None),
        ({"properties": {"security-severity": "0.0"}}, {}, Severity.UNKNOWN, None),
        (
            {"properties": {"security-severity": "0.0", "tags": ["UNKNOWN"]}},
            {"level": "note"},
            Severity.UNKNOWN,
            None,
        ),
        (
            {"properties": {"security-severity": "5.5", "tags": ["HIGH"]}},
            {},
            Severity.HIGH,
            "R: medium by its CVSS score 5.5, high by its tag",
        ),
        (
            {"properties": {"security-severity": "5.5", "cvssV3_vector": NINE_EIGHT}},
            {},
            Severity.CRITICAL,
            "R: medium by its CVSS score 5.5, critical by its CVSS vector (9.8)",
        ),
        ({"properties": {"cvssv3_baseScore": 9.1}}, {}, Severity.CRITICAL, None),
        ({"properties": {"severity": "critical"}}, {}, Severity.CRITICAL, None),
        ({}, {"level": "warning", "properties": {"issue_severity": "HIGH"}}, Severity.HIGH, None),
        ({"properties": {"problem.severity": "error"}}, {"level": "warning"}, Severity.MEDIUM, None),
        (
            {"properties": {"security-severity": "2.0"}},
            {"properties": {"security-severity": "9.0"}},
            Severity.CRITICAL,
            "R: low by its CVSS score 2.0, critical by its CVSS score 9.0",
        ),
        # The rules of Trivy have the severity of the first package; the level is that of each.
        (
            {"properties": {"security-severity": "2.0"}, "defaultConfiguration": {"level": "note"}},
            {"level": "error"},
            Severity.HIGH,
            "R: low by its CVSS score 2.0, high by its level error",
        ),
        (
            {"properties": {"security-severity": "9.0"}, "defaultConfiguration": {"level": "error"}},
            {"level": "note"},
            Severity.CRITICAL,
            None,
        ),
    ],
)
def test_the_most_severe_reading_counts(
    rule: dict[str, Any], result: dict[str, Any], severity: Severity, dispute: str | None
) -> None:
    found = only({"ruleId": "R"} | result, rules=[{"id": "R"} | rule])
    assert (found.severity, found.dispute) == (severity, dispute)


@pytest.mark.parametrize("suppression", [{"kind": "other"}, {}, {"kind": "external", "status": "other"}])
def test_a_suppression_that_sarif_does_not_have_suppresses_nothing(suppression: dict[str, Any]) -> None:
    assert only({"suppressions": [suppression]}).suppression is None
