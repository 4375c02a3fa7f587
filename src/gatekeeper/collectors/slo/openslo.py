"""SLOs as OpenSLO has them, versions v1 and v1alpha: https://github.com/OpenSLO/OpenSLO.

Targets are ratios (`target: 0.999`), in v1 also per cent (`targetPercent: 99.9`). In v1 the indicator stands
in the SLO or is referred to by its name, or, for a composite one, in each objective; in v1alpha each
objective has its queries.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gatekeeper.collectors.reading.documents import about
from gatekeeper.collectors.reading.figures import amount, listing, mapping, shown, text
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.slo import _objectives
from gatekeeper.collectors.slo._objectives import Objective
from gatekeeper.model.evidence import Unreadable

FORMAT = "openslo"
_VERSIONS = frozenset({"openslo/v1", "openslo/v1alpha"})
_KINDS = frozenset(
    {"SLO", "SLI", "Service", "DataSource", "AlertPolicy", "AlertCondition", "AlertNotificationTarget"}
)
_QUERIES = frozenset({"query", "expr", "promql"})

Indicators = Mapping[str, Mapping[str, Any]]
"""Indicators by name, for the SLOs that refer to them."""


def recognises(value: Mapping[str, Any]) -> bool:
    """Tell whether the document is OpenSLO's, of whatever version."""
    version = value.get("apiVersion")
    return isinstance(version, str) and version.startswith(("openslo/", "openslo.com/"))


def indicators(documents: Iterable[Structured]) -> Indicators:
    """Return the SLI objects by name."""
    found = {}
    for document in documents:
        if recognises(document.object) and document.object.get("kind") == "SLI":
            with about(document):
                found[_name(document.object)] = document.object
    return found


def read(document: Structured, shared: Indicators) -> Iterator[Objective]:
    """Return the objectives of an SLO; of another kind of object none."""
    slo = document.object
    with about(document):
        if slo["apiVersion"] not in _VERSIONS:
            raise Unreadable(f"{slo['apiVersion']} is not read, only openslo/v1 and openslo/v1alpha")
        if slo.get("kind") not in _KINDS:
            raise Unreadable(f"{shown(slo.get('kind'))} is no kind of OpenSLO's")
    if slo["kind"] != "SLO":
        return
    with about(document, "spec"):
        name = _name(slo)
        objectives = listing(_spec(slo).get("objectives"), f"the objectives of {name}")
        if not objectives:
            raise Unreadable(f"{name} has no objective")
    for i, objective in enumerate(objectives):
        with about(document, "spec", "objectives", i):
            yield _objective(slo, mapping(objective, f"an objective of {name}"), shared)


def _objective(slo: Mapping[str, Any], objective: Mapping[str, Any], shared: Indicators) -> Objective:
    name, spec = _name(slo), _spec(slo)
    labels, annotations = _labels(slo, "labels"), _labels(slo, "annotations")
    indicator = _indicator(objective, spec, shared)
    if indicator is None:
        raise Unreadable(f"{name} has no indicator")
    metric = objective.get("ratioMetrics") or _spec(indicator).get("ratioMetric")
    return Objective(
        name,
        _target(objective, name),
        texts=tuple(
            text
            for text in (
                objective.get("displayName"),
                *_objectives.categories(labels, annotations),
                *_names(slo),
                *_names(indicator),
                spec.get("description"),
                _spec(indicator).get("description"),
            )
            if isinstance(text, str)
        ),
        queries=tuple(_queries(metric or indicator)),
        declared=_objectives.declared(annotations, labels),
        is_share_of_events=bool(metric) and spec.get("budgetingMethod") in (None, "Occurrences"),
    )


def _indicator(
    objective: Mapping[str, Any], spec: Mapping[str, Any], shared: Indicators
) -> Mapping[str, Any] | None:
    for place in (objective, spec):
        if isinstance(place.get("indicator"), dict):
            return dict(place["indicator"])
        if isinstance(reference := place.get("indicatorRef"), str):
            # What lies in another file still has a name.
            return shared.get(reference, {"metadata": {"name": reference}})
    return {} if isinstance(objective.get("ratioMetrics"), dict) else None


def _target(objective: Mapping[str, Any], name: str) -> float:
    ratio, percent = objective.get("target"), objective.get("targetPercent")
    if (ratio is None) is (percent is None):
        raise Unreadable(f"an objective of {name} needs either target or targetPercent")
    target = amount(percent if ratio is None else ratio, f"the target of {name}")
    if ratio is not None and target > 1:
        raise Unreadable(f"the target of {name} is {ratio}: OpenSLO's are ratios, as in 0.999")
    # Rounded because 100 * 0.9043 is 90.42999999999999.
    target = target if ratio is None else round(100 * target, 10)
    if not 0 < target <= 100:
        raise Unreadable(f"the target of {name} is {percent if ratio is None else ratio}")
    return target


def _queries(value: object) -> Iterator[str]:
    """Return the texts under keys such as `query`, wherever the data source's plugin wants them."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case dict() as inner:
                yield from (item for key, item in inner.items() if key in _QUERIES and isinstance(item, str))
                waiting += inner.values()
            case list() as items:
                waiting += items
            case _:
                pass


def _name(thing: Mapping[str, Any]) -> str:
    return text(mapping(thing.get("metadata"), "metadata").get("name"), "metadata.name")


def _names(thing: Mapping[str, Any]) -> tuple[object, object]:
    metadata = thing.get("metadata")
    return (metadata.get("name"), metadata.get("displayName")) if isinstance(metadata, dict) else (None, None)


def _spec(thing: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(thing.get("spec") or {}, "spec")


def _labels(slo: Mapping[str, Any], which: str) -> Mapping[str, Any]:
    return mapping(slo["metadata"].get(which) or {}, f"metadata.{which}")
