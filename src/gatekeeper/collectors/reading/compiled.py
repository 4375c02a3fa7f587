"""A description of a format, compiled: its expressions as functions, its fields with their conversions."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple, Protocol

from gatekeeper.collectors.reading.expression_compiler import Compiler, Getter
from gatekeeper.collectors.reading.expression_syntax import path_of, paths_in, tree_of
from gatekeeper.collectors.reading.values import Convert, Field, converter
from gatekeeper.model.format import Conditions, FormatDescription, Items, Value

DOCUMENT = "document"
"""The name of the document, the line or the row in expressions."""
_CHARACTERS = 64
"""So many characters of an expression count as one step each time that it is evaluated."""
_STEPS_OF_ROW = 6
"""So many steps a row counts besides its expressions."""
Path = tuple[str | int, ...]


class ItemStep(NamedTuple):
    """How the items of one kind are found."""

    name: str
    spec: Items
    get: Getter
    base: Path | None
    """The path of the list within its owner, if the expression is a path."""
    owner: str
    """The name of the item that the path begins with."""
    nested: Getter | None
    nested_path: Path | None
    known: frozenset[str] | None
    """The keys of an item that the description knows; None if each of its values is an item."""


class RowTypes(Protocol):
    """What the rows of a kind are made of."""

    FIELDS: Mapping[str, Field]
    """The fields that a row may have."""
    REQUIRED: frozenset[str]
    """Those that a description must have."""
    FIGURES: Mapping[str, Field]
    """The figures that a document may have."""
    DOUBTS: frozenset[str]
    """The facts that depend on a list which a description does not know."""
    WORDS: Mapping[str, Collection[str]]
    """The words of a field or a figure, if no others make sense."""


class Plan:
    """A compiled description."""

    def __init__(self, description: FormatDescription, types: RowTypes, compiler: Compiler) -> None:
        self.description = description
        self.of_text = description.reads == "csv"
        self.doubts = types.DOUBTS
        self.required = sorted(types.REQUIRED)
        self._compile = compiler.compile
        self.spend = compiler.spend
        """Spends steps of the budget of all expressions together."""
        steps = [(where[0], 1 + len(text) // _CHARACTERS) for where, text in description.expressions.items()]
        self.work_on_row = _STEPS_OF_ROW + sum(work for group, work in steps if group == "fields")
        self.work_on_document = sum(work for group, work in steps if group not in ("fields", "recognise"))
        self._known = _known_keys(description)
        self._opened = {step.in_ for step in description.items.values() if step.key}
        """The items whose values are themselves items, whatever their keys."""
        self.steps = [self._step(name, step) for name, step in description.items.items()]
        self.fields = self._values(description.fields, types.FIELDS)
        self.figures = self._values(description.figures, types.FIGURES)
        time = description.produced_at
        self.times = [self._value("produced_at", time, Field.TIME)] if time else []
        self.texts = {
            name: self._compile(text)
            for name, text in (
                ("tool", description.tool),
                ("version", description.version),
                ("commit", description.commit),
            )
            if text
        }
        self.subjects = {name: self._compile(text) for name, text in description.subject or () if text}
        self.unreadable = self._conditions(description.unreadable)
        self.absent = self._conditions(description.absent)
        self.partial = self._conditions(description.partial)
        self.owners = sorted(
            {prefix for prefix in self._known if prefix[0] == DOCUMENT and _leads(prefix, description)}
        )

    def stated(self, found: Any) -> Any:
        """Return a value; None if it is an empty text of a syntax that has texts only."""
        return None if self.of_text and found == "" else found

    def known(self, *prefix: str | int) -> frozenset[str]:
        """Return the keys that the description knows of the document, of an item, or of an object in it."""
        return self._known.get(prefix, frozenset())

    def _step(self, name: str, step: Items) -> ItemStep:
        path = path_of(tree_of(step.in_))
        is_first = name == self.description.outermost
        owner = DOCUMENT if is_first else (path[0] if path else DOCUMENT)
        base = path if is_first else path[1:]
        nested = path_of(tree_of(step.nested)) if step.nested else ()
        get = self._compile(step.in_)
        return ItemStep(
            name,
            step,
            _within_document(get) if is_first else get,
            base if path or step.in_ == "@" else None,
            owner,
            self._compile(step.nested) if step.nested else None,
            nested or None,
            None if name in self._opened else self.known(name),
        )

    def _values(
        self, values: Mapping[str, Value], fields: Mapping[str, Field]
    ) -> list[tuple[str, Getter, Convert]]:
        return [(name, *self._value(name, value, fields[name])) for name, value in values.items()]

    def _value(self, name: str, value: Value, field: Field) -> tuple[Getter, Convert]:
        return self._compile(value.path), converter(name, field, value, of_text=self.of_text)

    def _conditions(self, conditions: Conditions | None) -> list[tuple[str, Getter, bool]]:
        """Return each sentence with its condition, and whether it holds if that is true."""
        if conditions is None:
            return []
        return [(why, self._compile(text), True) for why, text in conditions.if_.items()] + [
            (why, self._compile(text), False) for why, text in conditions.unless.items()
        ]


def _within_document(get: Getter) -> Getter:
    return lambda names: get(names[DOCUMENT])


def _known_keys(description: FormatDescription) -> dict[Path, frozenset[str]]:
    """Return the keys that the expressions use, by the path of the object that has them."""
    keys: dict[Path, set[str]] = {}

    def add(path: Path) -> None:
        for at in range(1, len(path)):
            keys.setdefault(path[:at], set()).add(str(path[at]))

    first = description.outermost
    is_document = (
        first is not None and description.items[first].in_ == "@" and not description.items[first].key
    )
    for where, text in description.expressions.items():
        for path in paths_in(text):
            whole = (*_prefix(where, first), *path)
            add(whole)
            if is_document and whole[0] == first:
                add((DOCUMENT, *whole[1:]))
    for name, beside in description.beside.items():
        for key in beside:
            add((name, *key.split(".")))
    return {path: frozenset(known) for path, known in keys.items()}


def _prefix(where: Path, first: str | None) -> Path:
    """Return what the expression at a path of the description is about, if it does not begin with a name.

    That is the document, or for more of the same items, `nested`, the item itself.
    """
    match where:
        case ("items", name, "nested"):
            return (name,)
        case ("fields", _):
            return ()
        case ("items", name):
            return (DOCUMENT,) if name == first else ()
        case _:
            return (DOCUMENT,)


def _leads(prefix: Path, description: FormatDescription) -> bool:
    """Return whether the object at a path of the document is one around the first list of items."""
    first = description.outermost
    path = next(iter(paths_in(description.items[first].in_)), ()) if first else ()
    return len(prefix) == 1 or (len(prefix) <= len(path) and prefix[1:] == path[: len(prefix) - 1])
