"""Sloth: `prometheus/v1`, and PrometheusServiceLevel of `sloth.slok.dev/v1` in Kubernetes.

https://sloth.dev/specs/default/v1 and https://sloth.dev/specs/kubernetes/v1. Objectives are per cent.
Modelled: the queries of events and raw indicators. Not modelled: the queries that a plugin makes.
"""

from collections.abc import Iterator

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import amount, first_text, listing, mapping, section, shown, text
from gatekeeper.collectors.reading.structured import Structured, about
from gatekeeper.collectors.reading.subjects import services
from gatekeeper.collectors.slo import _objectives
from gatekeeper.collectors.slo._objectives import Indicator, Metric, Objective, SloPart
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax.json import Object
from gatekeeper.syntax.yaml import Step

ABOUT = About(
    tool="Sloth",
    seen="prometheus/v1 and sloth.slok.dev/v1",
    source="https://sloth.dev/specs/default/v1",
    command=None,
    recognised="`version: prometheus/v1`, or PrometheusServiceLevel of `sloth.slok.dev/v1`",
    models="objectives with their targets, the queries of events and raw indicators",
    not_modelled="the queries that a plugin makes",
)

_INDICATORS = {"events": ("error_query", "total_query"), "raw": ("error_ratio_query",)}


def recognises(content: Content) -> bool:
    """Return whether the document is one of Sloth, bare or in Kubernetes."""
    value = content.fields
    return value.get("version") == "prometheus/v1" or (
        value.get("apiVersion") == "sloth.slok.dev/v1" and value.get("kind") == "PrometheusServiceLevel"
    )


def read(content: Content) -> SloPart:
    """Return the objectives in their order."""
    thing = content.document.object
    service = (thing if "version" in thing else section(thing, "spec")).get("service")
    return SloPart(Origin("sloth", subjects=services(service)), tuple(_read_objectives(content.document)))


def _read_objectives(document: Structured) -> Iterator[Objective]:
    path: tuple[Step, ...] = () if "version" in document.object else ("spec",)
    with about(document):
        spec = mapping(document.object.get("spec"), "spec") if path else document.object
        slos = listing(spec.get("slos") or [], "slos")
    flaw = None if services(spec.get("service")) else "names no service"
    for i, slo in enumerate(slos):
        with about(document, *path, "slos", i):
            objective = _objective(mapping(slo, "an SLO"))
            yield objective._replace(flaw=flaw, place=document.finding("", *path, "slos", i))


def _objective(slo: Object) -> Objective:
    name = text(slo.get("name"), "the name of an SLO")
    labels = section(slo, "labels", f"the labels of {name}")
    sli = mapping(slo.get("sli"), f"the sli of {name}")
    description = slo.get("description")
    return Objective(
        name,
        _target(slo.get("objective"), name),
        labels=tuple(_objectives.categories(labels)),
        names=(name,),
        description=description if isinstance(description, str) else None,
        indicator=Indicator(metric=_metric(sli, name)),
        declared=_objectives.declared(labels),
        counts_events=True,
        declared_ms=_objectives.declared_ms(labels),
    )


def _metric(sli: Object, name: str) -> Metric:
    for kind, names in _INDICATORS.items():
        if isinstance(found := sli.get(kind), dict):
            written = (first_text(found, name, _in_camel_case(name)) for name in names)
            queries = [query for query in written if query]
            return _objectives.measured(queries, is_ratio=kind == "events", needs=len(names))
    if isinstance(plugin := sli.get("plugin"), dict):
        lack = None if plugin.get("id") else "names no plugin"
        return Metric(
            (), is_ratio=False, flaw=lack, doubt=f"the query is in the plugin {shown(plugin.get('id'))}"
        )
    raise Unreadable(f"the sli of {name} has neither events nor raw nor plugin")


def _target(value: object, name: str) -> float:
    target = amount(value, f"the objective of {name}")
    if target > 100:
        raise Unreadable(f"the objective of {name} is {value}, more than 100 %")
    if target <= 1:
        # For Sloth 0.999 is less than 1 %, which nobody promises.
        raise Unreadable(f"the objective of {name} is {value}; objectives of Sloth are per cent, as in 99.9")
    return target


def _in_camel_case(name: str) -> str:
    """Return a name as the objects of Kubernetes spell it."""
    first, *rest = name.split("_")
    return first + "".join(map(str.title, rest))
