"""The smallest files of formats that people have: each is read as its kind, and its figures come out.

They are outside of the repository, with the other cases.
"""

from typing import Any, NamedTuple

import pytest

from builders.artefacts import SAMPLES, chosen, tree
from gatekeeper.evidence.reader import collect

CASES = SAMPLES.parent / "cases"


class Case(NamedTuple):
    """A file of a format."""

    file: str
    """In the folder of its kind."""
    format: str
    facts: dict[str, Any]
    """Those that must come out; a number means a list of so many."""


EVERY = [
    Case("coverage/jacoco.xml", "jacoco", {"lines_pct": 100.0, "lines": 1, "files": 1}),
    Case("coverage/clover.xml", "clover", {"lines_pct": 50.0, "lines": 2, "uncovered": 1}),
    Case("coverage/cover.out", "go", {"lines_pct": 100.0, "files": 1}),
    Case("coverage/coverage-py.json", "coverage.py", {"lines_pct": 100.0, "paths": ("a.py",)}),
    Case("tests/result.trx", "trx", {"total": 1, "passed": ("A",), "failed": ()}),
    Case("tests/playwright.json", "playwright", {"total": 1, "passed": ("greets",), "failed": ()}),
    Case("tests/cucumber.json", "cucumber-json", {"total": 1, "passed": ("F > S",), "failed": ()}),
    Case("load_test/artillery.json", "artillery", {"requests": 100, "p95_ms": 12.0, "p99_ms": 20.0}),
    # Which percentiles it states is a setting that the file does not have.
    Case("load_test/gatling.json", "gatling-stats", {"requests": 100, "error_pct": 0.0, "p95_ms": None}),
    Case("load_test/r.jtl", "jmeter", {"requests": 1, "p95_ms": 12.0, "error_pct": 0.0}),
    # It states no severity, so how many are critical is not known.
    Case("vulnerabilities/pip-audit.json", "pip-audit", {"findings": 1, "closed": ()}),
    Case("vulnerabilities/gl-sast-report.json", "gitlab-sast", {"high": 1, "scans": ("code",)}),
    Case("dashboard/dash2-configmap.yml", "grafana", {"signals": ("traffic",), "panels": ("rps",)}),
    Case("dashboard/dash2-operator.yml", "grafana-operator", {"signals": ("traffic",), "panels": ("rps",)}),
    # Its layout shows no panel.
    Case("dashboard/dash2-v2.json", "grafana-v2", {"uid": "u", "signals": (), "without_query": ("rps",)}),
    Case("alerts/alert2-list.yml", "prometheus-operator", {"alerts": 1, "without_runbook": ()}),
    Case("alerts/alert2-loki.yml", "loki-rules", {"alerts": 1, "without_threshold": ()}),
    Case("slo/slo-pyrra.yml", "pyrra", {"objectives": {"availability": 99.5}, "unmeasured": ()}),
    Case("traces/traces-tempo-batches.json", "tempo", {"services": ("a",), "spans": 1}),
    Case("traces/traces-jaeger-apiv3.json", "jaeger-v3", {"services": ("a",), "spans": 1}),
    Case("traces/traces-zipkin.json", "zipkin", {"services": ("a",), "spans": 1}),
]


@pytest.mark.published(CASES)
@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.file)
def test_a_format_that_people_have_is_read(case: Case) -> None:
    kind, _, name = case.file.partition("/")
    collected = collect(kind, tree({name: (CASES / case.file).read_bytes()}, name), {})
    found = chosen(collected.facts, case.facts)
    counted = {
        fact: len(value) if isinstance(value, tuple) and isinstance(case.facts[fact], int) else value
        for fact, value in found.items()
    }
    assert (collected.format, counted) == (case.format, case.facts)


@pytest.mark.published(CASES)
def test_the_documents_of_a_catalogue_of_services_are_selected_from() -> None:
    select = {
        "owner": "[?kind=='Component'].spec.owner | [0]",
        "apis": "[?kind=='API'].metadata.name",
        "kinds": "[].kind",
    }
    artefact = tree(
        {"catalog-info.yaml": (CASES / "json/catalog-info.yaml").read_bytes()}, "catalog-info.yaml"
    )
    collected = collect("json", artefact, {"select": select})
    assert collected.format == "yaml"
    assert collected.facts == {
        "owner": "team-basket",
        "apis": ("basket-api",),
        "kinds": ("Component", "API"),
    }
