"""The documents of an events artefact, and the targets of their `$ref`s: a place in a file, or an `$id`.

References are resolved among the files of the artefact, never over the network. A reference to anything else
makes the artefact unreadable.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from urllib.parse import unquote, urljoin

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.documents import Files
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.structured import Structured, pointer
from gatekeeper.model.evidence import Artefact
from gatekeeper.syntax.json import Json


def key_of(node: Node) -> tuple[str, str]:
    """Return a key that no other node has."""
    return node.document.file, pointer(node.path)


class Library:
    """The files of an artefact, parsed."""

    def __init__(self, artefact: Artefact) -> None:
        self._files = Files(artefact.files)
        self.documents: Sequence[Node] = [Node.of(self._files.read(name)) for name in self._files.named]
        """Of several files, those named `.json`, `.yaml` or `.yml`; others are read if one refers to them."""

    def contents(self) -> Iterator[Content]:
        """Yield every document as content, for recognition."""
        return (Content.of(node.document) for node in self.documents)

    def followed(self, node: Node) -> Node:
        """Return the node at the end of a chain of references: the node itself if it is not a reference."""
        seen = {key_of(node)}
        while node.reference is not None:
            node = self.target(node, node.reference)
            if key_of(node) in seen:
                raise node.flaw("refers to itself")
            seen.add(key_of(node))
        return node

    def target(self, node: Node, reference: str) -> Node:
        """Return the target of a node's `$ref`.

        Raises:
            Unreadable: The artefact has no such file, or the file no such value.
        """
        found = self.find(node.document, reference) or _within_resource(node, reference)
        if found is None:
            where = Node(node.document, (*node.path, "$ref"), reference)
            raise where.flaw(f"leads to {shown(reference)}, which is not in the files of the artefact")
        return found

    def find(self, document: Structured, reference: str) -> Node | None:
        """Return the target of a reference in a document; None if the artefact does not have it."""
        address, _, fragment = reference.partition("#")
        root = self._addressed(document, address) if address else Node.of(document)
        if root is None or not fragment:
            return root
        if fragment.startswith("/"):
            return root.pointed(unquote(fragment))
        return self._named.get(f"{root.document.file}#{fragment}")

    def _addressed(self, document: Structured, address: str) -> Node | None:
        name = self._files.beside(document, address)
        if name in self._files:
            return Node.of(self._files.read(name))
        if address in self._named:
            return self._named[address]
        base = _id(document.value)
        try:
            return self._named.get(urljoin(base, address)) if base else None
        except ValueError:
            return None

    @cached_property
    def _named(self) -> dict[str, Node]:
        """Schemas by `$id`, and parts of schemas by file and `$anchor`."""
        named: dict[str, Node] = {}
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
                waiting += node.children()
        return named


def _within_resource(node: Node, reference: str) -> Node | None:
    """Resolve a local reference within the nearest enclosing schema that is a resource, as in a bundle."""
    if not reference.startswith("#/"):
        return None
    outer: Node | None = Node.of(node.document)
    resource = None
    for step in (*node.path, None):
        # A schema with an id of its own, or the draft: local references within it start there.
        if outer and isinstance(outer.value, dict) and ("$schema" in outer.value or _id(outer.value)):
            resource = outer
        outer = None if outer is None or step is None else outer.child(step)
    return resource.pointed(unquote(reference[1:])) if resource else None


def _id(value: Json) -> str:
    """Return `$id`, or `id` as in drafts up to 04; empty if there is neither."""
    if isinstance(value, dict):
        for key in ("$id", "id"):
            if isinstance(found := value.get(key), str):
                return found
    return ""
