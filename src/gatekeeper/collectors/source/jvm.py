"""Java and Kotlin, one language for this purpose: they share packages and import each other.

What is imported is the name as it is written: `com.openai.client.OpenAIClient`, `dev.langchain4j.model.*`;
also without an import, in code (`new com.openai.Client()`), in `module-info.java`, and in the plain text that
`Class.forName` or `loadClass` is given. Its package ends before the first part with a capital letter. Maven's
coordinates are not read: they are in a `pom.xml`, and one library has many packages. Packages of the JDK are
listed like others: `java.*`, `kotlin.*`, or `std` for both. `java.lang` and Kotlin's default imports need no
import, and are not seen.

A name in code counts as one of a package if it reads like one, `com.acme.Order`, or if an import of the tree
begins alike; a name that a slot lists counts however it reads. A file also uses the other files of its
package. A class that the tree does not hold, in a package that the tree declares, is not understood: it is
generated, or a library shares the package.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from gatekeeper.collectors.formats.grammar import Grammar, source_text
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.source._dotted import DOTTED, NAME, DottedCode, DottedTree, Syntax, naming, written
from gatekeeper.collectors.source._language import Selects
from gatekeeper.collectors.source._parsed import Imported, ParsedFile, WrittenImport
from gatekeeper.model.evidence import ArtefactFile

if TYPE_CHECKING:
    from tree_sitter import Node

ABOUT = About(
    tool="Java and Kotlin, which people write",
    seen="what tree-sitter-java 0.23 and tree-sitter-kotlin 1.1 parse; the rest is read as plain text",
    source="https://docs.oracle.com/javase/specs/jls/se25/html/jls-7.html",
    command=None,
    recognised="the endings `.java`, `.kt`, `.kts`",
    models="files with code, imports, names of packages in code, classes loaded by a plain name, tests",
    not_modelled="classes loaded by a computed name and calls of language models, which are not understood",
)

EXTENSIONS: Mapping[str, str] = {"java": "java", "kt": "kotlin", "kts": "kotlin"}
_JAVA = Grammar("tree_sitter_java")
_KOTLIN = Grammar("tree_sitter_kotlin", extra="languages")
GRAMMARS: Mapping[str, Grammar] = {"java": _JAVA, "kt": _KOTLIN, "kts": _KOTLIN}

_IMPORT = re.compile(
    rb"import(?<![\w.$]import)\s++(?:(?:static|module)\s++)?+(%b(?:\s*+\.\s*+(?:\*|%b))++)" % (NAME, NAME)
)
_PACKAGE = re.compile(rb"package(?<![\w.$]package)\s++(%b)" % DOTTED)
_HEAD = re.compile(_IMPORT.pattern + rb"|" + _PACKAGE.pattern)
_MAY_DECLARE = re.compile(rb"(?m)^\s*+package\s++(%b)" % DOTTED)
_DECLARED = re.compile(
    rb"(?<![\w.$])(?:class|interface|enum|record|object|typealias)\s++(%b)"
    rb"|(?<![\w.$])(?:fun|va[lr])\s++(?:<[^>\n]{0,200}>\s*+)?(?:[\w.<>?,*` ]{1,200}\.)?(%b)" % (NAME, NAME)
)
_FACADE = re.compile(rb'@file:JvmName\("(\w++)"\)')
_LOADS = re.compile(
    rb"\bClass(?:Utils)?\s*+(?:\.|::)\s*+(?:forName|getClass(?=\s*+\(\s*+[^)\s]))\b(?:\s*+\()?|(?:\.|::)\s*+(?:loadClass|findClass)\b(?:\s*+\()?"
    rb"|import\s++static\s++java\.lang\.Class\.(?:forName|\*)"
)
_ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*+)\\u++00([2-7][0-9a-fA-F])")
"""A character of ASCII that the compiler replaces before it looks at anything else."""
_BEGINS_LIKE = re.compile(rb"import\s+(?:static\s+)?([\w`]+\.[\w`]+)")
_READS_LIKE_A_PACKAGE = re.compile(r"(?!(?:this|super)\.)(?:[a-z_]\w*\.){2,}[A-Z]")

_MAIN = re.compile(r"(?:^|/)src/(?:main|\w*Main)/")
_TESTS = re.compile(r"(?P<of>(?:.*/)?src/)(?:test|\w*Test|test[A-Z]\w*|it)/(?:(?:java|kotlin)/)?(?P<path>.*)")
_TEST_NAME = re.compile(
    r"(?P<before>(?:.*/)?)(?:(?P<name>\w+?)(?:Tests?|TestCase|IT|ITCase|Spec)|Test(?P<of>[A-Z]\w*))"
)
_GENERATED = re.compile(r"(?:^|/)(?:target/generated-[^/]+|build/(?:generated|tmp))/")


def is_source(path: str) -> bool:
    """Return whether a file has code of the product, in Java or Kotlin.

    Tests are known by the folder, `src/test/`, `src/integrationTest/`, and by the name, `OrderTest`; not in
    `src/main/`, for all of that is in the product. What builds write is left out:
    `target/generated-sources/`.
    """
    is_named = not _MAIN.search(path) and _TEST_NAME.fullmatch(path.rpartition(".")[0])
    return not (
        is_named or _TESTS.match(path) or _GENERATED.search(path) or path.endswith(".gradle.kts")
    )  # fmt: skip


def is_test(path: str) -> bool:
    """Return whether a file has tests: `OrderTest.java`, `OrderIT.kt`, outside of `src/main/`."""
    is_named = _TEST_NAME.fullmatch(path.rpartition(".")[0])
    return bool(is_named and not _MAIN.search(path) and not _GENERATED.search(path))


def tested_by(test: str) -> str | None:
    """Return which file a test is for: the one of that name, in the same package."""
    if (named := _TEST_NAME.fullmatch(test.rpartition(".")[0])) is None:
        return None
    name = named["before"] + (named["name"] or named["of"])
    in_tests = _TESTS.fullmatch(name)
    return f"{in_tests['of']}**/{in_tests['path']}" if in_tests else name


class JvmTree(DottedTree):
    """The selected files of a tree in Java and Kotlin."""

    TITLE = "Java and Kotlin"
    DECLARES = _MAY_DECLARE

    def syntax(self, name: str) -> Syntax:
        """Return the syntax of Java or of Kotlin."""
        return _JAVA_SYNTAX if name.endswith(".java") else _KOTLIN_SYNTAX

    def is_code(self, name: str) -> bool:
        """Return whether a file of the tree is code of the product, in a grammar that is installed."""
        grammar = GRAMMARS.get(name.rpartition(".")[2])
        return grammar is not None and grammar.is_installed and is_source(name)

    def parse(self, name: str, data: bytes) -> ParsedFile:
        """Return a file, parsed."""
        text = source_text(data)
        if name.endswith(".java") and b"\\u" in text:
            text = _ESCAPE.sub(lambda found: found[1] + bytes.fromhex(found[2].decode()), text)
        return self.read_code(name, text)

    def imported(self, importer: str, name: str) -> Imported:
        """Return what a name refers to: files of the tree, or a package."""
        code = self.code(importer)
        is_import = code is None or name in code.imported
        own = self._own(importer, name)
        if own is not None and (own or is_import):
            return Imported(None, sorted(own))
        if is_import or _READS_LIKE_A_PACKAGE.match(name) or _begin(name) in self._begins_like:
            return Imported(_package_of(name))
        return Imported(None, (importer,))  # of a variable: `order.customer.name`

    @cached_property
    def _begins_like(self) -> frozenset[str]:
        """The first two parts of the imports of the tree."""
        return frozenset(
            written(each) for data in self.contents.values() for each in _BEGINS_LIKE.findall(data)
        )

    def _own(self, importer: str, name: str) -> set[str] | None:
        """Return the files of the tree that a name refers to; None: not of the tree; empty: missing."""
        parts = name.split(".")
        for end in range(len(parts), 0, -1):
            package, rest = ".".join(parts[:end]), parts[end:]
            if not (declared := self.package(package)):
                continue
            if not rest or rest == ["*"]:
                return self.used(package, importer) | {importer}
            if (files := declared.get(rest[0].encode())) is not None:
                return set(files)
            return set() if len(rest) == 1 or rest[0][:1].isupper() else None
        return None

    def naming(self, packages: Sequence[str]) -> Selects:
        """Return a predicate for names below one of the listed names, which have at least two parts."""
        return naming(
            [*packages, *(["java.*", "kotlin.*"] if "std" in packages else [])],
            re.compile(r"\*|(?:[\w*]+\.)+[\w*]+").fullmatch,
        )


def _begin(name: str) -> str:
    return ".".join(name.split(".")[:2])


def _package_of(name: str) -> str:
    """Return the parts of a name before the first one with a capital letter, or all but the last."""
    parts = name.split(".")
    ends = (i for i, part in enumerate(parts) if part[:1].isupper() or part == "*")
    return ".".join(parts[: max(1, next(ends, len(parts) - 1))])


def _imports(code: DottedCode) -> Iterator[WrittenImport]:
    for found in (_IMPORT.finditer(code.text), _PACKAGE.finditer(code.text)):
        yield from (WrittenImport(written(each[1]), code.line(each.start())) for each in found)


def _packages(code: DottedCode) -> Sequence[str]:
    found = _PACKAGE.search(code.text)
    return [written(found[1]) if found else ""]


def _declared(code: DottedCode, name: str) -> Iterator[bytes]:
    for found in _DECLARED.finditer(code.text):
        yield (found[1] or found[2]).strip(b"`")
    stem = name.rpartition("/")[2].partition(".")[0]
    yield from (f"{stem[:1].upper()}{stem[1:]}Kt".encode(), *_FACADE.findall(code.data))


_JAVA_RUNS = """
[(class_declaration) (record_declaration) (enum_declaration) (block) (constructor_body)] @runs
(constant_declaration (variable_declarator value: [(method_invocation) (object_creation_expression)] @runs))
"""
_KOTLIN_RUNS = """
[(function_body) (object_declaration)] @runs
(class_declaration) @class
(property_declaration) @property
"""


def _java_runs(root: "Node") -> bool:
    return bool(_JAVA.captures(_JAVA_RUNS, root))


def _kotlin_runs(root: "Node") -> bool:
    found = _KOTLIN.captures(_KOTLIN_RUNS, root)
    classes = (node.text or b"" for node in found.get("class", ()))
    properties = (node.text or b"" for node in found.get("property", ()))
    return (
        "runs" in found
        or not all(re.match(rb"[^({:]*\b(?:annotation|interface)\b", text) for text in classes)
        or not all(re.match(rb"[^=]*\bconst\b|[^=]*$", text) and b" by " not in text for text in properties)
    )


_JAVA_SYNTAX = Syntax(
    _JAVA,
    hidden="""
    [(string_literal) (character_literal)] @text
    [(line_comment) (block_comment)] @comment
    (string_interpolation) @code
    """,
    reflection=_LOADS,
    inner="$",
    imports=_imports,
    head=_HEAD,
    runs=_java_runs,
    packages=_packages,
    aliases=lambda _: {},
    declared=_declared,
)
_KOTLIN_SYNTAX = _JAVA_SYNTAX._replace(
    grammar=_KOTLIN,
    hidden="""
    [(string_literal) (multiline_string_literal) (character_literal)] @text
    [(line_comment) (block_comment)] @comment
    (interpolation) @code
    """,
    inner="\\$",
    runs=_kotlin_runs,
)


def read(files: Sequence[ArtefactFile], selected: Sequence[str]) -> JvmTree:
    """Read the selected files; others of the tree are parsed if an import refers to their package."""
    return JvmTree(files, selected)
