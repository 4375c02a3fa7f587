"""Read evidence of the kind `dashboard`."""

from typing import NamedTuple

from gatekeeper.collectors.dashboard.facts import DashboardFacts
from gatekeeper.collectors.formats import golden_signals
from gatekeeper.collectors.reading.files import only_file
from gatekeeper.collectors.reading.merging import collected
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.collectors.reading.words import Phrases, words
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options, Origin


class Query(NamedTuple):
    """A query of a panel to a data source."""

    expression: str | None = None
    """PromQL or LogQL."""
    text: str = ""
    """A query in another language, or the texts of a form."""


class Panel(NamedTuple):
    """A panel or a row."""

    title: str
    units: tuple[str, ...] = ()
    queries: tuple[Query, ...] = ()


class Dashboard(NamedTuple):
    """A dashboard in any model. A format of this kind returns it."""

    origin: Origin
    title: str | None
    uid: str | None
    panels: tuple[Panel, ...]


FORMATS = Formats[Dashboard]("dashboard")

_REQUESTS_PER_TIME = frozenset({"reqps", "reqpm"})
_TIME = frozenset({"ns", "µs", "us", "ms", "s", "dtdurationms", "dtdurations", "clockms", "clocks"})
_TIMED = Phrases("request", "requests", "response", "responses", "query", "queries", "page", "call", "calls")


def collect(artefact: Artefact, options: Options) -> Collected[DashboardFacts]:  # noqa: ARG001 - this kind has no options
    """Read the dashboard's panels."""
    file = only_file(artefact)
    dashboard = FORMATS.read(file)
    if not dashboard.panels:
        raise Absent(f"{file.name}: the dashboard has no panel")
    return collected([dashboard], _facts(dashboard))


def _facts(dashboard: Dashboard) -> DashboardFacts:
    querying = [panel for panel in dashboard.panels if panel.queries]
    shown = [(panel.title, _signals_of(panel)) for panel in querying]
    showing = {
        signal: tuple(title for title, signals in shown if signal in signals)
        for signal in golden_signals.ALL
        if any(signal in signals for _, signals in shown)
    }
    return DashboardFacts(
        title=dashboard.title,
        uid=dashboard.uid,
        panels=tuple(panel.title for panel in querying),
        signals=tuple(showing),
        signal_panels=showing,
        without_query=tuple(panel.title for panel in dashboard.panels if not panel.queries),
    )


def _signals_of(panel: Panel) -> set[str]:
    shown = {signal for query in panel.queries for signal in _signals_of_query(query)}
    return shown or _promised(panel)


def _signals_of_query(query: Query) -> set[str]:
    if query.expression is None:
        return golden_signals.of_text(query.text)
    parsed = golden_signals.promql(query.expression)
    return golden_signals.of_promql(parsed) if parsed else golden_signals.of_text(query.expression)


def _promised(panel: Panel) -> set[str]:
    """Return the signals that title and unit promise, for a panel whose queries show none."""
    named = golden_signals.of_text(panel.title)
    if named <= {golden_signals.TRAFFIC} and not _TIME.isdisjoint(panel.units):
        return {golden_signals.LATENCY} if _TIMED.found_in(words(panel.title)) else named
    return named or ({golden_signals.TRAFFIC} if not _REQUESTS_PER_TIME.isdisjoint(panel.units) else set())
