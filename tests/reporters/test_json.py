"""`--format json` and `ndjson`: what rows leave out can be read elsewhere, and lines are complete."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from builders.reports import SCREEN, pilot, with_change
from gatekeeper.model.remedies import remedy_of
from gatekeeper.model.report import Report
from gatekeeper.model.status import OPEN
from gatekeeper.model.verdict import CriterionResult, ServiceResult
from gatekeeper.reporters import json as json_format
from gatekeeper.reporters import ndjson

MILESTONES = ("M1", "M3", "M4")


def results(service: ServiceResult) -> Iterator[CriterionResult]:
    yield from service.criteria
    yield from service.held_up_by


def rows(service: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for gate in service["gates"]:
        yield from gate.get("criteria", ())
    for key in ("level_criteria", "capabilities", "held_up_by"):
        yield from service.get(key, ())


def as_read(row: dict[str, Any], texts: dict[str, Any]) -> dict[str, Any]:
    """Return reasons and remedy of a row, read as docs/json.md says."""
    if row["status"] not in OPEN:
        return {"reasons": [], "remedy": None}
    of = texts.get(row["criterion"], {})
    default = of if "reasons" in row else of["without_evidence"]
    reasons = row["reasons"] if "reasons" in row else default["reasons"]
    return {
        "reasons": [(one.get("status", row["status"]), one["message"], one.get("code")) for one in reasons],
        "remedy": row["remedy"] if "remedy" in row else default["remedy"],
    }


@pytest.mark.parametrize("milestone", MILESTONES)
def test_what_a_row_leaves_out_is_in_the_texts(milestone: str) -> None:
    report = pilot(milestone)
    document = json.loads(json_format.render(report, SCREEN))
    texts, left_out = document["rulebook"]["criteria"], 0
    for service, judged in zip(document["services"], report.result.services, strict=True):
        for row, result in zip(rows(service), results(judged), strict=True):
            assert as_read(row, texts) == {
                "reasons": [(of.status, of.message, of.code) for of in result.reasons if result.is_open],
                "remedy": remedy_of(result) if result.is_open else None,
            }
            assert (row["criterion"], row["status"]) == (result.rule.id, result.status)
            assert row.get("binding", True) is result.binding
            assert (row.get("reason_code"), row.get("basis")) == (result.reason_code, result.basis)
            assert [of["message"] for of in row.get("findings", ())] == [of.message for of in result.findings]
            left_out += result.is_open and "reasons" not in row
    assert left_out or milestone != "M4"


def test_each_service_and_action_is_one_line() -> None:
    report = pilot("M1")
    lines = json_format.render(report, SCREEN).splitlines()
    for name in ("services", "actions"):
        first = lines.index(f'  "{name}": [') + 1
        of = getattr(report.result, name)
        found = [json.loads(line.rstrip(",")) for line in lines[first : first + len(of)]]
        assert found == json.loads("".join(lines))[name]
        assert lines[first + len(of)].startswith("  ]")


def by_type(report: Report) -> tuple[list[str], list[dict[str, Any]]]:
    lines = list(map(json.loads, ndjson.render(report, SCREEN).splitlines()))
    return [line.pop("type") for line in lines], lines


@pytest.mark.parametrize("milestone", MILESTONES)
def test_lines_are_the_parts_of_the_document(milestone: str) -> None:
    report = pilot(milestone)
    document = json.loads(json_format.render(report, SCREEN))
    types, (head, *parts, end) = by_type(report)
    services, actions = document.pop("services"), document.pop("actions")
    assert types == ["head", *["service"] * len(services), *["action"] * len(actions), "end"]
    assert parts == [*services, *actions]
    blocked = document.pop("blocked_by")
    assert head == document
    assert end == {"services": len(services), "actions": len(actions), "blocked": len(blocked)}


def test_the_comparison_is_a_line() -> None:
    report = with_change(pilot("M1"))
    types, lines = by_type(report)
    assert types[:3] == ["head", "comparison", "service"]
    assert lines[1] == json.loads(json_format.render(report, SCREEN))["comparison"]


def test_half_a_character_of_a_file_name_is_an_escape() -> None:
    report = pilot("M1")
    services = [
        one._replace(service=one.service.model_copy(update={"owner": "team\udcff"}))
        for one in report.result.services
    ]
    odd = report._replace(result=report.result._replace(services=tuple(services)))
    for text in (json_format.render(odd, SCREEN), ndjson.render(odd, SCREEN)):
        assert '"owner":"team\\udcff"' in text
        text.encode()
