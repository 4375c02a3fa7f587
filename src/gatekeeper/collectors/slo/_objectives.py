"""What a service level objective is about: availability, latency at a percentile, or errors.

The label or annotation `gatekeeper/objective` declares it (`gatekeeper_objective` if a slash is not allowed).
Otherwise these texts are searched, in this order: the display name of the objective; a label such as
`category` or `slo-type`; the name and display name of the SLO; those of its indicator; the descriptions; the
queries. The first text that names exactly one thing decides. Only whole words count.

The bound of a latency is `le` of the histogram, or `value` of a threshold, in the unit in the name of the
metric. If the query does not show it, the label or annotation `gatekeeper/bound` does: `250ms`, `1.5s`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from gatekeeper.collectors.formats import golden_signals, promql
from gatekeeper.collectors.reading.figures import amount, shown
from gatekeeper.collectors.reading.placeholders import is_placeholder
from gatekeeper.collectors.reading.words import Phrases, words
from gatekeeper.model.evidence import Finding, Origin, Unreadable, shared
from gatekeeper.syntax.json import Json, Object

T = TypeVar("T")

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
_MILLISECONDS = {"seconds": 1000.0, "milliseconds": 1.0, "ms": 1.0, "microseconds": 0.001}
_DURATION = re.compile(r"(\d+(?:\.\d+)?) ?(s|ms)")
_SCALED = re.compile(r"\d\s*[*/]|[*/]\s*[\d.]")
_LABELS = frozenset({"category", "type", "slo_type", "slo_category", "sli_type", "sli", "slo", "signal"})


class Metric(NamedTuple):
    """How an indicator is measured."""

    queries: tuple[str, ...]
    is_ratio: bool
    """Whether it is a share of events, not a share of time or a mean."""
    flaw: str | None = None
    """Why it measures nothing."""
    doubt: str | None = None
    """Why it is not known whether it measures anything."""
    needs_bound: bool = False
    """Whether an objective must say which values are good."""


def measured(queries: Sequence[str], *, is_ratio: bool, needs: int = 1, is_promql: bool = True) -> Metric:
    """Return a metric of queries; a ratio of events needs two, that differ."""
    written = tuple(query for query in queries if not is_placeholder(query))
    parsed = [golden_signals.promql(query) for query in written]
    flaw = doubt = None
    if len(written) < needs:
        flaw = "has no query" if needs == 1 or not written else "is a ratio of one query"
    elif any(not query.selects() for query in parsed if query):
        flaw = "measures a constant"
    elif len({query.text() if query else text for query, text in zip(parsed, written, strict=True)}) < needs:
        flaw = "compares a query with itself"
    elif is_promql and None in parsed:
        doubt = f"the query is not PromQL that is read: {written[parsed.index(None)][:60]}"
    return Metric(written, is_ratio, flaw, doubt)


class Indicator(NamedTuple):
    """What an objective is measured by; several objectives may share one."""

    names: tuple[str, ...] = ()
    description: str | None = None
    metric: Metric | None = None


class Objective(NamedTuple):
    """A target, and the texts that say what it is about."""

    name: str
    """The name of the SLO."""
    target: float
    """The promised share of good events or time, in per cent."""
    labels: tuple[str, ...] = ()
    """Its display name, and the values of labels that classify the SLO."""
    names: tuple[str, ...] = ()
    description: str | None = None
    indicator: Indicator = Indicator()
    declared: tuple[str, ...] = ()
    """What the SLO declares to be about."""
    counts_events: bool = False
    """Whether its budget is a share of events, if its indicator is."""
    refers_to: str | None = None
    """The name of its indicator, if that is a document of its own."""
    flaw: str | None = None
    """Why it promises nothing, whatever its indicator measures."""
    has_bound: bool = True
    limit: float | None = None
    """The greatest good value of a threshold, in the unit of its query."""
    declared_ms: float | None = None
    """The bound that the SLO declares, in milliseconds."""
    place: Finding = Finding("")

    def lack(self) -> str | None:
        """Return why it measures nothing; None if it does."""
        metric = self.indicator.metric
        missing = f"refers to the indicator {self.refers_to}, which is not in the files"
        has_bound = self.has_bound or not (metric and metric.needs_bound)
        flaw = self.flaw or (metric.flaw if metric else missing)
        return flaw or (self._percentile_missed() if has_bound else "has no bound: `op` and `value`")

    def resolved(self, shared: Mapping[str, Indicator]) -> "Objective":
        """Return the objective with the indicator that it refers to; an unknown one has its name only."""
        if self.refers_to is None:
            return self
        indicator = shared.get(self.refers_to, Indicator((self.refers_to,)))
        return self._replace(indicator=indicator._replace(metric=self.indicator.metric or indicator.metric))

    def counts_as(self) -> tuple[str, ...]:
        """Return the names that the target counts under; the name of the SLO if its meaning is unknown."""
        return self.declared or (self._meaning() or self.name,)

    def bounds(self) -> Iterator[tuple[str, float]]:
        """Yield what it promises as limits: `p95_ms` in milliseconds, `error_pct` in per cent."""
        bound = self._bound_ms()
        for name in self.counts_as():
            if name == ERROR_RATE:
                yield "error_pct", round(100 - self.target, 10)
            elif name in LATENCIES.values() and bound is not None:
                yield f"{name.removeprefix('latency_')}_ms", bound

    def _queries(self) -> list[promql.Expression]:
        metric = self.indicator.metric
        return [query for query in map(golden_signals.promql, metric.queries if metric else ()) if query]

    def _bound_ms(self) -> float | None:
        selectors = [selector for query in self._queries() for selector in query.selectors()]
        units = (_MILLISECONDS.get(word) for each in selectors for word in words(each.name))
        unit = shared(filter(None, units))
        of_buckets = shared(
            value
            for each in selectors
            for label, _, value in each.labels
            if label == "le" and value != "+Inf"
        )
        is_scaled = any(_SCALED.search(query.text()) for query in self._queries())
        limit = of_buckets if self.limit is None else None if is_scaled else self.limit
        try:
            return self.declared_ms if limit is None or unit is None else round(float(limit) * unit, 6)
        except ValueError:  # a regular expression
            return self.declared_ms

    def _percentile_missed(self) -> str | None:
        """Return which percentile the share of events is too small for: 95 % of them are no p99."""
        metric = self.indicator.metric
        if not (self.counts_events and metric and metric.is_ratio):
            return None
        percentiles = {name: percentile for percentile, name in LATENCIES.items()}
        missed = [name for name in self.counts_as() if percentiles.get(name, 0) > self.target]
        return f"promises only {self.target:g} % of the events, which is no {missed[0]}" if missed else None

    def _meaning(self) -> str | None:
        indicator, metric = self.indicator, self.indicator.metric
        # The most specific first.
        said = (*self.labels, *self.names, *indicator.names, self.description, indicator.description)
        texts = [words(text) for text in said if text is not None]
        queries = self._queries()
        kind = _first(map(_kinds, texts))
        # A ratio by status code may mean availability or errors; one by duration can only mean latency.
        if not kind and any(golden_signals.LATENCY in golden_signals.of_promql(query) for query in queries):
            kind = _LATENCY
        if kind != _LATENCY:
            return kind
        named = _first({_PERCENTILES[word] for word in text if word in _PERCENTILES} for text in texts)
        # A share of events promises a percentile: if 99 % are below a bound, so is p99.
        of_share = self.target if self.counts_events and metric and metric.is_ratio else 0
        return LATENCIES.get(named or _percentile_of_queries(queries) or of_share)


class SloPart(NamedTuple):
    """What one document defines: the objectives of an SLO, or indicators for the SLOs of other documents.

    A format of this kind returns it.
    """

    origin: Origin
    objectives: tuple[Objective, ...] = ()
    indicators: Mapping[str, Indicator] = MappingProxyType({})
    """By name."""

    def resolved(self, shared: Mapping[str, Indicator]) -> "SloPart":
        """Return the part with the indicators that its objectives refer to."""
        return self._replace(objectives=tuple(each.resolved(shared) for each in self.objectives))


def of_ratio(written: Json, what: str, tool: str, name: str) -> float:
    """Return a target in per cent that a tool writes as a ratio below 1.

    Args:
        written: The ratio, such as 0.999.
        what: What the tool calls it.
        tool: The tool.
        name: The name of the objective.
    """
    ratio = amount(written, f"the {what} of {name}")
    if not 0 < ratio < 1:
        raise Unreadable(
            f"the {what} of {name} is {written}; {what}s of {tool} are ratios below 1, as in 0.999"
        )
    return round(100 * ratio, 10)


def declared(*labels: Object) -> tuple[str, ...]:
    """Return the objectives that a label or annotation `gatekeeper/objective` names, separated by commas."""
    for key, value in chain.from_iterable(each.items() for each in labels):
        if words(key) == ("gatekeeper", "objective"):
            names = value if isinstance(value, list) else [value]
            texts = [name for name in names if isinstance(name, str) and words(name)]
            if len(texts) < len(names):
                raise Unreadable(f"{key} is {shown(value)}, not the name of an objective")
            return tuple("_".join(words(part)) for name in texts for part in name.split(",") if words(part))
    return ()


def declared_ms(*labels: Object) -> float | None:
    """Return the bound that a label or annotation `gatekeeper/bound` states, in milliseconds."""
    for key, value in chain.from_iterable(each.items() for each in labels):
        if words(key) == ("gatekeeper", "bound"):
            stated = _DURATION.fullmatch(str(value).strip())
            if not stated:
                raise Unreadable(f"{key} is {shown(value)}, not a duration such as 250ms or 1.5s")
            return float(stated[1]) * (1000 if stated[2] == "s" else 1)
    return None


def categories(*labels: Object) -> Iterator[str]:
    """Yield the values of the labels that classify an SLO."""
    for key, value in chain.from_iterable(each.items() for each in labels):
        if "_".join(words(key)) in _LABELS and isinstance(value, str):
            yield value


def _first(findings: Iterable[set[T]]) -> T | None:
    """Return the thing that the first text with exactly one thing names."""
    return next((found.pop() for found in findings if len(found) == 1), None)


def _kinds(text: tuple[str, ...]) -> set[str]:
    named = tuple(" ".join(text).replace("error budget", "budget").split())
    return {kind for kind, phrases in _KINDS.items() if phrases.found_in(named)}


def _percentile_of_queries(queries: Iterable[promql.Expression]) -> float | None:
    return shared(round(100 * quantile, 6) for query in queries for quantile in query.quantiles())
