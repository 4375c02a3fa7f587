"""Keys that sign for longer or for others, and pipelines that record more: weaker. Everything else is noted."""

from typing import Any

import pytest

from builders.judging import GOVERNANCE, parsed
from builders.signing import key_pair
from gatekeeper.judging.changes.key_weakenings import compare_keys
from gatekeeper.model.changes import Change
from gatekeeper.model.rulebook import Governance

BO, OTHER, CI = (key_pair(name).public for name in ("bo", "other", "ci"))
RECORDER = {"keys": [CI], "services": ["shop"], "repository": "forge.example/acme/shop"}


def governance(bo: list[Any], roster: dict[str, Any] | None = None, **recorders: Any) -> Governance:
    written = parsed(GOVERNANCE)
    written["roster"]["bo"]["keys"] = bo
    for name, keys in (roster or {}).items():
        written["roster"].setdefault(name, {})["keys"] = keys
    return Governance.model_validate(written | {"recorders": recorders})


def changes(before: Governance, after: Governance, **stated: list[str]) -> list[Change]:
    return list(compare_keys(before, after, "gates/governance.yaml", stated))


def key(**fields: Any) -> dict[str, Any]:
    return {"key": BO, **fields}


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (key(revoked=True), key(), "is no longer revoked"),
        (key(until="2026-10-31"), key(until="2026-11-30"), "counts until 2026-11-30 instead of 2026-10-31"),
        (key(until="2026-10-31"), key(), "counts until any day instead of 2026-10-31"),
        (key(**{"from": "2026-10-31"}), key(**{"from": "2026-10-01"}), "counts from 2026-10-01 on"),
        (key(**{"from": "2026-10-31"}), key(), "counts from any day on"),
    ],
)
def test_a_key_that_signs_more_than_before_is_weaker(
    before: dict[str, Any], after: dict[str, Any], message: str
) -> None:
    [weaker] = changes(governance([before]), governance([after]))
    assert message in weaker.message
    assert (weaker.kind, weaker.blocks, weaker.needs_sign_off) == ("rule-weakened", True, True)
    [noted] = changes(governance([after]), governance([before]))
    assert (noted.kind, noted.blocks) == ("note", False)


def test_a_revoked_key_stays_on_the_list() -> None:
    [weaker] = changes(governance([key(revoked=True)]), governance([]))
    assert weaker.needs_sign_off
    assert "could be added again" in weaker.message
    [noted] = changes(governance([key()]), governance([]))
    assert (noted.kind, "may no longer sign" in noted.message) == ("note", True)


def test_a_new_key_counts_once_it_is_merged() -> None:
    [noted] = changes(governance([BO]), governance([BO, OTHER]))
    assert noted.message == f"bo may sign with {_shown(OTHER)}; it counts once this is merged"
    assert not noted.needs_sign_off


def test_a_new_key_with_which_something_is_signed_already_is_weaker() -> None:
    [weaker] = changes(governance([BO]), governance([BO, OTHER]), bo=["G8.review of shop"])
    assert weaker.needs_sign_off
    assert "what is signed already: G8.review of shop" in weaker.message


def test_a_key_of_another_person_is_weaker() -> None:
    [weaker] = changes(governance([BO]), governance([], {"cy": [BO]}))
    assert (weaker.message, weaker.needs_sign_off) == (f"the key {_shown(BO)} of bo is one of cy now", True)


def test_two_people_who_change_names_are_found_by_their_keys() -> None:
    before, after = governance([BO], {"cy": [OTHER]}), governance([OTHER], {"cy": [BO]})
    assert [one.needs_sign_off for one in changes(before, after)] == [True, True]


def test_a_person_in_other_case_is_the_same_person() -> None:
    written = parsed(GOVERNANCE)
    written["roster"]["BO"] = written["roster"].pop("bo") | {"keys": [BO]}
    assert changes(governance([BO]), Governance.model_validate(written)) == []


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({"services": ["shop", "till"]}, "may record the evidence of till"),
        ({"repository": None}, "from any repository instead of forge.example/acme/shop"),
        ({"repository": "forge.example/eve/shop"}, "from forge.example/eve/shop instead of"),
        ({"keys": [CI, OTHER]}, None),
        ({"services": ["shop"]}, None),
    ],
)
def test_a_pipeline_that_records_more_is_weaker(edit: dict[str, Any], message: str | None) -> None:
    found = changes(governance([], build=RECORDER), governance([], build=RECORDER | edit))
    weaker = [one for one in found if one.needs_sign_off]
    assert len(weaker) == (message is not None)
    assert not message or message in weaker[0].message


def test_a_key_of_a_pipeline_is_compared_like_one_of_a_person() -> None:
    dated = RECORDER | {"keys": [{"key": CI, "until": "2026-10-31"}]}
    [weaker] = changes(governance([], build=dated), governance([], build=RECORDER))
    assert "counts until any day" in weaker.message
    [moved] = changes(governance([], build=RECORDER), governance([], other=RECORDER))
    assert moved.needs_sign_off
    [removed] = changes(governance([], build=RECORDER), governance([]))
    assert removed.kind == "note"


WORKFLOW = {"issuer": "https://ci.example", "subject": "https://forge.example/acme/shop/ci.yml@main"}


def test_a_recorder_with_an_identity_is_compared_by_it() -> None:
    recorder = {"identity": WORKFLOW, "services": ["shop"]}
    [added] = changes(governance([]), governance([], build=recorder))
    assert (added.kind, WORKFLOW["subject"] in added.message) == ("note", True)
    other = recorder | {"identity": WORKFLOW | {"subject": "https://forge.example/eve/shop/ci.yml@main"}}
    [weaker] = changes(governance([], build=recorder), governance([], build=other))
    assert (weaker.message, weaker.needs_sign_off) == ("build may record by another identity", True)


def _shown(text: str) -> str:
    from gatekeeper.signatures.public_keys import parse_public_key

    return parse_public_key(text).fingerprint
