"""Levels that are added, dropped, moved, or that ship further; and the level that exceptions excuse."""

from typing import Any

import pytest

from builders.judging import GATES, GOVERNANCE, LEVELS, parsed, rulebook, without_digest, workspace
from gatekeeper.judging.changes.level_weakenings import compare_levels, with_levels
from gatekeeper.model.changes import Cause, ChangeKind, ManifestPlace
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Levels

WORDS = "name: n, meaning: m, audience: a"


def levels(*ids: str, ships: str = "") -> str:
    """Return levels without criteria; `ships` maps ids to destinations, as `id: a b, id: c`."""
    places = dict(one.split(": ") for one in ships.split(", ") if one)
    rows = [
        f"  - {{level: {name}, {WORDS}, ships_to: [{', '.join(places.get(name, '').split())}]}}\n"
        for name in ids
    ]
    return "levels:\n" + "".join(rows)


def read(text: str) -> Levels:
    return Levels.model_validate(parsed(text))


def order(base: str, head: str) -> list[str]:
    return list(with_levels(read(levels(*base.split())), read(levels(*head.split()))).scale)


@pytest.mark.parametrize(
    ("base", "head", "both"),
    [
        ("a b c", "a b c", "a b c"),
        ("a b c", "a b", "a b c"),
        ("a b c", "c b a", "a b c"),
        ("a b c", "a b c d", "a b c d"),
        ("a b c", "a x b y c", "a x b y c"),
        ("a b c", "x a b c", "x a b c"),
        ("a b c", "a x y b c", "a x y b c"),
        ("a b c", "a c x b", "a b c x"),
        ("a b c", "a x c", "a x b c"),
        ("a b", "x y", "x y a b"),
    ],
)
def test_a_new_level_is_put_behind_the_one_that_precedes_it(base: str, head: str, both: str) -> None:
    assert order(base, head) == both.split()


def test_without_a_new_level_the_levels_are_those_of_the_base() -> None:
    base = read(levels("a", "b", "c"))
    assert with_levels(base, read(levels("a", "c"))) is base
    assert with_levels(base, read(levels("b", "a"))) is base


def test_a_new_level_requires_nothing_and_ships_nowhere() -> None:
    head = read(LEVELS)
    base = head.model_copy(update={"levels": tuple(one for one in head.levels if one.level != "L3")})
    both = {one.level: one for one in with_levels(base, head).levels}
    assert list(both) == ["L0", "L1", "L2", "L3", "L4"]
    assert (both["L3"].criteria, both["L3"].ships_to, both["L3"].name) == ((), (), "n")
    assert both["L4"] is base.levels[-1]


def books(base: str, head: str, governance: tuple[str, str] = ("", "")) -> tuple[Rulebook, Rulebook]:
    """Return two rulebooks without gates; the first has the levels of both, as for a comparison."""
    both = with_levels(read(base), read(head))
    text = levels(*both.scale, ships=_ships(both))
    words = [GOVERNANCE + more for more in governance]
    return rulebook(levels=text, gates={}, governance=words[0]), rulebook(
        levels=head, gates={}, governance=words[1]
    )


def _ships(of: Levels) -> str:
    return ", ".join(f"{one.level}: {' '.join(one.ships_to)}" for one in of.levels if one.ships_to)


def told(base: str, head: str, **more: Any) -> list[str]:
    found = list(compare_levels(*books(base, head, **more), {}))
    for change in found:
        assert (change.kind, change.cause) == (ChangeKind.RULE_WEAKENED, Cause.RULE)
        assert change.blocks
        assert change.needs_sign_off
    return [without_digest(change.id) for change in found]


RULE = ("exceptions: {excuse: c, ship_at: b}\n", "exceptions: {excuse: c, ship_at: b}\n")


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        (levels("a", "b", "c"), levels("a", "b", "c"), []),
        (levels("a", "b", "c"), levels("a", "b", "c", "d"), []),
        (levels("a", "b", "c"), levels("a", "x", "b", "c"), []),
        (levels("a", "b", "c", "d"), levels("a", "b", "c"), ["d"]),
        (levels("a", "x", "b", "c"), levels("a", "b", "c"), ["x"]),
        (levels("a", "b", "c", "d"), levels("a", "d", "b", "c"), ["levels.order"]),
        (levels("a", "b", "c", ships="c: p"), levels("a", "b", "c", ships="b: p, c: p"), ["b.ships_to"]),
        (levels("a", "b", "c", ships="b: p, c: p"), levels("a", "b", "c", ships="c: p"), []),
        (levels("a", "b", "c", ships="b: p, c: q"), levels("a", "b", "c", ships="b: p, c: p q"), []),
        (levels("a", "b", "c", ships="b: p, c: q"), levels("a", "b", "c", ships="b: p, c: p q r"), ["c.ships_to"]),
        (levels("a", "b", "c", ships="c: p"), levels("a", "b", "x", "c", ships="x: p, c: p"), ["x.ships_to"]),
        (levels("a", "b", "c", ships="c: p"), levels("a", "b", "c", "d", ships="c: p, d: p"), []),
    ],
)  # fmt: skip
def test_levels_that_are_dropped_moved_or_ship_further(base: str, head: str, expected: list[str]) -> None:
    assert told(base, head, governance=RULE) == expected


@pytest.mark.parametrize(
    ("before", "after", "is_weaker"),
    [
        ("excuse: d, ship_at: c", "excuse: d, ship_at: c", False),
        ("excuse: d, ship_at: b", "excuse: d, ship_at: c", False),
        ("excuse: d, ship_at: c", "excuse: d, ship_at: b", True),
        ("excuse: d, ship_at: b", "excuse: c, ship_at: b", True),
        ("excuse: c, ship_at: b", "excuse: d, ship_at: c", True),
        ("excuse: d, ship_at: c", "", False),
        ("", "excuse: d, ship_at: c", False),
        ("excuse: c, ship_at: b", "", True),
        ("excuse: d, ship_at: c, close_within: 2", "excuse: d, ship_at: c", False),
        ("excuse: d, ship_at: c, close_within: 2", "excuse: d, ship_at: c, close_within: 3", True),
        ("", "excuse: d, ship_at: c, close_within: 2", True),
    ],
)
def test_exceptions_ship_no_lower_and_excuse_the_same_level(before: str, after: str, is_weaker: bool) -> None:
    text = levels("a", "b", "c", "d")
    words = tuple(f"exceptions: {{{one}}}\n" if one else "" for one in (before, after))
    found = told(text, text, governance=words)
    assert bool(found) is is_weaker
    assert set(found) <= {"governance.exceptions", "governance.exceptions.close_within"}


def test_the_message_names_both_pairs_of_levels() -> None:
    text = levels("a", "b", "c", "d")
    [change] = compare_levels(*books(text, text, ("", "exceptions: {excuse: d, ship_at: b}\n")), {})
    assert change.message == "exceptions excuse d and ship at b instead of d and c"


def test_a_level_that_ships_further_is_placed_at_its_definition() -> None:
    places = {"b": ManifestPlace("gates/levels.yaml", ("levels", 1))}
    base, head = books(levels("a", "b"), levels("a", "b", ships="b: p"))
    [change] = compare_levels(base, head, places)
    assert (change.where, change.message) == (places["b"], "b may now ship to p")


def test_the_small_rulebook_compared_with_itself_has_no_weaker_level() -> None:
    book = rulebook(gates=GATES)
    assert list(compare_levels(book, book, {})) == []
    assert with_levels(workspace().levels, workspace().levels) == workspace().levels


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        ("architecture", "security", ["c.role"]),
        ("architecture", "architecture", []),
        ("architecture", None, []),
    ],
)
def test_another_role_that_attests_what_is_not_understood_is_weaker(
    base: str, head: str | None, expected: list[str]
) -> None:
    text = levels("a", "b", "c")
    before, after = (
        text.replace("{level: c,", f"{{level: c, role: {role}," if role else "{level: c,")
        for role in (base, head)
    )
    books_of = [rulebook(levels=of, gates={}) for of in (before, after)]
    assert [without_digest(change.id) for change in compare_levels(books_of[0], books_of[1], {})] == expected
