"""Compare the values that a schema allows in two versions: types, formats, enums and limits.

A request must not allow fewer values than before, and a response must not allow more.
"""

from collections.abc import Iterator

from gatekeeper.collectors.api_diff._schema_change import SchemaChange, SchemaPair
from gatekeeper.collectors.api_diff._schema_view import View

_WIDER_FORMATS = frozenset({
    ("float", "double"), ("int32", "int64"), ("int32", "bigint"), ("int64", "bigint"),
    ("date", "date-time"), ("time", "date-time"),
})  # fmt: skip
"""Pairs in which the second format includes the first, as for oasdiff."""
_ONLY_NULL = frozenset({"null"})


def value_changes(pair: SchemaPair, old: View, new: View) -> Iterator[SchemaChange]:
    """Yield the changes of the allowed values; those of `narrow` must be within those of `wide`."""
    narrow, wide = (old, new) if pair.is_request else (new, old)
    changed_type = None if old.types == new.types else _type_change(pair, old, new, narrow, wide)
    if changed_type:
        yield changed_type
    if (changed_type is None or not changed_type.breaking) and old.format != new.format:
        safe = wide.format is None or (narrow.format, wide.format) in _WIDER_FORMATS
        text = f"{pair.subject} changed its format from {old.format or 'none'} to {new.format or 'none'}"
        yield pair.changed("type-changed", text, breaking=not safe, place="format")
    yield from _enum_changes(pair, old, new)
    yield from _limit_changes(pair, old, new, narrow, wide)
    if old.pattern != new.pattern:
        breaking = pair.is_request and new.pattern is not None
        text = f"{pair.subject} changed its pattern"
        yield pair.changed("pattern-changed", text, breaking=breaking, place="pattern")


def _type_change(pair: SchemaPair, old: View, new: View, narrow: View, wide: View) -> SchemaChange:
    missing = _not_within(narrow.types, wide.types)
    if missing == _ONLY_NULL:
        became = "became-not-nullable" if pair.is_request else "became-nullable"
        text = f"{pair.subject} {became.replace('-', ' ')}"
        return pair.changed(became, text, breaking=True, place=pair.head)
    text = f"{pair.subject} changed its type from {_listed(old.types)} to {_listed(new.types)}"
    if missing is None or missing:
        return pair.changed("type-changed", text, breaking=True, place="type")
    way = "generalized" if pair.is_request else "specialized"
    return pair.changed(f"type-{way}", text, breaking=False, place="type")


def _not_within(narrow: frozenset[str] | None, wide: frozenset[str] | None) -> frozenset[str] | None:
    """Return the types that are no longer allowed; None if any type was allowed."""
    if wide is None:
        return frozenset()
    if narrow is None:
        return None
    return narrow - (wide | {"integer"} if "number" in wide else wide)


def _listed(types: frozenset[str] | None) -> str:
    return "any" if types is None else " or ".join(sorted(types))


def _enum_changes(pair: SchemaPair, old: View, new: View) -> Iterator[SchemaChange]:
    """Yield removed and added values: a removal breaks requests, an addition breaks responses."""
    if old.values is None or new.values is None:
        if old.values != new.values:
            is_new = new.values is not None
            text = f"{pair.subject} {'was restricted to' if is_new else 'lost its'} enum values"
            id_ = "became-enum" if is_new else "enum-removed"
            yield pair.changed(id_, text, breaking=pair.is_request and is_new, place="enum")
        return
    for value in sorted(old.values - new.values):
        text = f"removed the enum value {value} of {pair.subject}"
        yield pair.changed("enum-value-removed", text, breaking=pair.is_request, place="enum")
    for value in sorted(new.values - old.values):
        text = f"added the enum value {value} to {pair.subject}"
        yield pair.changed("enum-value-added", text, breaking=not pair.is_request, place="enum")


def _limit_changes(
    pair: SchemaPair, old: View, new: View, narrow: View, wide: View
) -> Iterator[SchemaChange]:
    """Yield changed limits: tighter limits break requests, looser limits break responses."""
    for limit in sorted(old.limits.keys() | new.limits.keys()):
        before, after = old.limits.get(limit), new.limits.get(limit)
        if before != after:
            shown = ("none" if value is None else str(value) for value in (before, after))
            text = f"{pair.subject} changed {limit} from {' to '.join(shown)}"
            kebab = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in limit)
            safe = _is_within(limit, narrow.limits.get(limit), wide.limits.get(limit))
            yield pair.changed(f"{kebab}-changed", text, breaking=not safe, place=limit)


def _is_within(limit: str, narrow: float | None, wide: float | None) -> bool:
    if wide is None or narrow is None:
        return wide is None
    return narrow <= wide if "max" in limit.lower() else narrow >= wide
