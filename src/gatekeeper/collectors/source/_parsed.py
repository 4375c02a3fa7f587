"""A tree of a language that is parsed file by file: following imports, and texts of the code.

A language derives from `ParsedTree` and says how a file is parsed, what an import refers to, and where the
texts are. TypeScript has its own tree, which the kind `typescript` shares.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from gatekeeper.collectors.formats.grammar import content, line
from gatekeeper.collectors.reading.files import in_file
from gatekeeper.collectors.source._language import CodeFile, ImportedName, ModelCalls, Selects
from gatekeeper.collectors.source.facts import PLACES
from gatekeeper.model.evidence import ArtefactFile, Finding, NotUnderstood, Unreadable
from gatekeeper.syntax import SyntaxProblem

if TYPE_CHECKING:
    from tree_sitter import Node

_DISALLOWED = frozenset({"disallowed_imports"})
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|\\)", re.DOTALL)
_COMPUTED = "imports what only a run of the program shows"


class WrittenImport(NamedTuple):
    """An import as a file writes it."""

    name: str
    line: int
    types_only: bool = False
    """Whether it does not exist at run time."""


class ParsedFile(NamedTuple):
    """A parsed file."""

    name: str
    data: bytes
    """What the positions of the nodes refer to."""
    root: "Node | None"
    """None: nothing could be parsed."""
    imports: Sequence[WrittenImport] = ()
    runs: bool = False
    """Whether it has code at run time that a test could cover."""
    computed_imports: Sequence[int] = ()
    """The lines of imports of which only a run of the program shows what they import."""
    details: object = None
    """What else the language keeps of it."""


class Imported(NamedTuple):
    """What an import refers to: a package, or files of the tree; with both, it may be either."""

    package: str | None
    """None: it is certainly not of a package."""
    files: Sequence[str] = ()


class ParsedTree(ABC):
    """The files of one language, each parsed when it is needed."""

    TITLE: ClassVar[str]
    """The name of the language in messages: `Go`."""
    _last: ClassVar[dict[str, tuple[bytes, ParsedFile]]]
    """The files of the tree that was read last: the next slot often reads the same tree."""

    def __init_subclass__(cls) -> None:
        cls._last = {}

    def __init__(self, files: Sequence[ArtefactFile], selected: Sequence[str]) -> None:
        self._files: Mapping[str, ArtefactFile] = {file.name: file for file in files}
        self._selected = selected
        self._sources: dict[str, ParsedFile] = {}
        self._unparsed: dict[str, str] = {}
        for name in self._last.keys() - self._files.keys():
            del self._last[name]

    @abstractmethod
    def parse(self, name: str, data: bytes) -> ParsedFile:
        """Return a file, parsed.

        Raises:
            Unreadable: The file does not parse.
            SyntaxProblem: The file is not text.
        """

    @abstractmethod
    def imported(self, importer: str, name: str) -> Imported:
        """Return what an import of a file refers to."""

    @abstractmethod
    def texts(self, source: ParsedFile) -> Iterable[tuple[int, str]]:
        """Yield the texts of a file with their lines, joined where the code joins them; `x` is computed."""

    @abstractmethod
    def naming(self, packages: Sequence[str]) -> Selects:
        """Return a predicate for names of imports that are of one of the packages; `*` matches a name."""

    def source(self, name: str) -> ParsedFile:
        """Return a parsed file; one that does not parse is empty."""
        if name not in self._sources:
            try:
                data = content(self._files[name])
                if name not in self._last or self._last[name][0] != data:
                    self._last[name] = (data, self.parse(name, data))
                self._sources[name] = self._last[name][1]
            except (SyntaxProblem, Unreadable) as reason:
                self._unparsed[name] = str(reason).removeprefix(f"{name}: ")
                self._sources[name] = ParsedFile(name, b"", None)
        return self._sources[name]

    @cached_property
    def files(self) -> Sequence[CodeFile]:
        """The selected files, read."""
        return [self._read(self.source(name)) for name in self._selected]

    def _read(self, source: ParsedFile) -> CodeFile:
        imports = [
            ImportedName(each.name, each.line, self.imported(source.name, each.name).package, each.types_only)
            for each in source.imports
        ]
        computed = [
            NotUnderstood(Finding(_COMPUTED, source.name, at), PLACES["import"])
            for at in source.computed_imports
        ]
        return CodeFile(source.name, source.runs, imports, computed, self._unparsed.get(source.name, ""))

    def disallowed(self, packages: Sequence[str]) -> tuple[list[Finding], list[NotUnderstood]]:
        """Return the imports of other packages, also through files that are not selected."""
        is_listed = self.naming(packages)
        flaws: list[Finding] = []
        open_: list[Finding] = []
        came_from: dict[str, Finding | None] = dict.fromkeys(self._selected)
        todo = list(self._selected)
        for name in todo:
            source, entry = self.source(name), came_from[name]
            open_ += self._unseen(source, entry) if entry is not None else ()
            for each in source.imports:
                meant = self.imported(name, each.name)
                if meant.package is not None and is_listed(each.name):
                    continue
                at = entry or Finding("", name, each.line)
                what = f"imports {'types of ' if each.types_only else ''}{each.name}"
                if meant.files and meant.package is None:
                    new = [file for file in meant.files if file not in came_from]
                    came_from |= dict.fromkeys(new, at)
                    todo += new
                elif meant.files:
                    open_.append(at._replace(message=f"{what}, of the tree or of a package"))
                elif meant.package is not None:
                    flaws.append(at._replace(message=f"{what} through {name}" if entry else what))
                else:
                    open_.append(at._replace(message=f"{what}, whose file is not in the tree"))
        return flaws, [NotUnderstood(place, _DISALLOWED) for place in dict.fromkeys(open_)]

    def _unseen(self, source: ParsedFile, entry: Finding) -> Iterator[Finding]:
        """Yield why the imports of a file that is imported are not known."""
        if source.name in self._unparsed:
            yield entry._replace(message=f"imports {source.name}: {self._unparsed[source.name]}")
        elif source.computed_imports:
            yield entry._replace(message=f"imports {source.name}, which {_COMPUTED}")

    def literals(self, selects: Selects) -> Iterator[Finding]:
        """Yield the texts that are selected."""
        for name in self._selected:
            with in_file(name):
                written = self.texts(self.source(name))
                yield from (Finding(words, name, at) for at, words in written if selects(words))

    def calls(self, is_sdk: Selects | None, port: str | None) -> ModelCalls:
        """Return the files that may call a language model: calls are not followed."""
        named = port.casefold() if port else None
        places = []
        for source in map(self.source, self._selected):
            imported = next((each for each in source.imports if is_sdk and is_sdk(each.name)), None)
            words = source.data.replace(b"_", b"").decode().casefold()
            if imported or (named and named in words):
                what = f"imports {imported.name}" if imported else f"names {port}"
                message = f"{what}; calls of language models are not found in {self.TITLE}"
                places.append(Finding(message, source.name, imported.line if imported else None))
        return ModelCalls(0, (), not_followed=places)


def joined_texts(
    found: "Mapping[str, Sequence[Node]]",
    operands: "Callable[[Node], Sequence[Node] | None]",
    written: "Callable[[Node], str]",
) -> Iterator[tuple[int, str]]:
    """Yield the texts of a file with their lines; those that are joined are one text, and `x` is computed.

    Args:
        found: The nodes that are a `text`, and those that may be a `sum`, which joins texts.
        operands: What a node joins, in order; of parentheses, what is in them. None if it joins nothing.
        written: The text of a node of `text`.
    """
    texts = {node.byte_range: node for node in found.get("text", ())}
    seen: set[tuple[int, int]] = set()
    for node in sorted(found.get("sum", ()), key=lambda node: (node.start_byte, -node.end_byte)):
        if node.byte_range in seen or operands(node) is None:
            continue
        todo, parts = [node], []
        while todo:
            part = todo.pop()
            seen.add(part.byte_range)
            inner = None if part.byte_range in texts else operands(part)
            if inner is None:
                parts.append(written(part) if part.byte_range in texts else None)
            else:
                todo += reversed(inner)
        if any(part is not None for part in parts):
            yield line(node), "".join("x" if part is None else part for part in parts)
    yield from ((line(node), written(node)) for at, node in texts.items() if at not in seen)


def unescaped(words: str) -> str:
    r"""Return a text with its escape sequences replaced by what they mean: `\x2e` is a dot."""
    return _ESCAPE.sub(_character, words) if "\\" in words else words


def _character(escape: re.Match[str]) -> str:
    index = escape.lastindex or 0
    code = int(escape[index], 8 if index == 4 else 16) if index else 0x110000
    return chr(code) if code < 0x110000 else escape[0]
