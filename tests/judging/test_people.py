"""Whose word counts: roles, teams, dates, and three different people."""

from datetime import date

import pytest
from workbench import AS_OF, RULEBOOK, service, signed

from gatekeeper.judging.people import lacking_sign_offs, objection, signed_level
from gatekeeper.model.level import Level

GOVERNANCE = RULEBOOK.governance


@pytest.mark.parametrize(
    ("by", "role", "on", "expected"),
    [
        ("ada", "owner", "2026-11-01", None),
        ("cy", "security", "2026-11-20", None),
        ("cy", "security", "2026-11-21", "dated 2026-11-21, after the as-of date 2026-11-20"),
        ("zoe", "security", "2026-11-01", "zoe is not on the roster"),
        ("bo", "security", "2026-11-01", "bo does not hold the role security"),
        ("other", "owner", "2026-11-01", "other is not of team-shop"),
        ("cy", "owner", "2026-11-01", "cy is not of team-shop"),
    ],
)
def test_an_objection_says_why_a_word_does_not_count(
    by: str, role: str, on: str, expected: str | None
) -> None:
    assert objection(GOVERNANCE, service(), by, role, date.fromisoformat(on), AS_OF) == expected


@pytest.mark.parametrize(
    ("sign_offs", "missing"),
    [
        (signed("L2"), ()),
        ("{L1: {owner: {by: ada, on: 2026-11-01}}}", ("owner", "architecture", "security")),
        ("{L2: {owner: {by: ada, on: 2026-11-01}}}", ("architecture", "security")),
        (signed("L2", owner="other"), ("owner",)),
        (signed("L2", security="bo"), ("security",)),
        (signed("L2", architecture="di", security="di"), ("security",)),
        (signed("L2", owner="di", architecture="di"), ("architecture",)),
        (signed("L2").replace("by: cy, on: 2026-11-01", "by: cy, on: 2026-12-01"), ("security",)),
    ],
)
def test_an_upgrade_needs_three_different_people_in_their_roles(
    sign_offs: str, missing: tuple[str, ...]
) -> None:
    model = service(sign_offs=sign_offs)
    assert tuple(lacking_sign_offs(GOVERNANCE, model, Level.L2, AS_OF)) == missing


def test_the_signed_level_is_the_highest_with_all_its_signatures() -> None:
    both = signed("L2")[:-1] + ", L3: {owner: {by: ada, on: 2026-11-01}}}"
    assert signed_level(GOVERNANCE, service(sign_offs=both), AS_OF) is Level.L2
    assert signed_level(GOVERNANCE, service(sign_offs=signed("L4")), AS_OF) is Level.L4
    assert signed_level(GOVERNANCE, service(), AS_OF) is Level.L0
