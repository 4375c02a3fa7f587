"""Decide whether an attestation or a declaration `not applicable` counts for a criterion."""

from gatekeeper.judging.obligations.asked import MilestoneSpan
from gatekeeper.judging.verdicts import roster
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.staleness import attestation_lapse
from gatekeeper.model.rule import Rule
from gatekeeper.model.service import Attestation, NotApplicable
from gatekeeper.model.status import Basis, Status
from gatekeeper.model.verdict import CriterionResult


def with_attestation(
    rule: Rule, role: str, case: Case, span: MilestoneSpan, without: CriterionResult
) -> CriterionResult:
    """Return the result of a criterion by its attestation; `without` is the result by evidence alone.

    The attestation of a criterion also counts for its twin.
    """
    given = case.service.attestations
    attestation = given.get(rule.id) or given.get(rule.twin or rule.id)
    if attestation is None:
        return without
    if why := objection(attestation, role, case):
        return without._replace(reason=f"the attestation does not count: {why}", attestation=attestation)
    if lapse := attestation_lapse(rule, attestation, span, case.as_of):
        return without._replace(status=Status.STALE, reason=lapse, attestation=attestation)
    return CriterionResult(rule, Status.PASS, basis=Basis.ATTESTATION, attestation=attestation)


def objection(statement: Attestation | NotApplicable, role: str, case: Case) -> str | None:
    """Return why a statement does not count for a criterion that `role` decides, or None if it counts."""
    if statement.role != role:
        return f"it was made as {statement.role}; the criterion needs {role}"
    if statement.until and statement.until < case.as_of:
        return f"it was valid until {statement.until}"
    return roster.objection(
        case.rulebook.governance, case.service, statement.by, role, statement.on, case.as_of
    )
