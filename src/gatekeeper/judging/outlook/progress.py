"""Measure the progress of a milestone: green of due criteria, ready of all services."""

from collections.abc import Iterable

from gatekeeper.judging.verdicts.milestones import verdict_of
from gatekeeper.model.status import ServiceVerdict, Status
from gatekeeper.model.trend import MilestoneProgress, RuleVersion, Tally
from gatekeeper.model.verdict import ServiceResult


def tally(result: ServiceResult) -> Tally:
    """Return the counts of a service's criteria at a milestone.

    A level criterion and its twin in a gate count once. Criteria that do not apply, and those that do not
    bind, are not due. The statuses contain what does not bind, and a twin under the id of its original.
    """
    due = [found.status for found in result.due_criteria]
    statuses = {
        RuleVersion(rule.twin or rule.id, rule.is_tightened): found.status
        for found in result.criteria
        if (rule := found.rule).source is not None and found.status is not Status.NOT_APPLICABLE
    }
    green, excepted = due.count(Status.PASS), due.count(Status.EXCEPTED)
    return Tally(result.verdict, len(due), green, excepted, statuses)


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
