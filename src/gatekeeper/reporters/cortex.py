"""`--format cortex`: custom data of services for Cortex, an entry `gatekeeper-<milestone>` for each.

It is the body of `PUT /api/v1/catalog/custom-data`; a service is the entity whose tag is its name. Rules of
scorecards read it in CQL: `custom("gatekeeper-M2").blocked == false`.

Source: Cortex API v1, "Add custom data in bulk" (docs.cortex.io/api/rest/custom-data).
"""

from typing import Any

from pydantic_core import to_json

from gatekeeper.model.report import Report
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import ServiceVerdict
from gatekeeper.model.verdict import ServiceResult
from gatekeeper.reporters.text.screen import visible


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the body of the request."""
    key = f"gatekeeper-{report.result.milestone}"
    values = {
        visible(of.service.service): [{"key": key, "value": _value(of, report)}]
        for of in report.result.services
    }
    return to_json({"values": values}, indent=2).decode() + "\n"


def _value(result: ServiceResult, report: Report) -> dict[str, Any]:
    return {
        "as_of": report.result.as_of.isoformat(),
        "blocked": result.verdict is ServiceVerdict.BLOCKED,
        "standing": result.standing,
        "effective_level": str(result.effective_level),
        "effective_rank": result.effective_level.rank,
        "target_level": str(result.cell.level),
        "target_rank": result.cell.level.rank,
        "criteria_met": result.met,
        "criteria_due": result.due,
        "open_criteria": [visible(criterion.rule.id) for criterion in result.open_criteria],
        "exceptions": [visible(seen.id) for seen in result.exceptions if seen.state == "in_force"],
    }
