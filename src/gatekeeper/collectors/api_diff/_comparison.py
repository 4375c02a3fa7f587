"""Compare two versions of an OpenAPI description, and find the changes that break clients.

oasdiff's rules and names: paths, operations, parameters, request bodies, media types, responses, headers,
schemas, security, servers, and webhooks and callbacks, in which the service calls the client. A removal is
breaking even if the operation was deprecated, because whether a sunset has passed depends on the day. Two
paths are the same if only the names of their parameters differ. A definition that many operations share is
compared and reported once. A field that is not modelled and differs is not understood.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gatekeeper.collectors.api_diff._access import security_changes, server_changes
from gatekeeper.collectors.api_diff._change import (
    ApiChange,
    ChangedPlace,
    Changes,
    Direction,
    breaks,
    harmless,
    unclear,
)
from gatekeeper.collectors.api_diff._fields import (
    LIFE,
    effective_style,
    lifecycle_changes,
    unmodelled_changes,
)
from gatekeeper.collectors.api_diff._schema import as_json
from gatekeeper.collectors.api_diff._schema_diff import SchemaDiff
from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.formats.openapi.operations import (
    Operation,
    Parameter,
    Response,
    operations,
    operations_of,
)
from gatekeeper.collectors.reading.node import Node

_Operations = Mapping[tuple[str, str], Operation]
_TEMPLATE = re.compile(r"\{([^{}/]*)\}")
_CHARSET = re.compile(r"\s*;\s*charset\s*=\s*\"?utf-8\"?\s*(?=;|$)", re.IGNORECASE)
_ENCODED = re.compile(r"multipart/|application/x-www-form-urlencoded")


class OperationChange(NamedTuple):
    """A change, and where it is: the first operation that it affects."""

    subject: str
    change: ApiChange


def compare(base: Description, head: Description) -> Iterator[OperationChange]:
    """Yield the changes from the base to the head."""
    diff = _Comparison(base, head)
    for change in unmodelled_changes(base.root, head.root, "document"):
        yield OperationChange("the document", change)
    yield from diff.between(*(_by_key(operations(api)) for api in (base, head)))
    yield from diff.called(base.root.get("webhooks"), head.root.get("webhooks"), kind="webhook")


def _by_key(operations: Iterator[Operation]) -> _Operations:
    found: dict[tuple[str, str], Operation] = {}
    for operation in operations:
        key = operation.method, _TEMPLATE.sub("{}", operation.path)
        if key in found:
            raise operation.node.flaw(f"is a second {operation.name}: {found[key].name} is the same")
        found[key] = operation
    return found


class _Comparison:
    def __init__(self, base: Description, head: Description) -> None:
        self._base = base
        self._head = head
        self._schemas = SchemaDiff(base, head)
        self._seen: set[tuple[Direction, int, int]] = set()

    def changes(self, old: Operation, new: Operation, sent: Direction) -> Changes:
        """Yield the changes of an operation; clients write its request, or read it."""
        yield from unmodelled_changes(old.items[-1], new.items[-1], "path item")
        yield from unmodelled_changes(old.node, new.node, "operation")
        life = [{name: one.extension(name) for name in LIFE} for one in (old, new)]
        yield from lifecycle_changes("the operation", life[0], life[1], new.node)
        yield from self._parameters(old, new, sent)
        bodies = self._base.child(old.node, "requestBody"), self._head.child(new.node, "requestBody")
        yield from self._body(*bodies, new, sent)
        yield from self._responses(old, new, sent.other)
        callbacks = old.node.get("callbacks"), new.node.get("callbacks")
        yield from (one.change for one in self.called(*callbacks, kind="callback", sent=sent.other))
        if sent is Direction.REQUEST:
            yield from security_changes(old, new)
            yield from server_changes(old, new)
        names = (as_json(one.node.object().get("operationId")) for one in (old, new))
        if len(set(names)) > 1:
            yield harmless("api-operation-id-changed", "changed its operationId", new.node)

    def called(
        self, old: Node | None, new: Node | None, *, kind: str, sent: Direction = Direction.RESPONSE
    ) -> Iterator[OperationChange]:
        """Yield the changes of webhooks or callbacks: calls that go the other way."""
        before, after = (_calls(api, node, kind) for api, node in ((self._base, old), (self._head, new)))
        yield from self.between(before, after, kind=kind, sent=sent)

    def between(
        self, old: _Operations, new: _Operations, *, kind: str = "", sent: Direction = Direction.REQUEST
    ) -> Iterator[OperationChange]:
        """Yield the changes of operations by method and path."""
        kept, what = {path for _, path in new}, f" the {kind}" if kind else ""
        for key, operation in {**old, **new}.items():
            subject = f"{kind} {operation.name}".lstrip()
            if key in old and key in new:
                for change in self.changes(old[key], operation, sent):
                    yield OperationChange(subject, change)
            elif key in old:
                id_ = kind or ("api" if key[1] in kept else "api-path")
                yield OperationChange(subject, breaks(f"{id_}-removed", f"removed{what}", operation.node))
            else:
                added = harmless(f"{kind or 'endpoint'}-added", f"added{what}", operation.node)
                yield OperationChange(subject, added)

    def _is_new_pair(self, old: Node, new: Node, sent: Direction) -> bool:
        key = (sent, id(old.value), id(new.value))
        known = key in self._seen
        self._seen.add(key)
        return not known

    # --- parameters and headers

    def _parameters(self, old: Operation, new: Operation, sent: Direction) -> Changes:
        names = dict(zip(_TEMPLATE.findall(old.path), _TEMPLATE.findall(new.path), strict=False))
        before = {
            ("path", names.get(one.name, one.name)) if one.location == "path" else key: one
            for key, one in old.parameters.items()
        }
        is_request = sent is Direction.REQUEST
        for key, one in before.items():
            # The path is the same, so it has the same parameters, declared or not.
            if key not in new.parameters and one.location != "path":
                yield breaks(f"{sent}-parameter-removed", f"removed {_described(one)}", one.place)
        for key, one in new.parameters.items():
            if key in before:
                yield from self._parameter(before[key], one, sent)
            else:
                kind = "required" if one.required else "optional"
                id_ = f"new-{kind}-{sent}-parameter"
                breaking = one.required and is_request and self._restricts(one)
                yield ApiChange(id_, f"added {_described(one)}, which is {kind}", breaking, one.place)

    def _restricts(self, parameter: Parameter) -> bool:
        """Return whether a required parameter asks for more than the path already has."""
        schema = self._schemas.new.of(self._schema(self._head, parameter.node))
        is_plain = "string" in schema.types and not any(part.keywords for part in schema.parts)
        return parameter.location != "path" or not is_plain or schema.values is not None

    def _parameter(self, old: Parameter, new: Parameter, sent: Direction) -> Changes:
        if not self._is_new_pair(old.node, new.node, sent):
            return
        named = _described(new)
        yield from _requiredness((old.required, new.required), f"{sent}-parameter", named, new.place, sent)
        yield from unmodelled_changes(old.node, new.node, "parameter")
        life = [{name: one.node.get(name) for name in LIFE} for one in (old, new)]
        yield from lifecycle_changes(named, life[0], life[1], new.place)
        was = self._schemas.old.of(self._schema(self._base, old.node)).marked("default")
        now = self._schemas.new.of(self._schema(self._head, new.node)).marked("default")
        if as_json(was) != as_json(now) and not (old.required and new.required):
            id_, text = f"{sent}-parameter-default-value-changed", f"{named} changed its default"
            yield ApiChange(id_, text, sent is Direction.REQUEST, new.place)
        subject = ChangedPlace(sent, "parameter", named)
        yield from self._value(old.node, new.node, subject, location=new.location)

    def _value(self, old: Node, new: Node, subject: ChangedPlace, location: str = "header") -> Changes:
        """Yield the changes of the value of a parameter or header, and of how it is written."""
        before, after = (_media_types(api, node) for api, node in ((self._base, old), (self._head, new)))
        if before.keys() != after.keys():
            yield breaks(f"{subject.id}-content-changed", f"{subject} is written in another way", new)
        for key in before.keys() & after.keys():
            yield from self._media_type(before[key], after[key], subject, key)
        if before or after:
            return
        schemas = self._schema(self._base, old), self._schema(self._head, new)
        styles = [effective_style(node, location) for node in (old, new)]
        types = self._schemas.old.of(schemas[0]).types | self._schemas.new.of(schemas[1]).types
        is_flat = not types & {"array", "object"}
        if styles[0] != styles[1] and not (is_flat and styles[0][0] == styles[1][0]):
            yield breaks(f"{subject.id}-style-changed", f"{subject} is written in another way", new)
        for keyword in ("allowReserved", "allowEmptyValue"):
            was, now = (node.flag(keyword) or False for node in (old, new))
            if was != now:
                breaking = was if subject.direction is Direction.REQUEST else now
                yield ApiChange(f"{subject.id}-changed", f"{subject} changed {keyword}", breaking, new)
        yield from self._schemas.changes(subject, *schemas)

    def _headers(self, old: Response, new: Response, received: Direction) -> Changes:
        before, after = (
            {name.lower(): (name, api.resolve(node)) for name, node in one.node.items_of("headers")}
            for api, one in ((self._base, old), (self._head, new))
        )
        for key, (name, header) in before.items():
            if key not in after:
                kind = "required" if header.flag("required") else "optional"
                text = f"removed the header {name!r} of the response {old.code}"
                breaking = received is Direction.RESPONSE
                yield ApiChange(f"{kind}-{received}-header-removed", text, breaking, header)
                continue
            kept = after[key][1]
            named = f"the header {name!r} of the response {new.code}"
            was, now = (one.flag("required") or False for one in (header, kept))
            yield from _requiredness((was, now), f"{received}-header", named, kept, received)
            yield from unmodelled_changes(header, kept, "parameter")
            yield from self._value(header, kept, ChangedPlace(received, "header", named))
        for key, (name, header) in after.items():
            if key not in before:
                breaking = received is Direction.REQUEST and bool(header.flag("required"))
                text = f"added the header {name!r} of the response {new.code}"
                yield ApiChange(f"{received}-header-added", text, breaking, header)

    # --- bodies

    def _body(self, old: Node | None, new: Node | None, operation: Operation, sent: Direction) -> Changes:
        if new is None:
            if old is not None:
                yield breaks(f"{sent}-body-removed", "removed the request body", old)
            return
        required = new.flag("required") or False
        if old is None:
            kind = "required" if required else "optional"
            place = operation.node.get("requestBody") or new
            breaking = required and sent is Direction.REQUEST
            yield ApiChange(f"{sent}-body-added-{kind}", f"added a request body, {kind}", breaking, place)
        elif self._is_new_pair(old, new, sent):
            was = old.flag("required") or False
            yield from _requiredness((was, required), f"{sent}-body", "the request body", new, sent)
            yield from unmodelled_changes(old, new, "request body")
            yield from self._content(old, new, ChangedPlace(sent, "body", "the request body"))

    def _responses(self, old: Operation, new: Operation, received: Direction) -> Changes:
        before = {response.code: response for response in old.responses}
        after = {response.code: response for response in new.responses}
        for code, response in before.items():
            covering = [after[key] for key in (code, f"{code[0]}XX") if key in after][:1]
            if code.endswith("XX") and not covering:
                covering = [other for key, other in after.items() if key[0] == code[0]]
            if not covering and not response.is_success and "default" in after:
                covering = [after["default"]]
            for other in covering:
                yield from self._response(response, other, received)
            if not covering:
                kind = "success" if response.is_success else "non-success"
                breaking = response.is_success or received is Direction.REQUEST
                text = f"removed the response {code}"
                yield ApiChange(f"{received}-{kind}-status-removed", text, breaking, response.place)
        for code, response in after.items():
            if code in before:
                continue
            if (wider := before.get(f"{code[0]}XX")) is not None and wider.code in after:
                yield from self._response(wider, response, received)
            yield harmless(f"{received}-status-added", f"added the response {code}", response.place)

    def _response(self, old: Response, new: Response, received: Direction) -> Changes:
        if not self._is_new_pair(old.node, new.node, received):
            return
        yield from self._headers(old, new, received)
        yield from unmodelled_changes(old.node, new.node, "response")
        links = dict(new.node.items_of("links"))
        for name, link in old.node.items_of("links"):
            kept = self._head.resolve(links[name]).value if name in links else None
            if as_json(self._base.resolve(link).value) != as_json(kept):
                text = f"changed or removed the link {name!r} of the response {new.code}"
                yield unclear("response-link-changed", text, links.get(name, link))
        subject = ChangedPlace(received, "body", f"the response {new.code}")
        yield from self._content(old.node, new.node, subject)

    def _content(self, old: Node, new: Node, subject: ChangedPlace) -> Changes:
        before, after = (_media_types(api, node) for api, node in ((self._base, old), (self._head, new)))
        for name, media in before.items():
            covered = _covering(after, name)
            if covered is None:
                text = f"removed the media type {name} from {subject}"
                yield breaks(f"{subject.id}-media-type-removed", text, media)
            else:
                yield from self._media_type(media, covered, subject, name)
        for name, media in after.items():
            if name not in before:
                is_wider = subject.direction is Direction.RESPONSE and any(
                    _covering({name: media}, other) and other not in after for other in before
                )
                text = f"added the media type {name} to {subject}"
                yield ApiChange(f"{subject.id}-media-type-added", text, is_wider, media)

    def _media_type(self, old: Node, new: Node, subject: ChangedPlace, name: str) -> Changes:
        yield from unmodelled_changes(old, new, "media type")
        encodings = (as_json(node.object().get("encoding", {})) for node in (old, new))
        if _ENCODED.match(name) and len(set(encodings)) > 1:
            yield unclear(f"{subject.id}-encoding-changed", f"{subject} changed its encoding", new)
        described = subject._replace(is_xml="xml" in name)
        yield from self._schemas.changes(described, _of_media(old, name), _of_media(new, name))
        items = old.get("itemSchema"), new.get("itemSchema")
        if items[0] or items[1]:
            anything = old._replace(value=True), new._replace(value=True)
            yield from self._schemas.changes(
                described.below("items"), items[0] or anything[0], items[1] or anything[1]
            )

    def _schema(self, api: Description, owner: Node) -> Node:
        """Return the schema of a parameter or header; without one, the schema `true`."""
        media = next(iter(_media_types(api, owner).values()), None)
        return owner.get("schema") or (media.get("schema") if media else None) or owner._replace(value=True)


def _calls(api: Description, node: Node | None, kind: str) -> _Operations:
    found: dict[tuple[str, str], Operation] = {}
    for name, written in api.resolve(node).items() if node else ():
        items = [(name, written)]
        if kind == "callback":
            items = [(f"{name} {url}", item) for url, item in api.resolve(written).items()]
        for path, item in items:
            if not path.rpartition(" ")[2].startswith("x-"):
                found |= {(one.method, path): one for one in operations_of(api, path, item)}
    return found


def _requiredness(
    was_now: tuple[bool, bool], id_: str, named: str, place: Node, direction: Direction
) -> Changes:
    was, now = was_now
    if was != now:
        became = "required" if now else "optional"
        # oasdiff calls a body that a webhook always has now breaking, like that of a request.
        breaking = now == (direction is Direction.REQUEST) or (None if id_ == "response-body" else False)
        yield ApiChange(f"{id_}-became-{became}", f"{named} became {became}", breaking, place)


def _described(parameter: Parameter) -> str:
    return f"the {parameter.location} parameter {parameter.name!r}"


def _of_media(media: Node, name: str) -> Node:
    """Return the schema of a media type; without one, `true`; so too for bytes, which 3.1 gives no schema."""
    schema = media.get("schema")
    is_text = re.search(r"json|xml|text|form|multipart|yaml|\*", name)
    if schema is None or (
        not is_text and isinstance(schema.value, dict) and schema.value.get("format") == "binary"
    ):
        return media._replace(value=True)
    return schema


def _media_types(api: Description, owner: Node) -> dict[str, Node]:
    """Return media types by their names in lower case; UTF-8 is the default of all that have a charset."""
    found: dict[str, Node] = {}
    for written, node in owner.items_of("content"):
        name = re.sub(r"\s*;\s*", ";", _CHARSET.sub("", written).strip().lower())
        if name in found:
            raise node.flaw("is a media type that is listed twice")
        found[name] = api.resolve(node)
    return found


def _covering(medias: Mapping[str, Node], name: str) -> Node | None:
    """Return the media type of a name, or a range that includes it; None if there is neither."""
    plain = name.partition(";")[0]
    ranges = (name, plain, f"{plain.partition('/')[0]}/*", "*/*")
    return next((medias[key] for key in ranges if key in medias), None)
