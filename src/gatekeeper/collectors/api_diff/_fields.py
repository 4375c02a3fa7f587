"""Compare fields that are no schemas: those that are not modelled, and what is promised for how long."""

import re
from collections.abc import Mapping

from gatekeeper.collectors.api_diff._change import Changes, breaks, unclear
from gatekeeper.collectors.api_diff._schema import as_json
from gatekeeper.collectors.formats.openapi.fields import fields_of
from gatekeeper.collectors.reading.node import Node

_NOT_MODELLED = {"jsonSchemaDialect", "prefixEncoding", "itemEncoding"}
_DIALECTS = {
    "https://spec.openapis.org/oas/3.1/dialect/base", "https://json-schema.org/draft/2020-12/schema",
}  # fmt: skip
LIFE = ("x-sunset", "x-stability-level", "deprecated")
"""What says how long a client may rely on something; the first two are extensions of oasdiff."""
_STABILITY = ("draft", "alpha", "beta", "stable")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T.*)?")
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


def unmodelled_changes(old: Node, new: Node, type_: str) -> Changes:
    """Yield the fields of an object that differ, are not modelled and are no extensions."""
    before, after = old.object(), new.object()
    for key in sorted((before.keys() | after.keys()) - (fields_of(type_) - _NOT_MODELLED)):
        was, now = before.get(key), after.get(key)
        if key == "jsonSchemaDialect":
            was, now = (None if value in _DIALECTS else value for value in (was, now))
        if not key.startswith("x-") and as_json(was) != as_json(now):
            place = new.get(key) or old.get(key) or new
            yield unclear(f"{type_.replace(' ', '-')}-field-changed", f"changed {key!r} of a {type_}", place)


def lifecycle_changes(
    named: str, old: Mapping[str, Node | None], new: Mapping[str, Node | None], place: Node
) -> Changes:
    """Yield what is taken back of what `LIFE` promised about an operation, a parameter or a property."""
    (was, level, _), (now, head_level, deprecated) = (
        [str(node.value) if (node := one[name]) else None for name in LIFE] for one in (old, new)
    )
    if was != now and not all(date is None or _DATE.fullmatch(date) for date in (was, now)):
        yield unclear("sunset-changed", f"{named} has a sunset that is not a date", place)
    elif was is not None and (now < was if now is not None else deprecated == "True"):
        yield breaks("sunset-changed", f"{named} lost its sunset, or has an earlier one", place)
    if level != head_level:
        if not {level, head_level} - {None} <= set(_STABILITY):
            yield unclear("stability-changed", f"{named} has a stability level that is not known", place)
        elif level and _STABILITY.index(head_level or _STABILITY[-1]) < _STABILITY.index(level):
            yield breaks("stability-changed", f"{named} became less stable", place)


def effective_style(owner: Node, location: str) -> tuple[str, bool]:
    """Return how a parameter or header is written: its style, and whether it is exploded."""
    style = owner.text("style") or _STYLES.get(location, "form")
    explode = owner.flag("explode")
    return style, style == "form" if explode is None else explode
