"""The documents of an events artefact, and the targets of their `$ref`s among its files."""

from collections.abc import Iterator, Sequence

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.documents import Files
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.structured import Structured, pointer
from gatekeeper.model.evidence import Artefact


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
            InvalidNode: The artefact has no such file, or the file no such value.
        """
        found = self._files.target(node, reference)
        if found is None:
            where = Node(node.document, (*node.path, "$ref"), reference)
            raise where.flaw(f"leads to {shown(reference)}, which is not in the files of the artefact")
        return found

    def find(self, document: Structured, reference: str) -> Node | None:
        """Return the target of a reference in a document; None if the artefact does not have it."""
        return self._files.find(document, reference)
