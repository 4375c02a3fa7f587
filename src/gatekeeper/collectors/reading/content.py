"""One file of an artefact, parsed on demand: what formats recognise and read."""

from functools import cached_property

from gatekeeper.collectors.reading.files import looks_like_json, looks_like_xml
from gatekeeper.collectors.reading.structured import Structured, parse_all, parse_lines
from gatekeeper.model.evidence import Unrecognised
from gatekeeper.syntax import json, xml
from gatekeeper.syntax.json import Json, Object


class Content:
    """The bytes of a file, and what they parse to.

    A property that parses raises `SyntaxProblem` if the file is broken: the file is unreadable then, whatever
    its format.
    """

    def __init__(self, name: str, data: bytes, documents: list[Structured] | None = None) -> None:
        self.name = name
        """Relative to the repository, with forward slashes."""
        self.data = data
        self.is_xml = documents is None and looks_like_xml(data)
        """Whether the first character is that of an XML document."""
        self.is_json = looks_like_json(data)
        """Whether the first character is that of a JSON object or array."""
        self._documents = documents

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

    @cached_property
    def xml_root(self) -> str | None:
        """The name of the root element, without its namespace; None if the file is not XML."""
        return xml.root_of(self.data) if self.is_xml else None

    @cached_property
    def documents(self) -> list[Structured]:
        """The JSON document, or the YAML documents that are not empty; none if the file is XML."""
        if self._documents is not None:
            return self._documents
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
    def json(self) -> Json:
        """The value of the JSON document; None if the file is not JSON."""
        return json.load(self.data) if self.is_json else None

    @cached_property
    def json_document(self) -> Structured:
        """The JSON document, with the places of its values."""
        return Structured(self.name, "json", self.json, self.data)

    @property
    def object(self) -> Object:
        """The JSON document if it is an object, else an empty one: for recognition by keys."""
        return self.json if isinstance(self.json, dict) else {}
