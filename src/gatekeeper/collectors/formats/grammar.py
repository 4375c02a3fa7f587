"""Parse source code with a grammar of tree-sitter, and query the syntax tree, within limits."""

from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from gatekeeper.collectors.reading.files import opened
from gatekeeper.model.evidence import Absent, ArtefactFile, Unreadable
from gatekeeper.syntax import decode

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Query, QueryCursor

MAX_BYTES = 20_000_000
"""The largest file that is read: source code is far smaller, and the parser is slow on anything else."""

_MOST_BEGUN = 1000
"""The most unfinished matches of a query, one within another; with more, each node takes longer."""
_LONGEST_TEXT = 10_000
"""In bytes. The nodes of a hostile file may be nested, each with almost the whole file as its text."""
_BOM = b"\xef\xbb\xbf"


class Grammar:
    """A grammar of tree-sitter, imported when it is first used.

    Args:
        module: The module that has it, such as `tree_sitter_go`.
        function: The function of the module that returns it.
        extra: The extra of this program that installs the module; empty if every installation has it.
    """

    def __init__(self, module: str, function: str = "language", *, extra: str = "") -> None:
        self._module = module
        self._function = function
        self.extra = extra
        self._queries: dict[str, Query] = {}

    @cached_property
    def is_installed(self) -> bool:
        """Whether the module can be imported."""
        return not self.extra or find_spec(self._module) is not None

    @cached_property
    def _language(self) -> "Language":
        from tree_sitter import Language

        return Language(getattr(import_module(self._module), self._function)())

    def parse(self, data: bytes) -> "Node":
        """Return the root of the syntax tree; what does not parse is an error node in it."""
        from tree_sitter import Parser

        return Parser(self._language).parse(data).root_node

    def captures(self, query: str, node: "Node") -> dict[str, list["Node"]]:
        """Return by name the nodes that a query finds in a node, in the order of the text.

        Raises:
            Unreadable: The code is nested too deeply.
        """
        cursor = self._cursor(query)
        found = cursor.captures(node)
        _refuse_if_too_deep(cursor)
        return {name: sorted(nodes, key=lambda node: node.start_byte) for name, nodes in found.items()}

    def matches(self, query: str, node: "Node") -> list[dict[str, list["Node"]]]:
        """Return for each match of a query in a node the captured nodes by name.

        Raises:
            Unreadable: The code is nested too deeply.
        """
        cursor = self._cursor(query)
        found = [captured for _, captured in cursor.matches(node)]
        _refuse_if_too_deep(cursor)
        return found

    def _cursor(self, text: str) -> "QueryCursor":
        from tree_sitter import Query, QueryCursor

        if text not in self._queries:
            self._queries[text] = Query(self._language, text)
        return QueryCursor(self._queries[text], match_limit=_MOST_BEGUN)


def _refuse_if_too_deep(cursor: "QueryCursor") -> None:
    if cursor.did_exceed_match_limit:
        raise Unreadable("nested too deeply")


def content(file: ArtefactFile) -> bytes:
    """Return the bytes of a file of a tree, in which an empty file is a placeholder."""
    try:
        with opened(file) as data:
            return data
    except Absent:
        return b""


def source_text(data: bytes) -> bytes:
    """Return source code as it is parsed: UTF-8 without a byte order mark.

    Raises:
        Unreadable: The file is too large, or it is not text.
        SyntaxProblem: It is not UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are read")
    if b"\x00" in data:
        raise Unreadable("a zero byte, so the file is not text")
    decode(data)
    return data.removeprefix(_BOM)


def refuse_errors(root: "Node", language: str) -> None:
    """Refuse a file of which a part does not parse.

    Raises:
        Unreadable: The grammar cannot read a part of it.
    """
    node: Node | None = root if root.has_error else None
    while node is not None:
        inner = next((child for child in node.children if child.has_error or child.is_missing), None)
        if node.is_error or node.is_missing or inner is None:
            raise Unreadable(f"line {line(node)}: not valid {language}")
        node = inner


def line(node: "Node") -> int:
    """Return the 1-based line where a node starts."""
    return node.start_point.row + 1


def first(node: "Node | None") -> "Node | None":
    """Return the first part of a node that is not a comment; None if it has no such part."""
    return next(
        (part for part in (node.named_children if node is not None else ()) if part.type != "comment"), None
    )


def text(node: "Node | None") -> str:
    """Return the text of a node; empty without a node, or if it is too long for a name or a type."""
    if node is None or node.end_byte - node.start_byte > _LONGEST_TEXT:
        return ""
    return (node.text or b"").decode()
