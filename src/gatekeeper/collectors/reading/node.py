"""A value of a parsed document with its place, for errors and findings about it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.structured import Structured, pointer
from gatekeeper.model.evidence import Finding, Unreadable
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

_INDEX = re.compile(r"[0-9]{1,9}")


class InvalidNode(Unreadable):
    """A value that cannot be read, and its place."""

    def __init__(self, node: "Node", message: str) -> None:
        super().__init__(f"{node.place()} {message}")
        self.node = node
        self.message = message


class Node(NamedTuple):
    """A value of a document, and its path."""

    document: Structured
    path: tuple[Step, ...]
    value: Json

    @classmethod
    def of(cls, document: Structured) -> "Node":
        """Return the root of a document."""
        return cls(document, (), document.value)

    @property
    def reference(self) -> str | None:
        """The `$ref` of an object; None if it has none."""
        found = self.value.get("$ref") if isinstance(self.value, dict) else None
        return found if isinstance(found, str) else None

    def pointed(self, fragment: str) -> "Node | None":
        """Return the target of a JSON pointer (RFC 6901) within this value; None if it does not exist."""
        found: Node | None = self
        for written in fragment.split("/")[1:]:
            step = written.replace("~1", "/").replace("~0", "~")
            found = found.child(step) if found else None
        return found

    def child(self, step: Step) -> "Node | None":
        """Return the value of a key, or the item of an index as number or text; None if it does not exist."""
        if isinstance(self.value, dict) and str(step) in self.value:
            return Node(self.document, (*self.path, step), self.value[str(step)])
        if isinstance(self.value, list) and _INDEX.fullmatch(str(step)):
            index = int(step)
            if index < len(self.value):
                return Node(self.document, (*self.path, index), self.value[index])
        return None

    def children(self) -> list["Node"]:
        """Return the values of an object, or the items of a list."""
        return [node for _, node in self.items()] if isinstance(self.value, dict) else self.listed()

    def get(self, key: str) -> "Node | None":
        """Return the value under a key of this object; None if it is missing or null."""
        value = self.object().get(key)
        return None if value is None else Node(self.document, (*self.path, key), value)

    def object(self) -> Object:
        """Return the value, which must be an object."""
        if not isinstance(self.value, dict):
            raise self.flaw(f"is {shown(self.value)}, not an object")
        return self.value

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """Return the entries of this object."""
        for key, value in self.object().items():
            yield key, Node(self.document, (*self.path, key), value)

    def listed(self) -> list["Node"]:
        """Return the items of this list."""
        if not isinstance(self.value, list):
            raise self.flaw(f"is {shown(self.value)}, not a list")
        return [Node(self.document, (*self.path, index), value) for index, value in enumerate(self.value)]

    def list_of(self, key: str) -> list["Node"]:
        """Return the items of the list under a key; an empty list if it is missing."""
        node = self.get(key)
        return node.listed() if node else []

    def items_of(self, key: str) -> list[tuple[str, "Node"]]:
        """Return the entries of the object under a key; an empty list if it is missing."""
        node = self.get(key)
        return list(node.items()) if node else []

    def text(self, key: str) -> str | None:
        """Return the text under a key; None if it is missing."""
        node = self.get(key)
        if node and not isinstance(node.value, str):
            raise node.flaw(f"is {shown(node.value)}, not text")
        return node.value if node else None  # type: ignore[return-value]

    def flag(self, key: str) -> bool | None:
        """Return the Boolean under a key; None if it is missing."""
        node = self.get(key)
        if node and not isinstance(node.value, bool):
            raise node.flaw(f"is {shown(node.value)}, neither true nor false")
        return node.value if node else None  # type: ignore[return-value]

    @property
    def name(self) -> str:
        """The last key of its path for messages, with the index if it is an item."""
        keys = [at for at, step in enumerate(self.path) if isinstance(step, str)]
        name = " ".join(map(str, self.path[keys[-1] :])) if keys else "the document"
        return name if name.isprintable() else repr(name)[1:-1]

    def place(self) -> str:
        """Return the place for messages: the file and the JSON pointer."""
        where = pointer(self.path)
        where = where if where.isprintable() else repr(where)[1:-1]
        return f"{self.document.file}: {where}" if where else self.document.file

    def flaw(self, message: str) -> "InvalidNode":
        """Return the error for this value; if nothing handles it, the document is unreadable."""
        return InvalidNode(self, message)

    def finding(self, message: str) -> Finding:
        """Return a finding about this value."""
        return self.document.finding(message, *self.path)
