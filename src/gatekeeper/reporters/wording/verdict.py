"""The verdict in one sentence: every format, view, page and badge takes it from here."""

from collections import Counter

from gatekeeper.model.milestone import Milestone
from gatekeeper.model.report import Brief, Report
from gatekeeper.model.row import MilestoneSummary
from gatekeeper.model.service import CAPABILITY_PREFIX
from gatekeeper.model.status import FailOn, MilestoneVerdict, ServiceVerdict
from gatekeeper.model.verdict import MilestoneResult, ServiceResult, Standing
from gatekeeper.reporters.wording.counts import percent

COUNTED = frozenset(
    {"gate-red", "level-criteria-open", "capabilities-open", "level-not-reached", "sign-offs-missing"}
)
"""Codes of reasons that `open_counts` already covers."""
NOT_COMPARED = "Not checked: whether another service has the same reports."
"""What a verdict on chosen services says; `check` of a whole milestone compares them."""

STANDINGS = {
    Standing.REGRESSED: "regressed",
    Standing.UNSIGNED: "unsigned",
    Standing.OPEN: "not there yet",
    Standing.EXCEPTED: "by exception",
    Standing.READY: "ready",
}
"""How far services are, in words, the worst first."""

_SERVICE = {
    ServiceVerdict.READY: "ready",
    ServiceVerdict.EXCEPTED: "ready by exception",
    ServiceVerdict.BLOCKED: "blocked",
}


def verdict_of_report(report: Report | Brief) -> str:
    """Return the verdict of a report in a sentence, `M1 is blocked by 3 of 4 services.`, and its filter."""
    return verdict_sentence(report.result, selected=bool(report.filter.services or report.filter.owners))


def verdict_sentence(result: MilestoneResult | MilestoneSummary, *, selected: bool = False) -> str:
    """Return the verdict in a sentence.

    Args:
        result: The verdict on a milestone.
        selected: Whether a filter left services out, so that the sentence is about the others only.
    """
    may_exit = "may exit for the selected services" if selected else "may exit"
    match result.verdict:
        case MilestoneVerdict.READY:
            said = f"{may_exit}: {in_short(result)}."
        case MilestoneVerdict.READY_WITH_EXCEPTIONS:
            said = f"{may_exit}, with exceptions: {in_short(result)}."
        case MilestoneVerdict.BLOCKED if not result.services:
            said = "is blocked: no service is in scope."
        case MilestoneVerdict.BLOCKED:
            noun = "service" if len(result.services) == 1 else "services"
            said = f"is {in_short(result)} {noun}."
    return f"{result.label} {said}"


def in_short(result: MilestoneResult | MilestoneSummary) -> str:
    """Return the verdict in a few words, for a badge: `blocked by 3 of 4`."""
    count, ready = len(result.services), count_with(result, ServiceVerdict.READY)
    match result.verdict:
        case MilestoneVerdict.BLOCKED if not count:
            return "blocked: no service is in scope"
        case MilestoneVerdict.BLOCKED:
            return f"blocked by {len(result.blocked_by):,} of {count:,}"
        case MilestoneVerdict.READY_WITH_EXCEPTIONS:
            return f"{ready:,} of {count:,} ready, {count - ready:,} by exception"
        case MilestoneVerdict.READY:
            return f"{ready:,} of {count:,} ready"


def progress(result: MilestoneResult) -> str:
    """Return how far a milestone is: `33 of 41 criteria are met (80 %). Services: ...`."""
    met, due, standings = result.met, result.due, result.standings
    share = f" ({percent(met, due)} %)" if due else ""
    counts = ", ".join(f"{standings[of]:,} {words}" for of, words in STANDINGS.items() if standings[of])
    return f"{met:,} of {due:,} criteria are met{share}. Services: {counts}."


def service_sentence(result: ServiceResult, milestone: Milestone) -> str:
    """Return the verdict on one service: `shop is ready by exception at M1`."""
    return f"{result.service.service} is {_SERVICE[result.verdict]} at {milestone.label}"


def spaced(code: str) -> str:
    """Return a status, a verdict or a code as words: `ready with exceptions`."""
    return code.replace("_", " ").replace("-", " ")


def count_with(result: MilestoneResult | MilestoneSummary, verdict: ServiceVerdict) -> int:
    """Return how many services have a verdict."""
    return sum(service.verdict is verdict for service in result.services)


def signatures_note(number: int) -> str | None:
    """Return that so many signatures do not fit, and the command that lists them; None if all do."""
    if not number:
        return None
    words = "signature does not count" if number == 1 else "signatures do not count"
    return f"{number:,} {words}: gatekeeper verify-signatures"


def exit_code_note(report: Report | Brief) -> str | None:
    """Return why the exit code differs from the verdict; None if it does not."""
    blocked = report.result.verdict is MilestoneVerdict.BLOCKED
    if report.comparison and report.comparison.blocking:
        return None  # the conclusion about the change says so
    if report.fail_on is FailOn.CHANGE and blocked:
        return f"--fail-on change: only what the change does counts, exit {int(report.exit_code)}."
    if report.fail_on is FailOn.REGRESSION and blocked:
        lost = "a regression was found" if report.exit_code else "no regression was found"
        return f"--fail-on regression: {lost}, exit {int(report.exit_code)}."
    if report.strict and report.exit_code and not blocked:
        return f"--strict: exceptions are refused, exit {int(report.exit_code)}."
    return None


def open_counts(service: ServiceResult) -> str:
    """Return the numbers of open criteria and missing sign-offs: `open G1:3 G7:1 L2:1 sign-offs:2`."""
    ids = [result.rule.id for result in service.open_criteria]
    # A list, because a gate may be called `capabilities`.
    counts = list(
        Counter(id_.partition(".")[0] for id_ in ids if not id_.startswith(CAPABILITY_PREFIX)).items()
    )
    if capabilities := sum(id_.startswith(CAPABILITY_PREFIX) for id_ in ids):
        counts.append(("capabilities", capabilities))
    if any(reason.code == "sign-offs-missing" for reason in service.reasons):
        counts.append(("sign-offs", len(service.missing_sign_offs)))
    return "open " + " ".join(f"{group}:{count}" for group, count in counts) if counts else ""
