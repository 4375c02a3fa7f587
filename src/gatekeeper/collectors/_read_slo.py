"""How evidence of the kind `slo` is read."""

from collections.abc import Iterable, Iterator

from gatekeeper.collectors import _openslo, _sloth
from gatekeeper.collectors._documents import about, documents, is_kubernetes_object
from gatekeeper.collectors._objectives import Objective
from gatekeeper.collectors._structured import Structured
from gatekeeper.collectors.slo import SloFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Unreadable


def read(artefact: Artefact) -> Collected:
    """Read the objectives of all files."""
    ours = [document for found in documents(artefact) for document in _ours(found)]
    shared = _openslo.indicators(ours)
    of_each = [tuple(_objectives(document, shared)) for document in ours]
    if not any(of_each):
        raise Absent(f"{artefact.path} holds no SLO")
    formats = {_sloth.FORMAT if _sloth.recognises(document.value) else _openslo.FORMAT for document in ours}
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
    if isinstance(value, dict) and (_openslo.recognises(value) or _sloth.recognises(value)):
        return True
    if is_kubernetes_object(value):
        return False
    with about(document):
        raise Unreadable("neither OpenSLO nor Sloth")


def _objectives(document: Structured, shared: _openslo.Indicators) -> Iterator[Objective]:
    if _sloth.recognises(document.value):
        return _sloth.read(document)
    return _openslo.read(document, shared)


def _names(objectives: Iterable[Objective]) -> Iterable[str]:
    # An SLO of OpenSLO may have several objectives.
    return dict.fromkeys(objective.name for objective in objectives)


def _targets(objectives: Iterable[Objective]) -> dict[str, float]:
    targets: dict[str, float] = {}
    for objective in objectives:
        for key in objective.counts_as():
            targets[key] = min(objective.target, targets.get(key, objective.target))
    return targets
