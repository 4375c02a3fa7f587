"""What the own rules of a change would give: for information, while the rules of the base judge."""

import pytest

from builders.judging import (
    AS_OF,
    FOUR,
    GATES,
    GOVERNANCE,
    RULEBOOK,
    STANZA,
    Known,
    attested,
    load_test,
    roadmap,
    rulebook,
    service,
)
from gatekeeper.judging.changes.causes import Side
from gatekeeper.judging.changes.own_rules import Rules, compare_own_rules, tightened_rules
from gatekeeper.model.changes import TightenedRule
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service

MILESTONES = roadmap("M0", "M1", "M2", exits={"M0": "2026-11-01"})
PLAN = "{M0: {level: L1, gates: {G7: }}, M1: {level: L1}}"
STRICTER = ("max_age_days: 30", "max_age_days: 5")


def changed(gate: str, old: str, new: str) -> Rulebook:
    assert old in GATES[gate]
    return rulebook(gates=GATES | {gate: GATES[gate].replace(old, new)})


def side(model: Service, *known: Known) -> tuple[Side, Side]:
    evidence = {key: value for part in known for key, value in part.items()}
    one = Side(model, evidence, (), AS_OF, FOUR)
    return one, one


def tightened(
    own: Rulebook, *services: tuple[Side, Side], exited: tuple[str, ...] = ()
) -> dict[str, TightenedRule]:
    _, found = compare_own_rules(services, Rules(RULEBOOK, own), MILESTONES, exited, AS_OF)
    return {rule.criterion: rule for rule in found}


SHOP = side(service(plan=PLAN, targets="{p95_ms: 300}"), load_test(200, "2026-11-01"))
FRESH = side(service(service="till", plan=PLAN, targets="{p95_ms: 300}"), load_test(200, "2026-11-19"))


def test_a_stricter_criterion_names_the_services_that_it_turns_red() -> None:
    own = changed("G7", *STRICTER)
    assert tightened(own, SHOP, FRESH) == {"G7.load": TightenedRule("G7.load", False, ("shop",), "M2")}
    assert tightened(own, FRESH)["G7.load"].services == ()
    assert tightened(own, SHOP, exited=("M0", "M1"))["G7.load"].services == (), "history"


def test_a_new_criterion_is_named_as_new() -> None:
    stanza = f"  - {{id: G7.more, question: q, attested_by: owner, {STANZA}}}\n"
    own = rulebook(gates=GATES | {"G7": GATES["G7"] + stanza})
    assert tightened(own, SHOP)["G7.more"] == TightenedRule("G7.more", True, ("shop",), "M2")


@pytest.mark.parametrize(
    ("old", "new"), [("max_age_days: 30", "max_age_days: 60"), ("remedy: Fix it.", "remedy: Run it.")]
)
def test_a_weaker_or_equal_criterion_asks_for_no_more(old: str, new: str) -> None:
    assert list(tightened_rules(Rules(RULEBOOK, changed("G7", old, new)), list(MILESTONES))) == []


def test_a_verdict_that_the_own_rules_change_is_shown() -> None:
    passing = service(
        plan="{M0: {level: L0, gates: {G7: {scope: s, only: [G7.load]}}}}", targets="{p95_ms: 300}"
    )
    sides = side(passing, load_test(200, "2026-11-01"))
    [found], _ = compare_own_rules([sides], Rules(RULEBOOK, changed("G7", *STRICTER)), MILESTONES, (), AS_OF)
    assert (found.service, found.milestone, found.before, found.after) == ("shop", "M0", "ready", "blocked")


def test_other_people_may_change_any_verdict() -> None:
    """Then every service is judged by both rulebooks, although no criterion differs."""
    nobody = rulebook(governance=GOVERNANCE.partition("roster:")[0])
    sides = side(
        service(
            plan="{M0: {level: L0, gates: {G8: {scope: s, only: [G8.review]}}}}",
            attestations=attested(G8__review="cy security"),
        )
    )
    [found], _ = compare_own_rules([sides], Rules(RULEBOOK, nobody), MILESTONES, (), AS_OF)
    assert (found.before, found.after) == ("ready", "blocked")


def test_a_rule_that_binds_now_turns_services_red() -> None:
    """Its status is the same; only whether it binds differs."""
    advisory = changed("G7", "max_age_days: 30", "max_age_days: 5, advisory: true")
    binding = changed("G7", *STRICTER)
    _, found = compare_own_rules([SHOP], Rules(advisory, binding), MILESTONES, (), AS_OF)
    assert [(rule.criterion, rule.services) for rule in found] == [("G7.load", ("shop",))]


def test_a_rule_that_has_a_time_already_gets_no_suggestion() -> None:
    stanza = f"  - {{id: G7.more, question: q, attested_by: owner, effective: M1, {STANZA}}}\n"
    own = rulebook(gates=GATES | {"G7": GATES["G7"] + stanza})
    assert tightened(own, SHOP)["G7.more"].effective is None


@pytest.mark.parametrize(("before", "after", "is_tightened"), [("M1", "M2", False), ("M2", "M1", True)])
def test_a_rule_that_binds_earlier_asks_for_more(before: str, after: str, is_tightened: bool) -> None:
    base, own = (
        changed("G7", "max_age_days: 30", f"max_age_days: 30, effective: {at}") for at in (before, after)
    )
    found = list(tightened_rules(Rules(base, own), list(MILESTONES)))
    assert [name for name, _ in found] == (["G7.load"] if is_tightened else [])


def test_a_slot_that_forbids_more_tightens_the_criteria_that_use_it() -> None:
    plain = GATES["G1"].replace("subjects: {fact: source.aggregates, up_to: L1}, ", "")
    assert "kind: typescript" in plain
    base, own = (
        rulebook(gates=GATES | {"G1": plain.replace("typescript", f"source, llm_sdks: [{names}]")})
        for names in ("a", "a, b")
    )
    assert ("G1.coverage", False) in tightened_rules(Rules(base, own), list(MILESTONES))
    assert list(tightened_rules(Rules(own, base), list(MILESTONES))) == []


@pytest.mark.parametrize("slot", ["scope_tests", "capability_tests"])
def test_a_slot_that_decides_demands_of_the_plan_may_change_any_verdict(slot: str) -> None:
    from gatekeeper.judging.changes.own_rules import differing_criteria

    bound = RULEBOOK.slots[slot]
    other = RULEBOOK._replace(slots={**RULEBOOK.slots, slot: bound._replace(options={"x": 1})})
    assert differing_criteria(Rules(RULEBOOK, other)) is None
