"""Whether a condition can be both true and false, and what it asks.

A condition that is decided by its text alone (`false`, `x === x`, `1 > 2`, a constant of the file) refuses
nothing, or everything.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from gatekeeper.collectors.formats.grammar import first, text
from gatekeeper.collectors.formats.typescript.syntax import WRAPPERS
from gatekeeper.collectors.typescript._names import Path, path

if TYPE_CHECKING:
    from tree_sitter import Node

_CONSTANTS = {"true": True, "false": False, "null": False, "undefined": False}
_SAME = {"==": True, "===": True, ">=": True, "<=": True, "!=": False, "!==": False, "<": False, ">": False}
_COUNT = re.compile(r"\.(length|size)$")
_OF_COUNT = {"<": False, ">=": True}
"""What a comparison of a count with zero always is."""
_VARYING = frozenset({"await_expression", "call_expression", "identifier", "new_expression", "super", "this"})
_NOTHING = re.compile(r"null|undefined|[\"']undefined[\"']|void 0")
Known = Callable[["Node"], "Node | bool | None"]
"""Returns what a name or a call always is: its value, or an expression for it; None if that varies."""


def truth(node: "Node | None", known: Known, depth: int = 20) -> bool | None:
    """Return what a condition always is; None if it can be both, or if its form does not show it."""
    if node is None or depth == 0:
        return None
    match node.type:
        case kind if kind in WRAPPERS:
            return truth(first(node), known, depth - 1)
        case kind if kind in _CONSTANTS:
            return _CONSTANTS[kind]
        case "number" | "string":
            return bool(text(node).strip("\"'0."))
        case "identifier" | "call_expression" | "member_expression":
            found = known(node)
            return found if found is None or isinstance(found, bool) else truth(found, known, depth - 1)
        case "unary_expression" if text(node.child_by_field_name("operator")) == "!":
            value = truth(node.child_by_field_name("argument"), known, depth - 1)
            return None if value is None else not value
        case "binary_expression":
            return _of_two(node, known, depth - 1)
        case _:
            return None


def _of_two(node: "Node", known: Known, depth: int) -> bool | None:
    operator = text(node.child_by_field_name("operator"))
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator in ("&&", "||"):
        values = truth(left, known, depth), truth(right, known, depth)
        decisive = operator == "||"
        return decisive if decisive in values else values[0] if values[0] == values[1] else None
    if text(right) == "0" and _COUNT.search(text(left)):
        return _OF_COUNT.get(operator)
    is_same = bool(text(left)) and text(left) == text(right) and "(" not in text(left)
    return _SAME.get(operator) if is_same else None


def varies(node: "Node", known: Known) -> bool:
    """Return whether a condition has a part that a run of the program decides."""
    todo = [node]
    while todo:
        part = todo.pop()
        if part.type in _VARYING and text(part) != "undefined" and known(part) is None:
            return True
        if part.type not in ("call_expression", "member_expression") or known(part) is None:
            todo += part.named_children
    return False


def presence(node: "Node | None") -> Path:
    """Return the value if a condition asks only whether it is there: `x`, `!x`, `x !== undefined`."""
    while node is not None:
        if node.type in WRAPPERS:
            node = first(node)
        elif node.type == "unary_expression" and text(node.child_by_field_name("operator")) in (
            "!",
            "typeof",
        ):
            node = node.child_by_field_name("argument")
        elif node.type == "binary_expression":
            sides = [node.child_by_field_name("left"), node.child_by_field_name("right")]
            other = [side for side in sides if not _NOTHING.fullmatch(text(side))]
            is_asked = text(node.child_by_field_name("operator"))[0] in "!="
            node = other[0] if is_asked and len(other) == 1 else None
        else:
            return path(node) if node.type in ("identifier", "member_expression") else ()
    return ()
