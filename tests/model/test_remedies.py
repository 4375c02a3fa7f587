"""What to do about an open criterion: it fits the status."""

import pytest

from builders.judging import (
    RULEBOOK,
    api,
    ask,
    attested,
    broken,
    case,
    coverage,
    load_test,
    report,
    service,
    source,
    threats,
)
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.model.action import ActionKind
from gatekeeper.model.evidence import Evidence, EvidenceStatus, Finding
from gatekeeper.model.guards import Floor, SlotGuard
from gatekeeper.model.remedies import heading_of, instruction, remedy_of, tasks
from gatekeeper.model.rule import Condition, FactOf, Literal, Operator
from gatekeeper.model.status import ReasonCode, Status
from gatekeeper.model.verdict import CriterionReason, CriterionResult, Outcome

RELEASE = service(release="{version: 1.0.0, commit: aaaaaaa}", targets="{p95_ms: 300}")
AGED = "2026-10-01"


def done(name: str, of: Case, status: Status) -> str:
    result = ask(name, of)
    assert result.status is status
    return remedy_of(result)


def todo(*results: CriterionResult) -> list[str]:
    """Return what to do about criteria that share their tasks."""
    return [instruction(one, results) for one in tasks(results[0])]


def unproven(code: ReasonCode, *places: Finding, rule: str = "G1.tests") -> CriterionResult:
    reason = CriterionReason(Status.UNPROVEN, "why", code, "unit_tests", "a.xml", places)
    return CriterionResult(RULEBOOK.by_id[rule], Status.UNPROVEN, "why", reasons=(reason,))


def test_a_failure_has_the_remedy_of_the_rulebook() -> None:
    assert done("G1.tests", case(service(), report("unit_tests", failed=["a"])), Status.FAIL) == "Fix it."


def test_what_is_not_mapped_is_to_be_produced_and_mapped() -> None:
    remedy = done("G1.coverage", case(service()), Status.MISSING)
    assert remedy == "Produce and map `coverage` (kind `coverage`) and `source` (kind `typescript`)."


def test_only_what_is_missing_is_named() -> None:
    remedy = done("G1.coverage", case(service(), source("a.ts")), Status.MISSING)
    assert remedy == "Produce and map `coverage` (kind `coverage`)."


def test_a_file_that_is_not_there_is_to_be_produced_at_its_path() -> None:
    lacks = broken("unit_tests", EvidenceStatus.MISSING)
    remedy = done("G1.tests", case(service(), lacks), Status.MISSING)
    assert remedy == "Produce `unit_tests` (kind `tests`) at reports/unit_tests, or map another file."


def test_a_value_that_no_artefact_states_needs_what_the_rulebook_says() -> None:
    of = case(service(), coverage(None), source("a.ts"))
    assert done("G1.coverage", of, Status.MISSING) == "Fix it."
    assert done("G8.review", case(service()), Status.MISSING) == "Fix it."


def test_an_artefact_dated_after_the_as_of_date_needs_another_date() -> None:
    known = {
        key: one._replace(sha256="0" * 64)
        for key, one in load_test(1, on="2026-12-24", commit="aaaaaaa").items()
    }
    assert (
        done("G7.load", case(RELEASE, known), Status.MISSING) == "Correct the date of `load`, reports/load."
    )


@pytest.mark.parametrize(
    ("on", "commit", "remedy"),
    [
        (AGED, "aaaaaaa", "Run `load` (kind `load_test`) again; a report counts for 30 days."),
        ("2026-11-10", "bbbbbbb", "Run `load` (kind `load_test`) again on the commit that ships."),
        (
            AGED,
            "bbbbbbb",
            "Run `load` (kind `load_test`) again on the commit that ships; a report counts for 30 days.",
        ),
        (
            "2026-11-10",
            None,
            "State the commit of `load` (kind `load_test`): set `commit`, or record it with `collect`.",
        ),
        (
            None,
            None,
            (
                "State the time and the commit of `load` (kind `load_test`): set `collected_at` and `commit`, "
                "or record it with `collect`; a report counts for 30 days."
            ),
        ),
        (
            None,
            "aaaaaaa",
            (
                "State the time of `load` (kind `load_test`): set `collected_at`, or record it with `collect`; "
                "a report counts for 30 days."
            ),
        ),
    ],
)
def test_what_is_stale_is_to_be_run_again(on: str | None, commit: str | None, remedy: str) -> None:
    assert done("G7.load", case(RELEASE, load_test(200, on=on, commit=commit)), Status.STALE) == remedy


def test_a_document_of_another_milestone_is_to_be_updated() -> None:
    remedy = done("G8.threats", case(service(), threats("M0")), Status.STALE)
    assert remedy == "Update `threats` (kind `document`) for this milestone."


def test_a_lapsed_attestation_is_to_be_made_again() -> None:
    words = attested(G8__review="cy security 2026-01-01")
    remedy = done("G8.review", case(service(attestations=words)), Status.STALE)
    assert remedy == "Have security attest G8.review again."


def test_an_unreadable_artefact_is_to_be_fixed() -> None:
    result = ask("G1.tests", case(service(), broken("unit_tests")))
    assert remedy_of(result) == "Fix the artefact, or map another one."
    assert todo(result) == ["Fix the artefact: `unit_tests` is unreadable."]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (ReasonCode.OTHER_SUBJECT, "Map this service's own artefact to `unit_tests`"),
        (ReasonCode.SHARED, "Give `unit_tests` a run of its own."),
        (ReasonCode.PARTIAL, "Run `unit_tests` to its end, and map the whole report."),
        (
            ReasonCode.TOO_LITTLE,
            "Write `[G1.tests]` into the name of each test in `unit_tests` that shows it",
        ),
    ],
)
def test_the_remedy_of_what_is_unproven_fits_the_reason_code(code: ReasonCode, words: str) -> None:
    assert words in remedy_of(unproven(code))


def test_tests_without_ids_need_the_ids_with_each_aspect_of_all_criteria() -> None:
    faults = Condition("unit_tests", ("passed",), Operator.MENTIONS, Literal(["drop", "partial push"]))
    events = Condition("unit_tests", ("passed",), Operator.MENTIONS, FactOf("events", ("consumed",)))
    one, other = unproven(ReasonCode.TOO_LITTLE), unproven(ReasonCode.TOO_LITTLE)
    one = one._replace(rule=one.rule._replace(id="G4.chaos", conditions=(faults,)))
    other = other._replace(rule=other.rule._replace(id="G3.validated", conditions=(events,)))
    tags = "Write `[G4.chaos:drop]`, `[G4.chaos:partial-push]` and `[G3.validated]` into the names of tests"
    [text] = todo(one, other)
    assert text == (
        f"{tags} in `unit_tests`, a test for each. Each of `events.consumed` must be in such a name. "
        "Or say `whole: true` in the mapping of a report that has no other tests."
    )


def test_tests_without_ids_need_the_id_of_the_criterion_that_is_the_same() -> None:
    result = unproven(ReasonCode.TOO_LITTLE)
    twin = result._replace(rule=result.rule._replace(id="L2.tests", twin="G1.tests"))
    assert remedy_of(twin) == remedy_of(result)


def test_a_failure_names_what_the_names_of_tests_must_mention() -> None:
    faults = Condition("unit_tests", ("passed",), Operator.MENTIONS, Literal(["drop", "partial push"]))
    found = (Finding("drop", "a.xml"), Finding("partial push", "a.xml"))
    failed = Outcome(faults, Status.FAIL, findings=found)
    rule = RULEBOOK.by_id["G1.tests"]
    by_name = CriterionResult(rule, Status.FAIL, outcomes=(failed,))
    assert remedy_of(by_name) == "Fix it."
    by_id = rule._replace(guards={"unit_tests": SlotGuard(by_id=True)})
    assert remedy_of(by_name._replace(rule=by_id)) == (
        "Fix it. The name of a passed test in `unit_tests` must mention `drop` and `partial push`, "
        "a test for each."
    )


def test_a_floor_that_is_not_reached_is_named() -> None:
    guard = SlotGuard(floors=(Floor("total", at_least=3), Floor("skipped_pct", at_most=10)), parts=3)
    result = unproven(ReasonCode.TOO_LITTLE)
    [reason] = result.reasons
    result = result._replace(rule=result.rule._replace(guards={"unit_tests": guard}))
    low = reason._replace(message="`unit_tests` proves too little: total is 1; required: total at least 3")
    assert remedy_of(result._replace(reasons=(low,))) == "Let `unit_tests` reach total at least 3."
    few = reason._replace(code=ReasonCode.PARTIAL, part=None)
    assert remedy_of(result._replace(reasons=(few,))) == "Map all 3 parts of `unit_tests`."


def test_a_step_says_why_something_is_unproven() -> None:
    assert todo(unproven(ReasonCode.SHARED)) == ["why. Give `unit_tests` a run of its own."]


def test_what_was_not_understood_is_placed_and_may_be_attested_for_a_time() -> None:
    places = [Finding("`oneOf`", "api.yaml", 3), Finding("`anyOf`", "api.yaml", 9)]
    assert remedy_of(unproven(ReasonCode.NOT_UNDERSTOOD, *places)) == (
        "Rewrite what the reader of `unit_tests` does not understand, api.yaml:3 and api.yaml:9, "
        "or have architecture attest G1.tests for at most 90 days."
    )


def test_no_remedy_but_that_of_a_failure_is_the_rulebook_s() -> None:
    for code in (*ReasonCode,)[:5]:
        assert "Fix it." not in remedy_of(unproven(code))


def test_one_artefact_is_one_task() -> None:
    of = case(service(), broken("unit_tests"), api())
    assert tasks(ask("G1.tests", of)) == tasks(ask("G1.deep", of))
    assert tasks(ask("G1.tests", case(service()))) == tasks(ask("G1.deep", case(service())))
    assert tasks(ask("G2.writes", of)) != tasks(ask("G2.limits", of))
    shared, partial = (unproven(code) for code in (ReasonCode.SHARED, ReasonCode.PARTIAL))
    assert tasks(shared) != tasks(partial)
    assert remedy_of(shared, partial).startswith("Give `unit_tests` a run of its own. Run")


def test_an_artefact_that_fills_several_slots_is_one_task() -> None:
    one = Evidence("a", EvidenceStatus.OK, path="reports/all.xml")
    reason = CriterionReason(Status.UNPROVEN, "why", ReasonCode.PARTIAL, "a", "reports/all.xml")
    first, second = (
        CriterionResult(
            RULEBOOK.by_id[rule],
            Status.UNPROVEN,
            evidence=(one._replace(slot=slot),),
            reasons=(reason._replace(slot=slot),),
        )
        for rule, slot in (("G1.tests", "a"), ("G1.deep", "b"))
    )
    assert [of.key for of in tasks(first)] == [of.key for of in tasks(second)]
    assert remedy_of(first, second) == "Run `a` to its end, and map the whole report."


def test_a_failure_shares_its_work_with_nothing() -> None:
    [one] = tasks(ask("G1.tests", case(service(), report("unit_tests", failed=["a"]))))
    assert (one.kind, one.about) == ("change", "G1.tests")


@pytest.mark.parametrize(
    ("remedy", "heading"),
    [
        ("Test the uncovered lines; map them.", "Test the uncovered lines"),
        ("State the address (as a path, or a URL), and map it.", "State the address (as a path, or a URL)"),
        ("Run `a; b` again.", "Run `a; b` again"),
        ("Do it", "Do it"),
    ],
)
def test_a_heading_is_the_first_clause_of_a_remedy(remedy: str, heading: str) -> None:
    result = unproven(ReasonCode.SHARED)
    rule = result.rule._replace(remedy=remedy)
    assert heading_of(ActionKind.CHANGE, (rule.id,), "", [result._replace(rule=rule)]) == heading


def test_the_entries_of_a_person_are_not_the_level_of_that_name() -> None:
    assert heading_of(ActionKind.SIGN, ("L2",), "entries", []) == "Sign the entries of L2"
