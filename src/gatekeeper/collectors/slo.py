"""Service level objectives."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class SloFacts(NamedTuple):
    """What service level objectives says; null where it does not."""

    objectives: Mapping[str, Any] | None = None
    """Target by name: `availability`, `latency_p50`, `latency_p95`, `latency_p99`, `error_rate`."""


FACTS = SloFacts
