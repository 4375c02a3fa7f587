"""Decide what is stale: the age of evidence and attestations, and whether the commit matches the release.

This module holds all arithmetic of ages. A day counts as in UTC. Something made on day `d` with a maximum age
of `n` days is fresh up to and including the day `d + n`.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from gatekeeper.judging.obligations.asked import MilestoneSpan
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.model.evidence import Evidence, Part
from gatekeeper.model.guards import SlotGuard
from gatekeeper.model.manifest import SHORTEST_COMMIT
from gatekeeper.model.moment import as_written, utc_day
from gatekeeper.model.rule import Rule
from gatekeeper.model.service import Attestation
from gatekeeper.model.status import Basis, ReasonCode, Status
from gatekeeper.model.verdict import CriterionReason, CriterionResult


def last_fresh_day(made_on: date, max_age_days: int) -> date | None:
    """Return the last day on which something is young enough; None if that is beyond the calendar."""
    try:
        return made_on + timedelta(days=max_age_days)
    except OverflowError:
        return None


def stale_days(made_on: date, ages: Iterable[int]) -> Iterator[date]:
    """Yield the first day on which something made on this day is stale, for each maximum age."""
    for age in ages:
        last = last_fresh_day(made_on, age)
        if last is not None and last < date.max:
            yield last + timedelta(days=1)


def last_day_of(result: CriterionResult) -> date | None:
    """Return the last day on which everything behind a criterion counts; None if nothing ages or ends."""
    rule, attestation = result.rule, result.attestation
    decides = [one for seen in _deciding_evidence(result) for one in (seen, *seen.others)]
    ages = [(seen.produced_at, rule.guard(seen.slot).max_age_days) for seen in decides]
    ends = [last_fresh_day(utc_day(at), age) for at, age in ages if at and age is not None]
    if attestation:
        days = rule.validity.days if rule.validity else None
        ends += [last_fresh_day(attestation.on, days) if days else None, attestation.until]
    return min((day for day in ends if day), default=None)


def attestation_lapse(
    rule: Rule, attestation: Attestation, span: MilestoneSpan, as_of: date
) -> CriterionReason | None:
    """Return why an attestation has lapsed, by its age or its milestone; None if it has not."""
    if rule.per_milestone and not span.accepts(attestation.milestone):
        other = f"attested for {attestation.milestone or 'no milestone'}, not for {span.first}"
        return CriterionReason(Status.STALE, other, ReasonCode.OTHER_MILESTONE)
    old = _age_lapse(attestation.on, rule.validity.days if rule.validity else None, as_of)
    return CriterionReason(Status.STALE, old, ReasonCode.TOO_OLD) if old else None


def lapses(guard: SlotGuard, evidence: Evidence, case: Case) -> Iterator[CriterionReason]:
    """Yield why evidence is stale, by the age or the commit of its parts."""
    if guard.max_age_days is not None and (found := _too_old(evidence, guard.max_age_days, case.as_of)):
        yield found
    release = _release(case)
    if guard.same_commit and release and (found := _of_other_commit(evidence, release, guard)):
        yield found


def has_typed_guard(guard: SlotGuard, evidence: Evidence, case: Case) -> bool:
    """Return whether a date or a commit that a guard needs is typed in the manifest."""
    needs_commit = guard.same_commit and _release(case) is not None
    return any(
        (guard.max_age_days is not None and part.produced_at_basis is Basis.TYPED)
        or (needs_commit and part.commit_basis is Basis.TYPED)
        for part in evidence.parts
    )


def _release(case: Case) -> str | None:
    return case.service.release.commit if case.service.release else None


def _too_old(evidence: Evidence, max_age_days: int, as_of: date) -> CriterionReason | None:
    """Return why the oldest part, or one without a date, is too old."""
    slot, parts = evidence.slot, evidence.parts or (Part(),)
    for part in parts:
        if part.produced_at is None:
            why = f"`{slot}` is undated, at most {max_age_days} days are allowed"
            return CriterionReason(Status.STALE, why, ReasonCode.UNDATED, slot, part.path)
    dated = [(part.produced_at, part.path) for part in parts if part.produced_at]
    oldest, path = min(dated, key=lambda one: one[0])
    old = _age_lapse(utc_day(oldest), max_age_days, as_of)
    return (
        CriterionReason(Status.STALE, f"`{slot}` is {old}", ReasonCode.TOO_OLD, slot, path) if old else None
    )


def _of_other_commit(evidence: Evidence, release: str, guard: SlotGuard) -> CriterionReason | None:
    """Return why a part is not of the commit that ships, or was made before that."""
    slot = evidence.slot
    for part in evidence.parts or (Part(),):
        if not is_same_commit(part.commit or "", release):
            seen = f"of commit {part.commit}" if part.commit else "of an unknown commit"
            why = f"`{slot}` is {seen}, the release is {release}"
            code = ReasonCode.OTHER_COMMIT if part.commit else ReasonCode.UNKNOWN_COMMIT
            return CriterionReason(Status.STALE, why, code, slot, part.path)
        is_older = part.is_older_than_commit and "cached" not in guard.accepts
        if is_older and part.produced_at and part.committed_at:
            made, committed = (as_written(at) for at in (part.produced_at, part.committed_at))
            why = f"`{slot}` is of {made}, before its commit was made: {committed}"
            return CriterionReason(Status.STALE, why, ReasonCode.OLDER_THAN_COMMIT, slot, part.path)
    return None


def _age_lapse(made_on: date, max_age_days: int | None, as_of: date) -> str | None:
    last = None if max_age_days is None else last_fresh_day(made_on, max_age_days)
    if last is None or as_of <= last:
        return None
    return f"{(as_of - made_on).days} days old; at most {max_age_days} are allowed"


def is_same_commit(one: str, other: str) -> bool:
    """Compare two commit ids, ignoring case; either may be abbreviated to seven digits."""
    shorter, longer = sorted((one.lower(), other.lower()), key=len)
    return len(shorter) >= SHORTEST_COMMIT and longer.startswith(shorter)


def _deciding_evidence(result: CriterionResult) -> tuple[Evidence, ...]:
    """Return what a criterion rests on; if it counted no subjects, that is the count alone."""
    subjects = result.rule.subjects
    if subjects and not result.outcomes:
        return tuple(seen for seen in result.evidence if seen.slot == subjects.slot)
    return result.evidence
