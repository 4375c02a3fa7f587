"""Convert the values of described formats to the types and units of a kind's fields."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from gatekeeper.collectors.reading import figures, instants
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.model.evidence import Unreadable
from gatekeeper.model.format import Value

_NUMBER = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})?([eE][-+]?[0-9]{1,3})?")
_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "min": 60.0}
_MILLISECONDS = {unit: 1000 * factor for unit, factor in _SECONDS.items()} | {
    "ms": 1.0,
    "us": 1e-3,
    "ns": 1e-6,
}
_SHARES = {"pct": 1.0, "ratio": 100.0}
_EPOCHS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_IN_2001, _IN_2128 = 1e9, 5e9
"""Seconds since 1970."""


class Field(Enum):
    """The type of a field or a figure, and of the value that a reader gets for it."""

    TEXT = "text"
    """`str`"""
    TEXTS = "texts"
    """`tuple[str, ...]`; one text is a list of one."""
    COUNT = "a count"
    """`int`, 0 or more"""
    AMOUNT = "an amount"
    """`float`, 0 or more"""
    SECONDS = "a duration"
    """`float` in seconds; so many units of `s`, `ms`, `us`, `ns` or `min` in the file"""
    MILLISECONDS = "a duration in milliseconds"
    """`float` in milliseconds; units as for seconds"""
    SHARE = "a share"
    """`float`, 0 to 100; `pct` or `ratio` in the file"""
    FLAG = "true or false"
    """`bool`"""
    WORD = "a word"
    """`str`: the kind's word, as `map` translates it; in lower case without `map`"""
    TIME = "a time"
    """`datetime`; `iso`, or so many `s`, `ms`, `us` or `ns` since 1970 in the file"""
    LINE = "a line number"
    """`int`, 1 or more; any other value is None"""
    COUNTS = "a list of counts"
    """`list[int | None]`"""
    ANY = "any value"
    """As it is parsed."""


UNITS: Mapping[Field, Mapping[str, float]] = {
    Field.SECONDS: _SECONDS,
    Field.MILLISECONDS: _MILLISECONDS,
    Field.SHARE: _SHARES,
    Field.TIME: {**_EPOCHS, "iso": 1.0},
}
"""The units in which a file may state a field of a type."""


class Unmapped(NamedTuple):
    """A word of the tool that the description does not translate."""

    word: str


Convert = Callable[[Any], Any]
"""A value of a file -> the value of the field, or `Unmapped`; `Unreadable` says what it is instead."""


def converter(name: str, field: Field, value: Value, *, of_text: bool) -> Convert:
    """Return the conversion of a field; None stays None.

    Args:
        name: What the value is called in messages.
        field: Its type.
        value: How the format states it.
        of_text: Whether the syntax has texts only, as CSV.
    """
    convert = _of_type(name, field, value, of_text=value.from_ == "text" or (of_text and value.from_ is None))
    return _mapped(value.map, convert) if value.map is not None else convert


def _mapped(words: Mapping[str, Any], convert: Convert) -> Convert:
    known = {word.casefold(): to for word, to in words.items()}

    def of(value: Any) -> Any:
        word = str(value).casefold()
        return convert(known[word]) if word in known else Unmapped(figures.shown(value))

    return of


def _of_type(name: str, field: Field, value: Value, *, of_text: bool) -> Convert:
    number = _from_text(name) if of_text else _unchanged
    if field in _DEFAULT_UNITS:
        factor = UNITS[field][value.unit or _DEFAULT_UNITS[field]]
        scaled = _scaled(name, factor, number)
        return _at_most_the_whole(name, scaled) if field is Field.SHARE else scaled
    if field is Field.TIME:
        return _time(name, value.unit or "iso", number)
    if field is Field.LINE:
        return _line_in_text if of_text else figures.line_or_none
    return _PLAIN[field](name, number)


_DEFAULT_UNITS = {Field.SECONDS: "s", Field.MILLISECONDS: "ms", Field.SHARE: "pct"}
_PLAIN: Mapping[Field, Callable[[str, Convert], Convert]] = {
    Field.TEXT: lambda name, _: lambda found: found if found.__class__ is str else figures.text(found, name),
    Field.TEXTS: lambda name, _: lambda found: _texts(found, name),
    Field.WORD: lambda name, _: lambda found: _word(found, name),
    Field.FLAG: lambda name, _: lambda found: figures.flag(found, name),
    Field.COUNT: lambda name, number: lambda found: figures.count(number(found), name),
    Field.AMOUNT: lambda name, number: lambda found: figures.amount(number(found), name),
    Field.COUNTS: lambda name, number: lambda found: _counts(found, name, number),
    Field.ANY: lambda _name, _number: _unchanged,
}


def _unchanged(found: Any) -> Any:
    return found


def _scaled(name: str, factor: float, number: Convert) -> Convert:
    return lambda found: factor * figures.amount(number(found), name)


def _line_in_text(found: Any) -> int | None:
    return int(found) if isinstance(found, str) and found.isdecimal() and int(found) else None


def _counts(found: Any, name: str, number: Convert) -> list[int | None]:
    listed = figures.listing(found, name)
    return [None if one is None else figures.count(number(one), name) for one in listed]


def _at_most_the_whole(name: str, convert: Convert) -> Convert:
    def share(found: Any) -> float:
        pct: float = convert(found)
        if pct > 100:
            raise Unreadable(f"{name} is {shown(found)}, more than the whole")
        return pct

    return share


def _from_text(name: str) -> Convert:
    def number(found: Any) -> float | int:
        text = figures.text(found, name).strip()
        if not _NUMBER.fullmatch(text):
            raise Unreadable(f"{name} is {shown(text)}, not a number")
        return int(text) if text.isdecimal() else float(text)

    return number


def _texts(found: Any, name: str) -> tuple[str, ...]:
    listed = found if isinstance(found, list) else [found]
    return tuple([figures.text(one, name) for one in listed if one is not None])


def _word(found: Any, name: str) -> str:
    if isinstance(found, bool | int):
        return str(found).lower()
    return figures.text(found, name).lower()


def _advice(found: Any, unit: str) -> str:
    """Return which unit a number has that counts from 1970; empty if none is likely."""
    if isinstance(found, bool) or not isinstance(found, int | float):
        return ""
    units = [one for one, factor in _EPOCHS.items() if _IN_2001 <= found * factor < _IN_2128]
    return f"; a number since 1970 needs its unit: `unit: {units[0]}`" if units and units[0] != unit else ""


def _time(name: str, unit: str, number: Convert) -> Convert:
    def time(found: Any) -> datetime:
        instant = (
            instants.from_text(found)
            if unit == "iso"
            else instants.from_seconds(_EPOCHS[unit] * figures.amount(number(found), name))
        )
        if instant is None:
            raise Unreadable(f"{name} is {shown(found)}, not a time{_advice(found, unit)}")
        return instant

    return time
