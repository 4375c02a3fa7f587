"""Read figures and names from parsed data; a value of another type makes the file unreadable.

A figure that a tool wrote as text ("Unknown", "3") is not a number.
"""

from math import isfinite

from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Json, Object


def count(value: object, name: str) -> int:
    """Return a whole number, 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or value != value // 1:
        raise Unreadable(f"{name} is {shown(value)}, not a count")
    return int(value)


def amount(value: object, name: str) -> float:
    """Return a finite number, 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value < 0:
        raise Unreadable(f"{name} is {shown(value)}, not an amount")
    return float(value)


def mapping(value: object, name: str) -> Object:
    """Return a JSON object."""
    if not isinstance(value, dict):
        raise Unreadable(f"{name} is {shown(value)}, not an object")
    return value


def listing(value: object, name: str) -> list[Json]:
    """Return a JSON array."""
    if not isinstance(value, list):
        raise Unreadable(f"{name} is {shown(value)}, not a list")
    return value


def text(value: object, name: str) -> str:
    """Return a string."""
    if not isinstance(value, str):
        raise Unreadable(f"{name} is {shown(value)}, not text")
    return value


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
