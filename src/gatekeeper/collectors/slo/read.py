"""Read evidence of the kind `slo`."""

from collections.abc import Iterable, Iterator

from gatekeeper.collectors.reading.documents import about, documents, is_kubernetes_object
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.slo import openslo, sloth
from gatekeeper.collectors.slo._objectives import Objective
from gatekeeper.collectors.slo.facts import SloFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options, Unreadable


def collect(artefact: Artefact, options: Options) -> Collected:  # noqa: ARG001 - this kind has no options
    """Read the objectives of all files."""
    ours = [document for found in documents(artefact) for document in _ours(found)]
    shared = openslo.indicators(ours)
    of_each = [tuple(_objectives(document, shared)) for document in ours]
    if not any(of_each):
        raise Absent(f"{artefact.path} holds no SLO")
    formats = {sloth.FORMAT if sloth.recognises(document.object) else openslo.FORMAT for document in ours}
    return Collected(
        ", ".join(sorted(formats)),
        SloFacts(
            objectives=_targets(objective for objectives in of_each for objective in objectives),
            slos=tuple(name for objectives in of_each for name in _names(objectives)),
        ),
    )


def _ours(found: list[Structured]) -> Iterator[Structured]:
    """Return the documents of a file that may hold objectives; there must be one, or the file is another."""
    ours = [document for document in found if _is_ours(document)]
    if found and not ours:
        raise Unreadable(f"{found[0].file}: objects of Kubernetes, but neither of OpenSLO nor of Sloth")
    yield from ours


def _is_ours(document: Structured) -> bool:
    value = document.value
    if isinstance(value, dict) and (openslo.recognises(value) or sloth.recognises(value)):
        return True
    if is_kubernetes_object(value):
        return False
    with about(document):
        raise Unreadable("neither OpenSLO nor Sloth")


def _objectives(document: Structured, shared: openslo.Indicators) -> Iterator[Objective]:
    if sloth.recognises(document.object):
        return sloth.read(document)
    return openslo.read(document, shared)


def _names(objectives: Iterable[Objective]) -> Iterable[str]:
    # An SLO of OpenSLO may have several objectives.
    return dict.fromkeys(objective.name for objective in objectives)


def _targets(objectives: Iterable[Objective]) -> dict[str, float]:
    targets: dict[str, float] = {}
    for objective in objectives:
        for key in objective.counts_as():
            targets[key] = min(objective.target, targets.get(key, objective.target))
    return targets
