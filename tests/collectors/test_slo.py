"""Service level objectives of OpenSLO and Sloth."""

import json
from typing import Any

import pytest

from builders.artefacts import SAMPLES, collect, facts, fixture, needs_samples, outcome, short, tree
from gatekeeper.collectors.slo import read as slo
from gatekeeper.collectors.slo.facts import SloFacts
from gatekeeper.model.evidence import SubjectType, Unreadable


def test_openslo() -> None:
    collected = collect(slo, fixture("slo", "openslo.yaml"))
    assert (collected.format, collected.produced_at) == ("openslo", None)
    assert collected.facts == SloFacts(
        objectives={
            "availability": 99.9,
            "error_rate": 99.9,
            "latency_p50": 50.0,
            "latency_p95": 95.0,
            "latency_p99": 99.5,
        },
        bounds={"error_pct": 0.1, "p50_ms": 400, "p95_ms": 400, "p99_ms": 400},
        unmeasured=(),
        slos=("checkout-answers", "checkout-speed"),
    )


def test_sloth_is_per_cent() -> None:
    collected = collect(slo, fixture("slo", "sloth.yml"))
    assert collected.format == "sloth"
    assert collected.facts == SloFacts(
        # 95 % of the requests within a bound; no percentile is named.
        objectives={"availability": 99.95, "latency_p95": 95.0, "stock-fresh": 90.0},
        bounds={"p95_ms": 400},
        unmeasured=(),
        slos=("orders-served", "orders-fast", "stock-fresh"),
    )


def test_files_are_merged() -> None:
    files = [fixture("slo", name) for name in ("openslo.yaml", "sloth.yml", "sloth-kubernetes.json")]
    collected = collect(slo, *files)
    assert collected.format == "openslo, sloth"
    # Of several targets of one name the lowest counts.
    assert collected.facts.objectives["availability"] == 99.9
    assert len(collected.facts.slos) == 6


def sloth(name: str = "x", objective: object = 99.9, **fields: Any) -> str:
    sli = {"raw": {"error_ratio_query": "my_ratio"}}
    return json.dumps(
        {
            "version": "prometheus/v1",
            "service": "s",
            "slos": [{"name": name, "objective": objective, "sli": sli} | fields],
        }
    )


def ratio(good: str = "good", total: str = "total", **more: Any) -> dict[str, Any]:
    sources = {
        name: {"metricSource": {"spec": {"query": query}}}
        for name, query in (("good", good), ("total", total))
    }
    return {"spec": {"ratioMetric": sources}} | more


THRESHOLD = {
    "spec": {"thresholdMetric": {"metricSource": {"type": "Prometheus", "spec": {"query": "queue"}}}}
}


def events(error_query: str) -> dict[str, Any]:
    return {"events": {"error_query": error_query, "total_query": "sum(rate(x_total[{{.window}}]))"}}


def openslo(
    name: str = "x",
    objectives: object = None,
    metadata: object = None,
    version: str = "openslo/v1",
    **spec: Any,
) -> str:
    return json.dumps(
        {
            "apiVersion": version,
            "kind": "SLO",
            "metadata": {"name": name} | (metadata or {}),  # type: ignore[operator]
            "spec": {
                "service": "s",
                "indicator": None if "indicatorRef" in spec else ratio(),
                "timeWindow": [{"duration": "4w", "isRolling": True}],
                "objectives": [{"target": 0.9}] if objectives is None else objectives,
            }
            | spec,
        }
    )


@pytest.mark.parametrize(
    ("definition", "key"),
    [
        (sloth("requests-availability"), "availability"),
        (sloth("uptime"), "availability"),
        (sloth("CheckoutErrors"), "error_rate"),
        (sloth("payment success rate"), "error_rate"),
        (sloth("latency-p50"), "latency_p50"),
        (sloth("checkoutLatencyP95"), "latency_p95"),
        (sloth("response-time-99th"), "latency_p99"),
        (sloth("median_latency"), "latency_p50"),
        # Whole words, not parts of them.
        (sloth("unavailability"), "unavailability"),
        (sloth("terrors"), "terrors"),
        (sloth("latency-p950"), "latency-p950"),
        # Other percentiles keep the name of the SLO.
        (sloth("latency-p99.9", 99), "latency-p99.9"),
        (sloth("latency-p90"), "latency-p90"),
        (sloth("latency-p999"), "latency-p999"),
        # A percentile of something else, and a latency without one.
        (sloth("queue-depth-p95"), "queue-depth-p95"),
        (sloth("latency"), "latency"),
        (sloth("latency", 99), "latency"),
        (sloth("latency", 99, sli=events("x")), "latency_p99"),
        (sloth("latency", 98, sli=events("x")), "latency"),
        # Two at once name neither; the next text is asked.
        (sloth("availability-and-errors"), "availability-and-errors"),
        (sloth("availability-and-errors", description="How many errors there are"), "error_rate"),
        (sloth("latency-p95-p99"), "latency-p95-p99"),
        (sloth("x", description="The error budget of all"), "x"),
        (sloth("x", description="The p95 latency"), "latency_p95"),
        # What is declared or labelled comes first.
        (sloth("errors", labels={"category": "availability"}), "availability"),
        (sloth("p95", labels={"slo-type": "latency"}), "latency_p95"),
        (sloth("errors", labels={"team": "availability"}), "error_rate"),
        (sloth("errors", labels={"gatekeeper_objective": "latency-p99"}), "latency_p99"),
        (sloth("errors", labels={"gatekeeper_objective": "durability"}), "durability"),
        # Queries tell latency, and never availability or errors.
        (sloth("x", sli=events('rate(http_errors_total{code=~"5.."}[{{.window}}])')), "x"),
        (sloth("x", 99, sli=events('rate(http_request_duration_seconds_bucket{le="1"}[{{.window}}])')), "latency_p99"),
        (
            sloth(
                "x", sli={"raw": {"errorRatioQuery": "histogram_quantile(0.95, rate(a_seconds_bucket[{{.window}}])) > bool 1"}}
            ),
            "latency_p95",
        ),
        (sloth("x", sli={"plugin": {"id": "latency", "options": {"le": "1"}}}), "x"),
        (openslo("x"), "x"),
        (openslo("x", metadata={"displayName": "Availability"}), "availability"),
        (openslo("errors", [{"displayName": "p99 latency", "target": 0.995}]), "latency_p99"),
        (openslo("x", metadata={"labels": {"slo-type": "availability"}}), "availability"),
        (openslo("x", metadata={"annotations": {"gatekeeper/objective": "error_rate"}}), "error_rate"),
        (openslo("x", metadata={"labels": {"gatekeeper.objective": ["error_rate"]}}), "error_rate"),
        (openslo("x", indicator=ratio(metadata={"name": "http-errors"})), "error_rate"),
        (openslo("x", indicator=ratio(metadata={"displayName": "Uptime"})), "availability"),
        # The objectives of a composite SLO each have an indicator.
        (openslo("x", [{"target": 0.9, "indicator": ratio(metadata={"name": "uptime"})}], indicatorRef=None), "availability"),
        # A share of time or of values is no percentile of requests.
        (
            openslo("latency", [{"target": 0.99}], indicator=ratio(), budgetingMethod="Timeslices"),
            "latency",
        ),
        (openslo("latency", [{"target": 0.99, "op": "lte", "value": 1}], indicator=THRESHOLD), "latency"),
    ],
    ids=short,
)  # fmt: skip
def test_what_an_slo_is_about(definition: str, key: str) -> None:
    assert list(facts(slo, definition).objectives) == [key]


@pytest.mark.parametrize(
    ("definition", "target"),
    [
        (openslo(objectives=[{"target": 0.9043}]), 90.43),
        (openslo(objectives=[{"targetPercent": 99.9}]), 99.9),
        (openslo(objectives=[{"target": 1}]), 100),
        (openslo(objectives=[{"target": 0.99}, {"target": 0.9}, {"target": 0.95}]), 90),
        (
            openslo(
                version="openslo/v1alpha",
                objectives=[
                    {"target": 0.999, "ratioMetrics": {"good": {"query": "x"}, "total": {"query": "y"}}}
                ],
                indicatorRef=None,
                timeWindows=[{"count": 30, "unit": "Day"}],
            ),
            99.9,
        ),
        (sloth(objective=100), 100),
        (sloth(objective=99), 99),
    ],
    ids=short,
)
def test_targets_are_per_cent(definition: str, target: float) -> None:
    assert facts(slo, definition) == SloFacts(objectives={"x": target}, bounds={}, unmeasured=(), slos=("x",))


BUCKET = 'rate(http_request_duration_{unit}_bucket{{le="{bound}"}}[5m])'
P95 = {"op": "lte", "value": 0.3, "target": 0.95}


def of_buckets(unit: str, bound: str) -> dict[str, Any]:
    return events(f"rate(asked_total[5m]) - {BUCKET.format(unit=unit, bound=bound)}")


def threshold(query: str) -> dict[str, Any]:
    source = {"metricSource": {"type": "Prometheus", "spec": {"query": query}}}
    return {"metadata": {"name": "p95 latency"}, "spec": {"thresholdMetric": source}}


QUANTILE = "histogram_quantile(0.95, rate(http_request_duration_seconds_bucket[5m]))"


@pytest.mark.parametrize(
    ("definition", "bounds"),
    [
        (sloth("latency-p95", 95, sli=of_buckets("seconds", "0.25")), {"p95_ms": 250}),
        (sloth("latency-p99", 99.9, sli=of_buckets("milliseconds", "250.0")), {"p99_ms": 250}),
        (sloth("latency-p95", 95, sli=of_buckets("seconds", "+Inf")), {}),
        (sloth("latency-p95", 95, sli=of_buckets("ticks", "250")), {}),
        (sloth("latency-p95", 95, sli=of_buckets("ticks", "9"), labels={"gatekeeper_bound": "1.5s"}), {"p95_ms": 1500}),
        # The query prevails over what is only said.
        (sloth("latency-p95", 95, sli=of_buckets("seconds", "9"), labels={"gatekeeper_bound": "9ms"}), {"p95_ms": 9000}),
        (sloth("errors", 99.5), {"error_pct": 0.5}),
        (sloth("availability", 99.5), {}),
        (openslo("latency", [P95], indicator=threshold(QUANTILE)), {"p95_ms": 300}),
        (openslo("latency", [P95], indicator=threshold(f"1000 * {QUANTILE}")), {}),
        (openslo("latency", [P95 | {"op": "gte"}], indicator=threshold(QUANTILE)), {}),
    ],
    ids=short,
)  # fmt: skip
def test_what_an_slo_promises_as_a_limit(definition: str, bounds: dict[str, float]) -> None:
    assert facts(slo, definition).bounds == bounds


def test_of_several_limits_the_least_counts() -> None:
    loose, tight = (sloth("latency-p95", 95, sli=of_buckets("seconds", bound)) for bound in ("9", "0.2"))
    assert facts(slo, loose, tight, sloth("errors", 90), sloth("errors", 99)).bounds == {
        "p95_ms": 200,
        "error_pct": 1,
    }


def test_a_bound_is_a_duration() -> None:
    with pytest.raises(Unreadable, match="not a duration such as 250ms"):
        facts(slo, sloth("latency-p95", labels={"gatekeeper_bound": "fast"}))


@pytest.mark.parametrize(("target", "missed"), [(95, True), (98.9, True), (99, False), (99.99, False)])
def test_a_share_of_events_is_a_percentile_only_if_it_is_large_enough(target: float, *, missed: bool) -> None:
    found = facts(slo, sloth("latency-p99", target, sli=of_buckets("seconds", "1")))
    assert ("latency_p99" in found.objectives) is not missed
    assert [finding.message for finding in found.unmeasured] == missed * [
        f"latency-p99 promises only {target:g} % of the events, which is no latency_p99"
    ]


def test_an_availability_slo_is_no_error_rate_slo_unless_it_says_so() -> None:
    both = {"gatekeeper_objective": "availability, error_rate"}
    query = events('rate(http_requests_total{code=~"5.."}[{{.window}}])')
    assert facts(slo, sloth("availability", sli=query)).objectives == {"availability": 99.9}
    assert facts(slo, sloth("x", sli=query, labels=both)).objectives == {
        "availability": 99.9,
        "error_rate": 99.9,
    }


def test_other_objects_are_passed_over() -> None:
    others = "apiVersion: v1\nkind: ConfigMap\n---\napiVersion: openslo/v1\nkind: Service\nmetadata: {name: s}\n---\n"
    assert facts(slo, others + sloth()).slos == ("x",)


def test_an_indicator_may_stand_in_another_file() -> None:
    indicator = {
        "apiVersion": "openslo/v1",
        "kind": "SLI",
        "metadata": {"name": "i", "displayName": "Uptime"},
    } | ratio()
    referring = openslo(indicatorRef="i")
    assert facts(slo, referring, json.dumps(indicator)).objectives == {"availability": 90.0}
    alone = facts(slo, referring)
    assert (alone.objectives, alone.unmeasured[0].message) == (
        {},
        "x refers to the indicator i, which is not in the files",
    )


@pytest.mark.parametrize(
    ("definition", "lack"),
    [
        (openslo(indicator=ratio(good="vector(1)")), "x measures a constant"),
        (openslo(indicator=ratio(good="total * 0")), "x measures a constant"),
        (openslo(indicator=ratio(good="sum(total)", total="sum( total )")), "x compares a query with itself"),
        (openslo(indicator=ratio(good="TODO")), "x is a ratio of one query"),
        (openslo(indicator=ratio(good="", total="<query>")), "x has no query"),
        (openslo(indicator={"spec": {"ratioMetric": {}}}), "x has no query"),
        (openslo(indicator={"spec": {}}), "x has no query"),
        (
            openslo(
                indicator={
                    "spec": {
                        "ratioMetric": {
                            "good": {"metricSource": {"spec": {"query": "a"}}},
                            "total": {"metricSource": {"type": "x", "spec": {"$ref": "#/a"}}},
                        }
                    }
                }
            ),
            "x is a ratio of one query",
        ),
        (openslo(timeWindow=[]), "x has no time window"),
        (openslo(timeWindow=None), "x has no time window"),
        (openslo(service=""), "x names no service"),
        (openslo(objectives=[{"target": 0.9}], indicator=THRESHOLD), "x has no bound: `op` and `value`"),
        (sloth(sli=events("sum(rate(x_total[{{.window}}]))")), "x compares a query with itself"),
        (sloth(sli=events("vector(0)")), "x measures a constant"),
        (sloth(sli={"events": {"total_query": "a"}}), "x is a ratio of one query"),
        (sloth(sli={"raw": {"error_ratio_query": "a / a"}}), "x measures a constant"),
        (sloth(sli={"raw": {}}), "x has no query"),
        (sloth().replace('"service": "s"', '"service": ""'), "x names no service"),
    ],
    ids=short,
)
def test_an_objective_that_measures_nothing(definition: str, lack: str) -> None:
    found = facts(slo, definition)
    assert (found.objectives, [each.message for each in found.unmeasured]) == ({}, [lack])


@pytest.mark.parametrize(
    "definition",
    [
        sloth(sli={"plugin": {"id": "availability"}}),
        sloth(sli=events("sum(rate(x{")),
        openslo(indicator=ratio(good="rate(x")),
    ],
    ids=short,
)
def test_a_query_that_is_not_understood(definition: str) -> None:
    [origin] = collect(slo, definition).origins
    assert [each.touches for each in origin.not_understood] == [{"objectives", "bounds", "unmeasured"}]


def test_queries_in_another_language_need_only_differ() -> None:
    source = {"type": "Datadog", "spec": {"query": "sum:trace.http.hits{service:s}.as_count()"}}
    other = {"type": "Datadog", "spec": {"query": "sum:trace.http.errors{service:s}.as_count()"}}
    indicator = {"spec": {"ratioMetric": {"bad": {"metricSource": other}, "total": {"metricSource": source}}}}
    assert facts(slo, openslo(indicator=indicator)).unmeasured == ()
    indicator["spec"]["ratioMetric"]["bad"] = {"metricSource": source}
    assert facts(slo, openslo(indicator=indicator)).objectives == {}


@pytest.mark.parametrize("type_", [["Prometheus"], {"a": "b"}, [], None, 7])
def test_a_type_that_is_no_text_is_no_crash(type_: object) -> None:
    source = {"type": type_, "spec": {"query": "a"}}
    indicator = {"spec": {"thresholdMetric": {"metricSource": source}}}
    assert facts(
        slo, openslo(objectives=[{"target": 0.9, "op": "lt", "value": 1}], indicator=indicator)
    ).objectives


def test_a_small_figure_stays_small() -> None:
    assert facts(slo, openslo(objectives=[{"targetPercent": 0.999}])).objectives == {"x": 0.999}


NEITHER = "unreadable: report-0: line 1: the file has no supported format"


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (" ", "absent: report-0: the file is empty"),
        ("# nothing yet\n", "absent: reports holds no SLO"),
        ('{"version": "prometheus/v1", "slos": []}', "absent: reports holds no SLO"),
        ("apiVersion: openslo/v1\nkind: Service\nmetadata: {name: s}\n", "absent: reports holds no SLO"),
        ("apiVersion: v1\nkind: ConfigMap\n", NEITHER),
        ("groups: []\n", NEITHER),
        ("version: prometheus/v2\nslos: []\n", NEITHER),
        ("just a text\n", NEITHER),
        ("[]", NEITHER.replace("the file", "the JSON")),
        (openslo(version="openslo.com/v2alpha"), "unreadable: report-0: line 1: openslo.com/v2alpha is not supported"),
        (openslo().replace('"SLO"', '"SLOO"'), "unreadable: report-0: line 1: 'SLOO' is not a kind of OpenSLO"),
        (openslo().replace('"SLO"', '["SLO"]'), "unreadable: report-0: line 1: a list is not a kind of OpenSLO"),
        (openslo(objectives=[]), "unreadable: report-0: line 1: x has no objective"),
        (openslo(objectives={}), "unreadable: report-0: line 1: the objectives of x is an object, not a list"),
        (openslo(indicatorRef=None), "unreadable: report-0: line 1: x has no indicator"),
        (openslo(objectives=[{}]), "unreadable: report-0: line 1: an objective of x needs either target or"),
        (openslo(objectives=[{"target": 0.9, "targetPercent": 90}]), "unreadable: report-0: line 1: an objective of x needs"),
        (openslo(objectives=[{"target": 99.9}]), "unreadable: report-0: line 1: the target of x is 99.9; targets of OpenSLO are ratios"),
        (openslo(objectives=[{"target": 0}]), "unreadable: report-0: line 1: the target of x is 0"),
        (openslo(objectives=[{"targetPercent": 101}]), "unreadable: report-0: line 1: the target of x is 101"),
        (openslo(objectives=[{"target": "0.99"}]), "unreadable: report-0: line 1: the target of x is '0.99', not an amount"),
        (openslo(metadata={"name": 5}), "unreadable: report-0: line 1: metadata.name is 5, not text"),
        (openslo(metadata={"labels": ["a"]}), "unreadable: report-0: line 1: metadata.labels is a list"),
        (openslo(metadata={"annotations": {"gatekeeper/objective": 95}}), "unreadable: report-0: line 1: gatekeeper/objective is 95"),
        (sloth(objective="99.9"), "unreadable: report-0: line 1: the objective of x is '99.9', not an amount"),
        (sloth(objective=None), "unreadable: report-0: line 1: the objective of x is missing"),
        (sloth(objective=0.999), "unreadable: report-0: line 1: the objective of x is 0.999; objectives of Sloth"),
        (sloth(objective=100.1), "unreadable: report-0: line 1: the objective of x is 100.1, more than 100 %"),
        (sloth(objective=True), "unreadable: report-0: line 1: the objective of x is True"),
        (sloth(sli={}), "unreadable: report-0: line 1: the sli of x has neither events nor raw nor plugin"),
        (sloth(sli=None), "unreadable: report-0: line 1: the sli of x is missing"),
        (sloth(name=None), "unreadable: report-0: line 1: the name of an SLO is missing"),  # type: ignore[arg-type]
        ("apiVersion: sloth.slok.dev/v1\nkind: PrometheusServiceLevel\n", "unreadable: report-0: line 1: spec is missing"),
        (sloth(objective=float("nan")), "unreadable: report-0: line 1: the objective of x is 'NaN', not an amount"),
        ("version: prometheus/v1\nslos: [{name: x, objective: .nan}]\n", "unreadable: report-0: line 2: .nan is not a finite"),
        (sloth()[:-3], "unreadable: report-0: line 1: not JSON"),
        ("slos: " + "[" * 50_000, "unreadable: report-0: line 1: nested more than 64 deep"),
        (sloth().encode("utf-16-le"), "unreadable: report-0: line 1: not"),
    ],
    ids=short,
)  # fmt: skip
def test_what_is_no_evidence(definition: str | bytes, expected: str) -> None:
    assert outcome(slo, definition).startswith(expected)


def test_a_flaw_is_told_with_its_line() -> None:
    definition = fixture("slo", "sloth.yml").replace(b"objective: 95", b"objective: 0.95")
    assert outcome(slo, definition) == (
        "unreadable: report-0: line 19: the objective of orders-fast is 0.95; objectives of Sloth are per cent, "
        "as in 99.9"
    )


def test_an_empty_file_among_others_was_cut_short() -> None:
    assert outcome(slo, sloth(), "") == "unreadable: report-1: the file is empty"
    assert slo.collect(tree({"a.yml": sloth(), "b.yml": "# none\n"}), {}).facts.slos == ("x",)


@needs_samples
@pytest.mark.parametrize(
    ("sample", "objectives", "slos"),
    [
        ("openslo/OpenSLO-ratio-timeslices.yaml", {}, 1),  # a template: both queries are `Any`
        ("openslo/sloth-openslo-getting-started.yml", {"availability": 99.9}, 1),
        ("sloth/getting-started.yml", {"availability": 99.9}, 1),
        ("sloth/multifile.yml", {"availability": 99.9}, 2),
        ("sloth/plugin-getting-started.yml", {"availability": 99.9}, 1),
        ("sloth/kubernetes-apiserver.yml", {"availability": 99.9, "latency_p99": 99}, 2),
    ],
)
def test_sample(sample: str, objectives: dict[str, float], slos: int) -> None:
    found = facts(slo, (SAMPLES / sample).read_bytes())
    assert (found.objectives, len(found.slos)) == (objectives, slos)


@needs_samples
def test_sample_that_is_no_evidence() -> None:
    rules = (SAMPLES / "prometheus-rules/sloth-gen-getting-started.yml").read_bytes()
    assert outcome(slo, rules).startswith(NEITHER)


def test_the_services_of_a_file_are_its_subjects() -> None:
    kubernetes = json.dumps({
        "apiVersion": "sloth.slok.dev/v1",
        "kind": "PrometheusServiceLevel",
        "spec": json.loads(sloth())
        | {"service": "kite"},
    })  # fmt: skip
    several = "\n---\n".join(
        [openslo(service="orders"), openslo("y", service="billing"), openslo("z"), sloth()]
    )
    [first, second] = collect(slo, several, kubernetes).origins
    assert [(subject.type, subject.name) for subject in first.subjects] == [
        (SubjectType.SERVICE, name) for name in ("orders", "billing", "s")
    ]
    assert [subject.name for subject in second.subjects] == ["kite"]
    assert (first.file, second.file, first.format) == ("report-0", "report-1", "openslo, sloth")


def test_documents_of_several_formats_in_one_file_share_indicators() -> None:
    sources = "{good: {query: a}, total: {query: b}}"
    indicator = "apiVersion: openslo/v1\nkind: SLI\nmetadata: {name: i, displayName: Uptime}\nspec:\n"
    indicator += f"  ratioMetric: {sources}\n"
    service = "apiVersion: v1\nkind: Service\n"
    collected = collect(
        slo, "\n---\n".join([sloth("errors", 98), service, openslo(indicatorRef="i")]), indicator
    )
    assert collected.format == "openslo, sloth"
    assert collected.facts.objectives == {"error_rate": 98.0, "availability": 90.0}


def test_an_objective_of_sloth_above_one_per_cent_is_taken_as_it_is_written() -> None:
    assert facts(slo, sloth(objective=1.5)).objectives["x"] == 1.5


@pytest.mark.parametrize("other", [{"kind": "Deployment"}, {"apiVersion": "apps/v1"}])
def test_an_object_of_sloth_has_its_kind_and_its_version(other: dict[str, str]) -> None:
    thing = {"apiVersion": "sloth.slok.dev/v1", "kind": "PrometheusServiceLevel", "spec": {}} | other
    assert "the JSON has no supported format" in outcome(slo, json.dumps(thing))
