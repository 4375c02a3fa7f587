"""The documents of an artefact whose files refer to each other, and the targets of their references.

The target of a `$ref` is in the same document, in another file of the artefact, or in a schema that an `$id`
or `$anchor` names. Nothing is fetched.
"""

import posixpath
from collections.abc import Sequence
from functools import cached_property
from urllib.parse import unquote, urljoin

from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.structured import Structured, read
from gatekeeper.model.evidence import Absent, ArtefactFile
from gatekeeper.syntax.json import Json

_STRUCTURED = (".json", ".yaml", ".yml")


class Files:
    """The files of an artefact, each parsed once."""

    def __init__(self, files: Sequence[ArtefactFile]) -> None:
        self._files = {posixpath.normpath(file.name): file for file in files}
        self._read: dict[str, Structured] = {}
        named = [name for name in self._files if name.lower().endswith(_STRUCTURED)]
        self.named = named or list(self._files)
        """Those named as JSON or YAML, because a folder may have a README; if there are none, all files."""

    def documents(self) -> list[Structured]:
        """Return the documents of `named` that are not empty."""
        documents = []
        for name in self.named:
            try:
                documents.append(self.read(name))
            except Absent:
                if len(self.named) == 1:
                    raise
        return documents

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def read(self, name: str) -> Structured:
        """Return the parsed content of a file."""
        if name not in self._read:
            self._read[name] = read(self._files[name])
        return self._read[name]

    def beside(self, document: Structured, name: str) -> str:
        """Return the path of a file that a document names, relative to itself and percent-encoded."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(document.file), unquote(name)))

    def target(self, node: Node, reference: str) -> Node | None:
        """Return the target of a reference that a node has; None if the artefact does not have it.

        Raises:
            Unreadable: The file that it names cannot be read.
            Absent: The file that it names is empty.
        """
        return self.find(node.document, reference) or _within_resource(node, reference)

    def find(self, document: Structured, reference: str) -> Node | None:
        """Return the target of a reference in a document, as `target` does."""
        address, _, fragment = reference.partition("#")
        root = self._addressed(document, address) if address else Node.of(document)
        if root is None or not fragment:
            return root
        if fragment.startswith("/"):
            return root.pointed(unquote(fragment))
        return self._ids.get(f"{root.document.file}#{fragment}")

    def _addressed(self, document: Structured, address: str) -> Node | None:
        name = self.beside(document, address)
        if name in self:
            return Node.of(self.read(name))
        if address in self._ids:
            return self._ids[address]
        base = _id(document.value)
        try:
            return self._ids.get(urljoin(base, address)) if base else None
        except ValueError:
            return None

    @cached_property
    def _ids(self) -> dict[str, Node]:
        """Schemas by `$id`, and parts of schemas by file and `$anchor`."""
        ids: dict[str, Node] = {}
        waiting = list(map(Node.of, self.documents()))
        while waiting:
            node = waiting.pop()
            if isinstance(node.value, dict):
                if (id_ := _id(node.value)).startswith("#"):
                    ids.setdefault(node.document.file + id_, node)
                elif id_:
                    ids.setdefault(id_.removesuffix("#"), node)
                if isinstance(anchor := node.value.get("$anchor"), str):
                    ids.setdefault(f"{node.document.file}#{anchor}", node)
            if isinstance(node.value, dict | list):
                waiting += node.children()
        return ids


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
