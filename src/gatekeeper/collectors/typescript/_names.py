"""What a call by name does if its function is not in the tree: whether it refuses, whether it changes.

A function of a package counts as a guard by what its package is known to do, else by its name. A guard whose
arguments are all constants refuses nothing.
"""

import re
from typing import TYPE_CHECKING

from gatekeeper.collectors.formats.grammar import first, text
from gatekeeper.collectors.formats.typescript.syntax import WRAPPERS

if TYPE_CHECKING:
    from tree_sitter import Node

Path = tuple[str, ...]
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_GUARDS = frozenset({
    "assert", "check", "demand", "enforce", "ensure", "expect", "forbid", "guard", "invariant", "must",
    "precondition", "preconditions", "refuse", "reject", "require", "validate", "verify",
})  # fmt: skip
"""First words of functions that refuse: `Guard.againstNull`, `ensureOpen`, `this.checkRule`."""
_FAILURES = frozenset({"fail", "failure", "err", "error", "left"})
"""Functions that create a failure to return: `Result.fail`, `left(...)`, `err(...)`."""
THROWING: dict[str, str] = {
    "ajv": "",
    "arktype": "assert",
    "assert": "assert|deepEqual|deepStrictEqual|equal|fail|match|notEqual|notStrictEqual|ok|strictEqual",
    "class-validator": "validateOrReject",
    "effect": "asserts|decode(Unknown)?Sync|encode(Unknown)?Sync|validateSync|make",
    "io-ts": "",
    "joi": "assert|attempt|validateAsync",
    "superstruct": "assert|create|mask",
    "valibot": "assert|parse|parseAsync|parser",
    "yup": "validate|validateAt|validateSync|validateSyncAt",
    "zod": "parse|parseAsync",
}
"""By package the functions that throw; the others return what they found, which only a condition can heed."""
_MAY_THROW = re.compile("|".join(filter(None, THROWING.values())))
_OF_PACKAGE = {"@effect/schema": "effect", "@hapi/joi": "joi", "@sinclair/typebox": "arktype"}
_AWAITED = frozenset({"parseAsync", "validateAsync", "validateOrReject"})
_ALWAYS_CHANGE = frozenset({
    "assign", "clear", "copyWithin", "defineProperties", "defineProperty", "delete", "deleteProperty", "fill",
    "pop", "push", "reverse", "setPrototypeOf", "shift", "sort", "splice", "unshift",
})  # fmt: skip
"""Methods of JavaScript. Others change nothing if their result is used: `return this.total.add(tax)`."""
_RECORDS = re.compile(r"(add|emit|publish|raise|record|register)\w*Events?")
"""Methods that keep an event for later; one that applies an event changes the object."""
_CHANGES = frozenset({
    "add", "append", "apply", "assign", "attach", "cancel", "change", "clear", "close", "decrement", "define",
    "delete", "dequeue", "detach", "emit", "enqueue", "fill", "increment", "insert", "mark", "merge", "move",
    "pop", "prepend", "publish", "push", "put", "raise", "record", "register", "remove", "rename", "replace",
    "reset", "reverse", "set", "shift", "sort", "splice", "toggle", "unshift", "update", "when",
})  # fmt: skip
"""First words of methods that change their object, or apply or raise an event."""
_LOOKUPS = frozenset({"at", "entries", "find", "get", "keys", "values"})
"""Methods that return a part of a collection, not a copy."""
_OF_FIRST = frozenset({"Array", "Object", "Reflect"})
"""Objects of JavaScript whose functions are about their first argument."""
_LONGEST_PATH = 50
ITERATIONS = frozenset({
    "every", "filter", "find", "findIndex", "flatMap", "forEach", "map", "reduce", "some",
})  # fmt: skip
"""Methods that call the function that they are given, once for each part."""
ON_SUCCESS = frozenset({"andThen", "asyncAndThen", "asyncMap", "chain", "flatMap", "map", "mapRight"})
"""Methods of a result that call the function that they are given only if it is a success."""
DYNAMIC = "[]"
"""The part of a path that is computed."""


def path(node: "Node | None") -> Path:
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
                index = node.child_by_field_name("index")
                is_plain = index is not None and index.type == "string"
                names.append(text(index)[1:-1] if is_plain else DYNAMIC)
                node = node.child_by_field_name("object")
            case "call_expression":
                node = _looked_up(node)
            case "binary_expression":
                node = node.child_by_field_name("left")
            case "sequence_expression":
                node = node.named_children[-1]
            case "ternary_expression":
                node = node.child_by_field_name("consequence")
            case kind if kind in WRAPPERS or kind == "await_expression":
                node = first(node)
            case _:
                return ()
    return ()


def _looked_up(call: "Node") -> "Node | None":
    """Return what a call returns a part of; None if it returns something else."""
    function = call.child_by_field_name("function")
    name = text(function and function.child_by_field_name("property"))
    if function is None or first_word(name) not in _LOOKUPS or name.endswith("Index"):
        return None
    of = function.child_by_field_name("object")
    return first(call.child_by_field_name("arguments")) if text(of) == "Object" else of


def called(node: "Node") -> Path:
    """Return the path of the function that is called; of `Object.assign(this.a, b)` that of its argument."""
    function = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    if function is not None and function.type == "call_expression" and not path(function):
        function = function.child_by_field_name("function")
    names = path(function)
    if len(names) > 1 and names[0] in _OF_FIRST:
        about = path(first(node.child_by_field_name("arguments")))
        if names[1:2] == ("prototype",) or names[-1] in _ALWAYS_CHANGE or names[:2] == ("Reflect", "set"):
            return (*about, "assign") if about else names
    if len(names) > 2 and (
        names[-1] in ("apply", "call") or (names[-1] == "bind" and changes_always(names[-2]))
    ):
        return names[:-1]
    return names


def first_word(name: str) -> str:
    """Return the first word of a name in camel case, in lower case."""
    word = _WORD.search(name)
    return word.group().lower() if word else ""


def is_change(name: str) -> bool:
    """Return whether a method that is not in the tree changes its object, by its name."""
    return name == DYNAMIC or first_word(name) in _CHANGES


def keeps_events(name: str) -> bool:
    """Return whether a method of a base, by its name, only keeps an event for later."""
    return bool(_RECORDS.fullmatch(name))


def changes_always(name: str) -> bool:
    """Return whether a method changes its object even where its result is used."""
    return name == DYNAMIC or name in _ALWAYS_CHANGE


def is_failure(names: Path) -> bool:
    """Return whether a function creates a failure to return."""
    return bool(names) and first_word(names[-1]) in _FAILURES


def may_refuse(names: Path) -> bool:
    """Return whether a function that is not in the tree may throw on some arguments, by its name."""
    if not names or names[0] in ("console", "JSON", "Promise", "require"):
        return False
    return names_a_guard(names[0]) or names_a_guard(names[-1]) or bool(_MAY_THROW.fullmatch(names[-1]))


def refuses(names: Path, package: str | None, call: "Node") -> bool:
    """Return whether a function that is not in the tree throws on some arguments.

    Args:
        names: Its path; `this` is left out.
        package: The package that it comes from, or whose schema its object is; None if that is not known.
        call: The call, whose result may have to be awaited.
    """
    package = (package or "").removeprefix("node:")
    package = _OF_PACKAGE.get(package, package)
    parent = call.parent.type if call.parent is not None else ""
    if names[-1] in _AWAITED and parent not in ("await_expression", "return_statement", "arrow_function"):
        return False
    function = call.child_by_field_name("function")
    if (
        package == "effect"
        and names[-1] != "make"
        and function is not None
        and function.type != "call_expression"
    ):
        return False  # `Schema.decodeSync(Order)` only makes the function that throws
    if package in THROWING:
        return bool(re.fullmatch(THROWING[package], names[-1]))
    if names[-1] in ("parse", "parseAsync"):
        return names[-2:-1] != () and names[-2].lower().endswith("schema")
    return names_a_guard(names[0]) or names_a_guard(names[-1])


def names_a_guard(name: str) -> bool:
    """Return whether a name is that of a function that refuses."""
    return first_word(name) in _GUARDS
