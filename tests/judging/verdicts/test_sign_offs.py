"""Which sign-offs count: three different people in their roles, and the level that they sign."""

from datetime import date

import pytest

from builders.judging import (
    AS_OF,
    GOVERNANCE,
    L0,
    L1,
    L2,
    L4,
    RULEBOOK,
    case,
    coverage,
    evidence,
    judged,
    rulebook,
    service,
    signed,
)
from gatekeeper.collectors.typescript.facts import TypescriptFacts
from gatekeeper.judging.obligations.expand import signed_digest
from gatekeeper.judging.verdicts import sign_offs
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.sign_offs import (
    changed_since_signed,
    lacking_sign_offs,
    objection_to_sign_off,
    signed_evidence,
    signed_level,
)
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service, SignOff
from gatekeeper.model.verdict import ChangedSinceSigned


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
    assert tuple(lacking_sign_offs(case(model), L2)) == missing


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
        ("di", "architecture", "2026-11-22", "dated 2026-11-22, after the as-of date 2026-11-20"),
    ],
)  # fmt: skip
def test_a_signature_that_would_not_count_is_known_before_it_is_made(
    by: str, role: str, on: str, expected: str | None
) -> None:
    given = "{L2: {architecture: {by: bo, on: 2026-11-01}}}"
    sign_off = SignOff.model_validate({"by": by, "on": on})
    found = objection_to_sign_off(RULEBOOK, service(sign_offs=given), L2, role, sign_off, AS_OF)
    assert found == expected


OTHER = f"sha256:{'0' * 64}"


def test_a_sign_off_of_other_obligations_shows_and_counts() -> None:
    def stating(digest: str) -> Service:
        by_bo = "bo, on: 2026-11-01"
        return service(sign_offs=signed("L1").replace(by_bo, f"{by_bo}, obligations: '{digest}'"))

    model = stating(OTHER)
    seen = (ChangedSinceSigned(L1, "architecture", "bo", date(2026, 11, 1), OTHER),)
    assert tuple(changed_since_signed(case(model), [L1, L1, L2])) == seen
    assert tuple(changed_since_signed(case(model), [L2])) == ()
    result = judged(model, "M0")
    assert (result.signed_level, result.changed_since_signed) == (L1, seen)
    assert judged(stating(signed_digest(model, RULEBOOK, L1)), "M0").changed_since_signed == ()


def test_a_sign_off_without_a_digest_computes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_offs, "signed_digest", lambda *_: pytest.fail("nothing to compare"))
    assert judged(service(sign_offs=signed("L1")), "M0").changed_since_signed == ()


def signed_over(evidence: dict[str, str] | None, obligations: str | None = None) -> Service:
    given = {"by": "bo", "on": "2026-11-01", "evidence": evidence, "obligations": obligations}
    architecture = SignOff.model_validate(given)
    model = service(sign_offs=signed("L1"))
    return model.model_copy(
        update={"sign_offs": {"L1": model.sign_offs["L1"] | {"architecture": architecture}}}
    )


def resigning(*what: str) -> Rulebook:
    return rulebook(governance=f"{GOVERNANCE}resign_on: {{L1: [{', '.join(what)}]}}\n")


HERE, BEFORE = "1" * 64, "2" * 64


def now(model: Service, book: Rulebook = RULEBOOK) -> Case:
    return case(model, evidence("source", TypescriptFacts(), sha256=HERE), book=book)


def test_the_artefacts_behind_a_level_are_those_of_all_that_it_asks() -> None:
    assert signed_evidence(now(service()), L1) == {"source": HERE}
    assert signed_evidence(case(service(), coverage(99.0)), L1) == {}, "an artefact without a digest"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"source": HERE}, None),
        ({}, None),
        ({"source": BEFORE}, "bo signed for other evidence on 2026-11-01: source"),
        ({"source": HERE, "gone": BEFORE}, "bo signed for other evidence on 2026-11-01: gone"),
        (None, "bo signed without stating the evidence"),
    ],
)
def test_where_governance_asks_for_it_a_sign_off_over_other_evidence_does_not_count(
    given: dict[str, str] | None, why: str | None
) -> None:
    of = now(signed_over(given), resigning("evidence"))
    assert lacking_sign_offs(of, L1).get("architecture") == why
    assert signed_level(now(signed_over(given))) == L1, "it counts where governance does not ask for it"


def test_where_governance_asks_for_it_a_sign_off_for_other_rules_does_not_count() -> None:
    book = resigning("rulebook")
    same = signed_digest(service(), book, L1)
    why = {
        digest: lacking_sign_offs(now(signed_over(None, digest), book), L1).get("architecture")
        for digest in (None, OTHER, same)
    }
    assert why == {
        None: "bo signed without stating the rulebook",
        OTHER: "bo signed for other rules on 2026-11-01",
        same: None,
    }


def test_what_changed_since_a_sign_off_is_shown_and_whether_it_counts() -> None:
    model = signed_over({"source": BEFORE})
    for book, counts in ((RULEBOOK, True), (resigning("evidence"), False)):
        [changed] = changed_since_signed(now(model, book), [L1])
        assert (changed.evidence, changed.counts, changed.what) == (("source",), counts, "`source`")
