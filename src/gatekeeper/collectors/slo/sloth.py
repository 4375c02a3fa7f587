"""SLOs as Sloth has them: `prometheus/v1`, and PrometheusServiceLevel of `sloth.slok.dev/v1`.

https://sloth.dev/specs/default/v1 and https://sloth.dev/specs/kubernetes/v1: objectives are per cent.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gatekeeper.collectors.reading.documents import about
from gatekeeper.collectors.reading.figures import amount, listing, mapping, text
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.slo import _objectives
from gatekeeper.collectors.slo._objectives import Objective
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.yaml import Step

FORMAT = "sloth"
_INDICATORS = ("events", "raw", "plugin")


def recognises(value: Mapping[str, Any]) -> bool:
    """Tell whether the document is Sloth's, bare or in Kubernetes."""
    return value.get("version") == "prometheus/v1" or (
        value.get("apiVersion") == "sloth.slok.dev/v1" and value.get("kind") == "PrometheusServiceLevel"
    )


def read(document: Structured) -> Iterator[Objective]:
    """Return the objectives in their order."""
    path: tuple[Step, ...] = () if "version" in document.object else ("spec",)
    with about(document):
        spec = mapping(document.object.get("spec"), "spec") if path else document.object
        slos = listing(spec.get("slos") or [], "slos")
    for i, slo in enumerate(slos):
        with about(document, *path, "slos", i):
            yield _objective(mapping(slo, "an SLO"))


def _objective(slo: Mapping[str, Any]) -> Objective:
    name = text(slo.get("name"), "the name of an SLO")
    labels = mapping(slo.get("labels") or {}, f"the labels of {name}")
    indicator = mapping(slo.get("sli"), f"the sli of {name}")
    kind = next((kind for kind in _INDICATORS if isinstance(indicator.get(kind), dict)), None)
    if kind is None:
        raise Unreadable(f"the sli of {name} has neither events nor raw nor plugin")
    description = slo.get("description")
    return Objective(
        name,
        _target(slo.get("objective"), name),
        texts=(
            *_objectives.categories(labels),
            name,
            *([description] if isinstance(description, str) else []),
        ),
        queries=tuple(query for query in mapping(indicator[kind], kind).values() if isinstance(query, str)),
        declared=_objectives.declared(labels),
        is_share_of_events=kind == "events",
    )


def _target(value: object, name: str) -> float:
    target = amount(value, f"the objective of {name}")
    if target > 100:
        raise Unreadable(f"the objective of {name} is {value}, more than 100 %")
    if target <= 1:
        # Sloth would take 0.999 for less than 1 %, which nobody promises.
        raise Unreadable(f"the objective of {name} is {value}: Sloth's are per cent, as in 99.9")
    return target
