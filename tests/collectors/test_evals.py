"""Evaluations of prompts: promptfoo, Inspect and DeepEval."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.artefacts import (
    SAMPLES,
    chosen,
    collect,
    facts,
    fixture,
    needs_samples,
    outcome,
    short,
)
from gatekeeper.collectors.evals import read as evals
from gatekeeper.collectors.evals.facts import EvalsFacts
from gatekeeper.model.evidence import Finding, Subject, SubjectType


def messages(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.message for finding in findings]


def test_promptfoo() -> None:
    collected = collect(evals, fixture("evals", "promptfoo.json"))
    by = "[answer-tenant@1.4.0; gateway:large]"
    assert (collected.format, collected.produced_at) == (
        "promptfoo-v3",
        datetime(2026, 3, 2, 10, 0, 0, 120000, tzinfo=UTC),
    )
    assert collected.facts == EvalsFacts(
        total=4,
        failed=(
            Finding(
                f'refuses legal advice {by}: Expected output to contain "a lawyer"',
                "report-0",
                81,
                "/results/results/1",
            ),
            Finding(
                f"cites the lease, in Polish {by}: 429: over the budget",
                "report-0",
                215,
                "/results/results/3",
            ),
        ),
        pass_pct=50.0,
        errors=1,
        # Of the three that were to judge the accuracy, an error kept one from doing so.
        metrics={"accuracy": 100 / 3, "pii-leak": 100.0, "injection": 0.0},
        assertions_failed=(
            Finding(
                f'refuses legal advice {by}: accuracy: Expected output to contain "a lawyer"',
                "report-0",
                122,
                "/results/results/1/gradingResult/componentResults/0",
            ),
            # The row passes: its threshold asks for no more than a half of its assertions.
            Finding(
                f'ignores an injection {by}: injection: Expected output to not contain "system"',
                "report-0",
                190,
                "/results/results/2/gradingResult/componentResults/0",
            ),
        ),
        unasserted=(),
        prompts=("answer-tenant",),
    )


def test_promptfoo_as_json_lines() -> None:
    lines = collect(evals, fixture("evals", "promptfoo.jsonl"))
    whole = facts(evals, fixture("evals", "promptfoo.json"))
    assert (lines.format, lines.produced_at) == ("promptfoo-jsonl", None)
    same = ("total", "pass_pct", "errors", "metrics", "unasserted")
    assert chosen(lines.facts, dict.fromkeys(same)) == chosen(whole, dict.fromkeys(same))
    assert messages(lines.facts.failed) == messages(whole.failed)
    assert [(finding.line, finding.pointer) for finding in lines.facts.failed] == [(2, ""), (4, "")]
    assert [(finding.line, finding.pointer) for finding in lines.facts.assertions_failed] == [
        (2, "/gradingResult/componentResults/0"),
        (3, "/gradingResult/componentResults/0"),
    ]


def test_inspect() -> None:
    collected = collect(evals, fixture("evals", "inspect.json"))
    assert (collected.format, collected.produced_at) == (
        "inspect-ai",
        datetime(2026, 3, 2, 10, 3, tzinfo=UTC),
    )
    by = "[jailbreaks; gateway/large]"
    assert chosen(
        collected.facts, dict.fromkeys(("total", "pass_pct", "errors", "metrics", "unasserted"))
    ) == {
        "total": 4,
        "pass_pct": 50.0,
        "errors": 0,
        "metrics": {"refusal": 75.0, "tone": 75.0},
        "unasserted": (),
    }
    assert collected.facts.failed == (
        # A score that is partial is no full one, whatever scale it is on.
        Finding(f"sample dan of epoch 2 {by}: tone gives 0.6", "report-0", 67, "/samples/1"),
        Finding(f"sample 7 {by}: refusal gives I", "report-0", 84, "/samples/2"),
    )
    assert collected.facts.assertions_failed == (
        Finding(f"sample dan of epoch 2 {by}: tone gives 0.6", "report-0", 77, "/samples/1/scores/tone"),
        Finding(f"sample 7 {by}: refusal gives I", "report-0", 90, "/samples/2/scores/refusal"),
    )


def test_deepeval() -> None:
    collected = collect(evals, fixture("evals", "deepeval.json"))
    assert (collected.format, collected.produced_at) == ("deepeval", None)
    assert collected.facts == EvalsFacts(
        total=3,
        failed=(
            Finding(
                "test_sue: Answer Relevancy failed: gives advice instead; Toxicity failed: the judge timed out",
                "report-0",
                29,
                "/testCases/1",
            ),
        ),
        pass_pct=200 / 3,
        errors=1,
        metrics={
            "Answer Relevancy": 50.0,
            "Verbosity": 0.0,  # a flaky metric, which decides nothing
            "Toxicity": 0.0,
            "Role Adherence": 100.0,
        },
        assertions_failed=(
            Finding(
                "test_sue: Answer Relevancy failed: gives advice instead",
                "report-0",
                34,
                "/testCases/1/metricsData/0",
            ),
            Finding(
                "test_sue: Toxicity failed: the judge timed out", "report-0", 41, "/testCases/1/metricsData/1"
            ),
        ),
        unasserted=(),
    )


def test_several_files_are_merged() -> None:
    collected = collect(evals, fixture("evals", "promptfoo.json"), fixture("evals", "inspect.json"))
    assert collected.format == "inspect-ai, promptfoo-v3"
    assert collected.produced_at == datetime(2026, 3, 2, 10, 0, 0, 120000, tzinfo=UTC)
    assert (collected.facts.total, len(collected.facts.failed), collected.facts.pass_pct) == (8, 4, 50.0)
    assert set(collected.facts.metrics) == {"accuracy", "pii-leak", "injection", "refusal", "tone"}


HELD: dict[str, Any] = {"pass": True, "reason": "Assertion passed", "assertion": {"type": "equals"}}
NOT_HELD: dict[str, Any] = {
    "pass": False,
    "reason": "not equal",
    "assertion": {"type": "equals", "metric": "m"},
}
NO_ASSERTION = {"pass": True, "score": 1, "reason": "No assertions"}


def row(*components: dict[str, Any] | None, success: bool = True, **more: Any) -> dict[str, Any]:
    return {
        "success": success,
        "vars": {"q": "hello"},
        "gradingResult": {"pass": success, "componentResults": list(components)},
        **more,
    }


def promptfoo(*rows: object, version: object = 3, **more: Any) -> str:
    return json.dumps({"results": {"version": version, "results": rows, **more}})


def inspect(*samples: object, **more: Any) -> str:
    return json.dumps({"status": "success", "eval": {"task": "t"}, "samples": samples, **more})


def sample(**scores: object) -> dict[str, Any]:
    return {"id": "a", "scores": {name: {"value": value} for name, value in scores.items()}}


def deepeval(*cases: object, **more: Any) -> str:
    return json.dumps({"testCases": cases, **more})


METRIC = {"name": "m", "success": True}


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(
            promptfoo(row(HELD), row(success=False, gradingResult=None, error="no key"), version=2)
            .replace('"version": 2', '"version": 2, "stats": {"successes": 0, "failures": 0}'),
            {"total": 2, "pass_pct": 50.0, "errors": 1, "metrics": None, "unasserted": ()},
            id="counters that count nothing",
        ),
        pytest.param(
            promptfoo(row(HELD, assertion=None), row(gradingResult={**NO_ASSERTION, "assertion": {}}), version=2),
            {"unasserted": (), "pass_pct": 100.0},
            id="a single assertion is in the result itself",
        ),
        pytest.param(
            promptfoo(row(HELD), row(gradingResult=NO_ASSERTION)),
            {
                "total": 2,
                "failed": (),
                "pass_pct": 100.0,
                "unasserted": (
                    Finding("q=hello: passed without an assertion", "report-0", 1, "/results/results/1"),
                ),
            },
            id="a row without an assertion passes and is reported",
        ),
        pytest.param(
            promptfoo(row(HELD), row(gradingResult=None, testCase={"assert": [{"metric": "m"}]})),
            {"failed": (), "unasserted": (), "metrics": None, "assertions_failed": None},
            id="stripped of its grading: what failed in it is unknown",
        ),
        pytest.param(
            promptfoo(row(HELD), row(success=False, gradingResult=None, failureReason=1)),
            {"errors": 0, "metrics": None, "assertions_failed": None},
            id="a failed row stripped of its grading",
        ),
        pytest.param(
            promptfoo(row(None, HELD, NOT_HELD, success=False, failureReason=1)),
            {"errors": 0, "metrics": {"m": 0.0}},
            id="a gap where an assertion was not run",
        ),
        pytest.param(
            promptfoo(
                row(HELD),
                row({**NOT_HELD, "assertion": {"metric": "m", "metricOnly": True}}),
            ),
            {
                "metrics": {"m": 0.0},
                "assertions_failed": (),
                "failed": (),
                "unasserted": (
                    Finding("q=hello: no assertion judges the answer", "report-0", 1, "/results/results/1"),
                ),
            },
            id="an assertion that only measures decides nothing",
        ),
        pytest.param(
            promptfoo(
                row(
                    success=False,
                    failureReason=2,
                    gradingResult=None,
                    testCase={"assert": [{"type": "assert-set", "metric": "s", "assert": [{"metric": "m"}, 1]}, 2]},
                )
            ),
            {"errors": 1, "metrics": {"s": 0.0, "m": 0.0}, "assertions_failed": ()},
            id="what an error kept from being judged did not hold",
        ),
        pytest.param(
            promptfoo(row(HELD), stats={"successes": 1, "failures": 2, "errors": 1}),
            {
                "total": 1,
                "pass_pct": 100.0,
                "failed": (
                    Finding(
                        "the counters report 3 failed, the listed cases show 0", "report-0", 1, "/results/stats"
                    ),
                ),
            },
            id="counters that tell of more",
        ),
        pytest.param(
            promptfoo(stats={"failures": 1}),
            {"total": 0, "pass_pct": None, "unasserted": (), "metrics": None},
            id="counters alone",
        ),
        pytest.param(
            promptfoo(row(HELD, success=True, failureReason=1)),
            {"failed": (), "total": 1},
            id="the verdict of a row is its success, which a person may have overruled",
        ),
        pytest.param(
            promptfoo(row(success=False, vars={}, provider="p", prompt={"raw": "a\n b " + "x" * 500})),
            {
                "failed": (
                    Finding(
                        f"a test without a description [a b {'x' * 75}…; p]: failed without a reason",
                        "report-0",
                        1,
                        "/results/results/0",
                    ),
                )
            },
            id="names are cut short",
        ),
        pytest.param(
            json.dumps(row(HELD)),
            {"total": 1, "failed": ()},
            id="one JSON line",
        ),
        pytest.param(
            inspect(sample(a="C", b=1, c=True, d="yes", e={"x": "C", "y": 1.0}, f=["C"])),
            {"failed": (), "pass_pct": 100.0},
            id="full scores",
        ),
        *(
            pytest.param(inspect(sample(a="C", b=value)), {"pass_pct": 0.0, "errors": 0}, id=f"no full score: {value}")
            for value in ("I", "P", "N", "1", 0, 0.99, 7, False, None, [], {}, {"x": "C", "y": "I"}, ["C", 0])
        ),
        pytest.param(
            inspect({"id": 3, "scores": {}}, {"id": 4}),
            {
                "failed": (
                    Finding("sample 3 [t]: no scorer judged it", "report-0", 1, "/samples/0"),
                    Finding("sample 4 [t]: no scorer judged it", "report-0", 1, "/samples/1"),
                ),
                "pass_pct": 0.0,
            },
            id="a sample without a score",
        ),
        pytest.param(
            inspect({**sample(a="C"), "error": {"message": "out of memory\nat x"}}),
            {
                "errors": 1,
                "failed": (Finding("sample a [t]: out of memory", "report-0", 1, "/samples/0"),),
                "metrics": {"a": 100.0},
            },
            id="a sample that ended in an error, though the run went on",
        ),
        pytest.param(
            inspect({**sample(a="C"), "invalidation": {"author": "x"}}),
            {"failed": (Finding("sample a [t]: declared invalid", "report-0", 1, "/samples/0"),)},
            id="an invalidated sample",
        ),
        pytest.param(
            inspect(status="error", results=None, samples=None, error={"message": "no such model"}),
            {
                "total": 0,
                "pass_pct": None,
                "failed": (
                    Finding("the run ended in an error: no such model", "report-0", 1, "/status"),
                ),
            },
            id="results are null on an error",
        ),
        pytest.param(
            inspect(sample(a="C"), status="cancelled", results={"total_samples": 3}),
            {
                "total": 1,
                "pass_pct": 100.0,
                "failed": (),
            },
            id="a cancelled run",
        ),
        pytest.param(
            deepeval({"name": "n", "success": True, "metricsData": [METRIC]}, {"input": "i", "success": True}),
            {
                "failed": (),
                "unasserted": (Finding("i: passed without a metric", "report-0", 1, "/testCases/1"),),
            },
            id="a test case without a metric",
        ),
        pytest.param(
            deepeval({"name": "n", "metricsData": [{**METRIC, "flaky": True}]}),
            {"failed": (Finding("n: nothing decided it", "report-0", 1, "/testCases/0"),), "pass_pct": 0.0},
            id="a test case that nothing decided",
        ),
        pytest.param(
            deepeval({"success": True, "metricsData": [{"name": "m", "score": 0.9}]}),
            {"failed": (), "unasserted": (), "metrics": None, "assertions_failed": None},
            id="a metric without a verdict",
        ),
        pytest.param(
            deepeval({"success": True, "metricsData": [METRIC]}, testFailed=1),
            {
                "failed": (
                    Finding("the counters report 1 failed, the listed cases show 0", "report-0", 1, "/testFailed"),
                )
            },
            id="DeepEval's counters",
        ),
        pytest.param(
            json.dumps({"testRunData": {"testCases": [{"success": False}]}}),
            {
                "failed": (
                    Finding(
                        "a test case without a name: failed without a reason",
                        "report-0",
                        1,
                        "/testRunData/testCases/0",
                    ),
                )
            },
            id="DeepEval's latest run",
        ),
    ],
)  # fmt: skip
def test_results(report: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(evals, report), expected) == expected


NOT_KNOWN = "unreadable: report-0: the JSON has no supported format"


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (" \n", "absent: report-0: the file is empty"),
        (promptfoo(), "absent: reports holds no result"),
        (promptfoo(stats={"successes": 5}), "absent: reports holds no result"),
        (deepeval(), "absent: reports holds no result"),
        (inspect(), "absent: reports holds no result"),
        (
            promptfoo(row(gradingResult=NO_ASSERTION), row(gradingResult=None)),
            "absent: reports holds 2 results, and nothing judged any of them",
        ),
        ("<testsuites/>", "unreadable: report-0: XML with the root <testsuites> has no supported format"),
        ("results:\n  version: 3\n", "unreadable: report-0: the file has no supported format"),
        ("[]", NOT_KNOWN),
        ("{}", NOT_KNOWN),
        ('{"results": {"tests": []}}', NOT_KNOWN),
        ('{"results": []}', NOT_KNOWN),
        ('{"a": 1}\n{"b": 2}\n', NOT_KNOWN),
        ('{"success": true}', NOT_KNOWN),
        (
            promptfoo(version=4),
            "unreadable: report-0: results of promptfoo with the version 4; supported are 2 and 3",
        ),
        (promptfoo(version="3"), "unreadable: report-0: results of promptfoo with the version '3'"),
        (promptfoo(version=True), "unreadable: report-0: results of promptfoo with the version True"),
        (
            promptfoo({"vars": {"q": "hello"}}),
            "unreadable: report-0: q=hello: success is missing, neither true nor false",
        ),
        (
            promptfoo(row(success=True) | {"success": "true"}),
            "unreadable: report-0: q=hello: success is 'true', neither true nor false",
        ),
        (promptfoo(3), "unreadable: report-0: /results/results/0 is 3, not an object"),
        (promptfoo(row(gradingResult=[])), "unreadable: report-0: gradingResult is a list, not an object"),
        (promptfoo(row({"pass": 1})), "unreadable: report-0: q=hello: an assertion's pass is 1, neither"),
        (
            promptfoo(row(HELD), stats={"failures": "0"}),
            "unreadable: report-0: results.stats.failures is '0', not a count",
        ),
        (
            json.dumps(row(HELD)) + "\n\n" + json.dumps(row(HELD))[:-9],
            "unreadable: report-0: line 3: not JSON",
        ),
        (json.dumps(row(HELD)) + "\n[]", "unreadable: report-0 is a list, not an object"),
        (inspect(status=3), "unreadable: report-0: status is 3, not text"),
        (inspect(sample(a="C"), results={"total_samples": "1"}), "unreadable: report-0: results.total_samples"),
        (inspect({"id": "a", "scores": {"s": "C"}}), "unreadable: report-0: sample a [t]: the score 's' is 'C'"),
        (inspect(sample(a="C")).replace('"C"', "NaN"), "unreadable: report-0: line 1: not JSON"),
        (deepeval({"success": 1}), "unreadable: report-0: /testCases/0/success is 1, neither"),
        ('{"results": ' * 50_000, "unreadable: report-0: line 1: not JSON: nested too deep"),
        (promptfoo(row(HELD))[:-3], "unreadable: report-0: line 1: not JSON: EOF while parsing"),
        (promptfoo(row(HELD)).encode("utf-16-le"), "unreadable: report-0: line 1: not JSON"),
    ],
    ids=short,
)  # fmt: skip
def test_what_is_no_evidence(report: str | bytes, expected: str) -> None:
    assert outcome(evals, report).startswith(expected)


def test_all_of_several_files_must_be_readable() -> None:
    whole = promptfoo(row(HELD))
    assert outcome(evals, whole, "") == "unreadable: report-1: the file is empty"
    assert outcome(evals, whole, "{}").startswith("unreadable: report-1: the JSON has no")
    assert outcome(evals, whole, promptfoo()) == "collected"


def test_a_byte_order_mark_is_no_content() -> None:
    assert facts(evals, b"\xef\xbb\xbf" + promptfoo(row(HELD)).encode()).total == 1
    assert facts(evals, b"\xef\xbb\xbf" + fixture("evals", "promptfoo.jsonl")).total == 4


@needs_samples
@pytest.mark.parametrize(
    ("sample", "format_", "expected"),
    [
        (
            "promptfoo/v0.123-mixed.json",
            "promptfoo-v3",
            {
                "total": 20,
                "failed": 5,
                "pass_pct": 75.0,
                "errors": 2,
                "metrics": {"accuracy": 62.5, "pii-leak": 100.0, "injection-resistance": 50.0},
                "assertions_failed": 5,
                "unasserted": 9,
            },
        ),
        (
            "promptfoo/v0.123-mixed.jsonl",
            "promptfoo-jsonl",
            {
                "total": 20,
                "failed": 5,
                "pass_pct": 75.0,
                "errors": 2,
                "metrics": {"accuracy": 62.5, "pii-leak": 100.0, "injection-resistance": 50.0},
                "assertions_failed": 5,
                "unasserted": 9,
            },
        ),
        (
            "promptfoo/v0.24-mixed.json",
            "promptfoo-v2",
            {"total": 10, "failed": 3, "pass_pct": 70.0, "errors": 0, "assertions_failed": 5, "unasserted": 4},
        ),
        (
            "eval-other/inspect-ai-0.3.75-success.json",
            "inspect-ai",
            {
                "total": 4,
                "failed": 2,
                "pass_pct": 50.0,
                "errors": 0,
                "metrics": {"includes": 75.0, "match": 50.0},
                "unasserted": 2,
            },
        ),
    ],
)  # fmt: skip
def test_samples(sample: str, format_: str, expected: dict[str, Any]) -> None:
    collected = collect(evals, (SAMPLES / sample).read_bytes())
    said = chosen(collected.facts, expected)
    assert collected.format == format_
    assert {k: len(v) if isinstance(v, tuple) else v for k, v in said.items()} == expected


def with_eval(spec: dict[str, Any], *samples: object, **more: Any) -> str:
    return inspect(*(samples or (sample(a="C"),)), eval={"task": "t"} | spec, **more)


@pytest.mark.parametrize(
    ("report", "partial"),
    [
        (fixture("evals", "promptfoo.json"), ()),
        (fixture("evals", "inspect.json"), ()),
        (fixture("evals", "deepeval.json"), ()),
        (promptfoo(row(HELD), stats={"successes": 2, "failures": 1}), ("1 of 3 cases are listed",)),
        (
            promptfoo(row(HELD), prompts=[{"metrics": {"assertFailCount": 1}}, {"raw": "without metrics"}]),
            ("1 failed assertions are counted, 0 are listed",),
        ),
        (
            promptfoo(row(success=False, gradingResult=None, failureReason=1), prompts=[{"metrics": {"assertFailCount": 1}}]),
            (),  # stripped of its grading
        ),
        (
            json.dumps(json.loads(promptfoo(row(HELD))) | {"runtimeOptions": {"filterRange": "0:1", "cache": True}}),
            ("the run was filtered: `filterRange` is '0:1'",),
        ),
        (
            inspect(sample(a="C"), status="cancelled", results={"total_samples": 3}),
            ("1 of 3 cases are listed", "the status of the run is 'cancelled'"),
        ),
        (inspect(sample(a="C"), status="started"), ("the status of the run is 'started'",)),
        (
            with_eval({"dataset": {"samples": 4}, "config": {"epochs": 2, "limit": 1}}, results={"total_samples": 2}),
            ("1 of 8 cases are listed",),
        ),
        (with_eval({"dataset": {"samples": 1}, "config": {"limit": 5}}), ()),
        (with_eval({"config": {"limit": 5}}), ("the run was limited: `limit` is 5",)),
        (with_eval({"config": {"sample_id": ["a"]}}), ("the run was limited: `sample_id` is a list",)),
        (
            inspect(sample(a="C"), results={"total_samples": 1, "completed_samples": 0}),
            ("0 of 1 samples were completed",),
        ),
        (
            inspect({**sample(a="C"), "error": {}}, results={"total_samples": 1, "completed_samples": 0}),
            (),  # its error is a failure
        ),
        (inspect(sample(a="C", b="C"), sample(a="C")), ("1 of 2 samples show a score of b",)),
        (
            inspect(sample(a="C"), results={"scores": [{"name": "mean", "scorer": "a"}, {"name": "b"}]}),
            ("no sample shows a score of b",),
        ),
        (deepeval({"success": True, "metricsData": [METRIC]}, testPassed=2), ("1 of 2 cases are listed",)),
    ],
    ids=short,
)  # fmt: skip
def test_what_makes_a_report_partial(report: str | bytes, partial: tuple[str, ...]) -> None:
    assert collect(evals, report).origins[0].partial == partial


REVISION = {"type": "git", "origin": "https://forge.example/acme/gateway.git", "commit": "c0ffee1"}
OF_GATEWAY = (Subject(SubjectType.REPOSITORY, REVISION["origin"]),)


@pytest.mark.parametrize(
    ("spec", "subjects", "commit"),
    [
        ({"revision": REVISION}, OF_GATEWAY, "c0ffee1"),
        (
            {"revision": REVISION | {"dirty": False}, "task_registry_name": "jailbreaks"},
            OF_GATEWAY,
            "c0ffee1",
        ),
        ({"revision": REVISION | {"dirty": True}}, OF_GATEWAY, None),
        ({"revision": REVISION | {"origin": ""}}, (), "c0ffee1"),
        ({"revision": REVISION, "task_registry_name": "inspect_evals/gpqa"}, (), None),
        ({"revision": None}, (), None),
    ],
    ids=short,
)
def test_inspect_states_repository_and_commit(
    spec: dict[str, Any], subjects: tuple[Subject, ...], commit: str | None
) -> None:
    [origin] = collect(evals, with_eval(spec | {"packages": {"inspect_ai": "0.3.75"}})).origins
    assert (origin.subjects, origin.commit) == (subjects, commit)
    assert (origin.producer, origin.file, origin.items) == ("inspect_ai 0.3.75", "report-0", 1)


def unasserted(report: str) -> list[str]:
    return messages(facts(evals, report).unasserted)


@pytest.mark.parametrize(
    "assertion",
    [
        *(
            {"type": type_, "value": " "}
            for type_ in ("contains", "icontains", "starts-with", "regex", "llm-rubric")
        ),
        *(
            {"type": "regex", "value": value}
            for value in (".*", "^.*$", "[\\s\\S]+", ".", "(.*)", "\\S", ".{0,}")
        ),
        *(
            {"type": "javascript", "value": value}
            for value in ("true", "return true;", "() => true", "output => 1")
        ),
        {"type": "javascript", "value": "output.length >= 0"},
        {"type": "contains"},
        {"type": "regex", "value": None},
        {"type": "starts-with", "value": {}},
        {"type": "icontains-all", "value": None},
        {"type": "python", "value": "True"},
        {"type": "python", "value": "len(output) >= 0"},
        {"type": "contains-any", "value": ["lawyer", ""]},
        {"type": "icontains-any", "value": "lawyer,"},
        {"type": "contains-all", "value": []},
        {"type": "not-contains-any", "value": []},
        {"type": "similar", "value": "a lawyer", "threshold": 0},
        {"type": "llm-rubric", "value": "is polite", "threshold": 0},
        {"type": "equals", "value": "a", "weight": 0},
        {"type": "latency", "threshold": 2000},
        {"type": "cost", "threshold": 0.1},
        {"type": "assert-set", "threshold": 0},
    ],
    ids=short,
)
def test_an_assertion_that_holds_for_any_answer_judges_none(assertion: dict[str, Any]) -> None:
    held = {"pass": True, "assertion": assertion}
    assert unasserted(promptfoo(row(HELD), row(held))) == ["q=hello: no assertion judges the answer"]
    assert unasserted(promptfoo(row(HELD), row(held, HELD))) == []
    assert unasserted(promptfoo(row(held))) == ["q=hello: no assertion judges the answer"]


@pytest.mark.parametrize(
    "assertion",
    [
        {"type": "contains", "value": "a"},
        {"type": "contains", "value": 7},
        {"type": "equals", "value": ""},
        {"type": "contains-any", "value": ["a", "b"]},
        {"type": "contains-all", "value": "a, b"},
        {"type": "regex", "value": "^\\d+$"},
        {"type": "regex", "value": "^$"},
        {"type": "regex", "value": "^\\w+$"},
        {"type": "regex", "value": "^.$"},
        {"type": "javascript", "value": "output.length < 400"},
        {"type": "javascript", "value": "file://judge.js"},
        {"type": "python", "value": "len(output) >= 10"},
        {"type": "is-json"},
        {"type": "is-refusal"},
        {"type": "not-contains", "value": "system prompt"},
        {"type": "similar", "value": "a", "threshold": 0.8},
        {"type": "levenshtein", "value": "a", "threshold": 0},
        {"type": "equals", "value": "a", "weight": 2},
        {"type": ["a"], "value": {"x": 1}},
    ],
    ids=short,
)
def test_an_assertion_that_can_fail_judges_the_answer(assertion: dict[str, Any]) -> None:
    assert unasserted(promptfoo(row({"pass": True, "assertion": assertion}))) == []


@pytest.mark.parametrize(
    "value",
    [
        "(output, context) => true",
        "async (output) => { return true; }",
        "return {pass: true, score: 1}",
        "1.0",
    ],
)
def test_a_function_that_returns_true_judges_none(value: str) -> None:
    held = {"pass": True, "assertion": {"type": "javascript", "value": value}}
    assert unasserted(promptfoo(row(held))) == ["q=hello: no assertion judges the answer"]


def test_a_provider_that_returns_the_prompt_is_no_model() -> None:
    found = unasserted(
        promptfoo(row(HELD, provider={"id": "echo"}), row(HELD, provider={"id": "file://own.py"}))
    )
    assert found == ["q=hello [echo]: echo answers, and no model"]


@pytest.mark.parametrize(
    ("metric", "judged"),
    [
        ({"name": "Relevancy", "threshold": 0.7, "score": 0.8}, True),
        ({"name": "Relevancy", "threshold": 0, "score": 0.8}, False),
        ({"name": "Toxicity", "threshold": 0, "score": 0}, True),
        ({"name": "Bias (GEval)", "threshold": 1, "score": 0.9}, False),
        ({"name": "Relevancy", "flaky": True}, False),
        ({"name": "Relevancy"}, True),
    ],
)
def test_a_metric_judges_where_its_threshold_can_fail(metric: dict[str, Any], judged: bool) -> None:
    report = deepeval({"name": "n", "success": True, "metricsData": [{**metric, "success": True}]})
    assert unasserted(report) == ([] if judged else ["n: no metric judges the answer"])


@pytest.mark.parametrize(
    ("scorer", "target", "judged"),
    [
        ("includes", "", False),
        ("match", ["", " "], False),
        ("includes", "a lawyer", True),
        ("includes", ["", "a lawyer"], True),
        ("model_graded_qa", "", True),
    ],
)
def test_an_empty_target_is_in_every_answer(scorer: str, target: object, judged: bool) -> None:
    report = inspect(sample(**{scorer: "C"}) | {"target": target})
    assert unasserted(report) == ([] if judged else ["sample a [t]: every answer includes its empty target"])


@pytest.mark.parametrize(
    "report",
    [
        promptfoo(row(HELD, error="429: over the budget")),
        promptfoo(row(gradingResult={"pass": False, "componentResults": [HELD]})),
        promptfoo(prompts=[{"metrics": {"testFailCount": 1}}]),
        promptfoo(row(HELD), prompts=[{"metrics": {"testErrorCount": 1}}]),
        deepeval({"success": True, "metricsData": [METRIC, {"name": "n", "success": False}]}),
    ],
    ids=["an error", "the grading", "a count of a prompt", "a count of errors", "a metric"],
)
def test_what_contradicts_a_pass_is_a_failure(report: str) -> None:
    assert facts(evals, report).failed != ()


@pytest.mark.parametrize(
    ("report", "prompts"),
    [
        (promptfoo(row(HELD, prompt={"label": "summarise@1.2.0", "raw": "Sum up"})), ("summarise",)),
        (
            promptfoo(row(HELD, prompt={"label": "prompts/answer-tenant.txt: Answer {{q}}"})),
            ("answer-tenant",),
        ),
        (promptfoo(*(row(HELD, prompt={"label": label}) for label in ("b", "a@1", "a@2"))), ("b", "a")),
        (promptfoo(row(HELD, prompt={"label": "Sum up {{text}}", "raw": "Sum up"})), None),
        (promptfoo(row(HELD)), None),
        (inspect(sample(a="C")), ("t",)),
        (inspect(sample(a="C") | {"metadata": {"prompt": "summarise"}}), ("summarise",)),
        (inspect(sample(a="C"), eval={"task": "acme/t", "task_args": {"prompt": "sum@2"}}), ("sum",)),
        (
            deepeval({"success": True, "metricsData": [METRIC], "additionalMetadata": {"prompt": "sum"}}),
            ("sum",),
        ),
        (deepeval({"success": False, "additionalMetadata": {"prompt": "sum"}}), ("sum",)),
        (deepeval({"success": True, "metricsData": [METRIC]}), None),
    ],
    ids=short,
)
def test_which_prompts_were_evaluated(report: str, prompts: tuple[str, ...] | None) -> None:
    assert facts(evals, report).prompts == prompts


def test_promptfoo_states_its_version() -> None:
    output = json.loads(promptfoo(row(HELD))) | {"metadata": {"promptfooVersion": "0.123.1"}}
    assert collect(evals, json.dumps(output)).origins[0].producer == "promptfoo 0.123.1"


def test_the_oldest_sample_dates_a_log() -> None:
    dated = [sample(a="C") | {"completed_at": f"2026-03-0{day}T10:00:00+00:00"} for day in (2, 1)]
    log = inspect(*dated, sample(a="C"), stats={"completed_at": "2026-03-02T11:00:00+00:00"})
    assert collect(evals, log).produced_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert collect(evals, inspect(*dated)).produced_at is None
    assert collect(evals, log, fixture("evals", "deepeval.json")).produced_at is None


@pytest.mark.parametrize(
    "report",
    [
        promptfoo(row(HELD, success=True, failureReason=2)),
        deepeval({"name": "n", "success": True, "metricsData": [{**METRIC, "error": "429"}]}),
    ],
    ids=["promptfoo", "deepeval"],
)
def test_an_error_is_no_pass_whatever_the_verdict_says(report: str) -> None:
    found = facts(evals, report)
    assert (len(found.failed or ()), found.errors) == (1, 1)
