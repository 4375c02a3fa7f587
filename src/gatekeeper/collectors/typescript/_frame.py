"""One function of the tree as it runs: what its names stand for, and what its calls do."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from gatekeeper.collectors.formats.grammar import first, text
from gatekeeper.collectors.formats.typescript.imports import package_of
from gatekeeper.collectors.formats.typescript.source import Class
from gatekeeper.collectors.formats.typescript.syntax import WRAPPERS, arguments
from gatekeeper.collectors.typescript._conditions import truth, varies
from gatekeeper.collectors.typescript._flow import CallEffect, walk
from gatekeeper.collectors.typescript._members import CONSTRUCTOR, parameter_types, parameters
from gatekeeper.collectors.typescript._names import (
    DYNAMIC,
    ITERATIONS,
    THROWING,
    Path,
    called,
    changes_always,
    is_change,
    keeps_events,
    may_refuse,
    path,
    refuses,
)
from gatekeeper.collectors.typescript._roles import Roles
from gatekeeper.collectors.typescript._types import Typed, Types

if TYPE_CHECKING:
    from tree_sitter import Node


_BINDING = frozenset({"assignment_expression", "call_expression", "for_in_statement", "variable_declarator"})
_CONSTANTS = frozenset({"false", "null", "number", "string", "true", "undefined"})
_FUNCTIONS = frozenset({"arrow_function", "function_expression"})
_ALONE = frozenset({"await_expression", "expression_statement", "sequence_expression", "unary_expression"})
_AWAITED = frozenset({"arrow_function", "await_expression", "return_statement"})
_OF_EVENTS = re.compile(r"(?i)\w*(event|message|uncommitted|pending)\w*")
_LOGS = re.compile(r"(?i)\w*(console|log|logger|debug|info|trace|warn)\w*")
_NEVER_REFUSES = re.compile(r"(?s)\w+\.(any|unknown)\(\)|.*\.catch\([^()]*\)")
_MISSING = "(missing)"
"""The package of a function whose file is not in the tree."""


class Context(NamedTuple):
    """A function, and the object that it runs in."""

    file: str
    function: "Node"
    of: Class | None = None
    """The class of the object; None for a function of a module."""
    at: int = 0
    """The index of the base that defines it; 0 is the class itself."""
    is_static: bool = False
    roots: frozenset[str] = frozenset()
    """The parameters that are the object that is asked about, or parts of it."""
    is_apart: bool = False
    """Whether it runs in another object than the one that is asked about."""


class Summary(NamedTuple):
    """What a call of a function does."""

    guards: bool
    ends: bool
    changes: bool
    """Whether it changes the object where nothing covers it."""
    always: "Node | bool | None"
    """What it always returns."""
    fails: bool = False
    """Whether it returns a failure in some runs."""


class _Value(NamedTuple):
    """The meaning of a name."""

    file: str
    node: "Node"
    is_fixed: bool
    """Whether it never changes."""


class Functions(Protocol):
    """The functions of the tree."""

    roles: Roles
    types: Types

    def summary(self, context: Context) -> Summary:
        """Return what a call of a function does."""
        ...

    def resolve(self, of: Class, name: str, *, is_static: bool = False, above: int = -1) -> Context | None:
        """Return the method of a class, its own or an inherited one; None if it is not in the tree."""
        ...


class Frame:
    """A function as it runs."""

    def __init__(self, context: Context, functions: Functions) -> None:
        self.context = context
        self._all = functions
        self._tree = functions.roles.tree
        self._bases = functions.roles.bases(context.of) if context.of is not None else []
        self.doubts: list[str] = []
        """Calls that may refuse, which cannot be decided."""

    @property
    def is_own(self) -> bool:
        """Whether what the function asks counts: not in the base that all classes of a role share."""
        of = self.context.of
        return of is None or self.context.at < self._all.roles.own_bases(of)

    @cached_property
    def _types_of_names(self) -> "dict[str, Typed]":
        found = parameter_types(self.context.function)
        typed = {name: Typed(self.context.file, node) for name, node in found.items() if node is not None}
        for node in self._declarators:
            name, value = text(node.child_by_field_name("name")), node.child_by_field_name("value")
            declared = node.child_by_field_name("type")
            if declared is not None:
                typed[name] = Typed(self.context.file, declared)
            elif value is not None and value.type == "new_expression":
                made = value.child_by_field_name("constructor")
                if made is not None:
                    typed[name] = Typed(self.context.file, made)
        return typed

    @cached_property
    def _nodes(self) -> "list[Node]":
        body = self.context.function.child_by_field_name("body")
        return list(walk(body)) if body is not None else []

    @cached_property
    def _declarators(self) -> "list[Node]":
        return [node for node in self._nodes if node.type == "variable_declarator"]

    @cached_property
    def _declared(self) -> "dict[str, list[Node]]":
        """The declarators by the name that they declare."""
        found: dict[str, list[Node]] = {}
        for node in self._declarators:
            found.setdefault(text(node.child_by_field_name("name")), []).append(node)
        return found

    @cached_property
    def _aliases(self) -> frozenset[str]:
        """The names that refer to the object or a part of it: `const lines = this.lines`."""
        in_object = self.context.of is not None and not (self.context.is_static or self.context.is_apart)
        names = {*self.context.roots, *(["this", "super"] if in_object else [])}
        for node in self._nodes:
            if node.type not in _BINDING:
                continue
            value = node.child_by_field_name("value") or node.child_by_field_name("right")
            target = node.child_by_field_name("name") or node.child_by_field_name("left")
            if node.type == "call_expression":
                value, target = self._iterated(node)
            root = path(value)[:1] if target is not None and "member" not in target.type else ()
            if root and root[0] in names:
                names.update(re.findall(r"[\w$]+", text(target)[:1000]))
        return frozenset(names)

    def _iterated(self, call: "Node") -> "tuple[Node | None, Node | None]":
        """Return the collection that a call goes through, and the parameters that its parts are given to."""
        function = call.child_by_field_name("function")
        callback = first(call.child_by_field_name("arguments"))
        if (
            function is None
            or callback is None
            or text(function.child_by_field_name("property")) not in ITERATIONS
        ):
            return None, None
        given = parameters(callback)
        return function.child_by_field_name("object"), given[0] if given else None

    @property
    def types_of_parameters(self) -> "list[Typed | None]":
        """The types of the parameters."""
        types = parameter_types(self.context.function).values()
        return [Typed(self.context.file, node) if node is not None else None for node in types]

    def given(self, value: "Node", depth: int = 5) -> "Iterator[Typed | None]":
        """Yield the types of the parameters that a value is made of; None where a parameter has no type."""
        functions = [node for node in walk(value) if node.type in _FUNCTIONS]
        inside = {name for function in functions for name in parameter_types(function)}
        for node in walk(value) if depth else ():
            name = text(node)
            if node.type not in ("identifier", "shorthand_property_identifier") or name in inside:
                continue
            if name in self._parameter_names:
                yield self._types_of_names.get(name)
            elif any(re.search(rf"\b{re.escape(name)}\b", each) for each in self._patterns):
                yield None
            else:
                for each in self._declarators:
                    source = each.child_by_field_name("value")
                    if source is not None and name in re.findall(
                        r"[\w$]+", text(each.child_by_field_name("name"))
                    ):
                        yield from self.given(source, depth - 1)

    @cached_property
    def _patterns(self) -> list[str]:
        """The parameters that are taken apart: `{ id, name }`."""
        return [name for name in self._parameter_names if name[:1] in ("{", "[")]

    # What the flow asks.

    def known(self, node: "Node") -> "Node | bool | None":
        """Return what a name or a call always is: a literal, or what a function always returns."""
        if node.type == "call_expression":
            context = self.called(node)
            return self._all.summary(context).always if context is not None else None
        names = path(node) if node.type == "member_expression" else (text(node),)
        of = self._owner(self.context.file, names)
        getter = of and self._all.resolve(of, f"get {names[1]}", is_static=names[0] != "this")
        if getter:
            return self._all.summary(getter).always
        found = self._resolve(self.context.file, names)
        return _literal(found.node) if found is not None and found.is_fixed else None

    def _owner(self, file: str, names: Path) -> Class | None:
        """Return the class that a path of two names begins with."""
        if len(names) != 2:
            return None
        return self.context.of if names[0] == "this" else self._tree.find(file, names[:1])

    def _resolve(self, file: str, names: Path) -> "_Value | None":
        """Return the meaning of a path: the value of a variable, of a field, or of an entry of an object."""
        if len(names) == 1:
            is_here = file == self.context.file
            local = self._declared.get(names[0], ()) if is_here else ()
            if len(local) > 1 or (not local and is_here and names[0] in self._parameter_names):
                return None
            found = (file, local[0]) if local else self._tree.declared(file, names)
            value = found[1].child_by_field_name("value") if found is not None else None
            if found is None or value is None:
                return None
            is_const = found[1].parent is not None and text(found[1].parent).startswith("const")
            return _Value(found[0], value, is_const or bool(local and names[0] not in self._reassigned))
        if (of := self._owner(file, names)) is not None:
            for base in self._all.roles.bases(of):
                field = self._all.types.fields(base).get(names[1])
                if field is not None and field.value is not None:
                    return _Value(base.file, field.value, field.is_readonly)
        holder = self._resolve(file, names[:1]) if of is None and len(names) == 2 else None
        if holder is None or holder.node.type != "object":
            return None
        keys = {text(each.child_by_field_name("key") or each.child_by_field_name("name")): each
                for each in reversed(holder.node.named_children)}  # fmt: skip
        entry = keys.get(names[1])
        value = entry and entry.child_by_field_name("value")
        return _Value(holder.file, value or entry, is_fixed=True) if entry is not None else None

    @cached_property
    def _reassigned(self) -> set[str]:
        """The variables that the function sets after it has declared them."""
        return {
            text(node.child_by_field_name("left") or node.child_by_field_name("argument"))
            for node in self._nodes
            if node.type.endswith(("assignment_expression", "update_expression"))
        }

    @cached_property
    def _parameter_names(self) -> set[str]:
        return set(parameter_types(self.context.function))

    def changed(self, node: "Node") -> Path:
        """Return the part of the object's state that a call or an assignment changes; empty if none."""
        if node.type in ("call_expression", "new_expression"):
            return self._changed_by_call(node) if node.type == "call_expression" else ()
        target = node.child_by_field_name("left") or node.child_by_field_name("argument")
        if target is None:
            return ()
        targets = [target]
        if target.type in ("array_pattern", "object_pattern"):
            targets = [
                part for part in walk(target) if part.type in ("member_expression", "subscript_expression")
            ]
        for each in targets:
            names = path(each)
            if len(names) > 1 and names[0] in self._aliases and not self._keeps_events(names):
                return names
        return ()

    def may_fail(self, node: "Node", depth: int = 5) -> bool:
        """Return whether a value is a result that shows a failure in some runs."""
        while node.type in WRAPPERS or node.type == "await_expression":
            node = first(node) or node
        if node.type == "identifier":
            named = self._resolve(self.context.file, (text(node),))
            return named is not None and depth > 0 and self.may_fail(named.node, depth - 1)
        if node.type != "call_expression" or depth == 0:
            return False
        found = self.called(node)
        if found is not None:
            return self._all.summary(found).fails
        function = node.child_by_field_name("function")
        before = function.child_by_field_name("object") if function is not None else None
        parts = [part for each in arguments(node) for part in (each, *each.named_children)]
        if text(function and function.child_by_field_name("property")).startswith("combine"):
            return any(self.may_fail(part, depth - 1) for part in parts)
        return before is not None and self.may_fail(before, depth - 1)

    def _keeps_events(self, names: Path) -> bool:
        """Return whether the base that all classes of a role share keeps the events of the object there."""
        return not self.is_own and len(names) > 1 and bool(_OF_EVENTS.fullmatch(names[1]))

    def _changed_by_call(self, call: "Node") -> Path:
        names = called(call)
        for given in map(path, arguments(call)):
            if len(given) > 2 and given[0] in self._aliases and changes_always(given[-1]):
                return given  # a method that changes a part, handed over: `f.call(this.lines.push, ...)`
        if not names or names[0] not in self._aliases or self._keeps_events(names):
            return ()
        is_part = len(names) > 2 or (
            len(names) == 2 and (names[0] != "this" or names[1] in ("assign", DYNAMIC))
        )
        if not is_part or not is_change(names[-1]) or self.called(call) is not None:
            return self._changed_by_unseen(call, names)
        parent = call.parent
        is_alone = parent is not None and parent.type in _ALONE
        is_collection = self._all.types.is_collection(self._type_of(names[:-1]))
        return names if changes_always(names[-1]) or is_alone or is_collection else ()

    def _changed_by_unseen(self, call: "Node", names: Path) -> Path:
        """Return the method of a base that is not in the tree, if its name says that it changes something."""
        is_inherited = len(names) == 2 and names[0] in ("this", "super") and self.called(call) is None
        return names if is_inherited and is_change(names[1]) and not keeps_events(names[1]) else ()

    def effect(self, call: "Node") -> CallEffect:
        """Return what a call does."""
        names, of = called(call) or self._of_schema(call), self.context.of
        is_new = call.type == "new_expression"
        makes = of is not None and is_new and names in ((of.name,), ("this",))
        context = self.called(call)
        if context is not None:
            summary = self._all.summary(context)
            words = {child.type for child in context.function.children}
            waits = "async" in words and (call.parent is None or call.parent.type not in _AWAITED)
            if waits or "*" in words or "generator" in context.function.type:
                summary = summary._replace(guards=False, ends=False)
            is_about = bool(context.roots) or not (
                context.is_apart or context.is_static or context.of is None
            )
            return CallEffect(summary.guards, summary.ends, summary.changes and is_about, makes)
        if is_new or not self.is_own:
            return CallEffect(makes=makes)
        guards, own = False, tuple(name for name in names if name != "this")
        if may_refuse(own) and not self._is_constant(call):
            package = self._package(self.context.file, names, 4)
            guards = refuses(own, package, call)
            if guards and package == _MISSING:
                self.doubts.append(f"what {'.'.join(names)}() refuses")
                guards = False
        return CallEffect(guards, doubt=self._doubt(call, names))

    def _of_schema(self, call: "Node") -> Path:
        """Return the root and the function of `z.number().positive().parse(n)`, if `z` is a known package."""
        function = call.child_by_field_name("function")
        schema = function.child_by_field_name("object") if function is not None else None
        if schema is None or function is None or _NEVER_REFUSES.fullmatch(text(schema)):
            return ()
        root = _root(schema)
        is_known = self._package(self.context.file, root, 1) in THROWING
        return (*root, text(function.child_by_field_name("property"))) if is_known else ()

    def _is_constant(self, call: "Node") -> bool:
        given = arguments(call)
        return bool(given) and (
            truth(given[0], self.known) is not None or all(each.type in _CONSTANTS for each in given)
        )

    def _doubt(self, call: "Node", names: Path) -> str:
        """Return why it is not known whether a function that is not in the tree changes the object."""
        if names[:1] and names[0] in self._aliases:
            may_change = len(names) > 2 and is_change(names[-1])
            if may_change and self._all.types.is_collection(self._type_of(names[:-1])) is None:
                return f"whether {'.'.join(names)}() changes {'.'.join(names[:-1])}"
            return ""
        if call.parent is None or call.parent.type not in _ALONE:
            return ""
        is_given = any(text(each) in self._aliases for each in arguments(call))
        is_log = any(map(_LOGS.fullmatch, names))
        name = ".".join(names) or "a function"
        return f"what {name}() does with the object" if is_given and not is_log else ""

    # What names stand for.

    def _type_of(self, names: Path) -> Typed | None:
        """Return the type of a part of the object, or of what a parameter or a variable holds."""
        if not names:
            return None
        if names[0] in ("this", "super"):
            return self._all.types.member(self._bases, names[1:]) if len(names) > 1 else None
        typed = self._types_of_names.get(names[0])
        return self._all.types.part(typed, names[1:]) if typed is not None else None

    def called(self, call: "Node") -> Context | None:
        """Return the function of the tree that is called; None if it is not known."""
        key = call.id
        if key not in self._resolved:
            found = self._target(call)
            self._resolved[key] = self._with_roots(found, call) if found is not None else None
        return self._resolved[key]

    def _with_roots(self, found: Context, call: "Node") -> Context:
        """Add which of the parameters are given the object or parts of it."""
        given = [path(each) for each in arguments(call)]
        roots = [name for name, part in zip(parameter_types(found.function), given, strict=False)
                 if part and part[0] in self._aliases]  # fmt: skip
        of = path(call.child_by_field_name("function"))[:1]
        is_apart = found.of is not None and (not of or of[0] not in self._aliases)
        return found._replace(roots=frozenset(roots), is_apart=is_apart)

    @cached_property
    def _resolved(self) -> dict[int, Context | None]:
        return {}

    def _target(self, call: "Node") -> Context | None:
        context = self.context
        of = context.of
        function = call.child_by_field_name("function") or call.child_by_field_name("constructor")
        names = path(function)
        if call.type == "new_expression":
            made = of if names == ("this",) else self._tree.find(context.file, names) if names else None
            return self._all.resolve(made, CONSTRUCTOR) if made is not None and self._is_value(made) else None
        match names:
            case ("super",) if of:
                return self._all.resolve(of, CONSTRUCTOR, above=context.at)
            case ("super", name) if of:
                return self._all.resolve(of, name, is_static=context.is_static, above=context.at)
            case ("this", name) if of:
                return self._all.resolve(of, name, is_static=context.is_static)
            case ("this", "constructor", name) if of:
                return self._all.resolve(of, name, is_static=True)
            case (name,):
                return self._function(name)
            case (*owner, name):
                return self._method(tuple(owner), name)
            case _:
                return None

    def _is_value(self, made: Class) -> bool:
        """Return whether a check in the constructor counts: not that of an event or an error."""
        return made is self.context.of or self._all.types.is_value(made)

    def _function(self, name: str) -> Context | None:
        local = [node for node in self._nodes if text(node.child_by_field_name("name")) == name]
        inner = next((node for node in local if _function_in(node) is not None), None)
        found = (self.context.file, inner) if inner else self._tree.declared(self.context.file, (name,))
        function = _function_in(found[1]) if found is not None and name not in self._parameter_names else None
        return Context(found[0], function) if found is not None and function is not None else None

    def _method(self, owner: Path, name: str) -> Context | None:
        """Return a static method of a class, a method of what a name holds, or one of an object literal."""
        typed = self._type_of(owner)
        holder = self._all.types.class_of(typed)
        if holder is not None:
            return self._all.resolve(holder, name)
        if len(owner) != 1 or owner[0] in self._parameter_names:
            return None
        found = self._tree.find(self.context.file, owner)
        if found is not None:
            of = self.context.of
            is_base = of is not None and found.key in (base.key for base in self._bases)
            return self._all.resolve(of if is_base and of is not None else found, name, is_static=True)
        entry = self._resolve(self.context.file, (*owner, name))
        function = _function_in(entry.node) if entry is not None else None
        return Context(entry.file, function) if entry is not None and function is not None else None

    def _package(self, file: str, names: Path, depth: int) -> str | None:
        """Return the package that a function, or the schema that it belongs to, comes from."""
        if not names or depth == 0:
            return None
        source = self._tree.source(file)
        specifier = source.bindings.get(names[0], (None, ""))[0]
        if specifier is not None and self._tree.module(file, specifier) is None:
            return package_of(specifier) or _MISSING
        found = self._resolve(file, names[:1]) or self._resolve(file, names[:2])
        if found is None:
            return None
        if _NEVER_REFUSES.fullmatch(text(found.node)):
            return "io-ts"  # nothing of it throws
        return self._package(found.file, _root(found.node), depth - 1)


def _root(node: "Node | None") -> Path:
    """Return the name that an expression starts with: `z` of `z.object({}).strict()`."""
    while node is not None and node.type not in ("identifier", "this"):
        inner = node.child_by_field_name("function") or node.child_by_field_name("object")
        node = inner or (first(node) if node.type in WRAPPERS or node.type == "await_expression" else None)
    return (text(node),) if node is not None else ()


def _literal(value: "Node | None") -> "Node | None":
    """Return an expression if it is a constant: `10`, `-1`, `!false`."""
    if value is None or varies(value, lambda _: None):
        return None
    return value if value.type in _CONSTANTS or value.type == "unary_expression" else None


def _function_in(node: "Node") -> "Node | None":
    """Return the function that a declaration declares."""
    value = node.child_by_field_name("value")
    function = value if value is not None else node
    is_function = "function" in function.type or function.type == "method_definition"
    return function if is_function and function.child_by_field_name("body") is not None else None
