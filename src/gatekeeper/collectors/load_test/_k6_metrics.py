"""Metrics of a summary of k6: their values, and what k6 judged by them."""

import operator
import re
from collections.abc import Mapping
from typing import NamedTuple

from gatekeeper.collectors.reading.figures import amount, count
from gatekeeper.syntax.json import Json

_THRESHOLD = re.compile(r"([a-z]+|p\([\d.]+\))\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)")
_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_PERCENTILE = re.compile(r"p\(?(\d{1,2}(?:\.\d{1,9})?|100)\)?")
_NAMED = {"min": 0.0, "med": 50.0, "max": 100.0}


class LoadMetric(NamedTuple):
    """One metric."""

    name: str
    values: Mapping[str, Json]
    thresholds: Mapping[str, bool]
    """Expression -> whether k6 reports it as passed."""
    unit: Json = "time"
    """What the values are: `time` in milliseconds."""

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

    def percentiles(self) -> dict[float, float]:
        """Return the values of a trend by percentile; 0 is the minimum, 100 the maximum."""
        if not self.has_samples():
            return {}
        found: dict[float, float] = {}
        for key in self.values:
            matched = _PERCENTILE.fullmatch(key)
            percentile = float(matched[1]) if matched else _NAMED.get(key)
            if percentile is not None and (value := self.figure(key)) is not None:
                found[percentile] = max(value, found.get(percentile, value))
        return found

    def violates(self, threshold: str) -> bool:
        """Return whether the values show that a simple threshold does not hold, whatever the tool reports."""
        found = _THRESHOLD.fullmatch(threshold.strip())
        if not found or not self.has_samples():
            return False
        key, compared, limit = found.groups()
        value = self.figure(
            key, f"p{key[2:-1]}", "value" if key == "rate" and "passes" in self.values else key
        )
        return value is not None and not _COMPARE[compared](value, float(limit))

    def has_samples(self) -> bool:
        """Return whether anything was measured.

        A counter or gauge may be 0; a rate has counts; a trend that is 0 throughout had no sample.
        """
        if (ratio := self.ratio()) is not None:
            return ratio[1] > 0
        if self.values.keys() <= {"count", "rate"} or "value" in self.values:
            return True
        return any(amount(value, f"{self.name}: {key}") > 0 for key, value in self.values.items())
