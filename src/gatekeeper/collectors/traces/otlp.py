"""Spans in OTLP's JSON encoding, as exporters send it and the collector's file exporter writes it.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding (OTLP 1.x, and the names that 0.x had).
Identifiers are hexadecimal in either case, 64-bit numbers are text or numbers, and missing values have their
default. Identifiers in base64 and kinds by name, the mapping of Protobuf, are also read.
"""

import re
from base64 import b64decode
from collections.abc import Iterator

from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import count, entries, listed, section, shown
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.traces.read import Place, Span, TraceExport
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax.json import Object

_SIGNALS = frozenset({"resourceSpans", "resourceLogs", "resourceMetrics", "resourceProfiles"})
_HEX = re.compile(r"[0-9a-f]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_TRACE_BYTES, _SPAN_BYTES = 16, 8
_LARGEST = 2**64
_LONGEST_NAME = 200
"""Every finding about a span contains the name of its service, so its length is limited."""
_KNOWN_IF_REMOTE, _REMOTE = 0x100, 0x200
"""SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK and SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK, since OTLP 1.1."""
_ANSWERS = frozenset({2, 5, "SPAN_KIND_SERVER", "SPAN_KIND_CONSUMER"})
"""Kinds of spans whose parent is in the process that called or sent."""


def recognises(content: Content) -> bool:
    """Return whether the first document that is not empty has spans, logs, metrics or profiles."""
    values = (document.value for document in content.lines)
    first = next((value for value in values if value != {}), None)
    if first is None:
        return bool(content.lines)
    return isinstance(first, dict) and not _SIGNALS.isdisjoint(first)


def read(content: Content) -> TraceExport:
    """Return the spans of all documents; logs, metrics and profiles are skipped."""
    spans = [span for document in content.lines for span in _spans(document)]
    times = [span.ends or span.starts for span in spans]
    cut = sum(span.is_cut for span in spans)
    origin = Origin(
        "otlp-json",
        produced_at=instants.from_epoch(min(times) / 1e9) if times and all(times) else None,
        partial=(f"attributes of {cut} of {len(spans)} spans were dropped",) if cut else (),
        items=len(spans),
    )
    return TraceExport(origin, spans)


def _spans(document: Structured) -> Iterator[Span]:
    value = document.object
    if value and _SIGNALS.isdisjoint(value):
        raise Unreadable("JSON, but not OTLP: it has no `resourceSpans`")
    for index, of_resource in enumerate(_items(value, "resourceSpans")):
        resource = section(of_resource, "resource", "a resource")
        service = _service_name(resource)
        scopes = "scopeSpans" if "scopeSpans" in of_resource else "instrumentationLibrarySpans"
        for scope_index, scope in enumerate(_items(of_resource, scopes)):
            is_cut = _is_cut(resource) or _is_cut(section(scope, "scope"))
            for span_index, span in enumerate(listed(scope, "spans", "a span")):
                place = (index, scopes, scope_index, "spans", span_index)
                yield _span(span, service, document, place, is_cut=is_cut or _is_cut(span))


def _is_cut(owner: Object) -> bool:
    return count(owner.get("droppedAttributesCount") or 0, "droppedAttributesCount") > 0


def _items(value: Object, name: str) -> Iterator[Object]:
    return listed(value, name, f"an item of {name}")


def _service_name(resource: Object) -> str | None:
    """Return the name of the service of a resource; None if it has none."""
    for attribute in entries(resource.get("attributes"), "attributes"):
        if isinstance(attribute, dict) and attribute.get("key") == "service.name":
            value = attribute.get("value")
            name = value.get("stringValue") if isinstance(value, dict) else None
            return name[:_LONGEST_NAME] if isinstance(name, str) and name else None
    return None


def _span(span: Object, service: str | None, document: Structured, place: Place, *, is_cut: bool) -> Span:
    trace = _identifier(span.get("traceId"), _TRACE_BYTES, "traceId")
    id_ = _identifier(span.get("spanId"), _SPAN_BYTES, "spanId")
    if trace is None or id_ is None:
        raise Unreadable(f"a span has no {'spanId' if trace else 'traceId'}")
    name = span.get("name")
    parent = _identifier(span.get("parentSpanId"), _SPAN_BYTES, "parentSpanId")
    return Span(
        trace,
        id_,
        parent or ("(not named)" if _has_remote_parent(span) else None),
        service,
        name if isinstance(name, str) else "",
        _may_have_remote_parent(span),
        _nanoseconds(span.get("startTimeUnixNano"), "startTimeUnixNano"),
        _nanoseconds(span.get("endTimeUnixNano"), "endTimeUnixNano"),
        document,
        place,
        is_cut,
    )


def _has_remote_parent(span: Object) -> bool | None:
    """Return whether the parent is in another process; None if the flags do not say."""
    flags = count(span.get("flags") or 0, "the flags of a span")
    return bool(flags & _REMOTE) if flags & _KNOWN_IF_REMOTE else None


def _may_have_remote_parent(span: Object) -> bool:
    if (remote := _has_remote_parent(span)) is not None:
        return remote
    kind = span.get("kind")
    return isinstance(kind, int | str) and kind in _ANSWERS


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
