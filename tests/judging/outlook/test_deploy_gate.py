"""The deploy gate: what ships where, and what speaks against it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.deploying import at_l3, codes, shipping, steps
from builders.judging import (
    L0,
    L1,
    L2,
    L3,
    LEVELS,
    SKELETON,
    WORDS,
    Known,
    attested,
    blocked,
    broken,
    case,
    load_test,
    milestone_of,
    ready,
    regressed,
    rulebook,
    service,
    signed,
)
from builders.platforms import any_cases, cases
from gatekeeper.judging.outlook.deploy_gate import lowest_level, may_ship, of_release
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.model.action import Option, Way
from gatekeeper.model.guards import SlotGuard
from gatekeeper.model.level import Level
from gatekeeper.model.verdict import REGRESSIONS
from gatekeeper.reporters.wording.actions import what_to_do

ANYWHERE = rulebook(levels=LEVELS.replace("audience: a}", "audience: a, ships_to: [internal]}", 1))
LOADED = "{M0: {level: L1, gates: {G7: }}}"


def loaded(*known: Known, **more: Any) -> Case:
    """Return a skeleton whose load test must be of the release's commit."""
    words = attested(L1__scaffold="ada owner", L1__no_customers="ada owner")
    given = {"attestations": words, "sign_offs": signed("L1"), "targets": "{p95_ms: 250}"} | more
    return case(service(plan=LOADED, **given), *known)


# The level


@pytest.mark.parametrize(
    ("to", "asked", "reasons"),
    [
        ("internal", L1, []),
        ("staging", L2, ["sign-offs-missing"]),
        ("production", L3, ["sign-offs-missing"]),
    ],
)
def test_a_skeleton_goes_no_further_than_its_level(to: str, asked: Level, reasons: list[str]) -> None:
    answer = shipping(ready(), to)
    assert (answer.asked_level, codes(answer), answer.may_ship) == (asked, reasons, not reasons)
    assert (answer.effective_level, answer.held_level) == (L1, L1)


def test_a_level_ships_where_the_levels_below_it_ship() -> None:
    assert shipping(at_l3(), "internal").may_ship


def test_what_ships_at_l0_needs_nothing() -> None:
    of = case(service(plan=SKELETON), book=ANYWHERE)
    assert lowest_level(ANYWHERE, "internal") == L0
    assert shipping(of).may_ship


def test_what_was_never_signed_says_whose_word_lacks() -> None:
    of = case(service(plan=SKELETON, attestations=attested(**WORDS), sign_offs=signed("L1", security="bo")))
    answer = shipping(of)
    assert answer.reasons[0].message == "L1 is not signed off: security (bo signed as architecture already)"
    [step] = answer.actions
    assert what_to_do(step) == "Get L1 signed off by security."
    assert step.unblocks_services == ("shop",)


def test_what_lacks_is_told_with_what_to_do() -> None:
    answer = shipping(blocked(), "staging")
    assert codes(answer) == ["level-not-reached", "sign-offs-missing"]
    assert answer.reasons[0].message == "verified at L0, staging requires L2; open: L1.scaffold, L2.isolation"
    assert steps(answer) == [("L1.scaffold",), ("L2.isolation",), ()]
    assert [result.rule.id for result in answer.criteria] == ["L1.scaffold", "L2.isolation"]
    assert all(step.unblocks_services == () for step in answer.actions)


def test_other_ways_are_told() -> None:
    plan = "{M0: {level: L2, gates: {G8: {scope: s, only: [G8.isolation]}}}}"
    of = case(service(plan=plan, attestations=attested(L1__scaffold="ada owner")))
    [isolation] = [one for one in shipping(of, "staging").actions if one.criteria == ("G8.isolation",)]
    assert isolation.options == (Option(Way.ATTESTATION, "security", ("shop",)),)


def test_a_dead_gate_is_told() -> None:
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"
    plan = "{M0: {level: L1, gates: {G2: {scope: s, only: [G2.limits]}}}}"
    of = case(
        service(plan=plan, not_applicable=waiver, attestations=attested(**WORDS), sign_offs=signed("L1"))
    )
    answer = shipping(of)
    assert [what_to_do(step)[:9] for step in answer.actions] == ["Remove G2"]
    assert answer.waits_for == ()


# Lost ground


def test_lost_ground_refuses_whatever_the_destination() -> None:
    answer = shipping(regressed())
    assert codes(answer) == ["regression", "level-not-reached"]
    assert [step.recovers for step in answer.actions] == [True]


def test_a_claim_refuses_although_the_level_would_do() -> None:
    claims = case(service(plan=SKELETON, level="L2", attestations=attested(**WORDS), sign_offs=signed("L1")))
    answer = shipping(claims)
    assert codes(answer) == ["unsigned-upgrade"]
    assert [what_to_do(step) for step in answer.actions] == ["Have L2 signed off, or lower `level:` to L1."]


def test_a_step_recovers_what_one_of_several_reasons_names() -> None:
    answer = shipping(case(service(plan=SKELETON, level="L2", sign_offs=signed("L1"))))
    assert codes(answer) == ["regression", "unsigned-upgrade", "level-not-reached"]
    assert {step.criteria: step.recovers for step in answer.actions}["L1.scaffold",]


def test_where_nothing_is_lost_no_step_recovers() -> None:
    assert [step.recovers for step in shipping(blocked()).actions] == [False, False]


def test_a_claim_that_has_to_be_signed_anyway_is_one_step() -> None:
    claims = case(service(plan=SKELETON, level="L1", attestations=attested(**WORDS)))
    answer = shipping(claims)
    assert codes(answer) == ["unsigned-upgrade", "sign-offs-missing"]
    assert [what_to_do(step) for step in answer.actions] == [
        "Get L1 signed off by owner, architecture, security."
    ]


def test_evidence_that_lapsed_refuses() -> None:
    answer = shipping(loaded(load_test(200, on="2026-10-01")))
    assert codes(answer) == ["lapsed", "level-not-reached"]
    assert answer.waits_for == ()


# The commit


@pytest.mark.parametrize(
    ("of", "asked", "reasons"),
    [
        ("1234567", "1234567", []),
        ("1234567", "1234567abc", []),
        ("1234567", "abcdef0", ["lapsed", "level-not-reached"]),
        (None, "1234567", ["lapsed", "level-not-reached"]),
        (None, None, []),
    ],
)
def test_evidence_must_be_of_the_commit_that_ships(
    of: str | None, asked: str | None, reasons: list[str]
) -> None:
    here = loaded(load_test(200, commit=of))
    answer = shipping(here._replace(service=of_release(here.service, asked)))
    assert (codes(answer), answer.commit) == (reasons, asked)
    assert answer.of_any_commit == (() if asked else ("G7.load",))


def test_the_commit_of_the_command_replaces_that_of_the_manifest() -> None:
    released = service(plan=LOADED, release="{version: 1.2.3, commit: abcdef0}")
    assert of_release(released, None) == released
    release = of_release(released, "1234567").release
    assert release
    assert (release.version, release.commit) == ("1.2.3", "1234567")


def test_a_release_without_a_commit_is_told() -> None:
    answer = shipping(loaded(load_test(200), release="{version: 1.2.3}"))
    assert (answer.may_ship, answer.commit, answer.of_any_commit) == (True, None, ("G7.load",))


# Evidence on its way


def test_it_waits_for_what_is_missing_and_nothing_else() -> None:
    assert shipping(loaded()).waits_for == ("G7.load",)
    assert shipping(regressed()).waits_for == ("L1.scaffold",)
    assert shipping(ready()).waits_for == ()


def test_it_waits_for_evidence_of_the_commit_that_ships() -> None:
    ships = {"release": "{version: v1, commit: abcdef0}"}
    assert shipping(loaded(load_test(200, commit="1234567"), **ships)).waits_for == ("G7.load",)


@pytest.mark.parametrize(
    "of",
    [
        loaded(load_test(300)),
        loaded(broken("load")),
        loaded(load_test(200, on="2026-10-01", commit="1234567"), release="{version: v1, commit: abcdef0}"),
        loaded(load_test(200, on=None), release="{version: v1, commit: abcdef0}"),
        loaded(level="L2"),
        loaded(sign_offs="{}"),
        case(
            service(
                plan="{M0: {level: L1, gates: {G8: {scope: s, only: [G8.review]}}}}",
                attestations=attested(**WORDS, G8__review="cy security 2026-01-01"),
                sign_offs=signed("L1"),
            )
        ),
    ],
)
def test_it_does_not_wait_for_what_does_not_come_by_itself(of: Case) -> None:
    answer = shipping(of)
    assert not answer.may_ship
    assert answer.waits_for == ()


def test_without_an_age_any_date_will_do() -> None:
    book = rulebook()
    rule = book.by_id["G7.load"]._replace(guards={"load": SlotGuard(same_commit=True)})
    gates = {**book.gates, "G7": book.gates["G7"]._replace(rules=(rule,))}
    here = loaded(load_test(200, on=None, commit="1234567"), release="{version: v1, commit: abcdef0}")
    ageless = here._replace(rulebook=book._replace(gates=gates, by_id={**book.by_id, "G7.load": rule}))
    assert shipping(ageless).waits_for == ("G7.load",)


# Laws

TO = st.sampled_from(["internal", "staging", "production"])


@given(cases(), TO)
def test_what_ships_holds_its_level_and_has_lost_nothing(one: Case, to: str) -> None:
    answer = shipping(one, to)
    assert answer.may_ship == (not answer.reasons)
    if answer.may_ship:
        assert answer.effective_level >= answer.asked_level
        assert not answer.criteria
    else:
        assert answer.actions
        assert answer.effective_level < answer.asked_level or set(codes(answer)) & REGRESSIONS


@pytest.mark.long
@given(any_cases())
def test_by_any_rulebook_what_ships_holds_its_level(one: Case) -> None:
    for to in one.rulebook.destinations:
        answer = may_ship(one, to)
        if answer.may_ship:
            assert answer.effective_level >= answer.asked_level
            assert not answer.criteria
        else:
            assert answer.actions
            is_short = answer.effective_level < max(answer.asked_level, one.rulebook.exceptions.excuse)
            assert is_short or set(codes(answer)) & REGRESSIONS


@pytest.mark.long
@given(any_cases())
def test_the_gate_and_check_see_the_same_ground(one: Case) -> None:
    """Levels and lost ground do not depend on the milestone, nor on where the service is to go."""
    for to in one.rulebook.destinations:
        answer = may_ship(one, to)
        for milestone in one.service.plan:
            [result] = milestone_of(one, milestone=milestone).services
            levels = result.verified_level, result.signed_level
            assert (answer.verified_level, answer.signed_level) == levels
            lost = {reason for reason in result.reasons if reason.code in REGRESSIONS}
            assert {reason for reason in answer.reasons if reason.code in REGRESSIONS} == lost


@pytest.mark.long
@given(any_cases())
def test_a_destination_of_a_higher_level_asks_for_no_less(one: Case) -> None:
    book = one.rulebook
    places = sorted(book.destinations, key=lambda to: lowest_level(book, to))
    answers = [may_ship(one, to).may_ship for to in places]
    assert answers == sorted(answers, reverse=True)
