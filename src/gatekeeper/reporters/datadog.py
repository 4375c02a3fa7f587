"""`--format datadog`: an outcome for each service and criterion, for the scorecards of Datadog.

It is the body of `POST /api/v2/scorecard/outcomes`; a service is the entity `service:<name>`. Datadog gives
rules ids of its own, so the criteria in `rule_id` are replaced before the file is sent: docs/metrics.md
shows how.

Source: Datadog API v2, "Update Scorecard outcomes" (docs.datadoghq.com/api/latest/scorecards). Its "Create
outcomes batch" is deprecated.
"""

from collections.abc import Iterator
from html import escape

from pydantic_core import to_json

from gatekeeper.model.remedies import remedy_of
from gatekeeper.model.report import Report
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import CriterionResult, ServiceResult
from gatekeeper.reporters.text.screen import cut, visible
from gatekeeper.reporters.wording import outcomes

_LONGEST_REMARK = 1_000


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the body of the request."""
    results = [outcome for of in report.result.services for outcome in _outcomes(of, report)]
    body = {"data": {"type": "batched-outcome", "attributes": {"results": results}}}
    return to_json(body, indent=2).decode() + "\n"


def _outcomes(result: ServiceResult, report: Report) -> Iterator[dict[str, str]]:
    gates = report.filter.gates
    once = {of.rule.id: of for of in (*result.criteria, *result.held_up_by)}
    for of in once.values():
        if not gates or of.rule.gate in gates:
            outcome = {
                "entity_reference": visible(f"service:{result.service.service}"),
                "rule_id": visible(of.rule.id),
                "state": _state(of),
            }
            if of.status is not Status.PASS:
                outcome["remarks"] = escape(cut(_remark(of), _LONGEST_REMARK))  # it may hold links in HTML
            yield outcome


def _state(result: CriterionResult) -> str:
    """Return `skip`, which counts neither way, for what is excepted, does not apply or does not bind."""
    if result.blocks:
        return "fail"
    return "pass" if result.status is Status.PASS else "skip"


def _remark(result: CriterionResult) -> str:
    told = [outcomes.status_words(result).replace("_", " "), *outcomes.seen(result)]
    remedy = f" → {remedy_of(result)}" if result.is_open else ""
    return visible(f"{'; '.join(told)}{remedy}")
