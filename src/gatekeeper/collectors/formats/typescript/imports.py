"""The imports and exports of a file, the packages that they name, and matching of packages by patterns."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.collectors.formats.grammar import first, line, text
from gatekeeper.collectors.formats.typescript.syntax import captures
from gatekeeper.collectors.reading.globs import name_chooser

if TYPE_CHECKING:
    from tree_sitter import Node

EVERYTHING = "*"
"""The imported name that means the whole module."""
_OF_CONDITIONS = frozenset({"!", "!=", "!==", "<", "<=", "==", "===", ">", ">=", "in", "instanceof"})
_COMPUTED_PARTS = frozenset({"escape_sequence", "template_substitution"})
_BESIDE = re.compile(r"""(["'`])\.\.?/(?!.*node_modules)(?:.*\$\{|[^"'`]*\1 *\+)""", re.DOTALL)
"""A computed path that begins with `./` or `../`: a file of the tree."""
_BEFORE = "{,npm:,**/node_modules/,http://**/,https://**/}"
_NAMES = "[(identifier) (shorthand_property_identifier) (property_identifier)] @name"
_MOST_NAMES = 10_000
"""The specifiers that were asked last are not matched again."""
_LOADERS = frozenset({"require", "createRequire", "eval", "Function"})
_HARMLESS = frozenset({"formal_parameters", "import_specifier", "required_parameter", "unary_expression"})
"""Parents of `require` that do not give it away, such as `typeof require`."""
_OWNERS = frozenset({"globalThis", "import.meta", "module", "process.mainModule", "require.main"})
"""Objects whose `require` loads modules."""

_CALL = "(call_expression function: (import)) @import"
_IN_TYPES = "\n".join(
    f"({around} {inner})"
    for around in (
        *("type_alias_declaration", "type_annotation", "type_arguments", "type_query", "conditional_type"),
        *("function_type", "intersection_type", "lookup_type", "optional_type", "parenthesized_type"),
        *("readonly_type", "tuple_type", "union_type"),
    )
    for inner in (
        _CALL,
        f"(member_expression object: {_CALL})",
        f"(member_expression object: (member_expression object: {_CALL}))",
    )
)
"""`let x: import("a").B`, which does not exist at run time, unlike `await import("a")`."""


class Import(NamedTuple):
    """An import, an export from elsewhere, a dynamic import or a `require`."""

    specifier: str
    """Empty if it is computed: only a run of the program shows what is imported."""
    line: int
    types_only: bool = False
    """Whether it does not exist at run time."""
    names: tuple[tuple[str, str], ...] = ()
    """Pairs of local name and name in the module, which may be `default` or `*`; empty without a binding."""
    exports: tuple[tuple[str, str], ...] = ()
    """Pairs of exported name and name in the module."""


def read(nodes: Sequence["Node"], root: "Node", *, with_jsx: bool) -> list[Import]:
    """Return the import and export statements, and the calls of `import` and `require`.

    Imports of the empty specifier, and computed ones that begin with `./` or `../`, name no package and are
    left out.
    """
    in_types = set()
    if any(node.type == "call_expression" for node in nodes):
        in_types = {
            node.start_byte for node in captures(_IN_TYPES, root, with_jsx=with_jsx).get("import", ())
        }
    ended = {}
    if any(node.type == "expression_statement" for node in nodes):
        ended = _exports_ended_by_line(root)
    imports = (_read(node, ended.get(node.start_byte), is_type=node.start_byte in in_types) for node in nodes)
    return [each for each in imports if each]


def loaders(root: "Node", *, with_jsx: bool) -> list["Node"]:
    """Return the places where what is imported cannot be seen: `eval`, and `require` under another name."""
    found = captures(_NAMES, root, with_jsx=with_jsx).get("name", ())
    return [node for node in found if text(node) in _LOADERS and _is_given_away(node)]


def _is_given_away(loader: "Node") -> bool:
    parent, name = loader.parent, text(loader)
    if loader.type == "property_identifier":
        return text(parent and parent.child_by_field_name("object")) in _OWNERS
    if parent is None or parent.child_by_field_name("name") == loader:
        return False
    if name in ("eval", "Function"):
        return loader in (parent.child_by_field_name("function"), parent.child_by_field_name("constructor"))
    if parent.type == "member_expression":
        return text(parent.child_by_field_name("property")) in ("apply", "bind", "call")
    if parent.child_by_field_name("function") != loader:
        return parent.type not in _HARMLESS
    made = parent.parent
    is_named = made is not None and text(made.child_by_field_name("name")) == "require"
    return name == "createRequire" and not is_named


def _read(node: "Node", export: "Node | None", *, is_type: bool) -> Import | None:
    """Return an import; None if it is one of no package and of no file of the tree."""
    if node.type == "call_expression":
        specifier = _specifier_in(first(node.child_by_field_name("arguments")))
        return None if specifier is None else Import(specifier, line(node), is_type)
    statement = export or node
    sources = (each.child_by_field_name("source") for each in (node, *node.named_children))
    specifier = _specifier_in(next((source for source in sources if source is not None), None) or first(node))
    bindings = tuple(_bindings(statement))
    names = tuple((local, imported) for local, imported, _ in bindings)
    types_only = any(map(_is_type, statement.children[1:2])) or (
        bool(bindings) and all(is_type for *_, is_type in bindings)
    )
    if specifier is None:
        return None
    if statement.type == "export_statement":
        return Import(specifier, line(node), types_only, exports=names)
    return Import(specifier, line(node), types_only, names)


def _exports_ended_by_line(root: "Node") -> dict[int, "Node"]:
    """Return by the start of `"b"` the statement `export { a }` if `from "b"` is on the next line.

    The grammar ends the export with its line, and takes `from` and `"b"` for statements.
    """
    found: dict[int, Node] = {}
    export = None
    for statement in root.named_children:
        what = first(statement)
        if statement.type == "export_statement":
            export = statement
        elif export is not None and what is not None and what.type == "string":
            found[statement.start_byte] = export
            export = None
    return found


def _is_type(word: "Node") -> bool:
    # The grammar does not know `export type *`.
    return word.type == "type" or (word.is_error and word.text == b"type")


def _bindings(statement: "Node") -> list[tuple[str, str, bool]]:
    """Return triples of local (or exported) name, name in the module, and whether it is marked as a type."""
    found: list[tuple[str, str, bool]] = []
    for clause in statement.named_children:
        match clause.type:
            case "import_clause":
                for part in clause.named_children:
                    found += _imported(part)
            case "export_clause":
                found += [_binding(part) for part in clause.named_children if part.type != "comment"]
            case "namespace_export" | "import_require_clause":
                found.append((text(first(clause)), EVERYTHING, False))
            case _:
                pass
    if statement.type == "export_statement" and not found:
        found.append((EVERYTHING, EVERYTHING, False))
    return found


def _imported(part: "Node") -> list[tuple[str, str, bool]]:
    match part.type:
        case "identifier":
            return [(text(part), "default", False)]
        case "namespace_import":
            return [(text(first(part)), EVERYTHING, False)]
        case "named_imports":
            return [_binding(name) for name in part.named_children if name.type == "import_specifier"]
        case _:
            return []


def _binding(node: "Node") -> tuple[str, str, bool]:
    name = text(node.child_by_field_name("name"))
    other = text(node.child_by_field_name("alias")) or name
    return other, name, node.child_count > 1 and node.children[0].type == "type"


def _specifier_in(node: "Node | None") -> str | None:
    """Return what a string names; empty if it is computed, None if it names no package and no file."""
    if node is None or _is_condition(node) or _BESIDE.match(text(node)):
        return None
    parts = {part.type for part in node.children}
    is_plain = node.type in ("string", "template_string") and parts.isdisjoint(_COMPUTED_PARTS)
    return (text(node)[1:-1] or None) if is_plain else ""


def _is_condition(node: "Node") -> bool:
    """Return whether a value is true or false, so that a function named `require` is one that checks it."""
    operator = text(node.child_by_field_name("operator"))
    return operator in _OF_CONDITIONS or node.type in ("true", "false")


def package_of(specifier: str) -> str | None:
    """Return the package that a specifier names: `@nestjs/core` of `@nestjs/core/a`; None for a file."""
    name = specifier.rpartition("node_modules/")[2].partition("?")[0].removeprefix("npm:")
    if name.startswith((".", "/")) or not name:
        return None
    if "://" in name:
        return name
    parts = name.split("/")
    scope = f"{parts.pop(0)}/" if name.startswith("@") and len(parts) > 1 else ""
    return scope + (parts[0].partition("@")[0] or parts[0])


def chooser(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Return a predicate for specifiers that name one of the packages, or a module inside one.

    `*` matches a name: `@nestjs/*` matches each package of that scope. A package may also be named by its
    address, or by its path in `node_modules`.
    """
    return _chooser(tuple(patterns))


@lru_cache(maxsize=64)
def _chooser(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    globs = [f"{_BEFORE}{pattern.replace('*', '?*')}{{,@*}}{{,/**}}" for pattern in patterns]
    is_named = lru_cache(maxsize=_MOST_NAMES)(name_chooser(globs))
    return lambda specifier: is_named(specifier.partition("?")[0])
