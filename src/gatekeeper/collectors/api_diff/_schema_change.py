"""What a comparison of schemas finds, and how it is told."""

from enum import StrEnum
from typing import NamedTuple

from gatekeeper.collectors.reading.node import Node

_LONGEST_PATH = 200


class Direction(StrEnum):
    """Who writes what a schema describes."""

    REQUEST = "request"
    RESPONSE = "response"


class SchemaChange(NamedTuple):
    """A change between two versions."""

    id: str
    """The name of oasdiff's check."""
    text: str
    breaking: bool
    place: Node
    """In the head; in the base, of what was removed."""


def breaks(id_: str, text: str, place: Node) -> SchemaChange:
    """Return a change that breaks clients."""
    return SchemaChange(id_, text, breaking=True, place=place)


def harmless(id_: str, text: str, place: Node) -> SchemaChange:
    """Return a change that breaks nobody."""
    return SchemaChange(id_, text, breaking=False, place=place)


class Subject(NamedTuple):
    """What two schemas describe."""

    direction: Direction
    whole: str
    """`body`, `parameter` or `header`."""
    name: str
    """As a sentence tells it: `the request body`."""
    path: str = ""
    """Of a property in it: `address/city`, or `Address/city` where the schema of the address is shared."""

    def below(self, step: str) -> "Subject":
        """Return a property of it, or what it consists of."""
        path = f"{self.path}/{step}" if self.path else step
        return self._replace(path=path if len(path) <= _LONGEST_PATH else f"…{path[1 - _LONGEST_PATH :]}")

    def inside(self, name: str | None) -> "Subject":
        """Return the subject as its properties are told: by the name of a shared schema, where it is one."""
        return self._replace(path=name[:_LONGEST_PATH]) if name else self

    @property
    def id(self) -> str:
        """How oasdiff's names of checks begin."""
        whole = f"{self.direction}-{self.whole}"
        if not self.path:
            return whole
        return f"{self.direction}-property" if self.whole == "body" else f"{whole}-property"

    def __str__(self) -> str:
        return f"the property {self.path!r} of {self.name}" if self.path else self.name


class SchemaPair(NamedTuple):
    """Two schemas to compare, and what they describe."""

    subject: Subject
    base: Node
    head: Node
