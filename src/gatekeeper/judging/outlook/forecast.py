"""The forecast: what lapses by itself before a milestone's exit, by the arithmetic of dates alone."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from gatekeeper.judging.verdicts.lookup import utc_day
from gatekeeper.model.evidence import Evidence
from gatekeeper.model.forecast import Lapse, Rests
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.status import Effort, Status
from gatekeeper.model.verdict import CriterionResult, MilestoneResult, ServiceResult

Roadmap = Mapping[str, Milestone]
"""Every milestone by its name, in order."""


def last_day(result: CriterionResult) -> date | None:
    """Return the last day on which what a criterion rests on is young enough; None: it does not age."""
    age = result.rule.max_age_days
    if age is None:
        return None
    made_on = [result.attestation.on] if result.attestation else _dates(result)
    if not made_on:
        return None
    try:
        return min(made_on) + timedelta(days=age)
    except OverflowError:
        # Beyond the calendar is as good as never.
        return None


def _dates(result: CriterionResult) -> list[date]:
    return [utc_day(seen.collected_at) for seen in _rests_on(result) if seen.collected_at]


def _rests_on(result: CriterionResult) -> tuple[Evidence, ...]:
    """What is not applicable because there is nothing of it rests on what was counted, and no more."""
    subjects = result.rule.subjects
    if subjects and not result.outcomes:
        return tuple(seen for seen in result.evidence if seen.slot == subjects.slot)
    return result.evidence


def horizon(milestone: Milestone, as_of: date) -> date:
    """Return the day that the forecast reaches to: the exit, or where none lies ahead the end of time."""
    return milestone.exit_date if milestone.exit_date and milestone.exit_date >= as_of else date.max


def forecast(now: MilestoneResult, then: MilestoneResult, roadmap: Roadmap) -> tuple[Lapse, ...]:
    """Return what lapses between two days, soonest first, then the exceptions that are due next.

    Args:
        now: The verdict as of today.
        then: The verdict as of the horizon, on the same facts.
        roadmap: Every milestone.
    """
    exit_date = then.as_of if then.as_of < date.max else None
    later = {result.service.service: result for result in then.services}
    lapses = [
        lapse
        for service in now.services
        for lapse in _lapses(service, later[service.service.service], now, exit_date)
    ]
    lapses.sort(key=lambda lapse: (lapse.holds_until or date.max, lapse.service))
    lent = [lapse for service in now.services for lapse in _lent(service, now.milestone, roadmap)]
    return (*lapses, *lent)


def _lapses(
    now: ServiceResult, then: ServiceResult, asked: MilestoneResult, exit_date: date | None
) -> Iterator[Lapse]:
    """Yield what is open then by age alone, and is not open now."""
    open_now = {result.rule.id for result in now.open_criteria}
    for result in then.open_criteria:
        until = last_day(result)
        if result.status is not Status.STALE or result.rule.id in open_now or until is None:
            continue
        # What is dated after today, and so does not count yet, may have come and gone by then.
        if until >= asked.as_of:
            yield Lapse(
                rests_on=Rests.ATTESTATION if result.attestation else Rests.EVIDENCE,
                id=result.rule.id,
                service=now.service.service,
                owner=now.service.owner,
                holds_until=until,
                before=asked.milestone if exit_date else None,
                days_before=(exit_date - until).days - 1 if exit_date else None,
                remedy=result.remedy,
                effort=result.rule.effort,
            )


def _lent(service: ServiceResult, milestone: str, roadmap: Roadmap) -> Iterator[Lapse]:
    """Yield the exceptions that are in force now, and have to be closed for the next milestone's exit."""
    order = list(roadmap)
    following = order[order.index(milestone) + 1 :][:1]
    for due in following:
        for exception in service.exceptions:
            if exception.state == "in_force":
                yield Lapse(
                    rests_on=Rests.EXCEPTION,
                    id=exception.id,
                    service=service.service.service,
                    owner=service.service.owner,
                    holds_until=roadmap[due].exit_date,
                    before=None,
                    days_before=None,
                    due=due,
                    remedy=f"Deliver {', '.join(exception.criteria)} and close the exception.",
                    effort=Effort.LARGE,
                )
