"""The four golden signals that a query or a title shows.

Traffic, latency, errors and saturation are those of "Monitoring Distributed Systems" in Google's book on Site
Reliability Engineering. PromQL is parsed; its metrics, their labels and the functions around them decide:

- errors: a metric named after errors or failures, not of pages, disks or networks; or a counter with a label
  of outcome (`code`, `status`, `result`, ...) that selects failures only; in a ratio also a label that
  selects successes (`code!~"5.."`);
- latency: a distribution or gauge of time that is named after latency or duration, or has seconds or
  milliseconds in its name; not its `_count`, which counts requests, and not pauses of the garbage collector;
- saturation: a metric named after a resource and its use (CPU, memory, disk, utilization, throttling), or the
  state of a queue, a pool or the requests in flight;
- traffic: the rate of a counter of requests, calls, queries, messages or transactions, or of the `_count` of
  a latency; not of failures only, and not as a part of a ratio.

Names of another language, and titles, are classified by their words.
"""

import re
from collections.abc import Iterable

from gatekeeper.collectors.formats import promql as _promql
from gatekeeper.collectors.formats.promql import Selector
from gatekeeper.collectors.reading.words import Phrases, words

TRAFFIC, LATENCY, ERRORS, SATURATION = "traffic", "latency", "errors", "saturation"
ALL = (TRAFFIC, LATENCY, ERRORS, SATURATION)

_ERRORS = Phrases(
    "error", "errors", "failure", "failures", "failed", "exception", "exceptions", "5xx", "4xx", "http500",
    "5 xx", "4 xx",
)  # fmt: skip
_OTHER_ERRORS = Phrases(
    "page fault", "page faults", "memory", "disk", "filesystem", "network", "receive", "transmit", "tcp",
    "udp", "icmp", "ecc", "edac", "scrape", "reload", "gc", "vmstat", "netstat", "cpu",
)  # fmt: skip
"""What fails, or is counted, below or beside the requests."""
_ERROR_BUDGET = re.compile(r"\berrors? budgets?\b")
_LATENCY = Phrases(
    "latency", "latencies", "duration", "durations", "response time", "response times", "request time"
)
_PERCENTILES = Phrases("p50", "p75", "p90", "p95", "p99", "p99.9", "p999", "percentile", "percentiles")
_TIME_UNITS = Phrases("seconds", "second", "milliseconds", "ms", "microseconds", "us", "nanoseconds")
_NO_REQUEST = Phrases("gc", "cpu", "scrape", "uptime", "start", "age", "timestamp", "budget")
_RESOURCES = Phrases(
    "cpu", "memory", "mem", "heap", "rss", "disk", "filesystem", "utilization", "utilisation", "saturation",
    "throttled", "throttling", "load1", "load5", "load15", "working set",
)  # fmt: skip
_STATES = Phrases(
    "queue", "queued", "backlog", "pending", "inflight", "in flight", "lag", "pool", "connections", "busy",
    "open fds", "backpressure",
)  # fmt: skip
_STATES_BY_WORD = Phrases(
    "queue depth", "queue length", "queue size", "backlog", "inflight", "in flight", "consumer lag",
    "event loop lag", "connection pool", "pool usage", "backpressure",
)  # fmt: skip
_REQUESTS = Phrases(
    "request", "requests", "reqs", "rpc", "grpc", "call", "calls", "query", "queries", "message", "messages",
    "transaction", "transactions", "hits",
)  # fmt: skip
_TRAFFIC_BY_WORD = Phrases(
    "request", "requests", "request rate", "rps", "qps", "throughput", "traffic", "calls",
)  # fmt: skip
_SURE_TRAFFIC = Phrases("rps", "qps", "throughput", "traffic", "request rate", "requests rate")

_SERVER_ERROR = re.compile(r"\b5(?:\d\d\b|\.\.)")
_OUTCOME = Phrases("code", "rcode", "status", "outcome", "result", "success", "error", "exception", "level")
_FAILING = re.compile(
    r"(?i)\b[45](?:\d\d|xx|\.\.|\\d|\[|\.[+*])|\[4-?5\]|error|fail|exception|fatal|timeout|^false$|unavailable"
)
_SUCCEEDING = re.compile(r"(?i)\b2(?:\d\d|xx|\.\.|\\d|\[|\.[+*])|^(?:ok|success|true|none|0|)$|(?:\b|_)ok\b")
_OF_OTHERS = Phrases("cache", "log", "logs")
_NO_COUNTS = frozenset({"bucket", "sum", "max", "created", "size", "bytes"})
_VARIABLE = "templatevariable"
_TEMPLATES = re.compile(r"\{\{[^{}]*\}\}|\[\[\w+\]\]|\$\{[^{}]*\}|\$\w+")
_RANGE_OF_TEMPLATES = re.compile(r"\[[^\[\]\"'$]*\$[^\[\]\"']*\]|\[\s*\{\{[^{}]*\}\}\s*\]")
_COUNT_OF_TEMPLATES = re.compile(r"\b((?:(?:top|bottom|limit)k|(?:histogram_)?quantile)\s*\()\s*\$\{?\w+\}?")


def promql(expression: str) -> _promql.Expression | None:
    """Parse PromQL that may contain template variables; None if it does not parse."""
    ranged = _COUNT_OF_TEMPLATES.sub(r"\1 1", _RANGE_OF_TEMPLATES.sub("[5m]", expression))
    # Elsewhere a variable may be a name or a number.
    for value in dict.fromkeys(_TEMPLATES.sub(value, ranged) for value in (_VARIABLE, "1")):
        try:
            return _promql.parse(value)
        except _promql.NotPromql:
            continue
    return None


def is_variable(name: str) -> bool:
    """Return whether the name of a metric, as `promql` parses it, has a template variable in it."""
    return _VARIABLE in name


def of_promql(expression: _promql.Expression) -> set[str]:
    """Return the signals that a parsed expression shows."""
    selected = list(expression.selectors())
    signals = {signal for selector in selected for signal in _of_selector(selector)}
    if _is_average_time(selected):
        signals = signals - {ERRORS} | {LATENCY}
    return signals


def of_names(text: str) -> set[str]:
    """Return the signals that a title, or names in another language, suggest.

    Requests are traffic only if no other signal is named: "Request latency" and "Failed requests" are not.
    """
    named = _without_budget(words(_TEMPLATES.sub(" ", text)))
    signals = set()
    if (_ERRORS.found_in(named) and not _OTHER_ERRORS.found_in(named)) or _SERVER_ERROR.search(text):
        signals.add(ERRORS)
    if (_LATENCY.found_in(named) or _PERCENTILES.found_in(named)) and not _NO_REQUEST.found_in(named):
        signals.add(LATENCY)
    if _RESOURCES.found_in(named) or _STATES_BY_WORD.found_in(named):
        signals.add(SATURATION)
    if _SURE_TRAFFIC.found_in(named) or (
        not signals and _TRAFFIC_BY_WORD.found_in(named) and _NO_COUNTS.isdisjoint(named)
    ):
        signals.add(TRAFFIC)
    return signals


def _of_selector(selector: Selector) -> Iterable[str]:
    named = _without_budget(words(selector.name))
    is_other = _OTHER_ERRORS.found_in(named)
    if not is_other and (_ERRORS.found_in(named) or _shows_failures(selector, named)):
        yield ERRORS
    elif not is_other and _counts_requests(selector, named) and not selector.divided:
        yield TRAFFIC
    if _measures_time(selector, named):
        yield LATENCY
    elif _RESOURCES.found_in(named) or (_STATES.found_in(named) and not selector.is_rate):
        yield SATURATION


def _without_budget(named: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_ERROR_BUDGET.sub("budget", " ".join(named)).split())


def _shows_failures(selector: Selector, named: tuple[str, ...]) -> bool:
    counts = selector.is_rate or _REQUESTS.found_in(named) or any(word.startswith("rate") for word in named)
    if not selector.divided and any(
        op == "=" and _SUCCEEDING.search(value)
        for label, op, value in selector.labels
        if value and _OUTCOME.found_in(words(label))
    ):
        return False
    return counts and any(
        selects_failures(label, value, operator, is_share=selector.divided and selector.is_rate)
        for label, operator, value in selector.labels
    )


def selects_failures(label: str, value: str, operator: str = "=", *, is_share: bool = False) -> bool:
    """Return whether a condition on a label or column selects failed requests, and no others."""
    if not _OUTCOME.found_in(words(label)) or not value:
        return operator == "!=" and _ERRORS.found_in(words(label))
    if is_share:
        # The share of successes shows the share of failures.
        return bool(_FAILING.search(value) or _SUCCEEDING.search(value))
    if operator not in ("=", "=~"):
        return bool(_SUCCEEDING.search(value))
    return bool(_FAILING.search(value)) and not (operator == "=~" and _selects_success(value))


def _selects_success(value: str) -> bool:
    alternatives = value.strip("()").split("|")
    return any(_SUCCEEDING.search(each) or each in (".*", ".+", "...") for each in alternatives)


def _counts_requests(selector: Selector, named: tuple[str, ...]) -> bool:
    if named[-1:] == ("count",) or "histogram_count" in selector.functions:
        return selector.is_rate and (_REQUESTS.found_in(named) or _is_about_time(named))
    if not _REQUESTS.found_in(named) or not _NO_COUNTS.isdisjoint(named) or _OF_OTHERS.found_in(named):
        return False
    if any(name.startswith("histogram_") for name in selector.functions):
        return False
    return selector.is_rate or any(word.startswith("rate") for word in named)


def _is_about_time(named: tuple[str, ...]) -> bool:
    return (_LATENCY.found_in(named) or _TIME_UNITS.found_in(named)) and not _NO_REQUEST.found_in(named)


def _measures_time(selector: Selector, named: tuple[str, ...]) -> bool:
    if not _is_about_time(named) or "histogram_count" in selector.functions:
        return False
    if named[-1:] in (("count",), ("total",), ("sum",), ("created",)):
        return False
    # Seconds alone may count anything; a distribution of seconds measures durations.
    has_distribution = named[-1:] in (("bucket",), ("max",)) or any(
        label in ("le", "quantile") for label, _, _ in selector.labels
    )
    return _LATENCY.found_in(named) or has_distribution or "histogram_quantile" in selector.functions


def _is_average_time(selected: Iterable[Selector]) -> bool:
    divided = {words(selector.name) for selector in selected if selector.divided}
    return any(
        _is_about_time(named) and (*named[:-1], "count") in divided
        for named in divided
        if named[-1:] == ("sum",)
    )
