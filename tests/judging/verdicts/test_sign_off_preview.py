"""What a signature is put under: how far the evidence reaches, and what is lacking."""

from builders.judging import L0, L1, L2, attested, case, service, signed
from gatekeeper.judging.verdicts.sign_off_preview import preview_sign_off

PLAN = "{M0: {level: L1, gates: {}}, M1: {level: L2, gates: {G7: , G8: {scope: s, only: [G8.review]}}}}"
WORDS = {"L1__scaffold": "ada owner", "L1__no_customers": "ada owner"}


def test_a_level_that_the_evidence_reaches_has_nothing_open() -> None:
    found = preview_sign_off(case(service(plan=PLAN, attestations=attested(**WORDS))), L1)
    assert (found.verified, found.signed, found.open, found.dead_gates) == (L1, L0, (), ())
    assert found.is_verified
    assert list(found.lacking) == ["owner", "architecture", "security"]


def test_what_keeps_a_level_from_being_verified_is_told_once_from_the_lowest_level_on() -> None:
    model = service(plan=PLAN, sign_offs=signed("L1"))
    found = preview_sign_off(case(model), L2)
    ids = [result.rule.id for result in found.open]
    assert (found.verified, found.signed, found.is_verified) == (L0, L1, False)
    assert ids[0] == "L1.scaffold"
    assert len(ids) == len(set(ids))
    assert {"G7.load", "G8.review", "L2.isolation", "L2.contracts"} <= set(ids)


def test_a_gate_of_which_nothing_applies_is_told() -> None:
    plan = "{M0: {level: L2, gates: {G8: {scope: s, only: [G8.elsewhere]}}}}"
    words = attested(**WORDS, L2__isolation="cy security", G8__isolation="cy security")
    found = preview_sign_off(case(service(plan=plan, attestations=words)), L2)
    assert found.dead_gates == ("G8",)
