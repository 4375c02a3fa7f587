"""Read evidence of the kind `slo`."""

from collections.abc import Iterable

from gatekeeper.collectors.reading.merging import collected
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.collectors.slo._objectives import Indicator, Metric, Objective, SloPart
from gatekeeper.collectors.slo.facts import SloFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options

__all__ = ["FORMATS", "Indicator", "Metric", "Objective", "SloPart", "collect"]

FORMATS = Formats[SloPart]("slo")


def collect(artefact: Artefact, options: Options) -> Collected[SloFacts]:  # noqa: ARG001 - this kind has no options
    """Read the objectives of all documents; indicators may be shared across files."""
    parts = FORMATS.read_documents(artefact)
    shared = {name: indicator for part in parts for name, indicator in part.indicators.items()}
    if not any(part.objectives for part in parts):
        raise Absent(f"{artefact.path} holds no SLO")
    facts = SloFacts(
        objectives=_targets(objective.resolved(shared) for part in parts for objective in part.objectives),
        # An SLO of OpenSLO may have several objectives.
        slos=tuple(name for part in parts for name in dict.fromkeys(each.name for each in part.objectives)),
    )
    return collected(parts, facts)


def _targets(objectives: Iterable[Objective]) -> dict[str, float]:
    targets: dict[str, float] = {}
    for objective in objectives:
        for key in objective.counts_as():
            targets[key] = min(objective.target, targets.get(key, objective.target))
    return targets
