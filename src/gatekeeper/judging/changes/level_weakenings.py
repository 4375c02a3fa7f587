"""Compare the levels of two rulebooks: their order, where they ship, and which one exceptions excuse."""

from collections.abc import Iterator, Mapping
from functools import partial

from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.model.changes import Change, ChangeKind, ManifestPlace
from gatekeeper.model.rule import LevelRules, Rulebook
from gatekeeper.model.rulebook import LevelDefinition, Levels

_weaker = partial(weakening, ChangeKind.RULE_WEAKENED)


def with_levels(base: Levels, head: Levels) -> Levels:
    """Return the levels of the base with those that only the head has, so that both can be judged by them.

    A level of the head is put behind the one that precedes it there. It requires nothing of its own and
    ships nowhere, because the rules of the base do not know it.
    """
    merged = list(base.levels)
    before: LevelDefinition | None = None
    for level in head.levels:
        known = next((one for one in merged if one.level == level.level), None)
        if known is None:
            known = level.model_copy(update={"criteria": (), "ships_to": ()})
            merged.insert(merged.index(before) + 1 if before else 0, known)
        before = known
    if len(merged) == len(base.levels):
        return base
    return Levels.model_construct(slots=base.slots, levels=tuple(merged))


def compare_levels(base: Rulebook, head: Rulebook, places: Mapping[str, ManifestPlace]) -> Iterator[Change]:
    """Yield each weakening of levels; the scale of the base has the levels of both."""
    now = {level.id: rules for level, rules in head.levels.items()}
    for level, rules in base.levels.items():
        if level.id not in now:
            asked = [rule.id for rule in rules.rules]
            yield _weaker(level.id, f"level {level} was dropped", None, [asked, list(rules.ships_to)], None)
        elif more := _ships_further(base, rules, now[level.id]):
            before, after = list(rules.ships_to), list(now[level.id].ships_to)
            message = f"{level} may now ship to {', '.join(more)}"
            yield _weaker(f"{level}.ships_to", message, places.get(level.id), before, after)
        yield from _role(rules, now.get(level.id), places)
    was = [name for name in base.scale if name in now]
    becomes = [name for name in head.scale if name in was]
    if was != becomes:
        message = f"the order of levels is {', '.join(becomes)} instead of {', '.join(was)}"
        yield _weaker("levels.order", message, None, was, becomes)
    yield from _exceptions(base, head)


def _role(base: LevelRules, head: LevelRules | None, places: Mapping[str, ManifestPlace]) -> Iterator[Change]:
    level = base.level
    if head and head.role and head.role != base.role:
        message = (
            f"what {level} asks is attested, where not understood, by {head.role} instead of {base.role}"
        )
        yield _weaker(f"{level}.role", message, places.get(level.id), base.role, head.role)


def _exceptions(base: Rulebook, head: Rulebook) -> Iterator[Change]:
    """Yield the weakenings of the terms of exceptions: another level, a lower one, or more milestones."""
    before, after = (
        [base.scale[level.id] for level in (book.exceptions.excuse, book.exceptions.ship_at)]
        for book in (base, head)
    )
    if after[0] != before[0] or after[1] < before[1]:
        was, becomes = ([str(level) for level in levels] for levels in (before, after))
        message = f"exceptions excuse {becomes[0]} and ship at {becomes[1]} instead of {was[0]} and {was[1]}"
        yield _weaker("governance.exceptions", message, None, was, becomes)
    within, longer = base.exceptions.close_within, head.exceptions.close_within
    if longer > within:
        message = f"exceptions must be closed within {longer} milestones instead of {within}"
        yield _weaker("governance.exceptions.close_within", message, None, within, longer)


def _ships_further(base: Rulebook, before: LevelRules, after: LevelRules) -> list[str]:
    """Return the destinations that a level may newly ship to and no level below it could."""
    lower = [rules for level, rules in base.levels.items() if level < before.level]
    below = {place for rules in lower for place in rules.ships_to}
    return [place for place in after.ships_to if place not in before.ships_to and place not in below]
