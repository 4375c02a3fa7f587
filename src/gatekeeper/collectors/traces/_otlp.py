"""Spans as OTLP's JSON encoding describes them, wherever a format keeps the list of resources.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding (OTLP 1.x, and the names that 0.x had).
Identifiers are hexadecimal in either case, 64-bit numbers are text or numbers, and missing values have their
default. Identifiers in base64, kinds by name and fields in snake_case, which the mapping of Protobuf allows,
are also read. Fields and kinds of a span that OTLP 1.x does not have are noted.
"""

import re
from base64 import b64decode
from collections.abc import Iterator

from gatekeeper.collectors.reading.figures import count, entries, listed, section, shown
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.traces._attributes import called, is_thinned
from gatekeeper.collectors.traces._span import Place, Span
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

_OF_SPAN = frozenset({
    "traceId", "spanId", "traceState", "parentSpanId", "flags", "name", "kind", "startTimeUnixNano",
    "endTimeUnixNano", "attributes", "droppedAttributesCount", "events", "droppedEventsCount", "links",
    "droppedLinksCount", "status",
})  # fmt: skip
_KINDS = dict(enumerate(("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")))
_HEX = re.compile(r"[0-9a-f]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_TRACE_BYTES, _SPAN_BYTES = 16, 8
_LARGEST = 2**64
_LONGEST_NAME = 200
"""Every finding about a span contains the name of its service, so its length is limited."""
_KNOWN_IF_REMOTE, _REMOTE = 0x100, 0x200
"""SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK and SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK, since OTLP 1.1."""


def spans_of(document: Structured, owner: Object, *path: Step, key: str = "resourceSpans") -> Iterator[Span]:
    """Yield the spans in the list of resources that an object at a path of a document has under a key."""
    for index, of_resource in enumerate(_items(owner, key)):
        resource = camel(section(of_resource, "resource", "a resource"))
        service = _service_name(resource)
        scopes = _scopes(of_resource)
        for scope_index, scope in enumerate(_items(of_resource, scopes)):
            is_cut = _is_cut(resource) or _is_cut(section(scope, "scope"))
            for span_index, span in enumerate(listed(scope, "spans", "a span")):
                place = (*path, key, index, scopes, scope_index, "spans", span_index)
                yield _span(camel(span), resource, service, document, place)._replace(
                    is_cut=is_cut or _is_cut(camel(span))
                )


def lacking(owner: Object, key: str = "resourceSpans") -> int:
    """Return how many resources and scopes have no spans; no exporter writes such."""
    found = 0
    for of_resource in _items(owner, key):
        scopes = list(_items(of_resource, _scopes(of_resource)))
        found += (not scopes) + sum(not scope.get("spans") for scope in scopes)
    return found


def _scopes(of_resource: Object) -> str:
    return "scopeSpans" if "scopeSpans" in of_resource else "instrumentationLibrarySpans"


def _is_cut(owner: Object) -> bool:
    return count(owner.get("droppedAttributesCount") or 0, "droppedAttributesCount") > 0


def _items(value: Object, name: str) -> Iterator[Object]:
    return map(camel, listed(value, name, f"an item of {name}"))


def camel(value: Object) -> Object:
    """Return an object with its fields in camelCase."""
    if not any("_" in key for key in value):
        return value
    return {re.sub("_([a-z])", lambda match: match[1].upper(), key): inner for key, inner in value.items()}


def _attributes(owner: Object) -> dict[str, Json]:
    """Return the attributes that are texts, numbers or flags."""
    found: dict[str, Json] = {}
    for attribute in entries(owner.get("attributes"), "attributes"):
        if isinstance(attribute, dict) and isinstance(key := attribute.get("key"), str):
            value = attribute.get("value")
            first = next(iter(value.values()), None) if isinstance(value, dict) else None
            found.setdefault(key, first if isinstance(first, str | int | float) else None)
    return found


def _service_name(resource: Object) -> str | None:
    """Return the name of the service of a resource; None if it has none."""
    name = _attributes(resource).get("service.name")
    return name[:_LONGEST_NAME] if isinstance(name, str) and name else None


def _span(span: Object, resource: Object, service: str | None, document: Structured, place: Place) -> Span:
    trace = _identifier(span.get("traceId"), _TRACE_BYTES, "traceId")
    id_ = _identifier(span.get("spanId"), _SPAN_BYTES, "spanId")
    if trace is None or id_ is None:
        raise Unreadable(f"a span has no {'spanId' if trace else 'traceId'}")
    name, kind = span.get("name"), _kind(span.get("kind"))
    parent = _identifier(span.get("parentSpanId"), _SPAN_BYTES, "parentSpanId")
    attributes = _attributes(span)
    unknown = sorted(span.keys() - _OF_SPAN)
    doubt = (
        f"the field {shown(unknown[0])}"
        if unknown
        else f"the kind {shown(span['kind'])}"
        if kind is None
        else None
    )
    return Span(
        trace,
        id_,
        parent or ("(not named)" if _has_remote_parent(span) else None),
        service,
        name if isinstance(name, str) else "",
        kind or "UNSPECIFIED",
        _may_have_remote_parent(span, kind),
        _nanoseconds(span.get("startTimeUnixNano"), "startTimeUnixNano"),
        _nanoseconds(span.get("endTimeUnixNano"), "endTimeUnixNano"),
        document,
        place,
        links=tuple(_links(span)),
        called=called(attributes),
        is_thinned=is_thinned(span.get("traceState"), {**_attributes(resource), **attributes}),
        doubt=doubt,
    )


def _kind(value: Json) -> str | None:
    """Return the name of a kind; None if OTLP has no such kind."""
    if isinstance(value, str):
        name = value.removeprefix("SPAN_KIND_")
        return name if name in _KINDS.values() and name != value else None
    return _KINDS.get(value or 0) if not isinstance(value, bool | float | list | dict) else None


def _links(span: Object) -> Iterator[str]:
    for link in listed(span, "links", "a link"):
        id_ = _identifier(camel(link).get("spanId"), _SPAN_BYTES, "spanId")
        if id_:
            yield id_


def _has_remote_parent(span: Object) -> bool | None:
    """Return whether the parent is in another process; None if the flags do not say."""
    flags = count(span.get("flags") or 0, "the flags of a span")
    return bool(flags & _REMOTE) if flags & _KNOWN_IF_REMOTE else None


def _may_have_remote_parent(span: Object, kind: str | None) -> bool:
    remote = _has_remote_parent(span)
    return kind in ("SERVER", "CONSUMER") if remote is None else remote


def _identifier(value: object, length: int, name: str) -> str | None:
    """Return an identifier of `length` bytes in hexadecimal; None if it is empty or all zero."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        identifier = value.lower()
        if len(value) != 2 * length or not _HEX.fullmatch(identifier):
            identifier = _from_base64(value, length)
        if identifier:
            return identifier if identifier.strip("0") else None
    raise Unreadable(f"{name} of a span is {shown(value)}, not an identifier of {length} bytes")


def _from_base64(value: str, length: int) -> str:
    encoded = 4 * -(-length // 3)
    if len(value) != encoded or not _BASE64.fullmatch(value):
        return ""
    identifier = b64decode(value)
    return identifier.hex() if len(identifier) == length else ""


def _nanoseconds(value: object, name: str) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        value = int(value)
    number = 0 if value is None else count(value, f"{name} of a span")
    if number >= _LARGEST:
        raise Unreadable(f"{name} of a span is {shown(value)}, more than 64 bits")
    return number
