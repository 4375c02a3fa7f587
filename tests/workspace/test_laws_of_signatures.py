"""The law of signatures, over random workspaces and changes by somebody without a key.

Where people must sign, no edit of files alone raises a level, closes a criterion, brings an exception into force or
exits a milestone, unless `diff` stops it. That holds for the rules of the base, and for those that the change brings.
"""

from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any

import pytest

from builders.attacks import (
    ATTACKS,
    NEW_KEYS,
    OF_SIGNATURES,
    Attack,
    State,
    attacked,
    draw_attack,
    signed_base,
    unreported,
)
from builders.drawn_changes import compared
from builders.edits import ALL, make
from builders.whats_open import load_files, memoised
from gatekeeper.judging.verdicts import signatures
from gatekeeper.manifests.settings import Settings
from gatekeeper.model.manifest import Manifest
from gatekeeper.model.milestone import ExitRecord, RegisteredException
from gatekeeper.model.rulebook import (
    Governance,
    Person,
    Recorder,
    SigningKey,
    SigstoreIdentity,
    WeakeningSignOff,
)
from gatekeeper.model.service import Attestation, NotApplicable, Service, SignOff, Withdrawn

BASES = 30
GAINFUL = (
    "type an exit",
    "let nobody have to sign",
    "change the id of the workspace",
    "undo a withdrawal",
    "sign with a key that is newly allowed",
    "let other roles sign",
)
"""Edits by which something is often gained."""


@pytest.fixture(autouse=True, scope="module")
def _fast() -> Iterator[None]:
    with memoised():
        yield


def _attacks(seed: int, count: int) -> Iterator[Attack]:
    of = Random(f"attack {seed}")  # noqa: S311 - the same choices in every run
    for _ in range(count):
        names = (
            of.choice(of.choice((OF_SIGNATURES, GAINFUL))),
            *of.choices(ATTACKS, k=of.choice((0, 0, 1, 2, 4))),
        )
        yield draw_attack(seed % BASES, names, of)


def _check(attacks: list[Attack]) -> None:
    broken = [words for attack in attacks if (words := unreported(attack))]
    assert not broken, "\n\n".join(broken)


def test_nobody_without_a_key_gains_anything_that_diff_lets_pass() -> None:
    attacks = [attack for seed in range(6) for attack in _attacks(seed, 8)]
    _check(attacks)
    assert sum(bool(attack.gains()) for attack in attacks) > 3, (
        "nobody tries to gain anything: it tests nothing"
    )


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6, 6 + 2 * BASES))
def test_nobody_without_a_key_gains_anything_by_many_edits(seed: int) -> None:
    _check(list(_attacks(seed, 12)))


@pytest.mark.long
@pytest.mark.parametrize("name", ATTACKS)
def test_nobody_without_a_key_gains_anything_by_one_edit(name: str) -> None:
    of = Random(name)  # noqa: S311 - the same choices in every run
    _check([draw_attack(seed, (name,), of) for seed in range(BASES)])


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2 * BASES))
def test_nor_by_two_changes_of_which_diff_stops_neither(seed: int) -> None:
    """A new key is not among the edits: it is noted when it is added, and counts in the next change."""
    of = Random(f"two {seed}")  # noqa: S311 - the same choices in every run
    names = [name for name in ATTACKS if name not in NEW_KEYS]
    for _ in range(8):
        first = draw_attack(seed % BASES, tuple(of.choices(names, k=of.choice((1, 2)))), of)
        first = first._replace(moves_people=False)
        if not compared(first.base.files, first.head).blocking:
            merged = State(first.head, first.base.reached)
            second = attacked(merged, tuple(of.choices(names, k=of.choice((1, 2)))), of)
            assert unreported(second) is None


@pytest.mark.parametrize(
    ("check", "name"),
    [
        ("workspace.differences.compare_signing", "let nobody have to sign"),
        ("workspace.differences.compare_signing", "change the id of the workspace"),
        ("workspace.differences.compare_keys", "sign with a key that is newly allowed"),
        ("workspace.differences.compare_keys", "replace a key"),
        ("workspace.differences.compare_statements", "undo a withdrawal"),
        ("workspace.differences.compare_exits", "type an exit"),
        ("judging.changes.evidence_changes.compare_records", "write an old signed record back"),
    ],
)
def test_without_one_of_the_comparisons_the_law_is_broken(
    check: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"gatekeeper.{check}", lambda *_: ())
    assert any(_broken_by(name))


@pytest.mark.long
def test_if_any_key_counted_the_law_would_be_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "objection_to_key", lambda *_: None)
    signed_base.cache_clear()
    assert any(_broken_by("forge a signature"))
    signed_base.cache_clear()


def _broken_by(name: str) -> Iterator[str]:
    of = Random(name)  # noqa: S311 - the same choices in every run
    for seed in range(5 * BASES):
        attack = draw_attack(seed % BASES, (name,), of)
        if words := unreported(attack._replace(moves_people=False)):
            yield words


def test_people_who_move_to_another_file_are_compared_all_the_same() -> None:
    attack = draw_attack(0, ("let nobody have to sign",), Random(0))._replace(moves_people=True)  # noqa: S311
    assert load_files(attack.head) is not None
    weaker = [one.id for one in compared(attack.base.files, attack.head).changes if one.needs_sign_off]
    assert any(id_.startswith("governance.signatures.owner:") for id_ in weaker)


UNEDITED = {
    Service: {"about", "identity"},
    Governance: {"policy", "prose"},
    Settings: {"gates", "services", "milestones", "repository", "governance"},
    RegisteredException: {"id", "service"},
}
"""Fields that no edit changes: texts for readers, identities, and places of files, which `moves_people` changes."""


MODELS: tuple[type[Manifest], ...] = (
    Attestation,
    ExitRecord,
    Governance,
    NotApplicable,
    Person,
    Recorder,
    RegisteredException,
    Service,
    Settings,
    SignOff,
    SigningKey,
    SigstoreIdentity,
    WeakeningSignOff,
    Withdrawn,
)


@pytest.mark.long
def test_every_field_about_people_has_an_edit() -> None:
    of, edited = Random(0), set()  # noqa: S311 - the same choices in every run
    for name, seed in product([*ALL, *["state otherwise"] * 8], range(24)):
        made = make(name, signed_base(seed).files, of)
        for op in made.ops if made else ():
            edited |= {*map(str, op.path), *(_keys(op.value) if op.path else ())}
    unedited = {
        model.__name__: missing
        for model in MODELS
        if (missing := _fields(model) - edited - UNEDITED.get(model, set()))
    }
    assert unedited == {}


def _fields(model: type[Manifest]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _keys(one)
