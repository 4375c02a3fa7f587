"""Read figures and names from parsed data; a value of another type makes the file unreadable.

A figure that a tool wrote as text ("Unknown", "3") is not a number.
"""

from collections.abc import Iterator
from math import isfinite

from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Json, Object


def count(value: object, name: str) -> int:
    """Return a whole number, 0 or more."""
    if type(value) is int and value >= 0:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or value != value // 1:
        raise Unreadable(f"{name} is {shown(value)}, not a count")
    return int(value)


def amount(value: object, name: str) -> float:
    """Return a finite number, 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value < 0:
        raise Unreadable(f"{name} is {shown(value)}, not an amount")
    return float(value)


def flag(value: object, name: str) -> bool:
    """Return a Boolean."""
    if not isinstance(value, bool):
        raise Unreadable(f"{name} is {shown(value)}, neither true nor false")
    return value


def mapping(value: object, name: str) -> Object:
    """Return a JSON object."""
    if not isinstance(value, dict):
        raise Unreadable(f"{name} is {shown(value)}, not an object")
    return value


def section(owner: Object, key: str, name: str = "") -> Object:
    """Return the JSON object under a key; an empty one if it is missing."""
    return mapping(owner.get(key) or {}, name or key)


def listing(value: object, name: str) -> list[Json]:
    """Return a JSON array."""
    if not isinstance(value, list):
        raise Unreadable(f"{name} is {shown(value)}, not a list")
    return value


def entries(value: object, name: str) -> list[Json]:
    """Return a JSON array; an empty one if it is missing."""
    return [] if value is None else listing(value, name)


def objects(value: object, name: str, one: str = "") -> Iterator[Object]:
    """Yield the objects of a JSON array; `one` names each of them, by default the name with an index."""
    for index, item in enumerate(listing(value, name)):
        yield mapping(item, one or f"{name}[{index}]")


def listed(owner: Object, key: str, one: str) -> Iterator[Object]:
    """Yield the objects of the JSON array under a key, which may be missing; `one` names each of them."""
    return objects(entries(owner.get(key), key), key, one)


def walk(value: Json) -> Iterator[Json]:
    """Yield a value and all values within it, in no particular order."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        yield found
        if isinstance(found, dict | list):
            waiting += found.values() if isinstance(found, dict) else found


def text(value: object, name: str) -> str:
    """Return a string."""
    if not isinstance(value, str):
        raise Unreadable(f"{name} is {shown(value)}, not text")
    return value


def first_text(owner: Object, *keys: str) -> str | None:
    """Return the first string under one of these keys that is not blank; None without one."""
    for key in keys:
        if isinstance(value := owner.get(key), str) and value.strip():
            return value
    return None


def line_or_none(value: object) -> int | None:
    """Return a line number, 1 or more; None for any other value."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def shown(value: object) -> str:
    """Return a value as text for a message: containers by their type, other values cut to 40 characters."""
    match value:
        case None:
            return "missing"
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            shown = repr(value)
            return shown if len(shown) <= 40 else shown[:39] + "…"
