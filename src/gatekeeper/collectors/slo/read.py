"""Read evidence of the kind `slo`."""

from collections.abc import Iterable

from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.merging import collected
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.collectors.slo._objectives import Indicator, Metric, Objective, SloPart
from gatekeeper.collectors.slo.facts import PLACES, SloFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options, Origin

__all__ = ["FORMATS", "Indicator", "Metric", "Objective", "SloPart", "collect"]

FORMATS = Formats[SloPart]("slo")


def collect(artefact: Artefact, options: Options) -> Collected[SloFacts]:
    """Read the objectives of all documents; indicators may be shared across files."""
    parts = FORMATS.read_documents(artefact, options)
    shared = {name: indicator for part in parts for name, indicator in part.indicators.items()}
    parts = [part.resolved(shared) for part in parts]
    objectives = [objective for part in parts for objective in part.objectives]
    if not objectives:
        raise Absent(f"{artefact.path} holds no SLO")
    promising = [objective for objective in objectives if not objective.lack()]
    facts = SloFacts(
        objectives=_least((name, each.target) for each in promising for name in each.counts_as()),
        bounds=_least(bound for each in promising for bound in each.bounds()),
        unmeasured=tuple(
            objective.place._replace(message=f"{objective.name} {lack}")
            for objective in objectives
            if (lack := objective.lack())
        ),
        # An SLO of OpenSLO may have several objectives.
        slos=tuple(name for part in parts for name in dict.fromkeys(each.name for each in part.objectives)),
    )
    return collected([part._replace(origin=_with_doubts(part)) for part in parts], facts)


def _with_doubts(part: SloPart) -> Origin:
    ledger = Ledger(PLACES)
    for objective in part.objectives:
        metric = objective.indicator.metric
        if metric and metric.doubt and not objective.lack():
            ledger.add("query", objective.place._replace(message=f"{objective.name}: {metric.doubt}"))
    return ledger.told_by(part.origin)


def _least(figures: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return the least figure of each name."""
    least: dict[str, float] = {}
    for name, figure in figures:
        least[name] = min(figure, least.get(name, figure))
    return least
