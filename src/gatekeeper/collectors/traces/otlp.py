"""Spans out of OTLP's JSON encoding, as exporters send it and the collector's file exporter writes it.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding (OTLP 1.x, and the names that 0.x had).
Identifiers are hexadecimal in either case, 64-bit numbers are text or numbers, and what is absent has its
default. Tools that use Protobuf's own mapping write identifiers in base64 and kinds by name; they are read.
"""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gatekeeper.collectors.reading.figures import count, listing, mapping, shown
from gatekeeper.collectors.reading.json_lines import JsonDocument
from gatekeeper.model.evidence import Finding, Unreadable

_SIGNALS = frozenset({"resourceSpans", "resourceLogs", "resourceMetrics", "resourceProfiles"})
_HEX = re.compile(r"[0-9a-f]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_TRACE_BYTES, _SPAN_BYTES = 16, 8
_LARGEST = 2**64
_LONGEST_NAME = 200
"""A service's name stands in every finding about its spans, so it is not to be of any length."""
_KNOWN_IF_REMOTE, _REMOTE = 0x100, 0x200
"""SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK and SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK, since OTLP 1.1."""
_ANSWERS = frozenset({2, 5, "SPAN_KIND_SERVER", "SPAN_KIND_CONSUMER"})
"""Kinds of spans whose parent is, by their meaning, in the process that called or sent."""


class Span(NamedTuple):
    """What is needed of a span."""

    trace: str
    id: str
    parent: str | None
    """None for a root; as all identifiers in lower-case hexadecimal."""
    service: str | None
    """`service.name` of its resource."""
    name: str
    may_have_remote_parent: bool
    """Whether the parent may belong to another process: by the flags, else by the kind of the span."""
    starts: int
    """Nanoseconds since 1970, 0 where they are not told."""
    ends: int
    document: JsonDocument
    place: tuple[int, str, int, str, int]
    """The indices of resource, scope and span, and the names in between."""

    def finding(self, message: str) -> Finding:
        """Return a finding about this span."""
        named = f" {shown(self.name)}" if self.name else ""
        of = f" of {self.service}" if self.service else ""
        told = f"span {self.id}{named}{of}, trace {self.trace}: {message}"
        return self.document.finding(told, "resourceSpans", *self.place)


def read(document: JsonDocument) -> Iterator[Span]:
    """Yield the spans of a document; logs and metrics, which may stand in the same file, are passed over."""
    value = mapping(document.value, "the document")
    if value and _SIGNALS.isdisjoint(value):
        raise Unreadable("JSON, but no OTLP: there is no `resourceSpans`")
    for index, item in enumerate(_items(value, "resourceSpans")):
        of_resource = mapping(item, "an item of resourceSpans")
        service = _service_name(of_resource.get("resource"))
        scopes = "scopeSpans" if "scopeSpans" in of_resource else "instrumentationLibrarySpans"
        for scope_index, scope in enumerate(_items(of_resource, scopes)):
            for span_index, span in enumerate(_items(mapping(scope, f"an item of {scopes}"), "spans")):
                place = (index, scopes, scope_index, "spans", span_index)
                yield _span(mapping(span, "a span"), service, document, place)


def _items(value: Mapping[str, Any], name: str) -> list[Any]:
    items = value.get(name)
    return [] if items is None else listing(items, name)


def _service_name(resource: object) -> str | None:
    """Return the name of a service, where the resource has one: an attribute may lack its key or value."""
    for attribute in _items(mapping(resource or {}, "a resource"), "attributes"):
        if isinstance(attribute, dict) and attribute.get("key") == "service.name":
            value = attribute.get("value")
            name = value.get("stringValue") if isinstance(value, dict) else None
            return name[:_LONGEST_NAME] if isinstance(name, str) and name else None
    return None


def _span(
    span: Mapping[str, Any],
    service: str | None,
    document: JsonDocument,
    place: tuple[int, str, int, str, int],
) -> Span:
    trace = _identifier(span.get("traceId"), _TRACE_BYTES, "traceId")
    id_ = _identifier(span.get("spanId"), _SPAN_BYTES, "spanId")
    if trace is None or id_ is None:
        raise Unreadable(f"a span has no {'spanId' if trace else 'traceId'}")
    name = span.get("name")
    return Span(
        trace,
        id_,
        _identifier(span.get("parentSpanId"), _SPAN_BYTES, "parentSpanId"),
        service,
        name if isinstance(name, str) else "",
        _may_have_remote_parent(span),
        _nanoseconds(span.get("startTimeUnixNano"), "startTimeUnixNano"),
        _nanoseconds(span.get("endTimeUnixNano"), "endTimeUnixNano"),
        document,
        place,
    )


def _may_have_remote_parent(span: Mapping[str, Any]) -> bool:
    flags = count(span.get("flags") or 0, "the flags of a span")
    if flags & _KNOWN_IF_REMOTE:
        return bool(flags & _REMOTE)
    kind = span.get("kind")
    return isinstance(kind, int | str) and kind in _ANSWERS


def _identifier(value: object, length: int, name: str) -> str | None:
    """Return an identifier of so many bytes; None where it is empty or all zero, which stands for none."""
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
