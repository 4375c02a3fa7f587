"""SLOs of Nobl9, as `sloctl` applies and prints them; the other objects of Nobl9 define no objective."""

from collections.abc import Iterator
from itertools import chain

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import (
    first_text,
    listing,
    mapping,
    section,
    shown,
    text,
    walk,
)
from gatekeeper.collectors.reading.structured import Structured, about
from gatekeeper.collectors.reading.subjects import services
from gatekeeper.collectors.slo import _objectives
from gatekeeper.collectors.slo._objectives import Indicator, Metric, Objective, SloPart
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="Nobl9: sloctl",
    seen="by its source, n9/v1alpha",
    source="https://github.com/nobl9/nobl9-go/blob/main/manifest/v1alpha/slo/slo.go",
    command="sloctl get slos -o yaml",
    recognised="`apiVersion: n9/...`",
    models="objectives, budgeting method, time windows, count metrics and raw metrics",
    not_modelled="composites of other SLOs; queries that are not PromQL, of which only that they exist",
)
_VERSION = "n9/v1alpha"
_OTHERS = (
    "Service", "Agent", "AlertPolicy", "AlertSilence", "Alert", "Project", "AlertMethod", "MetricSource",
    "Direct", "DataExport", "UsageSummary", "RoleBinding", "SLOErrorBudgetStatus", "Annotation", "UserGroup",
    "BudgetAdjustment", "Report",
)  # fmt: skip
_METHODS = ("Occurrences", "Timeslices")


def recognises(content: Content) -> bool:
    """Return whether the document is an object of Nobl9, of any version."""
    version = content.fields.get("apiVersion")
    return isinstance(version, str) and version.startswith("n9/")


def read(content: Content) -> SloPart:
    """Return the objectives of an SLO; other objects have none."""
    document = content.document
    slo = document.object
    if slo["apiVersion"] != _VERSION:
        raise Unreadable(f"{slo['apiVersion']} is not supported, only {_VERSION}")
    if slo.get("kind") in _OTHERS:
        return SloPart(Origin("nobl9"))
    if slo.get("kind") != "SLO":
        raise Unreadable(f"{shown(slo.get('kind'))} is not a kind of Nobl9")
    service = section(slo, "spec").get("service")
    return SloPart(Origin("nobl9", subjects=services(service)), tuple(_read_objectives(document)))


def _read_objectives(document: Structured) -> Iterator[Objective]:
    slo = document.object
    with about(document, "spec"):
        name = text(mapping(slo.get("metadata"), "metadata").get("name"), "metadata.name")
        objectives = listing(mapping(slo.get("spec"), "spec").get("objectives"), f"the objectives of {name}")
        if not objectives:
            raise Unreadable(f"{name} has no objective")
    for i, objective in enumerate(objectives):
        with about(document, "spec", "objectives", i):
            found = _objective(slo, name, mapping(objective, f"an objective of {name}"))
            yield found._replace(place=document.finding("", "spec", "objectives", i))


def _objective(slo: Object, name: str, objective: Object) -> Objective:
    metadata, spec = section(slo, "metadata"), section(slo, "spec")
    labels, annotations = _labels(metadata, "labels"), _labels(metadata, "annotations")
    method = spec.get("budgetingMethod")
    if method not in _METHODS:
        raise Unreadable(f"the budgeting method of {name} is {shown(method)}, which Nobl9 does not have")
    value = objective.get("value")
    is_upper = objective.get("op") in ("lt", "lte")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Objective(
        name,
        _objectives.of_ratio(objective.get("target"), "target", "Nobl9", name),
        labels=(*_texts(objective, "displayName", "name"), *_objectives.categories(labels, annotations)),
        names=_texts(metadata, "name", "displayName"),
        description=first_text(spec, "description"),
        indicator=Indicator(metric=_metric(objective, section(spec, "indicator"), name)),
        declared=_objectives.declared(annotations, labels),
        counts_events=method == "Occurrences",
        flaw=_flaw(spec),
        has_bound=isinstance(objective.get("op"), str) and value is not None,
        limit=float(value) if is_upper and is_number else None,  # type: ignore[arg-type]
        declared_ms=_objectives.declared_ms(annotations, labels),
    )


def _flaw(spec: Object) -> str | None:
    """Return what an SLO lacks to promise anything."""
    if not services(spec.get("service")):
        return "names no service"
    windows = spec.get("timeWindows")
    is_named = isinstance(windows, list) and any(
        isinstance(each, dict) and each.get("unit") for each in windows
    )
    return None if is_named else "has no time window"


def _metric(objective: Object, indicator: Object, name: str) -> Metric:
    counts = objective.get("countMetrics")
    raw = section(section(objective, "rawMetric"), "query") or section(indicator, "rawMetric")
    if isinstance(counts, dict) and not raw:
        if both := counts.get("goodTotal"):
            return _measured([both], is_ratio=True)
        return _measured([counts.get("good") or counts.get("bad"), counts.get("total")], is_ratio=True)
    if raw:
        return _measured([raw], is_ratio=False)._replace(needs_bound=True)
    if objective.get("composite"):
        return Metric((), is_ratio=False, doubt="it is composed of other SLOs")
    raise Unreadable(f"an objective of {name} has neither countMetrics nor rawMetric")


def _measured(sources: list[Json], *, is_ratio: bool) -> Metric:
    """Return a metric of queries, each under the name of its data source."""
    names = chain.from_iterable(source for source in sources if isinstance(source, dict))
    is_promql = all(name.lower().endswith("prometheus") for name in names)
    queries = ("\n".join(each for each in walk(source) if isinstance(each, str)) for source in sources)
    return _objectives.measured(
        [query for query in queries if query], is_ratio=is_ratio, needs=len(sources), is_promql=is_promql
    )


def _labels(metadata: Object, which: str) -> Object:
    """Return labels or annotations; of a label with several values all, separated by commas."""
    found = section(metadata, which, f"metadata.{which}")
    return {
        key: ", ".join(each for each in value if isinstance(each, str)) if isinstance(value, list) else value
        for key, value in found.items()
    }


def _texts(owner: Object, *keys: str) -> tuple[str, ...]:
    return tuple(value for key in keys if (value := first_text(owner, key)))
