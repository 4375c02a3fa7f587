"""`--format junit`: JUnit XML, one test suite a service and one test case a criterion."""

from collections.abc import Iterator

from gatekeeper.model.changes import Change, Comparison
from gatekeeper.model.remedies import remedy_of
from gatekeeper.model.report import Report, Screen
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import CriterionResult, Reason, ServiceResult
from gatekeeper.reporters.text.junit import JUnitCase, JUnitSuite, document
from gatekeeper.reporters.wording import changes, outcomes, verdict
from gatekeeper.reporters.wording.reasons import NOTHING_IN_SCOPE, REASONS, is_reported

MOST_FINDINGS = 50


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the verdict as test results: open criteria failed, criteria that do not apply were skipped."""
    suites = [_suite(service, report) for service in report.result.services]
    if not suites:
        case = JUnitCase(NOTHING_IN_SCOPE, "failure", NOTHING_IN_SCOPE, verdict.verdict_of_report(report))
        suites = [JUnitSuite(report.result.milestone, (), (case,))]
    if report.comparison:
        suites.insert(0, _change_suite(report.comparison))
    timestamp = f"{report.result.as_of}T00:00:00"
    return document(f"gatekeeper {report.result.milestone}", suites, timestamp)


def _suite(result: ServiceResult, report: Report) -> JUnitSuite:
    properties = {
        "milestone": report.result.label,
        "owner": result.service.owner,
        "verdict": result.verdict,
        "target_level": str(result.cell.level),
        "effective_level": str(result.effective_level),
    }
    return JUnitSuite(result.service.service, tuple(properties.items()), tuple(_cases(result, report)))


def _change_suite(comparison: Comparison) -> JUnitSuite:
    """Return what the change does: what blocks it failed, and what needs no attention passed."""
    cases = tuple(_of_change(change, comparison) for change in comparison.changes)
    properties = {"base": comparison.base, "head": comparison.head}
    properties |= {f"note {number}": note for number, note in enumerate(comparison.notes, 1)}
    return JUnitSuite(
        "change", tuple(properties.items()), cases or (JUnitCase(changes.conclusion(comparison)),)
    )


def _of_change(change: Change, comparison: Comparison) -> JUnitCase:
    name = f"{change.kind}: {change.id}"
    if not change.blocks:
        return JUnitCase(name)
    remedy = f"→ {changes.remedy(change, comparison)}"
    named = change.id if change.needs_sign_off else None
    lines = (changes.place(change), changes.seen(change), remedy, named)
    return JUnitCase(name, "failure", change.kind, changes.message(change), tuple(filter(None, lines)))


def _cases(result: ServiceResult, report: Report) -> Iterator[JUnitCase]:
    for reason in result.reasons:
        # Reasons that name open criteria fail through these; the others need a case of their own.
        if is_reported(reason):
            yield _of_reason(reason)
    gates = report.filter.gates
    once = {of.rule.id: of for of in (*result.criteria, *result.held_up_by)}
    yield from (_of_criterion(of) for of in once.values() if not gates or of.rule.gate in gates)


def _of_reason(reason: Reason) -> JUnitCase:
    wording = REASONS[reason.code]
    lines = (wording.question, f"→ {wording.remedy}")
    return JUnitCase(reason.code, "failure", reason.code, reason.message, lines)


def _of_criterion(result: CriterionResult) -> JUnitCase:
    rule = result.rule
    seen = outcomes.seen(result)
    match result.status:
        case Status.PASS:
            return JUnitCase(rule.id)
        case Status.NOT_APPLICABLE | Status.EXCEPTED as status:
            return JUnitCase(rule.id, "skipped", status, "; ".join([status.replace("_", " "), *seen]))
        case status if why := outcomes.not_binding(result):
            return JUnitCase(rule.id, "skipped", outcomes.coded(result), "; ".join([why, status, *seen]))
        case status:
            lines = (rule.question, *_findings(result), f"→ {remedy_of(result)}")
            return JUnitCase(rule.id, "failure", outcomes.coded(result), "; ".join([status, *seen]), lines)


def _findings(result: CriterionResult) -> Iterator[str]:
    for finding in result.findings[:MOST_FINDINGS]:
        yield f"- {outcomes.located(finding)}"
    if len(result.findings) > MOST_FINDINGS:
        yield f"- and {len(result.findings) - MOST_FINDINGS:,} more"
