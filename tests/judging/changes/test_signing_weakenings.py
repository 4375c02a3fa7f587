"""What a change of the rules on signatures allows that was refused: who must sign, and what counts unsigned."""

from typing import Any

import pytest

from builders.judging import GOVERNANCE, RULEBOOK, parsed, service, without_digest, workspace
from builders.signing import key_pair
from gatekeeper.judging.changes.own_rules import Rules
from gatekeeper.judging.changes.signing_weakenings import compare_signing
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.service import SignOff
from gatekeeper.model.statement import of_service
from gatekeeper.model.workspace import Manifests

HERE, ELSEWHERE = "0d3b4b4e-6c0f-4a55-9d3f-4f3f6b1f0a11", "9b0a7f9e-52a9-4f7c-8a2b-0a4f1d2c3e4f"
ATTESTED = service(
    attestations="{G8.review: {by: cy, role: security, on: 2026-11-01, link: l},"
    " L1.scaffold: {by: ada, role: owner, on: 2026-11-01, link: l}}"
)
REVIEW, SCAFFOLD = (one.digest(HERE) for one in of_service(ATTESTED))
UNKNOWN = f"sha256:{'1' * 64}"


def state(id_: str | None = HERE, keys: bool = True, **governance: Any) -> Manifests:
    written = parsed(GOVERNANCE) | governance
    if keys:
        written["roster"]["bo"]["keys"] = [key_pair("bo").public]
    found = Governance.model_validate(written)
    return workspace(ATTESTED)._replace(governance=found, id=id_)


def changes(before: Manifests, after: Manifests) -> list[tuple[str, bool]]:
    rules = Rules(*(RULEBOOK._replace(governance=of.governance, workspace=of.id) for of in (before, after)))
    found = compare_signing(before, after, rules)
    return [(without_digest(one.id), one.needs_sign_off) for one in found]


REQUIRED = {"security": "required"}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (REQUIRED, {}, [("governance.signatures.security", True)]),
        (REQUIRED, {"security": "optional"}, [("governance.signatures.security", True)]),
        (REQUIRED, {"owner": "required"}, [("signatures:owner", False), ("governance.signatures.security", True)]),
        ({"ci": "required"}, {}, [("governance.signatures.ci", True)]),
        ({}, REQUIRED, [("signatures:security", False)]),
        ({}, {"security": "optional"}, []),
        ({"security": "optional"}, {}, []),
    ],
)  # fmt: skip
def test_a_role_that_need_not_sign_any_more_is_weaker(
    before: dict[str, str], after: dict[str, str], expected: list[tuple[str, bool]]
) -> None:
    assert changes(state(signatures=before), state(signatures=after)) == expected


@pytest.mark.parametrize(
    ("before", "after", "gained"),
    [
        ({}, {REVIEW: "L1"}, [REVIEW]),
        ({}, {SCAFFOLD: "L1"}, []),  # nobody had to sign as owner
        ({}, {UNKNOWN: "L1"}, [UNKNOWN]),
        ({REVIEW: "L1"}, {REVIEW: "L2"}, [REVIEW]),
        ({REVIEW: "L2"}, {REVIEW: "L1"}, []),
        ({REVIEW: "L2"}, {}, []),
        ({REVIEW: "gone"}, {REVIEW: "L1"}, [REVIEW]),
    ],
)
def test_what_newly_counts_unsigned_is_weaker_where_it_had_to_be_signed(
    before: dict[str, str], after: dict[str, str], gained: list[str]
) -> None:
    found = changes(
        state(signatures=REQUIRED, grandfathered=before), state(signatures=REQUIRED, grandfathered=after)
    )
    assert found == [(f"governance.grandfathered.{one.removeprefix('sha256:')}", True) for one in gained]


def test_what_is_kept_when_signatures_become_required_weakens_nothing() -> None:
    after = state(signatures=REQUIRED, grandfathered={REVIEW: "L1"})
    assert changes(state(), after) == [("signatures:security", False)]


@pytest.mark.parametrize(
    ("before", "after", "is_less"),
    [
        (["evidence", "rulebook"], ["evidence"], True),
        (["evidence"], [], True),
        (["evidence"], ["rulebook", "evidence"], False),
        ([], ["rulebook"], False),
    ],
)
def test_a_sign_off_that_outlives_more_is_weaker(
    before: list[str], after: list[str], *, is_less: bool
) -> None:
    found = changes(state(resign_on={"L3": before}), state(resign_on={"L3": after}))
    assert found == ([("governance.resign_on.L3", True)] if is_less else [])


@pytest.mark.parametrize(
    ("before", "after", "keys", "expected"),
    [
        (HERE, ELSEWHERE, True, [("workspace", True)]),
        (HERE, None, True, [("workspace", True)]),
        (HERE, ELSEWHERE, False, [("workspace", False)]),
        (None, HERE, True, []),
        (HERE, HERE, True, []),
    ],
)
def test_another_id_of_the_workspace_is_weaker_where_anybody_signs(
    before: str | None, after: str | None, expected: list[tuple[str, bool]], *, keys: bool
) -> None:
    assert changes(state(before, keys=keys), state(after, keys=keys)) == expected


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        (b"a", b"b", [("trusted_root", True)]),
        (b"a", None, [("trusted_root", True)]),
        (None, b"b", []),
        (b"a", b"a", []),
    ],
)
def test_another_root_of_trust_is_weaker(was: bytes | None, now: bytes | None, expected: Any) -> None:
    before, after = (state(HERE)._replace(trusted_root=root) for root in (was, now))
    assert changes(before, after) == expected


def test_another_id_of_the_workspace_is_weaker_where_something_was_withdrawn() -> None:
    withdrawn = service(withdrawn=f"[{{digest: '{UNKNOWN}', by: bo, on: 2026-11-05}}]")
    before = state(keys=False)._replace(services={"shop": withdrawn})
    assert changes(before, state(ELSEWHERE, keys=False)) == [("workspace", True)]


def test_what_counts_unsigned_again_by_other_sign_offs_is_weaker() -> None:
    higher = ATTESTED.model_copy(
        update={"sign_offs": {"L2": {"owner": SignOff.model_validate(SIGNED)}}, "level": "L2"}
    )
    of: dict[str, Any] = {"signatures": REQUIRED, "grandfathered": {REVIEW: "L1"}}
    before = state(upgrade_sign_offs=["owner"], **of)._replace(services={"shop": higher})
    after = state(upgrade_sign_offs=["owner", "security"], **of)._replace(services={"shop": higher})
    assert changes(before, after) == [("governance.upgrade_sign_offs:unsigned", True)]
    assert changes(after, before) == []


SIGNED = {"by": "ada", "on": "2026-11-02", "signature": "ssh:x"}


def test_a_statement_that_may_be_made_unsigned_later_is_told() -> None:
    later = state(grandfathered={UNKNOWN: "L4", REVIEW: "L1"})
    assert changes(state(), later) == [(f"grandfathered.{UNKNOWN.removeprefix('sha256:')}", False)]
