"""The figures of a load test, by the report of any tool; a fact that the report does not state is null.

A percentile is one that the report states or whose samples it lists, never another one: k6 states p99 only if
`summaryTrendStats` requests it.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class LoadTestFacts(NamedTuple):
    """Figures of a load test; a fact is null if the report does not state it."""

    p95_ms: float | None = None
    """How long a request took, failed ones included unless the tool times only those that succeed; so is
    `p99_ms`. Of gRPC it is a call, of WebSocket connecting, of Kafka a write; of several the slowest."""
    p99_ms: float | None = None
    rps: float | None = None
    """Requests per second, over the whole run."""
    requests: int | None = None
    """How many were sent; of WebSocket and Kafka, messages. Of several protocols those of the first: HTTP,
    gRPC, WebSocket, Kafka."""
    error_pct: float | None = None
    """Failed requests, timeouts and refused connections included, or failed checks if more, 0 to 100; null if
    failed requests are not counted."""
    thresholds_failed: tuple[Finding, ...] | None = None
    """Thresholds and assertions of the tool; null if the report has none: then none was tested."""
    checks_failed: int | None = None
    thresholds: int | None = None
    """How many thresholds the report states; null if it has none."""
    thresholds_unproven: tuple[Finding, ...] | None = None
    """Thresholds on a metric without a sample, which k6 reports as passed."""
    checks_passed: int | None = None
    """How often a check passed; `checks_failed` says how often one failed."""
    duration_s: float | None = None
    """How long the run took: as stated, else requests by their rate. Most tools do not state that a run was
    interrupted, but such a run is shorter than planned."""


FACTS = LoadTestFacts
PLACES = {
    "unit": frozenset({"p95_ms", "p99_ms"}),
    "percentile": frozenset({"p95_ms", "p99_ms"}),
    "outcome": frozenset({"error_pct"}),
    "threshold": frozenset({"thresholds_failed", "thresholds_unproven"}),
}
AMOUNTS = ("requests",)
MEASURES = True
