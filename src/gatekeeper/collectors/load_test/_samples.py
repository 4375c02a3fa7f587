"""Requests that a report lists one by one, or counts by their time, added up."""

from collections import Counter
from collections.abc import Mapping
from math import ceil
from typing import Any

from gatekeeper.collectors.load_test.read import LoadReport
from gatekeeper.model.evidence import Origin

_PERCENTILES = (50.0, 75.0, 90.0, 95.0, 99.0)


def percentiles(counts: Mapping[float, int]) -> dict[float, float]:
    """Return the percentiles of values that are counted, by nearest rank; 0 is the minimum, 100 the maximum.

    A percentile is the least value that at least so many per cent of the samples do not exceed.
    """
    total, below = sum(counts.values()), 0
    if not total:
        return {}
    found = {0.0: min(counts), 100.0: max(counts)}
    waiting = list(_PERCENTILES)
    for value in sorted(counts):
        below += counts[value]
        while waiting and below >= ceil(waiting[0] * total / 100):
            found[waiting.pop(0)] = value
    return found


class Samples:
    """Requests that were timed in whole milliseconds.

    They are counted by their time, so percentiles are exact, and memory depends on the spread of the times
    and not on how many requests there are.
    """

    def __init__(self) -> None:
        self.counts: Counter[float] = Counter()
        self.failed = 0
        self.untimed = 0
        """Requests that failed before they were sent."""
        self.start: float | None = None
        """In milliseconds since 1970, like `end`."""
        self.end: float | None = None

    @property
    def requests(self) -> int:
        """How many requests there were."""
        return self.counts.total() + self.untimed

    def add(self, start: float | None, elapsed: int, *, failed: bool) -> None:
        """Add a request; `start` is None if the report does not state it."""
        self.counts[elapsed] += 1
        self.failed += failed
        if start is not None:
            self.extend(start)
            self.extend(start + elapsed)

    def add_unsent(self) -> None:
        """Add a request that failed before it was sent."""
        self.untimed += 1
        self.failed += 1

    def extend(self, moment: float) -> None:
        """Extend the run to a moment."""
        self.start = moment if self.start is None else min(self.start, moment)
        self.end = moment if self.end is None else max(self.end, moment)

    def report(self, origin: Origin, **more: Any) -> LoadReport:
        """Return the figures of the requests."""
        seconds = None if self.start is None or self.end is None else (self.end - self.start) / 1000
        return LoadReport(
            origin._replace(items=self.requests),
            self.requests,
            failed=self.failed,
            latency_ms=percentiles(self.counts),
            duration_s=seconds,
        )._replace(**more)
