"""Exported traces: OTLP's JSON encoding, or that of Jaeger, Tempo or Zipkin; one file, or several merged.

The spans of a trace may be spread over the files; a span that was exported twice counts once.

A span whose parent is not in the artefact breaks its trace, unless the trace was entered there from outside:
by a browser, a test runner or a gateway that exports no spans. One missing parent per trace counts as this
entry, if the trace has no root in the artefact: the parent of the earliest span that may have a parent in
another process, by its flags, else by its kind server or consumer. Every other span with a missing parent is
broken: a service in between exported nothing, or spans were not sampled. So the run must sample all traces,
and the spans of a browser that makes several calls in one trace must be in the artefact.

A call that does not arrive in another service is understood if it says what it calls: a service of the files,
or something else, such as a database, a broker or another host. Otherwise it is not understood.

The subjects of each file are the services between which the traces lead; all services, if they lead nowhere.
The end of the oldest span dates a file. It is partial if attributes of a span or resource were dropped, if
spans say that others were left out by sampling, or if Jaeger or Tempo says that its answer is not whole.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class TracesFacts(NamedTuple):
    """Exported traces; a fact is null if the files do not state it."""

    services: tuple[str, ...] | None = None
    """The name of each service, sorted; spans without it have no service."""
    spans: int | None = None
    broken: tuple[Finding, ...] | None = None
    """Spans whose parent is missing, except where their trace was entered from outside.

    Also roots that lost the context: they link to a span of another service, or began while a call of another
    service, which arrived nowhere, waited for an answer.
    """
    uncrossed: tuple[Finding, ...] | None = None
    """Calls (spans of the kind client or producer) that name a service of the files and do not arrive."""
    beyond: tuple[str, ...] | None = None
    """The services and hosts that calls name and of which no span is in the files, sorted.

    Databases and brokers are left out, and so is what the option `external` of the slot lists: hosts that
    export no spans, with those below them.
    """
    crossings: int | None = None
    """Spans whose parent, and links of consumers whose span, belongs to another service."""
    boundaries: tuple[str, ...] | None = None
    """The pairs of services of the crossings, sorted: `caller > called`."""
    traces: int | None = None
    entries: int | None = None
    """Traces that were entered from outside and have no root in the artefact."""


FACTS = TracesFacts
OPTIONS = frozenset({"external"})
PLACES = {
    "span": frozenset({"broken", "uncrossed", "beyond", "crossings", "boundaries", "entries"}),
    "call": frozenset({"uncrossed", "beyond"}),
}
AMOUNTS = ("spans",)
MEASURES = True
