"""Compare the values that a schema allows in two versions: types, formats, enums and limits.

A request must not allow fewer values than before, and a response must not allow more.
"""

from collections.abc import Iterator

from gatekeeper.collectors.api_diff._schema_change import (
    Direction,
    SchemaChange,
    SchemaPair,
    breaks,
    harmless,
)
from gatekeeper.collectors.api_diff._schema_view import View
from gatekeeper.collectors.reading.node import Node

_WIDER_FORMATS = frozenset({
    ("float", "double"), ("int32", "int64"), ("int32", "bigint"), ("int64", "bigint"),
    ("date", "date-time"), ("time", "date-time"),
})  # fmt: skip
"""Pairs in which the second format includes the first, as for oasdiff."""
_ONLY_NULL = frozenset({"null"})


def value_changes(pair: SchemaPair, old: View, new: View) -> Iterator[SchemaChange]:
    """Yield the changes of the allowed values."""
    narrow, wide = (old, new) if pair.subject.direction is Direction.REQUEST else (new, old)
    changed_type = _type_change(pair, old, new, narrow, wide)
    if changed_type:
        yield changed_type
    if changed_type is None or not changed_type.breaking:
        yield from _format_change(pair, old, new, narrow, wide)
    yield from _enum_changes(pair, old, new)
    yield from _limit_changes(pair, old, new, narrow, wide)


def _type_change(pair: SchemaPair, old: View, new: View, narrow: View, wide: View) -> SchemaChange | None:
    """Return the change of the type; the types of `narrow` must be within those of `wide`."""
    if old.types == new.types:
        return None
    request = pair.subject.direction is Direction.REQUEST
    missing = _not_within(narrow.types, wide.types)
    if missing == _ONLY_NULL:
        became = "became-not-nullable" if request else "became-nullable"
        text = f"{pair.subject} {became.replace('-', ' ')}"
        return breaks(f"{pair.subject.id}-{became}", text, pair.head)
    text = f"{pair.subject} changed its type from {_listed(old.types)} to {_listed(new.types)}"
    if missing is None or missing:
        return breaks(f"{pair.subject.id}-type-changed", text, _at(pair.head, "type"))
    way = "generalized" if request else "specialized"
    return harmless(f"{pair.subject.id}-type-{way}", text, _at(pair.head, "type"))


def _not_within(narrow: frozenset[str] | None, wide: frozenset[str] | None) -> frozenset[str] | None:
    """Return the types that are no longer allowed; None if any type was allowed."""
    if wide is None:
        return frozenset()
    if narrow is None:
        return None
    allowed = wide | {"integer"} if "number" in wide else wide
    return narrow - allowed


def _listed(types: frozenset[str] | None) -> str:
    return "any" if types is None else " or ".join(sorted(types))


def _format_change(
    pair: SchemaPair, old: View, new: View, narrow: View, wide: View
) -> Iterator[SchemaChange]:
    if old.format != new.format:
        safe = wide.format is None or (narrow.format, wide.format) in _WIDER_FORMATS
        text = f"{pair.subject} changed its format from {old.format or 'none'} to {new.format or 'none'}"
        yield SchemaChange(f"{pair.subject.id}-type-changed", text, not safe, _at(pair.head, "format"))


def _enum_changes(pair: SchemaPair, old: View, new: View) -> Iterator[SchemaChange]:
    """Yield removed and added values: a removal breaks requests, an addition breaks responses."""
    subject, place = pair.subject, _at(pair.head, "enum")
    request = subject.direction is Direction.REQUEST
    if old.values is None or new.values is None:
        if old.values != new.values:
            became = "became-enum" if new.values is not None else "enum-removed"
            text = f"{subject} {'was restricted to' if new.values is not None else 'lost its'} enum values"
            yield SchemaChange(f"{subject.id}-{became}", text, request and new.values is not None, place)
        return
    for value in sorted(old.values - new.values):
        text = f"removed the enum value {value} of {subject}"
        yield SchemaChange(f"{subject.id}-enum-value-removed", text, breaking=request, place=place)
    for value in sorted(new.values - old.values):
        text = f"added the enum value {value} to {subject}"
        yield SchemaChange(f"{subject.id}-enum-value-added", text, breaking=not request, place=place)


def _limit_changes(
    pair: SchemaPair, old: View, new: View, narrow: View, wide: View
) -> Iterator[SchemaChange]:
    """Yield changed limits: tighter limits break requests, looser limits break responses."""
    for limit in sorted(old.limits.keys() | new.limits.keys()):
        before, after = old.limits.get(limit), new.limits.get(limit)
        if before != after:
            text = f"{pair.subject} changed {limit} from {_or_none(before)} to {_or_none(after)}"
            safe = _is_within(limit, narrow.limits.get(limit), wide.limits.get(limit))
            yield SchemaChange(
                f"{pair.subject.id}-{_kebab(limit)}-changed", text, not safe, _at(pair.head, limit)
            )
    if old.pattern != new.pattern:
        text = f"{pair.subject} changed its pattern"
        breaking = pair.subject.direction is Direction.REQUEST and new.pattern is not None
        yield SchemaChange(f"{pair.subject.id}-pattern-changed", text, breaking, _at(pair.head, "pattern"))


def _is_within(limit: str, narrow: float | None, wide: float | None) -> bool:
    if wide is None or narrow is None:
        return wide is None
    return narrow <= wide if "max" in limit.lower() else narrow >= wide


def _or_none(value: float | None) -> str:
    return "none" if value is None else str(value)


def _kebab(keyword: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in keyword)


def _at(node: Node, keyword: str) -> Node:
    """Return the keyword of a schema if the schema itself has it; otherwise the schema."""
    return (node.get(keyword) or node) if isinstance(node.value, dict) else node
