"""What the own rules of a change would give: for information, while the rules of the base judge."""

import pytest

from builders.judging import AS_OF, FOUR, GATES, RULEBOOK, STANZA, Known, load_test, report, rulebook, service
from gatekeeper.judging.changes.causes import Side
from gatekeeper.judging.changes.own_rules import Rules, compare_own_rules, tightened_rules
from gatekeeper.model.changes import TightenedRule
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service

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
    _, found = compare_own_rules(services, Rules(RULEBOOK, own), exited, "M2")
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
    assert list(tightened_rules(Rules(RULEBOOK, changed("G7", old, new)))) == []


def test_a_verdict_that_the_own_rules_change_is_shown() -> None:
    passing = service(
        plan="{M0: {level: L0, gates: {G7: {scope: s, only: [G7.load]}}}}", targets="{p95_ms: 300}"
    )
    sides = side(passing, load_test(200, "2026-11-01"))
    [found], _ = compare_own_rules([sides], Rules(RULEBOOK, changed("G7", *STRICTER)), (), None)
    assert (found.service, found.milestone, found.by_base, found.by_own) == ("shop", "M0", "ready", "blocked")


def test_other_people_may_change_any_verdict() -> None:
    """Then every service is judged by both rulebooks, whatever criteria differ."""
    own = RULEBOOK._replace(governance=RULEBOOK.governance.model_copy(update={"roster": {}}))
    words = "{L1.scaffold: {by: ada, role: owner, on: 2026-11-01, link: l}}"
    attested = side(service(plan="{M0: {level: L1, gates: {}}}", attestations=words))
    verdicts, _ = compare_own_rules(
        [attested, side(service(plan=PLAN), report("unit_tests", "a"))], Rules(RULEBOOK, own), (), None
    )
    assert verdicts == (), "both stay blocked"
