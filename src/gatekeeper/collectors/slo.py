"""Service level objectives: OpenSLO v1 and v1alpha, Sloth bare or in Kubernetes.

Several documents in a file and several files are merged; what else OpenSLO and Kubernetes have in them is
passed over. What an SLO is about is recognised by `gatekeeper/objective`, a label or annotation, or by whole
words of its names: see the fact.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from gatekeeper.collectors import _openslo, _sloth
from gatekeeper.collectors._documents import about, documents, is_kubernetes_object
from gatekeeper.collectors._objectives import Objective
from gatekeeper.collectors._structured import Structured
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options, Unreadable


class SloFacts(NamedTuple):
    """What definitions of service level objectives say; never null."""

    objectives: Mapping[str, Any] | None = None
    """Target by name, in per cent: the share of good events or time that is promised, 0 to 100.

    The names are `availability`, `error_rate`, `latency_p50`, `latency_p95`, `latency_p99`, and an SLO's own
    where none of these is recognised. `gatekeeper/objective`, an annotation or label of an OpenSLO, or
    `gatekeeper_objective`, a label of an SLO of Sloth, says outright which it is; it may name several,
    separated by commas, and only so does one SLO count both as availability and as error rate. Otherwise the
    names, labels (`category`, `slo-type`), description and at last the queries are searched for whole words:
    "availability" or "uptime"; "errors" or "success rate"; "latency", "duration" or "response time" together
    with "p95", "95th" or "median". Where no percentile is named, 99 % of the requests below a bound is a
    p99, and likewise for 95 and 50. Of several targets of one name the lowest counts.
    """
    slos: tuple[str, ...] | None = None
    """Names of the SLOs, in their order; two services may each have one of the same name."""


FACTS = SloFacts


def collect(artefact: Artefact, options: Options) -> Collected:  # noqa: ARG001 - this kind has no options
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
