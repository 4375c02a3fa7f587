"""Compare two versions of an OpenAPI description, and find the changes that break clients.

For services that do not run oasdiff. It uses oasdiff's rules and names for the changes that break most often:
operations, parameters, request bodies, responses, headers, media types and schemas. It does not compare
security, callbacks, webhooks or links. A removal is breaking even if the operation was deprecated, because
whether a sunset has passed depends on the day. Two paths are the same if only the names of their parameters
differ. A definition that many operations share is compared and reported once.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gatekeeper.collectors.api_diff._schema_change import (
    ChangedPlace,
    Direction,
    SchemaChange,
    breaks,
    harmless,
)
from gatekeeper.collectors.api_diff._schema_diff import SchemaDiff
from gatekeeper.collectors.formats.openapi.description import Description, media_types
from gatekeeper.collectors.formats.openapi.operations import Operation, Parameter, Response, operations
from gatekeeper.collectors.reading.node import Node

_TEMPLATE = re.compile(r"\{([^{}/]*)\}")


class OperationChange(NamedTuple):
    """A change, and the first operation that it affects."""

    operation: Operation
    change: SchemaChange


def compare(base: Description, head: Description) -> Iterator[OperationChange]:
    """Yield the changes from the base to the head."""
    old = {_key(operation): operation for operation in operations(base)}
    new = {_key(operation): operation for operation in operations(head)}
    kept = {path for _, path in new}
    diff = _Comparison(base, head)
    for key, operation in old.items():
        if key in new:
            for change in diff.changes(operation, new[key]):
                yield OperationChange(new[key], change)
        else:
            what = "api" if key[1] in kept else "api-path"
            yield OperationChange(operation, breaks(f"{what}-removed", "removed", operation.node))
    for key, operation in new.items():
        if key not in old:
            yield OperationChange(operation, harmless("endpoint-added", "added", operation.node))


def _key(operation: Operation) -> tuple[str, str]:
    return operation.method, _TEMPLATE.sub("{}", operation.path)


class _Comparison:
    def __init__(self, base: Description, head: Description) -> None:
        self._base = base
        self._head = head
        self._schemas = SchemaDiff(base, head)
        self._seen: set[tuple[int, int]] = set()

    def changes(self, old: Operation, new: Operation) -> Iterator[SchemaChange]:
        """Yield the changes of an operation."""
        yield from self._parameters(old, new)
        yield from self._body(
            self._base.child(old.node, "requestBody"), self._head.child(new.node, "requestBody"), new
        )
        yield from self._responses(old, new)

    def _is_new_pair(self, old: Node, new: Node) -> bool:
        key = (id(old.value), id(new.value))
        known = key in self._seen
        self._seen.add(key)
        return not known

    def _parameters(self, old: Operation, new: Operation) -> Iterator[SchemaChange]:
        names = dict(zip(_TEMPLATE.findall(old.path), _TEMPLATE.findall(new.path), strict=True))
        before = {
            ("path", names.get(old.name, old.name)) if old.location == "path" else key: old
            for key, old in old.parameters.items()
        }
        for key, parameter in before.items():
            # The path is the same, so it has the same parameters, declared or not.
            if key not in new.parameters and parameter.location != "path":
                text = f"removed {_described(parameter)}"
                yield breaks("request-parameter-removed", text, parameter.place)
        for key, parameter in new.parameters.items():
            if key in before:
                yield from self._parameter(before[key], parameter)
            elif parameter.location != "path":
                kind = "required" if parameter.required else "optional"
                text = f"added {_described(parameter)}, which is {kind}"
                yield SchemaChange(f"new-{kind}-request-parameter", text, parameter.required, parameter.place)

    def _parameter(self, old: Parameter, new: Parameter) -> Iterator[SchemaChange]:
        if not self._is_new_pair(old.node, new.node):
            return
        if new.required and not old.required:
            text = f"{_described(new)} became required"
            yield breaks("request-parameter-became-required", text, new.place)
        elif old.required and not new.required:
            text = f"{_described(new)} became optional"
            yield harmless("request-parameter-became-optional", text, new.place)
        subject = ChangedPlace(Direction.REQUEST, "parameter", _described(new))
        yield from self._schemas.changes(subject, _schema(old.node), _schema(new.node))

    def _body(self, old: Node | None, new: Node | None, operation: Operation) -> Iterator[SchemaChange]:
        if new is None:
            if old is not None:
                yield breaks("request-body-removed", "removed the request body", old)
            return
        required = new.flag("required") or False
        if old is None:
            kind = "required" if required else "optional"
            place = operation.node.get("requestBody") or new
            yield SchemaChange(f"request-body-added-{kind}", f"added a request body, {kind}", required, place)
        elif self._is_new_pair(old, new):
            if required and not old.flag("required"):
                yield breaks("request-body-became-required", "the request body became required", new)
            subject = ChangedPlace(Direction.REQUEST, "body", "the request body")
            yield from self._media_types(old, new, subject)

    def _responses(self, old: Operation, new: Operation) -> Iterator[SchemaChange]:
        before = {response.code: response for response in old.responses}
        after = {response.code: response for response in new.responses}
        for code, response in before.items():
            covered = after.get(code) or after.get(f"{code[0]}XX")
            if covered is not None:
                yield from self._response(response, covered)
            else:
                kind = "success" if response.is_success else "non-success"
                text = f"removed the response {code}"
                yield SchemaChange(
                    f"response-{kind}-status-removed", text, response.is_success, response.place
                )
        for code, response in after.items():
            if code not in before:
                text = f"added the response {code}"
                yield harmless("response-status-added", text, response.place)

    def _response(self, old: Response, new: Response) -> Iterator[SchemaChange]:
        if self._is_new_pair(old.node, new.node):
            yield from self._headers(old, new)
            subject = ChangedPlace(Direction.RESPONSE, "body", f"the response {new.code}")
            yield from self._media_types(old.node, new.node, subject)

    def _headers(self, old: Response, new: Response) -> Iterator[SchemaChange]:
        after = {name.lower(): node for name, node in new.node.items_of("headers")}
        for name, place in old.node.items_of("headers"):
            header = self._base.resolve(place)
            kind = "required" if header.flag("required") else "optional"
            if name.lower() not in after:
                text = f"removed the header {name!r} of the response {old.code}"
                yield breaks(f"{kind}-response-header-removed", text, place)
                continue
            kept = self._head.resolve(after[name.lower()])
            described = f"the header {name!r} of the response {new.code}"
            if kind == "required" and not kept.flag("required"):
                yield breaks("response-header-became-optional", f"{described} became optional", kept)
            subject = ChangedPlace(Direction.RESPONSE, "header", described)
            yield from self._schemas.changes(subject, _schema(header), _schema(kept))

    def _media_types(self, old: Node, new: Node, subject: ChangedPlace) -> Iterator[SchemaChange]:
        before, after = media_types(old.get("content")), media_types(new.get("content"))
        for name, media in before.items():
            covered = _covering(after, name)
            if covered is None:
                text = f"removed the media type {name} from {subject}"
                yield breaks(f"{subject.id}-media-type-removed", text, media)
            else:
                yield from self._schemas.changes(subject, _schema(media), _schema(covered))
        for name, media in after.items():
            if _covering(before, name) is None:
                text = f"added the media type {name} to {subject}"
                yield harmless(f"{subject.id}-media-type-added", text, media)


def _described(parameter: Parameter) -> str:
    return f"the {parameter.location} parameter {parameter.name!r}"


def _schema(owner: Node) -> Node:
    """Return the schema of a parameter, header or media type; without one, the schema `true`."""
    schema = owner.get("schema")
    if schema is None:
        medias = list(media_types(owner.get("content")).values())
        schema = medias[0].get("schema") if medias else None
    return schema or Node(owner.document, owner.path, value=True)


def _covering(medias: Mapping[str, Node], name: str) -> Node | None:
    """Return the media type of a name, or a range that includes it; None if there is neither."""
    return medias.get(name) or medias.get(f"{name.partition('/')[0]}/*") or medias.get("*/*")
