"""A Grafana dashboard, JSON or YAML, in its classic model or v2, and what its panels show.

Only a panel that queries a data source counts: not a row, a text, a panel whose queries are all empty or
hidden, nor a library panel whose model is not in the file. The queries of a panel decide which signals it
shows. If they decide nothing, its title and unit do: requests per second are traffic, and requests, queries
or pages in units of time are latency. If a query shows a signal, the title adds none.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class DashboardFacts(NamedTuple):
    """A Grafana dashboard; a fact is null if the file does not state it."""

    title: str | None = None
    uid: str | None = None
    """The id in its links; of a Kubernetes resource its name."""
    panels: tuple[str, ...] | None = None
    """Titles of the panels that query a data source; empty text for a panel without a title."""
    signals: tuple[str, ...] | None = None
    """Those of `traffic`, `latency`, `errors` and `saturation` that a panel shows."""
    signal_panels: Mapping[str, Any] | None = None
    """Signal -> titles of the panels that show it."""
    without_query: tuple[str, ...] | None = None
    """Titles of rows and of panels without a query, which show no signal."""


FACTS = DashboardFacts
