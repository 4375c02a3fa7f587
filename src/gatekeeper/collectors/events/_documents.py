"""The documents of an events artefact, and the targets of their `$ref`s: a place in a file, or an `$id`.

References are resolved among the files of the artefact, never over the network. A reference to anything else
makes the artefact unreadable.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from posixpath import dirname, join, normpath
from typing import NamedTuple
from urllib.parse import unquote, urljoin

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.structured import Structured, pointer, read
from gatekeeper.model.evidence import Artefact, Finding, Unreadable
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

_SUFFIXES = (".json", ".yaml", ".yml")


class EventNode(NamedTuple):
    """A value within a document."""

    document: Structured
    path: tuple[Step, ...]
    value: Json

    @classmethod
    def of(cls, document: Structured) -> "EventNode":
        """Return the root of a document."""
        return cls(document, (), document.value)

    @property
    def key(self) -> tuple[str, str]:
        """A key that no other node has."""
        return self.document.file, pointer(self.path)

    def finding(self, message: str) -> Finding:
        """Return a finding about the value."""
        return self.document.finding(message, *self.path)

    def unreadable(self, what: str) -> Unreadable:
        """Return the exception for a flaw of the value; `what` is the predicate of its message."""
        where = " ".join(pointer(self.path).split()) or "the document"
        return Unreadable(f"{self.document.file}: {where} {what}")

    def at(self, step: Step) -> "EventNode | None":
        """Return the value of a key; None if it is missing or null."""
        value = self.mapping().get(str(step)) if isinstance(self.value, dict) else None
        return None if value is None else EventNode(self.document, (*self.path, step), value)

    @property
    def reference(self) -> str | None:
        """The `$ref` of an object; None if it has none."""
        found = self.value.get("$ref") if isinstance(self.value, dict) else None
        return found if isinstance(found, str) else None

    def mapping(self) -> Object:
        """Return the value, which must be an object."""
        if not isinstance(self.value, dict):
            raise self.unreadable(f"is {shown(self.value)}, not an object")
        return self.value

    def text(self) -> str:
        """Return the value, which must be text."""
        if not isinstance(self.value, str):
            raise self.unreadable(f"is {shown(self.value)}, not text")
        return self.value

    def items(self) -> Iterator["EventNode"]:
        """Yield the values of an object, or the items of a list."""
        if isinstance(self.value, list):
            pairs: Iterator[tuple[Step, Json]] = iter(enumerate(self.value))
        else:
            pairs = iter(self.mapping().items())
        return (EventNode(self.document, (*self.path, step), value) for step, value in pairs)


class Library:
    """The files of an artefact, parsed."""

    def __init__(self, artefact: Artefact) -> None:
        self._files = {normpath(file.name): file for file in artefact.files}
        self._parsed: dict[str, Structured] = {}
        named = [name for name in self._files if name.casefold().endswith(_SUFFIXES)]
        self.documents: Sequence[EventNode] = [self._root(name) for name in named or self._files]
        """Of several files, those named `.json`, `.yaml` or `.yml`; others are read if one refers to them."""

    def contents(self) -> Iterator[Content]:
        """Yield every document as content, for recognition."""
        return (Content.of(node.document) for node in self.documents)

    def _root(self, name: str) -> EventNode:
        if name not in self._parsed:
            self._parsed[name] = read(self._files[name])
        return EventNode.of(self._parsed[name])

    def followed(self, node: EventNode) -> EventNode:
        """Return the node at the end of a chain of references: the node itself if it is not a reference."""
        seen = {node.key}
        while node.reference is not None:
            node = self.target(node, node.reference)
            if node.key in seen:
                raise node.unreadable("refers to itself")
            seen.add(node.key)
        return node

    def target(self, node: EventNode, reference: str) -> EventNode:
        """Return the target of a node's `$ref`.

        Raises:
            Unreadable: The artefact has no such file, or the file no such value.
        """
        found = self.find(node.document, reference) or _within_resource(node, reference)
        if found is None:
            where = EventNode(node.document, (*node.path, "$ref"), reference)
            raise where.unreadable(f"leads to {shown(reference)}, which is not in the files of the artefact")
        return found

    def find(self, document: Structured, reference: str) -> EventNode | None:
        """Return the target of a reference in a document; None if the artefact does not have it."""
        address, _, fragment = reference.partition("#")
        root = self._addressed(document, address) if address else EventNode.of(document)
        if root is None or not fragment:
            return root
        if fragment.startswith("/"):
            return _pointed(root, unquote(fragment))
        return self._named.get(f"{root.document.file}#{fragment}")

    def _addressed(self, document: Structured, address: str) -> EventNode | None:
        name = normpath(join(dirname(document.file), unquote(address)))
        if name in self._files:
            return self._root(name)
        if address in self._named:
            return self._named[address]
        base = _id(document.value)
        try:
            return self._named.get(urljoin(base, address)) if base else None
        except ValueError:
            return None

    @cached_property
    def _named(self) -> dict[str, EventNode]:
        """Schemas by `$id`, and parts of schemas by file and `$anchor`."""
        named: dict[str, EventNode] = {}
        waiting = list(self.documents)
        while waiting:
            node = waiting.pop()
            if isinstance(node.value, dict):
                if (id_ := _id(node.value)).startswith("#"):
                    named.setdefault(node.document.file + id_, node)
                elif id_:
                    named.setdefault(id_.removesuffix("#"), node)
                if isinstance(anchor := node.value.get("$anchor"), str):
                    named.setdefault(f"{node.document.file}#{anchor}", node)
            if isinstance(node.value, dict | list):
                waiting += node.items()
        return named


def _within_resource(node: EventNode, reference: str) -> EventNode | None:
    """Resolve a local reference within the nearest enclosing schema that is a resource, as in a bundle."""
    if not reference.startswith("#/"):
        return None
    outer: EventNode | None = EventNode.of(node.document)
    resource = None
    for step in (*node.path, None):
        if outer is not None and _is_resource(outer.value):
            resource = outer
        outer = None if outer is None or step is None else _child(outer, step)
    return _pointed(resource, unquote(reference[1:])) if resource else None


def _is_resource(value: Json) -> bool:
    """Return whether a value is a schema of its own: local references within it start there."""
    return isinstance(value, dict) and ("$schema" in value or bool(_id(value)))


def _id(value: Json) -> str:
    """Return `$id`, or `id` as in drafts up to 04; empty if there is neither."""
    if isinstance(value, dict):
        for key in ("$id", "id"):
            if isinstance(found := value.get(key), str):
                return found
    return ""


def _child(node: EventNode, step: Step) -> EventNode | None:
    """Return the value of a key or the item of an index; None if it does not exist."""
    match node.value, step:
        case dict() as values, str() if step in values:
            return EventNode(node.document, (*node.path, step), values[step])
        case list() as items, int() if step < len(items):
            return EventNode(node.document, (*node.path, step), items[step])
        case _:
            return None


def _pointed(node: EventNode, fragment: str) -> EventNode | None:
    """Return the target of a JSON pointer (RFC 6901); None if it does not exist."""
    found: EventNode | None = node
    for written in fragment.split("/")[1:]:
        if found is None:
            break
        step = written.replace("~1", "/").replace("~0", "~")
        is_index = isinstance(found.value, list) and step.isascii() and step.isdigit()
        found = _child(found, int(step[:9]) if is_index else step)
    return found
