"""Go. Its tests are `*_test.go`; the packages of the tree are those of its modules (`go.mod`).

Files of all build tags are read. A list of packages names the standard library by the word `std`, as the `go`
command does. `import "C"` is the package `C`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from gatekeeper.collectors.formats.grammar import Grammar, first, line, refuse_errors, source_text
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.globs import name_chooser
from gatekeeper.collectors.source._go_modules import GoModules, is_standard
from gatekeeper.collectors.source._language import Selects
from gatekeeper.collectors.source._parsed import (
    Imported,
    ParsedFile,
    ParsedTree,
    WrittenImport,
    joined_texts,
    unescaped,
)
from gatekeeper.model.evidence import ArtefactFile

if TYPE_CHECKING:
    from tree_sitter import Node

ABOUT = About(
    tool="Go, which people write",
    seen="what tree-sitter-go 0.25 parses",
    source="https://github.com/tree-sitter/tree-sitter-go",
    command=None,
    recognised="the ending `.go`",
    models="files with code, imports, the packages of the modules in the tree, texts, tests",
    not_modelled="calls of language models: a file that imports an SDK or names the port is not understood",
)

EXTENSIONS: Mapping[str, str] = {"go": "go"}
_GRAMMAR = Grammar("tree_sitter_go")
GRAMMARS: Mapping[str, Grammar] = {"go": _GRAMMAR}
STANDARD = "std"
_IGNORED = re.compile(r"(?:.*/)?(?!\.\.?/)(?:(?:vendor|testdata|[._][^/]*)/.*|[._][^/]*)")
"""What the `go` command passes over: packages of others, data of tests, names with a dot or an underscore."""
_LOOKED_FOR = """
(import_spec path: (_) @import)
[(function_declaration body: (_) @code) (method_declaration body: (_) @code) (func_literal) @code]
"""
_TEXTS = """
[(interpreted_string_literal) (raw_string_literal)] @text
(binary_expression) @sum
"""
_VERB = re.compile(r"%[-+# 0]*[\d*.\[\]]*[a-zA-Z]")
"""A computed part of a text that `fmt` formats."""


def is_source(path: str) -> bool:
    """Return whether a file is code of the product, generated or not."""
    return not path.endswith("_test.go") and not _IGNORED.fullmatch(path)


def is_test(path: str) -> bool:
    """Return whether a file has tests."""
    return path.endswith("_test.go") and not _IGNORED.fullmatch(path)


def tested_by(test: str) -> str:
    """Return the file beside a test that it is for."""
    return test.removesuffix("_test.go")


def read(files: Sequence[ArtefactFile], selected: Sequence[str]) -> "GoTree":
    """Read the selected files; others of the tree are parsed if a selected one imports their package."""
    return GoTree(files, selected)


class GoTree(ParsedTree):
    """The files of the modules of a tree."""

    TITLE = "Go"

    def __init__(self, files: Sequence[ArtefactFile], selected: Sequence[str]) -> None:
        super().__init__(files, selected)
        names = (file.name for file in files if file.name.endswith(".go"))
        self._modules = GoModules(files, [name for name in names if is_source(name)])

    def parse(self, name: str, data: bytes) -> ParsedFile:
        """Return a file, parsed."""
        data = source_text(data) + b"\n"  # the grammar wants an end of the last line
        root = _GRAMMAR.parse(data)
        refuse_errors(root, self.TITLE)
        found = _GRAMMAR.captures(_LOOKED_FOR, root)
        imports = [WrittenImport(_path(node), line(node)) for node in found.get("import", ())]
        return ParsedFile(name, data, root, imports, runs="code" in found)

    def imported(self, importer: str, name: str) -> Imported:
        """Return what an import of a file refers to."""
        return self._modules.imported(importer, name)

    def naming(self, packages: Sequence[str]) -> Selects:
        """Return a predicate for import paths of the packages, or below them; `*` matches an element."""
        is_listed = name_chooser([f"{name.replace('*', '?*')}{{,/**}}" for name in packages])
        with_standard = STANDARD in packages
        return cache(lambda name: is_listed(name) or (with_standard and is_standard(name)))

    def texts(self, source: ParsedFile) -> Iterator[tuple[int, str]]:
        """Yield the strings of a file, and those that `+` joins."""
        if source.root is None:
            return
        yield from joined_texts(_GRAMMAR.captures(_TEXTS, source.root), _operands, _written)


def _path(node: "Node") -> str:
    return unescaped((node.text or b"")[1:-1].decode())


def _operands(node: "Node") -> "Sequence[Node] | None":
    """Return what a sum adds up, and what is in parentheses; None if a node is neither."""
    operator = node.child_by_field_name("operator")
    if node.type == "binary_expression" and operator is not None and operator.type == "+":
        return [node.named_children[0], node.named_children[-1]]
    inner = first(node) if node.type == "parenthesized_expression" else None
    return None if inner is None else [inner]


def _written(node: "Node") -> str:
    """Return the text of a string; what `fmt` puts in is computed."""
    words = (node.text or b"")[1:-1].decode()
    return _VERB.sub("x", unescaped(words) if node.type == "interpreted_string_literal" else words)
