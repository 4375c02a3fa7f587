"""Judging one criterion of one service."""

from collections.abc import Iterable
from datetime import date

from gatekeeper.judging.verdicts import people
from gatekeeper.judging.verdicts.case import Asked, Case, MilestoneSpan
from gatekeeper.judging.verdicts.conditions import is_nothing, outcome
from gatekeeper.judging.verdicts.lookup import Lookup, NoValue, utc_day
from gatekeeper.model.evidence import Evidence
from gatekeeper.model.level import Level
from gatekeeper.model.rule import Rule, SubjectsOf
from gatekeeper.model.service import Attestation, NotApplicable
from gatekeeper.model.status import Basis, Status
from gatekeeper.model.verdict import CriterionResult, Outcome

_WORST_FIRST = {
    status: place
    for place, status in enumerate(
        (Status.FAIL, Status.UNREADABLE, Status.MISSING, Status.STALE, Status.PASS)
    )
}


def judge(rule: Rule, case: Case, asked: Asked) -> CriterionResult:
    """Return the status of an applicable criterion, with what it rests on."""
    waiver = case.service.not_applicable.get(rule.id)
    if waiver is None or rule.waivable_by is None:
        return _judge(rule, case, asked)
    if why := objection(waiver, rule.waivable_by, case):
        result = _judge(rule, case, asked)
        return result._replace(reason=_with_objection(result, why)) if result.is_open else result
    return CriterionResult(
        rule,
        Status.NOT_APPLICABLE,
        f"{waiver.reason} (declared by {waiver.by}, {waiver.role}, {waiver.on})",
    )


def _judge(rule: Rule, case: Case, asked: Asked) -> CriterionResult:
    result = _by_evidence(rule, case, asked)
    role = rule.attested_by or rule.stands_in
    if role and result.status is Status.MISSING:
        return _by_attestation(rule, role, case, asked.span, result)
    return result


def _with_objection(result: CriterionResult, objection: str) -> str:
    told = f"it is declared not applicable, which does not count: {objection}"
    return f"{result.reason}; {told}" if result.reason else told


def _by_attestation(
    rule: Rule, role: str, case: Case, span: MilestoneSpan, without: CriterionResult
) -> CriterionResult:
    given = case.service.attestations
    attestation = given.get(rule.id) or given.get(rule.twin or rule.id)
    if attestation is None:
        return without
    if why := objection(attestation, role, case):
        return without._replace(reason=f"the attestation does not count: {why}", attestation=attestation)
    if lapse := _attestation_lapse(rule, attestation, span, case.as_of):
        return without._replace(status=Status.STALE, reason=lapse, attestation=attestation)
    return CriterionResult(rule, Status.PASS, basis=Basis.ATTESTATION, attestation=attestation)


def objection(statement: Attestation | NotApplicable, role: str, case: Case) -> str | None:
    """Return why a statement does not count where the word of a role is asked for, or None where it does."""
    if statement.role != role:
        return f"it is given as {statement.role}, and the word of {role} is asked for"
    return people.objection(
        case.rulebook.governance, case.service, statement.by, role, statement.on, case.as_of
    )


def _attestation_lapse(rule: Rule, attestation: Attestation, span: MilestoneSpan, as_of: date) -> str | None:
    if rule.per_milestone and not span.accepts(attestation.milestone):
        return f"attested for {attestation.milestone or 'no milestone'}, not for {span.first}"
    return _too_old(attestation.on, rule.max_age_days, as_of)


def _too_old(made_on: date, max_age_days: int | None, as_of: date) -> str | None:
    age = (as_of - made_on).days
    if max_age_days is None or age <= max_age_days:
        return None
    return f"{age} days old, at most {max_age_days}"


def _by_evidence(rule: Rule, case: Case, asked: Asked) -> CriterionResult:
    if not rule.conditions:
        return CriterionResult(rule, Status.MISSING, f"needs an attestation by {rule.attested_by}")
    lookup = Lookup(case, asked.scope)
    outcomes = tuple(outcome(condition, rule, lookup, asked.span) for condition in rule.conditions)
    worst = min(outcomes, key=_severity)
    status, reason, rests_on = worst.status, worst.reason, tuple(lookup.seen.values())
    if rule.subjects and (nothing := _nothing_to_judge(rule.subjects, asked.level, lookup)):
        status, reason, outcomes = Status.NOT_APPLICABLE, nothing, ()
        rests_on = (lookup.evidence(rule.subjects.slot),)
    if status in (Status.PASS, Status.NOT_APPLICABLE) and (lapse := _evidence_lapse(rule, rests_on, case)):
        status, reason = Status.STALE, lapse
    return CriterionResult(rule, status, reason, lookup.basis(status), outcomes, tuple(lookup.seen.values()))


def _severity(outcome: Outcome) -> int:
    return _WORST_FIRST[outcome.status]


def _nothing_to_judge(subjects: SubjectsOf, level: Level, lookup: Lookup) -> str | None:
    """Return the count where there is nothing that the criterion is about."""
    if level > subjects.up_to:
        return None
    try:
        count = lookup.fact(subjects.slot, subjects.path)
    except NoValue:
        return None
    return f"0 {subjects.path[-1].replace('_', ' ')}" if is_nothing(count) else None


def _evidence_lapse(rule: Rule, rests_on: Iterable[Evidence], case: Case) -> str | None:
    """Return why evidence that would pass is too old, or of other code than is about to ship."""
    release = case.service.release.commit if case.service.release else None
    for evidence in rests_on:
        if rule.max_age_days is not None:
            if evidence.collected_at is None:
                return f"`{evidence.slot}` is undated, at most {rule.max_age_days} days are allowed"
            if lapse := _too_old(utc_day(evidence.collected_at), rule.max_age_days, case.as_of):
                return f"`{evidence.slot}` is {lapse}"
        if rule.same_commit and release and not _same_commit(evidence, release):
            seen = f"of commit {evidence.commit}" if evidence.commit else "of an unknown commit"
            return f"`{evidence.slot}` is {seen}, the release is {release}"
    return None


def _same_commit(evidence: Evidence, release: str) -> bool:
    """Whether two commit ids are the same, one of them perhaps abbreviated."""
    commit = evidence.commit or ""
    return len(commit) >= 7 and (commit.startswith(release) or release.startswith(commit))
