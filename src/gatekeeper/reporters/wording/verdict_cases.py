"""A verdict as test results: what JUnit, TAP and CSV have in common.

A suite is a service, a case one of its criteria. What blocks besides open criteria, such as a missing
signature, is a case of its own, because a list of tests looks green if nothing in it failed.
"""

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from gatekeeper.model.changes import Change, Comparison
from gatekeeper.model.remedies import remedy_of
from gatekeeper.model.report import Report, Where
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import CriterionResult, Reason, ServiceResult
from gatekeeper.reporters.wording import changes, outcomes, verdict
from gatekeeper.reporters.wording.places import place_of_criterion, place_of_reason
from gatekeeper.reporters.wording.reasons import NOTHING_IN_SCOPE, REASONS, is_reported

MOST_FINDINGS = 50
"""The limit of findings for one case; the rest are counted."""


class CaseVerdict(Enum):
    """What becomes of a case."""

    PASSED = auto()
    FAILED = auto()
    TOLERATED = auto()
    """It does not hold, and an exception covers it or it does not bind."""
    SKIPPED = auto()
    """It does not apply."""


class VerdictCase(NamedTuple):
    """One case: a criterion, a reason, or a change."""

    name: str
    verdict: CaseVerdict
    status: str = ""
    """A criterion's status, the code of a reason, or the kind of a change."""
    reason_code: str | None = None
    reasons: tuple[str, ...] = ()
    """Why it did not pass, beginning with the status of a criterion; empty if it passed."""
    question: str | None = None
    findings: tuple[str, ...] = ()
    remedy: str | None = None
    where: Where | None = None
    """Where to fix it."""
    criterion: CriterionResult | None = None

    @property
    def type(self) -> str:
        """The status with its reason code: `unproven:partial`."""
        return ":".join(filter(None, (self.status, self.reason_code)))


class VerdictSuite(NamedTuple):
    """The cases of a service, or those of a change."""

    name: str
    cases: tuple[VerdictCase, ...]
    service: ServiceResult | None = None


def suites(report: Report) -> Iterator[VerdictSuite]:
    """Yield what the change does, then the services; one failure if no service is in scope."""
    if report.comparison:
        yield VerdictSuite("change", tuple(_of_changes(report.comparison)))
    for service in report.result.services:
        yield VerdictSuite(service.service.service, tuple(_of_service(service, report)), service)
    if not report.result.services:
        yield VerdictSuite(report.result.milestone, (_nothing_in_scope(report),))


def number_of_suites(report: Report) -> int:
    """Return how many suites there are, without what is in them."""
    return (len(report.result.services) or 1) + (report.comparison is not None)


def _nothing_in_scope(report: Report) -> VerdictCase:
    wording = REASONS[NOTHING_IN_SCOPE]
    return VerdictCase(
        NOTHING_IN_SCOPE,
        CaseVerdict.FAILED,
        NOTHING_IN_SCOPE,
        reasons=(verdict.verdict_of_report(report),),
        remedy=wording.remedy,
        where=Where(report.places.milestone, 1),
    )


def _of_changes(comparison: Comparison) -> Iterator[VerdictCase]:
    """Yield the changes: what blocks has failed, and what needs no attention has passed."""
    for change in comparison.changes:
        yield _of_change(change, comparison)
    if not comparison.changes:
        yield VerdictCase(changes.conclusion(comparison), CaseVerdict.PASSED)


def _of_change(change: Change, comparison: Comparison) -> VerdictCase:
    name = f"{change.kind}: {change.id}"
    if not change.blocks:
        return VerdictCase(name, CaseVerdict.PASSED, change.kind)
    remedy = changes.remedy(change, comparison)
    return VerdictCase(
        name,
        CaseVerdict.FAILED,
        change.kind,
        reasons=tuple(filter(None, (changes.message(change), changes.seen(change)))),
        remedy=f"{remedy} {change.id}" if change.needs_sign_off else remedy,
        where=Where(change.file, change.line or 1) if change.file else None,
    )


def _of_service(service: ServiceResult, report: Report) -> Iterator[VerdictCase]:
    for reason in service.reasons:
        # Reasons that name open criteria fail through these; the others need a case of their own.
        if is_reported(reason):
            yield _of_reason(reason, service, report)
    gates = report.filter.gates
    once = {of.rule.id: of for of in (*service.criteria, *service.held_up_by)}
    for of in once.values():
        if not gates or of.rule.gate in gates:
            yield _of_criterion(of, service, report)


def _of_reason(reason: Reason, service: ServiceResult, report: Report) -> VerdictCase:
    wording = REASONS[reason.code]
    return VerdictCase(
        reason.code,
        CaseVerdict.FAILED,
        reason.code,
        reasons=(reason.message,),
        question=wording.question,
        remedy=wording.remedy,
        where=place_of_reason(reason, service, report),
    )


def _of_criterion(of: CriterionResult, service: ServiceResult, report: Report) -> VerdictCase:
    outcome = _outcome(of)
    if outcome is CaseVerdict.PASSED:
        return VerdictCase(of.rule.id, outcome, of.status, criterion=of)
    reasons = (verdict.spaced(outcomes.status_words(of)), *outcomes.seen(of))
    result = VerdictCase(of.rule.id, outcome, of.status, of.reason_code, reasons, criterion=of)
    if not of.is_open:
        return result
    return result._replace(
        question=of.rule.question,
        findings=tuple(_findings(of)),
        remedy=remedy_of(of),
        where=place_of_criterion(of, service, report),
    )


def _outcome(of: CriterionResult) -> CaseVerdict:
    if of.status is Status.PASS:
        return CaseVerdict.PASSED
    if of.status is Status.NOT_APPLICABLE:
        return CaseVerdict.SKIPPED
    return CaseVerdict.FAILED if of.blocks else CaseVerdict.TOLERATED


def _findings(of: CriterionResult) -> Iterator[str]:
    yield from map(outcomes.located, of.findings[:MOST_FINDINGS])
    if len(of.findings) > MOST_FINDINGS:
        yield f"and {len(of.findings) - MOST_FINDINGS:,} more"
