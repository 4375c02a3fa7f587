"""Forecast what lapses or begins to bind before a milestone's exit if only the date changes."""

from collections.abc import Iterator
from datetime import date, timedelta

from gatekeeper.judging.verdicts.staleness import last_day_of
from gatekeeper.model.forecast import Lapse, Rests
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.remedies import remedy_of
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import ExceptionRule
from gatekeeper.model.service import Service
from gatekeeper.model.status import Effort, Status
from gatekeeper.model.verdict import CriterionResult, MilestoneResult, ServiceResult


def horizon(milestone: Milestone, as_of: date) -> date:
    """Return the last day of the forecast: the exit date, or `date.max` if no exit date is ahead."""
    return milestone.exit_date if milestone.exit_date and milestone.exit_date >= as_of else date.max


def forecast(
    now: MilestoneResult, then: MilestoneResult, roadmap: Roadmap, rule: ExceptionRule
) -> tuple[Lapse, ...]:
    """Return what lapses between two days, soonest first, then the exceptions in force with their due dates.

    Args:
        now: The verdict as of the first day.
        then: The verdict as of the horizon, on the same facts.
        roadmap: Every milestone.
        rule: What exceptions cover.
    """
    exit_date = then.as_of if then.as_of < date.max else None
    later = {result.service.service: result for result in then.services}
    lapses = [
        lapse
        for service in now.services
        for lapse in _lapses(service, later[service.service.service], now, exit_date)
    ]
    lapses.sort(key=lambda lapse: (lapse.holds_until or date.max, lapse.service))
    exceptions = [lapse for service in now.services for lapse in _exceptions(service, roadmap, rule)]
    return (*lapses, *exceptions)


def _lapses(
    now: ServiceResult, then: ServiceResult, asked: MilestoneResult, exit_date: date | None
) -> Iterator[Lapse]:
    """Yield the criteria that block at the end and not at the start, because a day has passed."""
    open_now = {result.rule.id for result in now.open_criteria}
    for result in then.open_criteria:
        # Evidence dated after the start may become valid and stale again within the period.
        ends = [end for end in _ends(result, then.service) if asked.as_of <= end[0]]
        if ends and result.rule.id not in open_now:
            until, rests_on = max(ends)
            yield Lapse(
                rests_on=rests_on,
                id=result.rule.id,
                service=now.service.service,
                owner=now.service.owner,
                holds_until=until,
                before=asked.milestone if exit_date else None,
                days_before=(exit_date - until).days - 1 if exit_date else None,
                remedy=remedy_of(result),
                effort=result.rule.effort,
            )


def _ends(result: CriterionResult, service: Service) -> Iterator[tuple[date, Rests]]:
    """Yield each last day on which something kept a criterion from blocking; the latest of them decides."""
    until = last_day_of(result)
    if until and (result.status is Status.STALE or result.attestation):
        is_evidence = any(reason.slot for reason in result.reasons) or not result.attestation
        yield until, Rests.EVIDENCE if is_evidence else Rests.ATTESTATION
    waiver = service.not_applicable.get(result.rule.id)
    if waiver and waiver.until:
        yield waiver.until, Rests.WAIVER
    if isinstance(result.rule.effective, date) and result.rule.effective > date.min:
        yield result.rule.effective - timedelta(days=1), Rests.RULE


def _exceptions(service: ServiceResult, roadmap: Roadmap, rule: ExceptionRule) -> Iterator[Lapse]:
    """Yield the exceptions in force, each with the milestone for whose exit it must be closed."""
    for exception in service.exceptions:
        due = roadmap.after(exception.opened_in, rule.close_within)
        if exception.state == "in_force" and due is not None:
            yield Lapse(
                rests_on=Rests.EXCEPTION,
                id=exception.id,
                service=service.service.service,
                owner=service.service.owner,
                holds_until=roadmap[due].exit_date,
                before=None,
                days_before=None,
                due=due,
                remedy=f"Deliver {', '.join(rule.in_words(exception.criteria))} and close the exception.",
                effort=Effort.LARGE,
            )
