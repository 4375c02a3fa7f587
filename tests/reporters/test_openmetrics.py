"""The gauges: read as OpenMetrics and in the older format of Prometheus, and few for each service."""

import subprocess
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families as prometheus_families

from builders.hostile import HOSTILE, TEXTS
from builders.oracles import needed
from builders.reports import SCREEN, hostile, large, with_dates
from builders.workspaces import ROOT
from gatekeeper.model.report import Report
from gatekeeper.reporters import openmetrics

DAY = 86_400
AS_OF = 1_795_132_800
"""2026-11-20 in Unix time."""


def samples(report: Report) -> list[Any]:
    """Return the samples, which parsers of both formats agree on."""
    text = openmetrics.render(report, SCREEN)
    assert text.endswith("\n# EOF\n")
    families = openmetrics_families(text)  # type: ignore[no-untyped-call]
    found = [sample for family in families for sample in family.samples]
    assert found == [sample for family in prometheus_families(text) for sample in family.samples]
    return found


def values(report: Report, name: str, **labels: str) -> list[float]:
    """Return the values of a gauge whose samples have these labels."""
    return [
        sample.value
        for sample in samples(report)
        if sample.name == f"gatekeeper_{name}" and labels.items() <= sample.labels.items()
    ]


def test_the_gauges_show_the_verdict_and_the_services() -> None:
    report = with_dates("M1")
    orders = {"milestone": "M1", "service": "orders-service"}
    assert values(report, "milestone_verdict", verdict="blocked") == [1]
    assert sum(values(report, "milestone_verdict")) == 1
    assert values(report, "service_blocked", **orders) == [1]
    assert values(report, "service_regressed") == [of.has_regressed for of in report.result.services]
    assert values(report, "service_effective_level", **orders) == [1]
    assert values(report, "service_target_level", **orders) == [2]
    assert values(report, "service_open_criteria", group="G1", **orders) == [1]
    assert values(report, "service_open_criteria", group="G2", **orders) == [0]
    [met], [due] = (
        values(report, "service_criteria_met", **orders),
        values(report, "service_criteria_due", **orders),
    )
    assert 0 < met < due
    assert sum(values(report, "milestone_services")) == len(report.result.services)
    assert sum(values(report, "milestone_actions")) == len(report.result.actions)


def test_dates_are_the_start_of_their_day() -> None:
    report = with_dates("M3")
    assert values(report, "report_as_of_timestamp_seconds") == [AS_OF]
    assert values(report, "milestone_exit_timestamp_seconds") == [AS_OF + 189 * DAY]
    assert values(report, "exception_end_timestamp_seconds", exception="RR-1", due="M4") == [
        AS_OF + 280 * DAY
    ]
    assert values(report, "service_lapse_timestamp_seconds") == [AS_OF + 29 * DAY]
    assert values(report, "milestone_exceptions", state="in_force") == [1]


def test_the_number_of_series_is_what_the_page_says() -> None:
    gates = len(large(1).result.services[0].gates)
    for services in (1, 3):
        assert len(samples(large(services))) == 20 + services * (10 + gates)


def test_files_of_two_milestones_have_the_same_texts_and_other_series() -> None:
    files = [openmetrics.render(with_dates(name), SCREEN).splitlines() for name in ("M1", "M3")]
    helps = [{line.split()[2]: line for line in file if line.startswith("# HELP")} for file in files]
    assert all(helps[0][name] == helps[1][name] for name in helps[0].keys() & helps[1].keys())
    series: list[set[str]] = [{line.rpartition(" ")[0] for line in file if line[0] != "#"} for file in files]
    assert not series[0] & series[1]


@pytest.mark.parametrize("milestone", ["M1", "M3"])
@HOSTILE
@given(texts=TEXTS)
def test_no_text_adds_a_sample(texts: list[str], milestone: str) -> None:
    report = with_dates(milestone)
    text = openmetrics.render(hostile(report, texts), SCREEN)
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert len(lines) == sum(len(family.samples) for family in prometheus_families(text))
    assert {line.partition("{")[0] for line in lines} <= set(openmetrics.GAUGES)


def test_the_page_lists_every_gauge() -> None:
    page = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
    rows: Mapping[str, bool] = {name: f"\n| `{name}` |" in page for name in openmetrics.GAUGES}
    assert [name for name, is_listed in rows.items() if not is_listed] == []


@pytest.mark.parametrize("milestone", ["M1", "M3"])
def test_promtool_finds_nothing_to_improve(milestone: str) -> None:
    text = openmetrics.render(with_dates(milestone), SCREEN)
    done = subprocess.run(
        [needed("promtool"), "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
