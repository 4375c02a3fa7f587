"""A value of a parsed document with its place, for errors and findings about it."""

from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.reading import figures
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.structured import Structured, pointer
from gatekeeper.model.evidence import Finding, Unreadable
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step


class Node(NamedTuple):
    """A value of a document, and its path."""

    document: Structured
    path: tuple[Step, ...]
    value: Json

    def get(self, key: str) -> "Node | None":
        """Return the value under a key of this object; None if it is missing or null."""
        value = self.object().get(key)
        return None if value is None else Node(self.document, (*self.path, key), value)

    def object(self) -> Object:
        """Return the value, which must be an object."""
        return self.value if isinstance(self.value, dict) else figures.mapping(self.value, self.place())

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """Return the entries of this object."""
        for key, value in self.object().items():
            yield key, Node(self.document, (*self.path, key), value)

    def listed(self) -> list["Node"]:
        """Return the items of this list."""
        values = figures.listing(self.value, self.place())
        return [Node(self.document, (*self.path, index), value) for index, value in enumerate(values)]

    def list_of(self, key: str) -> list["Node"]:
        """Return the items of the list under a key; an empty list if it is missing."""
        node = self.get(key)
        return node.listed() if node else []

    def items_of(self, key: str) -> list[tuple[str, "Node"]]:
        """Return the entries of the object under a key; an empty list if it is missing."""
        node = self.get(key)
        return list(node.items()) if node else []

    def fields_of(self, key: str) -> list[tuple[str, "Node"]]:
        """Return the entries of the object under a key, without extensions: names that begin with `x-`."""
        return [(name, node) for name, node in self.items_of(key) if not name.startswith("x-")]

    def text(self, key: str) -> str | None:
        """Return the text under a key; None if it is missing."""
        node = self.get(key)
        return figures.text(node.value, node.place()) if node else None

    def flag(self, key: str) -> bool | None:
        """Return the Boolean under a key; None if it is missing."""
        node = self.get(key)
        if node is None:
            return None
        if isinstance(node.value, bool):
            return node.value
        raise node.flaw(f"is {shown(node.value)}, neither true nor false")

    def place(self) -> str:
        """Return the place for messages: the file and the JSON pointer."""
        where = pointer(self.path)
        where = where if where.isprintable() else repr(where)[1:-1]
        return f"{self.document.file}: {where}" if where else self.document.file

    def flaw(self, message: str) -> Unreadable:
        """Return the error for a document that this value makes unreadable."""
        return Unreadable(f"{self.place()} {message}")

    def finding(self, message: str) -> Finding:
        """Return a finding about this value."""
        return self.document.finding(message, *self.path)
