"""Edits of the rulebook: criteria, slots, gates, levels and governance."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from builders.edits import asks, cells, criteria, gates, level_ids, milestones, one_of, other, services
from builders.in_memory import GONE, Files, Op
from builders.small_workspaces import DECIDABLE, MILESTONES, OWN_LEVEL, criterion

LEVELS = "gates/levels.yaml"
GOVERNANCE = "gates/governance.yaml"


def _field(
    files: Files, of: Random, name: str, values: Sequence[Any], *, decided_by: str | None = None
) -> Iterator[Op]:
    """Yield a change of one field of a criterion to another of these values."""
    found = [one for one in criteria(files) if decided_by is None or decided_by in one[2]]
    for file, path, one in one_of(of, found):
        for value in other(of, values, one.get(name, GONE)):
            yield Op(file, (*path, name), value)


def _conditions(files: Files) -> list[tuple[str, tuple[Any, ...], str, str, Any]]:
    return [
        (file, (*path, "requires", fact), fact, operator, operand)
        for file, path, one in criteria(files)
        for fact, what in one.get("requires", {}).items()
        for operator, operand in what.items()
    ]


# Conditions


@asks
def change_a_threshold(files: Files, of: Random) -> Iterator[Op]:
    found = [one for one in _conditions(files) if one[3] in ("at_least", "at_most")]
    for file, path, _, operator, operand in one_of(of, found):
        for value in other(of, (10, 60, 80, 90, 300, {"target": "p95_ms"}), operand):
            yield Op(file, (*path, operator), value)


@asks
def turn_a_condition_around(files: Files, of: Random) -> Iterator[Op]:
    for file, path, _, operator, operand in one_of(
        of, [one for one in _conditions(files) if one[3] == "empty"]
    ):
        yield Op(file, (*path, operator), not operand)


@asks
def change_a_set(files: Files, of: Random) -> Iterator[Op]:
    for file, path, _, operator, operand in one_of(
        of, [one for one in _conditions(files) if one[3] == "mentions"]
    ):
        for value in other(of, (["deep"], ["b"], ["deep", "b"], ["deeper"]), operand):
            yield Op(file, (*path, operator), value)


@asks
def drop_a_condition(files: Files, of: Random) -> Iterator[Op]:
    for file, path, _, _, _ in one_of(of, [one for one in _conditions(files) if _is_one_of_many(files, one)]):
        yield Op(file, path, GONE)


def _is_one_of_many(files: Files, condition: tuple[str, tuple[Any, ...], str, str, Any]) -> bool:
    of_criterion = [one for one in _conditions(files) if one[:2] == (condition[0], condition[1])]
    siblings = [
        one for one in _conditions(files) if one[0] == condition[0] and one[1][:-1] == condition[1][:-1]
    ]
    return len(siblings) > len(of_criterion)


@asks
def ask_another_fact(files: Files, of: Random) -> Iterator[Op]:
    facts = {"unit_tests.failed": "unit_tests.passed", "coverage.lines_pct": "coverage.functions_pct"}
    for file, path, fact, operator, operand in one_of(
        of, [one for one in _conditions(files) if one[2] in facts]
    ):
        yield Op(file, path, GONE)
        yield Op(file, (*path[:-1], facts[fact]), {operator: operand})


@asks
def add_a_condition(files: Files, of: Random) -> Iterator[Op]:
    for file, path, one in one_of(
        of, [one for one in criteria(files) if "coverage.lines_pct" in one[2].get("requires", {})]
    ):
        if "coverage.files" not in one["requires"]:
            yield Op(file, (*path, "requires", "coverage.files"), {"at_least": 1})


# When a criterion applies, and what counts for it


@asks
def change_an_age(files: Files, of: Random) -> Iterator[Op]:
    found = [one for one in criteria(files) if "same_as" not in one[2]]
    for file, path, one in one_of(of, found):
        for days in other(of, (GONE, 7, 30, 90, 400), one.get("max_age_days", GONE)):
            yield Op(file, (*path, "max_age_days"), days)


@asks
def bind_at_another_time(files: Files, of: Random) -> Iterator[Op]:
    times = (GONE, "2026-11-01", "2027-02-01", "alpha", "gamma", "delta")
    found = [one for one in criteria(files) if not one[2].get("advisory") and "same_as" not in one[2]]
    for file, path, one in one_of(of, found):
        allowed = [time for time in times if time not in MILESTONES or time in milestones(files)]
        for time in other(of, allowed, one.get("effective", GONE)):
            yield Op(file, (*path, "effective"), time)


@asks
def bind_nobody(files: Files, of: Random) -> Iterator[Op]:
    found = [one for one in criteria(files) if "effective" not in one[2] and "same_as" not in one[2]]
    for file, path, one in one_of(of, found):
        yield Op(file, (*path, "advisory"), not one.get("advisory", False))


@asks
def ask_more_from_a_day_on(files: Files, of: Random) -> Iterator[Op]:
    stricter = {"requires": {"coverage.lines_pct": {"at_least": 95}}}
    days = (GONE, "2026-11-01", "2027-02-01")
    found = [one for one in criteria(files) if "coverage.lines_pct" in one[2].get("requires", {})]
    for file, path, one in one_of(of, found):
        upcoming = [day if day is GONE else {"effective": day, **stricter} for day in days]
        for new in other(of, upcoming, one.get("upcoming", GONE)):
            yield Op(file, (*path, "upcoming"), new)


@asks
def change_same_commit(files: Files, of: Random) -> Iterator[Op]:
    yield from _field(files, of, "same_commit", (True, False), decided_by="requires")


@asks
def change_must_not_shrink(files: Files, of: Random) -> Iterator[Op]:
    yield from _field(files, of, "must_not_shrink", (True, False), decided_by="requires")


@asks
def change_per_milestone(files: Files, of: Random) -> Iterator[Op]:
    found = [one for one in criteria(files) if "attested_by" in one[2] or "per_milestone" in one[2]]
    for file, path, one in one_of(of, found):
        yield Op(file, (*path, "per_milestone"), not one.get("per_milestone", False))


@asks
def apply_from_another_level(files: Files, of: Random) -> Iterator[Op]:
    found = [one for one in criteria(files) if one[0] != LEVELS]
    for file, path, one in one_of(of, found):
        for level in other(of, [GONE, *level_ids(files)[1:]], one.get("from", GONE)):
            yield Op(file, (*path, "from"), level)


@asks
def apply_to_other_services(files: Files, of: Random) -> Iterator[Op]:
    when = (
        GONE,
        {"label": "residency"},
        {"gate": "api"},
        {"any_gate": ["api", "speed"]},
        {"except_services": ["gateway"]},
    )
    yield from _field(files, of, "applies_when", when)


@asks
def except_a_service(files: Files, of: Random) -> Iterator[Op]:
    yield from _field(files, of, "applies_when", [{"except_services": [name]} for name in ("shop", "pay")])


@asks
def apply_at_one_level_only(files: Files, of: Random) -> Iterator[Op]:
    found = [one for one in criteria(files) if one[0] == LEVELS]
    for file, path, one in one_of(of, found):
        level = files[LEVELS]["levels"][path[1]]["level"]
        yield Op(file, (*path, "only_at"), GONE if "only_at" in one else level)


@asks
def change_a_twin(files: Files, of: Random) -> Iterator[Op]:
    for file, path, one in one_of(of, [one for one in criteria(files) if "same_as" in one[2]]):
        for twin in other(of, ("safety.isolation", "safety.review", "domain.tests", GONE), one["same_as"]):
            yield Op(file, (*path, "same_as"), twin)
            if twin is GONE:
                yield Op(file, (*path, "attested_by"), "owner")


@asks
def accept_attestations_too(files: Files, of: Random) -> Iterator[Op]:
    yield from _field(files, of, "or_attested_by", (GONE, "owner", "security"), decided_by="requires")


@asks
def decide_in_other_languages(files: Files, of: Random) -> Iterator[Op]:
    found = [one for one in criteria(files) if "tree." in str(one[2].get("requires"))]
    for file, path, one in one_of(of, found):
        for languages in other(of, (GONE, *DECIDABLE), one.get("decidable_in", GONE)):
            yield Op(file, (*path, "decidable_in"), languages)


@asks
def let_another_role_attest(files: Files, of: Random) -> Iterator[Op]:
    yield from _field(
        files, of, "attested_by", ("owner", "architecture", "security"), decided_by="attested_by"
    )


@asks
def ask_for_an_attestation_instead(files: Files, of: Random) -> Iterator[Op]:
    for file, path, _ in one_of(
        of, [one for one in criteria(files) if {"requires", "dependencies"} & {*one[2]}]
    ):
        for name in ("requires", "dependencies", "or_attested_by", "decidable_in", "subjects", "same_commit"):
            yield Op(file, (*path, name), GONE)
        yield Op(file, (*path, "attested_by"), "owner")


@asks
def ask_for_the_levels_of_others_instead(files: Files, of: Random) -> Iterator[Op]:
    for file, path, _ in one_of(of, [one for one in criteria(files) if "attested_by" in one[2]]):
        for name in ("attested_by", "max_age_days", "per_milestone"):
            yield Op(file, (*path, name), GONE)
        yield Op(file, (*path, "dependencies"), OWN_LEVEL)


@asks
def let_a_role_waive(files: Files, of: Random) -> Iterator[Op]:
    yield from _field(files, of, "waivable_by", ("architecture", "owner", GONE))


@asks
def reword_a_question(files: Files, of: Random) -> Iterator[Op]:
    for file, path, one in one_of(of, criteria(files)):
        yield Op(file, (*path, "question"), f"{one['question']} Mostly?")


@asks
def count_other_subjects(files: Files, of: Random) -> Iterator[Op]:
    when = (GONE, "api.writes", {"fact": "api.writes", "up_to": "bronze"}, {"fact": "api.mutations"})
    found = [
        one for one in criteria(files) if any(fact.startswith("api.") for fact in one[2].get("requires", ()))
    ]
    for file, path, one in one_of(of, found):
        for subjects in other(of, when, one.get("subjects", GONE)):
            yield Op(file, (*path, "subjects"), subjects)


@asks
def cover_capabilities_or_not(files: Files, of: Random) -> Iterator[Op]:
    found = [one for one in criteria(files) if one[0] == LEVELS and "attested_by" in one[2]]
    for file, path, one in one_of(of, found):
        yield Op(file, (*path, "covers_capabilities"), not one.get("covers_capabilities", False))


# Criteria, slots, gates and levels


@asks
def add_a_criterion(files: Files, of: Random) -> Iterator[Op]:
    for file in one_of(of, gates(files)):
        new = criterion(f"{files[file]['gate']}.new", attested_by=of.choice(("owner", "security")))
        has = [one["id"] for one in files[file]["criteria"]]
        if new["id"] not in has:
            yield Op(file, ("criteria",), [*files[file]["criteria"], new])


@asks
def drop_a_criterion(files: Files, of: Random) -> Iterator[Op]:
    found = [one for one in criteria(files) if one[0] == LEVELS or len(files[one[0]]["criteria"]) > 1]
    for file, path, _ in one_of(of, found):
        yield Op(file, path, GONE)


@asks
def change_the_options_of_a_slot(files: Files, of: Random) -> Iterator[Op]:
    for file in one_of(of, [name for name in gates(files) if "coverage" in files[name]["slots"]]):
        slot = files[file]["slots"]["coverage"]
        for include in other(
            of, (GONE, ["src/**"], ["lib/**"], ["src/**", "lib/**"]), slot.get("include", GONE)
        ):
            yield Op(file, ("slots", "coverage", "include"), include)


@asks
def drop_a_gate_of_the_rulebook(files: Files, of: Random) -> Iterator[Op]:
    for file in one_of(of, gates(files)):
        yield Op(file, (), GONE)


@asks
def let_another_role_decide_on_demands(files: Files, of: Random) -> Iterator[Op]:
    for file in one_of(of, gates(files)):
        for role in other(of, ("owner", "architecture", "security"), files[file]["role"]):
            yield Op(file, ("role",), role)


@asks
def drop_the_slot_of_demands_or_capabilities(files: Files, of: Random) -> Iterator[Op]:
    slots = [name for name in ("capability_tests", "scope_tests") if name in files[LEVELS]["slots"]]
    for name in one_of(of, slots):
        yield Op(LEVELS, ("slots", name), GONE)


@asks
def change_the_order_of_levels(files: Files, of: Random) -> Iterator[Op]:
    levels = list(files[LEVELS]["levels"])
    place = of.randrange(1, len(levels) - 1)
    levels[place : place + 2] = reversed(levels[place : place + 2])
    yield Op(LEVELS, ("levels",), levels)


@asks
def add_a_level(files: Files, of: Random) -> Iterator[Op]:
    levels = list(files[LEVELS]["levels"])
    if "extra" not in level_ids(files):
        new = {**levels[-1], "level": "extra", "criteria": [], "ships_to": of.choice(([], ["production"]))}
        place = of.randrange(1, len(levels) + 1)
        yield Op(LEVELS, ("levels",), [*levels[:place], new, *levels[place:]])


@asks
def drop_a_level(files: Files, of: Random) -> Iterator[Op]:
    """Everything that names it names the level below."""
    levels = level_ids(files)
    if len(levels) == len(set(levels)) > 3:
        gone = of.randrange(1, len(levels))
        below = levels[gone - 1]
        yield Op(LEVELS, ("levels", gone), GONE)
        for file, at, cell in cells(files):
            if cell["level"] == levels[gone]:
                yield Op(file, ("plan", at, "level"), below)
        for file, service in services(files):
            yield Op(file, ("sign_offs", levels[gone]), GONE)
            if service.get("level") == levels[gone]:
                yield Op(file, ("level",), below)
        for file, path, one in criteria(files):
            if file != LEVELS and one.get("from") == levels[gone]:
                yield Op(file, (*path, "from"), below)
            if (one.get("subjects") or {}) and levels[gone] in str(one["subjects"]):
                yield Op(file, (*path, "subjects"), "api.writes")
        if levels[gone] in (files[GOVERNANCE].get("exceptions") or {}).values():
            yield Op(GOVERNANCE, ("exceptions",), GONE)


@asks
def ship_elsewhere(files: Files, of: Random) -> Iterator[Op]:
    levels = files[LEVELS]["levels"]
    rank = of.randrange(len(levels))
    for places in other(
        of,
        ([], ["internal"], ["internal", "staging"], ["internal", "staging", "production"]),
        list(levels[rank]["ships_to"]),
    ):
        yield Op(LEVELS, ("levels", rank, "ships_to"), places)


# Governance


@asks
def let_other_roles_sign(files: Files, of: Random) -> Iterator[Op]:
    signers = files[GOVERNANCE]["upgrade_sign_offs"]
    for roles in other(
        of, ([], ["owner"], ["owner", "security"], ["owner", "architecture", "security"]), signers
    ):
        yield Op(GOVERNANCE, ("upgrade_sign_offs",), roles)


@asks
def give_a_person_a_role(files: Files, of: Random) -> Iterator[Op]:
    name = of.choice(("ada", "cy", "mallory"))
    person = {"roles": ["owner", "architecture", "security", "release"], "teams": ["team-shop", "team-pay"]}
    if files[GOVERNANCE]["roster"].get(name) != person:
        yield Op(GOVERNANCE, ("roster", name), person)


@asks
def take_a_person_off_the_roster(files: Files, of: Random) -> Iterator[Op]:
    for name in one_of(of, files[GOVERNANCE]["roster"]):
        yield Op(GOVERNANCE, ("roster", name), GONE)


@asks
def change_whether_a_role_is_of_the_service(files: Files, of: Random) -> Iterator[Op]:
    for name in one_of(of, files[GOVERNANCE]["roles"]):
        is_so = files[GOVERNANCE]["roles"][name].get("of_service", False)
        yield Op(GOVERNANCE, ("roles", name, "of_service"), not is_so)


@asks
def except_another_level(files: Files, of: Random) -> Iterator[Op]:
    rules = (
        GONE,
        {"excuse": "gold", "ship_at": "bronze"},
        {"excuse": "gold", "ship_at": "silver"},
        {"excuse": "silver", "ship_at": "bronze"},
        {"excuse": "gold", "ship_at": "silver", "close_within": 2},
    )
    for rule in other(of, rules, files[GOVERNANCE].get("exceptions", GONE)):
        yield Op(GOVERNANCE, ("exceptions",), rule)


@asks
def let_another_role_record_exits(files: Files, of: Random) -> Iterator[Op]:
    for role in other(of, (GONE, "release", "owner"), files[GOVERNANCE].get("exit_role", GONE)):
        yield Op(GOVERNANCE, ("exit_role",), role)


@asks
def break_the_glass(files: Files, of: Random) -> Iterator[Op]:
    yield Op(GOVERNANCE, ("break_glass",), not files[GOVERNANCE].get("break_glass", False))


@asks
def let_another_role_approve_weakenings(files: Files, of: Random) -> Iterator[Op]:
    for role in other(of, (GONE, "owner", "architecture"), files[GOVERNANCE].get("weakening_sign_off", GONE)):
        yield Op(GOVERNANCE, ("weakening_sign_off",), role)
