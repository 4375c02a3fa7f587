"""The documents of an events artefact, and where a `$ref` leads: within a file, to another, or to an `$id`.

A reference is looked up among the files of the artefact, never on the network: where it leads to none of
them, the artefact is unreadable.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from posixpath import dirname, join, normpath
from typing import Any, NamedTuple
from urllib.parse import unquote, urljoin

from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.structured import Structured, pointer, read
from gatekeeper.model.evidence import Artefact, Finding, Unreadable
from gatekeeper.syntax.yaml import Step

_SUFFIXES = (".json", ".yaml", ".yml")


class EventNode(NamedTuple):
    """A value within a document."""

    document: Structured
    path: tuple[Step, ...]
    value: Any

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from every other node."""
        return self.document.file, pointer(self.path)

    def finding(self, message: str) -> Finding:
        """Return a finding about it."""
        return self.document.finding(message, *self.path)

    def unreadable(self, what: str) -> Unreadable:
        """Return the reason that `what` is wrong with it."""
        where = " ".join(pointer(self.path).split()) or "the document"
        return Unreadable(f"{self.document.file}: {where} {what}")

    def at(self, step: Step) -> "EventNode | None":
        """Return what stands below it; None where that is missing or null."""
        value = self.mapping().get(str(step)) if isinstance(self.value, dict) else None
        return None if value is None else EventNode(self.document, (*self.path, step), value)

    def mapping(self) -> dict[str, Any]:
        """Return its value, which must be an object."""
        if not isinstance(self.value, dict):
            raise self.unreadable(f"is {shown(self.value)}, not an object")
        return self.value

    def text(self) -> str:
        """Return its value, which must be text."""
        if not isinstance(self.value, str):
            raise self.unreadable(f"is {shown(self.value)}, not text")
        return self.value

    def items(self) -> Iterator["EventNode"]:
        """Give the values of an object, or the items of a list."""
        if isinstance(self.value, list):
            pairs: Iterator[tuple[Step, Any]] = iter(enumerate(self.value))
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
        """Of several files, those called `.json`, `.yaml` or `.yml`; others are read where one is named."""

    def _root(self, name: str) -> EventNode:
        if name not in self._parsed:
            self._parsed[name] = read(self._files[name])
        return EventNode(self._parsed[name], (), self._parsed[name].value)

    def followed(self, node: EventNode) -> EventNode:
        """Return what a node refers to in the end, or the node itself; a circle leads nowhere."""
        seen = {node.key}
        while isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str):
            node = self.target(node)
            if node.key in seen:
                raise node.unreadable("refers to itself")
            seen.add(node.key)
        return node

    def target(self, node: EventNode) -> EventNode:
        """Return what the `$ref` of a node refers to."""
        reference = node.value["$ref"]
        found = self.find(node.document, reference) or _within_resource(node, reference)
        if found is None:
            where = EventNode(node.document, (*node.path, "$ref"), reference)
            raise where.unreadable(f"leads to {shown(reference)}, which is not in the files of the artefact")
        return found

    def find(self, document: Structured, reference: str) -> EventNode | None:
        """Return what a reference in a document leads to, if it is in the artefact."""
        address, _, fragment = reference.partition("#")
        root = self._addressed(document, address) if address else EventNode(document, (), document.value)
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
        """By `$id`: schemas; by file and `$anchor`: parts of them."""
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
    """Follow a local reference from the nearest schema around it that stands by itself, as in a bundle."""
    if not reference.startswith("#/"):
        return None
    around = [EventNode(node.document, (), node.document.value)]
    for step in node.path:
        inner = around[-1].value[step]
        around.append(EventNode(node.document, (*around[-1].path, step), inner))
    resources = [outer for outer in around if _stands_by_itself(outer.value)]
    return _pointed(resources[-1], unquote(reference[1:])) if resources else None


def _stands_by_itself(value: Any) -> bool:
    return isinstance(value, dict) and ("$schema" in value or bool(_id(value)))


def _id(value: Any) -> str:
    """Return `$id`, or `id` as drafts up to 04 have it; where there is none, nothing."""
    if isinstance(value, dict):
        for key in ("$id", "id"):
            if isinstance(value.get(key), str):
                return str(value[key])
    return ""


def _pointed(node: EventNode, fragment: str) -> EventNode | None:
    """Follow a JSON pointer (RFC 6901)."""
    for step in fragment.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")  # noqa: PLW2901 - the same step, unescaped
        if isinstance(node.value, dict) and step in node.value:
            node = EventNode(node.document, (*node.path, step), node.value[step])
        elif isinstance(node.value, list) and step.isascii() and step.isdigit():
            index = int(step[:9])
            if index >= len(node.value):
                return None
            node = EventNode(node.document, (*node.path, index), node.value[index])
        else:
            return None
    return node
