"""Spans in Zipkin's JSON, version 2: a list of spans, or a list of traces, which are lists of spans.

The caller and the called service of one remote call may share the identifier of a span, as B3 allows: the
half of the server has `shared`. It is read as a child of the half of the client, and the spans that it
started in its service as its children.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import first_text, listing, mapping, section, shown
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.traces import _b3
from gatekeeper.collectors.traces._attributes import called, is_thinned
from gatekeeper.collectors.traces.read import Place, Span, TraceExport, exported
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="Zipkin, and exporters that write its JSON",
    seen="version 2, by @opentelemetry/exporter-zipkin 2.12.1",
    source="https://github.com/openzipkin/zipkin-api/blob/master/zipkin2-api.yaml",
    command="curl 'ZIPKIN/api/v2/traces?serviceName=NAME'",
    recognised="a list whose first span has `traceId` and `id`, or a list of such lists",
    models="spans, parents, shared identifiers, services and kinds, remote services, dropped attributes",
    not_modelled="annotations and errors of spans; a trace that some write with 64 bits and others with 128",
)
_OF_SPAN = frozenset({
    "traceId", "parentId", "id", "kind", "name", "timestamp", "duration", "debug", "shared", "localEndpoint",
    "remoteEndpoint", "annotations", "tags",
})  # fmt: skip
_SERVER_HALF = "/server"
"""What is added to the identifier that the half of a server shares."""
_OF_A_SPAN = frozenset({"duration", "kind", "localEndpoint", "remoteEndpoint"})
"""What a span has besides its identifiers; observations of Langfuse have those, too."""


def recognises(content: Content) -> bool:
    """Return whether the first span of the first list has the identifiers of Zipkin."""
    first = _first(_first(content.leading))
    span = _first(first) if isinstance(first, list) else first
    if not isinstance(span, dict) or not all(isinstance(span.get(key), str) for key in ("traceId", "id")):
        return False
    return isinstance(span.get("timestamp"), int) or not _OF_A_SPAN.isdisjoint(span)


def read(content: Content) -> TraceExport:
    """Return the spans of all traces."""
    spans = list(chain.from_iterable(map(_spans, content.stream())))
    return exported("zipkin", list(_with_halves(spans)))


def _first(items: Json) -> Json:
    """Return the first item of a list that is not empty; None without one."""
    return next((item for item in items if item), None) if isinstance(items, list) else None


def _spans(document: Structured) -> Iterator[Span]:
    for index, item in enumerate(listing(document.value, "the document")):
        if isinstance(item, list):
            for inner, span in enumerate(item):
                yield _span(mapping(span, "a span"), document, (index, inner))
        else:
            yield _span(mapping(item, "a span"), document, (index,))


def _span(span: Object, document: Structured, place: Place) -> Span:
    if "binaryAnnotations" in span:
        raise Unreadable("spans of version 1 of Zipkin's JSON; export version 2: `/api/v2/traces`")
    id_ = _b3.named(_b3.identifier(span.get("id"), _b3.SPAN_DIGITS, "id"), "id")
    parent = _b3.identifier(span.get("parentId"), _b3.SPAN_DIGITS, "parentId")
    kind, tags = span.get("kind"), section(span, "tags")
    unknown = sorted(span.keys() - _OF_SPAN)
    is_known = kind is None or kind in _b3.KINDS
    starts = _b3.nanoseconds(span.get("timestamp"), "timestamp")
    service = first_text(section(span, "localEndpoint"), "serviceName")
    return Span(
        _b3.named(_b3.identifier(span.get("traceId"), _b3.TRACE_DIGITS, "traceId"), "traceId"),
        id_ + _SERVER_HALF if span.get("shared") is True else id_,
        parent if parent != id_ else None,
        service[: _b3.LONGEST_NAME] if service else None,
        first_text(span, "name") or "",
        str(kind) if kind and is_known else "UNSPECIFIED",
        kind in ("SERVER", "CONSUMER"),
        starts,
        _b3.ended(starts, _b3.nanoseconds(span.get("duration"), "duration")),
        document,
        place,
        is_cut=bool(tags.get(_b3.DROPPED)),
        called=_called(span, tags),
        is_thinned=is_thinned(tags.get("w3c.tracestate"), tags),
        doubt=f"the field {shown(unknown[0])}"
        if unknown
        else None
        if is_known
        else f"the kind {shown(kind)}",
    )


def _called(span: Object, tags: Object) -> str | None:
    """Return the service that a call names; `*` for the broker of a message."""
    remote = first_text(section(span, "remoteEndpoint"), "serviceName")
    if remote and span.get("kind") == "CLIENT":
        return remote.lower()[: _b3.LONGEST_NAME]
    return "*" if remote and span.get("kind") == "PRODUCER" else called(tags)


def _with_halves(spans: Sequence[Span]) -> Iterator[Span]:
    """Yield spans; the half of a server is a child of that of the client, and the parent of its own spans."""
    clients = {(span.trace, span.id) for span in spans if span.kind == "CLIENT"}
    marked = [
        span._replace(id=span.id + _SERVER_HALF)
        if span.kind == "SERVER" and (span.trace, span.id) in clients
        else span
        for span in spans
    ]
    served = {(span.trace, span.id, span.service) for span in marked if span.id.endswith(_SERVER_HALF)}
    for span in marked:
        half = f"{span.parent}{_SERVER_HALF}"
        if span.id.endswith(_SERVER_HALF):
            yield span._replace(parent=span.id.removesuffix(_SERVER_HALF))
        else:
            yield span._replace(parent=half) if (span.trace, half, span.service) in served else span
