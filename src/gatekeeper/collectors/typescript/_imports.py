"""The imports and exports of a TypeScript file, and matching of packages by patterns."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.collectors.reading.globs import name_chooser
from gatekeeper.collectors.typescript._syntax import captures, first, line, text

if TYPE_CHECKING:
    from tree_sitter import Node

EVERYTHING = "*"
"""The imported name that means the whole module."""


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
    line: int
    types_only: bool = False
    """Whether it does not exist at run time."""
    names: tuple[tuple[str, str], ...] = ()
    """Pairs of local name and name in the module, which may be `default` or `*`; empty without a binding."""
    exports: tuple[tuple[str, str], ...] = ()
    """Pairs of exported name and name in the module."""


def read(nodes: Sequence["Node"], root: "Node", *, with_jsx: bool) -> list[Import]:
    """Return the import and export statements, and the calls of `import` and `require`."""
    in_types = set()
    if any(node.type == "call_expression" for node in nodes):
        in_types = {
            node.start_byte for node in captures(_IN_TYPES, root, with_jsx=with_jsx).get("import", ())
        }
    imports = (_read(node, is_type=node.start_byte in in_types) for node in nodes)
    return [each for each in imports if each]


def _read(node: "Node", *, is_type: bool) -> Import | None:
    """Return an import; None if its specifier is not a plain string."""
    if node.type == "call_expression":
        specifier = _argument(node)
        return Import(specifier, line(node), is_type) if specifier else None
    sources = (each.child_by_field_name("source") for each in (node, *node.named_children))
    specifier = _unquoted(next((source for source in sources if source is not None), None))
    bindings = tuple(_bindings(node))
    names = tuple((local, imported) for local, imported, _ in bindings)
    types_only = any(map(_is_type, node.children[1:2])) or (
        bool(bindings) and all(is_type for *_, is_type in bindings)
    )
    if not specifier:
        return None
    if node.type == "export_statement":
        return Import(specifier, line(node), types_only, exports=names)
    return Import(specifier, line(node), types_only, names)


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
                found += [_specifier(part) for part in clause.named_children if part.type != "comment"]
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
            return [_specifier(name) for name in part.named_children if name.type == "import_specifier"]
        case _:
            return []


def _specifier(node: "Node") -> tuple[str, str, bool]:
    name = text(node.child_by_field_name("name"))
    other = text(node.child_by_field_name("alias")) or name
    return other, name, node.child_count > 1 and node.children[0].type == "type"


def _argument(call: "Node") -> str:
    """Return the first argument of a call if it is a string without substitutions; else empty."""
    argument = first(call.child_by_field_name("arguments"))
    if argument is None or argument.type not in ("string", "template_string"):
        return ""
    is_whole = all(part.type != "template_substitution" for part in argument.children)
    return _unquoted(argument) if is_whole else ""


def _unquoted(node: "Node | None") -> str:
    return text(node)[1:-1]


def chooser(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Return a predicate for specifiers that name one of the packages, or a module inside one.

    `*` matches a name: `@nestjs/*` matches each package of that scope.
    """
    globs = [f"{{,npm:}}{pattern.replace('*', '?*')}{{,@*}}{{,/**}}" for pattern in patterns]
    return cache(name_chooser(globs))
