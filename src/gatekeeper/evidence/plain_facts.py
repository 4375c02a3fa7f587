"""Facts to plain data and back, for records."""

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from gatekeeper.collectors.reading.figures import count, listing, mapping, text
from gatekeeper.model.evidence import Facts, Finding, Kind, Shape, Unreadable
from gatekeeper.model.moment import as_written
from gatekeeper.syntax.json import Json, Object

MOST_PLACES = 200
"""The most findings of a list that are recorded with their places; the others have their messages only."""


def as_plain(value: object) -> object:
    """Return facts, or a part of them, as values that JSON can hold."""
    match value:
        case Finding():
            return {name: item for name, item in value._asdict().items() if item is not None}
        case Mapping():
            return {name: as_plain(item) for name, item in value.items()}
        case tuple() if as_dict := getattr(value, "_asdict", None):
            return as_plain(as_dict())
        case [Finding(), *_] if len(value) > MOST_PLACES:
            return [
                as_plain(item if place < MOST_PLACES else Finding(getattr(item, "message", str(item))))
                for place, item in enumerate(value)
            ]
        case datetime():
            return as_written(value)
        case frozenset():
            return sorted(value)
        case tuple() | list():
            return [as_plain(item) for item in value]
        case _:
            return value


def from_plain(kind: Kind, written: Object, where: str) -> Facts:
    """Return the facts of a kind from plain data; a fact that is not in the data is null.

    Raises:
        Unreadable: A value is not of the shape that the kind declares.
    """
    if kind.facts is None or kind.fields is None:
        return {name: _any(value) for name, value in written.items()}
    return kind.facts(
        **{
            name: None if written.get(name) is None else _fact(written[name], shape, f"{where}: {name}")
            for name, shape in kind.fields.items()
        }
    )


def _fact(value: Json, shape: Shape, where: str) -> object:
    match shape:
        case Shape.NUMBER:
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise Unreadable(f"{where} is not a number")
            return value
        case Shape.TEXT:
            return text(value, where)
        case Shape.FLAG:
            if not isinstance(value, bool):
                raise Unreadable(f"{where} is neither true nor false")
            return value
        case Shape.NAMES:
            return tuple(text(name, where) for name in listing(value, where))
        case Shape.FINDINGS:
            return tuple(_finding(mapping(item, where), where) for item in listing(value, where))
        case Shape.MAPPING:
            return {name: _any(item) for name, item in mapping(value, where).items()}
        case Shape.ANY:
            return _any(value)
        case _:
            assert_never(shape)


def _any(value: Json) -> object:
    """Return a value as readers return it: a list that holds text only becomes a tuple."""
    if isinstance(value, dict):
        return {name: _any(item) for name, item in value.items()}
    if isinstance(value, list):
        items = [_any(item) for item in value]
        return tuple(items) if all(isinstance(item, str) for item in items) else items
    return value


def _finding(written: Object, where: str) -> Finding:
    line = written.get("line")
    return Finding(
        text(written.get("message"), f"{where}: message"),
        optional_text(written, "file", where),
        None if line is None else count(line, f"{where}: line"),
        optional_text(written, "pointer", where),
    )


def optional_text(written: Object, key: str, where: str) -> str | None:
    """Return the text of a key; None if it is absent or null."""
    value = written.get(key)
    return None if value is None else text(value, f"{where}: {key}")
