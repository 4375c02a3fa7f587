"""The types of parameters and fields, and whether a value of a type can only come from code that checks it.

A class is *checked* if its constructor throws on some arguments; if its constructor is hidden and each static
method that takes arguments and makes an object asks first; or if it consists of checked parts alone. A
branded type is checked if each cast to it is in a function that asks first. Lists and optional values of
checked types are checked.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from gatekeeper.collectors.formats.grammar import first, text
from gatekeeper.collectors.formats.typescript.source import Class
from gatekeeper.collectors.formats.typescript.syntax import captures
from gatekeeper.collectors.formats.typescript.tree import SourceTree
from gatekeeper.collectors.typescript._members import ClassField, fields
from gatekeeper.collectors.typescript._names import DYNAMIC

if TYPE_CHECKING:
    from tree_sitter import Node

_LISTS = frozenset({"Array", "Iterable", "ReadonlyArray", "ReadonlySet", "Set"})
_COLLECTIONS = _LISTS | {"Map", "ReadonlyMap", "WeakMap", "WeakSet"}
_SAME = frozenset({"NonNullable", "Readonly", "Required"})
_NONE = frozenset({"null", "undefined", "void"})
_WRAPPED = frozenset({"array_type", "optional_type", "parenthesized_type", "readonly_type", "rest_type",
                      "type_annotation"})  # fmt: skip
_NO_VALUE = re.compile(r"\w*(Command|Dto|DTO|Error|Event|Exception|Message|Query)")
_BRAND = re.compile(r"brand|tag|opaque|nominal|unique symbol|__\w+", re.IGNORECASE)
_INFERRED = re.compile(r"[\w.]+\.(?:infer|output|InferOutput)<\s*typeof\s+(\w+)\s*>")


class Typed(NamedTuple):
    """A type as it is written in a file."""

    file: str
    node: "Node"


class Checks(Protocol):
    """What is known of the functions of the tree."""

    def makes_checked(self, of: Class) -> bool:
        """Return whether objects of a class come from code that checks."""
        ...

    def asks_first(self, file: str, cast: "Node") -> bool:
        """Return whether the function around a cast asks something before it."""
        ...


class Types:
    """The types of a tree."""

    def __init__(self, tree: SourceTree, checks: Checks) -> None:
        self._tree = tree
        self._checks = checks
        self._checked: dict[tuple[str, int], bool] = {}
        self._fields: dict[tuple[str, int], dict[str, ClassField]] = {}

    def fields(self, of: Class) -> dict[str, ClassField]:
        """Return the fields that a class itself declares."""
        if of.key not in self._fields:
            self._fields[of.key] = fields(of.node)
        return self._fields[of.key]

    def is_checked(self, typed: Typed | None, *, any_part: bool = False) -> bool:
        """Return whether all values of a type are checked; with `any_part`, whether a part of it is."""
        return typed is not None and self._is_checked(typed.file, typed.node, 12, any_part=any_part)

    def _is_checked(self, file: str, node: "Node", depth: int, *, any_part: bool) -> bool:
        inner = [part for part in node.named_children if part.type != "comment"]

        def are_checked(parts: "Sequence[Node | None]", *, any_part_of: bool = False) -> bool:
            found = [part is not None and self._is_checked(file, part, depth - 1, any_part=any_part)
                     for part in parts]  # fmt: skip
            return any(found) if any_part_of else bool(found) and all(found)

        if depth == 0:
            return False
        if node.type in _WRAPPED:
            return are_checked(inner[:1])
        if node.type in ("union_type", "tuple_type"):
            return are_checked([part for part in inner if text(part) not in _NONE])
        if node.type == "intersection_type" and any_part:
            return are_checked(inner, any_part_of=True)
        if node.type in ("object_type", "interface_body"):
            return are_checked([part.child_by_field_name("type") for part in inner], any_part_of=any_part)
        if node.type == "generic_type" and text(first(node)) in _LISTS | _SAME:
            return are_checked([first(node.child_by_field_name("type_arguments"))])
        return self._is_name_checked(file, node, depth, any_part=any_part)

    def _is_name_checked(self, file: str, node: "Node", depth: int, *, any_part: bool) -> bool:
        reference = _reference(node)
        found = self._tree.find(file, reference) if reference else None
        if found is not None and found.node.type != "interface_declaration":
            return self.is_class_checked(found)
        alias = self._tree.declared(file, reference) if reference and found is None else None
        if found is not None:
            file, value = found.file, found.node.child_by_field_name("body")
        elif alias is not None and alias[1].type == "type_alias_declaration":
            file, value = alias[0], alias[1].child_by_field_name("value")
        else:
            return False
        return value is not None and (
            (found is None and self._is_branded(file, reference[-1], value))
            or self._is_checked(file, value, depth - 1, any_part=any_part)
        )

    def is_class_checked(self, of: Class) -> bool:
        """Return whether objects of a class come from code that checks."""
        if of.key not in self._checked:
            self._checked[of.key] = False  # until it is known: it may refer to itself
            self._checked[of.key] = self.is_value(of) and self._checks.makes_checked(of)
        return self._checked[of.key]

    def is_value(self, of: Class) -> bool:
        """Return whether a class is one of values or parts: not of events, errors or messages."""
        names = [of.name, *(name for each in self._tree.ancestors(of) for name in each.names)]
        return not any(map(_NO_VALUE.fullmatch, names)) and not of.node.has_error

    def _is_branded(self, file: str, name: str, value: "Node") -> bool:
        schema = _INFERRED.search(text(value))
        if schema:
            found = self._tree.declared(file, (schema[1],))
            return found is not None and ".brand" in text(found[1].child_by_field_name("value"))
        if value.type != "intersection_type" or not _BRAND.search(text(value)):
            return False
        casts = list(self._casts(name))
        return bool(casts) and all(self._checks.asks_first(where, cast) for where, cast in casts)

    def _casts(self, name: str) -> "Iterator[tuple[str, Node]]":
        looked_for = re.compile(rb"(\bas\s+|<\s*)" + re.escape(name.encode()) + rb"\b")
        for source in self._tree.containing(looked_for):
            query = "(as_expression) @cast" + ("" if source.with_jsx else "(type_assertion) @cast")
            for cast in captures(query, source.root, with_jsx=source.with_jsx).get("cast", ()):
                if re.search(rf"\b{re.escape(name)}\b", text(cast).rpartition(" as ")[2][:200]):
                    yield source.name, cast

    def member(self, bases: list[Class], names: tuple[str, ...]) -> Typed | None:
        """Return the type of a part of an object: of `this.props.total`, whose class has these bases."""
        for base in bases:
            if names[0] in (own := self.fields(base)):
                found, value = own[names[0]].type, own[names[0]].value
                typed = Typed(base.file, found) if found is not None else None
                if typed is None and value is not None and value.type == "new_expression":
                    made = value.child_by_field_name("constructor")
                    typed = Typed(base.file, made) if made is not None else None
                if len(names) == 1 or typed is None:
                    return typed
                if (part := self.part(typed, names[1:])) is not None:
                    return part
        for argument in type_arguments(bases) if len(names) > 1 else ():
            if (part := self.part(argument, names[1:])) is not None:
                return part
        return None

    def part(self, typed: Typed, names: tuple[str, ...]) -> Typed | None:
        """Return the type of a part of a value."""
        for name in names:
            if name == DYNAMIC:
                continue
            declared = self._declared_fields(typed, 5)
            field = declared[1].get(name) if declared is not None else None
            if declared is None or field is None or field.type is None:
                return None
            typed = Typed(declared[0], field.type)
        return typed

    def _declared_fields(self, typed: Typed, depth: int) -> tuple[str, dict[str, ClassField]] | None:
        node = _unwrapped(typed.node)
        if node is None or depth == 0:
            return None
        if node.type == "object_type":
            return typed.file, fields(node)
        if node.type == "intersection_type":
            parts = [
                self._declared_fields(Typed(typed.file, part), depth - 1) for part in node.named_children
            ]
            found = [part for part in parts if part is not None]
            return (found[0][0], {k: v for part in found for k, v in part[1].items()}) if found else None
        reference = _reference(node)
        of = self._tree.find(typed.file, reference) if reference else None
        if of is not None:
            return of.file, self.fields(of)
        alias = self._tree.declared(typed.file, reference) if reference else None
        value = alias[1].child_by_field_name("value") if alias else None
        return (
            self._declared_fields(Typed(alias[0], value), depth - 1) if alias and value is not None else None
        )

    def class_of(self, typed: Typed | None) -> Class | None:
        """Return the class that a type names, or that the parts of a list have."""
        node = _unwrapped(typed.node) if typed is not None else None
        if typed is None or node is None:
            return None
        if node.type == "array_type" or text(first(node)) in _LISTS:
            of = first(node.child_by_field_name("type_arguments")) or first(node)
            return self.class_of(Typed(typed.file, of)) if of is not None else None
        reference = _reference(node)
        return self._tree.find(typed.file, reference) if reference else None

    def is_collection(self, typed: Typed | None) -> bool | None:
        """Return whether a type is a collection of JavaScript; None if that is not known."""
        node = _unwrapped(typed.node) if typed is not None else None
        if node is None:
            return None
        return (
            node.type == "array_type"
            or text(first(node) if node.type == "generic_type" else node) in _COLLECTIONS
        )


def _unwrapped(node: "Node | None") -> "Node | None":
    """Return a type without what may be absent: of `readonly T | null` it is `T`."""
    while node is not None:
        if node.type in _WRAPPED - {"array_type"}:
            node = first(node)
        elif node.type == "union_type":
            real = [part for part in node.named_children if text(part) not in _NONE]
            node = real[0] if len(real) == 1 else None
        elif node.type == "generic_type" and text(first(node)) in _SAME | {"Partial"}:
            node = first(node.child_by_field_name("type_arguments"))
        else:
            return node
    return None


def _reference(node: "Node") -> tuple[str, ...]:
    if node.type == "generic_type":
        node = first(node) or node
    if node.type in ("identifier", "type_identifier", "member_expression", "nested_type_identifier"):
        return tuple(text(node).split("."))
    return ()


def type_arguments(bases: list[Class]) -> Iterator[Typed]:
    """Yield the type arguments of what classes extend: `Props` of `extends AggregateRoot<Props>`."""
    for base in bases:
        for heritage in base.node.named_children:
            if heritage.type == "class_heritage":
                for clause in heritage.named_children:
                    arguments = clause.child_by_field_name("type_arguments")
                    yield from (
                        Typed(base.file, each) for each in (arguments.named_children if arguments else ())
                    )
