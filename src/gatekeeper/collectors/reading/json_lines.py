"""Parse one JSON document or JSON Lines, with the places of the values."""

from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.reading.figures import mapping
from gatekeeper.collectors.reading.structured import Structured, pointer
from gatekeeper.model.evidence import Finding
from gatekeeper.syntax import SyntaxProblem, json
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step


class JsonLine(NamedTuple):
    """A document of JSON Lines: one line."""

    file: str
    number: int
    """1-based."""
    value: Json

    @property
    def object(self) -> Object:
        """The document, which must be an object; `Unreadable` if it is not one."""
        return mapping(self.value, "the document")

    def finding(self, message: str, *path: Step) -> Finding:
        """Return a finding about the value at `path` of the document in this line."""
        return Finding(message, self.file, self.number, pointer(path))


JsonDocument = Structured | JsonLine


def parse(name: str, data: bytes) -> list[JsonDocument]:
    """Parse the content of a file; blank lines are skipped."""
    first, _, rest = data.lstrip().partition(b"\n")
    if rest.strip() and _is_whole(first):
        return list(_lines(name, data))
    return [Structured(name, "json", json.load(data), data, None)]


def _is_whole(line: bytes) -> bool:
    """Return whether a line is a whole document; the first line of one that spans lines is not."""
    try:
        json.load(line)
    except SyntaxProblem:
        return False
    return True


def _lines(name: str, data: bytes) -> Iterator[JsonLine]:
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            try:
                yield JsonLine(name, number, json.load(line))
            except SyntaxProblem as problem:
                raise SyntaxProblem(problem.message, number, problem.column) from None
