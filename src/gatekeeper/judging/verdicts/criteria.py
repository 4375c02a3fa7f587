"""Judge one criterion of one service: by its evidence, an attestation or a declaration `not applicable`."""

from gatekeeper.judging.obligations.asked import CriterionContext
from gatekeeper.judging.verdicts.attestations import objection, with_attestation
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.conditions import is_nothing, outcome
from gatekeeper.judging.verdicts.lookup import Lookup, NoValue
from gatekeeper.judging.verdicts.staleness import evidence_lapse
from gatekeeper.model.level import Level
from gatekeeper.model.rule import Rule, SubjectsOf
from gatekeeper.model.status import WORST_FIRST, Status
from gatekeeper.model.verdict import CriterionResult, Outcome

_SEVERITY = {status: place for place, status in enumerate(WORST_FIRST)}


def judge_criterion(rule: Rule, case: Case, context: CriterionContext) -> CriterionResult:
    """Return the result of an applicable criterion: its status and the evidence or statement behind it."""
    waiver = case.service.not_applicable.get(rule.id)
    if waiver is None or rule.waivable_by is None:
        return _judge(rule, case, context)
    if why := objection(waiver, rule.waivable_by, case):
        result = _judge(rule, case, context)
        return result._replace(reason=_with_objection(result, why)) if result.is_open else result
    until = f", until {waiver.until}" if waiver.until else ""
    return CriterionResult(
        rule,
        Status.NOT_APPLICABLE,
        f"{waiver.reason} (declared by {waiver.by}, {waiver.role}, {waiver.on}{until})",
    )


def _judge(rule: Rule, case: Case, context: CriterionContext) -> CriterionResult:
    result = _by_evidence(rule, case, context)
    role = rule.attested_by or rule.or_attested_by
    if role and result.status is Status.MISSING:
        return with_attestation(rule, role, case, context.span, result)
    return result


def _with_objection(result: CriterionResult, objection: str) -> str:
    rejected = f"it is declared not applicable, which does not count: {objection}"
    return f"{result.reason}; {rejected}" if result.reason else rejected


def _by_evidence(rule: Rule, case: Case, context: CriterionContext) -> CriterionResult:
    if not rule.conditions:
        by = f"needs an attestation by {rule.attested_by}"
        nobody = "the rulebook has no slot for its tests, and no role may attest it"
        return CriterionResult(rule, Status.MISSING, by if rule.attested_by else nobody)
    lookup = Lookup(case, context.scope)
    outcomes = tuple(outcome(condition, rule, lookup, context.span) for condition in rule.conditions)
    worst = min(outcomes, key=_severity)
    status, reason, rests_on = worst.status, worst.reason, tuple(lookup.seen.values())
    if rule.subjects and (nothing := _nothing_to_judge(rule.subjects, context.level, lookup)):
        status, reason, outcomes = Status.NOT_APPLICABLE, nothing, ()
        rests_on = (lookup.evidence(rule.subjects.slot),)
    if status in (Status.PASS, Status.NOT_APPLICABLE) and (lapse := evidence_lapse(rule, rests_on, case)):
        status, reason = Status.STALE, lapse
    return CriterionResult(rule, status, reason, lookup.basis(status), outcomes, tuple(lookup.seen.values()))


def _severity(outcome: Outcome) -> int:
    return _SEVERITY[outcome.status]


def _nothing_to_judge(subjects: SubjectsOf, level: Level, lookup: Lookup) -> str | None:
    """Return the count as text if the criterion has no subjects and does not need any; None otherwise."""
    if level > subjects.up_to:
        return None
    try:
        count = lookup.fact(subjects.slot, subjects.path)
    except NoValue:
        return None
    return f"0 {subjects.path[-1].replace('_', ' ')}" if is_nothing(count) else None
