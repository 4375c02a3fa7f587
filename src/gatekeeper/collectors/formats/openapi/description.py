"""An OpenAPI 3 description: one document or several files, with its references resolved.

OpenAPI Specification 3.0.4, 3.1.2 and 3.2.0, https://spec.openapis.org/oas/. A reference is followed wherever
it is met: its target is in the same document, in another file of the artefact, or named by `$id` or
`$anchor`; nothing is fetched.

A description may have a ledger. Then a place that breaks the specification, or whose reference leads nowhere,
is noted in it, and the rest is read; without a ledger, it makes the description unreadable.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from urllib.parse import unquote

from gatekeeper.collectors.formats.openapi.fields import check
from gatekeeper.collectors.reading import figures
from gatekeeper.collectors.reading.documents import Files
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Absent, ArtefactFile, Unreadable, Unrecognised
from gatekeeper.syntax.json import Json

_VERSION = re.compile(r"(\d+\.\d+)(\.\d+)?(-\S+)?")
_SERIES = ("3.0", "3.1", "3.2")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_TEMPLATE = re.compile(r"\{[^{}]*\}")
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+*-]+/[\w!#$&^.+*-]+\s*(;.*)?", re.DOTALL)
_MAY_BE_BESIDE_A_REFERENCE = frozenset({"$ref", "summary", "description"})
_MOST_HOPS = 50
_MOST_PARTS = 1000
"""Limits for chains of references, and for the parts of a schema, so that the cost stays linear."""


class Description:
    """An OpenAPI description: a root document and the files that it refers to."""

    def __init__(self, root: Structured, files: Files, ledger: Ledger | None = None) -> None:
        self.root = Node.of(root)
        self._files = files
        self._ledger = ledger
        self._targets: dict[tuple[str, str], Node] = {}
        self.version = _version(self.root)
        self.series = self.version[:3]
        _has_content(self.root, self.series)
        with self.noting("path"):
            self.check(self.root, "document")

    @property
    def is_strict(self) -> bool:
        """Whether everything that breaks the specification is noted."""
        return self._ledger is not None

    def noting(
        self, kind_of_place: str, touches: Iterable[str] | None = None
    ) -> AbstractContextManager[None]:
        """Note in the ledger what cannot be read, and leave the block; without a ledger it is raised."""
        return self._ledger.noting(kind_of_place, touches) if self._ledger else nullcontext()

    def check(self, node: Node, type_: str) -> None:
        """Check that an object has only fields of its type; without a ledger, nothing is checked.

        Raises:
            InvalidNode: It has another one, which may be one of its fields misspelt or disabled.
        """
        if self.is_strict:
            check(node, type_, self.series)

    def paths(self) -> list[tuple[str, Node]]:
        """Return the path items as written: their references are not resolved."""
        found: list[tuple[str, Node]] = []
        templates = dict[str, str]()
        for path, node in self.entries(self.root, "paths", "path"):
            with self.noting("path"):
                if not path.startswith("/"):
                    raise node.flaw("is not a path: it does not start with /")
                other = templates.setdefault(_TEMPLATE.sub("{}", path), path)
                if other != path and self.is_strict:
                    raise node.flaw(f"is the same path as {other}")
                found.append((path, node))
        return found

    def resolve(self, node: Node) -> Node:
        """Return the node at the end of a chain of references: the node itself if it is not a reference.

        Raises:
            InvalidNode: The chain leads nowhere or does not end, or a reference has other fields beside it.
        """
        for _ in range(_MOST_HOPS):
            target = self.target(node)
            if target is None:
                return node
            beside = node.object().keys() - _MAY_BE_BESIDE_A_REFERENCE
            if self.is_strict and any(not key.startswith("x-") for key in beside):
                raise node.flaw(f"has {shown(min(beside))} beside a $ref, which tools read differently")
            node = target
        raise node.flaw(f"is reached through more than {_MOST_HOPS} references, or refers to itself")

    def child(self, node: Node, key: str) -> Node | None:
        """Return the value of a key with its references resolved; None if it is missing."""
        child = node.get(key)
        return self.resolve(child) if child else None

    def listed(self, node: Node, key: str) -> list[Node]:
        """Return the items of the list under a key; their own references are not resolved."""
        child = self.child(node, key)
        return child.listed() if child else []

    def entries(self, node: Node, key: str, kind_of_place: str | None = None) -> list[tuple[str, Node]]:
        """Return the entries of the object under a key; their own references are not resolved.

        Args:
            node: The owner of the object.
            key: Its key.
            kind_of_place: If it is given, entries that begin with `x-` are left out: they are extensions.
        """
        child = self.child(node, key)
        found = list(child.items()) if child else []
        if kind_of_place is None:
            return found
        for name, entry in found:
            hidden = name.removeprefix("x-")
            with self.noting(kind_of_place):
                if self.is_strict and hidden != name and re.match(r"/|default$|[1-5][0-9X]{2}$", hidden):
                    raise entry.flaw(f"is disabled by the prefix x-; rename it to {hidden} or remove it")
        return [(name, entry) for name, entry in found if not name.startswith("x-")]

    def target(self, node: Node) -> Node | None:
        """Return the target of the `$ref` of a value; None if it has none."""
        reference = node.reference
        if reference is None:
            if isinstance(node.value, dict) and "$ref" in node.value:
                raise node.flaw("has a $ref that is not text")
            return None
        key = (node.document.file, reference)
        if key not in self._targets:
            self._targets[key] = self._find(node, reference)
        return self._targets[key]

    def _find(self, node: Node, reference: str) -> Node:
        try:
            found = self._files.target(node, reference)
        except (Absent, Unreadable) as reason:
            raise node.flaw(f"refers to {_quoted(reference)}: {reason}") from None
        if found is not None:
            return found
        if _URL.match(reference):
            raise node.flaw(f"refers to {_quoted(reference)}: nothing is fetched; bundle the description")
        name = reference.partition("#")[0]
        if name and self._files.beside(node.document, unquote(name)) not in self._files:
            raise node.flaw(f"refers to {_quoted(name)}, which is not a file of the artefact")
        raise node.flaw(f"refers to {_quoted(reference)}, which does not exist")

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

    def media_types(self, owner: Node) -> Mapping[str, Node]:
        """Return the resolved media types of an object, in lower case and without parameters.

        Raises:
            InvalidNode: One is not a media type.
        """
        found: dict[str, Node] = {}
        for name, written in self.entries(owner, "content"):
            if not _MEDIA_TYPE.fullmatch(name):
                raise written.flaw("is not a media type such as application/json")
            node = self.resolve(written)
            self.check(node, "media type")
            node.object()
            found[_plain(name)] = node
        return found


def _plain(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _quoted(reference: str) -> str:
    return repr(reference if len(reference) <= 200 else f"{reference[:199]}…")


def _version(root: Node) -> str:
    file, value = root.document.file, root.value if isinstance(root.value, dict) else {}
    if "swagger" in value and "openapi" not in value:
        raise Unreadable(
            f"{file}: Swagger {shown(value['swagger'])}; only OpenAPI 3 is supported: "
            "convert it by `npx swagger2openapi FILE -o openapi.json`"
        )
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


def describe(files: Sequence[ArtefactFile], path: str, ledger: Ledger | None = None) -> Description:
    """Return the description that these files contain; exactly one of several must have the key openapi.

    An overlay among them, which would change the description, is noted in the ledger.
    """
    parsed = Files(files)
    documents = parsed.documents()
    roots = documents if len(documents) == 1 else [one for one in documents if is_description(one.value)]
    if not roots:
        raise Unreadable(f"{path}: none of its files has the key openapi")
    if len(roots) > 1:
        names = ", ".join(root.file for root in roots[:3])
        raise Unreadable(f"{path}: only one file may have the key openapi, not {names}")
    description = Description(roots[0], parsed, ledger)
    for document in documents:
        with description.noting("path"):
            if isinstance(document.value, dict) and "overlay" in document.value and ledger is not None:
                raise Node.of(document).flaw("is an overlay, which is not applied; apply it in the build")
    return description


def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON, also by its structured suffix (RFC 6839)."""
    return media_type in ("application/json", "text/json") or media_type.endswith("+json")
