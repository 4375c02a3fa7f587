"""Traces in OTLP's JSON encoding, as exporters send it and the collector's file exporter writes it."""

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.traces._otlp import camel, lacking, spans_of
from gatekeeper.collectors.traces.read import Span, TraceExport, exported
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="OpenTelemetry: exporters and the collector's file exporter",
    seen="OTLP 1.x, and the names of 0.x",
    source="https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding",
    command="the exporter `file` of the OpenTelemetry collector",
    recognised="`resourceSpans`, or the lists of the other signals, in the first document that is not empty",
    models="spans, their parents and links, services, kinds, flags, dropped attributes, signs of sampling",
    not_modelled="events and the status of spans; logs, metrics and profiles in the file are skipped",
)
_SIGNALS = frozenset({"resourceSpans", "resourceLogs", "resourceMetrics", "resourceProfiles"})


def recognises(content: Content) -> bool:
    """Return whether the first document that is not empty has spans, logs, metrics or profiles."""
    first = next((value for value in content.leading if value != {}), None)
    if first is None:
        return bool(content.leading)
    return isinstance(first, dict) and not _SIGNALS.isdisjoint(camel(first))


def read(content: Content) -> TraceExport:
    """Return the spans of all documents; logs, metrics and profiles are skipped."""
    spans, empty = list[Span](), 0
    for document in content.stream():
        owner = _checked(document.object)
        spans += spans_of(document, owner)
        empty += lacking(owner)
    return exported("otlp-json", spans, empty=empty)


def _checked(document: Object) -> Object:
    value = camel(document)
    if value and _SIGNALS.isdisjoint(value):
        raise Unreadable("JSON, but not OTLP: it has no `resourceSpans`")
    return value
