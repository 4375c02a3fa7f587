"""The rows of a described format: the walk from a document to its items, and the fields of each."""

from collections.abc import Iterator
from typing import Any

from gatekeeper.collectors.reading.compiled import DOCUMENT, ItemStep, Path, Plan
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.structured import Structured, pointer
from gatekeeper.collectors.reading.values import Unmapped
from gatekeeper.model.evidence import Finding, NotUnderstood, Unreadable
from gatekeeper.syntax.json import Json

_LISTS = "list"
_MOST_NOTES = 200
_DEEPEST = 200
"""So many levels of items within items are read; JSON is not nested deeper."""


class Row:
    """One row: the values of its fields, and its place."""

    __slots__ = ("_document", "_path", "unmapped", "values")

    def __init__(
        self, values: dict[str, Any], unmapped: dict[str, str], document: Structured, path: Path | None
    ):
        self.values = values
        """By the name of the field; a value that the file does not state is missing."""
        self.unmapped = unmapped
        """The words that the description does not translate, by the name of the field."""
        self._document = document
        self._path = path

    def get(self, name: str) -> Any:
        """Return the value of a field; None if the file does not state it."""
        return self.values.get(name)

    @property
    def is_placed(self) -> bool:
        """Whether its path in the document is known."""
        return self._path is not None

    @property
    def place(self) -> tuple[Structured, Path]:
        """The document and the path in it; the path is empty if it is not known."""
        return self._document, self._path or ()

    def finding(self, message: str) -> Finding:
        """Return a finding about the row: file, and line or pointer as they are known."""
        if self._path is None:
            return Finding(
                message, self._document.file, self._document.line(()) if self._document.is_line else None
            )
        return self._document.finding(message, *self._path)


class UnknownLists:
    """Notes the lists of a file that a description does not know, and that may hold rows.

    Args:
        touches: The facts that depend on such a list; without any, none is noted.
    """

    def __init__(self, touches: frozenset[str]) -> None:
        self._ledger = Ledger({_LISTS: touches})
        self._left = _MOST_NOTES if touches else -1
        """So many more may be noted, before the next object is not looked at."""

    def places(self) -> tuple[NotUnderstood, ...]:
        """Return what was noted."""
        return self._ledger.places()

    def check(self, document: Structured, path: Path | None, owner: Any, known: frozenset[str]) -> None:
        """Note the lists under the keys of an object that are not known."""
        if self._left < 0 or not isinstance(owner, dict) or owner.keys() <= known:
            return
        for key in owner.keys() - known:
            if _may_hold_rows(owner[key]):
                self._left -= 1
                message = f"{shown(key)} is not known: it may list what is looked for"
                self._ledger.add(_LISTS, document.finding(message, *(() if path is None else (*path, key))))


class Walk:
    """The walk through one document.

    Args:
        plan: What to look for.
        document: The document, a line or a row.
        lists: Where unknown lists are noted.
    """

    def __init__(self, plan: Plan, document: Structured, lists: UnknownLists) -> None:
        self._plan = plan
        self._document = document
        self._lists = lists
        self._names: dict[str, Any] = {DOCUMENT: document.value}
        """What expressions may begin with: the document, and the present item of each step so far."""
        self._paths: dict[str, Path | None] = {DOCUMENT: ()}
        """The path of each of these; None if it is not known."""

    def rows(self) -> Iterator[Row]:
        """Yield the rows, once the lists of the document itself are checked."""
        for owner in self._plan.owners:
            inner = _at(self._document.value, owner[1:])
            self._lists.check(self._document, owner[1:], inner, self._plan.known(*owner))
        if self._plan.steps:
            yield from self._within(0)

    def _within(self, at: int) -> Iterator[Row]:
        """Yield the rows within the present items of the steps before this one."""
        step = self._plan.steps[at]
        is_last = at + 1 == len(self._plan.steps)
        before = self._paths.get(step.owner)
        base = None if before is None or step.base is None else (*before, *step.base)
        for _ in self._items(step, step.get(self._names), base, []):
            if is_last:
                yield self._row(self._paths[step.name])
            else:
                yield from self._within(at + 1)

    def _items(self, step: ItemStep, found: Any, base: Path | None, around: list[Any]) -> Iterator[None]:
        """Make each item that a step finds the present one, and stop for it."""
        spec, known = step.spec, step.known
        for key, item, path in self._listed(step, found, base):
            if not isinstance(item, dict) and spec.of == "objects":
                raise Unreadable(f"{self._place(path)}{step.name} is {shown(item)}, not an object")
            if known is not None:
                self._lists.check(self._document, path, item, known)
            if len(around) >= _DEEPEST:
                raise Unreadable(f"{step.name} is nested more than {_DEEPEST} levels deep")
            self._plan.spend(1)
            self._names[step.name], self._paths[step.name] = item, path
            if spec.key:
                self._names[spec.key] = key
            if spec.chain:
                self._names[spec.chain] = [*around, item]
            yield
            if step.nested and (inner := step.nested(item)) is not None:
                below = None if path is None or step.nested_path is None else (*path, *step.nested_path)
                yield from self._items(step, inner, below, [*around, item])

    def _listed(
        self, step: ItemStep, found: Any, base: Path | None
    ) -> Iterator[tuple[str, Any, Path | None]]:
        """Yield the key, the value and the path of each item that an expression found."""
        if found is None and not step.spec.optional:
            raise Unreadable(f"{self._place(base)}there is no list `{step.spec.in_}` of items {step.name!r}")
        if isinstance(found, list):
            for at, item in enumerate(found):
                yield "", item, None if base is None else (*base, at)
        elif isinstance(found, dict) and step.spec.key:
            for key, item in found.items():
                yield key, item, None if base is None else (*base, key)
        elif isinstance(found, dict):
            yield "", found, base
        elif found is not None and found is not False:
            raise Unreadable(f"{self._place(base)}{step.spec.in_} is {shown(found)}, not a list")

    def _row(self, path: Path | None) -> Row:
        """Return the row of the present items, the last of which is at a path."""
        plan, names = self._plan, self._names
        plan.spend(plan.work_on_row)
        values: dict[str, Any] = {}
        unmapped: dict[str, str] = {}
        try:
            for name, get, convert in plan.fields:
                found = get(names)
                if found is None or (plan.of_text and found == ""):
                    continue
                if found.__class__ is list:
                    plan.spend(len(found))
                value = convert(found)
                if value.__class__ is Unmapped:
                    unmapped[name] = value.word
                else:
                    values[name] = value
        except Unreadable as flaw:
            raise Unreadable(f"{self._place(path)}{flaw}") from None
        for name in plan.required:
            if name not in values and name not in unmapped:
                expression = plan.description.fields[name].path
                raise Unreadable(f"{self._place(path)}{name} is missing: `{expression}` finds nothing")
        return Row(values, unmapped, self._document, path)

    def _place(self, path: Path | None) -> str:
        return place_of(self._document, path)


def place_of(document: Structured, path: Path | None) -> str:
    """Return where a flaw is, to begin a message: the line of a file of lines, or the pointer."""
    if document.is_line:
        return f"line {document.line(())}: "
    return f"{pointer(path)}: " if path else ""


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _may_hold_rows(value: Json) -> bool:
    """Return whether objects are in a list or an object, or in a list within it."""
    listed: Any = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    return any(isinstance(one, dict) or (isinstance(one, list) and _has_objects(one)) for one in listed)


def _has_objects(listed: list[Json]) -> bool:
    return any(isinstance(one, dict) for one in listed)
