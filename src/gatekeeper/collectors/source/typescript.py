"""TypeScript and JavaScript, one language for this purpose: they import each other."""

import re
from collections.abc import Iterator, Mapping, Sequence

from gatekeeper.collectors.formats.grammar import Grammar, line, text
from gatekeeper.collectors.formats.typescript import tree as ts_tree
from gatekeeper.collectors.formats.typescript.imports import chooser, package_of
from gatekeeper.collectors.formats.typescript.source import Source
from gatekeeper.collectors.formats.typescript.syntax import GRAMMAR, captures
from gatekeeper.collectors.formats.typescript.tree import SourceTree
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.files import in_file
from gatekeeper.collectors.reading.globs import name_chooser
from gatekeeper.collectors.source import _typescript_calls
from gatekeeper.collectors.source._language import CodeFile, ImportedName, ModelCalls, Selects
from gatekeeper.collectors.source.facts import PLACES
from gatekeeper.model.evidence import ArtefactFile, Finding, NotUnderstood

ABOUT = About(
    tool="TypeScript and JavaScript, which people write",
    seen="what tree-sitter-typescript 0.23 parses",
    source="https://github.com/tree-sitter/tree-sitter-typescript",
    command=None,
    recognised="the endings `.ts`, `.tsx`, `.mts`, `.cts`, `.js`, `.jsx`, `.mjs`, `.cjs`",
    models="files with code, imports, calls of language models, prompts that they name",
    not_modelled="imports under a computed name, which are not understood",
)

is_source = ts_tree.is_source
_TESTS_FOLDER = re.compile(r"(?P<of>(?:.*/)?)(?P<kind>__tests__|tests?)/(?:units?/)?(?P<tail>.*)")
_REFERENCE = re.compile(rb"""(?m)^\s*///\s*<reference\s+types\s*=\s*["']([^"'\n]+)""")
_ELEMENTS = "[(jsx_element) (jsx_self_closing_element)] @jsx"
_DISALLOWED = frozenset({"disallowed_imports"})
_TEST_NAME = re.compile(r"([.-](test|spec|unit))?\.[cm]?[jt]sx?$")
EXTENSIONS: Mapping[str, str] = {
    **dict.fromkeys(("ts", "tsx", "mts", "cts"), "typescript"),
    **dict.fromkeys(("js", "jsx", "mjs", "cjs"), "javascript"),
}
GRAMMARS: Mapping[str, Grammar] = dict.fromkeys(EXTENSIONS, GRAMMAR)

_TEXTS = "[(string) (template_string) (jsx_text)] @text"
_COMPUTED = re.compile(r"\$\{[^{}]*\}")
"""A computed part of a template."""


class TypescriptTree:
    """The selected files of a tree, parsed."""

    def __init__(self, tree: SourceTree, selected: Sequence[str]) -> None:
        self._tree = tree
        self._selected = selected
        self.files = [_read(tree.source(name), tree.unparsed.get(name, "")) for name in selected]

    def naming(self, packages: Sequence[str]) -> Selects:
        """Return a predicate for specifiers that name one of the packages, or a module inside one."""
        return chooser(packages)

    def disallowed(self, packages: Sequence[str]) -> tuple[list[Finding], list[NotUnderstood]]:
        """Return the imports of other packages, and those of which it is not known what they refer to."""
        is_listed = name_chooser([name.replace("*", "?*") for name in packages])
        flaws: list[Finding] = []
        open_: list[Finding] = []
        came_from: dict[str, Finding | None] = dict.fromkeys(self._selected)
        todo = list(self._selected)
        for name in todo:
            source, entry = self._tree.source(name), came_from[name]
            open_ += self._unseen(source, entry) if entry is not None else ()
            if found := _brings_in(source, is_listed):
                flaws.append((entry or found)._replace(message=found.message))
            for each in source.imports:
                at = entry or Finding("", name, each.line)
                what = f"imports {'types of ' if each.types_only else ''}{each.specifier}"
                package = package_of(each.specifier)
                if package is not None and (is_listed(package) or f"node:{package}" in packages):
                    continue
                if (own := self._tree.own(name, each.specifier)) is not None:
                    if own not in came_from:
                        came_from[own] = at
                        todo.append(own)
                elif package is not None:
                    flaws.append(at._replace(message=f"{what} through {name}" if entry else what))
                elif not self._tree.is_data(name, each.specifier):
                    open_.append(at._replace(message=f"{what}, whose file is not in the tree"))
        return flaws, [NotUnderstood(place, _DISALLOWED) for place in dict.fromkeys(open_)]

    def literals(self, selects: Selects) -> Iterator[Finding]:
        """Yield the strings and templates that are selected."""
        for name in self._selected:
            source = self._tree.source(name)
            whole = source.data.decode(errors="replace")
            if not selects(whole) and not selects(_COMPUTED.sub("x", whole)):
                continue
            with in_file(name):
                found = captures(_TEXTS, source.root, with_jsx=source.with_jsx).get("text", ())
            written = ((node, _COMPUTED.sub("x", text(node))) for node in found)
            yield from (Finding(words, name, line(node)) for node, words in written if selects(words))

    def _unseen(self, source: Source, entry: Finding) -> Iterator[Finding]:
        """Yield why the imports of a file that is imported are not known."""
        if source.name in self._tree.unparsed:
            yield entry._replace(message=f"imports {source.name}: {self._tree.unparsed[source.name]}")
        elif source.computed_imports:
            yield entry._replace(message=f"imports {source.name}, which imports what only a run shows")

    def calls(self, is_sdk: Selects | None, port: str | None) -> ModelCalls:
        """Return the calls of a language model."""
        return _typescript_calls.find(self._tree, self._selected, is_sdk, port)


def _brings_in(source: Source, is_listed: Selects) -> Finding | None:
    """Return what brings in a package without an import: types that a comment refers to, or JSX."""
    referred = _REFERENCE.search(source.data)
    if referred and not is_listed(referred[1].decode(errors="replace")):
        return Finding(f"refers to the types of {referred[1].decode(errors='replace')}", source.name, 1)
    elements = captures(_ELEMENTS, source.root, with_jsx=True).get("jsx", ()) if source.with_jsx else ()
    return next(
        (Finding("has JSX, which imports a framework", source.name, line(each)) for each in elements), None
    )


def is_test(path: str) -> bool:
    """Return whether a file has tests: `a.test.ts`, `a.e2e-spec.ts`, `__tests__/a.ts`."""
    in_folder = "/__tests__/" in f"/{path}" and not path.endswith((".d.ts", ".d.mts", ".d.cts"))
    return "/node_modules/" not in f"/{path}" and (in_folder or bool(ts_tree.TEST.search(path)))


def tested_by(test: str) -> str | None:
    """Return which file a test is for: the one beside it, or one with the same path outside of `tests/`."""
    tail = _TEST_NAME.sub("", test)
    if (found := _TESTS_FOLDER.fullmatch(tail)) is None:
        return tail
    beside = "" if found["kind"] == "__tests__" and "/" not in found["tail"] else "**/"
    return f"{found['of']}{beside}{found['tail']}"


def read(files: Sequence[ArtefactFile], selected: Sequence[str]) -> TypescriptTree:
    """Read the selected files; others of the tree are parsed if a class or a client comes from them."""
    return TypescriptTree(SourceTree(files, is_source), selected)


def _read(source: Source, unparsed: str) -> CodeFile:
    imports = (ImportedName(each.specifier, each.line, package_of(each.specifier), each.types_only)
               for each in source.imports)  # fmt: skip
    computed = (Finding("imports what only a run of the program shows", source.name, at)
                for at in source.computed_imports)  # fmt: skip
    places = tuple(NotUnderstood(at, PLACES["import"]) for at in computed)
    return CodeFile(source.name, source.runs, tuple(imports), places, unparsed)
