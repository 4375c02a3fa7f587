"""The life of an exception: in force in its milestone only, then overdue, unneeded or closed."""

import pytest

from builders.exceptions import PLAN, WORDS, entry, shop
from builders.judging import (
    AS_OF,
    attested,
    case,
    codes,
    criterion,
    gate,
    judged,
    parsed,
    report,
    roadmap,
    service,
    signed,
)
from gatekeeper.judging.verdicts.services import judge_service
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.service import Service
from gatekeeper.model.status import ServiceVerdict, Status


def test_in_force_it_lets_an_l4_target_ship_at_l3() -> None:
    result = judged(shop(), "M1", exceptions=[entry()])
    assert result.verdict is ServiceVerdict.EXCEPTED
    assert str(result.effective_level) == "L3"
    assert {found.rule.id for found in result.criteria if found.status is Status.EXCEPTED} == {
        "L4.capabilities",
        "L4.chaos",
        "capability:b",
    }
    assert criterion(result, "L4.chaos").exception == "RR-1"
    assert [seen.state for seen in result.exceptions] == ["in_force"]
    assert result.open_criteria == ()


def test_what_it_does_not_list_stays_open_and_blocks() -> None:
    result = judged(shop(), "M1", exceptions=[entry(delta="L4.chaos")])
    assert result.verdict is ServiceVerdict.BLOCKED
    assert criterion(result, "L4.chaos").status is Status.EXCEPTED
    assert criterion(result, "L4.capabilities").status is Status.MISSING
    assert "sign-offs-missing" in codes(result)


@pytest.mark.parametrize(
    ("milestone", "more", "state", "message"),
    [
        ("M1", {"closed": "2026-11-10"}, "closed", "closed on 2026-11-10"),
        ("M1", {"closed": "2026-12-10"}, "in_force", "covers 3 open criteria until the next milestone"),
        ("M1", {"opened_on": "2026-12-01"}, "not_in_force", "opened on 2026-12-01, after the as-of date"),
        ("M0", {}, "not_in_force", "opened for M1 only"),
        ("M2", {}, "overdue", "opened in M1; it had to be closed by the exit of the next milestone"),
    ],
)
def test_its_state_follows_from_milestone_and_date(
    milestone: str, more: dict[str, str], state: str, message: str
) -> None:
    [seen] = judged(shop(), milestone, exceptions=[entry(**more)]).exceptions
    assert (seen.state, seen.message) == (state, message)


def test_overdue_blocks() -> None:
    result = judged(shop(), "M2", exceptions=[entry()])
    assert result.verdict is ServiceVerdict.BLOCKED
    assert "overdue-exception" in codes(result)


@pytest.mark.parametrize("milestone", ["M1", "M2"])
def test_one_that_is_no_longer_needed_is_reported_and_blocks_nothing(milestone: str) -> None:
    done = service(
        plan=PLAN,
        attestations=attested(**WORDS, capability_b="ada owner"),
        sign_offs=signed("L4"),
    )
    result = judged(done, milestone, report("chaos", "a node is lost"), exceptions=[entry()])
    assert result.verdict is ServiceVerdict.READY
    assert [seen.state for seen in result.exceptions] == ["unneeded"]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (shop("L2"), "L3 must be signed off; signed is L2"),
        (
            service(plan=PLAN, sign_offs=signed("L3"), attestations=attested(L1__scaffold="ada owner")),
            "a regression, a lapse or an unsigned upgrade cannot be excused",
        ),
        (
            service(plan=PLAN, attestations=attested(L1__scaffold="ada owner")),
            "every criterion of L3 must hold; verified is L1",
        ),
        (shop(level="L4"), "a regression, a lapse or an unsigned upgrade cannot be excused"),
        (
            service(plan=PLAN.replace("L4", "L3"), attestations=attested(**WORDS), sign_offs=signed("L3")),
            "only a target of L4 can have one; the target is L3",
        ),
    ],
)
def test_l3_must_be_whole_signed_and_not_lost(model: Service, message: str) -> None:
    result = judged(model, "M1", exceptions=[entry()])
    assert result.verdict is ServiceVerdict.BLOCKED
    assert [(seen.state, seen.message) for seen in result.exceptions] == [("not_in_force", message)]


def test_an_excepted_gate_is_amber_and_never_green() -> None:
    from builders.judging import G1, GATES, RULEBOOK, STANZA, case, parsed, rulebook
    from gatekeeper.judging.verdicts.services import judge_service
    from gatekeeper.model.milestone import RegisteredException

    late = f"  - {{id: G1.late, question: q, from: L4, attested_by: owner, {STANZA}}}\n"
    early = f"  - {{id: G1.early, question: q, attested_by: owner, {STANZA}}}\n"
    book = rulebook(gates=GATES | {"G1": G1[: G1.index("criteria:")] + "criteria:\n" + early + late})
    assert book != RULEBOOK
    model = service(
        plan="{M1: {level: L4, gates: {G1: }}, M2: {level: L4}}",
        attestations=attested(**WORDS, G1__early="ada owner"),
        sign_offs=signed("L3"),
    )
    listed = RegisteredException.model_validate(parsed(entry(delta="G1.late, L4.chaos")))
    result = judge_service(case(model, book=book), "M1", [listed])
    assert result is not None
    assert gate(result, "G1") == "amber"
    assert result.verdict is ServiceVerdict.EXCEPTED
    assert result.gates[0].criteria[1].status is Status.EXCEPTED
    assert AS_OF > listed.opened_on


def test_an_exception_opened_and_one_closed_today_count_today() -> None:
    [opened] = judged(shop(), "M1", exceptions=[entry(opened_on=AS_OF.isoformat())]).exceptions
    [closed] = judged(shop(), "M1", exceptions=[entry(closed=AS_OF.isoformat())]).exceptions
    assert (opened.state, closed.state) == ("in_force", "closed")


def test_an_exception_shows_what_is_open_of_it_else_all_of_it() -> None:
    delivered = shop(attestations=attested(**WORDS, capability_b="ada owner"))
    [partly] = judged(delivered, "M1", exceptions=[entry("'capability:b', L4.chaos")]).exceptions
    [unsigned] = judged(delivered, "M1", exceptions=[entry("'capability:b'")]).exceptions
    signed_too = shop("L4", attestations=attested(**WORDS, capability_b="ada owner"))
    [wholly] = judged(signed_too, "M1", exceptions=[entry("'capability:b'")]).exceptions
    assert (partly.state, partly.criteria) == ("in_force", ("L4.chaos", "sign-off:L4"))
    assert (unsigned.state, unsigned.criteria) == ("in_force", ("sign-off:L4",))
    assert (wholly.state, wholly.criteria) == ("unneeded", ("capability:b",))


@pytest.mark.parametrize(("opened_in", "due"), [("M0", "M1"), ("M1", "M2"), ("M2", "M10"), ("M10", None)])
def test_an_exception_is_due_at_the_next_milestone(opened_in: str, due: str | None) -> None:
    assert roadmap("M0", "M1", "M2", "M10").after(opened_in) == due


@pytest.mark.parametrize(
    ("opened_in", "within", "due"), [("M0", 2, "M2"), ("M0", 9, "M10"), ("M2", 2, "M10"), ("M10", 2, None)]
)
def test_an_exception_is_due_some_milestones_later_or_at_the_last(
    opened_in: str, within: int, due: str | None
) -> None:
    assert roadmap("M0", "M1", "M2", "M10").after(opened_in, within) == due


@pytest.mark.parametrize(
    ("within", "milestone", "state", "message"),
    [
        (1, "M1", "overdue", "opened in M0; it had to be closed by the exit of the next milestone"),
        (2, "M1", "in_force", "covers 3 open criteria until M2"),
        (2, "M2", "overdue", "opened in M0; it had to be closed by the exit of M2"),
        (9, "M2", "in_force", "covers 3 open criteria until M3"),
    ],
)
def test_governance_states_how_many_milestones_an_exception_may_stay_open(
    within: int, milestone: str, state: str, message: str
) -> None:
    of = shop(plan="{M0: {level: L4, gates: {}, adds: [b]}, M1: {level: L4}, M2: {level: L4}}")
    usual = case(of)
    terms = usual.rulebook.exceptions._replace(close_within=within)
    opened = RegisteredException.model_validate(parsed(entry(opened_in="M0")))
    rulebook = usual.rulebook._replace(exceptions=terms)
    result = judge_service(usual._replace(rulebook=rulebook), milestone, [opened])
    assert result
    [seen] = result.exceptions
    assert (seen.state, seen.message) == (state, message)


DONE = attested(**WORDS, capability_b="ada owner")


def test_the_sign_off_is_excused_until_the_next_milestone() -> None:
    done = shop(attestations=DONE)
    chaos = report("chaos", "a node is lost")
    excepted = judged(done, "M1", chaos, exceptions=[entry()])
    assert (excepted.verdict, codes(excepted)) == (ServiceVerdict.EXCEPTED, set())
    [seen] = excepted.exceptions
    assert (seen.state, seen.criteria) == ("in_force", ("sign-off:L4",))
    assert seen.message == "covers the sign-off of L4 until the next milestone"
    closed = judged(done, "M1", chaos, exceptions=[entry(closed="2026-11-20")])
    assert (closed.verdict, codes(closed)) == (ServiceVerdict.BLOCKED, {"sign-offs-missing"})
    late = judged(done, "M2", chaos, exceptions=[entry()])
    assert codes(late) == {"sign-offs-missing", "overdue-exception"}
    signed_off = judged(shop("L4", attestations=DONE), "M1", chaos, exceptions=[entry()])
    assert (signed_off.verdict, signed_off.exceptions[0].state) == (ServiceVerdict.READY, "unneeded")


def test_a_sign_off_that_another_entry_covers_makes_none_overdue() -> None:
    plan = "{M0: {level: L4, gates: {}}, M1: {level: L4, adds: [b]}, M2: {level: L4}}"
    of = shop(plan=plan)
    chaos = report("chaos", "a node is lost")
    delivered = entry("L4.chaos", opened_in="M0")
    going_on = entry("'capability:b', L4.capabilities").replace("RR-1", "RR-2")
    result = judged(of, "M1", chaos, exceptions=[delivered, going_on])
    assert [seen.state for seen in result.exceptions] == ["unneeded", "in_force"]
    assert result.verdict is ServiceVerdict.EXCEPTED
    alone = judged(of, "M1", chaos, exceptions=[delivered])
    assert [(seen.state, seen.criteria) for seen in alone.exceptions] == [("overdue", ("sign-off:L4",))]
    failing = judged(of, "M1", report("chaos", failed=["a"]), exceptions=[delivered, going_on])
    assert [(seen.state, seen.criteria) for seen in failing.exceptions] == [
        ("overdue", ("L4.chaos",)),
        ("in_force", ("capability:b", "sign-off:L4")),
    ]


def test_an_entry_covers_the_twin_of_a_criterion_too() -> None:
    from builders.judging import G1, GATES, LEVELS, STANZA, case, parsed, rulebook
    from gatekeeper.judging.verdicts.services import judge_service
    from gatekeeper.model.milestone import RegisteredException

    late = f"  - {{id: G1.late, question: q, from: L4, attested_by: owner, {STANZA}}}\n"
    early = f"  - {{id: G1.early, question: q, attested_by: owner, {STANZA}}}\n"
    twin = f"      - {{id: L4.late, question: q, same_as: G1.late, {STANZA}}}\n"
    gates = GATES | {"G1": G1[: G1.index("criteria:")] + "criteria:\n" + early + late}
    book = rulebook(gates=gates, levels=LEVELS.replace("G1.deep", "G1.late") + twin)
    model = service(
        plan="{M1: {level: L4, gates: {G1: }}, M2: {level: L4}}",
        attestations=attested(**WORDS, G1__early="ada owner"),
        sign_offs=signed("L3"),
    )
    for delta, verdict in (
        ("G1.late, L4.chaos", ServiceVerdict.EXCEPTED),
        ("L4.late, L4.chaos", ServiceVerdict.BLOCKED),
    ):
        listed = RegisteredException.model_validate(parsed(entry(delta=delta)))
        result = judge_service(case(model, book=book), "M1", [listed])
        assert result is not None
        assert result.verdict is verdict
