"""A k6 end-of-test summary, in any of its three shapes.

What a shape does not carry is null: p99 unless `summaryTrendStats` asked for it; and the machine-readable
summary (since k6 1.5) never has p99 or thresholds.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class LoadTestFacts(NamedTuple):
    """What a k6 summary says; null where it does not."""

    p95_ms: float | None = None
    """Of `http_req_duration`, as `p99_ms`."""
    p99_ms: float | None = None
    rps: float | None = None
    """Requests per second, over the whole run."""
    requests: int | None = None
    error_pct: float | None = None
    """Failed requests, 0 to 100."""
    thresholds_failed: tuple[Finding, ...] | None = None
    """Null where the summary has no thresholds: then none was put to the test."""
    checks_failed: int | None = None
    thresholds: int | None = None
    """How many thresholds the summary reports; null where it has none."""
    thresholds_unproven: tuple[Finding, ...] | None = None
    """Thresholds on a metric without a sample, which k6 calls passed."""


FACTS = LoadTestFacts
