"""Events in the form that every format returns: subjects, messages, schemas and consumers."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from gatekeeper.collectors.events._documents import Library
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.node import Node
from gatekeeper.model.evidence import Origin


class Message(NamedTuple):
    """One kind of message under a subject."""

    name: str
    """Empty if it has none."""
    place: Node
    payload: Node | None
    """Its JSON Schema."""
    lack: str = ""
    """Why there is no JSON Schema; empty if there is one."""
    headers: Sequence[Node] = ()
    """The schemas of its headers."""


class Event(NamedTuple):
    """The messages that a service sends or receives under one subject."""

    subject: str
    place: Node
    messages: Sequence[Message]
    consumers: frozenset[str] | None = None
    """None if the document does not name any."""

    def label(self, message: Message) -> str:
        """Return the subject, with the name of the message if the subject has several."""
        return f"{self.subject} ({message.name})" if len(self.messages) > 1 else self.subject


class Catalogue(NamedTuple):
    """The events of one document; None if the document does not state them."""

    origin: Origin
    published: Sequence[Event] | None
    consumed: Sequence[Event] | None
    consumers: frozenset[str] | None = None
    """The consumers of everything that is published."""


class EventDocument(NamedTuple):
    """A document that lists events, to be read when the files that it refers to are known.

    A format of this kind returns it.
    """

    root: Node
    read: Callable[[Node, Library], Catalogue]

    def catalogue(self, library: Library) -> Catalogue:
        """Return the events of the document, with its references resolved in a library."""
        return self.read(self.root, library)


def consumers(node: Node, ledger: Ledger, *keys: str) -> frozenset[str] | None:
    """Return the names that a node lists as consumers, under the first of the keys that it has."""
    with ledger.noting("consumers"):
        return _consumers(node, keys)
    return None


def _consumers(node: Node, keys: Iterable[str]) -> frozenset[str] | None:
    for key in keys:
        if (found := node.get(key)) is not None:
            if not isinstance(found.value, list):
                raise found.flaw(f"is {shown(found.value)}, not a list of services")
            for item in found.children():
                if not isinstance(item.value, str):
                    raise item.flaw(f"is {shown(item.value)}, not the name of a service")
            return frozenset(str(item.value) for item in found.children())
    return None


def all_consumers(said: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    """Return all names; None if no list was given."""
    known = [names for names in said if names is not None]
    return frozenset().union(*known) if known else None
