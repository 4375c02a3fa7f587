"""What a service level objective is about: availability, latency at a percentile, or errors.

It is told by, in this order: the label or annotation `gatekeeper/objective` (`gatekeeper_objective`, where a
slash is not allowed); the objective's own display name; a label such as `category` or `slo-type`; the SLO's
name and display name; those of its indicator; the description; the queries. The first text that names one
thing, and one only, decides; whole words count.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from gatekeeper.collectors.formats import golden_signals, promql
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.words import Phrases, words
from gatekeeper.model.evidence import Unreadable

AVAILABILITY, ERROR_RATE = "availability", "error_rate"
LATENCIES: Mapping[float, str] = {50: "latency_p50", 95: "latency_p95", 99: "latency_p99"}
_LATENCY = "latency"

_KINDS: Mapping[str, Phrases] = {
    AVAILABILITY: Phrases("availability", "available", "uptime"),
    ERROR_RATE: Phrases("error", "errors", "failures", "failure rate", "success rate", "success ratio"),
    _LATENCY: Phrases("latency", "latencies", "duration", "durations", "response time", "response times"),
}
_PERCENTILES: Mapping[str, float] = {"median": 50} | {
    written: number
    for number in (50, 75, 90, 95, 98, 99, 99.5, 99.9, 99.99)
    for written in (f"p{number}", f"p{number}th", f"{number}th")
}
_LABELS = frozenset({"category", "type", "slo_type", "slo_category", "sli_type", "sli", "slo", "signal"})


class Objective(NamedTuple):
    """A target and what is known of its meaning."""

    name: str
    """Of the SLO."""
    target: float
    """The share of good events or time that is promised, in per cent."""
    texts: tuple[str, ...] = ()
    """What may name the meaning, from the nearest to the farthest."""
    queries: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    """What the SLO says outright that it is about."""
    is_share_of_events: bool = False
    """Whether the target is a share of events, not of time or of a mean."""

    def counts_as(self) -> tuple[str, ...]:
        """Return under which names the target counts: the SLO's own where its meaning is unknown."""
        return self.declared or (self._meaning() or self.name,)

    def _meaning(self) -> str | None:
        queries = [query for query in map(golden_signals.promql, self.queries) if query]
        kind = _first(_kinds(text) for text in map(words, self.texts)) or _kind_of_queries(queries)
        if kind != _LATENCY:
            return kind
        named = _first(_percentiles(text) for text in map(words, self.texts))
        return LATENCIES.get(named or _percentile_of_queries(queries) or self._percentile_of_share())

    def _percentile_of_share(self) -> float:
        """Where 99 % of the requests are to be faster than a bound, p99 is to be below it."""
        return self.target if self.is_share_of_events else 0


def declared(*labels: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the labels or annotations name as `gatekeeper/objective`, separated by commas."""
    for key, value in _items(labels):
        if words(key) == ("gatekeeper", "objective"):
            names = value if isinstance(value, list) else [value]
            if not all(isinstance(name, str) and words(name) for name in names):
                raise Unreadable(f"{key} is {shown(value)}, not the name of an objective")
            return tuple("_".join(words(part)) for name in names for part in name.split(",") if words(part))
    return ()


def categories(*labels: Mapping[str, Any]) -> Iterator[str]:
    """Return the values of the labels that say of what kind an SLO is."""
    for key, value in _items(labels):
        if "_".join(words(key)) in _LABELS and isinstance(value, str):
            yield value


def _items(labels: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    for mapping in labels:
        yield from mapping.items()


def _first(findings: Iterable[set[Any]]) -> Any:
    """Return what the first text names that names one thing alone."""
    return next((found.pop() for found in findings if len(found) == 1), None)


def _kinds(text: tuple[str, ...]) -> set[str]:
    named = tuple(" ".join(text).replace("error budget", "budget").split())
    return {kind for kind, phrases in _KINDS.items() if phrases.found_in(named)}


def _percentiles(text: tuple[str, ...]) -> set[float]:
    return {_PERCENTILES[word] for word in text if word in _PERCENTILES}


def _kind_of_queries(queries: Iterable[promql.Expression]) -> str | None:
    # A ratio by status code may be meant as availability or as errors; one by duration is plain.
    return (
        _LATENCY
        if any(golden_signals.LATENCY in golden_signals.of_promql(query) for query in queries)
        else None
    )


def _percentile_of_queries(queries: Iterable[promql.Expression]) -> float | None:
    found = {round(100 * quantile, 6) for query in queries for quantile in query.quantiles()}
    return found.pop() if len(found) == 1 else None
