"""Mistakes around people and their keys: each is reported at its place."""

from typing import Any

import pytest

from builders.judging import GOVERNANCE, parsed, workspace
from builders.signing import key_pair
from gatekeeper.judging.rules.people_binding import wrong_people
from gatekeeper.model.rulebook import Governance

BO = key_pair("bo").public


def mistakes(**fields: Any) -> list[tuple[tuple[str | int, ...], str]]:
    """Return the mistakes in a governance with other fields, each with its path."""
    governance = Governance.model_validate(parsed(GOVERNANCE) | fields)
    found = wrong_people(workspace()._replace(governance=governance))
    return [(mistake.path, mistake.message) for mistake in found]


def people(**keys: list[Any]) -> dict[str, Any]:
    return {name: {"roles": ["architecture"], "keys": of} for name, of in keys.items()}


def test_valid_keys_are_no_mistake() -> None:
    assert mistakes(roster=people(bo=[BO, {"key": key_pair("laptop").public, "until": "2027-01-01"}])) == []


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("ssh-ed25519 AAAA", "the key of bo is invalid"),
        ({"key": BO, "from": "2026-12-01", "until": "2026-11-01"}, "counts until 2026-11-01, before 2026-12-01"),
    ],
)  # fmt: skip
def test_a_key_that_can_never_sign_is_a_mistake(key: Any, why: str) -> None:
    [(path, message)] = mistakes(roster=people(bo=[key]))
    assert path == ("roster", "bo", "keys", 0)
    assert why in message


def test_a_key_belongs_to_one_person_or_pipeline_in_one_entry() -> None:
    [(_, twice)] = mistakes(roster=people(bo=[BO, BO]))
    assert "is the key of bo twice" in twice
    recorders = {"build": {"keys": [BO], "services": ["shop"]}}
    [(path, shared)] = mistakes(roster=people(bo=[BO]), recorders=recorders)
    assert path == ("recorders", "build", "keys", 0)
    assert "is the key of bo and build" in shared


def test_signatures_name_roles_or_records_and_new_sign_offs_name_levels() -> None:
    assert mistakes(signatures={"architecture": "required", "ci": "required"}, resign_on={"L1": []}) == []
    [(role_at, role)] = mistakes(signatures={"boss": "required"})
    [(level_at, level)] = mistakes(resign_on={"L9": ["evidence"]})
    assert (role_at, role) == (("signatures", "boss"), "unknown role 'boss'")
    assert level_at == ("resign_on", "L9")
    assert "L9" in level


def test_names_that_differ_by_case_are_one_person() -> None:
    [(path, message)] = mistakes(roster={"bo": {}, "BO": {}})
    assert (path, message) == (("roster", "BO"), "'BO' and 'bo' differ only in upper and lower case")
