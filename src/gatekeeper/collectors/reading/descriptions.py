"""Load descriptions of formats, and find what is wrong with one."""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from itertools import pairwise
from typing import Any, NamedTuple

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.compiled import DOCUMENT, Path
from gatekeeper.collectors.reading.described import Adapter, DescribedFormat
from gatekeeper.collectors.reading.expression_syntax import check, paths_in
from gatekeeper.collectors.reading.values import UNITS, Field
from gatekeeper.errors import nearest
from gatekeeper.model.format import FormatDescription, Value
from gatekeeper.syntax import yaml

_KINDS = "gatekeeper.collectors"
_MOST_ITEMS = 10


class DescriptionFlaw(NamedTuple):
    """What is wrong with a description, and where."""

    path: Path
    message: str
    hint: str | None = None


def adapter_of(kind: str) -> Adapter[Any] | None:
    """Return the adapter of a kind; None if no kind of this name has formats that data can describe."""
    name = f"{_KINDS}.{kind}._described"
    if not kind.isidentifier() or find_spec(f"{_KINDS}.{kind}") is None or find_spec(name) is None:
        return None
    adapter: Any = import_module(name)
    return adapter  # type: ignore[no-any-return]


@lru_cache(maxsize=1024)
def load(text: str) -> FormatDescription:
    """Return a description that is written in YAML.

    Raises:
        SyntaxProblem: It is not YAML.
        ValidationError: It is not a description.
    """
    return FormatDescription.model_validate(yaml.load(text.encode()).value)


@lru_cache(maxsize=1024)
def compiled(text: str) -> DescribedFormat[Any]:
    """Return a format by its description in YAML, which must be valid."""
    description = load(text)
    adapter = adapter_of(description.kind)
    if adapter is None:
        raise ValueError(f"formats of the kind {description.kind!r} cannot be described as data")
    return DescribedFormat(description, adapter)


def valid(text: str, kind: str) -> DescribedFormat[Any]:
    """Return a format of a kind by its description, which may be wrong.

    Raises:
        SyntaxProblem: It is not YAML.
        ValueError: It is not a valid description of a format of this kind.
    """
    description = load(text)
    if description.kind != kind:
        raise ValueError(f"it describes a format of the kind {description.kind!r}, not {kind!r}")
    for flaw in flaws(description):
        raise ValueError(f"{'.'.join(map(str, flaw.path))}: {flaw.message}")
    return compiled(text)


def own(kind: str) -> Mapping[str, str]:
    """Return the descriptions that come with the program, by the name of their file."""
    folder = files(f"{_KINDS}.{kind}")
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".yaml"))
    return {name.removesuffix(".yaml"): folder.joinpath(name).read_text("utf-8") for name in names}


def about(description: FormatDescription) -> About | None:
    """Return what a description says about its format, with the marks; None if it says nothing."""
    if description.about is None:
        return None
    marks = ", ".join(f"`{mark}`" for mark in description.recognise.all)
    return About(recognised=marks, **dict(description.about))


def flaws(description: FormatDescription) -> Iterator[DescriptionFlaw]:
    """Yield what is wrong with a description that has the right shape."""
    adapter = adapter_of(description.kind)
    if adapter is None:
        message = f"formats of the kind {description.kind!r} cannot be described as data"
        yield DescriptionFlaw(("kind",), message, "docs/add-a-kind.md lists the kinds that can")
        return
    invalid = list(_invalid_expressions(description))
    yield from invalid
    if not invalid:
        yield from _unknown_names(description)
        yield from _unknown_values(description, adapter)


def _invalid_expressions(description: FormatDescription) -> Iterator[DescriptionFlaw]:
    for path, text in description.expressions.items():
        try:
            check(text)
        except ValueError as error:
            yield DescriptionFlaw(path, f"{text!r} is not JMESPath: {error}")


def _unknown_names(description: FormatDescription) -> Iterator[DescriptionFlaw]:
    if len(description.items) > _MOST_ITEMS:
        message = f"items are within items {len(description.items)} times; at most {_MOST_ITEMS} are read"
        yield DescriptionFlaw(("items",), message)
    known = {DOCUMENT}
    for name, step in description.items.items():
        if name != description.outermost:
            yield from _begins_with(("items", name), step.in_, known)
        added = [name, *filter(None, (step.key, step.chain))]
        for one in added:
            if one in known:
                yield DescriptionFlaw(("items", name), f"the name {one!r} is used twice")
        known.update(added)
    for name, value in description.fields.items():
        yield from _begins_with(("fields", name), value.path, known)
    for name in description.beside.keys() - {DOCUMENT, *description.items}:
        yield DescriptionFlaw(
            ("beside", name), f"there are no items {name!r}", nearest(name, [DOCUMENT, *description.items])
        )
    if description.fields and not description.items:
        yield DescriptionFlaw(
            ("fields",), "there are fields, and no items", "write `items`, or make them figures"
        )


def _begins_with(where: Path, expression: str, known: set[str]) -> Iterator[DescriptionFlaw]:
    for path in paths_in(expression):
        if path[0] not in known:
            message = f"{expression!r} begins with {path[0]!r}, and there are no such items"
            yield DescriptionFlaw(where, message, f"it begins with one of {', '.join(sorted(known))}")


def _unknown_values(description: FormatDescription, adapter: Adapter[Any]) -> Iterator[DescriptionFlaw]:
    groups = (
        ("fields", description.fields, adapter.FIELDS),
        ("figures", description.figures, adapter.FIGURES),
    )
    for group, values, types in groups:
        for name, value in values.items():
            if name not in types:
                what = f"the kind {description.kind} has no {group.removesuffix('s')} {name!r}"
                yield DescriptionFlaw((group, name), what, nearest(name, types))
            else:
                yield from _misfits((group, name), value, types[name])
                yield from _unknown_words((group, name), value, adapter.WORDS.get(name))
    for name in sorted(adapter.REQUIRED - description.fields.keys()) if description.items else ():
        yield DescriptionFlaw(("fields",), f"the field {name!r} is missing")
    if description.produced_at:
        yield from _misfits(("produced_at",), description.produced_at, Field.TIME)
    if not description.items and not description.figures:
        yield DescriptionFlaw(("format",), "it has neither items nor figures, so it reads nothing")


def _unknown_words(where: Path, value: Value, words: Collection[str] | None) -> Iterator[DescriptionFlaw]:
    if not words:
        return
    for word, to in (value.map or {}).items():
        if to not in words:
            hint = f"the words are {', '.join(words)}"
            yield DescriptionFlaw((*where, "map", word), f"{to!r} is not a word of {where[-1]}", hint)


def _misfits(where: Path, value: Value, field: Field) -> Iterator[DescriptionFlaw]:
    words = value.map or {}
    for one, other in pairwise(sorted(words, key=str.casefold)):
        if one.casefold() == other.casefold() and words[one] != words[other]:
            message = f"{one!r} and {other!r} are one word, because case does not count"
            yield DescriptionFlaw((*where, "map"), message, "remove one of the two")
    units = UNITS.get(field, {})
    if value.unit is not None and value.unit not in units:
        known = f"units here are {', '.join(units)}" if units else "leave out the unit"
        yield DescriptionFlaw((*where, "unit"), f"{field.value} has no unit {value.unit!r}", known)
