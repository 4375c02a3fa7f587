"""Exported OpenTelemetry traces in OTLP's JSON encoding; one file, or several that are merged.

The spans of a trace may be spread over the files; a span that was exported twice counts once.

A span whose parent is not in the artefact breaks its trace, unless the trace was entered there from outside:
by a browser, a test runner or a gateway that exports no spans. That is granted to one missing parent of a
trace that has no root here: to that of the earliest span which may have a parent in another process, by its
flags, else because it is of the kind server or consumer. Whatever else hangs in the air is broken: a service
in between exported nothing, or spans were sampled away. So the run is to sample all traces, and the spans of
a browser that makes several calls in one trace belong into the artefact.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class TracesFacts(NamedTuple):
    """What exported OpenTelemetry traces say; null where they do not."""

    services: tuple[str, ...] | None = None
    """Each `service.name`, sorted; spans without one have no service."""
    spans: int | None = None
    broken: tuple[Finding, ...] | None = None
    """Spans whose parent is missing, other than where their trace was entered from outside."""
    crossings: int | None = None
    """Spans whose parent belongs to another service: `traceparent` was passed on."""
    boundaries: tuple[str, ...] | None = None
    """The pairs of services between which it was, sorted: `caller > called`."""
    traces: int | None = None
    entries: int | None = None
    """Traces that were entered from outside of the artefact, and have no root in it."""


FACTS = TracesFacts
