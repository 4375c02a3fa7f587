"""Which sign-offs count: three different people in their roles, and the level that they sign."""

from datetime import date

import pytest

from builders.judging import AS_OF, L0, L1, L2, L4, RULEBOOK, case, judged, service, signed
from gatekeeper.judging.verdicts.sign_offs import (
    lacking_sign_offs,
    objection_to_sign_off,
    signed_level,
    signed_under_another_rulebook,
)
from gatekeeper.model.service import SignOff
from gatekeeper.model.verdict import SignedElsewhere

GOVERNANCE = RULEBOOK.governance


@pytest.mark.parametrize(
    ("sign_offs", "missing"),
    [
        (signed("L2"), ()),
        ("{L1: {owner: {by: ada, on: 2026-11-01}}}", ("owner", "architecture", "security")),
        ("{L2: {owner: {by: ada, on: 2026-11-01}}}", ("architecture", "security")),
        (signed("L2", owner="other"), ("owner",)),
        (signed("L2", security="bo"), ("security",)),
        (signed("L2", architecture="di", security="di"), ("security",)),
        (signed("L2", architecture="di", security="DI"), ("security",)),
        (signed("L2", architecture="BO"), ()),
        (signed("L2", owner="di", architecture="di"), ("architecture",)),
        (signed("L2").replace("by: cy, on: 2026-11-01", "by: cy, on: 2026-12-01"), ("security",)),
    ],
)
def test_an_upgrade_needs_three_different_people_in_their_roles(
    sign_offs: str, missing: tuple[str, ...]
) -> None:
    model = service(sign_offs=sign_offs)
    assert tuple(lacking_sign_offs(GOVERNANCE, model, L2, AS_OF)) == missing


def test_the_signed_level_is_the_highest_with_all_its_signatures() -> None:
    both = signed("L2")[:-1] + ", L3: {owner: {by: ada, on: 2026-11-01}}}"
    assert signed_level(case(service(sign_offs=both))) == L2
    assert signed_level(case(service(sign_offs=signed("L4")))) == L4
    assert signed_level(case(service())) == L0


@pytest.mark.parametrize(
    ("by", "role", "on", "expected"),
    [
        ("di", "architecture", "2026-11-20", None),
        ("di", "security", "2026-11-20", None),
        ("ada", "owner", "2026-11-20", None),
        ("bo", "security", "2026-11-20", "bo signed as architecture already, and the signers must be different people"),
        ("BO", "security", "2026-11-20", "bo signed as architecture already, and the signers must be different people"),
        ("cy", "architecture", "2026-11-20", "cy does not hold the role architecture"),
        ("di", "architecture", "2026-11-21", "dated 2026-11-21, after the as-of date 2026-11-20"),
    ],
)  # fmt: skip
def test_a_signature_that_would_not_count_is_known_before_it_is_made(
    by: str, role: str, on: str, expected: str | None
) -> None:
    given = "{L2: {architecture: {by: bo, on: 2026-11-01}}}"
    sign_off = SignOff.model_validate({"by": by, "on": on})
    found = objection_to_sign_off(GOVERNANCE, service(sign_offs=given), L2, role, sign_off, AS_OF)
    assert found == expected


ELSEWHERE = f"sha256:{'0' * 64}"
HERE = f"sha256:{'1' * 64}"


def test_a_sign_off_under_another_rulebook_is_told_and_counts() -> None:
    sign_offs = signed("L1").replace("bo, on: 2026-11-01", f"bo, on: 2026-11-01, rulebook: '{ELSEWHERE}'")
    model = service(sign_offs=sign_offs)
    seen = (SignedElsewhere(L1, "architecture", "bo", date(2026, 11, 1), ELSEWHERE),)
    assert signed_under_another_rulebook(model, [L1, L1, L2], HERE) == seen
    assert signed_under_another_rulebook(model, [L1], ELSEWHERE) == ()
    assert signed_under_another_rulebook(model, [L2], HERE) == ()
    assert signed_under_another_rulebook(service(sign_offs=signed("L1")), [L1], HERE) == ()
    result = judged(model, "M0")
    assert (result.signed_level, result.signed_under_another_rulebook) == (L1, seen)
