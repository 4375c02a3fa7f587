"""Judge a milestone: every service in scope, the overall verdict, and the steps that unblock it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from gatekeeper.judging.outlook.actions import Outlook, actions
from gatekeeper.judging.verdicts.case import Case, Neighbour
from gatekeeper.judging.verdicts.gates import SharedResults
from gatekeeper.judging.verdicts.milestones import milestone_verdict
from gatekeeper.judging.verdicts.services import judge_service
from gatekeeper.judging.verdicts.sharing import shared_by_services
from gatekeeper.model.evidence import Evidence, EvidenceKey
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.verdict import MilestoneResult, ServiceResult


class Facts(NamedTuple):
    """Everything that a verdict depends on besides the rulebook."""

    services: Iterable[Service]
    evidence: Mapping[str, Mapping[EvidenceKey, Evidence]]
    """By service."""
    exceptions: Iterable[RegisteredException]
    as_of: date
    roadmap: Roadmap
    """All milestones. No exception can be opened in the last one."""
    neighbours: Mapping[str, Neighbour] = {}
    """The services on which others depend."""
    everywhere: bool = False
    """Whether services without a target at the milestone are judged too, at their last one."""
    is_partial: bool = False
    """Whether services were left out: then no step can promise to unblock the exit, and measurements that
    services share are not found."""


def judge_milestone(rulebook: Rulebook, facts: Facts, milestone: str) -> MilestoneResult:
    """Return the verdict on a milestone: all services with a target at it, in the given order."""
    services = judge_services(rulebook, facts, milestone)
    work = actions(milestone, services, Outlook(tuple(facts.roadmap), is_partial=facts.is_partial))
    verdict, of = milestone_verdict(services), facts.roadmap.get(milestone)
    name, last = (of.name, of.last_record(facts.as_of)) if of else (None, None)
    return MilestoneResult(milestone, facts.as_of, verdict, services, work, name, last)


def judge_services(rulebook: Rulebook, facts: Facts, milestone: str) -> tuple[ServiceResult, ...]:
    """Return the verdicts on all services with a target at a milestone, in the given order."""
    entries: dict[str, list[RegisteredException]] = defaultdict(list)
    for entry in facts.exceptions:
        entries[entry.service].append(entry)
    shared, results = SharedResults(), []
    alike = {} if facts.is_partial else shared_by_services(facts.evidence, rulebook)
    for service in facts.services:
        id_ = service.service
        evidence, of_others = facts.evidence.get(id_, {}), alike.get(id_, {})
        case = Case(service, rulebook, evidence, facts.as_of, facts.roadmap, of_others, facts.neighbours)
        is_elsewhere = facts.everywhere and milestone not in service.plan
        at = list(service.plan)[-1] if is_elsewhere else milestone
        result = judge_service(case, at, entries.get(service.service, ()), shared)
        if result is not None:
            results.append(result)
    return tuple(results)
