"""Python. An import is the full name of what is imported: `from google import genai` imports `google.genai`.

Packages are named by their import names, not by those of the distributions: `google`, not `google-genai`. An
import follows to the module that it names, not to the packages around it. A list of packages names the
standard library by the word `std`.
"""

import re
import tokenize
from codecs import lookup
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from io import BytesIO
from operator import attrgetter
from typing import TYPE_CHECKING

from gatekeeper.collectors.formats.grammar import (
    Grammar,
    first,
    line,
    refuse_errors,
    source_text,
    text,
)
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.globs import name_chooser
from gatekeeper.collectors.source._language import Selects
from gatekeeper.collectors.source._parsed import (
    Imported,
    ParsedFile,
    ParsedTree,
    WrittenImport,
    joined_texts,
    unescaped,
)
from gatekeeper.collectors.source._python_names import STANDARD_MODULES
from gatekeeper.collectors.source._python_roots import PythonRoots
from gatekeeper.model.evidence import ArtefactFile, Unreadable

if TYPE_CHECKING:
    from tree_sitter import Node

ABOUT = About(
    tool="Python, which people write",
    seen="what tree-sitter-python 0.25 parses",
    source="https://github.com/tree-sitter/tree-sitter-python",
    command=None,
    recognised="the ending `.py`",
    models="files with code, imports, the modules of the tree, texts, tests",
    not_modelled="imports under a computed name, and calls of language models: both are not understood",
)

EXTENSIONS: Mapping[str, str] = {"py": "python"}
_GRAMMAR = Grammar("tree_sitter_python")
GRAMMARS: Mapping[str, Grammar] = {"py": _GRAMMAR}
STANDARD = "std"
_TEST = re.compile(r"(?P<folder>(?:.*/)?)(?:test_(?P<a>[^/]*)|(?P<b>[^/]*)_test|tests)\.py")
_NOT_OWN = re.compile(r"(?:.*/)?(?:site-packages|node_modules|\.?venv|\.tox|\.nox)/.*")
_FOR_TESTS = re.compile(r"(?:.*/)?(?:tests/.*|conftest\.py)")
_TESTS_FOLDER = re.compile(r"(?P<of>(?:.*/)?)tests?/(?:units?/)?(?P<tail>(?:.*/)?)")
_ENCODINGS = re.compile(r"ascii|utf-8(-sig)?|(iso8859-|cp125|cp43|cp85|koi8-)\w*")
"""The encodings that are read, by their names in Python; others may be slow, or hide something."""

_LOOKED_FOR = """
(import_statement name: (_) @import)
[(import_from_statement) (future_import_statement)] @from
(if_statement condition: [(identifier) (attribute)] @condition consequence: (block) @block)
(exec_statement) @computed
"""
_TEXTS = """
(string) @text
[(concatenated_string) (binary_operator)] @sum
(expression_statement . (string) @comment .)
(expression_statement . (concatenated_string) @comment .)
"""
_NAMES = "(identifier) @name"
_BY_NAME = frozenset({"__import__", "import_module", "import_string"})
"""Functions that import what their first argument names."""
_ALWAYS = frozenset({
    "SourceFileLoader", "exec_module", "load_module", "load_source", "resolve_name", "run_module", "run_path",
    "spec_from_file_location", "spec_from_loader",
})  # fmt: skip
"""Functions that import what only a run of the program shows."""
_RUN = frozenset({"eval", "exec"})
"""Functions that run text; methods of these names are others."""
_HOLDERS = frozenset({"__builtins__", "builtins", "importlib"})
"""Modules that give such functions away if they are used other than by `importlib.NAME`."""
_GIVES_AWAY = re.compile(rf"\b({'|'.join(sorted(_BY_NAME | _ALWAYS | _RUN | _HOLDERS))})\b".encode())
_ERASED = frozenset({
    "comment", "future_import_statement", "import_from_statement", "import_statement", "pass_statement",
    "type_alias_statement",
})  # fmt: skip
_VERB = re.compile(r"%(?:\(\w+\))?[-+# 0]*[\d*.]*[a-zA-Z]")


def is_source(path: str) -> bool:
    """Return whether a file is code of the product."""
    return not (_TEST.fullmatch(path) or _FOR_TESTS.fullmatch(path) or _NOT_OWN.fullmatch(path))


def is_test(path: str) -> bool:
    """Return whether a file has tests, by the names that pytest and Django look for."""
    return bool(_TEST.fullmatch(path)) and not _NOT_OWN.fullmatch(path)


def tested_by(test: str) -> str | None:
    """Return which file a test is for: the one beside it, or one with the same path outside of `tests/`."""
    named = _TEST.fullmatch(test)
    name = (named["a"] or named["b"]) if named else None
    if named is None or not name:
        return None
    inside = _TESTS_FOLDER.fullmatch(named["folder"])
    return f"{inside['of']}**/{inside['tail']}{name}" if inside else f"{named['folder']}{name}"


def read(files: Sequence[ArtefactFile], selected: Sequence[str]) -> "PythonTree":
    """Read the selected files; others of the tree are parsed if a selected one imports them."""
    return PythonTree(files, selected)


class PythonTree(ParsedTree):
    """The modules of a tree."""

    TITLE = "Python"

    def __init__(self, files: Sequence[ArtefactFile], selected: Sequence[str]) -> None:
        super().__init__(files, selected)
        names = (file.name for file in files if file.name.endswith(".py"))
        self._roots = PythonRoots(files, [name for name in names if not _NOT_OWN.fullmatch(name)])

    def parse(self, name: str, data: bytes) -> ParsedFile:
        """Return a file, parsed."""
        data = source_text(_as_utf8(data))
        root = _GRAMMAR.parse(data)
        refuse_errors(root, self.TITLE)
        found = _GRAMMAR.captures(_LOOKED_FOR, root)
        types = _for_types(found)
        statements = [*found.get("import", ()), *found.get("from", ())]
        imports = [
            WrittenImport(each, line(node), any(node.start_byte in span for span in types))
            for node in statements for each in _names(node)
        ]  # fmt: skip
        computed = [line(node) for node in found.get("computed", ())]
        for node in _GRAMMAR.captures(_NAMES, root).get("name", ()) if _GIVES_AWAY.search(data) else ():
            if (loaded := _loaded(node)) is not None:
                imports += [WrittenImport(loaded, line(node))] if loaded else []
                computed += [] if loaded else [line(node)]
        imports.sort(key=attrgetter("line"))
        return ParsedFile(name, data, root, imports, _runs(root), computed)

    def imported(self, importer: str, name: str) -> Imported:
        """Return what an import of a file refers to."""
        roots = self._roots
        return roots.relative(importer, name) if name.startswith(".") else roots.absolute(importer, name)

    def naming(self, packages: Sequence[str]) -> Selects:
        """Return a predicate for names of the packages, or in them; `*` matches a part of a name."""
        globs = [f"{name.replace('.', '/').replace('*', '?*')}{{,/**}}" for name in packages]
        is_listed = name_chooser(globs)
        with_standard = STANDARD in packages
        return cache(
            lambda name: (
                is_listed(name.replace(".", "/"))
                or (with_standard and name.partition(".")[0] in STANDARD_MODULES)
            )
        )

    def texts(self, source: ParsedFile) -> Iterator[tuple[int, str]]:
        """Yield the strings of a file, and those that are joined; a text alone in a line is a comment."""
        if source.root is None:
            return
        found = _GRAMMAR.captures(_TEXTS, source.root)
        comments = {node.byte_range for node in found.get("comment", ())}
        used = {
            name: [node for node in nodes if node.byte_range not in comments] for name, nodes in found.items()
        }
        yield from joined_texts(used, _operands, _written)


def _as_utf8(data: bytes) -> bytes:
    """Return the text of a file in UTF-8; a comment in its first lines may name another encoding (PEP 263).

    Raises:
        Unreadable: The encoding is unknown, or another than the file's.
    """
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
        name = lookup(encoding).name
        if not _ENCODINGS.fullmatch(name):
            raise Unreadable(f"line 1: the encoding {encoding} is not supported; save the file as UTF-8")
        return data if name.startswith("utf-8") else data.decode(encoding).encode()
    except (SyntaxError, UnicodeError, LookupError) as error:
        raise Unreadable(f"line 1: {error}; save the file as UTF-8") from None


def _for_types(found: "Mapping[str, Sequence[Node]]") -> list[range]:
    """Return the spans of the blocks under `if TYPE_CHECKING:`."""
    conditions = [
        node for node in found.get("condition", ()) if text(node).rpartition(".")[2] == "TYPE_CHECKING"
    ]
    ends = {node.end_byte for node in conditions}
    blocks = found.get("block", ()) if ends else ()
    return [
        range(node.start_byte, node.end_byte)
        for node in blocks
        if node.parent is not None
        and (condition := node.parent.child_by_field_name("condition")) is not None
        and condition.end_byte in ends
    ]


def _names(statement: "Node") -> Iterator[str]:
    """Yield the full names of what a statement imports."""
    if statement.type in ("dotted_name", "aliased_import"):
        yield _dotted(statement)
        return
    module = statement.child_by_field_name("module_name")
    start = "__future__" if statement.type == "future_import_statement" else _dotted(module)
    names = [_dotted(node) for node in statement.children_by_field_name("name")]
    separator = "" if start.endswith(".") else "."
    yield from (f"{start}{separator}{name}" for name in names)
    if not names:
        yield start  # `from a import *`


def _dotted(node: "Node | None") -> str:
    """Return a name with its dots, without an alias; blanks and comments may be anywhere in it."""
    if node is not None and node.type == "aliased_import":
        return _dotted(node.child_by_field_name("name"))
    name = []
    todo = [] if node is None else [node]
    while todo:
        part = todo.pop()
        if part.type in (".", "identifier"):
            name.append(text(part))
        todo += reversed(part.children)
    return "".join(name)


def _loaded(node: "Node") -> str | None:
    """Return what is imported where a name is used; empty if it is computed, None if nothing is."""
    name = text(node)
    if name not in _BY_NAME | _ALWAYS | _RUN | _HOLDERS or (parent := node.parent) is None:
        return None
    if parent.type in ("dotted_name", "aliased_import"):
        is_renamed = parent.parent is not None and parent.parent.type == "aliased_import"
        return "" if is_renamed and name in _BY_NAME | _RUN else None
    is_method = parent.type == "attribute" and parent.child_by_field_name("attribute") == node
    if name in _HOLDERS:
        is_opened = parent.type == "attribute" and not is_method
        return None if is_opened or is_method or _is_declared(node, parent) else ""
    if name in _RUN and is_method:
        return "" if text(parent.child_by_field_name("object")) in _HOLDERS else None
    if _is_declared(node, parent):
        return None
    function = parent if is_method else node
    call = function.parent if is_method else parent
    if name in _BY_NAME and call is not None and call.child_by_field_name("function") == function:
        return _first_argument(call)
    return ""


def _is_declared(node: "Node", parent: "Node") -> bool:
    """Return whether a name is that of a function or of an argument here."""
    return parent.child_by_field_name("name") == node


def _first_argument(call: "Node") -> str | None:
    """Return the module that a call imports; None if it is of the package of the file itself."""
    given = call.child_by_field_name("arguments")
    values = [node for node in (given.named_children if given is not None else ()) if node.type != "comment"]
    if not values:
        return ""
    head = _head(values[0])
    if head.startswith("."):
        is_own = [text(node).rpartition("=")[2].strip() for node in values[1:]] in (
            ["__name__"],
            ["__package__"],
        )
        return None if is_own else ""
    return head if values[0].type == "string" and not _is_computed(values[0]) else ""


def _head(node: "Node") -> str:
    """Return what a text begins with."""
    while node.type in ("binary_operator", "concatenated_string", "parenthesized_expression"):
        inner = first(node)
        if inner is None:
            return ""
        node = inner
    return _written(node) if node.type == "string" else ""


def _is_computed(node: "Node") -> bool:
    return any(part.type == "interpolation" for part in node.named_children)


def _operands(node: "Node") -> "Sequence[Node] | None":
    """Return what is joined to one text, and what is in parentheses; None if a node is neither."""
    operator = node.child_by_field_name("operator")
    if node.type == "binary_operator" and operator is not None and operator.type == "+":
        return [node.named_children[0], node.named_children[-1]]
    if node.type == "binary_operator" and operator is not None and operator.type == "%":
        return node.named_children[:1]
    if node.type == "concatenated_string":
        return [part for part in node.named_children if part.type == "string"]
    inner = first(node) if node.type == "parenthesized_expression" else None
    return None if inner is None else [inner]


def _written(node: "Node") -> str:
    """Return the text of a string; `x` is computed."""
    prefix = text(node.named_child(0)).lower()
    parts = ("x" if part.type == "interpolation" else (part.text or b"").decode()
             for part in node.named_children[1:] if part.type != "string_end")  # fmt: skip
    words = "".join(parts)
    return _VERB.sub("x", words if "r" in prefix else unescaped(words))


def _runs(root: "Node") -> bool:
    """Return whether a file has more than imports, comments and the names that it exports."""
    return not all(_is_erased(node) for statement in root.named_children for node in _unwrapped(statement))


def _unwrapped(statement: "Node") -> Sequence["Node"]:
    """Return the statements under `if TYPE_CHECKING:`; any other statement as it is."""
    condition, block = (
        statement.child_by_field_name("condition"),
        statement.child_by_field_name("consequence"),
    )
    is_for_types = text(condition).rpartition(".")[2] == "TYPE_CHECKING" and block is not None
    if is_for_types and statement.child_by_field_name("alternative") is None and block is not None:
        return block.named_children
    return [statement]


def _is_erased(statement: "Node") -> bool:
    if statement.type != "expression_statement":
        return statement.type in _ERASED
    what = first(statement)
    exports = what is not None and text(what.child_by_field_name("left")) == "__all__"
    return what is None or exports or what.type in ("string", "concatenated_string", "ellipsis")
