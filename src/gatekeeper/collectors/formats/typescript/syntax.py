"""Parse a TypeScript file, and decide whether a statement that the grammar cannot read matters.

The grammar is behind the language (`export type *`, variance annotations, the type argument of a styled
component), and in large projects one file in some hundred has a statement that it cannot read. Such a
statement is skipped if nothing in it can affect a fact. Otherwise the file is unreadable, because facts from
it would be a guess.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import TYPE_CHECKING

from gatekeeper.collectors.formats.grammar import Grammar, line, source_text
from gatekeeper.model.evidence import Unreadable

if TYPE_CHECKING:
    from tree_sitter import Node

_LOOKED_FOR = re.compile(rb"\b(any|import|require|class)\b")
_LOOKED_FOR_IN_CLASS = re.compile(rb"\b(any|import|require)\b")
_LIKE_AN_IMPORT = re.compile(
    rb"^\s*(?!from\b|export\b)[^\s{}*/;\"'`][^;\"'`\n]*\bfrom\s*[\"'`]", re.MULTILINE
)
"""What may be an import, misspelt."""
_NAMED_LIKE_A_TYPE = re.compile(rb"(\()(any|boolean|never|number|object|string|symbol|unknown|void)(\)\s*=>)")
"""`(string) => void`: here `string` is the name of a parameter, which the grammar takes for a type."""
_QUOTES = re.compile(rb"[\"'`]|/\*")
_BRACKETS = re.compile(rb"[(){}\[\]]")
WRAPPERS = frozenset({
    "as_expression", "non_null_expression", "parenthesized_expression", "satisfies_expression",
})  # fmt: skip
"""Expressions whose value is that of the expression inside."""
_CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})


GRAMMAR = Grammar("tree_sitter_typescript", "language_typescript")
_GRAMMARS = {
    False: GRAMMAR,
    True: Grammar("tree_sitter_typescript", "language_tsx"),
}
"""The grammars without and with JSX: `<a>b` is a cast without it, and an element with it."""


def captures(query: str, node: "Node", *, with_jsx: bool) -> dict[str, list["Node"]]:
    """Return by name the nodes that a query finds in a node, in the order of the text."""
    return _GRAMMARS[with_jsx].captures(query, node)


def matches(query: str, node: "Node", *, with_jsx: bool) -> list[dict[str, list["Node"]]]:
    """Return for each match of a query in a node the captured nodes by name."""
    return _GRAMMARS[with_jsx].matches(query, node)


def parse(data: bytes, *, with_jsx: bool) -> tuple["Node", bytes]:
    """Return the root of the syntax tree, and the bytes that its positions refer to.

    Raises:
        Unreadable: The file is not text, or cannot be parsed.
    """
    data = source_text(data)
    grammar = _GRAMMARS[with_jsx]
    root = grammar.parse(data)
    if root.has_error:
        renamed = _NAMED_LIKE_A_TYPE.sub(lambda found: found[1] + b"_" * len(found[2]) + found[3], data)
        root = grammar.parse(renamed)
    if root.has_error:
        _refuse_if_it_matters(root, data)
    return root, data


def may_hide_calls(root: "Node") -> bool:
    """Return whether a skipped statement may contain a call."""
    return root.has_error and any(
        statement.has_error and b"(" in (statement.text or b"") for statement in root.children
    )


def arguments(call: "Node") -> list["Node"]:
    """Return what a call is given."""
    given = call.child_by_field_name("arguments")
    return given.named_children if given is not None else []


class Spans:
    """Spans of a file; overlapping ones are merged."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._spans: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if self._spans and start <= self._spans[-1][1]:
                self._spans[-1] = (self._spans[-1][0], max(end, self._spans[-1][1]))
            else:
                self._spans.append((start, end))

    def __contains__(self, position: int) -> bool:
        at = bisect_right(self._spans, position, key=itemgetter(0)) - 1
        return at >= 0 and position < self._spans[at][1]


def _refuse_if_it_matters(root: "Node", data: bytes) -> None:
    end = len(data.rstrip())
    for statement in root.children if root.type == "program" else [root]:
        if statement.has_error:
            hides = _is_looked_for(statement, data)
            for error in _errors(statement):
                if hides or error.end_byte >= end or _breaks_out(error, of=statement):
                    raise Unreadable(f"line {line(error)}: not valid TypeScript")


def _errors(node: "Node") -> Iterator["Node"]:
    stack = [node]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            yield node
        elif node.has_error:
            stack.extend(reversed(node.children))


def _is_looked_for(statement: "Node", data: bytes) -> bool:
    """Return whether the lines of a statement have a word that facts depend on.

    Classes are checked when they are read.
    """
    inner = statement.child_by_field_name("declaration") or statement
    pattern = _LOOKED_FOR_IN_CLASS if inner.type in _CLASSES else _LOOKED_FOR
    end = data.find(b"\n", statement.end_byte)
    lines = data[data.rfind(b"\n", 0, statement.start_byte) + 1 : end if end >= 0 else len(data)]
    return bool(pattern.search(statement.text or b"") or _LIKE_AN_IMPORT.search(lines))


def _breaks_out(error: "Node", of: "Node") -> bool:
    """Return whether an error may affect other statements: a single quote may be closed anywhere."""
    words = error.text or b""
    return bool(_QUOTES.search(words) or b"class" in words or (of.is_error and _BRACKETS.search(words)))
