"""The verdict in a few words, the same in every format."""

from collections import Counter

from gatekeeper.model.report import Report
from gatekeeper.model.status import FailOn, MilestoneVerdict, ServiceVerdict
from gatekeeper.model.verdict import MilestoneResult, NextStep, ServiceResult
from gatekeeper.reporters.wording import sentences

COUNTED = frozenset(
    {"gate-red", "level-criteria-open", "capabilities-open", "level-not-reached", "sign-offs-missing"}
)
"""Reasons that the counts of open criteria tell already."""


def verdict(report: Report) -> str:
    """Say the verdict in a sentence: `M1 is blocked by 3 of 4 services`."""
    return verdict_of(report.result, is_narrowed=bool(report.filter.services or report.filter.owners))


def verdict_of(result: MilestoneResult, *, is_narrowed: bool = False) -> str:
    """Say the verdict in a sentence; where services were left out, it speaks of the others alone."""
    count = len(result.services)
    ready = sum(service.verdict is ServiceVerdict.READY for service in result.services)
    may_exit = "may exit as far as these are concerned" if is_narrowed else "may exit"
    match result.verdict:
        case MilestoneVerdict.READY:
            said = f"{may_exit}: {ready:,} of {count:,} ready."
        case MilestoneVerdict.READY_WITH_EXCEPTIONS:
            said = (
                f"{may_exit}, with exceptions: {ready:,} of {count:,} ready, {count - ready:,} shipped at L3."
            )
        case MilestoneVerdict.BLOCKED if not count:
            said = "is blocked: no service is in scope."
        case MilestoneVerdict.BLOCKED:
            said = f"is blocked by {len(result.blocked_by):,} of {sentences.services(count)}."
    return f"{result.milestone} {said}"


def leniency(report: Report) -> str | None:
    """Say where the exit code tells something else than the verdict."""
    blocked = report.result.verdict is MilestoneVerdict.BLOCKED
    if report.fail_on is FailOn.REGRESSION and blocked:
        lost = "ground was lost" if report.exit_code else "nothing that was earned is lost"
        return f"--fail-on regression: {lost}, exit {int(report.exit_code)}."
    if report.strict and report.exit_code and not blocked:
        return f"--strict: exceptions are refused, exit {int(report.exit_code)}."
    return None


def open_counts(service: ServiceResult) -> str:
    """Say how many criteria are open, and signatures missing: `open G1:3 G7:1 L2:1 sign-offs:2`."""
    counts = Counter(_group(result.rule.id) for result in service.open_criteria)
    if any(reason.code == "sign-offs-missing" for reason in service.reasons):
        counts["sign-offs"] = len(service.missing_sign_offs)
    return "open " + " ".join(f"{group}:{count}" for group, count in counts.items()) if counts else ""


def _group(criterion: str) -> str:
    return "capabilities" if criterion.startswith("capability:") else criterion.partition(".")[0]


def first_steps(result: MilestoneResult) -> dict[str, NextStep]:
    """Return for each blocked service the first of the ordered steps that is about it."""
    first: dict[str, NextStep] = {}
    for step in result.next_steps:
        for service in step.services:
            first.setdefault(service, step)
    return first
