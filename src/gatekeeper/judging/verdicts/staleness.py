"""Decide what is stale: the age of evidence and attestations, and whether the commit matches the release.

This module holds all arithmetic of ages. A day counts as in UTC. Something made on day `d` with a maximum age
of `n` days is fresh up to and including the day `d + n`.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from gatekeeper.judging.obligations.asked import MilestoneSpan
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.model.evidence import Evidence
from gatekeeper.model.rule import Rule
from gatekeeper.model.service import Attestation
from gatekeeper.model.verdict import CriterionResult

_SHORTEST_COMMIT = 7
"""Characters of the shortest abbreviated commit id that is compared."""


def utc_day(moment: datetime) -> date:
    """Return the day in UTC, the zone of the as-of date."""
    return moment.astimezone(UTC).date()


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
    age, attestation = result.rule.max_age_days, result.attestation
    made_on = [attestation.on] if attestation else _dates(result)
    fresh = last_fresh_day(min(made_on), age) if made_on and age is not None else None
    until = attestation.until if attestation else None
    return min((day for day in (fresh, until) if day), default=None)


def attestation_lapse(rule: Rule, attestation: Attestation, span: MilestoneSpan, as_of: date) -> str | None:
    """Return why an attestation has lapsed, by its age or its milestone; None if it has not."""
    if rule.per_milestone and not span.accepts(attestation.milestone):
        return f"attested for {attestation.milestone or 'no milestone'}, not for {span.first}"
    return _age_lapse(attestation.on, rule.max_age_days, as_of)


def evidence_lapse(rule: Rule, evidence: Iterable[Evidence], case: Case) -> str | None:
    """Return why evidence is stale, by its age or its commit; None if it is not."""
    release = case.service.release.commit if case.service.release else None
    for one in evidence:
        if rule.max_age_days is not None:
            if one.produced_at is None:
                return f"`{one.slot}` is undated, at most {rule.max_age_days} days are allowed"
            if lapse := _age_lapse(utc_day(one.produced_at), rule.max_age_days, case.as_of):
                return f"`{one.slot}` is {lapse}"
        if rule.same_commit and release and not _is_same_commit(one.commit or "", release):
            seen = f"of commit {one.commit}" if one.commit else "of an unknown commit"
            return f"`{one.slot}` is {seen}, the release is {release}"
    return None


def _age_lapse(made_on: date, max_age_days: int | None, as_of: date) -> str | None:
    last = None if max_age_days is None else last_fresh_day(made_on, max_age_days)
    if last is None or as_of <= last:
        return None
    return f"{(as_of - made_on).days} days old; at most {max_age_days} are allowed"


def _is_same_commit(commit: str, release: str) -> bool:
    """Compare two commit ids; either may be abbreviated."""
    return len(commit) >= _SHORTEST_COMMIT and (commit.startswith(release) or release.startswith(commit))


def _dates(result: CriterionResult) -> list[date]:
    return [utc_day(seen.produced_at) for seen in _deciding_evidence(result) if seen.produced_at]


def _deciding_evidence(result: CriterionResult) -> tuple[Evidence, ...]:
    """Return what a criterion rests on; if it counted no subjects, that is the count alone."""
    subjects = result.rule.subjects
    if subjects and not result.outcomes:
        return tuple(seen for seen in result.evidence if seen.slot == subjects.slot)
    return result.evidence
