"""A Grafana dashboard, JSON or YAML, in its classic model or v2, and what its panels show.

Only a panel that asks a data source for something counts: not a row, a text, a panel whose queries are all
empty or hidden, nor a library panel whose model the file does not carry. What a panel shows is told by its
queries, see `_signals`; where those tell nothing, by its title and its unit: requests per second are traffic,
and requests, queries or pages in units of time are latency. Where a query tells something, a title that
promises more is not believed.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class DashboardFacts(NamedTuple):
    """What a Grafana dashboard says; null where it does not."""

    title: str | None = None
    uid: str | None = None
    """By which links lead to it; of a Kubernetes resource its name."""
    panels: tuple[str, ...] | None = None
    """Titles of the panels that ask a data source for something; empty where a panel has none."""
    signals: tuple[str, ...] | None = None
    """Of `traffic`, `latency`, `errors`, `saturation`: those that a panel shows."""
    signal_panels: Mapping[str, Any] | None = None
    """Signal -> titles of the panels that show it."""
    without_query: tuple[str, ...] | None = None
    """Titles of rows and of panels that ask for nothing, which show no signal."""


FACTS = DashboardFacts
