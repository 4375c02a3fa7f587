"""OpenSLO, versions v1 and v1alpha: https://github.com/OpenSLO/OpenSLO.

Targets are ratios (`target: 0.999`), in v1 also per cent (`targetPercent: 99.9`). In v1 the indicator is part
of the SLO, or the SLO refers to it by name; a composite SLO has an indicator for each objective. In v1alpha
each objective has its own queries.
Modelled: queries in PromQL, which must measure something; of queries in another language only that they exist
and differ. Not modelled: PromQL that does not parse. `openslo.com/v2alpha` is refused.
"""

from collections.abc import Iterator

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import amount, listing, mapping, section, shown, text, walk
from gatekeeper.collectors.reading.structured import Structured, about
from gatekeeper.collectors.reading.subjects import services
from gatekeeper.collectors.slo import _objectives
from gatekeeper.collectors.slo._objectives import Indicator, Metric, Objective, SloPart
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="OpenSLO",
    seen="v1 and v1alpha, by the specification",
    source="https://github.com/OpenSLO/OpenSLO",
    command=None,
    recognised="an `apiVersion` that begins with `openslo/` or `openslo.com/`",
    models=(
        "objectives with their targets, and indicators with queries in PromQL, which must measure something"
    ),
    not_modelled="what queries in other languages measure; `openslo.com/v2alpha`, which is refused",
)

_VERSIONS = frozenset({"openslo/v1", "openslo/v1alpha"})
_KINDS = frozenset(
    {"SLO", "SLI", "Service", "DataSource", "AlertPolicy", "AlertCondition", "AlertNotificationTarget"}
)
_QUERIES = frozenset({"query", "expr", "promql"})
_TYPES = frozenset({"type", "queryType", "source", "metricSourceRef"})
"""The keys that say by what a query is answered."""


def recognises(content: Content) -> bool:
    """Return whether the document is an object of OpenSLO, of any version."""
    version = content.fields.get("apiVersion")
    return isinstance(version, str) and version.startswith(("openslo/", "openslo.com/"))


def read(content: Content) -> SloPart:
    """Return the objectives of an SLO, or the indicator that an SLI defines; other objects have neither."""
    document = content.document
    thing = document.object
    if thing["apiVersion"] not in _VERSIONS:
        raise Unreadable(f"{thing['apiVersion']} is not supported, only openslo/v1 and openslo/v1alpha")
    match thing.get("kind"):
        case "SLO":
            objectives = tuple(_read_objectives(document))
            return SloPart(
                Origin("openslo", subjects=services(section(thing, "spec").get("service"))), objectives
            )
        case "SLI":
            return SloPart(Origin("openslo"), indicators={_name(thing): _indicator(thing)})
        case str(kind) if kind in _KINDS:
            return SloPart(Origin("openslo"))
        case kind:
            raise Unreadable(f"{shown(kind)} is not a kind of OpenSLO")


def _read_objectives(document: Structured) -> Iterator[Objective]:
    slo = document.object
    with about(document, "spec"):
        name = _name(slo)
        objectives = listing(section(slo, "spec").get("objectives"), f"the objectives of {name}")
        if not objectives:
            raise Unreadable(f"{name} has no objective")
    for i, objective in enumerate(objectives):
        with about(document, "spec", "objectives", i):
            found = _objective(slo, mapping(objective, f"an objective of {name}"))
            yield found._replace(place=document.finding("", "spec", "objectives", i))


def _objective(slo: Object, objective: Object) -> Objective:
    name, spec = _name(slo), section(slo, "spec")
    labels, annotations = _labels(slo, "labels"), _labels(slo, "annotations")
    reference = _reference(objective, spec)
    indicator = Indicator() if reference else _own_indicator(objective, spec)
    if indicator is None:
        raise Unreadable(f"{name} has no indicator")
    if own := objective.get("ratioMetrics"):
        indicator = indicator._replace(metric=_ratio(mapping(own, "ratioMetrics")))
    return Objective(
        name,
        _target(objective, name),
        labels=(*_texts(objective.get("displayName")), *_objectives.categories(labels, annotations)),
        names=_names(slo),
        description=next(iter(_texts(spec.get("description"))), None),
        indicator=indicator,
        declared=_objectives.declared(annotations, labels),
        counts_events=spec.get("budgetingMethod") in (None, "Occurrences"),
        refers_to=reference,
        flaw=_flaw(spec),
        has_bound=isinstance(objective.get("op"), str) and objective.get("value") is not None,
        limit=_limit(objective),
        declared_ms=_objectives.declared_ms(annotations, labels),
    )


def _limit(objective: Object) -> float | None:
    value = objective.get("value")
    is_upper = objective.get("op") in ("lt", "lte")
    return value if is_upper and isinstance(value, int | float) and not isinstance(value, bool) else None


def _flaw(spec: Object) -> str | None:
    """Return what an SLO lacks to promise anything."""
    if not services(spec.get("service")):
        return "names no service"
    windows = spec.get("timeWindow") or spec.get("timeWindows")
    return None if any(isinstance(each, dict) and each for each in walk(windows)) else "has no time window"


def _reference(objective: Object, spec: Object) -> str | None:
    """Return the name of the indicator that an objective, or else its SLO, refers to."""
    for place in (objective, spec):
        if isinstance(place.get("indicator"), dict):
            return None
        if isinstance(reference := place.get("indicatorRef"), str):
            return reference
    return None


def _own_indicator(objective: Object, spec: Object) -> Indicator | None:
    for place in (objective, spec):
        if isinstance(indicator := place.get("indicator"), dict):
            return _indicator(indicator)
    return Indicator() if isinstance(objective.get("ratioMetrics"), dict) else None


def _indicator(thing: Object) -> Indicator:
    spec = section(thing, "spec") or thing
    ratio, threshold = spec.get("ratioMetric"), spec.get("thresholdMetric")
    description = next(iter(_texts(spec.get("description"))), None)
    metric = (
        _ratio(ratio)
        if isinstance(ratio, dict)
        else _metric([threshold], is_ratio=False)._replace(needs_bound=True)
    )
    return Indicator(_names(thing), description, metric)


def _ratio(ratio: Object) -> Metric:
    if raw := ratio.get("raw"):
        return _metric([raw], is_ratio=True)
    return _metric([ratio.get("good") or ratio.get("bad"), ratio.get("total")], is_ratio=True)


def _metric(sources: list[Json], *, is_ratio: bool) -> Metric:
    queries = [query for source in sources if (query := "\n".join(_queries(source)))]
    inner = [each for each in walk(sources) if isinstance(each, dict)]
    types = [each[key] for each in inner for key in _TYPES if key in each]
    is_promql = all(not isinstance(each, str) or not each.strip() or "prom" in each.lower() for each in types)
    return _objectives.measured(queries, is_ratio=is_ratio, needs=len(sources), is_promql=is_promql)


def _target(objective: Object, name: str) -> float:
    ratio, percent = objective.get("target"), objective.get("targetPercent")
    if (ratio is None) is (percent is None):
        raise Unreadable(f"an objective of {name} needs either target or targetPercent")
    target = amount(percent if ratio is None else ratio, f"the target of {name}")
    if ratio is not None and target > 1:
        raise Unreadable(f"the target of {name} is {ratio}; targets of OpenSLO are ratios, as in 0.999")
    # Rounded because 100 * 0.9043 is 90.42999999999999.
    target = target if ratio is None else round(100 * target, 10)
    if not 0 < target <= 100:
        raise Unreadable(f"the target of {name} is {percent if ratio is None else ratio}")
    return target


def _queries(source: Json) -> Iterator[str]:
    """Yield the texts under keys such as `query`, at the depth that the data source needs; else all texts."""
    inner = [found for found in walk(source) if isinstance(found, dict)]
    named = [
        item for each in inner for key, item in each.items() if key in _QUERIES and isinstance(item, str)
    ]
    if any("$ref" in each for each in inner):
        return  # what it refers to is not read
    own = [each["spec"] for each in inner if isinstance(each.get("spec"), dict)]
    yield from named or (item for item in walk(list(own)) if isinstance(item, str))


def _name(thing: Object) -> str:
    return text(mapping(thing.get("metadata"), "metadata").get("name"), "metadata.name")


def _names(thing: Object) -> tuple[str, ...]:
    metadata = thing.get("metadata")
    return _texts(metadata.get("name"), metadata.get("displayName")) if isinstance(metadata, dict) else ()


def _texts(*values: Json) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str))


def _labels(slo: Object, which: str) -> Object:
    return section(mapping(slo["metadata"], "metadata"), which, f"metadata.{which}")
