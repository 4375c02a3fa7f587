"""`--format junit`: JUnit XML, one test suite a service and one test case a criterion."""

from gatekeeper.model.changes import Comparison
from gatekeeper.model.report import Report
from gatekeeper.model.screen import Screen
from gatekeeper.model.verdict import ServiceResult
from gatekeeper.reporters.text.junit import JUnitCase, JUnitSuite, document
from gatekeeper.reporters.wording.verdict_cases import CaseVerdict, VerdictCase, VerdictSuite, suites

_ELEMENTS = {
    CaseVerdict.PASSED: None,
    CaseVerdict.FAILED: "failure",
    CaseVerdict.TOLERATED: "skipped",
    CaseVerdict.SKIPPED: "skipped",
}


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the verdict as test results: open criteria failed, criteria that do not apply were skipped."""
    timestamp = f"{report.result.as_of}T00:00:00"
    return document((_suite(of, report) for of in suites(report)), timestamp)


def _suite(suite: VerdictSuite, report: Report) -> JUnitSuite:
    properties: dict[str, str] = {}
    if suite.service:
        properties = _of_service(suite.service, report)
    elif report.comparison:
        properties = _of_change(report.comparison)
    return JUnitSuite(suite.name, tuple(properties.items()), tuple(map(_case, suite.cases)))


def _of_service(result: ServiceResult, report: Report) -> dict[str, str]:
    return {
        "milestone": report.result.label,
        "owner": result.service.owner,
        "verdict": result.verdict,
        "target_level": str(result.cell.level),
        "effective_level": str(result.effective_level),
    }


def _of_change(comparison: Comparison) -> dict[str, str]:
    notes = {f"note {number}": note for number, note in enumerate(comparison.notes, 1)}
    return {"base": comparison.base, "head": comparison.head, **notes}


def _case(case: VerdictCase) -> JUnitCase:
    where = f"at {case.where.file}:{case.where.line}" if case.where else None
    remedy = f"→ {case.remedy}" if case.remedy else None
    lines = (case.question, *(f"- {finding}" for finding in case.findings), remedy, where)
    message = "; ".join(case.reasons)
    return JUnitCase(
        case.name, _ELEMENTS[case.verdict], case.type, message, tuple(line for line in lines if line)
    )
