"""The spans of one file, and what they say of themselves: when they ended, and whether some are missing."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.traces._span import Span
from gatekeeper.model.evidence import Origin


class TraceExport(NamedTuple):
    """The spans of one file. A format of this kind returns it."""

    origin: Origin
    spans: Sequence[Span]


def exported(
    format_: str, spans: Sequence[Span], partial: Iterable[str] = (), *, empty: int = 0
) -> TraceExport:
    """Return spans with their origin.

    Args:
        format_: The name of the format.
        spans: In their order.
        partial: Why the file is not whole, besides what its spans say.
        empty: How many resources or scopes list no span; no exporter writes such.
    """
    times = [span.ends or span.starts for span in spans]
    cut, thinned = sum(span.is_cut for span in spans), sum(span.is_thinned for span in spans)
    dropped = (f"attributes of {cut} of {len(spans)} spans were dropped",) if cut else ()
    sampled = (f"{thinned} of {len(spans)} spans say that others were not sampled",) if thinned else ()
    lacking = (f"{empty} resources or scopes list no span",) if empty and spans else ()
    origin = Origin(
        format_,
        produced_at=instants.from_epoch(min(times) / 1e9) if times and all(times) else None,
        partial=(*dropped, *sampled, *lacking, *partial),
        items=len(spans),
    )
    return TraceExport(origin, spans)
