"""Pyrra's ServiceLevelObjective in Kubernetes: one objective, measured by metrics of Prometheus."""

import re
from typing import NamedTuple

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import first_text, mapping, section, shown, text
from gatekeeper.collectors.reading.structured import about
from gatekeeper.collectors.reading.subjects import services
from gatekeeper.collectors.slo import _objectives
from gatekeeper.collectors.slo._objectives import Indicator, Metric, Objective, SloPart
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="Pyrra",
    seen="by its source, v1alpha1",
    source="https://github.com/pyrra-dev/pyrra/blob/main/kubernetes/api/v1alpha1/servicelevelobjective_types.go",
    command=None,
    recognised="`apiVersion: pyrra.dev/...`",
    models="target, window, and the indicators ratio, latency, latencyNative and bool_gauge",
    not_modelled="alerting, and the grouping of an indicator",
)
_VERSION = "pyrra.dev/v1alpha1"
_QUERIES = {
    "ratio": ("errors", "total"),
    "latency": ("success", "total"),
    "latencyNative": ("total",),
    "bool_gauge": ("",),
}
"""The indicators, and the keys of their metrics; the metric of a gauge is its own."""
_LATENCIES = frozenset({"latency", "latencyNative"})
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_DURATION = re.compile(r"(?=.)(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?")
_MILLISECONDS = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}


class _Sli(NamedTuple):
    metric: Metric
    is_latency: bool
    is_share_of_events: bool
    bound_ms: float | None


def recognises(content: Content) -> bool:
    """Return whether the document is an object of Pyrra, of any version."""
    version = content.fields.get("apiVersion")
    return isinstance(version, str) and version.startswith("pyrra.dev/")


def read(content: Content) -> SloPart:
    """Return the objective."""
    document = content.document
    slo = document.object
    if slo["apiVersion"] != _VERSION or slo.get("kind") != "ServiceLevelObjective":
        what = f"{shown(slo.get('kind'))} of {slo['apiVersion']}"
        raise Unreadable(f"{what} is not supported, only ServiceLevelObjective of {_VERSION}")
    labels = section(section(slo, "metadata"), "labels", "metadata.labels")
    with about(document, "spec"):
        objective = _objective(slo, labels)
    origin = Origin("pyrra", subjects=services(labels.get("pyrra.dev/service")))
    return SloPart(origin, (objective._replace(place=document.finding("", "spec")),))


def _objective(slo: Object, labels: Object) -> Objective:
    metadata, spec = mapping(slo.get("metadata"), "metadata"), mapping(slo.get("spec"), "spec")
    annotations = section(metadata, "annotations", "metadata.annotations")
    name = text(metadata.get("name"), "metadata.name")
    sli = _sli(mapping(spec.get("indicator"), f"the indicator of {name}"), name)
    declared = _objectives.declared_ms(annotations, labels)
    window = first_text(spec, "window")
    return Objective(
        name,
        _target(spec.get("target"), name),
        labels=(*(["latency"] if sli.is_latency else []), *_objectives.categories(labels, annotations)),
        names=(name,),
        description=first_text(spec, "description"),
        indicator=Indicator(metric=sli.metric),
        declared=_objectives.declared(annotations, labels),
        counts_events=sli.is_share_of_events,
        flaw=None if window and _DURATION.fullmatch(window) else "has no time window",
        declared_ms=sli.bound_ms if declared is None else declared,
    )


def _sli(indicator: Object, name: str) -> _Sli:
    found = [key for key in _QUERIES if indicator.get(key) is not None]
    if unknown := indicator.keys() - _QUERIES:
        raise Unreadable(f"the indicator of {name} has {shown(min(unknown))}, which Pyrra does not know")
    if len(found) != 1:
        raise Unreadable(f"the indicator of {name} needs one of {', '.join(_QUERIES)}; it has {len(found)}")
    [kind] = found
    sli = mapping(indicator[kind], f"the indicator {kind} of {name}")
    written = (section(sli, key) if key else sli for key in _QUERIES[kind])
    queries = [query for each in written if (query := first_text(each, "metric"))]
    is_ratio = kind != "bool_gauge"
    bound = _bound(sli.get("latency"), name) if kind == "latencyNative" else None
    metric = _objectives.measured(queries, is_ratio=is_ratio, needs=len(_QUERIES[kind]))
    return _Sli(metric, kind in _LATENCIES, is_ratio, bound)


def _target(written: Json, name: str) -> float:
    """Return a target in per cent, which is written as text; YAML also converts a number to text."""
    if isinstance(written, bool) or not _NUMBER.fullmatch(str(written)):
        raise Unreadable(f"the target of {name} is {shown(written)}, not a percentage such as '99.9'")
    target = float(str(written))
    if target > 100:
        raise Unreadable(f"the target of {name} is {written}, more than 100 %")
    if target <= 1:
        # For Pyrra 0.999 is less than 1 %, of which it warns.
        raise Unreadable(f"the target of {name} is {written}; targets of Pyrra are per cent, as in '99.9'")
    return target


def _bound(written: Json, name: str) -> float:
    """Return a duration such as `1s500ms` in milliseconds."""
    if not isinstance(written, str) or not _DURATION.fullmatch(written):
        raise Unreadable(f"the latency of {name} is {shown(written)}, not a duration such as 250ms")
    parts = re.findall(r"(\d+)(ms|[a-z])", written)
    if any(unit not in _MILLISECONDS for _, unit in parts):
        raise Unreadable(f"the latency of {name} is {shown(written)}, more than hours")
    return float(sum(int(number) * _MILLISECONDS[unit] for number, unit in parts))
