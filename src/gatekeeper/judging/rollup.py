"""The verdict on a milestone: of its services, and the exit code that follows from it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from gatekeeper.errors import ExitCode
from gatekeeper.judging.case import Case
from gatekeeper.judging.gates import Shared
from gatekeeper.judging.next_steps import Roadmap, next_steps
from gatekeeper.judging.services import LOST_GROUND, judge_service
from gatekeeper.model.evidence import Evidence, EvidenceKey
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.status import FailOn, ServiceVerdict, Verdict
from gatekeeper.model.verdict import MilestoneResult, ServiceResult


class Facts(NamedTuple):
    """All that a verdict rests on besides the rulebook."""

    services: Iterable[Service]
    evidence: Mapping[str, Mapping[EvidenceKey, Evidence]]
    """By service."""
    exceptions: Iterable[RegisteredException]
    as_of: date
    milestones: tuple[str, ...] = ()
    """The roadmap in order, as far as it is known: no exception opens in its last milestone."""
    is_partial: bool = False
    """Some services of the milestone were left out, so that nothing can be said of its exit as a whole."""


def judge_milestone(rulebook: Rulebook, facts: Facts, milestone: str) -> MilestoneResult:
    """Judge every service that has a target at the milestone, in the order given."""
    entries: dict[str, list[RegisteredException]] = defaultdict(list)
    for entry in facts.exceptions:
        entries[entry.service].append(entry)
    shared = Shared()
    results = []
    for service in facts.services:
        case = Case(service, rulebook, facts.evidence.get(service.service, {}), facts.as_of)
        result = judge_service(case, milestone, entries.get(service.service, ()), shared)
        if result is not None:
            results.append(result)
    services = tuple(results)
    roadmap = Roadmap(facts.milestones, is_partial=facts.is_partial)
    steps = next_steps(milestone, services, roadmap)
    return MilestoneResult(milestone, facts.as_of, milestone_verdict(services), services, steps)


def milestone_verdict(services: Iterable[ServiceResult]) -> Verdict:
    """Return the verdict; a milestone in which nothing was judged is not ready."""
    return verdict_of(result.verdict for result in services)


def verdict_of(of_services: Iterable[ServiceVerdict]) -> Verdict:
    """Return the verdict that follows from those on the services."""
    verdicts = set(of_services)
    if not verdicts or ServiceVerdict.BLOCKED in verdicts:
        return Verdict.BLOCKED
    return Verdict.READY_WITH_EXCEPTIONS if ServiceVerdict.EXCEPTED in verdicts else Verdict.READY


def exit_code(result: MilestoneResult, *, strict: bool = False, fail_on: FailOn = FailOn.BLOCKED) -> ExitCode:
    """Return what the process exits with: the verdict, as strictly as it was asked for."""
    if fail_on is FailOn.REGRESSION:
        # Exceptions are no lost ground: refusing them while open criteria are let through would be absurd.
        codes = {reason.code for service in result.services for reason in service.reasons}
        refused = bool(codes & LOST_GROUND)
    else:
        refused = result.verdict is Verdict.BLOCKED or (strict and result.verdict is not Verdict.READY)
    return ExitCode.BLOCKED if refused else ExitCode.READY
