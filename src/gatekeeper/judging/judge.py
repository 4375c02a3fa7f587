"""Judge a milestone: every service in scope, the overall verdict, and the steps that unblock it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from gatekeeper.judging.outlook.next_steps import Outlook, next_steps
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.gates import SharedResults
from gatekeeper.judging.verdicts.milestones import milestone_verdict
from gatekeeper.judging.verdicts.services import judge_service
from gatekeeper.model.evidence import Evidence, EvidenceKey
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.verdict import MilestoneResult


class Facts(NamedTuple):
    """Everything that a verdict depends on besides the rulebook."""

    services: Iterable[Service]
    evidence: Mapping[str, Mapping[EvidenceKey, Evidence]]
    """By service."""
    exceptions: Iterable[RegisteredException]
    as_of: date
    roadmap: Roadmap
    """All milestones. No exception can be opened in the last one."""
    everywhere: bool = False
    """Whether services without a target at the milestone are judged too, at their last one."""
    is_partial: bool = False
    """Whether services of the milestone were left out, so that no step can promise to unblock its exit."""


def judge_milestone(rulebook: Rulebook, facts: Facts, milestone: str) -> MilestoneResult:
    """Return the verdict on a milestone: all services with a target at it, in the given order."""
    entries: dict[str, list[RegisteredException]] = defaultdict(list)
    for entry in facts.exceptions:
        entries[entry.service].append(entry)
    shared = SharedResults()
    results = []
    for service in facts.services:
        case = Case(service, rulebook, facts.evidence.get(service.service, {}), facts.as_of, facts.roadmap)
        is_elsewhere = facts.everywhere and milestone not in service.plan
        at = list(service.plan)[-1] if is_elsewhere else milestone
        result = judge_service(case, at, entries.get(service.service, ()), shared)
        if result is not None:
            results.append(result)
    services = tuple(results)
    steps = next_steps(milestone, services, Outlook(tuple(facts.roadmap), is_partial=facts.is_partial))
    verdict, of = milestone_verdict(services), facts.roadmap.get(milestone)
    name, last = (of.name, of.last_record(facts.as_of)) if of else (None, None)
    return MilestoneResult(milestone, facts.as_of, verdict, services, steps, name, last)
