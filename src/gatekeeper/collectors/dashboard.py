"""A Grafana dashboard."""

from typing import NamedTuple


class DashboardFacts(NamedTuple):
    """What a Grafana dashboard says; null where it does not."""

    title: str | None = None
    uid: str | None = None
    panels: tuple[str, ...] | None = None
    """Panel titles."""
    signals: tuple[str, ...] | None = None
    """Of `traffic`, `latency`, `errors`, `saturation`: those that a panel shows."""


FACTS = DashboardFacts
