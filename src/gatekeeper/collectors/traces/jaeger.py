"""Traces as Jaeger's interface downloads them: the processes of each trace beside its spans."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import count, entries, first_text, listed, section, shown
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.traces import _b3
from gatekeeper.collectors.traces._attributes import called, is_thinned
from gatekeeper.collectors.traces.read import Place, Span, TraceExport, exported
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="Jaeger",
    seen="by its source, 1.x and 2.x",
    source="https://github.com/jaegertracing/jaeger/blob/main/internal/uimodel/model.go",
    command="curl 'JAEGER/api/traces?service=NAME', or the download of a trace in the interface",
    recognised="`data`, a list of traces with `traceID`, `spans` and `processes`",
    models="spans, references, services, kinds, dropped attributes, samplers, errors of the answer",
    not_modelled="logs, errors and warnings of spans; a limit of the query, which the answer does not state",
)
_OF_ANSWER = frozenset({"total", "limit", "offset", "errors"})
_OF_TRACE = frozenset({"traceID", "spans", "processes"})
_OF_SPAN = frozenset({
    "traceID", "spanID", "parentSpanID", "flags", "operationName", "references", "startTime", "duration",
    "tags", "logs", "processID", "process", "warnings",
})  # fmt: skip
_PARENTS = ("CHILD_OF", "FOLLOWS_FROM")
"""The types of references, the stronger first: in the trace of the span each names a parent."""


class _Ancestry(NamedTuple):
    """Where the references of a span lead."""

    parent: str | None
    links: tuple[str, ...]
    doubt: str | None = None


def recognises(content: Content) -> bool:
    """Return whether the JSON is an answer with traces, an answer without any, or a trace alone."""
    answer = content.json
    if not isinstance(answer, dict):
        return False
    if answer.keys() >= _OF_TRACE:
        return True
    traces = answer.get("data")
    if traces == []:
        return answer.keys() >= _OF_ANSWER
    return isinstance(traces, list) and isinstance(traces[0], dict) and traces[0].keys() >= _OF_TRACE


def read(content: Content) -> TraceExport:
    """Return the spans of all traces."""
    document = content.json_document
    answer = document.object
    traces = [answer] if "spans" in answer else list(listed(answer, "data", "a trace"))
    places: list[Place] = [()] if "spans" in answer else [("data", index) for index in range(len(traces))]
    spans = chain.from_iterable(map(_spans, traces, places, [document] * len(traces)))
    return exported("jaeger", list(spans), list(_lacking(answer, traces)))


def _lacking(answer: Object, traces: list[Object]) -> Iterator[str]:
    """Yield what an answer says about traces and spans that it does not have."""
    for error in entries(answer.get("errors"), "errors"):
        what = first_text(error, "msg") if isinstance(error, dict) else None
        yield f"Jaeger reports an error: {what or shown(error)}"
    if (total := count(answer.get("total") or 0, "total")) > len(traces):
        yield f"{len(traces)} of {total} traces"
    for trace in traces:
        yield from (
            f"Jaeger warns: {shown(warning)}" for warning in entries(trace.get("warnings"), "warnings")
        )
    if empty := sum(not trace.get("spans") for trace in traces):
        yield f"{empty} traces list no span"


def _spans(trace: Object, path: Place, document: Structured) -> Iterator[Span]:
    processes = section(trace, "processes")
    id_ = _b3.identifier(trace.get("traceID"), _b3.TRACE_DIGITS, "traceID")
    for index, span in enumerate(listed(trace, "spans", "a span")):
        found = _span(span, processes, document, (*path, "spans", index))
        if found.trace != id_:
            raise Unreadable(f"the span {found.id} of the trace {found.trace} is listed in the trace {id_}")
        yield found


def _span(span: Object, processes: Object, document: Structured, place: Place) -> Span:
    trace = _b3.named(_b3.identifier(span.get("traceID"), _b3.TRACE_DIGITS, "traceID"), "traceID")
    process = span.get("process") or processes.get(str(span.get("processID")))
    service = first_text(process, "serviceName") if isinstance(process, dict) else None
    tags = _tags(span)
    kind = str(tags.get("span.kind", "unspecified")).upper()
    ancestry = _ancestry(span, trace)
    unknown = sorted(span.keys() - _OF_SPAN)
    doubts = (
        f"the field {shown(unknown[0])}" if unknown else None,
        None if kind in _b3.KINDS or "span.kind" not in tags else f"the kind {shown(tags['span.kind'])}",
        None if service else "its process has no name, or is not in the file",
        ancestry.doubt,
    )
    starts = _b3.nanoseconds(span.get("startTime"), "startTime")
    return Span(
        trace,
        _b3.named(_b3.identifier(span.get("spanID"), _b3.SPAN_DIGITS, "spanID"), "spanID"),
        ancestry.parent,
        service[: _b3.LONGEST_NAME] if service else None,
        first_text(span, "operationName") or "",
        kind if kind in _b3.KINDS else "UNSPECIFIED",
        kind in ("SERVER", "CONSUMER"),
        starts,
        _b3.ended(starts, _b3.nanoseconds(span.get("duration"), "duration")),
        document,
        place,
        is_cut=bool(tags.get(_b3.DROPPED)),
        links=ancestry.links,
        called=called(tags),
        is_thinned=is_thinned(
            tags.get("w3c.tracestate"), {**_tags(process if isinstance(process, dict) else {}), **tags}
        ),
        doubt=next(filter(None, doubts), None),
    )


def _tags(owner: Object) -> Mapping[str, Json]:
    """Return the tags by key; of those that share a key the first."""
    found: dict[str, Json] = {}
    for tag in listed(owner, "tags", "a tag"):
        if key := first_text(tag, "key"):
            found.setdefault(key, tag.get("value"))
    return found


def _ancestry(span: Object, trace: str) -> _Ancestry:
    """Return the parent: the first child-of in the same trace, else the first follows-from in it."""
    of_types: list[tuple[str | None, str]] = []
    others: list[str] = []
    unknown = None
    for each in listed(span, "references", "a reference"):
        type_ = first_text(each, "refType")
        id_ = _b3.identifier(each.get("spanID"), _b3.SPAN_DIGITS, "a reference")
        owner = _b3.identifier(each.get("traceID"), _b3.TRACE_DIGITS, "the trace of a reference")
        if type_ not in _PARENTS or id_ is None or owner is None:
            unknown = f"a reference of the type {shown(type_)}" if id_ and owner else "a reference to nothing"
        elif owner == trace:
            of_types.append((type_, id_))
        else:
            others.append(id_)
    stated = _b3.identifier(span.get("parentSpanID"), _b3.SPAN_DIGITS, "parentSpanID")
    ranked = [id_ for type_ in _PARENTS for name, id_ in of_types if name == type_]
    parent = next(iter(ranked), stated)
    return _Ancestry(parent, tuple(id_ for id_ in (*ranked, *others) if id_ != parent), unknown)
