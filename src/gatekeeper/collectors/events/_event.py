"""Events as any catalogue of them tells: subjects, messages, schemas and consumers."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gatekeeper.collectors.events._documents import EventNode
from gatekeeper.collectors.reading.figures import shown


class Message(NamedTuple):
    """One kind of message under a subject."""

    name: str
    """Empty where it has none."""
    place: EventNode
    payload: EventNode | None
    """Its JSON Schema."""
    lack: str = ""
    """Why there is no JSON Schema."""
    headers: Sequence[EventNode] = ()
    """Schemas of its headers."""


class Event(NamedTuple):
    """What a service sends or receives under one subject."""

    subject: str
    place: EventNode
    messages: Sequence[Message]
    consumers: frozenset[str] | None = None
    """Null where nothing says who consumes it."""

    def label(self, message: Message) -> str:
        """Return how a message is told from others under the subject."""
        return f"{self.subject} ({message.name})" if len(self.messages) > 1 else self.subject


class Catalogue(NamedTuple):
    """What one document says of events."""

    format: str
    published: Sequence[Event] | None
    consumed: Sequence[Event] | None
    consumers: frozenset[str] | None = None
    """Of all that is published."""


def consumers(node: EventNode, *keys: str) -> frozenset[str] | None:
    """Return the names that a node lists as consumers, under the first of the keys that is there."""
    for key in keys:
        if (found := node.at(key)) is not None:
            if not isinstance(found.value, list):
                raise found.unreadable(f"is {shown(found.value)}, not a list of services")
            return frozenset(item.text() for item in found.items())
    return None


def all_consumers(said: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    """Return all names; null where nothing was said at all."""
    known = [names for names in said if names is not None]
    return frozenset().union(*known) if known else None
