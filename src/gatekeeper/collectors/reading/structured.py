"""Parse JSON, JSON Lines or YAML, with the places of the values.

JSON is parsed by the fast parser, which keeps no positions; if a finding needs a line, the text is parsed
again as YAML. Findings in a large file have a pointer and no line.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from io import BytesIO
from typing import BinaryIO

from gatekeeper.collectors.reading.figures import mapping
from gatekeeper.collectors.reading.files import looks_like_json, opened
from gatekeeper.model.evidence import ArtefactFile, Finding, Unreadable, Unrecognised
from gatekeeper.syntax import SyntaxProblem, json, yaml
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

_BLANK = b"\xef\xbb\xbf \t\r\n"
_LARGEST_AS_YAML = 2_000_000
"""The most bytes of JSON that are parsed as YAML, which takes thirty times as long."""


class Structured:
    """A parsed document: plain dicts, lists and scalars."""

    def __init__(
        self,
        file: str,
        format_: str,
        value: Json,
        data: bytes,
        document: yaml.YamlDocument | None = None,
        *,
        only_line: int | None = None,
    ) -> None:
        self.file = file
        """Relative to the repository."""
        self.format = format_
        """`json` or `yaml`."""
        self.value = value
        self.data = data
        """The bytes of the whole file; empty if the document is one of its lines."""
        self._parsed = document
        self._only_line = only_line

    @property
    def is_line(self) -> bool:
        """Whether the document is one line of a file of many."""
        return self._only_line is not None

    @property
    def object(self) -> Object:
        """The document, which must be an object; `Unreadable` if it is not one."""
        return mapping(self.value, "the document")

    def finding(self, message: str, *path: Step) -> Finding:
        """Return a finding about the value at `path`: file, JSON pointer, and line if it is known."""
        return Finding(message, self.file, self.line(path), pointer(path))

    def line(self, path: Sequence[Step]) -> int | None:
        """Return the 1-based line of the key or item at `path`, or of its nearest existing parent."""
        if self._only_line:
            return self._only_line
        return self._document.position(path, of_key=True)[0] if self._document else None

    @cached_property
    def _document(self) -> yaml.YamlDocument | None:
        if self._parsed or len(self.data) > _LARGEST_AS_YAML:
            return self._parsed
        try:
            [document] = yaml.load_all(self.data)
        except (SyntaxProblem, ValueError):
            return None
        return document


def pointer(path: Sequence[Step]) -> str:
    """Return a JSON pointer (RFC 6901); empty for the whole document."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


class _Placed(Unreadable):
    """A flaw whose message begins with its place."""


@contextmanager
def about(document: Structured, *path: Step) -> Iterator[None]:
    """Put file and line before the reason why the value at `path` is unreadable; the innermost place wins."""
    try:
        yield
    except _Placed:
        raise
    except Unreadable as flaw:
        line = document.line(path)
        place = f"{document.file}: line {line}" if line else document.file
        if isinstance(flaw, Unrecognised):
            raise Unrecognised(f"{place}: {flaw}", document.file) from None
        raise _Placed(f"{place}: {flaw}") from None


def read(file: ArtefactFile) -> Structured:
    """Read a file that must hold one JSON or YAML document."""
    documents = read_all(file)
    if len(documents) != 1:
        raise Unrecognised(f"{file.name}: {len(documents)} YAML documents; expected one", file.name)
    return documents[0]


def read_all(file: ArtefactFile) -> list[Structured]:
    """Read one JSON document, or the YAML documents of a file that are not empty."""
    with opened(file) as data:
        return parse_all(file.name, data)


def parse_all(name: str, data: bytes) -> list[Structured]:
    """Parse one JSON document, or YAML documents; empty ones are skipped."""
    problem: SyntaxProblem | None = None
    if looks_like_json(data):
        try:
            return [Structured(name, "json", json.load(data), data)]
        except SyntaxProblem as not_json:
            # A YAML flow mapping begins like JSON, too.
            if len(data) > _LARGEST_AS_YAML:
                raise
            problem = not_json
    try:
        documents = yaml.load_all(data)
    except SyntaxProblem as not_yaml:
        raise problem or not_yaml from None
    return [Structured(name, "yaml", one.value, data, one) for one in documents if one.value is not None]


def parse_lines(name: str, data: bytes) -> list[Structured]:
    """Parse one JSON document, or one document per line (JSON Lines); blank lines are skipped."""
    if has_lines(BytesIO(data)):
        return list(stream_lines(name, BytesIO(data)))
    return [Structured(name, "json", json.load(data), data)]


def has_lines(file: BinaryIO) -> bool:
    """Return whether the first line that is not blank is a whole document, and more follows."""
    lines = (line for line in file if line.strip(_BLANK))
    first = next(lines, b"").lstrip(_BLANK)
    return next(lines, None) is not None and _is_whole(first)


def first_line(file: BinaryIO) -> bytes:
    """Return the first line that is not blank; empty without one."""
    return next((line for line in file if line.strip(_BLANK)), b"").lstrip(_BLANK)


def _is_whole(line: bytes) -> bool:
    """Return whether a line is a whole document; the first line of one that spans lines is not."""
    if not looks_like_json(line) or line.strip()[-1:] not in (b"}", b"]"):
        return False
    try:
        json.load(line)
    except SyntaxProblem:
        return False
    return True


def stream_lines(name: str, file: BinaryIO) -> Iterator[Structured]:
    """Parse the documents of JSON Lines, one after another; blank lines are skipped."""
    for number, line in enumerate(file, 1):
        if line.strip(_BLANK):
            try:
                yield Structured(name, "json", json.load(line.lstrip(_BLANK)), b"", only_line=number)
            except SyntaxProblem as problem:
                raise SyntaxProblem(problem.message, number, problem.column) from None
