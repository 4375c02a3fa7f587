"""Read evidence of the kind `dashboard`."""

from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.dashboard._queries import Reading, reading
from gatekeeper.collectors.dashboard.facts import PLACES, DashboardFacts
from gatekeeper.collectors.formats import golden_signals
from gatekeeper.collectors.reading.files import only_file
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.merging import collected
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.reading.subjects import services
from gatekeeper.collectors.reading.words import Phrases, words
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options, Origin, Unreadable
from gatekeeper.syntax.json import Object
from gatekeeper.syntax.yaml import Step


class Panel(NamedTuple):
    """A panel or a row."""

    title: str
    units: tuple[str, ...] = ()
    targets: tuple[Object, ...] = ()
    """What it queries and shows."""
    doubt: str | None = None
    """Why it is not known what it shows."""
    path: tuple[Step, ...] = ()


class Dashboard(NamedTuple):
    """A dashboard in any model. A format of this kind returns it."""

    origin: Origin
    title: str | None
    uid: str | None
    panels: tuple[Panel, ...]
    document: Structured


FORMATS = Formats[Dashboard]("dashboard")

_REQUESTS_PER_TIME = frozenset({"reqps", "reqpm"})
_TIME = frozenset({"ns", "µs", "us", "ms", "s", "dtdurationms", "dtdurations", "clockms", "clocks"})
_TIMED = Phrases("request", "requests", "response", "responses", "query", "queries", "page", "call", "calls")


def collect(artefact: Artefact, options: Options) -> Collected[DashboardFacts]:
    """Read the dashboard's panels."""
    file = only_file(artefact)
    found = FORMATS.read_documents(artefact, options)
    if len(found) != 1:
        raise Unreadable(f"{file.name}: {len(found)} dashboards; expected one")
    [dashboard] = found
    if not dashboard.panels:
        raise Absent(f"{file.name}: the dashboard has no panel")
    readings = [[reading(target) for target in panel.targets] for panel in dashboard.panels]
    facts = _facts(dashboard, readings)
    ledger = Ledger(PLACES)
    is_proven = set(golden_signals.ALL) <= set(facts.signals or ())
    for panel, read in zip(dashboard.panels, readings, strict=True):
        for kind, doubt in dict.fromkeys(_doubts(panel, read)):
            said = f"{panel.title or 'a panel'}: {doubt}"
            if not is_proven or "metrics" in PLACES[kind]:
                touched = ("metrics",) if is_proven else None
                ledger.add(kind, dashboard.document.finding(said, *panel.path), touched)
    about = services(*(name for read in readings for each in read for name in each.services))
    origin = ledger.told_by(dashboard.origin._replace(subjects=about))
    return collected([dashboard._replace(origin=origin)], facts)


def _facts(dashboard: Dashboard, readings: list[list[Reading]]) -> DashboardFacts:
    panels = list(zip(dashboard.panels, readings, strict=True))
    querying = [(panel, read) for panel, read in panels if any(each.has_data for each in read)]
    showing = {
        signal: titles
        for signal in golden_signals.ALL
        if (
            titles := tuple(
                panel.title for panel, read in querying if any(signal in each.signals for each in read)
            )
        )
    }
    return DashboardFacts(
        title=dashboard.title,
        uid=dashboard.uid,
        panels=tuple(panel.title for panel, _ in querying),
        signals=tuple(showing),
        signal_panels=showing,
        metrics=tuple(sorted({name for _, read in querying for each in read for name in each.metrics})),
        without_query=tuple(panel.title for panel, read in panels if not any(each.has_data for each in read)),
    )


def _doubts(panel: Panel, read: list[Reading]) -> Iterator[tuple[str, str]]:
    """Yield what is not understood, after the kind of its place."""
    if panel.doubt:
        yield "panel", panel.doubt
    yield from (("query", each.doubt) for each in read if each.doubt)
    is_plain = not any(each.signals or each.doubt for each in read)
    if is_plain and any(each.has_data for each in read) and (promised := _promised(panel)):
        lacking = ", ".join(sorted(promised))
        yield "title", f"the names in the query do not show {lacking}, which the panel promises"


def _promised(panel: Panel) -> set[str]:
    """Return the signals that title and unit promise; they prove nothing."""
    named = golden_signals.of_names(panel.title)
    if named <= {golden_signals.TRAFFIC} and not _TIME.isdisjoint(panel.units):
        return {golden_signals.LATENCY} if _TIMED.found_in(words(panel.title)) else named
    return named or ({golden_signals.TRAFFIC} if not _REQUESTS_PER_TIME.isdisjoint(panel.units) else set())
