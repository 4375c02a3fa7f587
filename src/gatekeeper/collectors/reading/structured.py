"""Parse JSON or YAML, with the places of the values.

JSON is parsed by the fast parser, which keeps no positions; if a finding needs a line, the text is parsed
again as YAML. Findings in a large file have a pointer and no line.
"""

from collections.abc import Sequence
from functools import cached_property

from gatekeeper.collectors.reading.figures import mapping
from gatekeeper.collectors.reading.files import looks_like_json, opened
from gatekeeper.model.evidence import ArtefactFile, Finding, Unreadable
from gatekeeper.syntax import SyntaxProblem, json, yaml
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

_LARGEST_WITH_LINES = 2_000_000


class Structured:
    """A parsed document: plain dicts, lists and scalars."""

    def __init__(
        self, file: str, format_: str, value: Json, data: bytes, document: yaml.YamlDocument | None
    ) -> None:
        self.file = file
        """Relative to the repository."""
        self.format = format_
        """`json` or `yaml`."""
        self.value = value
        self.data = data
        """The bytes of the whole file."""
        self._parsed = document

    @property
    def object(self) -> Object:
        """The document, which must be an object; `Unreadable` if it is not one."""
        return mapping(self.value, "the document")

    def finding(self, message: str, *path: Step) -> Finding:
        """Return a finding about the value at `path`: file, JSON pointer, and line if it is known."""
        return Finding(message, self.file, self.line(path), pointer(path))

    def line(self, path: Sequence[Step]) -> int | None:
        """Return the 1-based line of the key or item at `path`, or of its nearest existing parent."""
        return self._document.position(path, of_key=True)[0] if self._document else None

    @cached_property
    def _document(self) -> yaml.YamlDocument | None:
        if self._parsed or len(self.data) > _LARGEST_WITH_LINES:
            return self._parsed
        try:
            [document] = yaml.load_all(self.data)
        except (SyntaxProblem, ValueError):
            return None
        return document


def pointer(path: Sequence[Step]) -> str:
    """Return a JSON pointer (RFC 6901); empty for the whole document."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def read_all(file: ArtefactFile) -> list[Structured]:
    """Read one JSON document, or the YAML documents of a file that are not empty."""
    with opened(file) as data:
        return parse_all(file.name, data)


def parse_all(name: str, data: bytes) -> list[Structured]:
    """Parse one JSON document, or YAML documents; empty ones are skipped."""
    if looks_like_json(data):
        # A YAML flow mapping begins like JSON: if the JSON parser refuses the file, it may be YAML.
        try:
            return [Structured(name, "json", json.load(data), data, None)]
        except SyntaxProblem as problem:
            documents = _yaml_or_none(data)
            if documents is None:
                raise problem from None
    else:
        documents = yaml.load_all(data)
    return [
        Structured(name, "yaml", document.value, data, document)
        for document in documents
        if document.value is not None
    ]


def read(file: ArtefactFile) -> Structured:
    """Read a file that must hold one JSON or YAML document."""
    documents = read_all(file)
    if len(documents) != 1:
        raise Unreadable(f"{file.name}: {len(documents)} YAML documents; expected one")
    return documents[0]


def _yaml_or_none(data: bytes) -> list[yaml.YamlDocument] | None:
    try:
        return yaml.load_all(data)
    except SyntaxProblem:
        return None
