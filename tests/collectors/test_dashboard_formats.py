"""Dashboards in ConfigMaps, of the Grafana operator, of Grizzly and of Perses."""

import gzip
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from builders.artefacts import SAMPLES, collect, facts, fixture, outcome
from gatekeeper.collectors.dashboard import read as dashboard

CASES = SAMPLES.parent / "cases"
PANEL = {"id": 1, "type": "timeseries", "title": "rps", "targets": [{"refId": "A", "expr": "rate(http_requests_total[5m])"}]}  # fmt: skip
BOARD = json.dumps({"title": "T", "uid": "u", "schemaVersion": 39, "panels": [PANEL]})


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("configmap.yaml", "grafana"),
        ("grizzly.yaml", "grafana"),
        ("operator.yaml", "grafana-operator"),
        ("operator-gzip.yaml", "grafana-operator"),
        ("perses.json", "perses"),
    ],
)
def test_the_same_dashboard_in_every_format(name: str, format_: str) -> None:
    collected = collect(dashboard, fixture("dashboard", name))
    found = collected.facts
    assert (collected.format, found.title, found.uid) == (format_, "Basket", "basket")
    assert found.signals == ("traffic", "latency", "errors", "saturation")
    assert found.panels == ("Requests", "Latency", "Failures", "Memory")
    [origin] = collected.origins
    assert [subject.name for subject in origin.subjects] == ["basket-service"]
    assert origin.not_understood == ()


@pytest.mark.published(CASES)
@pytest.mark.parametrize("name", ["dash2-configmap.yml", "dash2-operator.yml"])
def test_a_published_dashboard_in_an_object(name: str) -> None:
    found = facts(dashboard, Path(CASES / "dashboard" / name).read_bytes())
    assert (found.title, found.uid, found.panels, found.signals) == ("t", "u", ("rps",), ("traffic",))


@pytest.mark.published(CASES)
def test_a_published_dashboard_whose_layout_is_empty() -> None:
    found = facts(dashboard, Path(CASES / "dashboard/dash2-v2.json").read_bytes())
    assert (found.title, found.uid, found.panels, found.without_query) == ("t", "u", (), ("rps",))


def operator(**spec: Any) -> str:
    return json.dumps(
        {
            "apiVersion": "grafana.integreatly.org/v1beta1",
            "kind": "GrafanaDashboard",
            "metadata": {"name": "basket"},
            "spec": spec,
        }
    )


def zipped(content: bytes, cut: int = 0) -> str:
    data = gzip.compress(content)
    return b64encode(data[: len(data) - cut]).decode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (operator(url="https://grafana.internal/d"), "the dashboard is not in the file: its source is url"),
        (operator(configMapRef={"name": "a", "key": "b"}), "its source is configMapRef"),
        (operator(grafanaCom={"id": 1}), "its source is grafanaCom"),
        (operator(jsonnet="{}"), "its source is jsonnet"),
        (operator(), "the GrafanaDashboard has no source"),
        (operator(json=BOARD, url="https://grafana.internal/d"), "has 2 sources: json, url"),
        (operator(json="{"), "the dashboard in json: line 1: not JSON"),
        (operator(json="{}"), "json holds no dashboard of Grafana"),
        (operator(json={"title": "T"}), "json is an object, not text"),
        (operator(gzipJson="!"), "gzipJson does not decompress"),
        (operator(gzipJson=b64encode(b"no").decode()), "gzipJson does not decompress"),
        (operator(gzipJson=zipped(BOARD.encode(), cut=9)), "gzipJson is cut short"),
        (operator(gzipJson=zipped(bytes(20_000_001))), "gzipJson decompresses to more than 20,000,000 bytes"),
        (operator(json=BOARD.replace('"panels": [{', '"panels": [], "x": [{')), "the dashboard has no panel"),
        (f"{operator(json=BOARD)}\n---\n{operator(json=BOARD)}", "2 dashboards; expected one"),
        (operator(json=BOARD)[:-3], "not JSON"),
    ],
    ids=range(16),
)
def test_a_dashboard_that_is_not_in_the_object(content: str, reason: str) -> None:
    assert reason in outcome(dashboard, content)


def test_a_dashboard_beside_other_objects() -> None:
    grafana = "apiVersion: grafana.integreatly.org/v1beta1\nkind: Grafana\nmetadata: {name: a}\n"
    found = facts(dashboard, f"{grafana}---\n{operator(json=BOARD, uid='other')}\n")
    assert (found.uid, found.signals) == ("other", ("traffic",))


def test_a_finding_names_the_text_of_the_operator() -> None:
    unclear = BOARD.replace("rate(http_requests_total[5m])", "not a query (")
    [origin] = collect(dashboard, operator(json=unclear)).origins
    assert {one.place.pointer for one in origin.not_understood} == {"/spec/json"}


def perses(plugin: str = "PrometheusTimeSeriesQuery", shown: str = "rps", kind: str = "StatChart") -> Any:
    query = {"kind": "TimeSeriesQuery", "spec": {"plugin": {"kind": plugin, "spec": {"query": "rate(http_requests_total[5m])"}}}}  # fmt: skip
    panel = {
        "kind": "Panel",
        "spec": {"display": {"name": "RPS"}, "plugin": {"kind": kind}, "queries": [query]},
    }
    items = [{"content": {"$ref": f"#/spec/panels/{shown}"}}]
    return {"panels": {"rps": panel}, "layouts": [{"kind": "Grid", "spec": {"items": items}}]}


@pytest.mark.parametrize(
    ("spec", "signals", "doubt"),
    [
        (perses(), ("traffic",), None),
        ({"config": perses()}, ("traffic",), None),
        (perses(shown="other"), (), None),
        (perses(kind="Markdown"), (), None),
        (perses(kind="GhostChart"), (), "a panel of the type GhostChart"),
        (perses(plugin="GhostQuery"), (), "a query in a language that is not read"),
    ],
)
def test_a_panel_of_perses(spec: Any, signals: tuple[str, ...], doubt: str | None) -> None:
    content = {
        "apiVersion": "perses.dev/v1alpha2",
        "kind": "PersesDashboard",
        "metadata": {"name": "a"},
        "spec": spec,
    }
    collected = collect(dashboard, json.dumps(content))
    assert (collected.facts.title, collected.facts.signals) == ("a", signals)
    [origin] = collected.origins
    noted = {one.place.message for one in origin.not_understood}
    assert any(doubt in message for message in noted) if doubt else not noted
