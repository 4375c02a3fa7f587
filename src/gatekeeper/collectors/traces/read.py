"""Read evidence of the kind `traces`."""

from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import chain

from gatekeeper.collectors.reading.globs import texts
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.collectors.reading.subjects import services
from gatekeeper.collectors.traces._calls import Calls, follow
from gatekeeper.collectors.traces._export import TraceExport, exported
from gatekeeper.collectors.traces._span import Place, Span
from gatekeeper.collectors.traces.facts import PLACES, TracesFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, NotUnderstood, Options

__all__ = ["FORMATS", "Place", "Span", "TraceExport", "collect", "exported"]


FORMATS = Formats[TraceExport]("traces")
_UNNAMED = "its call does not arrive in another service, and does not say what it calls"
_Trace = Mapping[str, Span]
"""Spans by their identifiers."""


def collect(artefact: Artefact, options: Options) -> Collected[TracesFacts]:
    """Read the spans of all files and group them by trace.

    Args:
        artefact: The files.
        options: `external`: hosts that export no spans.
    """
    # A file of other signals has no time.
    exports = [export for export in FORMATS.read_each(artefact, options) if export.spans]
    traces: dict[str, dict[str, Span]] = {}
    for span in (span for export in exports for span in export.spans):
        traces.setdefault(span.trace, {}).setdefault(span.id, span)
    if not traces:
        raise Absent(f"{artefact.path} holds no span")
    calls = follow([span for trace in traces.values() for span in trace.values()])
    facts = _facts(list(traces.values()), calls, texts(options.get("external")))
    # Each service may have written a file of its own, so a file is about all between which the traces lead.
    crossed = dict.fromkeys(name for pair in facts.boundaries or () for name in pair.split(" > "))
    about = services(*crossed or facts.services or ())
    unnamed = {id(span) for span in calls.unnamed}
    origins = (
        export.origin._replace(subjects=about, not_understood=_doubts(export, unnamed)) for export in exports
    )
    return Collected(facts, tuple(origins))


def _doubts(export: TraceExport, unnamed: Container[int]) -> tuple[NotUnderstood, ...]:
    ledger = Ledger(PLACES)
    for span in export.spans:
        for kind, doubt in (("span", span.doubt), ("call", _UNNAMED if id(span) in unnamed else None)):
            if doubt:
                ledger.add(kind, span.finding(doubt))
    return ledger.places()


def _facts(traces: Sequence[_Trace], calls: Calls, external: Sequence[str]) -> TracesFacts:
    crossings = [*(crossing for trace in traces for crossing in _crossings(trace)), *calls.linked]
    suppliers = tuple(f".{host}" for host in external)
    entered = [_entered(trace) for trace in traces]
    return TracesFacts(
        services=tuple(sorted({span.service for trace in traces for span in trace.values() if span.service})),
        spans=sum(map(len, traces)),
        broken=(*chain.from_iterable(map(_broken, traces, entered)), *calls.restarted),
        uncrossed=tuple(calls.uncrossed),
        beyond=tuple(sorted(host for host in calls.beyond if not f".{host}".endswith(suppliers))),
        crossings=len(crossings),
        boundaries=tuple(sorted({f"{caller} > {called}" for caller, called in crossings})),
        traces=len(traces),
        entries=sum(entry is not None for entry in entered),
    )


def _crossings(trace: _Trace) -> Iterator[tuple[str, str]]:
    """Yield the calling and the called service of each span whose parent belongs to another service."""
    for span in trace.values():
        parent = trace.get(span.parent) if span.parent else None
        if parent and parent.service and span.service and parent.service != span.service:
            yield parent.service, span.service


def _orphans(trace: _Trace) -> list[Span]:
    return [span for span in trace.values() if span.parent and span.parent not in trace]


def _entered(trace: _Trace) -> str | None:
    """Return the missing parent through which the trace was entered; None if the trace has a root here."""
    if any(span.parent is None for span in trace.values()):
        return None
    candidates = [span for span in _orphans(trace) if span.may_have_remote_parent]
    return min(candidates, key=lambda span: (span.starts, span.id)).parent if candidates else None


def _broken(trace: _Trace, entered_from: str | None) -> Iterator[Finding]:
    orphans = _orphans(trace)
    for span in orphans:
        if span.parent != entered_from or not span.may_have_remote_parent:
            yield span.finding(f"its parent {span.parent} is missing")
    if not orphans and all(span.parent for span in trace.values()):
        yield next(iter(trace.values())).finding("the trace has no root: each span has a parent in it")
