"""How evidence of the kind `dashboard` is read."""

from gatekeeper.collectors import _grafana, _signals, _structured
from gatekeeper.collectors._grafana import Panel, Query
from gatekeeper.collectors._opening import only_file
from gatekeeper.collectors._words import Phrases, words
from gatekeeper.collectors.dashboard import DashboardFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Unreadable

_REQUESTS_PER_TIME = frozenset({"reqps", "reqpm"})
_TIME = frozenset({"ns", "µs", "us", "ms", "s", "dtdurationms", "dtdurations", "clockms", "clocks"})
_TIMED = Phrases("request", "requests", "response", "responses", "query", "queries", "page", "call", "calls")


def read(artefact: Artefact) -> Collected:
    """Read the dashboard's panels."""
    file = only_file(artefact)
    document = _structured.read(file).value
    try:
        dashboard = _grafana.read(document)
    except Unreadable as flaw:
        raise Unreadable(f"{file.name}: {flaw}") from None
    if not dashboard.panels:
        raise Absent(f"{file.name}: the dashboard has no panel")
    return Collected(dashboard.format, _facts(dashboard))


def _facts(dashboard: _grafana.Dashboard) -> DashboardFacts:
    asking = [panel for panel in dashboard.panels if panel.queries]
    shown = [(panel.title, _signals_of(panel)) for panel in asking]
    showing = {
        signal: tuple(title for title, signals in shown if signal in signals)
        for signal in _signals.ALL
        if any(signal in signals for _, signals in shown)
    }
    return DashboardFacts(
        title=dashboard.title,
        uid=dashboard.uid,
        panels=tuple(panel.title for panel in asking),
        signals=tuple(showing),
        signal_panels=showing,
        without_query=tuple(panel.title for panel in dashboard.panels if not panel.queries),
    )


def _signals_of(panel: Panel) -> set[str]:
    told = {signal for query in panel.queries for signal in _signals_of_query(query)}
    return told or _promised(panel)


def _signals_of_query(query: Query) -> set[str]:
    if query.expression is None:
        return _signals.of_text(query.text)
    parsed = _signals.promql(query.expression)
    return _signals.of_promql(parsed) if parsed else _signals.of_text(query.expression)


def _promised(panel: Panel) -> set[str]:
    """Return what title and unit promise of a panel whose queries tell nothing."""
    named = _signals.of_text(panel.title)
    if named <= {_signals.TRAFFIC} and not _TIME.isdisjoint(panel.units):
        return {_signals.LATENCY} if _TIMED.found_in(words(panel.title)) else named
    return named or ({_signals.TRAFFIC} if not _REQUESTS_PER_TIME.isdisjoint(panel.units) else set())
