"""A change between two versions, and the part of a request or response that it is about."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from gatekeeper.collectors.reading.node import Node

_LONGEST_PATH = 200


class Direction(StrEnum):
    """Whether a schema describes what clients write, or what they read."""

    REQUEST = "request"
    RESPONSE = "response"

    @property
    def other(self) -> "Direction":
        """The other direction, as in a webhook: there clients read the request."""
        return Direction.RESPONSE if self is Direction.REQUEST else Direction.REQUEST

    @property
    def hidden(self) -> str:
        """The keyword that keeps a property out of requests, or out of responses."""
        return "readOnly" if self is Direction.REQUEST else "writeOnly"


class ApiChange(NamedTuple):
    """A change between two versions."""

    id: str
    """The name of oasdiff's check, or one like it."""
    text: str
    breaking: bool | None
    """Whether it breaks clients; None: that is not understood."""
    place: Node
    """In the head; for a removal, in the base."""


Changes = Iterator[ApiChange]


def breaks(id_: str, text: str, place: Node) -> ApiChange:
    """Return a change that breaks clients."""
    return ApiChange(id_, text, breaking=True, place=place)


def harmless(id_: str, text: str, place: Node) -> ApiChange:
    """Return a change that does not break clients."""
    return ApiChange(id_, text, breaking=False, place=place)


def unclear(id_: str, text: str, place: Node) -> ApiChange:
    """Return a change of which it is not known whether it breaks clients."""
    return ApiChange(id_, text, breaking=None, place=place)


class ChangedPlace(NamedTuple):
    """The part of a request or response that two schemas describe."""

    direction: Direction
    whole: str
    """`body`, `parameter` or `header`."""
    name: str
    """As in a sentence: `the request body`."""
    path: str = ""
    """The path of a property in it: `address/city`; `Address/city` if the schema of the address is shared."""
    is_xml: bool = False

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
