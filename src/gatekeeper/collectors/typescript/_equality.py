"""Whether `equals()` compares values: what it returns depends on a part of the object that it is given."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gatekeeper.collectors.formats.grammar import text
from gatekeeper.collectors.formats.typescript.syntax import arguments
from gatekeeper.collectors.typescript._conditions import truth
from gatekeeper.collectors.typescript._flow import walk
from gatekeeper.collectors.typescript._frame import Context, Frame, Functions
from gatekeeper.collectors.typescript._members import parameter_types
from gatekeeper.collectors.typescript._names import called, path

if TYPE_CHECKING:
    from tree_sitter import Node

_DEEPEST = 4
_OWN = re.compile(rb"\b(this|super)\b")
_SAYS_NO_VALUE = frozenset({"constructor", "name"})


def compares_values(context: Context, functions: Functions, at: int = 0, depth: int = _DEEPEST) -> bool:
    """Return whether the result of a function depends on a part of one of its arguments.

    Args:
        context: The function.
        functions: The functions that it calls.
        at: The index of the argument.
        depth: How many calls to follow.
    """
    given = list(parameter_types(context.function))
    if at >= len(given) or depth == 0:
        return False
    equality = _Equality(Frame(context, functions), functions, given[at], depth)
    body = context.function.child_by_field_name("body")
    is_about_both = depth < _DEEPEST or bool(body and _OWN.search(body.text or b""))
    return body is not None and is_about_both and any(map(equality.depends, equality.results(body)))


class _Equality:
    """One function that compares."""

    def __init__(self, frame: Frame, functions: Functions, other: str, depth: int) -> None:
        self._frame, self._functions, self._depth = frame, functions, depth
        is_pattern = other.startswith(("{", "["))
        self._others = set() if is_pattern else {other}
        self._parts = {part.strip(" {}[]") for part in other.split(",")} if is_pattern else set()

    def results(self, body: "Node") -> "Iterator[Node]":
        """Yield what decides the result: what is returned, and the conditions; learn what variables hold."""
        if body.type != "statement_block":
            yield body
        for node in walk(body):
            if (
                node.type == "variable_declarator"
                and (value := node.child_by_field_name("value")) is not None
            ):
                name = text(node.child_by_field_name("name"))
                if path(value)[:1] and path(value)[0] in self._others and not name.startswith(("{", "[")):
                    (self._others if len(path(value)) == 1 else self._parts).add(name)
                elif self.depends(value) or (text(value) in self._others):
                    self._parts.update(part.strip(" {}[]") for part in name.split(","))
            elif node.type == "return_statement":
                yield from node.named_children
            elif (condition := node.child_by_field_name("condition")) is not None:
                yield condition

    def depends(self, node: "Node") -> bool:
        """Return whether an expression varies with a part of the argument."""
        return truth(node, self._frame.known) is None and any(map(self._uses, walk(node)))

    def _uses(self, node: "Node") -> bool:
        match node.type:
            case "member_expression" | "subscript_expression":
                names = path(node)
                return len(names) > 1 and names[0] in self._others and names[1] not in _SAYS_NO_VALUE
            case "identifier":
                return text(node) in self._parts
            case "call_expression":
                return any(self._is_compared(node, at) for at, each in enumerate(arguments(node))
                           if text(each) in self._others)  # fmt: skip
            case "binary_expression":
                sides = (node.child_by_field_name("left"), node.child_by_field_name("right"))
                return any(text(side) in self._others for side in sides) and any(
                    path(side)[:1] == ("this",) and len(path(side)) > 1 for side in sides
                )
            case "spread_element" | "template_substitution":
                return text(node).strip(".${}") in self._others
            case _:
                return False

    def _is_compared(self, call: "Node", at: int) -> bool:
        """Return whether a function that is given the argument compares parts of it; a package's does."""
        if called(call) == ("Object", "is") or text(call.child_by_field_name("function")) == "Object.is":
            return False
        found = self._frame.called(call)
        return found is None or compares_values(found, self._functions, at, self._depth - 1)
