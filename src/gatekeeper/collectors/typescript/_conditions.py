"""Whether a condition can be both true and false, and what it asks.

A condition that is decided by its text alone (`false`, `x === x`, `1 > 2`, a constant of the file) refuses
nothing, or everything.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from gatekeeper.collectors.formats.typescript.syntax import WRAPPERS, first, text
from gatekeeper.collectors.typescript._names import Path, path

if TYPE_CHECKING:
    from tree_sitter import Node

_LITERALS = {"true": True, "false": False, "null": False, "undefined": False}
_MADE = frozenset(
    {"array", "arrow_function", "class", "function_expression", "object", "new_expression", "regex"}
)
_SAME = {"==": True, "===": True, ">=": True, "<=": True, "!=": False, "!==": False, "<": False, ">": False}
_VARYING = frozenset({"await_expression", "call_expression", "identifier", "new_expression", "super", "this"})
_EMPTY = re.compile(r"""["'`]{2}|0n?|0?\.0+|NaN""")
_NOTHING = re.compile(r"null|undefined|[\"']undefined[\"']|void 0")
Value = bool | None
Known = Callable[["Node"], "Node | bool | None"]
"""Returns what a name or a call always is: its value, or an expression for it; None if that varies."""


def truth(node: "Node | None", known: Known, depth: int = 20) -> Value:
    """Return what a condition always is; None if it can be both, or is not understood."""
    if node is None or depth == 0:
        return None
    kind = node.type
    if kind in WRAPPERS:
        return truth(first(node), known, depth - 1)
    if kind in _LITERALS:
        return _LITERALS[kind]
    if kind in ("number", "string", "template_string"):
        return (
            None
            if kind == "template_string" and b"${" in (node.text or b"")
            else not _EMPTY.fullmatch(text(node))
        )
    if kind in _MADE:
        return True
    if kind in ("identifier", "call_expression", "member_expression"):
        found = known(node)
        return found if found is None or isinstance(found, bool) else truth(found, known, depth - 1)
    if kind == "unary_expression":
        operator, inner = text(node.child_by_field_name("operator")), node.child_by_field_name("argument")
        value = truth(inner, known, depth - 1)
        return False if operator == "void" else not value if operator == "!" and value is not None else None
    if kind == "binary_expression":
        return _of_two(node, known, depth - 1)
    return None


def _of_two(node: "Node", known: Known, depth: int) -> Value:
    operator = text(node.child_by_field_name("operator"))
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator in ("&&", "||"):
        values = truth(left, known, depth), truth(right, known, depth)
        decisive = operator == "||"
        return decisive if decisive in values else values[0] if values[0] == values[1] else None
    if operator in _SAME and left is not None and right is not None:
        if text(left) and text(left) == text(right) and not _calls(left):
            return _SAME[operator]
        return _compared(operator, _literal(left, known), _literal(right, known))
    return None


def _calls(node: "Node") -> bool:
    return b"(" in (node.text or b"")


def _literal(node: "Node", known: Known) -> float | str | None:
    if node.type == "identifier":
        found = known(node)
        node = found if found is not None and not isinstance(found, bool) else node
    if node.type == "number":
        try:
            return float(text(node).replace("_", ""))
        except ValueError:
            return None
    return text(node)[1:-1] if node.type == "string" else None


def _compared(operator: str, left: float | str | None, right: float | str | None) -> Value:
    if left is None or right is None:
        return None
    if type(left) is not type(right):
        return operator.startswith("!") if "=" in operator and operator[0] in "!=" else None
    if isinstance(left, float) and isinstance(right, float):
        outcomes = {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}
        return outcomes.get(operator, (left == right) is not operator.startswith("!"))
    return (
        (left == right) is not operator.startswith("!") if "=" in operator and operator[0] in "!=" else None
    )


def varies(node: "Node", known: Known) -> bool:
    """Return whether a condition has a part that a run of the program decides."""
    todo = [node]
    while todo:
        part = todo.pop()
        is_known = part.type == "identifier" and (text(part) == "undefined" or known(part) is not None)
        if part.type in _VARYING and not is_known:
            return True
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
