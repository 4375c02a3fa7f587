"""The effects of one method by its own body: whether it refuses, what it changes, what it calls."""

import re
from collections.abc import Container
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.collectors.formats.typescript.syntax import (
    WRAPPERS,
    Spans,
    captures,
    first,
    line,
    matches,
    text,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_LOOKED_FOR = """
(throw_statement) @refusal
(member_expression property: (property_identifier) @_flag
  (#any-of? @_flag "isFailure" "isFail" "isErr" "isLeft")) @refusal
[(call_expression) (new_expression)] @call
[(expression_statement (call_expression) @alone) (await_expression (call_expression) @alone)]
[(assignment_expression) (augmented_assignment_expression) (update_expression)] @write
(unary_expression operator: "delete") @write
(variable_declarator value: (_)) @alias
(for_in_statement) @alias
"""
_CONDITIONS = """
(if_statement !alternative consequence: (_) @inside)
(binary_expression operator: "&&" right: (_) @inside)
(statement_block
  (if_statement !alternative
    consequence: [(return_statement) (statement_block (return_statement))]) @way_out) @block
"""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_GUARDS = frozenset({
    "assert", "check", "demand", "enforce", "ensure", "expect", "forbid", "guard", "invariant", "must",
    "precondition", "preconditions", "refuse", "reject", "require", "validate", "verify",
})  # fmt: skip
"""First words of functions that refuse: `Guard.againstNull`, `ensureOpen`, `this.checkRule`."""
_FAILURES = frozenset({"fail", "failure", "err", "left"})
"""Functions that create a failure to return: `Result.fail`, `left(...)`, `err(...)`."""
_ALWAYS_CHANGE = frozenset({
    "assign", "clear", "copyWithin", "delete", "fill", "pop", "push", "reverse", "shift", "sort", "splice",
    "unshift",
})  # fmt: skip
"""Methods of JavaScript. Others change nothing if their result is used: `return this.total.add(tax)`."""
_CHANGES = frozenset({
    "add", "append", "apply", "assign", "attach", "cancel", "change", "clear", "close", "decrement", "delete",
    "dequeue", "detach", "emit", "enqueue", "fill", "increment", "insert", "mark", "merge", "move", "pop",
    "prepend", "publish", "push", "put", "raise", "record", "register", "remove", "rename", "replace",
    "reset", "reverse", "set", "shift", "sort", "splice", "toggle", "unshift", "update", "when",
})  # fmt: skip
"""First words of methods that change their object, or apply or raise an event."""
_LOOKUPS = frozenset({"at", "find", "get"})
"""Methods that return a part of a collection, not a copy."""
_LONGEST_PATH = 50
_WRAPPERS = WRAPPERS | {"await_expression"}


class Call(NamedTuple):
    """A call of a function by name."""

    path: tuple[str, ...]
    """The parts of `this.lines.push`; for `new Money`, the name of the class."""
    start: int
    is_new: bool = False


class Method(NamedTuple):
    """A method, a constructor, or a field that holds a function."""

    name: str
    line: int
    is_static: bool
    is_command: bool
    """Whether callers can call it, and it is not a getter."""
    returns: str
    refuses: bool
    calls: tuple[Call, ...]
    changes: tuple[int, ...]
    """The positions at which the object's own state is written."""
    conditions: Spans
    """The parts of the body that run only under a condition."""


def methods(of: "Node", *, with_jsx: bool) -> list[Method]:
    """Return the methods of a class that have a body."""
    body = of.child_by_field_name("body")
    found = []
    for member in body.named_children if body is not None else ():
        inner = member.child_by_field_name("body")
        if member.type == "public_field_definition":
            value = member.child_by_field_name("value")
            is_function = value is not None and value.type in ("arrow_function", "function_expression")
            inner = value.child_by_field_name("body") if value is not None and is_function else None
        if inner is not None:
            found.append(_method(member, inner, with_jsx=with_jsx))
    return found


def _method(member: "Node", body: "Node", *, with_jsx: bool) -> Method:
    name = text(member.child_by_field_name("name"))
    words = {text(child) for child in member.children if not child.is_named or "modifier" in child.type}
    found = captures(_LOOKED_FOR, body, with_jsx=with_jsx)
    aliases = _aliases(found.get("alias", ()))
    calls = [_call(node) for node in found.get("call", ())]
    changed = [node.start_byte for node in found.get("write", ()) if _writes_own_state(node, aliases)]
    alone = {node.start_byte for node in found.get("alone", ())}
    changed += [call.start for call in calls if _changes_own_state(call, aliases, alone)]
    is_static = "static" in words
    return Method(
        # Accessors have `get` or `set` in their name.
        name=f"get {name}" if "get" in words else f"set {name}" if "set" in words else name,
        line=line(member),
        is_static=is_static,
        is_command=not (
            is_static
            or words & {"private", "protected", "get"}
            or name.startswith("#")
            or name == "constructor"
            or _handles_an_event(name, text(member.child_by_field_name("parameters")))
        ),
        returns=text(member.child_by_field_name("return_type")),
        refuses="refusal" in found,
        calls=tuple(calls),
        changes=tuple(sorted(changed)),
        conditions=_conditions(body, with_jsx=with_jsx) if changed or calls else Spans(()),
    )


def _handles_an_event(name: str, parameters: str) -> bool:
    """Return whether a method handles an event, which it must not refuse."""
    handles = re.fullmatch(r"(on|when|apply|handle|mutate)([A-Z]\w*)?", name)
    return bool(handles and re.search(r"[eE]vent\b", parameters))


def path(node: "Node | None") -> tuple[str, ...]:
    """Return the names of `this.a.b[0]!.c` from the root on; empty if the root has no name.

    A lookup is part of the path, because its result is: `this.lines.find(...)` is a part of the lines.
    """
    names: list[str] = []
    while node is not None and len(names) < _LONGEST_PATH:
        match node.type:
            case "identifier" | "this" | "super" | "import":
                names.append(text(node))
                return tuple(reversed(names))
            case "member_expression":
                names.append(text(node.child_by_field_name("property")))
                node = node.child_by_field_name("object")
            case "subscript_expression":
                names.append("[]")
                node = node.child_by_field_name("object")
            case "call_expression":
                node = node.child_by_field_name("function")
                name = node.child_by_field_name("property") if node is not None else None
                if _first_word(text(name)) not in _LOOKUPS:
                    return ()
            case kind if kind in _WRAPPERS:
                node = first(node)
            case _:
                return ()
    return ()


def _call(node: "Node") -> Call:
    if node.type == "new_expression":
        return Call(path(node.child_by_field_name("constructor")), node.start_byte, is_new=True)
    names = path(node.child_by_field_name("function"))
    if names[-2:] == ("Object", "assign"):
        # It changes its first argument.
        arguments = node.child_by_field_name("arguments")
        names = (*path(first(arguments)), "assign")
    return Call(names, node.start_byte)


def _aliases(nodes: "tuple[Node, ...] | list[Node]") -> frozenset[str]:
    """Return the variables that refer to the object or a part of it: `const lines = this.lines`."""
    names = {"this"}
    for node in nodes:
        value = node.child_by_field_name("value") or node.child_by_field_name("right")
        if path(value)[:1] and path(value)[0] in names:
            target = node.child_by_field_name("name") or node.child_by_field_name("left")
            names.update(re.findall(r"[\w$]+", text(target)[:1000]))
    return frozenset(names)


def _writes_own_state(node: "Node", aliases: frozenset[str]) -> bool:
    target = node.child_by_field_name("left") or node.child_by_field_name("argument")
    if target is not None and target.type in ("array_pattern", "object_pattern"):
        return b"this." in (target.text or b"")
    names = path(target)
    return len(names) > 1 and names[0] in aliases


def _changes_own_state(call: Call, aliases: frozenset[str], alone: Container[int]) -> bool:
    """Return whether a call changes a part: `this.lines.push()`, or `line.cancel()` of a found line."""
    names = call.path
    is_part = len(names) > 2 or (len(names) == 2 and (names[0] != "this" or names[1] == "assign"))
    if not is_part or names[0] not in aliases or _first_word(names[-1]) not in _CHANGES:
        return False
    return names[-1] in _ALWAYS_CHANGE or call.start in alone


def _first_word(name: str) -> str:
    word = _WORD.search(name)
    return word.group().lower() if word else ""


def is_guard(call: Call) -> bool:
    """Return whether the name of a function is that of a guard, or of one that creates a failure."""
    names = [name for name in call.path if name != "this"]
    if not names or call.is_new or names == ["require"]:
        return False
    if names[-1] == "error" and len(names) > 1:
        return names[-2] in ("Result", "Either")
    if names[-1] == "parse" and len(names) > 1:
        return names[-2].lower().endswith("schema")
    return names[-1].lower() in _FAILURES or bool({_first_word(names[0]), _first_word(names[-1])} & _GUARDS)


def is_change(name: str) -> bool:
    """Return whether a method that is not in the tree changes its object, by its name."""
    return _first_word(name) in _CHANGES


def _conditions(body: "Node", *, with_jsx: bool) -> Spans:
    spans = []
    for found in matches(_CONDITIONS, body, with_jsx=with_jsx):
        if "inside" in found:
            spans += [(node.start_byte, node.end_byte) for node in found["inside"]]
        else:
            spans.append((found["way_out"][0].end_byte, found["block"][0].end_byte))
    return Spans(spans)
