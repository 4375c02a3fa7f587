"""Evidence to plain data and back, for records: facts, parts, and what a record states about all of them."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, assert_never

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from gatekeeper.collectors.reading.figures import count, flag, listing, mapping, text
from gatekeeper.model.evidence import Facts, Finding, Kind, Part, Shape, Unreadable
from gatekeeper.model.moment import as_written, in_utc
from gatekeeper.model.status import Basis
from gatekeeper.syntax.json import Json, Object

MOST_PLACES = 200
"""The most findings of a list that are recorded with their places; the others have their messages only."""

T = TypeVar("T", bound=tuple[Any, ...])
_adapter = cache(TypeAdapter)
_STATED = {"produced_at": "produced_at_basis", "commit": "commit_basis", "subjects": "subjects_basis"}


def as_plain(value: object, places: int | None = MOST_PLACES) -> object:
    """Return facts, or a part of them, as values that JSON can hold.

    Args:
        value: The facts.
        places: The most findings of a list that keep their places; None: all.
    """
    match value:
        case Finding():
            return {name: item for name, item in value._asdict().items() if item is not None}
        case Mapping():
            return {name: as_plain(item, places) for name, item in value.items()}
        case tuple() if as_dict := getattr(value, "_asdict", None):
            return as_plain(as_dict(), places)
        case [Finding(), *_] if places is not None and len(value) > places:
            return [
                as_plain(item if place < places else Finding(getattr(item, "message", str(item))))
                for place, item in enumerate(value)
            ]
        case datetime():
            return as_written(value)
        case frozenset():
            return sorted(value)
        case tuple() | list():
            return [as_plain(item, places) for item in value]
        case _:
            return value


def from_plain(
    kind: Kind, written: Object, where: str, of_any_shape: Callable[[Json], object] | None = None
) -> Facts:
    """Return the facts of a kind from plain data; a fact that is not in the data is null.

    Args:
        kind: The kind.
        written: The facts.
        where: What messages call the data.
        of_any_shape: Returns a value that has no shape; by default as most readers return it.

    Raises:
        Unreadable: A value is not of the shape that the kind declares.
    """
    value_of = of_any_shape or _any
    if kind.facts is None or kind.fields is None:
        return {name: value_of(value) for name, value in written.items()}
    return kind.facts(
        **{
            name: None
            if written.get(name) is None
            else _fact(written[name], shape, f"{where}: {name}", value_of)
            for name, shape in kind.fields.items()
        }
    )


def _fact(value: Json, shape: Shape, where: str, value_of: Callable[[Json], object]) -> object:
    match shape:
        case Shape.NUMBER:
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise Unreadable(f"{where} is not a number")
            return value
        case Shape.TEXT:
            return text(value, where)
        case Shape.FLAG:
            return flag(value, where)
        case Shape.NAMES:
            return tuple(text(name, where) for name in listing(value, where))
        case Shape.FINDINGS:
            return tuple(_finding(mapping(item, where), where) for item in listing(value, where))
        case Shape.MAPPING:
            return {name: value_of(item) for name, item in mapping(value, where).items()}
        case Shape.ANY:
            return value_of(value)
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


def as_plain_part(part: Part) -> dict[str, object]:
    """Return a part as values that JSON can hold, without what it does not state."""
    return {name: as_plain(value) for name, value in part._asdict().items() if value not in (None, ())}


def part_from_plain(written: Object, where: str) -> Part:
    """Return the part that plain data states.

    Raises:
        Unreadable: A value is of the wrong type, or a time, a commit or a subject has no basis.
    """
    part = named_tuple(Part, written, where)
    for flaw in _flaws(part):
        raise Unreadable(f"{where}: {flaw}")
    return part


def named_tuple(of: type[T], written: Object, where: str) -> T:
    """Return the named tuple that plain data states; other keys are passed over.

    Raises:
        Unreadable: A value is of the wrong type.
    """
    known = {name: written[name] for name in of._fields if name in written}  # type: ignore[attr-defined]
    try:
        value = _adapter(of).validate_json(to_json(known), strict=True)
        moments = {name: at for name, at in value._asdict().items() if isinstance(at, datetime)}
        found: T = value._replace(**{name: in_utc(at) for name, at in moments.items()})
    except ValidationError as error:
        flaw = error.errors()[0]
        raise Unreadable(f"{where}: {'.'.join(map(str, flaw['loc']))}: {flaw['msg']}") from None
    except OverflowError:
        raise Unreadable(f"{where}: a time is beyond the calendar") from None
    return found


def is_digest(value: str | None) -> bool:
    """Return whether a value is a SHA-256 as it is written here, or none."""
    return value is None or re.fullmatch("[0-9a-f]{64}", value) is not None


def _flaws(part: Part) -> Iterator[str]:
    if not is_digest(part.sha256):
        yield "sha256 is not a digest of 64 hexadecimal digits"
    for name in ("size", "items"):
        if (getattr(part, name) or 0) < 0:
            yield f"{name} is below 0"
    for name, basis in _STATED.items():
        if getattr(part, name) and getattr(part, basis) in (None, Basis.ATTESTATION):
            yield f"{basis} says neither artefact nor record nor typed"
