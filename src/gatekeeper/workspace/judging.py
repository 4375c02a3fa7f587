"""The whole program on one page: an opened workspace -> collect -> judge."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.judging.judge import Facts, judge_milestone
from gatekeeper.judging.plans.requests import requests
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.risk_register import register_at
from gatekeeper.judging.verdicts.services import effective_level
from gatekeeper.model.evidence import Evidence, EvidenceKey, Recorded
from gatekeeper.model.level import Level
from gatekeeper.model.register import Registered
from gatekeeper.model.rulebook import Destination
from gatekeeper.model.service import Service
from gatekeeper.model.verdict import MilestoneResult
from gatekeeper.trees.disk import DiskTree
from gatekeeper.workspace.loading import LoadedWorkspace

if TYPE_CHECKING:
    from gatekeeper.evidence.reader import Reader
    from gatekeeper.model.forecast import Lapse
    from gatekeeper.model.shipping import Shipping

EvidenceOf = Mapping[str, Mapping[EvidenceKey, Evidence]]
"""What was collected, by service."""


def register(opened: LoadedWorkspace, milestone: str, as_of: date) -> tuple[Registered, ...]:
    """Return every exception as it stands at a milestone."""
    entries = tuple(opened.manifests.exceptions.values())
    services = [opened.manifests.services[name] for name in dict.fromkeys(entry.service for entry in entries)]
    evidence = collect(opened, services)
    cases = {
        service.service: Case(service, opened.rulebook, evidence.get(service.service, {}), as_of)
        for service in services
    }
    return register_at(milestone, entries, cases, opened.manifests.milestones, as_of)


def judge(
    opened: LoadedWorkspace,
    milestone: str,
    as_of: date,
    services: Iterable[Service],
    collected: EvidenceOf | None = None,
) -> MilestoneResult:
    """Collect the evidence of the services in scope, unless that is done, and judge the milestone by it."""
    facts = _facts(opened, [milestone], as_of, services, collected)
    return judge_milestone(opened.rulebook, facts, milestone)


def case_of(opened: LoadedWorkspace, service: Service, as_of: date) -> Case:
    """Return all that judging one service looks at, its evidence collected."""
    evidence = collect(opened, [service]).get(service.service, {})
    return Case(service, opened.rulebook, evidence, as_of)


def judge_everywhere(opened: LoadedWorkspace, case: Case) -> list[MilestoneResult]:
    """Judge one service at every milestone at which it has a target."""
    service = case.service
    facts = Facts(
        [service], {service.service: case.evidence}, opened.manifests.exceptions.values(), case.as_of
    )
    return [
        judge_milestone(opened.rulebook, facts, milestone)
        for milestone in opened.manifests.milestones
        if milestone in service.plan
    ]


class Outlook(NamedTuple):
    """A verdict, and what will no longer hold at the milestone's exit."""

    result: MilestoneResult
    forecast: tuple["Lapse", ...]


def look_ahead(
    opened: LoadedWorkspace,
    milestone: str,
    as_of: date,
    services: Iterable[Service],
    others: Iterable[str] = (),
    collected: EvidenceOf | None = None,
) -> Outlook:
    """Judge a milestone as `judge` does, foresee what lapses, and hold its steps against `others` too."""
    from gatekeeper.judging.outlook.forecast import forecast, horizon
    from gatekeeper.judging.outlook.next_steps import Roadmap, next_steps

    roadmap = opened.manifests.milestones
    names = [milestone, *(name for name in others if name != milestone)]
    facts = _facts(opened, names, as_of, services, collected)
    now, *further = (judge_milestone(opened.rulebook, facts, name) for name in names)
    ahead = Roadmap(facts.milestones, {of.milestone: of.services for of in further}, facts.is_partial)
    until = facts._replace(as_of=horizon(roadmap[milestone], as_of))
    then = judge_milestone(opened.rulebook, until, milestone)
    steps = next_steps(milestone, now.services, ahead) if further else now.next_steps
    return Outlook(now._replace(next_steps=steps), forecast(now, then, roadmap))


def ship(
    opened: LoadedWorkspace, service: str, destination: Destination, as_of: date, commit: str | None
) -> "Shipping":
    """Collect a service's evidence and judge whether it may be deployed."""
    from gatekeeper.judging.outlook.deploy_gate import may_ship, of_release

    of = of_release(opened.manifests.services[service], commit)
    evidence = collect(opened, [of]).get(service, {})
    entries = [entry for entry in opened.manifests.exceptions.values() if entry.service == service]
    case = Case(of, opened.rulebook, evidence, as_of)
    return may_ship(case, destination, entries, opened.manifests.milestones)


def _facts(
    opened: LoadedWorkspace,
    milestones: Collection[str],
    as_of: date,
    services: Iterable[Service],
    collected: EvidenceOf | None = None,
) -> Facts:
    """Collect what judging these services at these milestones rests on."""
    in_scope = [service for service in services if _is_in_scope(service, milestones)]
    whole = sum(_is_in_scope(service, milestones) for service in opened.manifests.services.values())
    return Facts(
        in_scope,
        collect(opened, in_scope) if collected is None else collected,
        opened.manifests.exceptions.values(),
        as_of,
        tuple(opened.manifests.milestones),
        is_partial=len(in_scope) < whole,
    )


def collect_for(opened: LoadedWorkspace, milestone: str, services: Iterable[Service]) -> EvidenceOf:
    """Read every artefact that judging those of the services in scope of a milestone will want."""
    return collect(opened, [service for service in services if _is_in_scope(service, [milestone])])


def _is_in_scope(service: Service, milestones: Collection[str]) -> bool:
    return not service.plan.keys().isdisjoint(milestones)


def collect(
    opened: LoadedWorkspace, services: Iterable[Service]
) -> dict[str, Mapping[EvidenceKey, Evidence]]:
    """Read every artefact that judging these services will want, each once."""
    reader = _reader(opened)
    with opened.follow([service for service in services if service.evidence]) as followed:
        return {
            service.service: {
                (request.slot, request.narrowing): reader.read(request)
                for request in requests(service, opened.rulebook)
            }
            for service in followed
        }


def identities(opened: LoadedWorkspace, services: Iterable[Service]) -> dict[str, object]:
    """Return by service what tells its artefacts from any others, without judging them."""
    reader = _reader(opened)
    return {
        service.service: tuple(reader.identity(request) for request in requests(service, opened.rulebook))
        for service in services
    }


def evidence_files(opened: LoadedWorkspace, services: Iterable[Service]) -> Iterator[str]:
    """Yield the paths of the files that reading the evidence of these services looks at, as of now."""
    from gatekeeper.evidence import records
    from gatekeeper.evidence.artefacts import Bounds, files_at
    from gatekeeper.model.evidence import Unreadable

    bounds = Bounds(opened.tree)
    for service in services:
        folder = str(opened.services_folder / service.service)
        yield f"{folder}/{records.FILE}"
        for pointer in service.evidence.values():
            with suppress(Unreadable):
                yield from files_at(folder, pointer.path, bounds)


def _reader(opened: LoadedWorkspace) -> "Reader":
    # Late, because many a workspace has nothing to read yet.
    from gatekeeper.evidence.artefacts import Bounds
    from gatekeeper.evidence.reader import Reader

    return Reader(str(opened.services_folder), Bounds(opened.tree))


def record(opened: LoadedWorkspace, service: Service, folder: Path, contained_in: Path) -> list[Recorded]:
    """Read the artefacts of a service below a folder, which may be another than its own, for a record."""
    from gatekeeper.evidence import reader as reading
    from gatekeeper.evidence.artefacts import Bounds

    bounds = Bounds(DiskTree(str(contained_in)))
    return [reading.record(request, str(folder), bounds) for request in requests(service, opened.rulebook)]


def earned_levels(opened: LoadedWorkspace, as_of: date) -> dict[str, Level]:
    """Return by service the level that it has earned, whatever the milestone."""
    services = opened.manifests.services
    evidence = collect(opened, services.values())
    return {
        name: effective_level(Case(service, opened.rulebook, evidence.get(name, {}), as_of))
        for name, service in services.items()
    }
