"""Parsing a TypeScript file, and deciding whether what the grammar cannot read may hide something.

The grammar lags behind the language (`export type *`, variance marks, a styled component's type argument),
and in the files of large projects one in some hundred has a stretch that it cannot read. Such a statement is
let pass where nothing in it can be what is looked for; else the file is unreadable, because facts from it
would be a guess.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax import decode

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Query

MAX_BYTES = 20_000_000
"""Source that people write is far smaller; the parser takes its time with what is no source at all."""

_BOM = b"\xef\xbb\xbf"
_LOOKED_FOR = re.compile(rb"\b(any|import|require|class)\b")
_LOOKED_FOR_IN_CLASS = re.compile(rb"\b(any|import|require)\b")
_NAMED_LIKE_A_TYPE = re.compile(rb"(\()(any|boolean|never|number|object|string|symbol|unknown|void)(\)\s*=>)")
"""`(string) => void`: here `string` is the name of a parameter, which the grammar takes for a type."""
_BRACKETS = re.compile(rb"[(){}\[\]]")
CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})


@cache
def language(*, with_jsx: bool) -> "Language":
    """Return a grammar; `<a>b` is a cast in one and an element in the other."""
    import tree_sitter_typescript
    from tree_sitter import Language

    pointer = (
        tree_sitter_typescript.language_tsx() if with_jsx else tree_sitter_typescript.language_typescript()
    )
    return Language(pointer)


@cache
def query(text: str, *, with_jsx: bool) -> "Query":
    """Compile a query once."""
    from tree_sitter import Query

    return Query(language(with_jsx=with_jsx), text)


def captures(text: str, node: "Node", *, with_jsx: bool) -> dict[str, list["Node"]]:
    """Return, by name, the nodes that a query finds in a node, in the order of the text."""
    from tree_sitter import QueryCursor

    found = QueryCursor(query(text, with_jsx=with_jsx)).captures(node)
    return {name: sorted(nodes, key=_start) for name, nodes in found.items()}


def _start(node: "Node") -> int:
    return node.start_byte


def parse(data: bytes, *, with_jsx: bool) -> tuple["Node", bytes]:
    """Return the root of the syntax tree, and the bytes that its positions count."""
    from tree_sitter import Parser

    if len(data) > MAX_BYTES:
        raise Unreadable(f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are read")
    if b"\x00" in data:
        raise Unreadable("a zero byte: this is no text")
    decode(data)
    data = data.removeprefix(_BOM)
    parser = Parser(language(with_jsx=with_jsx))
    root = parser.parse(data).root_node
    if root.has_error:
        root = parser.parse(_NAMED_LIKE_A_TYPE.sub(_renamed, data)).root_node
    if root.has_error:
        _refuse_what_may_hide_something(root, data)
    return root, data


def _renamed(match: re.Match[bytes]) -> bytes:
    return match[1] + b"_" * len(match[2]) + match[3]


def line(node: "Node") -> int:
    """Return the 1-based line where a node starts."""
    return node.start_point.row + 1


def first(node: "Node | None") -> "Node | None":
    """Return the first part of a node that is no comment."""
    return next(
        (part for part in (node.named_children if node is not None else ()) if part.type != "comment"), None
    )


def text(node: "Node | None") -> str:
    """Return a node's text; of none, none."""
    return node.text.decode() if node is not None and node.text is not None else ""


def _refuse_what_may_hide_something(root: "Node", data: bytes) -> None:
    end = len(data.rstrip())
    for statement in root.children if root.type == "program" else [root]:
        if statement.has_error:
            for error in _errors(statement):
                if error.end_byte >= end or _may_hide_something(statement, error):
                    raise Unreadable(f"line {line(error)}: this cannot be read as TypeScript")


def _errors(node: "Node") -> Iterator["Node"]:
    stack = [node]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            yield node
        elif node.has_error:
            stack.extend(reversed(node.children))


def _may_hide_something(statement: "Node", error: "Node") -> bool:
    if statement.is_error and _BRACKETS.search(statement.text or b""):
        return True  # What a lone bracket opens or closes is anybody's guess.
    if b"class" in (error.text or b""):
        return True
    inner = statement.child_by_field_name("declaration") or statement
    pattern = _LOOKED_FOR_IN_CLASS if inner.type in CLASSES else _LOOKED_FOR
    return bool(pattern.search(statement.text or b""))
