"""A change between two versions, what it is about, and two schemas to compare with their differences."""

from collections.abc import Hashable, Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple, Protocol

from gatekeeper.collectors.api_diff._schema import JsonSchema
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


SUBJECT = "\0"
"""Stands for what the schemas describe, in the text of a difference."""


class SchemaDifference(NamedTuple):
    """A demand of the wider schema that does not follow from the narrower one."""

    keyword: str
    id: str
    """The end of the name of oasdiff's check."""
    text: str
    place: Node
    understood: bool = True
    about: str | None = None
    """The property or value that it is about; None: the whole schema."""


Differences = Iterable[SchemaDifference]


class SchemaPair(NamedTuple):
    """Two schemas, of which the second is to allow all that the first allows."""

    narrow: JsonSchema
    wide: JsonSchema
    narrow_is_base: bool = True
    step: str = ""
    """How they are reached from the pair whose parts they are."""

    @property
    def key(self) -> Hashable:
        """The identity of the pair."""
        return self.narrow.key, self.wide.key

    @property
    def old(self) -> JsonSchema:
        """The schema of the base."""
        return self.narrow if self.narrow_is_base else self.wide

    @property
    def new(self) -> JsonSchema:
        """The schema of the head."""
        return self.wide if self.narrow_is_base else self.narrow

    @property
    def reverse(self) -> "SchemaPair":
        """The pair in which the first schema is to allow all that the second allows."""
        return SchemaPair(self.wide, self.narrow, not self.narrow_is_base, self.step)

    def below(self, step: str, narrow: JsonSchema | None, wide: JsonSchema | None) -> "SchemaPair":
        """Return a pair of parts of these; None allows every value."""
        return SchemaPair(
            narrow or anything(self.narrow), wide or anything(self.wide), self.narrow_is_base, step
        )

    def changed(
        self, keyword: str, id_: str, text: str, *, place: Node | None = None, understood: bool = True
    ) -> SchemaDifference:
        """Return a difference; its place is the keyword in the head, if the head has it."""
        found = place or written(self.new, keyword) or self.new.node
        return SchemaDifference(keyword, id_, f"{SUBJECT} {text}", found, understood)


class Containment(Protocol):
    """Decides whether schemas are within others."""

    @property
    def same_documents(self) -> bool:
        """Whether both descriptions are the same."""

    def within(self, narrow: JsonSchema, wide: JsonSchema) -> bool:
        """Return whether it is certain that the second schema allows all that the first allows."""

    def equal(self, one: JsonSchema, other: JsonSchema) -> bool:
        """Return whether it is certain that two schemas allow the same."""

    def describes(self, schema: JsonSchema, name: str) -> bool:
        """Return whether a property may be in what a schema describes."""

    def is_hidden(self, schema: JsonSchema, name: str) -> bool:
        """Return whether a property is left out of a request, or of a response."""


def anything(beside: JsonSchema) -> JsonSchema:
    """Return the schema that allows every value, at the place of another."""
    return beside.of(beside.node._replace(value=True))


def written(schema: JsonSchema, keyword: str) -> Node | None:
    """Return the place of a keyword in a schema; None if it does not have it."""
    for part in schema.parts:
        found = part.node.child(keyword) if isinstance(part.node.value, dict) else None
        if found is not None:
            return found
    return None


def kebab(keyword: str) -> str:
    """Return a keyword as a part of the name of a check: `max-length`."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in keyword).strip("$")
