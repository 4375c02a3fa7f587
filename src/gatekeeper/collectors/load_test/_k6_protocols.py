"""What a run of k6 measured, by protocol.

https://grafana.com/docs/k6/latest/using-k6/metrics/reference/, and `pkg/kafka/stats.go` of xk6-kafka, whose
trends named `_seconds` are in milliseconds like all trends of times. k6 counts no calls of gRPC: their number
is known only if `summaryTrendStats` has `count`. Neither gRPC nor WebSocket counts failures; checks do.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from gatekeeper.collectors.load_test._k6_metrics import LoadMetric
from gatekeeper.model.evidence import Unreadable

Metrics = Mapping[str, LoadMetric]
Share = Callable[[Metrics], float | None]


def _failed_http(metrics: Metrics) -> float | None:
    metric = metrics.get("http_req_failed")
    if metric is None:
        return None
    # Here a sample "passes" if the request failed.
    ratio, share = metric.ratio(), metric.figure("rate", "value")
    if ratio is not None:
        failed, total = ratio
        share = max(failed / total, share or 0) if total else None
    if share is not None and share > 1:
        raise Unreadable(f"http_req_failed: {share} of the requests failed, but a share is at most 1")
    return None if share is None else 100 * share


def _failed_checks(metrics: Metrics) -> float | None:
    passed = metrics.get("checks")
    failed = metrics.get("checks_failed")
    ratio = failed.ratio() if failed else passed.ratio() if passed else None
    if ratio is None or ratio[1] == 0:
        return None
    share = 100 * ratio[0] / ratio[1]
    return share if failed else 100 - share


def _failed_messages(errors: str, messages: str) -> Share:
    def share(metrics: Metrics) -> float | None:
        if errors not in metrics or messages not in metrics:
            return None
        failed, total = metrics[errors].whole("count"), metrics[messages].whole("count")
        return None if failed is None or total is None else 100 * failed / max(failed, total, 1)

    return share


class LoadProtocol(NamedTuple):
    """The metrics of a protocol."""

    name: str
    latency: str
    counts: tuple[str, ...]
    """The counters of its requests; the first that is not 0 counts."""
    failed_pct: Share = _failed_checks

    def requests(self, metrics: Metrics) -> int | None:
        """Return how many requests it made; None if the metrics do not state it."""
        stated = [metrics[name].whole("count") for name in self.counts if name in metrics]
        if not self.counts and self.latency in metrics:
            stated = [metrics[self.latency].whole("count")]
        return next(filter(None, stated), None)

    def is_used(self, metrics: Metrics) -> bool:
        """Return whether the run made a request by it."""
        return bool(self.requests(metrics)) or (not self.counts and self.was_timed(metrics))

    def was_timed(self, metrics: Metrics) -> bool:
        """Return whether its latency has samples."""
        return self.latency in metrics and metrics[self.latency].has_samples()

    def rate(self, metrics: Metrics) -> float | None:
        """Return its requests per second as stated."""
        return next((metrics[name].figure("rate") for name in self.counts if name in metrics), None)


HTTP = LoadProtocol("http", "http_req_duration", ("http_reqs",), _failed_http)
_KAFKA = (
    ("kafka_writer_error_count", "kafka_writer_message_count"),
    (
        "kafka_reader_error_count",
        "kafka_reader_message_count",
    ),
)
PROTOCOLS = (
    HTTP,
    LoadProtocol("grpc", "grpc_req_duration", ()),
    LoadProtocol("websocket", "ws_connecting", ("ws_msgs_sent", "ws_sessions")),
    LoadProtocol("kafka", "kafka_writer_write_seconds", _KAFKA[0][::-1], _failed_messages(*_KAFKA[0])),
    LoadProtocol("kafka", "kafka_reader_read_seconds", _KAFKA[1][::-1], _failed_messages(*_KAFKA[1])),
)
"""In the order in which the first that was used says how many requests there were."""


def used(metrics: Metrics) -> list[LoadProtocol]:
    """Return the protocols by which the run made requests, each name once."""
    found: dict[str, LoadProtocol] = {}
    for protocol in PROTOCOLS:
        if protocol.is_used(metrics):
            found.setdefault(protocol.name, protocol)
    return list(found.values())


def slowest(metrics: Metrics) -> dict[float, float]:
    """Return the greatest latency of the protocols by percentile: those that each of them states."""
    timed: dict[str, LoadProtocol] = {}
    for protocol in PROTOCOLS:
        if protocol.is_used(metrics) or protocol.was_timed(metrics):
            timed.setdefault(protocol.name, protocol)
    latencies = [
        metrics[each.latency].percentiles() if each.latency in metrics else {} for each in timed.values()
    ]
    stated = set.intersection(*map(set, latencies)) if latencies else set()
    return {percentile: max(latency[percentile] for latency in latencies) for percentile in stated}
