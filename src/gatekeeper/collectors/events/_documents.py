"""The documents of an events artefact, and the targets of their `$ref`s among its files."""

from collections.abc import Iterator, Sequence

from gatekeeper.collectors.events.facts import PLACES
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.documents import Files
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.structured import Structured, pointer
from gatekeeper.model.evidence import Absent, Artefact, Unreadable


def key_of(node: Node) -> tuple[str, str]:
    """Return a key that no other node has."""
    return node.document.file, pointer(node.path)


class Library:
    """The files of an artefact, parsed."""

    def __init__(self, artefact: Artefact) -> None:
        self._files = Files(artefact.files)
        self.documents: Sequence[Node] = [Node.of(self._files.read(name)) for name in self._files.named]
        """Of several files, those named `.json`, `.yaml` or `.yml`; others are read if one refers to them."""
        self.ledger = Ledger(PLACES)
        """What is not understood in any of them."""

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
        where = Node(node.document, (*node.path, "$ref"), reference)
        try:
            found = self._files.target(node, reference)
        except (Absent, Unreadable) as reason:
            raise where.flaw(f"leads to {shown(reference)}: {reason}") from None
        if found is None:
            raise where.flaw(f"leads to {shown(reference)}, which is not in the files of the artefact")
        return found

    def object(self, node: Node) -> Node:
        """Return the object at the end of a chain of references.

        Raises:
            InvalidNode: It is not an object, or a reference has other fields beside it.
        """
        found = self.followed(node)
        if found is not node:
            for key in sorted(node.object().keys() - {"$ref", "summary", "description"}):
                if not key.startswith("x-"):
                    raise node.flaw(f"has {shown(key)} beside a $ref, which tools read differently")
        found.object()
        return found

    def find(self, document: Structured, reference: str) -> Node | None:
        """Return the target of a reference in a document; None if the artefact does not have it."""
        return self._files.find(document, reference)
