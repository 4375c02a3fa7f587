"""One file of an artefact, parsed on demand: what formats recognise and read."""

from collections.abc import Iterator
from functools import cached_property
from io import BytesIO
from itertools import islice
from typing import BinaryIO

from gatekeeper.collectors.reading import structured, tables
from gatekeeper.collectors.reading.files import beginning_of, looks_like_json, looks_like_xml
from gatekeeper.collectors.reading.structured import Structured, parse_all, parse_lines
from gatekeeper.model.evidence import ArtefactFile, Unrecognised
from gatekeeper.syntax import SyntaxProblem, json, xml
from gatekeeper.syntax.json import Json, Object
from gatekeeper.trees import LARGE

_HEAD = 65_536
"""So many bytes of a file are its beginning."""
_LEADING = 20


class Content:
    """The bytes of a file, and what they parse to.

    A property that parses raises `SyntaxProblem` if the file is broken: the file is unreadable then, whatever
    its format.
    """

    def __init__(self, name: str, data: bytes, documents: list[Structured] | None = None) -> None:
        self.name = name
        """Relative to the repository, with forward slashes."""
        self.head = data[:_HEAD]
        """The first 64 KiB: marks are looked for here."""
        self.is_xml = documents is None and looks_like_xml(self.head)
        """Whether the first character is that of an XML document."""
        self.is_json = looks_like_json(self.head)
        """Whether the first character is that of a JSON object or array."""
        self._data: bytes | None = data
        self._file: ArtefactFile | None = None
        self._documents = documents
        self._problem: SyntaxProblem | None = None

    @classmethod
    def of(cls, document: Structured) -> "Content":
        """Return one document of a file as content of its own: other documents may be of other formats."""
        return cls(document.file, document.data, [document])

    @classmethod
    def unparsed(cls, name: str, data: bytes) -> "Content":
        """Return a file that is neither XML, JSON nor YAML: only its bytes can be recognised."""
        content = cls(name, data, [])
        content.is_json = False
        return content

    @classmethod
    def large(cls, file: ArtefactFile) -> "Content | None":
        """Return a large file of lines, which is not read yet; None if it is small, or has other syntax.

        Raises:
            Unreadable: The file cannot be read.
        """
        if file.stream is None or len(beginning := beginning_of(file, LARGE)) < LARGE:
            return None
        content = cls(file.name, beginning)
        if content.is_xml or beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
            return None
        content._data, content._file = None, file
        return content if not content.is_json or content.is_lines else None

    @property
    def data(self) -> bytes:
        """All bytes."""
        if self._data is None:
            self._data = self._file.read() if self._file else b""
        return self._data

    @property
    def size(self) -> int:
        """The number of bytes; of a large file that is not read whole, the most that it may have."""
        return json.MAX_BYTES if self._data is None else len(self._data)

    def open(self) -> BinaryIO:
        """Open the bytes to read them piece by piece; the caller closes it."""
        if self._data is None and self._file and self._file.stream:
            return self._file.stream()
        return BytesIO(self.data)

    @cached_property
    def xml_root(self) -> str | None:
        """The name of the root element, without its namespace; None if the file is not XML."""
        return xml.root_of(self.data) if self.is_xml else None

    @cached_property
    def documents(self) -> list[Structured]:
        """The JSON document, or the YAML documents that are not empty; none if the file is XML."""
        if self._documents is not None:
            return self._documents
        if self._data is None and self.is_lines:
            raise SyntaxProblem("it has a JSON document on each line; expected one", 2)
        return [] if self.is_xml else parse_all(self.name, self.data)

    @cached_property
    def document(self) -> Structured:
        """The JSON or YAML document of a file that must hold one; `Unrecognised` if it holds several."""
        if len(self.documents) != 1:
            raise Unrecognised(f"{len(self.documents)} YAML documents; expected one")
        return self.documents[0]

    @property
    def fields(self) -> Object:
        """The JSON or YAML document if it is an object, else an empty one: for recognition by keys."""
        value = None if self.is_xml else self.document.value
        return value if isinstance(value, dict) else {}

    @property
    def rows(self) -> list[Object]:
        """The objects in a JSON or YAML document that is a list: for recognition by their keys."""
        value = None if self.is_xml else self.document.value
        return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []

    @cached_property
    def lines(self) -> list[Structured]:
        """The JSON document, or one document per line (JSON Lines); none if the file is not JSON."""
        return parse_lines(self.name, self.data) if self.is_json else []

    @cached_property
    def is_lines(self) -> bool:
        """Whether the file is JSON Lines: its first line is a whole document, and others follow."""
        if not self.is_json or self._documents is not None:
            return False
        with self.open() as file:
            return structured.has_lines(file)

    @cached_property
    def first(self) -> Json:
        """The value of the first line of JSON Lines, or the JSON document; None if the file is not JSON."""
        if not self.is_lines:
            return self.json
        with self.open() as file:
            return json.load(structured.first_line(file))

    @cached_property
    def leading(self) -> list[Json]:
        """The values of the first lines of JSON Lines, or of the JSON document: any may have a mark."""
        return [document.value for document in islice(self.stream(), _LEADING)]

    def stream(self) -> Iterator[Structured]:
        """Yield the document of each line of JSON Lines, with its number; of one document, the document."""
        if self.is_lines:
            with self.open() as file:
                yield from structured.stream_lines(self.name, file)
        elif self.is_json:
            yield self.json_document

    @cached_property
    def first_record(self) -> Object | None:
        """The first row of a table (CSV), by column, or one of empty texts; None without a header."""
        if self.is_xml or self.is_json or self._documents:
            return None
        with self.open() as file:
            return tables.first(self.name, file)

    def records(self) -> Iterator[Structured]:
        """Yield each row of a table (CSV): an object of texts by column, with its line."""
        with self.open() as file:
            yield from tables.rows(self.name, file)

    @cached_property
    def json(self) -> Json:
        """The value of the JSON document; None if the file is not JSON, or JSON Lines."""
        if not self.is_json or self.is_lines:
            return None
        if self._problem:
            raise self._problem
        try:
            return json.load(self.data)
        except SyntaxProblem as problem:
            # Every format asks for the document, and parsing a large file takes long.
            self._problem = problem
            raise

    @cached_property
    def json_document(self) -> Structured:
        """The JSON document, with the places of its values."""
        return Structured(self.name, "json", self.json, self.data)

    @property
    def object(self) -> Object:
        """The JSON document if it is an object, else an empty one: for recognition by keys."""
        return self.json if isinstance(self.json, dict) else {}
