"""Objectives of Pyrra, Nobl9, Google Cloud Monitoring and Datadog."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from builders.artefacts import SAMPLES, collect, facts, fixture, outcome
from gatekeeper.collectors.slo import read as slo

CASES = SAMPLES.parent / "cases"
ERRORS, ALL = 'http_requests_total{code=~"5.."}', "http_requests_total"
FIGURES: Mapping[str, tuple[str, dict[str, float], dict[str, float]]] = {
    "pyrra.yaml": (
        "pyrra",
        {"availability": 99.5, "latency_p99": 99, "latency_p50": 50},
        {"p99_ms": 250, "p50_ms": 100},
    ),
    "nobl9.yaml": ("nobl9", {"availability": 99.5, "latency_p95": 99}, {"p95_ms": 250}),
    "google-cloud.json": (
        "google-cloud",
        {"availability": 99.5, "latency_p99": 99, "error_rate": 99.9},
        {"p99_ms": 250, "error_pct": 0.1},
    ),
    "datadog.json": ("datadog", {"availability": 99.5, "latency_p95": 99}, {}),
}


@pytest.mark.parametrize("name", FIGURES)
def test_the_figures_of_each_format(name: str) -> None:
    collected = collect(slo, fixture("slo", name))
    found = collected.facts
    assert (collected.format, found.objectives, found.bounds) == FIGURES[name]
    assert found.unmeasured == ()
    [origin] = collected.origins
    assert [subject.name for subject in origin.subjects] == ["basket-service"]
    assert (origin.partial, origin.not_understood) == ((), ())


@pytest.mark.published(CASES)
def test_a_published_objective_of_pyrra() -> None:
    found = facts(slo, Path(CASES / "slo/slo-pyrra.yml").read_bytes())
    assert (found.objectives, found.unmeasured) == ({"availability": 99.5}, ())


def pyrra(indicator: Any = None, **spec: Any) -> str:
    ratio = {"ratio": {"errors": {"metric": ERRORS}, "total": {"metric": ALL}}}
    return json.dumps(
        {
            "apiVersion": "pyrra.dev/v1alpha1",
            "kind": "ServiceLevelObjective",
            "metadata": {"name": "availability"},
            "spec": {"target": "99.9", "window": "4w", "indicator": indicator or ratio} | spec,
        }
    )


def nobl9(objective: Mapping[str, Any] = {}, **spec: Any) -> str:
    counts = {"good": {"prometheus": {"promql": ERRORS}}, "total": {"prometheus": {"promql": ALL}}}
    return json.dumps(
        {
            "apiVersion": "n9/v1alpha",
            "kind": "SLO",
            "metadata": {"name": "availability"},
            "spec": {
                "service": "basket",
                "budgetingMethod": "Occurrences",
                "timeWindows": [{"unit": "Day", "count": 28, "isRolling": True}],
                "objectives": [{"name": "ok", "target": 0.999, "countMetrics": counts, **objective}],
            }
            | spec,
        }
    )


def google(indicator: Any = None, **more: Any) -> str:
    return json.dumps(
        {
            "name": "projects/1/services/basket/serviceLevelObjectives/availability",
            "goal": 0.999,
            "rollingPeriod": "86400s",
            "serviceLevelIndicator": indicator or {"basicSli": {"availability": {}}},
        }
        | more
    )


COUNT_OF_ITSELF = {
    "count": {
        "good_events_formula": {"formula": "good"},
        "total_events_formula": {"formula": "all"},
        "queries": [
            {"name": name, "data_source": "metrics", "query": "sum:a{*}"} for name in ("good", "all")
        ],
    }
}


def datadog(threshold: Mapping[str, Any] = {}, **slo: Any) -> str:
    return json.dumps(
        {
            "data": {
                "name": "availability",
                "type": "metric",
                "thresholds": [{"timeframe": "7d", "target": 99.9, **threshold}],
                "query": {"numerator": "sum:good{*}.as_count()", "denominator": "sum:all{*}.as_count()"},
            }
            | slo,
            "errors": [],
        }
    )


def ratio_of(**filters: str) -> Any:
    return {"requestBased": {"goodTotalRatio": filters}}


UNMEASURED = {
    pyrra(window="soon"): "has no time window",
    pyrra({"ratio": {"errors": {"metric": ""}, "total": {"metric": ALL}}}): "is a ratio of one query",
    pyrra({"ratio": {"errors": {"metric": ALL}, "total": {"metric": ALL}}}): "compares a query with itself",
    pyrra({"bool_gauge": {"metric": ""}}): "has no query",
    nobl9(service=""): "names no service",
    nobl9(timeWindows=[]): "has no time window",
    nobl9({"countMetrics": {"total": {"prometheus": {"promql": ALL}}}}): "is a ratio of one query",
    nobl9({"countMetrics": None, "rawMetric": {"query": {"prometheus": {"promql": ALL}}}}): "has no bound",
    google(rollingPeriod="soon"): "has no time window",
    google(rollingPeriod=None, calendarPeriod="EVER"): "has no time window",
    google(ratio_of(totalServiceFilter="a")): "is a ratio of one query",
    google(ratio_of(goodServiceFilter="a", totalServiceFilter="a")): "compares a query with itself",
    google({"requestBased": {"distributionCut": {"distributionFilter": "a"}}}): "has no bound",
    google({"windowsBased": {"metricMeanInRange": {"timeSeries": "a"}}}): "has no bound",
    datadog({"timeframe": ""}): "has no time window",
    datadog(query={"numerator": "sum:a{*}"}): "is a ratio of one query",
    datadog(query={"numerator": "sum:a{*}", "denominator": "sum:a{*}"}): "compares a query with itself",
    datadog(sli_specification=COUNT_OF_ITSELF): "compares a query with itself",
    datadog(type="monitor", query=None): "has no monitor",
    datadog(type="time_slice", sli_specification={"time_slice": {"query": {"queries": ["a:b{*}"]}}}): "has no threshold",
}  # fmt: skip


@pytest.mark.parametrize("content", UNMEASURED, ids=range(len(UNMEASURED)))
def test_an_objective_that_measures_nothing(content: str) -> None:
    found = facts(slo, content)
    assert (found.objectives, len(found.unmeasured)) == ({}, 1)
    assert found.unmeasured[0].message.startswith(f"availability {UNMEASURED[content]}")


MEASURED = {
    pyrra(): {"availability": 99.9},
    pyrra(target=99.5): {"availability": 99.5},
    pyrra({"bool_gauge": {"metric": "probe_success"}}): {"availability": 99.9},
    nobl9(): {"availability": 99.9},
    nobl9({"countMetrics": {"goodTotal": {"splunk": {"query": "index=a | stats"}}}}): {"availability": 99.9},
    google(): {"availability": 99.9},
    google(ratio_of(badServiceFilter="a", totalServiceFilter="b")): {"availability": 99.9},
    google(ratio_of(badServiceFilter="a", goodServiceFilter="b")): {"availability": 99.9},
    google({"windowsBased": {"goodBadMetricFilter": "a"}}): {"availability": 99.9},
    google({"windowsBased": {"goodTotalRatioThreshold": {"performance": ratio_of(goodServiceFilter="a", totalServiceFilter="b")["requestBased"]}}}): {"availability": 99.9},
    google({"windowsBased": {"goodTotalRatioThreshold": {"basicSliPerformance": {"availability": {}}}}}): {"availability": 99.9},
    google({"windowsBased": {"metricSumInRange": {"timeSeries": "a", "range": {"max": 1}}}}): {"availability": 99.9},
    datadog(): {"availability": 99.9},
    datadog(type="monitor", monitor_ids=[1]): {"availability": 99.9},
    datadog(sli_specification={"count": {"queries": [{"query": "sum:a{*}"}]}}): {"availability": 99.9},
    datadog(tags=["gatekeeper/objective:error_rate"]): {"error_rate": 99.9},
    google(userLabels={"gatekeeper_objective": "latency_p95", "gatekeeper_bound": "250ms"}): {"latency_p95": 99.9},
}  # fmt: skip


@pytest.mark.parametrize("content", MEASURED, ids=range(len(MEASURED)))
def test_what_counts_as_a_measurement(content: str) -> None:
    found = facts(slo, content)
    assert (found.objectives, found.unmeasured) == (MEASURED[content], ())


def test_the_bound_of_a_native_histogram() -> None:
    native = {"latencyNative": {"total": {"metric": "http_request_duration_seconds"}, "latency": "1s500ms"}}
    found = facts(slo, pyrra(native, target="99"))
    assert (found.objectives, found.bounds) == ({"latency_p99": 99}, {"p99_ms": 1500})


DOUBTED = {
    nobl9({"countMetrics": None, "composite": {"components": {}}}): "it is composed of other SLOs",
    google({"requestBased": {"ghost": {}}}): "the indicator 'ghost' is not read",
    pyrra({"bool_gauge": {"metric": "not promql ("}}): "the query is not PromQL that is read",
}


@pytest.mark.parametrize("content", DOUBTED, ids=range(len(DOUBTED)))
def test_a_measurement_that_is_not_understood_is_noted(content: str) -> None:
    [origin] = collect(slo, content).origins
    assert [DOUBTED[content] in one.place.message for one in origin.not_understood] == [True]


UNREADABLE = {
    pyrra(target="0.999"): "targets of Pyrra are per cent",
    pyrra(target="99,9"): "not a percentage",
    pyrra(target="101"): "more than 100 %",
    pyrra(target=None): "not a percentage",
    pyrra({"ghost": {}}): "the indicator of availability has 'ghost', which Pyrra does not know",
    pyrra({"ratio": {}, "latency": {}}): "the indicator of availability needs one of",
    pyrra({"latencyNative": {"latency": "fast"}}): "the latency of availability is 'fast', not a duration",
    pyrra().replace("v1alpha1", "v2"): "is not supported, only ServiceLevelObjective of pyrra.dev/v1alpha1",
    nobl9({"target": 99.9}): "targets of Nobl9 are ratios",
    nobl9({"target": "0.999"}): "the target of availability is '0.999', not an amount",
    nobl9({"countMetrics": None}): "has neither countMetrics nor rawMetric",
    nobl9(budgetingMethod="Ghost"): "the budgeting method of availability is 'Ghost'",
    nobl9(objectives=[]): "availability has no objective",
    nobl9().replace('"SLO"', '"Ghost"'): "'Ghost' is not a kind of Nobl9",
    nobl9().replace("v1alpha", "v9"): "n9/v9 is not supported",
    google(goal=99.9): "goals of Cloud Monitoring are ratios",
    google(goal="0.999"): "the goal of availability is '0.999', not an amount",
    google({"basicSli": {"method": ["GET"]}}): "has neither availability nor latency",
    google({"ghost": {}}): "has neither basicSli nor requestBased nor windowsBased",
    google({"windowsBased": {"windowPeriod": "60s"}}): "has no criterion that is read",
    google(name=None): "an objective has neither name nor displayName",
    datadog({"target": 0.999}): "targets of Datadog are per cent",
    datadog({"target": "99.9"}): "the target of availability is '99.9', not an amount",
    datadog(thresholds=[]): "availability has no threshold",
    datadog(name=3): "the name of an SLO is 3, not text",
}


@pytest.mark.parametrize("content", UNREADABLE, ids=range(len(UNREADABLE)))
def test_an_objective_that_cannot_be_read(content: str) -> None:
    assert UNREADABLE[content] in outcome(slo, content)


@pytest.mark.parametrize(
    ("content", "partial"),
    [
        (google().replace('"name"', '"displayName"'), ()),
        (
            f'{{"serviceLevelObjectives": [{google()}], "nextPageToken": "x"}}',
            ("the list has further pages",),
        ),
        (datadog().replace('"errors": []', '"errors": ["slow"]'), ("Datadog reports an error: 'slow'",)),
        (datadog().replace('"errors": []', '"metadata": {"page": {"total_count": 9}}'), ("1 of 9 SLOs",)),
    ],
    ids=range(4),
)
def test_a_list_that_is_not_whole_says_so(content: str, partial: tuple[str, ...]) -> None:
    [origin] = collect(slo, content).origins
    assert origin.partial == partial


def test_an_empty_list_is_no_evidence() -> None:
    assert outcome(slo, '{"serviceLevelObjectives": []}').endswith("holds no SLO")


def test_other_objects_of_nobl9_define_no_objective() -> None:
    service = {"apiVersion": "n9/v1alpha", "kind": "Service", "metadata": {"name": "basket"}}
    assert outcome(slo, json.dumps(service)).endswith("holds no SLO")
