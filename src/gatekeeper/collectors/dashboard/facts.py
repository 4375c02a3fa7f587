"""A dashboard of Grafana, in its classic model or v2, or of Perses, and what its panels show.

It may be in a ConfigMap, or in an object of the Grafana operator or of Grizzly.

Only a query that runs, in a panel that shows its data, shows a signal: not a row, a text, a hidden or
commented query, a constant, Grafana's random walk, nor what an override or transformation hides. The query
decides which signals it shows, by the names of metrics and labels; titles and units prove nothing. What
cannot be decided is not understood, and matters only if a signal is not proven elsewhere: a query in another
language than PromQL, LogQL, SQL, InfluxQL, Graphite, Datadog and the forms of the clouds; a library panel
whose model is not in the file; a panel whose title promises a signal that its query does not show by name.
The labels `service_name` in PromQL, which OpenTelemetry sets, name the services that a dashboard is about.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class DashboardFacts(NamedTuple):
    """A Grafana dashboard; a fact is null if the file does not state it."""

    title: str | None = None
    uid: str | None = None
    """The id in its links; of a Kubernetes resource its name."""
    panels: tuple[str, ...] | None = None
    """Titles of the panels that query data and show it; empty text for a panel without a title."""
    signals: tuple[str, ...] | None = None
    """Those of `traffic`, `latency`, `errors` and `saturation` that a panel shows."""
    signal_panels: Mapping[str, Any] | None = None
    """Signal -> titles of the panels that show it."""
    metrics: tuple[str, ...] | None = None
    """The metrics that panels show by PromQL, sorted."""
    without_query: tuple[str, ...] | None = None
    """Titles of rows and of panels that show no data, or none that is known here."""


FACTS = DashboardFacts
_SIGNALS = frozenset({"signals", "signal_panels"})
PLACES = {"query": _SIGNALS | {"metrics"}, "panel": _SIGNALS | {"metrics"}, "title": _SIGNALS}
