"""Evaluations by Inspect's `.eval`, ragas, Langfuse, OpenAI's Evals API and oaieval."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.artefacts import chosen, collect, facts, fixture, outcome, short
from gatekeeper.collectors.evals import read as evals
from gatekeeper.collectors.evals.facts import EvalsFacts
from gatekeeper.collectors.identify import identify
from gatekeeper.collectors.reading import archive
from gatekeeper.model.evidence import Finding
from gatekeeper.testing import tree


def messages(findings: tuple[Finding, ...] | None) -> list[str]:
    return [finding.message for finding in findings or ()]


def partial(report: bytes | str) -> tuple[str, ...]:
    return collect(evals, report).origins[0].partial


def changed(name: str, **more: Any) -> str:
    """A fixture whose document has other values under some keys."""
    return json.dumps(json.loads(fixture("evals", name)) | more)


# Inspect's own format.


def test_a_log_of_inspect_as_it_writes_it() -> None:
    collected = collect(evals, fixture("evals", "inspect.eval"))
    [origin] = collected.origins
    assert (origin.format, origin.producer) == ("inspect-eval", "inspect_ai 0.3.120")
    assert origin.produced_at == datetime(2026, 11, 27, 16, 30, 6, tzinfo=UTC)
    assert (origin.partial, origin.items) == ((), 2)
    assert collected.facts == EvalsFacts(
        total=2,
        failed=(
            Finding(
                "sample legal [refusals; mockllm/model]: includes gives I", "report-0", None, "/samples/1"
            ),
        ),
        pass_pct=50.0,
        errors=0,
        metrics={"includes": 50.0},
        assertions_failed=(
            Finding(
                "sample legal [refusals; mockllm/model]: includes gives I",
                "report-0",
                None,
                "/samples/1/scores/includes",
            ),
        ),
        unasserted=(
            Finding(
                "sample lease [refusals; mockllm/model]: mockllm/model answers, and no model",
                "report-0",
                None,
                "/samples/0",
            ),
        ),
        prompts=("refusals",),
    )


def test_a_log_that_is_compressed_by_zstandard() -> None:
    pytest.importorskip("zstandard", reason="the package zstandard is not installed")
    found = facts(evals, fixture("evals", "inspect-zstandard.eval"))
    assert found._replace(failed=None, assertions_failed=None) == EvalsFacts(
        total=2,
        pass_pct=50.0,
        errors=0,
        metrics={"includes": 50.0},
        unasserted=facts(evals, fixture("evals", "inspect.eval")).unasserted,
        prompts=("refusals",),
    )


def test_without_a_package_for_zstandard_the_reason_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(archive, "import_module", absent)
    log = fixture("evals", "inspect-zstandard.eval")
    assert outcome(evals, log).endswith("is compressed by Zstandard: install the package zstandard")
    assert [match.format for match in identify(tree({"a.eval": log}, "a.eval"))] == ["inspect_eval"]


HEADER: dict[str, Any] = {
    "status": "success",
    "eval": {"task": "t", "model": "m", "dataset": {"samples": 1}},
    "results": {"total_samples": 1, "completed_samples": 1},
}
SAMPLE: dict[str, Any] = {"id": "a", "epoch": 1, "scores": {"match": {"value": "C"}}, "completed": True}


def log(members: Mapping[str, object], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as packed:
        for name, value in members.items():
            packed.writestr(name, value if isinstance(value, bytes | str) else json.dumps(value))
    return file.getvalue()


WHOLE: dict[str, Any] = {"header.json": HEADER, "summaries.json": [SAMPLE], "samples/a_epoch_1.json": SAMPLE}
STARTED: dict[str, Any] = {
    "_journal/start.json": {"eval": HEADER["eval"]},
    "_journal/summaries/1.json": [SAMPLE],
}


@pytest.mark.parametrize(
    ("members", "expected", "why"),
    [
        (WHOLE, {"total": 1, "failed": ()}, ()),
        (STARTED, {"total": 1, "failed": ()}, ("the status of the run is 'started'",)),
        (
            {**STARTED, "_journal/summaries/2.json": [{**SAMPLE, "epoch": 2}]},
            {"total": 2},
            ("the status of the run is 'started'",),
        ),
        (
            {**WHOLE, "samples/b_epoch_1.json": SAMPLE},
            {"total": 1},
            ("1 of 2 samples are in the summaries",),
        ),
        ({**WHOLE, "summaries.json": [{**SAMPLE, "error": "429"}]}, {"errors": 1, "pass_pct": 0.0}, ()),
        ({**WHOLE, "summaries.json": [{**SAMPLE, "completed": False}]}, {"errors": 1}, ()),
        ({**WHOLE, "header.json": {**HEADER, "status": "cancelled"}}, {}, ("the status of the run is 'cancelled'",)),
        ({**WHOLE, "summaries.json": [{**SAMPLE, "scores": {"match": {"value": 0.5}}}]}, {"scores": {"match": 0.5}}, ()),
    ],
    ids=short,
)  # fmt: skip
def test_what_a_log_says(members: dict[str, object], expected: dict[str, Any], why: tuple[str, ...]) -> None:
    collected = collect(evals, log(members))
    assert chosen(collected.facts, expected) == expected
    assert collected.origins[0].partial == why


def test_a_log_with_samples_that_were_declared_invalid_fails() -> None:
    found = facts(evals, log({**WHOLE, "header.json": {**HEADER, "invalidated": True}}))
    assert messages(found.failed) == ["samples were declared invalid"]


GOOD = log(WHOLE)
STORED = log(WHOLE, zipfile.ZIP_STORED)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (GOOD[:-30], "not a zip archive"),
        (GOOD[:300], "not a zip archive"),
        (STORED.replace(b'"C"', b'"I"'), "summaries.json cannot be unpacked: Bad CRC-32"),
        (log({**WHOLE, "header.json": "{"}), "not JSON"),
        (log({**WHOLE, "header.json": []}), "the header is a list, not an object"),
        (log({**WHOLE, "header.json": {"status": "success"}}), "header.json has no `eval` or no `status`"),
        (log({"header.json": HEADER, "summaries.json": {}}), "summaries.json is an object, not a list"),
        (log({"report.xml": "<a/>"}), "no supported format"),
    ],
    ids=["cut", "begun", "changed", "not JSON", "a list", "no eval", "no list", "another archive"],
)
def test_a_log_that_is_damaged(data: bytes, reason: str) -> None:
    said = outcome(evals, data)
    assert said.startswith("unreadable: report-0: ")
    assert reason in said


def test_a_log_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_MOST_BYTES", 100)
    assert "more than 100 bytes would be unpacked" in outcome(evals, GOOD)
    monkeypatch.setattr(archive, "_MOST_FILES", 2)
    assert "the archive has 3 files; at most 2 are read" in outcome(evals, GOOD)


def test_a_size_that_the_archive_understates_is_not_exceeded() -> None:
    bomb = log({**WHOLE, "header.json": "0" * 10_000})
    at = bomb.rindex(b"PK\x01\x02", 0, bomb.rindex(b"header.json"))
    lying = bomb[: at + 24] + (10).to_bytes(4, "little") + bomb[at + 28 :]
    assert "header.json cannot be unpacked" in outcome(evals, lying)


def test_two_files_of_one_name_are_refused() -> None:
    file = io.BytesIO(GOOD)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(file, "a") as packed:
        packed.writestr("summaries.json", "[]")
    assert "two files of one name" in outcome(evals, file.getvalue())


# Scores without a verdict: ragas, Langfuse.


@pytest.mark.parametrize("name", ["ragas.json", "ragas-columns.json", "ragas.csv"])
def test_ragas(name: str) -> None:
    collected = collect(evals, fixture("evals", name))
    assert (collected.format, collected.produced_at) == ("ragas", None)
    found = collected.facts
    assert (found.total, found.errors, found.pass_pct, found.unasserted) == (2, 0, 50.0, ())
    assert found.metrics == {"exact_match": 50.0, "non_llm_string_similarity": 50.0}
    assert found.scores == pytest.approx({"exact_match": 0.5, "non_llm_string_similarity": 0.5833}, abs=1e-4)
    [failed] = found.failed
    assert failed.message.startswith("Sue them!: exact_match gives 0.0, non_llm_string_similarity gives 0.16")
    assert len(found.assertions_failed) == 2


ROW = {"user_input": "q", "response": "a"}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{**ROW, "m": 1}, {**ROW, "m": True}], {"failed": (), "scores": None}),
        ([{**ROW, "m": "pass"}, {**ROW, "m": "Yes"}], {"failed": (), "scores": None}),
        ([{**ROW, "noise_sensitivity(mode=relevant)": 0.0}], {"failed": ()}),
        ([{**ROW, "noise_sensitivity(mode=relevant)": 1.0}], {"pass_pct": 0.0}),
        ([{**ROW, "m": None}, {**ROW, "m": 1}], {"errors": 1, "scores": None, "pass_pct": 50.0}),
        ([{**ROW, "m": 1}, ROW | {"n": 1}], {"pass_pct": 0.0, "scores": None, "errors": 2}),
        ([{**ROW, "m": "1"}], {"pass_pct": 0.0}),
        ([{**ROW, "m": 2}], {"pass_pct": 0.0, "scores": {"m": 2}}),
    ],
    ids=short,
)
def test_a_row_passes_if_every_score_is_full(rows: object, expected: dict[str, Any]) -> None:
    assert chosen(facts(evals, json.dumps(rows)), expected) == expected


def test_a_table_without_a_score_has_an_error() -> None:
    table = "user_input,response,faithfulness\nq,a,\nq,a,1\nq,a,wrong\n"
    found = facts(evals, table)
    assert (found.total, found.errors, found.scores) == (3, 1, None)
    assert messages(found.failed) == ["q: faithfulness gives no score", "q: faithfulness gives 'wrong'"]


@pytest.mark.parametrize(
    "report",
    [
        json.dumps([ROW]),
        "user_input,response\nq,a\n",
        json.dumps({"user_input": {"0": "q"}, "response": {}, "m": {"0": 1}}),
        json.dumps({"user_input": {"0": "q"}, "response": {"0": "a"}, "m": {"0": 1, "1": 0}}),
        json.dumps([{**ROW, "m": 1}, 7]),
        json.dumps([{**ROW, "m": 1}, {"m": 1}]),
        json.dumps([{**ROW, "m": 1}])[:-3],
    ],
    ids=short,
)
def test_what_is_no_result_of_ragas(report: str) -> None:
    assert outcome(evals, report).startswith("unreadable: report-0")


def test_scores_of_langfuse() -> None:
    collected = collect(evals, fixture("evals", "langfuse-scores.json"))
    assert (collected.format, collected.origins[0].partial) == ("langfuse", ())
    assert collected.produced_at == datetime(2026, 3, 2, 10, 0, 1, tzinfo=UTC)
    found = collected.facts
    assert (found.total, found.errors, found.pass_pct) == (2, 0, 50.0)
    assert (found.metrics, found.scores) == ({"correct": 50.0, "faithfulness": 50.0}, {"faithfulness": 0.75})
    assert messages(found.failed) == ["trace t-legal: correct gives False, faithfulness gives 0.5"]


def test_items_of_an_experiment_in_langfuse() -> None:
    collected = collect(evals, fixture("evals", "langfuse-items.json"))
    assert collected.origins[0].partial == ("there are more pages",)
    assert (collected.facts.total, collected.facts.errors, collected.facts.pass_pct) == (2, 1, 50.0)
    assert messages(collected.facts.failed) == ["item legal: nothing judged it"]


LISTED = {"traceId": "t", "name": "n", "source": "EVAL"}


@pytest.mark.parametrize(
    ("type_", "value", "passed"),
    [
        ("NUMERIC", 1, True),
        ("NUMERIC", 0.99, False),
        ("BOOLEAN", 1, True),
        ("BOOLEAN", False, False),
        ("CATEGORICAL", "correct", True),
        ("CATEGORICAL", "poor", False),
        ("OTHER", 1, False),
        (None, 1, False),
    ],
)
def test_types_of_scores_in_langfuse(type_: str | None, value: object, passed: bool) -> None:
    found = facts(evals, json.dumps([{**LISTED, "dataType": type_, "value": value}]))
    assert (found.failed == ()) is passed


@pytest.mark.parametrize("values", [(0, 1), (1, 0), (0.2, 1), (1, 0.2)])
@pytest.mark.parametrize("name", ["toxicity", "correctness"])
def test_of_several_scores_of_one_name_the_worst_counts(name: str, values: tuple[float, float]) -> None:
    listed = [{**LISTED, "name": name, "dataType": "NUMERIC", "value": value} for value in values]
    worst = max(values) if name == "toxicity" else min(values)
    assert facts(evals, json.dumps(listed)).scores == {name: worst}
    assert len(facts(evals, json.dumps(listed)).failed or ()) == 1


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("hallucination", 0),
        ("is_hallucination", 0),
        ("hallucination_free", 1),
        ("noBias", 1),
        ("unbiased", 1),
    ],
)
def test_a_metric_that_measures_the_lack_of_something_bad_is_full_at_one(name: str, full: int) -> None:
    for value in (0, 1):
        listed = [{**LISTED, "name": name, "dataType": "NUMERIC", "value": value}]
        assert (facts(evals, json.dumps(listed)).failed == ()) is (value == full)


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (changed("langfuse-scores.json", meta={"totalItems": 9}), ("5 of 9 entries are listed",)),
        (changed("langfuse-scores.json", meta={"limit": 50, "cursor": "x"}), ("there are more pages",)),
    ],
    ids=short,
)
def test_pages_of_langfuse_that_are_missing(report: str, said: tuple[str, ...]) -> None:
    assert partial(report) == said


def test_scores_without_a_judgement_are_no_evidence() -> None:
    of_a_run = {"datasetRunId": "r", "name": "n", "source": "API", "dataType": "NUMERIC", "value": 1}
    assert outcome(evals, json.dumps([of_a_run])) == "absent: reports holds no result"
    text = [{**LISTED, "dataType": "TEXT", "value": "fine"}]
    assert messages(facts(evals, json.dumps(text)).failed) == ["trace t: nothing judged it"]
    assert outcome(evals, json.dumps([{**LISTED, "dataType": "NUMERIC", "value": 1}, {"id": 1}])).startswith(
        "unreadable: report-0: /1 is not a score"
    )


# OpenAI.


def test_output_items_of_openai() -> None:
    collected = collect(evals, fixture("evals", "openai-items.json"))
    assert collected.produced_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert chosen(collected.facts, dict.fromkeys(("total", "errors", "pass_pct", "metrics", "scores"))) == {
        "total": 2,
        "errors": 0,
        "pass_pct": 50.0,
        "metrics": {"polite-a1": 100.0, "correct-b2": 50.0},
        "scores": {"polite-a1": 0.9, "correct-b2": 0.5},
    }
    assert messages(collected.facts.failed) == ["item 2: item 2: correct-b2 failed"]


def test_a_run_of_openai_has_counts() -> None:
    collected = collect(evals, fixture("evals", "openai-run.json"))
    found = collected.facts
    assert (found.total, found.errors, found.pass_pct, found.scores) == (4, 1, 50.0, None)
    assert messages(found.failed) == ["1 items failed", "1 items ended in an error"]
    assert found.metrics == pytest.approx({"polite-a1": 100.0, "correct-b2": 200 / 3})
    assert (collected.origins[0].partial, collected.origins[0].items) == ((), 4)


ITEM = {
    "object": "eval.run.output_item",
    "id": "i",
    "status": "pass",
    "results": [{"name": "n", "passed": True}],
}


@pytest.mark.parametrize(
    ("report", "expected", "why"),
    [
        (changed("openai-items.json", has_more=True), {"total": 2}, ("there are more pages",)),
        (json.dumps([ITEM]), {"failed": (), "unasserted": ()}, ()),
        (json.dumps([{**ITEM, "status": "error"}]), {"pass_pct": 0.0}, ()),
        (json.dumps([{**ITEM, "sample": {"error": {"message": "429"}}}]), {"errors": 1}, ()),
        (json.dumps([ITEM, {**ITEM, "results": []}]), {"failed": ()}, ()),
        (changed("openai-run.json", status="canceled"), {}, ("the status of the run is 'canceled'",)),
        (
            changed("openai-run.json", result_counts={"total": 5, "passed": 4}),
            {"total": 4, "failed": ()},
            ("1 of 5 items have no result",),
        ),
        (changed("openai-run.json", per_testing_criteria_results=[]), {"metrics": None}, ()),
    ],
    ids=short,
)
def test_what_openai_reports(report: str, expected: dict[str, Any], why: tuple[str, ...]) -> None:
    collected = collect(evals, report)
    assert chosen(collected.facts, expected) == expected
    assert collected.origins[0].partial == why


def test_what_nobody_judged_did_not_pass() -> None:
    assert len(facts(evals, json.dumps([ITEM, {**ITEM, "results": []}])).unasserted) == 1
    run = facts(evals, changed("openai-run.json", per_testing_criteria_results=[]))
    assert len(run.unasserted) == 2


@pytest.mark.parametrize(
    "report",
    [
        changed("openai-run.json", result_counts={"passed": 10**9}),
        changed("openai-run.json", result_counts={"passed": "2"}),
        json.dumps([ITEM, {"object": "eval.run"}]),
        json.dumps([{**ITEM, "results": [{"name": "n", "passed": "true"}]}]),
    ],
    ids=["too many", "text", "another object", "a text as a verdict"],
)
def test_what_openai_does_not_write(report: str) -> None:
    assert outcome(evals, report).startswith("unreadable: report-0: ")


def test_a_failed_run_of_openai_fails() -> None:
    run = changed("openai-run.json", status="failed", error={"message": "no such model"}, result_counts={})
    assert messages(facts(evals, run).failed) == ["the run failed: no such model"]


def test_oaieval() -> None:
    collected = collect(evals, fixture("evals", "oaieval.jsonl"))
    assert collected.format == "oaieval"
    assert collected.origins[0].partial == ()
    assert messages(collected.facts.failed) == ["sample tenancy.dev.1 [tenancy.dev.v0]: match gives False"]
    assert (collected.facts.total, collected.facts.metrics) == (2, {"match": 50.0})


SPEC = {"spec": {"eval_name": "e", "completion_fns": ["m"]}}
FINAL = {"final_report": {"accuracy": 1.0}}


def event(type_: str, sample: str = "a", **data: object) -> dict[str, Any]:
    return {"run_id": "r", "event_id": 0, "sample_id": sample, "type": type_, "data": data}


def lines(*events: object) -> str:
    return "\n".join(map(json.dumps, events))


@pytest.mark.parametrize(
    ("report", "failed"),
    [
        (lines(SPEC, event("match", correct=True), FINAL), []),
        (lines(SPEC, event("metrics", score=1.0, choice="Y"), FINAL), []),
        (lines(SPEC, event("metrics", score=0.5), FINAL), ["sample a [e]: score gives 0.5"]),
        (lines(SPEC, event("metrics", choice="Y"), FINAL), ["sample a [e]: choice gives no score"]),
        (lines(SPEC, event("sampling"), FINAL), ["sample a [e]: nothing judged it"]),
        (lines(SPEC, event("error", message="429"), FINAL), ["sample a [e]: 429"]),
        (
            lines(SPEC, event("match", correct=True), event("match", correct=False), FINAL),
            ["sample a [e]: match gives False"],
        ),
        (
            lines(SPEC, event("match", correct=True), {"final_report": {"accuracy": 0.5}}),
            ["the accuracy of the run is 0.5, the samples show more"],
        ),
    ],
    ids=short,
)
def test_what_judges_a_sample_of_oaieval(report: str, failed: list[str]) -> None:
    assert messages(facts(evals, report).failed) == failed


def test_a_run_of_oaieval_without_its_end_is_partial() -> None:
    assert partial(lines(SPEC, event("match", correct=True))) == ("the run has no final report",)
    assert outcome(evals, lines(SPEC, FINAL)).startswith("absent: ")
    assert outcome(evals, lines(SPEC, {"type": "match"})).startswith("unreadable: report-0")


def test_a_model_that_is_none_proves_nothing() -> None:
    spec = {"spec": {"eval_name": "e", "completion_fns": ["dummy"]}}
    found = facts(evals, lines(spec, event("match", correct=True), FINAL))
    assert messages(found.unasserted) == ["sample a [e]: dummy answers, and no model"]


# A format of a workspace.

OWN = """
format: acme
kind: evals
reads: json
recognise: {all: [acme_evals]}
items: {case: acme_evals}
fields:
  name: case.id
  status: {path: case.verdict, map: {good: passed, bad: failed, broken: error}}
  scores: case.scores
  message: case.why
  prompt: case.prompt
figures: {total: counts.all, failed: counts.bad}
"""


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({"verdict": "good"}, {"failed": (), "errors": 0}),
        ({"verdict": "bad", "why": "rude"}, {"pass_pct": 0.0, "errors": 0}),
        ({"verdict": "broken"}, {"errors": 1}),
        ({"verdict": "unsure"}, {"pass_pct": 0.0}),
        ({"scores": {"polite": 1, "correct": True}}, {"failed": (), "metrics": {"polite": 100.0, "correct": 100.0}}),
        ({"scores": {"polite": 0.5}}, {"pass_pct": 0.0, "scores": {"polite": 0.5}}),
        ({"verdict": "good", "scores": {"polite": 0.5}}, {"failed": (), "metrics": {"polite": 0.0}}),
        ({}, {"pass_pct": 0.0}),
        ({"verdict": "good", "prompt": "sum@2"}, {"prompts": ("sum",)}),
    ],
    ids=short,
)  # fmt: skip
def test_a_described_format(case: dict[str, Any], expected: dict[str, Any]) -> None:
    report = json.dumps({"acme_evals": [{"id": "a", **case}]})
    assert chosen(facts(evals, report, formats={"acme": OWN}), expected) == expected


def test_the_counters_of_a_described_format() -> None:
    report = json.dumps({"acme_evals": [{"id": "a", "verdict": "good"}], "counts": {"all": 3, "bad": 1}})
    collected = collect(evals, report, formats={"acme": OWN})
    assert collected.origins[0].partial == ("1 of 3 cases are listed",)
    assert messages(collected.facts.failed) == ["the counters report 1 failed, the listed cases show 0"]
