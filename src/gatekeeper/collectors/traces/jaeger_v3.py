"""Traces as version 3 of Jaeger's API returns them: OTLP's resources in `result`, perhaps one a line."""

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.traces._otlp import camel, lacking, spans_of
from gatekeeper.collectors.traces.read import Span, TraceExport, exported
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="Jaeger, version 3 of its API",
    seen="by its source, 2.x",
    source="https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v3/query_service.proto",
    command="curl JAEGER/api/v3/traces/ID",
    recognised="`result` with `resourceSpans`",
    models="spans as in OTLP",
)


def recognises(content: Content) -> bool:
    """Return whether the first document has the resources of OTLP as a result."""
    return _result(content.first) is not None


def read(content: Content) -> TraceExport:
    """Return the spans of all results; an error among them makes the file unreadable."""
    spans, empty = list[Span](), 0
    for document in content.stream():
        if (result := _result(document.value)) is None:
            raise Unreadable("JSON, but not a result of Jaeger: it has no `result.resourceSpans`")
        spans += spans_of(document, result, "result")
        empty += lacking(result)
    return exported("jaeger-v3", spans, empty=empty)


def _result(answer: Json) -> Object | None:
    result = answer.get("result") if isinstance(answer, dict) else None
    found = camel(result) if isinstance(result, dict) else {}
    return found if isinstance(found.get("resourceSpans"), list) else None
