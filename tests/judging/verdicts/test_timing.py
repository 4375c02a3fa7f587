"""Rules have time: until a criterion binds it is judged and shown, and blocks nothing."""

from datetime import date

import pytest

from builders.judging import (
    AS_OF,
    FOUR,
    G1,
    GATES,
    LEVELS,
    STANZA,
    WORDS,
    attested,
    case,
    codes,
    coverage,
    criterion,
    gate,
    report,
    roadmap,
    rulebook,
    service,
    signed,
)
from gatekeeper.judging.outlook.deploy_gate import may_ship
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.gates import gate_status
from gatekeeper.judging.verdicts.services import judge_service
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.status import GateStatus, ServiceVerdict, Status
from gatekeeper.model.verdict import CriterionResult, ServiceResult

AFTER_M1 = roadmap("M0", "M1", "M2", "M3", exits={"M0": "2026-10-01", "M1": "2026-11-19"})
PLAN = "{M0: {level: L1, gates: {G1: }}, M1: {level: L1}, M2: {level: L1}}"
ONE_GATE = {**GATES, "G1": G1[: G1.index("criteria:")] + "criteria:\n"}


def book(*rows: str, levels: str = LEVELS) -> Rulebook:
    """Return the small rulebook with these criteria as G1."""
    listed = "".join(f"  - {{{row}, question: q, {STANZA}}}\n" for row in rows)
    return rulebook(gates=ONE_GATE | {"G1": ONE_GATE["G1"] + listed}, levels=levels)


TESTS = "id: G1.tests, requires: {unit_tests.failed: {empty: true}}"
NEW = "id: G1.new, attested_by: owner"


def shop(rules: Rulebook, as_of: date = AS_OF, milestones: Roadmap = FOUR, **more: str) -> Case:
    """Return a service that was ready at L1 before there was any new rule."""
    given = {"plan": PLAN, "attestations": attested(**WORDS), "sign_offs": signed("L1"), "level": "L1"} | more
    known = report("unit_tests", "a")
    return case(service(**given), known, book=rules, as_of=as_of, milestones=milestones)


def judged(of: Case, milestone: str) -> ServiceResult:
    result = judge_service(of, milestone)
    assert result is not None
    return result


def test_a_new_rule_blocks_nobody_before_its_milestone_and_everybody_from_it_on() -> None:
    of = shop(book(TESTS, f"{NEW}, effective: M1"))
    before, at, later = (judged(of, milestone) for milestone in ("M0", "M1", "M2"))
    assert [one.verdict for one in (before, at, later)] == ["ready", "blocked", "blocked"]
    found = criterion(before, "G1.new")
    assert (found.status, found.binding, found.is_open, found.blocks) == (Status.MISSING, False, True, False)
    assert (gate(before, "G1"), gate(at, "G1")) == ("green", "red")
    assert criterion(at, "G1.new").binding


def test_a_signed_level_is_held_to_the_rule_only_once_its_milestone_has_exited() -> None:
    rules = book(TESTS, f"{NEW}, effective: M1")
    at_m1 = judged(shop(rules), "M1")
    assert codes(at_m1) == {"gate-red"}, "not a regression: the rule is asked for the exit only"
    assert at_m1.verified_level >= at_m1.signed_level
    after = shop(rules, milestones=AFTER_M1)
    assert {"regression"} <= codes(judged(after, "M2"))
    assert [may_ship(one, "internal").may_ship for one in (shop(rules), after)] == [True, False]


def test_the_exit_of_a_later_milestone_counts_too_and_a_withdrawn_one_does_not() -> None:
    rules = book(TESTS, f"{NEW}, effective: M1")
    only_m2 = roadmap("M0", "M1", "M2", "M3", exits={"M2": "2026-11-19"})
    assert "regression" in codes(judged(shop(rules, milestones=only_m2), "M0"))
    not_yet = shop(rules, date(2026, 11, 18), milestones=only_m2)
    assert judged(not_yet, "M0").verdict is ServiceVerdict.READY


def test_an_overridden_exit_binds_no_level() -> None:
    rules = book(TESTS, f"{NEW}, effective: M1")
    record = {"on": "2026-11-19", "by": "bo", "override": "the market waits"}
    overridden = Milestone.model_validate({"milestone": "M1", "exited": record})
    milestones = Roadmap({**FOUR, "M1": overridden})
    assert judged(shop(rules, milestones=milestones), "M0").verdict is ServiceVerdict.READY


def test_what_only_the_level_asks_is_shown_as_of_an_earlier_cell() -> None:
    """Judged at M0, the rule does not bind; as M1 has exited, the level needs it."""
    result = judged(shop(book(TESTS, f"{NEW}, effective: M1"), milestones=AFTER_M1), "M0")
    assert [one.rule.id for one in result.held_up_by] == ["G1.new"]
    assert [one.rule.id for one in result.open_criteria] == ["G1.new"]


@pytest.mark.parametrize(
    ("as_of", "verdict"), [("2026-11-30", "ready"), ("2026-12-01", "blocked"), ("2026-12-02", "blocked")]
)
def test_a_date_binds_everything_from_that_day_on(as_of: str, verdict: str) -> None:
    of = shop(book(TESTS, f"{NEW}, effective: 2026-12-01"), date.fromisoformat(as_of))
    for milestone in ("M0", "M1"):
        result = judged(of, milestone)
        assert result.verdict == verdict
        assert ("regression" in codes(result)) is (verdict == "blocked")
        assert criterion(result, "G1.new").binding is (verdict == "blocked")
    assert may_ship(of, "internal").may_ship is (verdict == "ready")


def test_an_advisory_criterion_never_blocks() -> None:
    of = shop(book(TESTS, f"{NEW}, advisory: true"), date.max, milestones=AFTER_M1)
    results = [judged(of, milestone) for milestone in ("M0", "M1", "M2")]
    assert {one.verdict for one in results} == {ServiceVerdict.READY}
    assert {criterion(one, "G1.new").status for one in results} == {Status.MISSING}


def test_a_gate_of_which_no_criterion_binds_is_not_applicable() -> None:
    result = judged(shop(book(f"{NEW}, effective: M1")), "M0")
    assert (gate(result, "G1"), result.verdict) == ("not_applicable", ServiceVerdict.READY)
    assert [one.rule.id for one in result.gates[0].criteria] == ["G1.new"], "it is shown all the same"


@pytest.mark.parametrize(
    ("binding", "others", "colour"),
    [
        ([], ["pass"], "not_applicable"),
        ([], ["fail"], "not_applicable"),
        (["not_applicable"], ["fail"], "not_applicable"),
        (["not_applicable"], ["not_applicable"], "red"),
        (["pass"], ["fail"], "green"),
        (["excepted"], ["missing"], "amber"),
        (["fail"], ["pass"], "red"),
    ],
)
def test_only_binding_criteria_colour_a_gate(binding: list[str], others: list[str], colour: str) -> None:
    rule = book(TESTS).by_id["G1.tests"]
    results = [CriterionResult(rule, Status(status)) for status in binding]
    results += [CriterionResult(rule, Status(status), binding=False) for status in others]
    assert gate_status(results) == GateStatus(colour)


# A tightened version

LOOSE = "id: G1.coverage, requires: {coverage.lines_pct: {at_least: 80}}"
TIGHTER = "requires: {coverage.lines_pct: {at_least: 95}}"


def tightened(effective: str, milestones: Roadmap = FOUR, lines: float = 90) -> Case:
    rules = book(f"{LOOSE}, upcoming: {{effective: {effective}, {TIGHTER}}}")
    given = service(plan=PLAN, attestations=attested(**WORDS), sign_offs=signed("L1"), level="L1")
    return case(given, coverage(lines), book=rules, milestones=milestones)


def test_until_it_is_effective_a_tightened_version_is_only_shown() -> None:
    found = criterion(judged(tightened("M1"), "M0"), "G1.coverage")
    assert (found.status, found.blocks) == (Status.PASS, False)
    assert found.upcoming is not None
    assert (found.upcoming.status, found.upcoming.binding, found.upcoming.distance) == (Status.FAIL, False, 5)
    assert judged(tightened("M1"), "M0").verdict is ServiceVerdict.READY


def test_from_then_on_it_decides_alone() -> None:
    found = criterion(judged(tightened("M1"), "M1"), "G1.coverage")
    assert (found.status, found.binding, found.upcoming) == (Status.FAIL, True, None)
    assert criterion(judged(tightened("M1", lines=96), "M1"), "G1.coverage").status is Status.PASS
    assert codes(judged(tightened("M1"), "M1")) == {"gate-red"}
    assert "regression" in codes(judged(tightened("M1", AFTER_M1), "M2"))


@pytest.mark.parametrize(("as_of", "status"), [("2026-11-30", "pass"), ("2026-12-01", "fail")])
def test_a_tightening_may_name_a_date(as_of: str, status: str) -> None:
    of = tightened("2026-12-01")._replace(as_of=date.fromisoformat(as_of))
    assert criterion(judged(of, "M0"), "G1.coverage").status == status


def test_a_level_that_is_tightened_later_is_judged_by_both_versions_in_one_run() -> None:
    """The gate is judged by the tightened version, the level is not yet: neither result replaces the other."""
    result = judged(tightened("M1"), "M1")
    assert (gate(result, "G1"), result.held_up_by) == ("red", ())
    assert result.verified_level >= result.signed_level


def test_a_twin_shows_the_tightened_version_of_its_gate() -> None:
    row = f"{{id: L1.coverage, question: q, same_as: G1.coverage, {STANZA}}}"
    levels = LEVELS.replace("    criteria:\n", f"    criteria:\n      - {row}\n", 1)
    rules = book(f"{LOOSE}, upcoming: {{effective: M1, {TIGHTER}}}", levels=levels)
    given = service(plan=PLAN, attestations=attested(**WORDS), sign_offs=signed("L1"), level="L1")
    of = case(given, coverage(90), book=rules)
    found = criterion(judged(of, "M0"), "L1.coverage")
    assert found.upcoming is not None
    assert (found.upcoming.rule.id, found.upcoming.status) == ("L1.coverage", Status.FAIL)
    at_m1 = criterion(judged(of, "M1"), "L1.coverage")
    assert (at_m1.status, at_m1.rule.id, at_m1.upcoming) == (Status.FAIL, "L1.coverage", None)


def test_a_twin_may_bind_before_the_criterion_of_the_gate() -> None:
    row = f"{{id: L1.new, question: q, same_as: G1.new, effective: M0, {STANZA}}}"
    levels = LEVELS.replace("    criteria:\n", f"    criteria:\n      - {row}\n", 1)
    result = judged(shop(book(TESTS, f"{NEW}, effective: M3", levels=levels)), "M0")
    assert [(one, criterion(result, one).blocks) for one in ("G1.new", "L1.new")] == [
        ("G1.new", False),
        ("L1.new", True),
    ]
    assert codes(result) == {"level-criteria-open"}


def test_an_exception_covers_nothing_that_does_not_bind() -> None:
    entry = RegisteredException.model_validate(
        {"id": "RR-1", "service": "shop", "delta": ["L4.new"], "opened_in": "M0", "opened_on": "2026-11-01"}
        | dict.fromkeys(("risk", "owner", "approved_by", "link"), "r")
    )
    row = f"{{id: L4.new, question: q, attested_by: owner, effective: M1, {STANZA}}}"
    levels = LEVELS[: LEVELS.rindex("    criteria:")] + f"    criteria:\n      - {row}\n"
    plan = "{M0: {level: L4, gates: {}}, M1: {level: L4}}"
    words = attested(**WORDS, L2__contracts="ada owner")
    of = case(
        service(plan=plan, attestations=words, sign_offs=signed("L4"), level="L4"),
        book=rulebook(levels=levels),
    )
    result = judge_service(of, "M0", [entry])
    assert result is not None
    assert (result.verdict, result.exceptions[0].state) == (ServiceVerdict.READY, "unneeded")
    assert criterion(result, "L4.new").status is Status.MISSING


def test_completeness_that_does_not_bind_keeps_its_real_status() -> None:
    row = f"{{id: L1.complete, question: q, attested_by: owner, covers_capabilities: true, effective: M1, {STANZA}}}"
    levels = LEVELS.replace("    criteria:\n", f"    criteria:\n      - {row}\n", 1)
    of = shop(
        book(TESTS, levels=levels),
        plan="{M0: {level: L1, gates: {G1: }, adds: [{capability: a}]}, M1: {level: L1}}",
        attestations=attested(**WORDS, L1__complete="ada owner"),
    )
    found = criterion(judged(of, "M0"), "L1.complete")
    assert (found.status, found.binding) == (Status.MISSING, False)
    assert criterion(judged(of, "M1"), "L1.complete").blocks
