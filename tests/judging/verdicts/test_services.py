"""The verdict on a service, and the reasons that are told apart."""

import pytest

from builders import exceptions
from builders.judging import (
    G1,
    GATES,
    STANZA,
    Known,
    attested,
    broken,
    case,
    codes,
    coverage,
    criterion,
    judged,
    load_test,
    parsed,
    report,
    rulebook,
    service,
    signed,
    source,
)
from gatekeeper.judging.verdicts.services import effective_level, judge_service
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.service import Service
from gatekeeper.model.status import ServiceVerdict, Status

WORDS = {"L1__scaffold": "ada owner", "L1__no_customers": "ada owner", "G8__isolation": "cy security"}
DOMAIN = (report("unit_tests", "a deep test"), coverage(96, "a.ts"), source("a.ts"))
PLAN = "{M0: {level: L2, gates: {G1: }}, M2: {level: L3}}"


def shop(level: str = "L2", **more: str) -> Service:
    return service(**({"plan": PLAN, "attestations": attested(**WORDS), "sign_offs": signed(level)} | more))


def test_a_service_with_level_gates_and_signatures_is_ready() -> None:
    result = judged(shop(), "M0", *DOMAIN)
    assert result.verdict is ServiceVerdict.READY
    assert result.reasons == ()
    assert [str(level) for level in (result.verified_level, result.signed_level, result.effective_level)] == [
        "L3",
        "L2",
        "L2",
    ]


def test_a_service_without_a_target_is_not_in_scope() -> None:
    assert judge_service(case(shop()), "M1") is None


def test_not_there_yet_is_no_regression() -> None:
    result = judged(shop(sign_offs="{}"), "M0")
    assert result.verdict is ServiceVerdict.BLOCKED
    assert codes(result) == {"gate-red", "level-not-reached", "sign-offs-missing"}
    assert result.missing_sign_offs == ("owner", "architecture", "security")


def test_a_verified_level_without_signatures_waits_for_them() -> None:
    result = judged(shop(sign_offs="{L2: {owner: {by: ada, on: 2026-11-01}}}"), "M0", *DOMAIN)
    assert codes(result) == {"sign-offs-missing"}
    assert result.missing_sign_offs == ("architecture", "security")
    [reason] = result.reasons
    assert reason.message == "L2 is not signed off: architecture, security"


def test_what_was_signed_and_fails_is_a_regression() -> None:
    failing = (report("unit_tests", "a", failed=["b"]), *DOMAIN[1:])
    result = judged(shop(), "M0", *failing)
    [lost] = [reason for reason in result.reasons if reason.code == "regression"]
    assert lost.criteria == ("G1.tests",)
    assert lost.message == "L2 was signed off, but only L1 still holds; open: G1.tests"


@pytest.mark.parametrize("known", [(), (broken("unit_tests"),)])
def test_evidence_that_is_gone_or_broken_is_a_regression_too(known: tuple[object, ...]) -> None:
    assert "regression" in codes(judged(shop(), "M0", *known, *DOMAIN[1:]))  # type: ignore[arg-type]


def test_what_was_signed_and_only_aged_has_lapsed() -> None:
    model = shop(plan="{M0: {level: L2, gates: {G7: }}}", targets="{p95_ms: 250}", attestations=attested(
        **WORDS, L2__contracts="ada owner"
    ))  # fmt: skip
    assert judged(model, "M0", load_test(200)).verdict is ServiceVerdict.READY
    result = judged(model, "M0", load_test(200, "2026-09-01"))
    assert "lapsed" in codes(result)
    assert "regression" not in codes(result)


def test_a_skeleton_that_customers_reach_has_lost_what_was_signed() -> None:
    words = attested(L1__scaffold="ada owner")
    result = judged(shop("L1", plan="{M0: {level: L1, gates: {}}}", attestations=words), "M0")
    assert codes(result) == {"regression", "level-criteria-open", "level-not-reached"}
    assert next(r.criteria for r in result.reasons if r.code == "regression") == ("L1.no-customers",)


def test_a_claim_above_the_signatures_is_an_unsigned_upgrade() -> None:
    result = judged(
        service(plan=PLAN, attestations=attested(**WORDS), sign_offs=signed("L2"), level="L3"), "M0", *DOMAIN
    )
    [claim] = result.reasons
    assert (claim.code, claim.message) == ("unsigned-upgrade", "it claims L3 and is signed off for L2 only")


def test_lost_ground_blocks_every_milestone_in_scope_even_below_what_was_lost() -> None:
    plan = "{M0: {level: L1, gates: {}}, M1: {level: L2, gates: {G1: }}}"
    result = judged(shop(plan=plan), "M0")
    assert codes(result) == {"regression"}
    assert [found.rule.id for found in result.open_criteria] == ["G1.tests", "G1.coverage"]


def test_what_an_earlier_cell_asks_still_holds_a_level_up() -> None:
    plan = "{M0: {level: L2, gates: {G1: }}, M1: {level: L2, gates: {G8: {scope: s, only: [G8.isolation]}}}}"
    result = judged(shop(plan=plan, sign_offs="{}"), "M1")
    assert {found.rule.id for found in result.held_up_by} == {"G1.tests", "G1.coverage"}
    assert criterion(result, "G1.tests").status is Status.MISSING
    assert "level-not-reached" in codes(result)


def test_open_capabilities_block_at_any_level() -> None:
    plan = "{M0: {level: L1, gates: {}, adds: [refunds]}}"
    result = judged(shop(plan=plan, sign_offs=signed("L1")), "M0")
    assert codes(result) == {"capabilities-open"}
    assert result.reasons[0].message == "not delivered yet: capability:refunds"


def test_many_criteria_are_named_shortly() -> None:
    plan = "{M0: {level: L1, gates: {}, adds: [a, b, c, d, e]}}"
    result = judged(shop(plan=plan, sign_offs=signed("L1")), "M0")
    assert result.reasons[0].message.endswith("capability:a, capability:b, capability:c and 2 more")
    assert len(result.reasons[0].criteria) == 5


def test_level_criteria_are_told_apart_from_gates() -> None:
    result = judged(shop(attestations="{}", sign_offs="{}", plan="{M0: {level: L1, gates: {}}}"), "M0")
    [reason] = [reason for reason in result.reasons if reason.code == "level-criteria-open"]
    assert reason.criteria == ("L1.scaffold", "L1.no-customers")


def test_the_effective_level_is_the_lower_of_verified_and_signed() -> None:
    assert str(effective_level(case(shop(), *DOMAIN))) == "L2"
    assert str(effective_level(case(shop()))) == "L1"
    assert str(effective_level(case(shop(sign_offs="{}"), *DOMAIN))) == "L0"


def test_a_target_of_l0_asks_for_nothing() -> None:
    result = judged(shop(plan="{M0: {level: L0}}", attestations="{}", sign_offs="{}"), "M0")
    assert result.verdict is ServiceVerdict.READY


@pytest.mark.parametrize(
    ("known", "code"),
    [
        ((load_test(200, "2026-09-01"), broken("unit_tests")), "regression"),
        ((load_test(200, "2026-09-01"),), "regression"),
        ((load_test(200, "2026-09-01"), *DOMAIN), "lapsed"),
    ],
)
def test_a_level_has_lapsed_only_if_nothing_but_age_is_against_it(
    known: tuple[Known, ...], code: str
) -> None:
    words = attested(**WORDS, L2__contracts="ada owner")
    plan = "{M0: {level: L2, gates: {G1: , G7: }}}"
    result = judged(shop(plan=plan, targets="{p95_ms: 250}", attestations=words), "M0", *known)
    assert codes(result) & {"regression", "lapsed"} == {code}


def test_a_level_with_a_dead_gate_beside_aged_evidence_is_a_regression() -> None:
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"
    gates = "{G7: , G2: {scope: s, only: [G2.limits]}}"
    model = shop(
        plan=f"{{M0: {{level: L2, gates: {gates}}}}}",
        targets="{p95_ms: 250}",
        not_applicable=waiver,
        attestations=attested(**WORDS, L2__contracts="ada owner"),
    )
    assert "regression" in codes(judged(model, "M0", load_test(200, "2026-09-01")))


def test_a_level_with_a_dead_gate_above_aged_evidence_is_a_regression() -> None:
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"
    dead = "{scope: s, only: [G2.limits]}"
    plan = f"{{M0: {{level: L2, gates: {{G7: }}}}, M1: {{level: L3, gates: {{G2: {dead}}}}}}}"
    words = attested(**WORDS, L2__contracts="ada owner", L3__hooks="ada owner")
    model = shop("L3", plan=plan, targets="{p95_ms: 250}", not_applicable=waiver, attestations=words)
    lapsed = judged(model, "M0", load_test(200, "2026-09-01"))
    assert "regression" in codes(lapsed)
    assert "lapsed" not in codes(lapsed)


def test_a_level_that_is_not_reached_names_the_lowest_gap() -> None:
    result = judged(shop(attestations="{}", sign_offs="{}"), "M0")
    [reason] = [reason for reason in result.reasons if reason.code == "level-not-reached"]
    assert reason.criteria == ("L1.scaffold",)
    assert reason.message == "verified at L0, the target is L2; open: L1.scaffold"


def test_dead_gates_of_other_cells_hold_a_level_up_and_those_of_the_own_cell_are_shown_as_gates() -> None:
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"
    dead = "{G2: {scope: s, only: [G2.limits]}}"
    plan = f"{{M0: {{level: L1, gates: {dead}}}, M1: {{level: L1, gates: {{}}}}}}"
    model = shop("L1", plan=plan, not_applicable=waiver)
    assert judged(model, "M1").held_up_by_gates == ("G2",)
    assert judged(model, "M0").held_up_by_gates == ()


def test_a_red_gate_beside_an_exception_still_needs_the_level() -> None:
    late = f"  - {{id: G1.late, question: q, from: L4, attested_by: owner, {STANZA}}}\n"
    early = f"  - {{id: G1.early, question: q, attested_by: owner, {STANZA}}}\n"
    book = rulebook(gates=GATES | {"G1": G1[: G1.index("criteria:")] + "criteria:\n" + early + late})
    words = attested(**exceptions.WORDS, G1__early="ada owner")
    model = exceptions.shop(plan="{M1: {level: L4, gates: {G1: }}}", attestations=words)
    listed = RegisteredException.model_validate(parsed(exceptions.entry("L4.chaos")))
    result = judge_service(case(model, book=book), "M1", [listed])
    assert result is not None
    assert criterion(result, "L4.chaos").status is Status.EXCEPTED
    assert codes(result) == {"gate-red", "level-not-reached", "sign-offs-missing"}


def test_what_another_cell_asks_at_l4_is_not_covered_by_an_exception_for_the_own_cell() -> None:
    late = f"  - {{id: G1.late, question: q, from: L4, attested_by: owner, {STANZA}}}\n"
    early = f"  - {{id: G1.early, question: q, attested_by: owner, {STANZA}}}\n"
    book = rulebook(gates=GATES | {"G1": G1[: G1.index("criteria:")] + "criteria:\n" + early + late})
    words = attested(**exceptions.WORDS, G1__early="ada owner")
    plan = "{M1: {level: L4, gates: {G1: }}, M2: {level: L4, gates: {}}}"
    model = exceptions.shop(plan=plan, attestations=words)
    listed = RegisteredException.model_validate(parsed(exceptions.entry("L4.chaos", opened_in="M2")))
    result = judge_service(case(model, book=book), "M2", [listed])
    assert result is not None
    assert criterion(result, "L4.chaos").status is Status.EXCEPTED
    assert [found.rule.id for found in result.held_up_by] == ["G1.late"]
    assert codes(result) == {"level-not-reached", "sign-offs-missing"}


def test_a_level_criterion_that_is_open_in_a_gate_is_named_by_the_gate_alone() -> None:
    result = judged(shop(plan="{M0: {level: L2, gates: {G8: }}}", attestations="{}", sign_offs="{}"), "M0")
    reasons = {reason.code: reason.criteria for reason in result.reasons}
    assert "G8.isolation" in reasons["gate-red"]
    assert reasons["level-criteria-open"] == ("L1.scaffold",)
