"""Judge one criterion of one service: by its evidence, an attestation or a declaration `not applicable`."""

from collections.abc import Iterable, Iterator

from gatekeeper.judging.obligations.asked import CriterionContext
from gatekeeper.judging.rules.condition_binding import slots_of
from gatekeeper.judging.verdicts.attestations import objection, or_attested
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.conditions import is_nothing, outcome
from gatekeeper.judging.verdicts.dependencies import judge_dependencies
from gatekeeper.judging.verdicts.guards import OF_WHOLE, objections
from gatekeeper.judging.verdicts.languages import with_languages
from gatekeeper.judging.verdicts.lookup import Lookup, NoValue
from gatekeeper.judging.verdicts.recorders import admitted
from gatekeeper.judging.verdicts.several_records import worst_record
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.model.evidence import Evidence, EvidenceStatus
from gatekeeper.model.level import Level
from gatekeeper.model.rule import Rule, SubjectsOf
from gatekeeper.model.statement import of_not_applicable
from gatekeeper.model.status import Status
from gatekeeper.model.unmapped import needs_attestation
from gatekeeper.model.verdict import CriterionReason, CriterionResult, Outcome, worst_first


def judge_criterion(rule: Rule, case: Case, context: CriterionContext) -> CriterionResult:
    """Return the result of an applicable criterion: its status and the evidence or statement behind it."""
    waiver = case.service.not_applicable.get(rule.id)
    if waiver is None or rule.waivable_by is None:
        return _judge(rule, case, context)
    statement = of_not_applicable(case.service.signed_as, rule.id, waiver)
    why = objection(statement, waiver.until, (rule.waivable_by,), case)
    seen = signature_of(statement, case.rulebook, case.service)
    if why := why or seen.why:
        result = _judge(rule, case, context)
        return result._replace(reason=_with_objection(result, why)) if result.is_open else result
    until = f", until {waiver.until}" if waiver.until else ""
    return CriterionResult(
        rule,
        Status.NOT_APPLICABLE,
        f"{waiver.reason} (declared by {waiver.by}, {waiver.role}, {waiver.on}{until})",
        signature=seen,
    )


def _judge(rule: Rule, case: Case, context: CriterionContext) -> CriterionResult:
    return or_attested(_by_evidence(rule, case, context), case, context.span)


def _with_objection(result: CriterionResult, objection: str) -> str:
    rejected = f"it is declared not applicable, which does not count: {objection}"
    return f"{result.reason}; {rejected}" if result.reason else rejected


def _by_evidence(rule: Rule, case: Case, context: CriterionContext) -> CriterionResult:
    if rule.compares_dependencies:
        return judge_dependencies(rule, case, context.level)
    if not rule.conditions:
        why = needs_attestation(rule)
        return CriterionResult(rule, Status.MISSING, why, reasons=(CriterionReason(Status.MISSING, why),))
    return worst_record(
        _compared(rule, Lookup(case, rule, context.scope), context),
        lambda chosen: _compared(rule, Lookup(case, rule, context.scope, chosen), context),
        lambda one: admitted(one, case.rulebook, case.service.service),
    )


def _compared(rule: Rule, lookup: Lookup, context: CriterionContext) -> CriterionResult:
    outcomes = tuple([outcome(condition, rule, lookup, context.span) for condition in rule.conditions])
    of_conditions = slots_of(rule.conditions) if rule.subjects else rule.slots
    rests_on = tuple(map(lookup.evidence, of_conditions))
    if_met, nothing = Status.PASS, None
    if rule.subjects and (nothing := _nothing_to_judge(rule.subjects, context.level, lookup)):
        if_met, outcomes, rests_on = Status.NOT_APPLICABLE, (), (lookup.evidence(rule.subjects.slot),)
    why = (*_of_outcomes(outcomes), *_of_evidence(rests_on, lookup))
    reasons = worst_first(with_languages(why, rule.decidable_in, lookup) if rule.decidable_in else why)
    evidence = tuple(lookup.seen.values())
    if not reasons:
        basis = lookup.basis() if if_met is Status.PASS else None
        return CriterionResult(rule, if_met, nothing, basis, outcomes, evidence)
    worst = reasons[0]
    # Screens describe a failed condition by its outcome.
    message = None if worst.status is Status.FAIL else worst.message
    return CriterionResult(rule, worst.status, message, None, outcomes, evidence, reasons=reasons)


def _of_evidence(rests_on: Iterable[Evidence], lookup: Lookup) -> Iterator[CriterionReason]:
    """Yield why evidence that has facts does not show what is asked, whatever the facts are."""
    for one in rests_on:
        if one.status is EvidenceStatus.OK:
            yield from lookup.of_another(one.slot)
            yield from objections(lookup.rule, lookup.guard(one.slot), one, lookup.case)


def _of_outcomes(outcomes: Iterable[Outcome]) -> Iterator[CriterionReason]:
    """Yield the reasons of conditions that do not hold; several that lack the same evidence have one."""
    seen = set()
    for one in outcomes:
        if one.status is Status.PASS or one.code in OF_WHOLE:
            continue  # the evidence as a whole is reported
        message = one.reason or f"required: {one.condition.describe()}"
        if (one.status, message) not in seen:
            yield CriterionReason(one.status, message, one.code, one.condition.slot, None, one.findings)
        seen.add((one.status, message))


def _nothing_to_judge(subjects: SubjectsOf, level: Level, lookup: Lookup) -> str | None:
    """Return the count as text if the criterion has no subjects and does not need any; None otherwise."""
    if level > subjects.up_to:
        return None
    try:
        count = lookup.fact(subjects.slot, subjects.path)
    except NoValue:
        return None
    return f"0 {subjects.path[-1].replace('_', ' ')}" if is_nothing(count) else None
