"""Follow the calls between services: which arrive in another service, and where the context is lost.

A span of the kind client or producer is a call. It arrives if a span of another service has it, or a call
within it, as its parent, or if a consumer links to it, as OpenTelemetry allows for batches of messages.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from math import inf
from typing import NamedTuple

from gatekeeper.collectors.traces._span import Span
from gatekeeper.model.evidence import Finding
from gatekeeper.model.naming import service_key

_ANSWER = {"SERVER": "CLIENT", "CONSUMER": "PRODUCER"}
_Key = tuple[str, str]
"""The identifiers of a trace and a span."""


class Calls(NamedTuple):
    """Where the calls arrive, and which do not."""

    linked: Sequence[tuple[str, str]]
    """The sending and the receiving service of each link of a consumer."""
    restarted: Sequence[Finding]
    """Roots that answer a call of another service, and so have lost its context."""
    uncrossed: Sequence[Finding]
    """Calls that name a service of the files and do not arrive in it."""
    beyond: frozenset[str]
    """The hosts that calls name, of which no span is in the files."""
    unnamed: Sequence[Span]
    """Calls that do not arrive, and do not say where to."""


def follow(spans: Sequence[Span]) -> Calls:
    """Return where the calls among all spans arrive, and which do not."""
    by_key = {(span.trace, span.id): span for span in spans}
    by_id = {span.id: span for span in spans}
    links = [
        (by_id[link], span)
        for span in spans
        for link in span.links
        if link in by_id and _are_apart(by_id[link], span)
    ]
    received = [(sender, span) for sender, span in links if span.kind == "CONSUMER"]
    arrived = _arrived(spans, by_key, [sender for sender, _ in received])
    names = {service_key(span.service): span.service for span in spans if span.service}
    lost = [span for span in spans if span.kind in _ANSWER.values() and (span.trace, span.id) not in arrived]
    open_ = [(span, None if span.called is None else _service_called(span, names)) for span in lost]
    linking = [
        span.finding(f"it starts a new trace, and only links to span {sender.id} of {sender.service}")
        for sender, span in links
        if span.kind != "CONSUMER" and span.parent is None
    ]
    restarted, answered = _restarted(spans, [call for call in open_ if call[0].called is None or call[1]])
    return Calls(
        [(str(sender.service), str(span.service)) for sender, span in received],
        [*linking, *restarted],
        [span.finding(f"its call does not arrive in {called}") for span, called in open_ if called],
        frozenset(
            span.called
            for span, called in open_
            if span.called not in (None, "*") and _named(span, names) is None
        ),
        [span for span, _ in open_ if span.called is None and span.service not in answered],
    )


def _are_apart(one: Span, other: Span) -> bool:
    return bool(one.service and other.service and one.service != other.service)


def _arrived(spans: Iterable[Span], by_key: Mapping[_Key, Span], linked: Iterable[Span]) -> set[_Key]:
    """Return the spans from which another service was reached, with those around them in their service."""
    found: set[_Key] = set()
    parents = ((by_key.get((span.trace, span.parent)), span) for span in spans if span.parent)
    for start in (*(parent for parent, span in parents if parent and _are_apart(parent, span)), *linked):
        span: Span | None = start
        while span and span.service == start.service and (key := (span.trace, span.id)) not in found:
            found.add(key)
            span = by_key.get((span.trace, span.parent)) if span.parent else None
    return found


def _named(span: Span, names: Mapping[str, str]) -> str | None:
    """Return the service of the files that a call names; None if it names something else."""
    called = str(span.called)
    return names.get(service_key(called)) or names.get(service_key(called.split(".", maxsplit=1)[0]))


def _service_called(span: Span, names: Mapping[str, str]) -> str | None:
    found = _named(span, names)
    return found if found != span.service else None


def _restarted(
    spans: Iterable[Span], calls: Iterable[tuple[Span, str | None]]
) -> tuple[list[Finding], set[str]]:
    """Return the roots that began while a call waited for them, and the services that called."""
    groups: dict[tuple[str | None, str | None, str], list[tuple[float, float]]] = {}
    for span, called in calls:
        ends = span.ends or inf if span.kind == "CLIENT" else inf
        groups.setdefault((span.service, called, span.kind), []).append((span.starts, ends))
    waiting = {key: _Waiting(sorted(times)) for key, times in groups.items()}
    findings: list[Finding] = []
    callers: set[str] = set()
    for root in spans:
        if root.parent is None and not root.links and (kind := _ANSWER.get(root.kind)):
            for (service, called, of_kind), times in waiting.items():
                fits = of_kind == kind and service != root.service and called in (None, root.service)
                if fits and service and times.at(root.starts):
                    findings.append(
                        root.finding(f"it starts a new trace, while {service} calls without an answer")
                    )
                    callers.add(service)
                    break
    return findings, callers


class _Waiting:
    """The times during which calls waited, by their start."""

    def __init__(self, times: list[tuple[float, float]]) -> None:
        self._starts = [start for start, _ in times]
        self._latest = list(accumulate((end for _, end in times), max))

    def at(self, time: float) -> bool:
        """Return whether a call waited at a time; at an unknown time it may have."""
        before = bisect_right(self._starts, time)
        return not time or (before > 0 and self._latest[before - 1] >= time)
