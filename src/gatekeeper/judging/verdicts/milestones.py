"""Combine the verdicts on services into the verdict on a milestone, and derive the exit code."""

from collections.abc import Iterable

from gatekeeper.errors import ExitCode
from gatekeeper.model.row import MilestoneSummary
from gatekeeper.model.status import FailOn, MilestoneVerdict, ServiceVerdict
from gatekeeper.model.verdict import MilestoneResult, ServiceResult


def milestone_verdict(services: Iterable[ServiceResult]) -> MilestoneVerdict:
    """Return the verdict on a milestone; without any service it is blocked."""
    return verdict_of(result.verdict for result in services)


def verdict_of(of_services: Iterable[ServiceVerdict]) -> MilestoneVerdict:
    """Return the verdict that follows from the verdicts on services."""
    verdicts = set(of_services)
    if not verdicts or ServiceVerdict.BLOCKED in verdicts:
        return MilestoneVerdict.BLOCKED
    return (
        MilestoneVerdict.READY_WITH_EXCEPTIONS
        if ServiceVerdict.EXCEPTED in verdicts
        else MilestoneVerdict.READY
    )


def exit_code(
    result: MilestoneResult | MilestoneSummary, *, strict: bool = False, fail_on: FailOn = FailOn.BLOCKED
) -> ExitCode:
    """Return the exit code of the process for a verdict, under `--strict` and `--fail-on`."""
    # `strict` applies to `blocked` only: an exception is not a regression, and open criteria pass otherwise.
    if fail_on is FailOn.CHANGE:
        refused = False
    elif fail_on is FailOn.REGRESSION:
        refused = any(service.has_regressed for service in result.services)
    else:
        refused = result.verdict is MilestoneVerdict.BLOCKED or (
            strict and result.verdict is not MilestoneVerdict.READY
        )
    return ExitCode.BLOCKED if refused else ExitCode.READY
