"""Edits of what evidence must show besides its facts: `evidence.yaml`, slots, and the identity of services."""

from collections.abc import Iterator
from random import Random
from typing import Any

from builders.edits import asks, criteria, gates, milestones, one_of, other, services
from builders.in_memory import GONE, Files, Op

RULES = "gates/evidence.yaml"
_TIMES: tuple[Any, ...] = (GONE, "2026-11-01", "2027-02-01", "alpha", "gamma")


def _timed(files: Files, of: Random, **says: Any) -> dict[str, Any]:
    """Return an entry of the rules, bound at some time."""
    times = [time for time in _TIMES if time is GONE or time[0] == "2" or time in milestones(files)]
    time = of.choice(times)
    return says if time is GONE else {**says, "effective": time}


def _rule(files: Files, path: tuple[Any, ...], value: Any) -> Iterator[Op]:
    """Yield the change of a rule; the file begins with its first rule."""
    if RULES not in files:
        yield Op(RULES, (), {})
    yield Op(RULES, path, value)


@asks
def ask_for_fresh_measurements(files: Files, of: Random) -> Iterator[Op]:
    kind = of.choice(("tests", "coverage", "load_test"))
    days: Any = of.choice(({"max_age_days": 7}, {"max_age_days": 60}, {"same_commit": True}))
    now = files.get(RULES, {}).get("freshness", {}).get(kind, GONE)
    new = of.choice((GONE, _timed(files, of, **days)))
    if new != now:
        yield from _rule(files, ("freshness", kind), new)


@asks
def let_attestations_count_otherwise(files: Files, of: Random) -> Iterator[Op]:
    new = of.choice((GONE, _timed(files, of, valid_days=30), _timed(files, of, valid_days=400)))
    if new != files.get(RULES, {}).get("attestations", GONE):
        yield from _rule(files, ("attestations",), new)


@asks
def ask_slots_to_differ(files: Files, of: Random) -> Iterator[Op]:
    slots = of.choice((["unit_tests", "isolation"], ["chaos", "capability_tests", "scope_tests"]))
    new = of.choice((GONE, [_timed(files, of, slots=slots)]))
    if new != files.get(RULES, {}).get("distinct", GONE):
        yield from _rule(files, ("distinct",), new)


@asks
def set_a_floor(files: Files, of: Random) -> Iterator[Op]:
    kind, fact, limit = of.choice(
        (("tests", "passed", {"at_least": 2}), ("tests", "skipped_pct", {"at_most": 10}),
         ("coverage", "files", {"at_least": 2}), ("coverage", "lines", {"at_least": 5}))
    )  # fmt: skip
    new = of.choice((GONE, _timed(files, of, **limit)))
    if new != files.get(RULES, {}).get("floors", {}).get(kind, {}).get(fact, GONE):
        yield from _rule(files, ("floors", kind, fact), new)


@asks
def ask_more_of_a_slot(files: Files, of: Random) -> Iterator[Op]:
    owners = [(gate, gate_slots) for gate in gates(files) if (gate_slots := files[gate]["slots"])]
    owners.append(("gates/levels.yaml", files["gates/levels.yaml"]["slots"]))
    for file, slots in one_of(of, owners):
        for name in one_of(of, slots):
            field, values = of.choice(
                (("parts", (1, 2, GONE)), ("accepts", (["partial"], ["cached"], GONE)),
                 ("floors", ({"passed": {"at_least": 2}}, {"passed": {"at_least": 1}}, GONE)),
                 ("by", ("id", GONE)))
            )  # fmt: skip
            for value in other(of, values, slots[name].get(field, GONE)):
                if field not in ("floors", "by") or slots[name]["kind"] == "tests":
                    yield Op(file, ("slots", name, field), value)


@asks
def accept_what_is_partial(files: Files, of: Random) -> Iterator[Op]:
    found = [one for one in criteria(files) if one[2].get("requires")]
    for file, path, one in one_of(of, found):
        for value in other(of, (["partial"], GONE), one.get("accepts", GONE)):
            yield Op(file, (*path, "accepts"), value)


@asks
def identify_a_service_otherwise(files: Files, of: Random) -> Iterator[Op]:
    identities = (
        GONE,
        {"names": ["elsewhere"]},
        {"repository": "https://forge.example/acme/shop"},
        {"repository": "https://forge.example/acme/elsewhere"},
    )
    for file, service in one_of(of, services(files)):
        for identity in other(of, identities, service.get("identity", GONE)):
            yield Op(file, ("identity",), identity)
