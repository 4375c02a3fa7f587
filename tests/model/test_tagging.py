"""The ids that the names of tests carry."""

import pytest

from gatekeeper.model.tagging import carries, ids_in, marks, with_ids, without_id


@pytest.mark.parametrize(
    ("name", "id_", "expected"),
    [
        ("Push > is idempotent [G4.push]", "G4.push", True),
        ("[g4.PUSH] is idempotent", "G4.push", True),
        ("is idempotent @G4.push", "G4.push", True),
        ("is idempotent (@G4.push).", "G4.push", True),
        ("loses nothing [G4.chaos:drop]", "G4.chaos", True),
        ("loses nothing [G4.chaos:drop]", "G4.chaos:drop", True),
        ("loses nothing [G4.chaos:drop]", "G4.chaos:retry", False),
        ("loses nothing [G4.chaos:drops]", "G4.chaos:drop", False),
        ("both [G4.push, @G8.isolation]", "G8.isolation", True),
        ("sells [capability:gift-cards]", "capability:gift-cards", True),
        ("sells [capability:gift-cards-2]", "capability:gift-cards", False),
        ("Push > is idempotent [G4.push-twice]", "G4.push", False),
        ("Push > is idempotent [XG4.push]", "G4.push", False),
        ("G4.push", "G4.push", False),
        ("mail to a@G4.push", "G4.push", False),
        ("[G4.push", "G4.push", False),
    ],
)
def test_a_name_carries_an_id(name: str, id_: str, expected: bool) -> None:
    assert carries(name, id_) is expected


def test_only_what_has_the_form_of_an_id_is_one() -> None:
    tags = [
        "smoke",
        "@G4.push",
        "[G4.push]",
        "capability:gift-cards",
        "bronze.cited:once",
        "1.2",
        "a b.c",
        "com.example.Test",
    ]
    assert ids_in(tags) == ("G4.push", "capability:gift-cards", "bronze.cited:once")


def test_ids_are_added_once() -> None:
    assert with_ids("a @g4.push", ["G4.push", "G8.x", "G4.push:drop"]) == "a @g4.push [G8.x] [G4.push:drop]"
    assert marks("a [b, @c] @d: e@f []") == ("b", "c", "d")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pages [G4.pull-cursor]", "pages []"),
        ("pages [G4.pull-cursor:hasMore]", "pages [:hasMore]"),
        ("@g4.PULL-cursor pages", "@ pages"),
        ("[G4.pull-cursor-twice, G4.pull-cursor] pages", "[G4.pull-cursor-twice, ] pages"),
        ("G4.pull-cursor pages [G4.push]", "G4.pull-cursor pages [G4.push]"),
    ],
)
def test_an_id_is_left_out_and_its_aspect_stays(name: str, expected: str) -> None:
    assert without_id(name, "G4.pull-cursor") == expected
