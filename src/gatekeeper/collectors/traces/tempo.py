"""A trace as Tempo's API returns it: OTLP's resources under `batches`, or in `trace`."""

from collections.abc import Iterator

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import first_text, section
from gatekeeper.collectors.traces._otlp import camel, lacking, spans_of
from gatekeeper.collectors.traces.read import Span, TraceExport, exported
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="Grafana Tempo",
    seen="by its source, 1.x and 2.x",
    source="https://github.com/grafana/tempo/blob/main/pkg/tempopb/tempo.proto",
    command="curl -H 'Accept: application/json' TEMPO/api/v2/traces/ID",
    recognised="`batches`, a list of resources with spans, or a `trace` with such a list",
    models="spans as in OTLP, and the status of the answer",
    not_modelled="the metrics of the answer",
)
_LISTS = ("batches", "resourceSpans")


def recognises(content: Content) -> bool:
    """Return whether the first document has resources of OTLP under a key of Tempo."""
    return _resources(content.first) is not None


def read(content: Content) -> TraceExport:
    """Return the spans of all documents; one that Tempo calls partial is partial."""
    spans, partial, empty = list[Span](), list[str](), 0
    for document in content.stream():
        found = _resources(document.value)
        if found is None:
            raise Unreadable("JSON, but not a trace of Tempo: it has no `batches`")
        owner, path, key = found
        spans += spans_of(document, owner, *path, key=key)
        empty += lacking(owner, key)
        partial += _lacking(camel(document.object))
    return exported("tempo", spans, partial, empty=empty)


def _resources(answer: Json) -> tuple[Object, tuple[str, ...], str] | None:
    """Return the object that has the list of resources, its path, and the key of the list."""
    if not isinstance(answer, dict):
        return None
    if isinstance(answer.get("batches"), list):
        return answer, (), "batches"
    trace = answer.get("trace")
    if not isinstance(trace, dict):
        return None
    owner = camel(trace)
    return next(((owner, ("trace",), key) for key in _LISTS if isinstance(owner.get(key), list)), None)


def _lacking(answer: Object) -> Iterator[str]:
    status = answer.get("status")
    if status not in (None, "COMPLETE", 0):
        said = first_text(answer, "message")
        yield f"Tempo calls the trace {str(status)[:40].lower()}" + (f": {said}" if said else "")
    if failed := section(answer, "metrics").get("failedBlocks"):
        yield f"Tempo could not search {failed} blocks"
