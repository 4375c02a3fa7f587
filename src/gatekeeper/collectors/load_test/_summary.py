"""The type into which every format of load test summary is read."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from gatekeeper.collectors.reading.figures import amount, count
from gatekeeper.syntax.json import Json


class LoadMetric(NamedTuple):
    """One metric."""

    name: str
    values: Mapping[str, Json]
    thresholds: Mapping[str, bool]
    """Expression -> whether k6 reports it as passed."""

    def figure(self, *keys: str) -> float | None:
        """Return the value under the first of these keys that exists; None if none exists."""
        for key in keys:
            if self.values.get(key) is not None:
                return amount(self.values[key], f"{self.name}: {key}")
        return None

    def whole(self, key: str) -> int | None:
        """Return the count under a key; None if the key is missing."""
        value = self.values.get(key)
        return None if value is None else count(value, f"{self.name}: {key}")

    def ratio(self) -> tuple[int, int] | None:
        """Return how often a rate was true, and of how many samples; None if the metric does not state it."""
        held = self.whole("matches") if "matches" in self.values else self.whole("passes")
        total, rest = self.whole("total"), self.whole("fails")
        if held is None or (total is None and rest is None):
            return None
        return held, held + (rest or 0) if total is None else total

    def has_samples(self) -> bool:
        """Return whether anything was measured.

        A counter or gauge may be 0; a rate has counts; a trend that is 0 throughout had no sample.
        """
        if (ratio := self.ratio()) is not None:
            return ratio[1] > 0
        if self.values.keys() <= {"count", "rate"} or "value" in self.values:
            return True
        return any(amount(value, f"{self.name}: {key}") > 0 for key, value in self.values.items())


class LoadSummary(NamedTuple):
    """An end-of-test summary."""

    format: str
    metrics: Mapping[str, LoadMetric]
    duration_s: float | None = None
    produced_at: datetime | None = None
