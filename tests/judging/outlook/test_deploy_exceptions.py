"""Exceptions at the deploy gate: what they cover, until when, and that nothing is gained without them."""

import pytest

from builders.deploying import PRODUCTION_AT_L4, STRICT, at_l3, codes, shipping, steps
from builders.judging import (
    ENTRY,
    GATES,
    GOVERNANCE,
    L2,
    L3,
    L4,
    L4_PLAN,
    LEVELS,
    WORDS,
    attested,
    case,
    report,
    rulebook,
    service,
    signed,
)
from gatekeeper.reporters.wording.actions import what_to_do


def test_an_exception_in_force_ships_at_l3_until_the_next_milestone_exits() -> None:
    of = at_l3()
    assert codes(shipping(of, "production")) == ["level-not-reached", "sign-offs-missing"]
    for exits in ({}, {"M0": "2026-11-10"}, {"M0": "2026-11-10", "M1": "2026-11-21"}):
        answer = shipping(of, "production", [ENTRY], **exits)
        assert (answer.may_ship, answer.held_level) == (True, L4)
        assert [(seen.state, seen.message) for seen in answer.exceptions] == [("in_force", "until M1 exits")]
        assert (answer.criteria, answer.actions) == ((), ())
    answer = shipping(of, "production", [ENTRY], M0="2026-11-10", M1="2026-11-20")
    assert codes(answer) == ["level-not-reached", "sign-offs-missing", "overdue-exception"]


def test_an_exception_ships_for_as_many_milestones_as_governance_gives_it() -> None:
    of = at_l3()
    terms = of.rulebook.exceptions._replace(close_within=2)
    longer = of._replace(rulebook=of.rulebook._replace(exceptions=terms))
    answer = shipping(longer, "production", [ENTRY], M0="2026-11-10", M1="2026-11-20")
    assert answer.may_ship
    assert [seen.message for seen in answer.exceptions] == ["until M2 exits"]


def test_an_overdue_exception_refuses_although_the_level_would_do() -> None:
    answer = shipping(at_l3(), "staging", [ENTRY], M1="2026-11-20")
    assert codes(answer) == ["overdue-exception"]
    assert answer.held_level == L3
    *work, signature = answer.actions
    assert [step.criteria for step in work] == [("L4.chaos",), ("capability:b",), ("L4.capabilities",)]
    assert all(step.recovers for step in work)
    assert what_to_do(signature) == "Get L4 signed off by owner, architecture, security."
    assert answer.waits_for == ()


def test_what_an_exception_in_force_covers_is_no_work_although_another_is_overdue() -> None:
    in_force = ENTRY.replace("opened_in: M0", "opened_in: M1")
    overdue = ENTRY.replace("RR-1", "RR-2").replace('L4.capabilities, L4.chaos, "capability:b"', "L4.chaos")
    answer = shipping(at_l3(), "production", [in_force, overdue], M1="2026-11-20")
    assert [seen.state for seen in answer.exceptions] == ["in_force", "overdue"]
    assert (answer.held_level, answer.asked_level) == (L4, L4)
    assert codes(answer) == ["overdue-exception"]
    assert [result.rule.id for result in answer.criteria] == ["L4.chaos"]
    assert steps(answer) == [("L4.chaos",)]


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (("opened_on: 2026-11-01", "opened_on: 2026-11-21"), "not_in_force"),
        (("opened_in: M0", "opened_in: M0\nclosed: 2026-11-20"), "closed"),
        (("opened_in: M0", "opened_in: M0\nclosed: 2026-11-21"), "in_force"),
        (('L4.chaos, "capability:b"', "L4.chaos"), "in_force"),
        (("L4.chaos, ", ""), "in_force"),
    ],
)
def test_only_what_is_in_force_and_names_all_covers(change: tuple[str, str], state: str) -> None:
    answer = shipping(at_l3(), "production", [ENTRY.replace(*change)])
    assert [seen.state for seen in answer.exceptions] == [state]
    assert answer.may_ship == ("closed: 2026-11-21" in change[1])


def test_an_exception_that_is_no_longer_needed_is_only_told() -> None:
    words = attested(**WORDS, L4__capabilities="bo architecture", capability_b="ada owner")
    of = case(
        service(service="excepted", plan=L4_PLAN, attestations=words, sign_offs=signed("L4")),
        report("chaos", "x"),
        book=STRICT,
    )
    answer = shipping(of, "staging", [ENTRY], M1="2026-11-20")
    assert (answer.may_ship, [seen.state for seen in answer.exceptions]) == (True, ["unneeded"])


def test_an_exception_needs_l3_whole_and_l4_as_the_target() -> None:
    at_l2 = at_l3(sign_offs=signed("L2"))
    assert not shipping(at_l2, "production", [ENTRY]).may_ship
    aims_lower = at_l3(plan="{M0: {level: L3, gates: {}, adds: [b]}}")
    assert not shipping(aims_lower, "production", [ENTRY]).may_ship
    claims = shipping(at_l3(level="L4"), "production", [ENTRY])
    assert codes(claims) == ["unsigned-upgrade", "level-not-reached", "sign-offs-missing"]
    assert claims.held_level == L3


def test_an_exception_covers_no_gate_that_is_dead() -> None:
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"
    plan = (
        "{M0: {level: L3, gates: {}, adds: [b]}, "
        "M1: {level: L4, gates: {G2: {scope: s, only: [G2.limits]}}}, M2: {level: L4}}"
    )
    dead = at_l3(plan=plan, not_applicable=waiver)
    assert not shipping(dead, "production", [ENTRY]).may_ship


def test_an_exception_may_name_either_twin() -> None:
    twin = "      - {id: L4.deep, question: q, same_as: G1.deep, why: w, remedy: Fix it., effort: small}\n"
    gate = "  - {id: G1.late, question: q, from: L4, attested_by: owner, why: w, remedy: r, effort: small}\n"
    book = rulebook(
        levels=PRODUCTION_AT_L4 + twin.replace("G1.deep", "G1.late"),
        gates=GATES | {"G1": GATES["G1"].rstrip("\n") + "\n" + gate},
    )
    plan = "{M0: {level: L3, gates: {}}, M1: {level: L4, gates: {G1: {scope: s, only: [G1.late]}}}}"
    entry = ENTRY.replace('L4.capabilities, L4.chaos, "capability:b"', "L4.deep")
    of = at_l3(plan=plan, book=book)
    [seen] = shipping(of, "staging", [entry.replace("M0", "M1")], M2="2026-11-20").exceptions
    assert (seen.state, seen.criteria) == ("overdue", ("L4.deep", "sign-off:L4"))


M0_ON, M1_ON, M2_ON = "2026-11-10", "2026-11-15", "2026-11-18"
DELTA = 'L4.capabilities, L4.chaos, "capability:b"'


def test_without_an_exception_a_service_below_the_level_that_is_due_ships_nowhere() -> None:
    for to in ("internal", "staging"):
        assert shipping(at_l3(), to).may_ship
        answer = shipping(at_l3(), to, M0=M0_ON)
        assert codes(answer) == ["exception-missing"]
        assert answer.reasons[0].message == (
            "L4 is due since the exit of M0; no exception in force covers L4.capabilities, L4.chaos, "
            "capability:b and 1 more"
        )
        assert answer.reasons[0].criteria == ("L4.capabilities", "L4.chaos", "capability:b", "sign-off:L4")
        assert shipping(at_l3(), to, [ENTRY], M0=M0_ON).may_ship
    assert codes(shipping(at_l3(), "production", M0=M0_ON)) == ["level-not-reached", "sign-offs-missing"]


def test_the_sign_off_is_excused_until_the_entry_closes_or_its_time_ends() -> None:
    words = attested(**WORDS, L4__capabilities="bo architecture", capability_b="ada owner")
    done = case(
        service(service="excepted", plan=L4_PLAN, attestations=words, sign_offs=signed("L3")),
        report("chaos", "x"),
        book=STRICT,
    )
    answer = shipping(done, "production", [ENTRY], M0=M0_ON)
    assert (answer.may_ship, answer.exceptions[0].criteria) == (True, ("sign-off:L4",))
    closed = shipping(done, "staging", [ENTRY + "closed: 2026-11-20"], M0=M0_ON)
    assert (codes(closed), closed.reasons[0].criteria) == (["exception-missing"], ("sign-off:L4",))
    assert [what_to_do(step) for step in closed.actions] == [
        "Get L4 signed off by owner, architecture, security."
    ]
    over = shipping(done, "staging", [ENTRY], M0=M0_ON, M1=M1_ON)
    assert (codes(over), over.reasons[0].criteria) == (["overdue-exception"], ("sign-off:L4",))


def test_a_later_exit_is_also_the_exit_of_the_milestones_before() -> None:
    plan = "{M0: {level: L4, gates: {}, adds: [b]}}"
    assert codes(shipping(at_l3(plan=plan), "staging", [ENTRY], M2=M2_ON)) == ["overdue-exception"]
    without = shipping(at_l3(plan=plan), "staging", M2=M2_ON)
    assert codes(without) == ["exception-missing"]
    assert "since the exit of M2" in without.reasons[0].message


def test_an_exit_after_the_as_of_date_makes_nothing_due() -> None:
    assert shipping(at_l3(), "staging", M0="2026-11-21").may_ship
    assert not shipping(at_l3(), "staging", M0="2026-11-20").may_ship


def test_an_entry_of_a_milestone_that_asks_for_another_level_covers_nothing() -> None:
    plan = "{M0: {level: L3, gates: {}}, M1: {level: L4, adds: [b]}, M2: {level: L4}}"
    for exits in ({}, {"M0": M0_ON, "M1": M1_ON}, {"M0": M0_ON, "M1": M1_ON, "M2": M2_ON}):
        answer = shipping(at_l3(plan=plan), "staging", [ENTRY], **exits)
        assert [(seen.state, seen.message) for seen in answer.exceptions] == [
            ("not_in_force", "only a target of L4 can have one; the target is L3")
        ]
        assert answer.may_ship == (not exits)
    later = "{M1: {level: L4, gates: {}, adds: [b]}, M2: {level: L4}}"
    [seen] = shipping(at_l3(plan=later), "staging", [ENTRY]).exceptions
    assert seen.message == "only a target of L4 can have one; the target is L0"


def test_a_target_above_the_excused_level_can_have_no_exception() -> None:
    book = rulebook(
        levels=PRODUCTION_AT_L4, governance=GOVERNANCE + "exceptions: {excuse: L3, ship_at: L2}\n"
    )
    plan = "{M0: {level: L4, gates: {}, adds: [b]}, M1: {level: L4}}"
    entry = ENTRY.replace(DELTA, "L3.hooks")
    of = at_l3(plan=plan, book=book, sign_offs=signed("L2"))
    assert shipping(of, "staging", [entry]).may_ship
    answer = shipping(of, "staging", [entry], M0=M0_ON)
    assert answer.exceptions[0].message == "only a target of L3 can have one; the target is L4"
    assert codes(answer) == ["exception-missing"]
    assert shipping(at_l3(plan=plan, book=book), "staging", M0=M0_ON).may_ship


def test_once_due_an_entry_of_a_later_milestone_gives_no_more_time() -> None:
    later = ENTRY.replace("opened_in: M0", "opened_in: M2")
    plan = "{M0: {level: L4, gates: {}, adds: [b]}, M1: {level: L4}, M2: {level: L4}}"
    assert shipping(at_l3(plan=plan), "production", [later]).may_ship
    answer = shipping(at_l3(plan=plan), "staging", [later], M0=M0_ON)
    assert [seen.message for seen in answer.exceptions] == ["opened for M2 only"]
    assert codes(answer) == ["exception-missing"]
    assert shipping(at_l3(plan=plan), "staging", [later], M0=M0_ON, M1=M1_ON).may_ship


def test_a_destination_of_any_level_that_is_excused_is_reached() -> None:
    book = rulebook(
        levels=LEVELS.replace("ships_to: [internal, staging]", "ships_to: [internal]"),
        governance=GOVERNANCE + "exceptions: {excuse: L4, ship_at: L2}\n",
    )
    of = at_l3(book=book, sign_offs=signed("L2"))
    assert codes(shipping(of, "staging")) == ["sign-offs-missing"]
    for exits in ({}, {"M0": M0_ON}):
        answer = shipping(of, "staging", [ENTRY], **exits)
        assert (answer.may_ship, answer.held_level, answer.effective_level) == (True, L4, L2)


def test_what_keeps_no_level_down_keeps_no_service_from_shipping() -> None:
    """A capability that a later milestone adds is no part of the level: with or without its entry."""
    plan = "{M0: {level: L4, gates: {}}, M1: {level: L4, adds: [b]}, M2: {level: L4}}"
    words = attested(**WORDS, L4__capabilities="bo architecture")
    of = case(
        service(service="excepted", plan=plan, attestations=words, sign_offs=signed("L4")),
        report("chaos", "x"),
        book=STRICT,
    )
    entry = ENTRY.replace(DELTA, '"capability:b"').replace("opened_in: M0", "opened_in: M1")
    exits = {"M0": M0_ON, "M1": M1_ON, "M2": M2_ON}
    assert [shipping(of, "production", given, **exits).may_ship for given in ([], [entry])] == [True, True]


def test_a_capability_that_no_criterion_covers_is_no_reason_for_a_service_that_holds_the_level() -> None:
    levels = PRODUCTION_AT_L4.replace(", covers_capabilities: true", "")
    words = attested(**WORDS, L4__capabilities="bo architecture")
    of = case(
        service(service="excepted", plan=L4_PLAN, attestations=words, sign_offs=signed("L4")),
        report("chaos", "x"),
        book=rulebook(levels=levels),
    )
    entry = ENTRY.replace(DELTA, '"capability:b"')
    answer = shipping(of, "production", [entry], M0=M0_ON, M1=M1_ON)
    assert (answer.exceptions[0].state, answer.may_ship) == ("overdue", True)
    assert shipping(of, "production", M0=M0_ON, M1=M1_ON).may_ship


def test_a_sign_off_that_another_entry_covers_makes_none_overdue() -> None:
    levels = PRODUCTION_AT_L4.replace(", covers_capabilities: true", "")
    words = attested(**WORDS, L4__capabilities="bo architecture")
    of = case(
        service(service="excepted", plan=L4_PLAN, attestations=words, sign_offs=signed("L3")),
        report("chaos", "x"),
        book=rulebook(levels=levels),
    )
    delivered = ENTRY.replace(DELTA, "L4.chaos")
    going_on = ENTRY.replace("RR-1", "RR-2").replace(DELTA, '"capability:b"').replace("in: M0", "in: M1")
    exits = {"M0": M0_ON, "M1": M1_ON}
    answer = shipping(of, "production", [delivered, going_on], **exits)
    assert [seen.state for seen in answer.exceptions] == ["unneeded", "in_force"]
    assert answer.may_ship
    assert shipping(of, "production", [going_on], **exits).may_ship
    assert codes(shipping(of, "staging", [delivered], **exits)) == ["overdue-exception"]


def test_where_no_sign_offs_are_asked_for_the_claim_is_excused() -> None:
    governance = GOVERNANCE.replace("[owner, architecture, security]", "[]")
    book = rulebook(levels=PRODUCTION_AT_L4, governance=governance)
    words = attested(**WORDS, L4__capabilities="bo architecture", capability_b="ada owner")
    for chaos in ((), (report("chaos", "x"),)):
        claims = service(service="excepted", plan=L4_PLAN, attestations=words, level="L3")
        of = case(claims, *chaos, book=book)
        assert codes(shipping(of, "staging", M0=M0_ON)) == ["exception-missing"]
        answer = shipping(of, "production", [ENTRY], M0=M0_ON)
        assert (answer.may_ship, answer.signed_level) == (True, L3)
    step = what_to_do(shipping(of, "staging", M0=M0_ON).actions[-1])
    assert step == "Set `level: L4` in the manifest of the service."
    raised = of._replace(service=of.service.model_copy(update={"level": "L4"}))
    assert shipping(raised, "production", M0=M0_ON).may_ship


def test_work_up_to_a_destination_above_the_excused_level_is_complete() -> None:
    book = rulebook(
        levels=PRODUCTION_AT_L4, governance=GOVERNANCE + "exceptions: {excuse: L2, ship_at: L1}\n"
    )
    of = case(service(service="excepted", plan="{M0: {level: L2, gates: {}}, M1: {level: L4}}"), book=book)
    answer = shipping(of, "production", M0=M0_ON)
    assert {"L1.scaffold", "L2.isolation", "L4.chaos"} <= {result.rule.id for result in answer.criteria}
