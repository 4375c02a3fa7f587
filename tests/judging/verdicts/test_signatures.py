"""Whether a signature counts: the very statement, a key of the person, and its dates."""

from typing import Any

import pytest

from builders.judging import AS_OF, GOVERNANCE, L1, RULEBOOK, ask, case, parsed, service, signed
from builders.signing import key_pair
from gatekeeper.judging.verdicts.roster import objection
from gatekeeper.judging.verdicts.sign_offs import lacking_sign_offs
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.service import Service, SignOff
from gatekeeper.model.signature import SignatureState
from gatekeeper.model.statement import Statement, of_sign_off

HERE, ELSEWHERE = "0d3b4b4e-6c0f-4a55-9d3f-4f3f6b1f0a11", "9b0a7f9e-52a9-4f7c-8a2b-0a4f1d2c3e4f"
BO, CY = key_pair("bo"), key_pair("cy")


def book(**governance: Any) -> Rulebook:
    """Return the small rulebook; bo and cy have keys."""
    written = parsed(GOVERNANCE) | governance
    for name, pair in (("bo", BO), ("cy", CY)):
        written["roster"][name].setdefault("keys", [pair.public])
    return RULEBOOK._replace(governance=Governance.model_validate(written), workspace=HERE)


def stated(role: str = "architecture", level: str = "L1", of: str = "shop", **fields: Any) -> Statement:
    entry = SignOff.model_validate({"by": "bo", "on": "2026-11-01"} | fields)
    return of_sign_off(of, level, role, entry)


def signed_by_bo(statement: Statement, workspace: str = HERE) -> str:
    return BO.sign(statement.message(workspace))


def test_a_signature_over_the_very_statement_by_a_key_of_the_person_counts() -> None:
    signature = signed_by_bo(stated())
    seen = signature_of(stated(signature=signature), book(), service())
    assert (seen.state, seen.why) == (SignatureState.SIGNED, None)
    assert seen.key is not None
    assert seen.key.startswith("SHA256:")


@pytest.mark.parametrize(
    "other",
    [
        stated(level="L2"),
        stated(role="security"),
        stated(of="till"),
        stated(on="2026-11-02"),
        stated(link="https://example.org/1"),
        stated(obligations=f"sha256:{'1' * 64}"),
        stated(evidence={"coverage": "1" * 64}),
    ],
)
def test_a_signature_copied_to_another_statement_does_not_count(other: Statement) -> None:
    copied = other._replace(signature=signed_by_bo(stated()))
    seen = signature_of(copied, book(), service())
    assert seen.state is SignatureState.INVALID
    assert seen.why


def test_a_signature_of_another_workspace_does_not_count() -> None:
    copied = stated(signature=signed_by_bo(stated(), ELSEWHERE))
    assert signature_of(copied, book(), service()).state is SignatureState.INVALID
    without = signature_of(stated(signature=signed_by_bo(stated())), book()._replace(workspace=None))
    assert "gatekeeper.yaml states no `workspace`" in (without.why or "")


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ({"revoked": True}, "was revoked"),
        ({"until": "2026-10-31"}, "counted until 2026-10-31"),
        ({"from": "2026-11-02"}, "counts from 2026-11-02 on"),
        ({"from": "2026-11-01", "until": "2026-11-01"}, None),
    ],
)
def test_a_key_counts_within_its_dates(key: dict[str, Any], why: str | None) -> None:
    keys = [{"key": BO.public} | key]
    person = parsed(GOVERNANCE)["roster"]["bo"] | {"keys": keys}
    rulebook = book(roster=parsed(GOVERNANCE)["roster"] | {"bo": person})
    found = signature_of(stated(signature=signed_by_bo(stated())), rulebook, service()).why
    assert (found is None) == (why is None)
    assert (why or "") in (found or "")


def test_the_key_of_another_person_does_not_count() -> None:
    seen = signature_of(stated(signature=CY.sign(stated().message(HERE))), book(), service())
    assert "a key of cy, not with one of bo" in (seen.why or "")
    unknown = key_pair("zoe").sign(stated().message(HERE))
    assert "a key that is not on the roster" in (
        signature_of(stated(signature=unknown), book(), service()).why or ""
    )


def test_where_signatures_are_required_an_unsigned_statement_does_not_count() -> None:
    required = book(signatures={"architecture": "required"})
    assert "must be signed" in (objection(required, service(), stated(), AS_OF) or "")
    assert objection(book(), service(), stated(), AS_OF) is None
    of = case(service(sign_offs=signed("L1")), book=required)
    assert tuple(lacking_sign_offs(of, L1)) == ("architecture",)


def test_an_unsigned_attestation_leaves_the_criterion_missing() -> None:
    words = "{G8.isolation: {by: cy, role: security, on: 2026-11-01, link: l}}"
    of = case(service(attestations=words), book=book(signatures={"security": "required"}))
    found = ask("G8.isolation", of)
    assert (found.status.value, found.reason_code) == ("missing", "unsigned")


def test_a_withdrawn_statement_never_counts_again() -> None:
    digest = stated().digest(HERE)
    of = service(withdrawn=f"[{{digest: '{digest}', by: bo, on: 2026-11-05}}]")
    for statement in (stated(), stated(signature=signed_by_bo(stated()))):
        assert "bo withdrew it on 2026-11-05" in (objection(book(), of, statement, AS_OF) or "")


def test_a_grandfathered_statement_counts_until_a_higher_level_is_signed() -> None:
    digest = stated().digest(HERE)
    rulebook = book(signatures={"architecture": "required"}, grandfathered={digest: "L1"})
    seen = signature_of(stated(), rulebook, service(sign_offs=signed("L1")))
    assert seen.state is SignatureState.GRANDFATHERED
    later = service(sign_offs=signed("L2").replace("on: 2026-11-01", "on: 2026-11-01, signature: 'ssh:x'"))
    assert signature_of(stated(), rulebook, later).is_unsigned
    assert signature_of(stated(on="2026-11-02"), rulebook, service()).is_unsigned


@pytest.mark.parametrize(("level", "state"), [("L1", "grandfathered"), ("L2", "missing")])
def test_without_sign_offs_of_upgrades_it_counts_until_a_higher_level_is_claimed(
    level: str, state: str
) -> None:
    kept = {"grandfathered": {stated().digest(HERE): "L1"}, "upgrade_sign_offs": []}
    seen = signature_of(stated(), book(signatures={"architecture": "required"}, **kept), service(level=level))
    assert seen.is_unsigned is (state == "missing")


def test_a_role_that_nobody_requires_to_sign_is_typed() -> None:
    of: Service = service()
    assert signature_of(stated(), book(), of).state is SignatureState.TYPED


def test_an_invalid_key_on_the_roster_is_nobodys() -> None:
    person = parsed(GOVERNANCE)["roster"]["bo"] | {"keys": ["ssh-ed25519 AAAA"]}
    rulebook = book(roster=parsed(GOVERNANCE)["roster"] | {"bo": person})
    seen = signature_of(stated(signature=signed_by_bo(stated())), rulebook, service())
    assert "a key that is not on the roster" in (seen.why or "")
