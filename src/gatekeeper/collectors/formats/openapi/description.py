"""An OpenAPI 3 description: one document or several files, with its references resolved.

OpenAPI Specification 3.0.4, 3.1.2 and 3.2.0, https://spec.openapis.org/oas/. The target of a reference is in
the same document or in another file of the artefact; nothing is fetched, and a reference without a target
makes the description unreadable. Only references that a fact depends on are resolved.
"""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from gatekeeper.collectors.reading import figures
from gatekeeper.collectors.reading.documents import Files
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import ArtefactFile, Unreadable, Unrecognised
from gatekeeper.syntax.json import Json

_VERSION = re.compile(r"(\d+\.\d+)(\.\d+)?(-\S+)?")
_SERIES = ("3.0", "3.1", "3.2")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_MOST_HOPS = 50
_MOST_PARTS = 1000
"""Limits for chains of references, and for the parts of a schema, so that the cost stays linear."""


class Description:
    """An OpenAPI description: a root document and the files that it refers to."""

    def __init__(self, root: Structured, files: Files) -> None:
        self.root = Node.of(root)
        self._files = files
        self._targets: dict[tuple[str, str], Node] = {}
        self.version = _version(self.root)
        self.series = self.version[:3]
        _has_content(self.root, self.series)

    def paths(self) -> list[tuple[str, Node]]:
        """Return the path items as written: their references are not resolved."""
        found = self.root.fields_of("paths")
        for path, node in found:
            if not path.startswith("/"):
                raise node.flaw("is not a path: it does not start with /")
        return found

    def resolve(self, node: Node) -> Node:
        """Return the node at the end of a chain of references: the node itself if it is not a reference."""
        for _ in range(_MOST_HOPS):
            target = self.target(node)
            if target is None:
                return node
            node = target
        raise node.flaw(f"is reached through more than {_MOST_HOPS} references, or refers to itself")

    def child(self, node: Node, key: str) -> Node | None:
        """Return the value of a key with its references resolved; None if it is missing."""
        child = node.get(key)
        return self.resolve(child) if child else None

    def target(self, node: Node) -> Node | None:
        """Return the target of the `$ref` of a value; None if it has none."""
        reference = node.reference
        if reference is None:
            return None
        key = (node.document.file, reference)
        if key not in self._targets:
            self._targets[key] = self._find(node, reference)
        return self._targets[key]

    def _find(self, node: Node, reference: str) -> Node:
        if _URL.match(reference):
            raise node.flaw(f"refers to {_quoted(reference)}: nothing is fetched; bundle the description")
        name, _, fragment = reference.partition("#")
        document = self._other(node, name) if name else node.document
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            raise node.flaw(f"refers to {_quoted(reference)}, an anchor; only JSON pointers are supported")
        target = Node.of(document).pointed(fragment)
        if target is None:
            raise node.flaw(f"refers to {_quoted(reference)}, which does not exist")
        return target

    def _other(self, node: Node, name: str) -> Structured:
        wanted = self._files.beside(node.document, name)
        if wanted not in self._files:
            raise node.flaw(f"refers to {_quoted(name)}, which is not a file of the artefact")
        return self._files.read(wanted)

    def parts(self, schema: Node, *through: str) -> list[Node]:
        """Return the schemas that a schema consists of, itself first, through `$ref` and these keywords.

        Up to OpenAPI 3.0 the keywords beside a `$ref` are ignored. `true` and `false` are left out.
        """
        found: list[Node] = []
        waiting, seen = [schema], set[int]()
        while waiting:
            node = waiting.pop()
            if isinstance(node.value, bool) or id(node.value) in seen:
                continue
            seen.add(id(node.value))
            if len(seen) > _MOST_PARTS:
                raise schema.flaw(f"consists of more than {_MOST_PARTS:,} schemas")
            keywords = node.object()
            target = self.target(node)
            if target is None or self.series != "3.0":
                found.append(node)
                inner = [part for key in through if key in keywords for part in node.list_of(key)]
                waiting += reversed(inner)
            if target is not None:
                waiting.append(target)
        return found


def _quoted(reference: str) -> str:
    return repr(reference if len(reference) <= 200 else f"{reference[:199]}…")


def _version(root: Node) -> str:
    file, value = root.document.file, root.value if isinstance(root.value, dict) else {}
    if "swagger" in value and "openapi" not in value:
        raise Unreadable(f"{file}: Swagger {shown(value['swagger'])}; only OpenAPI 3 is supported")
    if "openapi" not in value:
        raise Unrecognised(f"{file}: the document has no key `openapi`; only OpenAPI 3 is supported", file)
    version = figures.text(value["openapi"], f"{file}: openapi")
    match = _VERSION.fullmatch(version)
    if match is None or match[1] not in _SERIES:
        raise Unreadable(f"{file}: OpenAPI {shown(version)}; supported are {', '.join(_SERIES)}")
    return version


def _has_content(root: Node, series: str) -> None:
    """Check that a document describes something of an API, as the specification requires."""
    fields = ("paths",) if series == "3.0" else ("paths", "webhooks", "components")
    present = [node for field in fields if (node := root.get(field))]
    if not present:
        raise Unreadable(f"{root.document.file}: OpenAPI {series} without {' or '.join(fields)} is invalid")
    for node in present:
        node.object()


def is_description(value: Json) -> bool:
    """Return whether a document claims to be the root of an OpenAPI description, of any version."""
    return isinstance(value, dict) and ("openapi" in value or "swagger" in value)


def describe(files: Sequence[ArtefactFile], path: str) -> Description:
    """Return the description that these files contain; exactly one of several must have the key openapi."""
    parsed = Files(files)
    documents = parsed.documents()
    if len(documents) == 1:
        return Description(documents[0], parsed)
    match [document for document in documents if is_description(document.value)]:
        case [root]:
            return Description(root, parsed)
        case []:
            raise Unreadable(f"{path}: none of its files has the key openapi")
        case roots:
            names = ", ".join(root.file for root in roots[:3])
            raise Unreadable(f"{path}: only one file may have the key openapi, not {names}")


def media_types(content: Node | None) -> Mapping[str, Node]:
    """Return the media types of a `content` object, in lower case and without their parameters."""
    if content is None:
        return {}
    return {name.partition(";")[0].strip().lower(): node for name, node in content.items()}


def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON, also by its structured suffix (RFC 6839)."""
    return media_type in ("application/json", "text/json") or media_type.endswith("+json")
