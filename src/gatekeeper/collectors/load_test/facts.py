"""A k6 end-of-test summary, in any of its three shapes.

A fact that the summary does not state is null. It states p99 only if `summaryTrendStats` requests it. The
machine-readable summary (since k6 1.5) never states p99 or thresholds.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class LoadTestFacts(NamedTuple):
    """Figures of a load test; a fact is null if the summary does not state it."""

    p95_ms: float | None = None
    """Of `http_req_duration`; so is `p99_ms`."""
    p99_ms: float | None = None
    rps: float | None = None
    """Requests per second, over the whole run."""
    requests: int | None = None
    error_pct: float | None = None
    """Failed requests, or failed checks if more, 0 to 100; null if failed requests are not counted."""
    thresholds_failed: tuple[Finding, ...] | None = None
    """Null if the summary has no thresholds: then no threshold was tested."""
    checks_failed: int | None = None
    thresholds: int | None = None
    """How many thresholds the summary reports; null if it has none."""
    thresholds_unproven: tuple[Finding, ...] | None = None
    """Thresholds on a metric without a sample, which k6 reports as passed."""
    checks_passed: int | None = None
    """How often a check passed; `checks_failed` says how often one failed."""
    duration_s: float | None = None
    """How long the run took: as stated, else requests by their rate. k6 does not state that a run was
    interrupted, but such a run is shorter than planned."""


FACTS = LoadTestFacts
PLACES = {"unit": frozenset({"p95_ms", "p99_ms"})}
AMOUNTS = ("requests",)
MEASURES = True
