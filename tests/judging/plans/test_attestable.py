"""Which criteria take a person's word, those of the service's own plan among them."""

from builders.judging import RULEBOOK, service
from gatekeeper.judging.plans.attestable import attested_as, attesting_roles, criteria_of, lasting_roles
from gatekeeper.model.rule import Decidable

PLAN = """
M0: {level: L1, gates: {G1: , G8: {scope: signing, effect: demands}}, adds: [gift cards]}
M1: {level: L4, gates: {G8: {scope: tamper, effect: demands}}, adds: [wish lists]}
"""


def test_the_plan_s_own_questions_are_among_them() -> None:
    rules = criteria_of(service(plan=PLAN), RULEBOOK)
    own = set(rules) - set(RULEBOOK.by_id)
    assert own == {"capability:gift-cards", "capability:wish-lists", "G8.scope"}
    assert {
        attesting_roles(rules[name])[0] for name in ("capability:gift-cards", "capability:wish-lists")
    } == {"owner"}
    assert attesting_roles(rules["G8.scope"])[0] == "security"
    assert "signing, tamper" in rules["G8.scope"].question


def test_the_role_is_what_the_criterion_asks_for() -> None:
    assert attesting_roles(RULEBOOK.by_id["G8.review"]) == ("security",)
    assert attesting_roles(RULEBOOK.by_id["G1.deep"])[0] == "owner"


def test_a_role_attests_what_a_reader_does_not_understand() -> None:
    rule = RULEBOOK.by_id["G1.coverage"]
    assert attesting_roles(rule) == (rule.doubts_attested_by,) == ("architecture",)


def test_a_role_attests_in_languages_in_which_it_cannot_be_decided() -> None:
    rule = RULEBOOK.by_id["G1.coverage"]._replace(decidable_in=Decidable(("go",), "security"))
    assert (attesting_roles(rule), lasting_roles(rule)) == (("security", "architecture"), ("security",))


def test_a_twin_is_attested_as_its_original() -> None:
    assert attested_as(RULEBOOK.by_id["L2.isolation"], RULEBOOK).id == "G8.isolation"
    assert attested_as(RULEBOOK.by_id["G8.isolation"], RULEBOOK).id == "G8.isolation"
