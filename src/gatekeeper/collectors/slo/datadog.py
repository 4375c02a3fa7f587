"""Service level objectives of Datadog, as its API returns them: one, or a page of them, under `data`."""

from collections.abc import Iterator

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import (
    amount,
    count,
    entries,
    first_text,
    listed,
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
from gatekeeper.syntax.json import Object
from gatekeeper.syntax.yaml import Step

ABOUT = About(
    tool="Datadog",
    seen="by its reference, v1",
    source="https://docs.datadoghq.com/api/latest/service-level-objectives/",
    command="curl -H 'DD-API-KEY: …' https://api.datadoghq.com/api/v1/slo",
    recognised="`data` with `thresholds` and a `type` of Datadog",
    models="a target for each time frame, the queries of metrics, monitors, the comparison of time slices",
    not_modelled="what queries and monitors measure, of which only that they exist and differ",
)
_TYPES = ("metric", "monitor", "time_slice")
_KEYS = frozenset({"thresholds", "type", "name"})


def recognises(content: Content) -> bool:
    """Return whether the document has an objective of Datadog under `data`."""
    data = content.fields.get("data")
    first = data[0] if isinstance(data, list) and data else data
    return isinstance(first, dict) and first.keys() >= _KEYS and first.get("type") in _TYPES


def read(content: Content) -> SloPart:
    """Return the objectives, one for each time frame of each SLO."""
    document = content.document
    answer = document.object
    slos = list(_slos(document))
    objectives = tuple(objective for slo, path in slos for objective in _read(document, slo, path))
    tags = (tag for slo, _ in slos for tag in _tags(slo) if tag.startswith("service:"))
    return SloPart(
        Origin(
            "datadog",
            subjects=services(*(tag.partition(":")[2] for tag in tags)),
            partial=tuple(_lacking(answer, len(slos))),
        ),
        objectives,
    )


def _slos(document: Structured) -> Iterator[tuple[Object, tuple[Step, ...]]]:
    data = document.object["data"]
    if isinstance(data, dict):
        yield data, ("data",)
    else:
        for index, slo in enumerate(listed(document.object, "data", "an SLO")):
            yield slo, ("data", index)


def _lacking(answer: Object, slos: int) -> Iterator[str]:
    for error in entries(answer.get("errors"), "errors"):
        yield f"Datadog reports an error: {shown(error)}"
    total = section(section(answer, "metadata"), "page").get("total_count")
    if total is not None and count(total, "total_count") > slos:
        yield f"{slos} of {total} SLOs"


def _read(document: Structured, slo: Object, path: tuple[Step, ...]) -> Iterator[Objective]:
    with about(document, *path):
        name = text(slo.get("name"), "the name of an SLO")
        thresholds = list(listed(slo, "thresholds", f"a threshold of {name}"))
        if not thresholds:
            raise Unreadable(f"{name} has no threshold")
    for index, threshold in enumerate(thresholds):
        where = (*path, "thresholds", index)
        with about(document, *where):
            yield _objective(slo, name, threshold)._replace(place=document.finding("", *where))


def _objective(slo: Object, name: str, threshold: Object) -> Objective:
    target = amount(threshold.get("target"), f"the target of {name}")
    if not 1 < target <= 100:
        raise Unreadable(f"the target of {name} is {target:g}; targets of Datadog are per cent, as in 99.9")
    labels: Object = {key: value for key, _, value in (tag.partition(":") for tag in _tags(slo)) if value}
    return Objective(
        name,
        target,
        labels=tuple(_objectives.categories(labels)),
        names=(name,),
        description=first_text(slo, "description"),
        indicator=Indicator(metric=_metric(slo, name)),
        declared=_objectives.declared(labels),
        counts_events=slo.get("type") == "metric",
        flaw=None if first_text(threshold, "timeframe") else "has no time window",
        declared_ms=_objectives.declared_ms(labels),
    )


def _metric(slo: Object, name: str) -> Metric:
    specification = section(slo, "sli_specification")
    match slo.get("type"):
        case "monitor":
            monitors = entries(slo.get("monitor_ids"), f"the monitors of {name}")
            return Metric((), is_ratio=False, flaw=None if monitors else "has no monitor")
        case "time_slice":
            slices = section(specification, "time_slice")
            queries = [each for each in walk(slices.get("query")) if isinstance(each, str)]
            has_limit = isinstance(slices.get("comparator"), str) and slices.get("threshold") is not None
            measured = _objectives.measured(["\n".join(queries)], is_ratio=False, is_promql=False)
            return measured if has_limit or measured.flaw else measured._replace(flaw="has no threshold")
        case "metric" if specification:
            if _is_of_itself(section(specification, "count")):
                return Metric((), is_ratio=True, flaw="compares a query with itself")
            queries = [each for each in walk(specification) if isinstance(each, str)]
            return _objectives.measured(["\n".join(queries)], is_ratio=True, is_promql=False)
        case "metric":
            query = mapping(slo.get("query"), f"the query of {name}")
            written = (first_text(query, key) for key in ("numerator", "denominator"))
            return _objectives.measured(
                [each for each in written if each], is_ratio=True, needs=2, is_promql=False
            )
        case kind:
            raise Unreadable(f"the type of {name} is {shown(kind)}, which Datadog does not have")


def _is_of_itself(count_: Object) -> bool:
    """Return whether the good events of a count are those that it is compared with."""
    named = {query.get("name"): query.get("query") for query in listed(count_, "queries", "a query")}
    keys = ("good_events_formula", "total_events_formula", "bad_events_formula")
    formulas = (first_text(section(count_, key), "formula") for key in keys)
    good, *others = (text and named.get(text, text) for text in formulas)
    return good is not None and good in others


def _tags(slo: Object) -> list[str]:
    return [tag for tag in entries(slo.get("tags"), "tags") if isinstance(tag, str)]
