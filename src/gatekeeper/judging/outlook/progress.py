"""Measure the progress of a milestone: green of due criteria, ready of all services."""

from collections.abc import Iterable

from gatekeeper.judging.verdicts.milestones import verdict_of
from gatekeeper.model.status import ServiceVerdict, Status
from gatekeeper.model.trend import MilestoneProgress, Tally
from gatekeeper.model.verdict import ServiceResult


def tally(result: ServiceResult) -> Tally:
    """Return the counts of a service's criteria at a milestone.

    A level criterion and its twin in a gate count once. Criteria that do not apply, and those that do not
    bind, are not due.
    """
    due = {
        found.rule.id: found
        for found in result.criteria
        if found.status is not Status.NOT_APPLICABLE and found.binding
    }
    statuses = [found.status for found in due.values() if found.rule.twin not in due]
    return Tally(result.verdict, len(statuses), statuses.count(Status.PASS), statuses.count(Status.EXCEPTED))


def progress(tallies: Iterable[Tally]) -> MilestoneProgress:
    """Return the progress of a milestone from the tallies of its services."""
    of = list(tallies)
    verdicts = [one.verdict for one in of]
    return MilestoneProgress(
        verdict=verdict_of(verdicts),
        services=len(of),
        ready=verdicts.count(ServiceVerdict.READY),
        excepted=verdicts.count(ServiceVerdict.EXCEPTED),
        due=sum(one.due for one in of),
        green=sum(one.green for one in of),
        excused=sum(one.excepted for one in of),
    )
