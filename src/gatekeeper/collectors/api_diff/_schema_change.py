"""The changes that a comparison of schemas finds, and their wording."""

from enum import StrEnum
from typing import NamedTuple

from gatekeeper.collectors.reading.node import Node

_LONGEST_PATH = 200


class Direction(StrEnum):
    """Whether a schema describes a request, which clients write, or a response, which they read."""

    REQUEST = "request"
    RESPONSE = "response"


class SchemaChange(NamedTuple):
    """A change between two versions."""

    id: str
    """The name of oasdiff's check."""
    text: str
    breaking: bool
    place: Node
    """In the head; for a removal, in the base."""


def breaks(id_: str, text: str, place: Node) -> SchemaChange:
    """Return a change that breaks clients."""
    return SchemaChange(id_, text, breaking=True, place=place)


def harmless(id_: str, text: str, place: Node) -> SchemaChange:
    """Return a change that does not break clients."""
    return SchemaChange(id_, text, breaking=False, place=place)


class ChangedPlace(NamedTuple):
    """The part of a request or response that two schemas describe."""

    direction: Direction
    whole: str
    """`body`, `parameter` or `header`."""
    name: str
    """As in a sentence: `the request body`."""
    path: str = ""
    """The path of a property in it: `address/city`; `Address/city` if the schema of the address is shared."""

    def below(self, step: str) -> "ChangedPlace":
        """Return a property, or another part, of the subject."""
        path = f"{self.path}/{step}" if self.path else step
        return self._replace(path=path if len(path) <= _LONGEST_PATH else f"…{path[1 - _LONGEST_PATH :]}")

    def inside(self, name: str | None) -> "ChangedPlace":
        """Return the subject for naming its properties: by the name of the schema if that is shared."""
        return self._replace(path=name[:_LONGEST_PATH]) if name else self

    @property
    def id(self) -> str:
        """The beginning of the names of oasdiff's checks."""
        whole = f"{self.direction}-{self.whole}"
        if not self.path:
            return whole
        return f"{self.direction}-property" if self.whole == "body" else f"{whole}-property"

    def __str__(self) -> str:
        return f"the property {self.path!r} of {self.name}" if self.path else self.name


class SchemaPair(NamedTuple):
    """Two schemas to compare, and the part that they describe."""

    subject: ChangedPlace
    base: Node
    head: Node

    @property
    def is_request(self) -> bool:
        """Whether the schemas describe a part of a request."""
        return self.subject.direction is Direction.REQUEST

    def changed(self, id_: str, text: str, *, breaking: bool, place: Node | str) -> SchemaChange:
        """Return a change of the subject; its place may be a keyword of the head, if the head has it."""
        if isinstance(place, str):
            place = (self.head.get(place) or self.head) if isinstance(self.head.value, dict) else self.head
        return SchemaChange(f"{self.subject.id}-{id_}", text, breaking, place)
