"""Service level objectives of Google Cloud Monitoring, as its API and `gcloud` write them.

A basic indicator is measured by the platform. The queries of the others are filters of Cloud Monitoring, of
which is read only that they exist and differ.
"""

import re
from collections.abc import Iterator

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import first_text, listed, mapping, section, shown
from gatekeeper.collectors.reading.structured import Structured, about
from gatekeeper.collectors.reading.subjects import services
from gatekeeper.collectors.slo import _objectives
from gatekeeper.collectors.slo._objectives import AVAILABILITY, Indicator, Metric, Objective, SloPart
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax.json import Object
from gatekeeper.syntax.yaml import Step

ABOUT = About(
    tool="Google Cloud Monitoring",
    seen="by its reference, v3",
    source="https://cloud.google.com/monitoring/api/ref_v3/rest/v3/services.serviceLevelObjectives",
    command="curl https://monitoring.googleapis.com/v3/projects/P/services/S/serviceLevelObjectives",
    recognised="`goal` with `serviceLevelIndicator`, or a list `serviceLevelObjectives`",
    models="goal, period, and basic, request-based and windows-based indicators",
    not_modelled="what filters select; the unit of a range, which `gatekeeper_bound` among the labels states",
)
_NAME = re.compile(
    r"(?:projects|folders|organizations)/[^/]+/services/([^/]+)/serviceLevelObjectives/([^/]+)"
)
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)s")
_PERIODS = ("DAY", "WEEK", "FORTNIGHT", "MONTH", "QUARTER", "HALF", "YEAR")
_AVAILABILITIES = ("availability", "operationAvailability")
_LATENCIES = ("latency", "operationLatency")


class _Sli:
    """What an indicator measures, and what its construct says about it."""

    def __init__(self, metric: Metric, *labels: str) -> None:
        self.metric = metric
        self.labels = labels
        self.description: str | None = None
        self.bound_ms: float | None = None
        self.has_bound = True
        self.counts_events = True


def recognises(content: Content) -> bool:
    """Return whether the document is an objective of Cloud Monitoring, or a page of them."""
    value = content.fields
    return isinstance(value.get("serviceLevelObjectives"), list) or value.keys() >= {
        "goal",
        "serviceLevelIndicator",
    }


def read(content: Content) -> SloPart:
    """Return the objectives in their order."""
    document = content.document
    page = document.object
    found = list(_read_objectives(document))
    names = [_NAME.fullmatch(first_text(slo, "name") or "") for slo, _ in _slos(document)]
    more = ("the list has further pages",) if page.get("nextPageToken") else ()
    about_ = services(*(name[1] for name in names if name))
    return SloPart(Origin("google-cloud", subjects=about_, partial=more), tuple(found))


def _slos(document: Structured) -> Iterator[tuple[Object, tuple[Step, ...]]]:
    page = document.object
    if "serviceLevelObjectives" not in page:
        yield page, ()
    else:
        for index, slo in enumerate(listed(page, "serviceLevelObjectives", "an objective")):
            yield slo, ("serviceLevelObjectives", index)


def _read_objectives(document: Structured) -> Iterator[Objective]:
    for slo, path in _slos(document):
        with about(document, *path):
            yield _objective(slo)._replace(place=document.finding("", *path))


def _objective(slo: Object) -> Objective:
    resource, title = first_text(slo, "name"), first_text(slo, "displayName")
    named = _NAME.fullmatch(resource) if resource else None
    name = named[2] if named else title or resource
    if not name:
        raise Unreadable("an objective has neither name nor displayName")
    labels = section(slo, "userLabels")
    sli = _sli(mapping(slo.get("serviceLevelIndicator"), f"the indicator of {name}"), name)
    declared = _objectives.declared_ms(labels)
    return Objective(
        name,
        _objectives.of_ratio(slo.get("goal"), "goal", "Cloud Monitoring", name),
        labels=(*sli.labels, *([title] if title else []), *_objectives.categories(labels)),
        names=(name,),
        indicator=Indicator(description=sli.description, metric=sli.metric),
        declared=_objectives.declared(labels),
        counts_events=sli.counts_events,
        flaw=None if _has_period(slo) else "has no time window",
        has_bound=sli.has_bound,
        declared_ms=sli.bound_ms if declared is None else declared,
    )


def _has_period(slo: Object) -> bool:
    rolling = first_text(slo, "rollingPeriod")
    return bool(rolling and _SECONDS.fullmatch(rolling)) or slo.get("calendarPeriod") in _PERIODS


def _sli(indicator: Object, name: str) -> _Sli:
    """Return what an indicator measures, whichever of the three forms it has."""
    if basic := section(indicator, "basicSli"):
        return _basic(basic, name)
    if requests := section(indicator, "requestBased"):
        return _of_requests(requests)
    if windows := section(indicator, "windowsBased"):
        sli = _of_windows(windows, name)
        sli.counts_events = False
        return sli
    raise Unreadable(f"the indicator of {name} has neither basicSli nor requestBased nor windowsBased")


def _basic(sli: Object, name: str) -> _Sli:
    if any(isinstance(sli.get(key), dict) for key in _AVAILABILITIES):
        return _Sli(Metric((), is_ratio=True), AVAILABILITY)
    for key in _LATENCIES:
        if isinstance(latency := sli.get(key), dict):
            found = _Sli(Metric((), is_ratio=True), "latency")
            written = _SECONDS.fullmatch(first_text(latency, "threshold") or "")
            found.bound_ms = round(1000 * float(written[1]), 6) if written else None
            return found
    raise Unreadable(f"the basic indicator of {name} has neither availability nor latency")


def _of_requests(sli: Object) -> _Sli:
    if cut := section(sli, "distributionCut"):
        found = _in_range(cut, "distributionFilter", is_ratio=True)
        found.description = first_text(cut, "distributionFilter")
        return found
    ratio = section(sli, "goodTotalRatio")
    kinds = (("goodServiceFilter", "badServiceFilter"), ("totalServiceFilter", "badServiceFilter"))
    filters = [text for keys in kinds if (text := first_text(ratio, *keys))]
    if not ratio:
        return _Sli(
            Metric((), is_ratio=True, doubt=f"the indicator {shown(next(iter(sli), None))} is not read")
        )
    return _Sli(_objectives.measured(filters, is_ratio=True, needs=2, is_promql=False))


def _of_windows(sli: Object, name: str) -> _Sli:
    if filter_ := first_text(sli, "goodBadMetricFilter"):
        return _Sli(_objectives.measured([filter_], is_ratio=False, is_promql=False))
    if threshold := section(sli, "goodTotalRatioThreshold"):
        if basic := section(threshold, "basicSliPerformance"):
            return _basic(basic, name)
        return _of_requests(section(threshold, "performance"))
    for key in ("metricMeanInRange", "metricSumInRange"):
        if ranged := section(sli, key):
            return _in_range(ranged, "timeSeries", is_ratio=False)
    raise Unreadable(f"the windows-based indicator of {name} has no criterion that is read")


def _in_range(owner: Object, key: str, *, is_ratio: bool) -> _Sli:
    """Return a metric of which the values within a range are good."""
    filters = [text for text in [first_text(owner, key)] if text]
    metric = _objectives.measured(filters, is_ratio=is_ratio, is_promql=False)
    found = _Sli(metric._replace(needs_bound=True))
    limits = section(owner, "range")
    found.has_bound = any(limits.get(end) is not None for end in ("min", "max"))
    return found
