"""Trees of languages in which each file declares a package with a dotted name: Java, Kotlin and C#.

tree-sitter separates code from comments and texts; names are then looked for in the code alone: imports, and
names that are written in full and need no import (`com.openai.Client.create()`). From the first statement on
that the grammar cannot read, a file is read as plain text, in which a dotted name counts wherever it is,
except in lines of comments. So a gap of the grammar hides nothing.

No import says which library it comes from. A slot lists names, `com.openai.*` or `OpenAI`, each of which
means all that is below it. A package is of the tree if a file of the tree declares it.
"""

import re
from abc import abstractmethod
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from gatekeeper.collectors.formats.grammar import Grammar, content
from gatekeeper.collectors.reading.globs import name_chooser
from gatekeeper.collectors.source._language import Selects
from gatekeeper.collectors.source._parsed import ParsedFile, ParsedTree, WrittenImport, unescaped
from gatekeeper.model.evidence import ArtefactFile, Unreadable

if TYPE_CHECKING:
    from tree_sitter import Node

NAME = rb"(?:`[^`\n]*+`|@?[A-Za-z_$\x80-\xff][\w$\x80-\xff]*+)"
"""An identifier; Kotlin may quote it, and in C# it may begin with `@`."""
DOTTED = rb"%b(?:\s*+\.\s*+%b)*+" % (NAME, NAME)
_CHAIN = re.compile(rb"(?<![\w.$@\x80-\xff])%b(?:\s*+(?:\.|::)\s*+%b)++" % (NAME, NAME))
_WORD = re.compile(rb"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*+")
_COMMENT_LINES = re.compile(
    rb"(?m)^[ \t]*+(?://[^\n]*+|/\*(?:(?!\*/)[^\n])*+(?:\n[ \t]*+\*(?!/)(?:(?!\*/)[^\n])*+)*+)"
)
"""A line that begins with `//`; from one that begins with `/*`, those that begin with `*`, up to `*/`."""
_NO_LINE_END = re.compile(rb"[^\n]")
_NO_PART_OF_A_NAME = re.compile(r"[\s`@]+")
_JOINT = re.compile(rb"\s*+\+\s*+(?:[\w.$\x80-\xff]++(?:\([^()\"]*+\))?+\s*+\+\s*+)*+")
"""What is between two texts that the code joins: `+`, and computed parts."""
_QUOTED = re.compile(rb'\s*+"([^"\n]*+)"\s*+[,)]')
_MARKS = re.compile(r'^[$@]*"+|"+(?:u8)?$')
_COMPUTED_PART = re.compile(r"\$\{[^{}]*\}|\$[A-Za-z_]\w*")
_NAMES_A_CLASS = re.compile(
    rb"\s*+(?:typeof\s*+\([^()]*+\)|[\w.]+(?:\.class|::class(?:\.java)?))\s*+\.\s*+\w++(?:\(\))?!*+\s*+[,)]"
)
"""An argument that is the name of a class in code, where it is seen anyway."""
_BRACKET = re.compile(rb"[\[\](){}]")
_DEEPEST = 500
_LONGEST_NAME = 30
"""In parts. More are cut off: a hostile file may have a name with a million."""
_CLASS = re.compile(r"(?:[a-z_]\w*\.)+[A-Z]\w*")
"""The name of a class, without its members, where packages are written in small letters."""
_A_NAME = re.compile(r"[\w.*]+")


def written(name: bytes) -> str:
    """Return a dotted name without spaces and quotes, cut off if it is too long for a name."""
    parts = re.split(rb"\.|::", name, maxsplit=_LONGEST_NAME)[:_LONGEST_NAME]
    return ".".join(_NO_PART_OF_A_NAME.sub("", part.decode(errors="replace")) for part in parts)


class Syntax(NamedTuple):
    """What the reader has to know of a language's grammar."""

    grammar: Grammar
    hidden: str
    """A query for what is not code: `@text`, `@comment`; and for code within a text, `@code`."""
    reflection: re.Pattern[bytes]
    """What comes before the name of a class that a call loads."""
    inner: str
    """What is between the names of a class and of one within it, at run time."""
    imports: Callable[["DottedCode"], Iterable[WrittenImport]]
    """The imports of a file, and what it imports without saying so."""
    head: re.Pattern[bytes]
    """Imports and declarations of packages: names that are not looked for in the code once more."""
    runs: Callable[["Node"], bool]
    """Whether a file has code at run time that a test could cover."""
    packages: Callable[["DottedCode"], Sequence[str]]
    """The packages that a file declares; the empty name if it declares none."""
    aliases: Callable[["DottedCode"], Mapping[str, str]]
    """What the first part of a dotted name is short for."""
    declared: Callable[["DottedCode", str], Iterable[bytes]]
    """The names that a file with a certain path declares for others."""


class DottedCode:
    """The code of a file without comments and texts, and the names in it."""

    def __init__(self, name: str, data: bytes, root: "Node", syntax: Syntax) -> None:
        self.data = data
        self._syntax = syntax
        self.broken_at = _before_first_error(root) if root.has_error else len(data)
        """Where the part begins that is read as plain text; else the end of the file."""
        texts, comments = self._hidden(root)
        self._texts = array("i", (number for gaps in texts for number in (len(gaps), *gaps)))
        """The texts in one row, for many files are kept: how many numbers follow, then starts and ends."""
        self.text = self._code_alone(texts, comments)
        """The code, as long as the file; of each text the quotes are left, and the code within it."""
        self.runs = root.has_error or syntax.runs(root)
        self.packages = syntax.packages(self)
        self._aliases = syntax.aliases(self)
        self.declared = frozenset(syntax.declared(self, name))
        self.imports = list(syntax.imports(self))
        self.computed_imports: list[int] = []
        self._add_loaded_by_name()
        self.imported = frozenset(each.name for each in self.imports)

    def names(self) -> list[WrittenImport]:
        """The dotted names in the code besides its imports, each once."""
        found: dict[str, int] = {}
        for chain in _CHAIN.finditer(self._syntax.head.sub(_blank, self.text)):
            name = self.full(written(chain[0]))
            of_class = _CLASS.match(name)
            found.setdefault(of_class[0] if of_class else name, chain.start())
        return [WrittenImport(name, self.line(at)) for name, at in found.items()]

    def full(self, name: str) -> str:
        """Return a name with what its first part is short for."""
        first, dot, rest = name.partition(".")
        return f"{self._aliases[first]}{dot}{rest}".strip(".") if first in self._aliases else name

    @cached_property
    def words(self) -> frozenset[bytes]:
        """The identifiers and keywords of the code, without those of imports."""
        return frozenset(_WORD.findall(self._syntax.head.sub(_blank, self.text)))

    @cached_property
    def _line_ends(self) -> list[int]:
        return [found.start() for found in re.finditer(rb"\n", self.data)]

    def line(self, position: int) -> int:
        """Return the 1-based line of a position."""
        return bisect_left(self._line_ends, position) + 1

    def _hidden(self, root: "Node") -> tuple[list[list[int]], list[tuple[int, int]]]:
        """Return the texts, each as the starts and ends of its parts between code, and the comments."""
        found = self._syntax.grammar.captures(self._syntax.hidden, root)
        spans = [(*node.byte_range, kind) for kind, nodes in found.items() for node in nodes]
        texts: list[list[int]] = []
        comments: list[tuple[int, int]] = []
        around: list[tuple[int, list[int]]] = []
        for start, end, kind in sorted(spans, key=lambda span: (span[0], -span[1])):
            while around and around[-1][0] <= start:
                around.pop()
            if end > self.broken_at:
                continue
            gaps = [start, end] if kind == "text" else []
            if kind == "text":
                texts.append(gaps)
            elif kind == "comment":
                comments.append((start, end))
            elif around and around[-1][1]:
                outer = around[-1][1]
                outer[-1:] = [start, end, outer[-1]]
            around.append((end, gaps))
        return texts, comments

    def _code_alone(self, texts: Iterable[Sequence[int]], comments: Iterable[tuple[int, int]]) -> bytes:
        code = bytearray(self.data)
        parts = (part for gaps in texts for part in _pairs(gaps))
        for start, end in (*comments, *parts):
            code[start:end] = b" " * (end - start)
        for gaps in texts:
            code[gaps[0]] = code[gaps[-1] - 1] = ord('"')
        code[self.broken_at :] = _COMMENT_LINES.sub(_blank, self.data[self.broken_at :])
        return bytes(code)

    def texts(self) -> Iterator[tuple[int, str]]:
        """Yield the texts with their lines, joined where the code joins them; `x` is a computed part."""
        joined, begun, end, at = "", 0, -1, 0
        while at < len(self._texts):
            gaps = self._texts[at + 1 : at + 1 + self._texts[at]]
            at += 1 + len(gaps)
            joint = _JOINT.fullmatch(self.text, end, gaps[0]) if 0 <= end <= gaps[0] else None
            if joint is None:
                if joined:
                    yield self.line(begun), joined
                joined, begun = "", gaps[0]
            elif joint[0].strip() != b"+":
                joined += "x"
            joined, end = joined + self._words(gaps), gaps[-1]
        if joined:
            yield self.line(begun), joined
        at = self.broken_at
        for line in self.text[at:].split(b"\n"):
            yield self.line(at), line.decode(errors="replace")
            at += len(line) + 1

    def _words(self, gaps: Sequence[int]) -> str:
        parts = b"x".join(self.data[start:end] for start, end in _pairs(gaps))
        return unescaped(_COMPUTED_PART.sub("x", _MARKS.sub("", parts.decode(errors="replace"))))

    def _add_loaded_by_name(self) -> None:
        """Add classes that the code loads by name, and calls of which only a run shows what they load."""
        for call in self._syntax.reflection.finditer(self.text):
            quoted = _QUOTED.match(self.text, call.end())
            name = self.data[slice(*quoted.span(1))].decode(errors="replace").strip('"') if quoted else ""
            name = re.split("[,`]", name)[0].strip().replace(self._syntax.inner, ".")
            if _A_NAME.fullmatch(name):
                self.imports.append(WrittenImport(name, self.line(call.start())))
            elif not _NAMES_A_CLASS.match(self.text, call.end()):
                self.computed_imports.append(self.line(call.start()))


def _refuse_deep_nesting(data: bytes) -> None:
    """Refuse what the parser of Kotlin would need hours for."""
    depth = 0
    for bracket in _BRACKET.finditer(data):
        depth = depth + 1 if bracket[0] in b"([{" else max(0, depth - 1)
        if depth > _DEEPEST:
            raise Unreadable("nested too deeply")


def _pairs(numbers: Sequence[int]) -> Iterable[tuple[int, int]]:
    return zip(numbers[::2], numbers[1::2], strict=True)


def _blank(found: re.Match[bytes]) -> bytes:
    return _NO_LINE_END.sub(b" ", found[0])


def _before_first_error(root: "Node") -> int:
    """Return where the statement begins that is before the first one with an error.

    That one may have swallowed a quote. Classes and functions are looked into, to lose as little as possible.
    """
    node, start = root, 0
    while not node.is_error and (node is root or re.search("declaration|body|block", node.type)):
        parts = node.children
        at = next((i for i, part in enumerate(parts) if part.has_error or part.is_missing), None)
        if at is None:
            break
        start = parts[at - 1].start_byte if at else start
        node = parts[at]
    return start


class DottedTree(ParsedTree):
    """The files of languages that share packages."""

    DECLARES: ClassVar[re.Pattern[bytes]]
    """What may declare a package, with its name as the first group."""

    def __init__(self, files: Sequence[ArtefactFile], selected: Sequence[str]) -> None:
        super().__init__(files, selected)
        self._packages: dict[str, Mapping[bytes, Sequence[str]]] = {}

    @abstractmethod
    def syntax(self, name: str) -> Syntax:
        """Return the syntax of a file."""

    @abstractmethod
    def is_code(self, name: str) -> bool:
        """Return whether a file of the tree is code of the product."""

    def read_code(self, name: str, data: bytes) -> ParsedFile:
        """Return a file, parsed; `data` is text.

        Raises:
            Unreadable: It is nested too deeply.
        """
        syntax = self.syntax(name)
        _refuse_deep_nesting(data)
        root = syntax.grammar.parse(data)
        code = DottedCode(name, data, root, syntax)
        names = [each for each in code.names() if each.name not in code.imported]
        imports = sorted([*code.imports, *names], key=lambda each: each.line)
        return ParsedFile(name, data, None, imports, code.runs, code.computed_imports, code)

    def code(self, name: str) -> DottedCode | None:
        """Return the code of a file; None if it cannot be parsed."""
        details = self.source(name).details
        return details if isinstance(details, DottedCode) else None

    def texts(self, source: ParsedFile) -> Iterator[tuple[int, str]]:
        """Yield the texts of a file."""
        code = self.code(source.name)
        yield from code.texts() if code is not None else ()

    @cached_property
    def contents(self) -> Mapping[str, bytes]:
        """The files of the product's code, as they are."""
        return {name: content(file) for name, file in self._files.items() if self.is_code(name)}

    @cached_property
    def _may_declare(self) -> Mapping[str, Sequence[str]]:
        """The files that may declare a package, by the last part of its name."""
        found: dict[str, list[str]] = {}
        for name, data in self.contents.items():
            declared = {written(each[1]).rpartition(".")[2] for each in self.DECLARES.finditer(data)}
            for package in declared or {""}:
                found.setdefault(package, []).append(name)
        return found

    def package(self, name: str) -> Mapping[bytes, Sequence[str]]:
        """Return the files of a package of the tree by the names that they declare; empty if it has none."""
        if name not in self._packages:
            found: dict[bytes, list[str]] = {}
            for file in self._may_declare.get(name.rpartition(".")[2], ()):
                code = self.code(file)
                for declared in code.declared if code is not None and name in code.packages else ():
                    found.setdefault(declared, []).append(file)
            self._packages[name] = found
        return self._packages[name]

    def used(self, package: str, importer: str) -> set[str]:
        """Return the files of a package of the tree that declare a name which a file uses."""
        code, declared = self.code(importer), self.package(package)
        names = declared.keys() & code.words if code is not None else ()
        return {file for name in names for file in declared[name]}


def naming(packages: Sequence[str], is_name: Callable[[str], object]) -> Selects:
    """Return a predicate for dotted names that are one of the names that a slot lists, or below one.

    Args:
        packages: Names with `*`, which matches a part of a name. Those of other languages are left out.
        is_name: Whether a name can be one of this language.
    """
    paths = [name.removesuffix(".*").replace(".", "/") for name in packages if is_name(name)]
    steps = (["?*" if step == "*" else step for step in path.split("/")] for path in paths)
    chosen = name_chooser(f"{'/'.join(path)}{{,/**}}" for path in steps)
    return lambda name: chosen(name.replace(".", "/"))
