"""Decide whether an attestation or a declaration `not applicable` counts for a criterion."""

from collections.abc import Collection, Iterator
from datetime import date

from gatekeeper.judging.obligations.asked import MilestoneSpan
from gatekeeper.judging.obligations.expand import attested_digest
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.roster import objection_but_signature
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.judging.verdicts.staleness import attestation_lapse
from gatekeeper.model.rule import Rule
from gatekeeper.model.service import LONGEST_DOUBT, Attestation
from gatekeeper.model.signature import SignatureSeen
from gatekeeper.model.statement import Statement, of_attestation
from gatekeeper.model.status import Basis, ReasonCode, Status
from gatekeeper.model.verdict import CriterionReason, CriterionResult

_REPLACED = frozenset({ReasonCode.PARTIAL, ReasonCode.TOO_LITTLE, ReasonCode.NOT_UNDERSTOOD})
"""Why evidence may be unproven so that an attestation answers it, like evidence that is missing."""


def or_attested(without: CriterionResult, case: Case, span: MilestoneSpan) -> CriterionResult:
    """Return the result of a criterion by its attestation, if there is one that may replace its evidence.

    An attestation never answers that evidence is stale: the criterion then stays stale. The attestation of a
    criterion also counts for its twin.

    Args:
        without: The result by evidence alone.
        case: The service and its statements.
        span: The milestones for which an attestation counts.
    """
    rule, given = without.rule, case.service.attestations
    name = rule.id if rule.id in given else rule.twin or rule.id
    attestation = given.get(name)
    roles = tuple(attesting_roles(without)) if attestation else ()
    if attestation is None or not roles:
        return without
    statement = of_attestation(case.service.signed_as, name, attestation)
    if why := _objection(statement, attestation, roles, tuple(_lasting_roles(without)), case):
        return _not_counted(without, why)._replace(attestation=attestation)
    seen = signature_of(statement, case.rulebook, case.service)
    counted = (
        _counted(without, attestation, case, span)
        if seen.why is None
        else _not_counted(without, seen.why, seen)
    )
    changed = seen.why is None and _asked_otherwise(name, attestation, case)
    return counted._replace(attestation=attestation, signature=seen, changed_since_attested=changed)


def _asked_otherwise(criterion: str, attestation: Attestation, case: Case) -> bool:
    """Return whether an attestation states a digest of other obligations than today's."""
    if attestation.obligations is None:
        return False
    return attestation.obligations != attested_digest(case.service, case.rulebook, case.roadmap, criterion)


def _not_counted(without: CriterionResult, why: str, seen: SignatureSeen | None = None) -> CriterionResult:
    """Return the result by evidence alone, with the reason why the attestation does not count."""
    code = ReasonCode.UNSIGNED if seen and seen.is_unsigned else None
    why = f"the attestation does not count: {why}"
    reason = CriterionReason(without.status, why, code)
    is_first = code is not None and without.status is Status.MISSING
    reasons = (reason, *without.reasons) if is_first else (*without.reasons, reason)
    return without._replace(reason=why, reasons=reasons)


def _counted(
    without: CriterionResult, attestation: Attestation, case: Case, span: MilestoneSpan
) -> CriterionResult:
    """Return the result by an attestation that counts, unless it or the evidence is stale."""
    rule = without.rule
    if lapse := attestation_lapse(rule, attestation, span, case.as_of):
        return _stale(without, (lapse, *_stale_reasons(without)))
    if left := _stale_reasons(without):
        return _stale(without, left)
    return CriterionResult(rule, Status.PASS, basis=Basis.ATTESTATION)


def _stale(without: CriterionResult, reasons: tuple[CriterionReason, ...]) -> CriterionResult:
    return without._replace(status=Status.STALE, reason=reasons[0].message, reasons=reasons)


def _stale_reasons(result: CriterionResult) -> tuple[CriterionReason, ...]:
    return tuple(reason for reason in result.reasons if reason.status is Status.STALE)


def attesting_roles(without: CriterionResult) -> Iterator[str]:
    """Yield the roles whose attestation may replace the evidence of a criterion that is open."""
    rule = without.rule
    yield from _lasting_roles(without)
    if rule.doubts_attested_by and {of.code for of in without.reasons} == {ReasonCode.NOT_UNDERSTOOD}:
        yield rule.doubts_attested_by


def _lasting_roles(without: CriterionResult) -> Iterator[str]:
    """Yield the roles whose attestation need not end soon."""
    rule = without.rule
    role = rule.attested_by or rule.or_attested_by
    reasons = [reason for reason in without.reasons if reason.status is not Status.STALE]
    if not reasons or not all(map(may_be_replaced, reasons)):
        return
    if role:
        yield role
    if rule.decidable_in and any(of.code is ReasonCode.UNDECIDABLE for of in reasons):
        yield rule.decidable_in.role


def may_be_replaced(reason: CriterionReason) -> bool:
    """Return whether an attestation may answer it; a record that is not signed may hold a failure."""
    is_missing = reason.status is Status.MISSING and reason.code is not ReasonCode.UNSIGNED
    return is_missing or reason.code in _REPLACED


def objection_to_attestation(
    attestation: Attestation, rule: Rule, roles: Collection[str], lasting: Collection[str], case: Case
) -> str | None:
    """Return why an attestation in one of these roles does not count, signed or not; None if it may count.

    In a role that is not among `lasting`, it must end soon.
    """
    statement = of_attestation(case.service.signed_as, rule.id, attestation)
    return _objection(statement, attestation, roles, lasting, case)


def _objection(
    statement: Statement,
    attestation: Attestation,
    roles: Collection[str],
    lasting: Collection[str],
    case: Case,
) -> str | None:
    if why := objection(statement, attestation.until, roles, case):
        return why
    if attestation.role not in lasting and not attestation.ends_soon:
        return f"it needs `until`, at most {LONGEST_DOUBT.days} days after {attestation.on}"
    return None


def objection(statement: Statement, until: date | None, roles: Collection[str], case: Case) -> str | None:
    """Return why a statement does not count where these roles decide, signed or not; None if it may count."""
    if statement.role not in roles:
        return f"it was made as {statement.role}; the criterion needs {' or '.join(dict.fromkeys(roles))}"
    if until and until < case.as_of:
        return f"it was valid until {until}"
    return objection_but_signature(case.rulebook, case.service, statement, case.as_of)
