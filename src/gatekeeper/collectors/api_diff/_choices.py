"""Compare choices between schemas: `anyOf` and `oneOf`.

Each branch of the narrower schema must be within a branch of the wider one. A value must match only one
branch of `oneOf`; so a branch that became wider, or is new, must not overlap others.
"""

from typing import NamedTuple

from gatekeeper.collectors.api_diff._change import (
    SUBJECT,
    Containment,
    Differences,
    SchemaDifference,
    SchemaPair,
)
from gatekeeper.collectors.api_diff._schema import CHOICES, JsonSchema, SchemaPart, as_json
from gatekeeper.collectors.reading.node import Node

_MOST_NESTED = 4
_MOST_VALUES = 200


class _Match(NamedTuple):
    """How the branches of the narrower schema are within those of a choice of the wider one."""

    pairs: list[SchemaPair]
    unmatched: list[Node]
    overlapping: list[Node]
    """Branches of the wider schema that may match a value which another branch matches."""


def choice_parts(containment: Containment, pair: SchemaPair) -> list[SchemaPair]:
    """Return the pairs of branches of two choices."""
    return [
        one
        for part in pair.wide.parts
        for keyword in CHOICES
        if keyword in part.keywords
        for one in _matched(containment, pair, keyword, part.keywords[keyword]).pairs
    ]


def choice_rule(containment: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:
    """Yield the branches that a choice of the wider schema does not have."""
    match = _matched(containment, pair, keyword, part.keywords[keyword])
    what, where = ("removed", "from") if pair.narrow_is_base else ("added", "to")
    if not pair.narrow.choices() and match.unmatched:
        text = f"{SUBJECT} {'became' if pair.narrow_is_base else 'is no longer'} a choice of schemas"
        yield SchemaDifference(
            keyword, "one-of-added" if pair.narrow_is_base else "one-of-removed", text, pair.new.node
        )
        return
    for branch in match.unmatched:
        text = f"{what} {_shown(branch)} {where} the choice of schemas of {SUBJECT}"
        yield SchemaDifference(keyword, f"one-of-{what}", text, branch)
    for branch in match.overlapping:
        text = (
            f"whether a value of {SUBJECT} matches {_shown(branch)} and another branch of oneOf is not known"
        )
        yield SchemaDifference(keyword, "one-of-overlapping", text, branch, understood=False)


def name_of(schema: Node) -> str | None:
    """Return the name of a schema: that of its reference, or its title; None if it has neither."""
    title = schema.value.get("title") if isinstance(schema.value, dict) else None
    reference = schema.reference
    return reference.rpartition("/")[2] if reference else (title if isinstance(title, str) else None)


def _shown(branch: Node) -> str:
    return name_of(branch) or f"the schema {branch.path[-1] if branch.path else 'itself'}"


def _matched(containment: Containment, pair: SchemaPair, keyword: str, wanted: Node) -> _Match:
    choices = [(key, node) for key in CHOICES for node in pair.narrow.all(key)]
    written, place = as_json(wanted.value), pair.wide.all(keyword).index(wanted)
    nearest = {id(node): abs(at - place) for key in CHOICES for at, node in enumerate(pair.narrow.all(key))}
    choices.sort(
        key=lambda choice: (
            choice[0] != keyword,
            as_json(choice[1].value) != written,
            nearest[id(choice[1])],
        )
    )
    matches = (
        _between_choices(containment, pair, choice, wanted, is_one_of=(key == "oneOf", keyword == "oneOf"))
        for key, choice in choices
    )
    failed = []
    for match in matches:
        if not match.unmatched:
            return match
        failed.append(match)
    return _without_choice(containment, pair, keyword, wanted) or (
        failed[0] if failed else _Match([], [pair.narrow.node], [])
    )


def _between_choices(
    containment: Containment, pair: SchemaPair, choice: Node, wanted: Node, *, is_one_of: tuple[bool, bool]
) -> _Match:
    olds, news = choice.listed(), wanted.listed()
    narrow = [pair.narrow.chosen(choice, branch) for branch in olds]
    wide = [pair.wide.of(branch) for branch in news]
    chosen = _assigned(containment, list(zip(olds, narrow, strict=True)), list(zip(news, wide, strict=True)))
    pairs = [
        pair.below(
            f"({name_of(olds[old]) or f'#{old + 1}'})", narrow[old], pair.wide.chosen(wanted, news[new])
        )
        for old, new in chosen.items()
    ]
    unmatched = [branch for old, branch in enumerate(olds) if old not in chosen and narrow[old].types]
    if not is_one_of[1] or pair.wide.marked("discriminator") is not None:
        return _Match(pairs, unmatched, [])
    overlapping = []
    for index, schema in enumerate(wide):
        same = [old for old, new in chosen.items() if new == index]
        is_kept = (
            len(same) == 1 and is_one_of[0] and containment.within(schema, pair.narrow.of(olds[same[0]]))
        )
        others = [one for old, one in enumerate(narrow) if chosen.get(old) != index and one.types]
        if not is_kept and not all(disjoint(schema, one) for one in others):
            overlapping.append(news[index])
    return _Match(pairs, unmatched, overlapping)


def _assigned(
    containment: Containment, olds: list[tuple[Node, JsonSchema]], news: list[tuple[Node, JsonSchema]]
) -> dict[int, int]:
    """Return the branches by number: those of the same name, or one that allows as much."""
    names = {name: number for number, (node, _) in enumerate(news) if (name := name_of(node))}
    chosen = {
        number: names[name]
        for number, (node, _) in enumerate(olds)
        if (name := name_of(node)) and name in names
    }
    for number, (node, schema) in enumerate(olds):
        if number in chosen or not schema.types:
            continue
        order = sorted(range(len(news)), key=lambda index, number=number: index != number)  # type: ignore[misc]
        found = next((index for index in order if containment.within(schema, news[index][1])), None)
        if found is None and len(olds) == len(news) and number not in chosen.values():
            found = number if name_of(node) is None and name_of(news[number][0]) is None else None
        if found is not None:
            chosen[number] = found
    return chosen


def _without_choice(containment: Containment, pair: SchemaPair, keyword: str, wanted: Node) -> _Match | None:
    """Match a schema as a whole, or type by type; None if it is not within the branches."""
    branches = [pair.wide.of(branch) for branch in wanted.listed()]
    overlapping: dict[int, Node] = {}
    for one in _pieces(pair.narrow):
        found = next(
            (index for index, branch in enumerate(branches) if containment.within(one, branch)), None
        )
        if found is None:
            return None
        if keyword == "oneOf":
            overlapping |= {
                index: wanted.listed()[index]
                for index, branch in enumerate(branches)
                if index != found and not disjoint(one, branch)
            }
    return _Match([], [], list(overlapping.values()))


def _pieces(schema: JsonSchema) -> list[JsonSchema]:
    """Return the schema for each of its values, if they are listed, or else for each of its types."""
    if schema.values is not None and len(schema.values) <= _MOST_VALUES:
        return [schema.just(value) for value in sorted(schema.values)]
    groups = [{"integer", "fraction"}, *({name} for name in sorted(schema.types - {"integer", "fraction"}))]
    return [schema.only(frozenset(types)) for types in groups if types & schema.types]


def disjoint(one: JsonSchema, other: JsonSchema, depth: int = 0, *, by_mention: bool = True) -> bool:
    """Return whether it is certain that no value is allowed by both schemas.

    By mention, no value of a schema has a property that the schema does not mention.
    """
    if not one.types & other.types:
        return True
    if one.values is not None and other.values is not None:
        return not one.values & other.values
    if depth >= _MOST_NESTED:
        return False
    if one.choices() or other.choices():
        chosen, whole = (one, other) if one.choices() else (other, one)
        cases = chosen.cases
        return cases is not None and all(
            disjoint(case, whole, depth + 1, by_mention=by_mention) for case in cases
        )
    return one.types & other.types == {"object"} and any(
        _property_is_apart(one, other, name, depth + 1, by_mention=by_mention)
        for name in sorted(one.required | other.required)
    )


def _property_is_apart(
    one: JsonSchema, other: JsonSchema, name: str, depth: int, *, by_mention: bool
) -> bool:
    mine, theirs = one.property(name), other.property(name)
    if mine is not None and theirs is not None:
        return disjoint(mine, theirs, depth, by_mention=by_mention)
    return by_mention and not (_mentions(one, name) and _mentions(other, name))


def _mentions(schema: JsonSchema, name: str) -> bool:
    return schema.property(name) is not None or name in schema.declared or name in schema.mentioned
