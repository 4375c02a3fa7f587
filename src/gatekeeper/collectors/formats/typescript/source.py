"""One file: its imports, exports and classes, and whether it has code at run time."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.collectors.formats.grammar import first, line, text
from gatekeeper.collectors.formats.typescript.imports import loaders
from gatekeeper.collectors.formats.typescript.imports import read as read_imports
from gatekeeper.collectors.formats.typescript.syntax import captures, parse

if TYPE_CHECKING:
    from tree_sitter import Node

_LOOKED_FOR = """
(import_statement) @import
(export_statement source: (_)) @import
((expression_statement (identifier) @_from) . (expression_statement . (string)) @import (#eq? @_from "from"))
(call_expression function: (import)) @import
(call_expression function: (identifier) @_name (#eq? @_name "require")) @import
[(class_declaration) (abstract_class_declaration) (class)] @class
(interface_declaration) @class
"""
_WORDS_OF_THESE = re.compile(rb"import|from|require|class|interface")
"""A file without such a word has nothing that is looked for: its nodes need not be visited."""
_WITHOUT_CODE = frozenset({
    "ambient_declaration", "comment", "empty_statement", "function_signature", "hash_bang_line",
    "import_alias", "import_statement", "interface_declaration", "type_alias_declaration",
})  # fmt: skip
_GIVES_AWAY = re.compile(
    rb"\b(createRequire|eval|Function|require\s*\.\s*(apply|bind|call))\b|(?<![.\w$])require\b(?!\s*[(.])"
    rb"|\b(globalThis|main|mainModule|meta|module)\s*\.\s*require\b"
)
_NO_WORDS = ("", frozenset[str]())
_TAG = re.compile(r"^[\s/*]*@(aggregate|aggregateroot|entity|valueobject)\b", re.MULTILINE | re.IGNORECASE)

Reference = tuple[str, ...]
"""The parts of a name as written: `ddd.AggregateRoot` has two."""


class Class(NamedTuple):
    """A class or an interface."""

    name: str
    file: str
    line: int
    node: "Node"
    extends: tuple[Reference, ...]
    implements: tuple[Reference, ...]
    tags: frozenset[str]
    """The tags of its doc comment, in lower case: `aggregate`, `aggregateroot`, `entity`, `valueobject`."""
    is_computed: bool = False
    """Whether its base is not a name, but the result of a call or of another expression."""

    @property
    def key(self) -> tuple[str, int]:
        """A key that no other class has."""
        return self.file, self.node.start_byte

    @property
    def is_abstract(self) -> bool:
        """Whether it is an abstract class or an interface."""
        return self.node.type in ("abstract_class_declaration", "interface_declaration")


class Source:
    """A parsed file.

    Raises:
        Unreadable: The file is not text, or cannot be parsed.
    """

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.with_jsx = not name.endswith("ts")
        """JavaScript may have elements in every file, and has no casts like `<a>b`."""
        self.root, self.data = parse(data, with_jsx=self.with_jsx)
        may_hold_some = _WORDS_OF_THESE.search(self.data) is not None
        found = captures(_LOOKED_FOR, self.root, with_jsx=self.with_jsx) if may_hold_some else {}
        imported = read_imports(found.get("import", ()), self.root, with_jsx=self.with_jsx)
        self.imports = [each for each in imported if each.specifier]
        self._computed = [each.line for each in imported if not each.specifier]
        words = _names_and_tags(self.root) if "class" in found else {}
        self.classes = [
            _class(node, self.name, *words.get(node.start_byte, _NO_WORDS))
            for node in _outermost(found.get("class", ()))
        ]
        self.by_name = {each.name: each for each in reversed(self.classes)}
        self.bindings = {local: (each.specifier, name) for each in self.imports for local, name in each.names}
        self.runs = _runs(self.root)

    @cached_property
    def computed_imports(self) -> list[int]:
        """The lines of imports of which only a run of the program shows what they import."""
        given_away = loaders(self.root, with_jsx=self.with_jsx) if _GIVES_AWAY.search(self.data) else ()
        return [*self._computed, *map(line, given_away)]

    @cached_property
    def _exports(self) -> dict[str, str]:
        return _exported_names(self.root, self.name)

    @cached_property
    def declared(self) -> "dict[str, Node]":
        """The functions, variables and types that the file declares at its top level, by name."""
        found: dict[str, Node] = {}
        for statement in self.root.named_children:
            inner = statement.child_by_field_name("declaration") or statement
            is_list = inner.type in ("lexical_declaration", "variable_declaration")
            for node in inner.named_children if is_list else [inner]:
                if inner.type != "function_signature" and (name := text(node.child_by_field_name("name"))):
                    found.setdefault(name, node)
        return found

    def local_name(self, exported: str) -> str:
        """Return the local name of an export."""
        return self._exports.get(exported, exported)


def _runs(root: "Node") -> bool:
    """Return whether a file has code at run time that a test could cover.

    Types and declarations are erased, and imports and re-exports have nothing to cover: coverage tools leave
    out files that have nothing else.
    """
    stack = list(root.named_children)
    while stack:
        inner = _inside(stack.pop())
        if inner is None:
            return True
        stack += inner
    return False


def _inside(statement: "Node") -> "list[Node] | None":
    """Return the parts of a statement to examine; None if the statement itself runs."""
    match statement.type:
        case kind if kind in _WITHOUT_CODE:
            return []
        case "export_statement":
            what = statement.child_by_field_name("declaration") or statement.child_by_field_name("value")
            return [what] if what is not None and what.type != "identifier" else []
        case "enum_declaration" if statement.children[0].type == "const":
            return []  # its values are inlined
        case "internal_module":
            body = statement.child_by_field_name("body")
            return body.named_children if body is not None else []
        case "expression_statement":
            what = first(statement)
            if what is not None and what.type == "internal_module":
                return [what]
            return [] if what is not None and what.type == "string" else None  # "use strict"
        case _:
            return None


def _exported_names(root: "Node", file: str) -> dict[str, str]:
    """Return local names by exported name, for export statements that rename."""
    found: dict[str, str] = {}
    for statement in root.named_children:
        if statement.type != "export_statement" or statement.child_by_field_name("source") is not None:
            continue
        what = statement.child_by_field_name("declaration") or statement.child_by_field_name("value")
        if what is not None and any(child.type == "default" for child in statement.children[:3]):
            named = what if what.type == "identifier" else what.child_by_field_name("name")
            found["default"] = text(named) or _stem(file)
        for clause in statement.named_children:
            if clause.type == "export_clause":
                for each in clause.named_children:
                    name = text(each.child_by_field_name("name"))
                    found[text(each.child_by_field_name("alias")) or name] = name
    return found


def _outermost(nodes: Iterable["Node"]) -> Iterator["Node"]:
    """Yield the nodes that are not within another one: an inner class is a part of the outer one."""
    end = 0
    for node in nodes:
        if node.start_byte >= end:
            end = node.end_byte
            yield node


def _class(node: "Node", file: str, variable: str, tags: frozenset[str]) -> Class:
    extends: list[Reference] = []
    implements: list[Reference] = []
    is_computed = False
    for child in node.children:
        for clause in child.children if child.type == "class_heritage" else [child]:
            if clause.type in ("extends_clause", "extends_type_clause"):
                extends += _references(clause)
                base = clause.child_by_field_name("value")
                is_computed |= base is not None and base.type not in ("identifier", "member_expression")
            elif clause.type == "implements_clause":
                implements += _references(clause)
    name = text(node.child_by_field_name("name")) or variable or _stem(file)
    return Class(name, file, line(node), node, tuple(extends), tuple(implements), tags, is_computed)


def _references(clause: "Node") -> list[Reference]:
    """Return the types that a clause names; for the call of a mixin, the mixin and its arguments."""
    found: list[Reference] = []
    stack = list(reversed(clause.named_children))
    while stack:
        node = stack.pop()
        match node.type:
            case "identifier" | "type_identifier":
                found.append((text(node),))
            case "member_expression" | "nested_type_identifier" | "nested_identifier":
                found.append(tuple(text(node).split(".")))
            case "generic_type":
                stack += [part for part in [first(node)] if part is not None]
            case "call_expression" | "arguments" | "parenthesized_expression":
                stack += reversed(node.named_children)
            case _:
                pass
    return found


def _stem(file: str) -> str:
    return file.rpartition("/")[2].split(".")[0]


def _names_and_tags(root: "Node") -> dict[int, tuple[str, frozenset[str]]]:
    """Return by start position, for classes at the top level, the name of the variable and the tags."""
    found: dict[int, tuple[str, frozenset[str]]] = {}
    tags: set[str] = set()
    for statement in root.named_children:
        if statement.type == "comment":
            if (comment := text(statement)).startswith("/**"):
                tags.update(tag.lower() for tag in _TAG.findall(comment))
            continue
        inner = statement.child_by_field_name("declaration") or statement.child_by_field_name("value")
        inner, variable = inner if inner is not None else statement, ""
        if inner.type in ("lexical_declaration", "variable_declaration"):
            declarator = first(inner)
            value = declarator.child_by_field_name("value") if declarator is not None else None
            if declarator is not None and value is not None:
                inner, variable = value, text(declarator.child_by_field_name("name"))
        found[inner.start_byte] = (variable, frozenset(tags))
        tags.clear()
    return found
