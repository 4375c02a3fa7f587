"""Files for portals: bodies of requests that the schemas of the portals accept."""

import json
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from builders.hostile import HOSTILE, TEXTS
from builders.reports import SCREEN, hostile, only, pilot
from gatekeeper.model.report import Report
from gatekeeper.reporters import cortex, datadog

# Written from the pages that the modules name.
CORTEX = {
    "type": "object",
    "required": ["values"],
    "additionalProperties": False,
    "properties": {
        "values": {
            "type": "object",
            "additionalProperties": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["key", "value"],
                    "additionalProperties": False,
                    "properties": {"key": {"type": "string", "minLength": 1}, "value": {}},
                },
            },
        }
    },
}
DATADOG = {
    "type": "object",
    "required": ["data"],
    "additionalProperties": False,
    "properties": {
        "data": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "type": {"enum": ["batched-outcome"]},
                "attributes": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "results": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "required": ["entity_reference", "rule_id", "state"],
                                "additionalProperties": False,
                                "properties": {
                                    "entity_reference": {"type": "string"},
                                    "rule_id": {"type": "string"},
                                    "remarks": {"type": "string"},
                                    "state": {"enum": ["pass", "fail", "skip"]},
                                },
                            },
                        }
                    },
                },
            },
        }
    },
}


def outcomes(report: Report) -> dict[tuple[str, str], Any]:
    results = json.loads(datadog.render(report, SCREEN))["data"]["attributes"]["results"]
    found = {(one["entity_reference"], one["rule_id"]): one for one in results}
    assert len(found) == len(results)
    return found


def test_datadog_gets_one_outcome_for_each_service_and_criterion() -> None:
    found = outcomes(pilot("M1"))
    coverage = found["service:orders-service", "G1.coverage"]
    assert coverage["state"] == "fail"
    assert "23.57 below the threshold" in coverage["remarks"]
    assert "→ Test the uncovered lines of the domain" in coverage["remarks"]
    assert "remarks" not in found["service:payments-service", "G7.peak-load"]
    assert found["service:payments-service", "G7.peak-load"]["state"] == "pass"
    # It does not apply; it is optional; it is excepted.
    assert found["service:payments-service", "G8.tenant-keys"]["state"] == "skip"
    assert found["service:catalogue-service", "capability:gift-cards"]["state"] == "skip"
    assert outcomes(pilot("M3"))["service:payments-service", "L4.chaos"]["state"] == "skip"


def test_datadog_gets_only_the_gate_that_is_asked_for() -> None:
    assert {rule.partition(".")[0] for _, rule in outcomes(only(pilot("M1"), "G7"))} == {"G7"}


def test_cortex_gets_one_entry_for_each_service_and_milestone() -> None:
    values = json.loads(cortex.render(pilot("M1"), SCREEN))["values"]
    [orders] = values["orders-service"]
    assert orders["key"] == "gatekeeper-M1"
    assert orders["value"]["blocked"] is True
    assert orders["value"]["effective_rank"] < orders["value"]["target_rank"]
    assert "G1.coverage" in orders["value"]["open_criteria"]
    assert values["payments-service"][0]["value"]["exceptions"] == []
    [payments] = json.loads(cortex.render(pilot("M3"), SCREEN))["values"]["payments-service"]
    assert (payments["value"]["blocked"], payments["value"]["exceptions"]) == (False, ["RR-1"])


@pytest.mark.parametrize("milestone", ["M1", "M3"])
@HOSTILE
@given(texts=TEXTS)
def test_the_schemas_of_the_portals_accept_any_names(texts: list[str], milestone: str) -> None:
    report = hostile(pilot(milestone), texts)
    body = json.loads(datadog.render(report, SCREEN))
    Draft202012Validator(DATADOG).validate(body)
    # Remarks may hold links: no name becomes one.
    assert "<" not in "".join(one.get("remarks", "") for one in body["data"]["attributes"]["results"])
    Draft202012Validator(CORTEX).validate(json.loads(cortex.render(report, SCREEN)))
