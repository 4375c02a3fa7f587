"""Open criteria and reasons as diagnostics on a file and a line, for code scanning and merge requests.

A finding in a file of the repository is a diagnostic on its line. Other findings share one diagnostic a
criterion, in the service's manifest: at the evidence slot, or at the plan cell that asks for the criterion.
"""

import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from gatekeeper.model.evidence import Finding
from gatekeeper.model.remedies import remedy_of
from gatekeeper.model.report import Report, Where
from gatekeeper.model.signature import StatementSeen
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import CriterionResult, Reason, ServiceResult
from gatekeeper.reporters.wording import outcomes, verdict
from gatekeeper.reporters.wording.change_diagnostics import change_diagnostics
from gatekeeper.reporters.wording.diagnostic import Diagnostic
from gatekeeper.reporters.wording.places import place_in_manifest, place_of_finding, place_of_reason
from gatekeeper.reporters.wording.reasons import (
    BY_STATUS,
    INVALID_SIGNATURE,
    NOTHING_IN_SCOPE,
    REASONS,
    DiagnosticSeverity,
    ReasonWording,
    is_critical,
    is_reported,
)
from gatekeeper.reporters.wording.statements import wrong_signature

MOST_OF_A_CRITERION = 20
"""The limit of diagnostics for one criterion; the rest are counted."""


def diagnostics(report: Report) -> Iterator[Diagnostic]:
    """Yield what the change does, then of every service what blocks, then what is open without blocking."""
    yield from change_diagnostics(report)
    if not report.result.services:
        yield _nothing_in_scope(report)
    for result in report.result.services:
        yield from _ServiceDiagnostics(report, result).all()


def _nothing_in_scope(report: Report) -> Diagnostic:
    severity, question, remedy = REASONS[NOTHING_IN_SCOPE]
    return Diagnostic(
        rule=NOTHING_IN_SCOPE,
        status=NOTHING_IN_SCOPE,
        severity=severity,
        what=verdict.verdict_of_report(report),
        question=question,
        remedy=remedy,
        where=Where(report.places.milestone, 1),
        fingerprint=NOTHING_IN_SCOPE,
    )


class _ServiceDiagnostics:
    """The diagnostics of one service."""

    def __init__(self, report: Report, result: ServiceResult) -> None:
        self.report = report
        self.result = result
        self.service = result.service
        reasons = [reason for reason in result.reasons if is_critical(reason)]
        self.critical = {criterion for reason in reasons for criterion in reason.criteria}
        self.seen: Counter[str] = Counter()

    def all(self) -> Iterator[Diagnostic]:
        for reason in self.result.reasons:
            if is_reported(reason):
                yield self._of_reason(reason, REASONS[reason.code])
        yield from map(self._of_signature, self.result.wrong_signatures)
        gates = self.report.filter.gates
        for criterion in self._open():
            if not gates or criterion.rule.gate in gates:
                yield from self._of_criterion(criterion)

    def _open(self) -> Iterator[CriterionResult]:
        blocking = self.result.open_criteria
        yield from blocking
        ids = {result.rule.id for result in blocking}
        lenient = {
            result.rule.id: result
            for result in self.result.criteria
            if result.status is Status.EXCEPTED
            or (result.is_open and not result.binding and result.rule.id not in ids)
        }
        yield from lenient.values()

    def _of_reason(self, reason: Reason, wording: ReasonWording) -> Diagnostic:
        return Diagnostic(
            service=self.service.service,
            owner=self.service.owner,
            rule=reason.code,
            status=reason.code,
            severity=wording.severity,
            what=reason.message,
            question=wording.question,
            remedy=wording.remedy,
            where=place_of_reason(reason, self.result, self.report),
            fingerprint=self._fingerprint(reason.code, None),
        )

    def _of_signature(self, one: StatementSeen) -> Diagnostic:
        severity, question, remedy = INVALID_SIGNATURE
        return Diagnostic(
            service=self.service.service,
            owner=self.service.owner,
            rule="invalid-signature",
            status="invalid-signature",
            severity=severity,
            what=wrong_signature(one),
            question=question,
            remedy=remedy,
            where=self.report.places.of(self.service.service, one.statement.keys),
            fingerprint=self._fingerprint("\0".join(("invalid-signature", *one.statement.keys)), None),
        )

    def _of_criterion(self, result: CriterionResult) -> Iterator[Diagnostic]:
        elsewhere = []
        rank = 0
        why = outcomes.not_binding(result)
        seen = (*outcomes.seen(result), *([f"{why}: it does not block"] if why else []))
        left_out = len(result.findings) - MOST_OF_A_CRITERION
        for finding in result.findings[:MOST_OF_A_CRITERION]:
            where = place_of_finding(finding, result, self.result, self.report)
            if where is None:
                elsewhere.append(finding)
                continue
            yield self._diagnostic(result, finding.message, seen, where, rank, finding)
            rank += 1
        if elsewhere or not rank or left_out > 0:
            told = (*_listed(elsewhere, left_out), *seen) or (f"{result.status}",)
            where = place_in_manifest(result, self.result, self.report)
            yield self._diagnostic(result, told[0], told[1:], where, rank, None)

    def _diagnostic(
        self,
        result: CriterionResult,
        what: str,
        seen: tuple[str, ...],
        where: Where,
        rank: int,
        finding: Finding | None,
    ) -> Diagnostic:
        return Diagnostic(
            service=self.service.service,
            owner=self.service.owner,
            rule=result.rule.id,
            status=result.status,
            severity=self._severity(result),
            what=what,
            seen=seen,
            question=result.rule.question,
            remedy=remedy_of(result),
            where=where,
            rank=rank,
            fingerprint=self._fingerprint(result.rule.id, finding),
            exception=result.exception,
            reason_code=result.reason_code,
            part=next((reason.part for reason in result.reasons if reason.part), None),
        )

    def _severity(self, result: CriterionResult) -> DiagnosticSeverity:
        if result.rule.id in self.critical:
            return DiagnosticSeverity.CRITICAL
        return BY_STATUS[result.status] if result.binding else DiagnosticSeverity.NOTE

    def _fingerprint(self, rule: str, finding: Finding | None) -> str:
        parts = [self.service.service, rule]
        if finding:
            message = re.sub(r"\d+", "#", finding.message)
            parts += [finding.file or "", finding.pointer or "", message]
        base = "\0".join(parts)
        self.seen[base] += 1
        text = f"{base}\0{self.seen[base]}".encode("utf-8", "backslashreplace")
        return sha256(text).hexdigest()[:32]


def _listed(findings: list[Finding], left_out: int) -> Iterator[str]:
    """Yield one sentence with the findings outside the repository, and the number of omitted ones."""
    told = []
    for finding in findings:
        where = outcomes.location(finding)
        told.append(f"{finding.message} ({where})" if where else finding.message)
    if left_out > 0:
        told.append(f"and {left_out:,} more")
    if told:
        yield "; ".join(told)
