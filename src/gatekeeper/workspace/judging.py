"""Judge a loaded workspace: collect the evidence of services, then judge a milestone by it."""

import gc
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from gatekeeper.judging.judge import Facts, judge_milestone
from gatekeeper.judging.plans.requests import requests
from gatekeeper.judging.verdicts.case import Case, Neighbour
from gatekeeper.judging.verdicts.services import effective_level
from gatekeeper.model.evidence import Evidence, EvidenceKey
from gatekeeper.model.level import Level
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.verdict import MilestoneResult
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.stages import stage

if TYPE_CHECKING:
    from gatekeeper.evidence.reader import Reader
    from gatekeeper.model.forecast import Lapse
    from gatekeeper.model.shipping import Shipping

logger = logging.getLogger(__name__)

_UNTIL_FREED = 50
"""After so many services, what their readers leave in cycles is freed: no garbage is collected otherwise."""
_services_read = count(1)


def judge(
    loaded: LoadedWorkspace, milestone: str, as_of: date, services: Iterable[Service]
) -> MilestoneResult:
    """Collect the evidence of those services that are in scope, and judge the milestone by it."""
    return judge_by(loaded, collect_facts(loaded, [milestone], as_of, services), milestone)


def judge_by(loaded: LoadedWorkspace, facts: Facts, milestone: str) -> MilestoneResult:
    """Judge a milestone by facts that have been collected."""
    with stage(logger, f"judge {milestone} as of {facts.as_of}"):
        return judge_milestone(loaded.rulebook, facts, milestone)


def case_of(loaded: LoadedWorkspace, service: Service, as_of: date) -> Case:
    """Return everything that judging one service needs, its evidence collected."""
    return cases_of(loaded, [service], as_of)[service.service]


def cases_of(loaded: LoadedWorkspace, services: Collection[Service], as_of: date) -> dict[str, Case]:
    """Return by service everything that judging it needs, the evidence collected."""
    evidence, milestones = collect(loaded, services), loaded.manifests.milestones
    around = neighbours(loaded, services)
    return {
        service.service: Case(
            service,
            loaded.rulebook,
            evidence.get(service.service, {}),
            as_of,
            milestones,
            neighbours=around,
        )
        for service in services
    }


def neighbours(loaded: LoadedWorkspace, services: Iterable[Service]) -> dict[str, Neighbour]:
    """Return by name the services on which these depend."""
    return neighbours_named(loaded, {name for service in services for name in service.depends_on})


def neighbours_named(loaded: LoadedWorkspace, names: Collection[str]) -> dict[str, Neighbour]:
    """Return those of these services that the workspace has, with their evidence if sign-offs end with it."""
    found = [of for name, of in loaded.manifests.services.items() if name in names]
    resigned = loaded.rulebook.governance.resign_on.values()
    evidence = collect(loaded, found) if any("evidence" in what for what in resigned) else {}
    return {of.service: Neighbour(of, evidence.get(of.service, {})) for of in found}


def judge_everywhere(loaded: LoadedWorkspace, case: Case) -> list[MilestoneResult]:
    """Judge one service at every milestone at which it has a target."""
    service, entries = case.service, loaded.manifests.exceptions.values()
    evidence = {service.service: case.evidence}
    facts = Facts([service], evidence, entries, case.as_of, case.roadmap, case.neighbours)
    return [judge_by(loaded, facts, milestone) for milestone in case.roadmap if milestone in service.plan]


def with_actions_across(
    result: MilestoneResult, judged: Mapping[str, MilestoneResult], facts: Facts
) -> MilestoneResult:
    """Return a result whose actions count what they help at the other milestones that were judged."""
    from gatekeeper.judging.outlook.actions import Outlook, actions

    others = {name: of.services for name, of in judged.items() if name != result.milestone}
    if not others:
        return result
    outlook = Outlook(tuple(facts.roadmap), others, facts.is_partial)
    return result._replace(actions=actions(result.milestone, result.services, outlook))


def forecast_by(loaded: LoadedWorkspace, facts: Facts, result: MilestoneResult) -> tuple["Lapse", ...]:
    """Return what will no longer hold at the milestone's exit if nothing is renewed."""
    from gatekeeper.judging.outlook.forecast import forecast, horizon

    milestones = loaded.manifests.milestones
    until = horizon(milestones[result.milestone], facts.as_of)
    then = judge_by(loaded, facts._replace(as_of=until), result.milestone)
    return forecast(result, then, milestones, loaded.rulebook.exceptions)


def may_ship(
    loaded: LoadedWorkspace, service: str, destination: str, as_of: date, commit: str | None
) -> "Shipping":
    """Collect a service's evidence and judge whether it may be deployed."""
    from gatekeeper.judging.outlook.deploy_gate import may_ship, of_release

    of = of_release(loaded.manifests.services[service], commit)
    entries = [entry for entry in loaded.manifests.exceptions.values() if entry.service == service]
    case = case_of(loaded, of, as_of)
    with stage(logger, f"judge {service} for {destination}"):
        return may_ship(case, destination, entries)


def collect_facts(
    loaded: LoadedWorkspace, milestones: Collection[str], as_of: date, services: Iterable[Service]
) -> Facts:
    """Collect the evidence of the services that have a target at one of the milestones."""
    in_scope = [service for service in services if _is_in_scope(service, milestones)]
    whole = sum(_is_in_scope(service, milestones) for service in loaded.manifests.services.values())
    return Facts(
        in_scope,
        collect(loaded, in_scope),
        loaded.manifests.exceptions.values(),
        as_of,
        loaded.manifests.milestones,
        neighbours(loaded, in_scope),
        is_partial=len(in_scope) < whole,
    )


def _is_in_scope(service: Service, milestones: Collection[str]) -> bool:
    return not service.plan.keys().isdisjoint(milestones)


def collect(
    loaded: LoadedWorkspace, services: Collection[Service]
) -> dict[str, Mapping[EvidenceKey, Evidence]]:
    """Read every artefact that judging these services needs, each once; return the evidence by service."""
    if loaded.given is not None:
        return {service.service: loaded.given.get(service.service, {}) for service in services}
    reader = _reader(loaded)
    with (
        stage(logger, f"collect evidence (services: {len(services):,})"),
        loaded.follow([service for service in services if service.evidence]) as followed,
    ):
        return {service.service: _evidence(service, reader, loaded.rulebook) for service in followed}


def _evidence(service: Service, reader: "Reader", rulebook: Rulebook) -> dict[EvidenceKey, Evidence]:
    found = {
        (request.slot, request.narrowing): reader.read(request) for request in requests(service, rulebook)
    }
    if next(_services_read) % _UNTIL_FREED == 0:
        gc.collect(0)
    return found


def collect_by(
    rulebook: Rulebook,
    loaded: LoadedWorkspace,
    services: Iterable[Service],
    known: Mapping[str, Mapping[EvidenceKey, Evidence]],
) -> dict[str, Mapping[EvidenceKey, Evidence]]:
    """Return the evidence by service as another rulebook reads it; what both read alike is not read again.

    Args:
        rulebook: The other rulebook.
        loaded: The workspace, with the rulebook by which `known` was read.
        services: The services.
        known: Their evidence by the rulebook of the workspace.
    """
    if loaded.given is not None:
        return dict(known)
    reader = _reader(loaded)
    found: dict[str, Mapping[EvidenceKey, Evidence]] = {}
    for service in services:
        requested = list(requests(service, loaded.rulebook)) if service.evidence else ()
        alike = {(request.slot, request.narrowing): request for request in requested}
        own = list(requests(service, rulebook)) if service.evidence else ()
        evidence = dict(known.get(service.service, {}))
        for request in own:
            key = request.slot, request.narrowing
            if alike.get(key) != request:
                evidence[key] = reader.read(request)
        found[service.service] = evidence
    return found


def identities(loaded: LoadedWorkspace, services: Iterable[Service]) -> dict[str, object]:
    """Return by service a value that differs if any of its artefacts differs; nothing is judged."""
    if loaded.given is not None:
        return {service.service: loaded.given.get(service.service, {}) for service in services}
    reader = _reader(loaded)
    return {
        service.service: tuple(reader.identity(request) for request in requests(service, loaded.rulebook))
        for service in services
    }


_SMALLEST = 64
"""Bytes of the smallest artefact that counts as the same one wherever it is."""


def object_ids(loaded: LoadedWorkspace, service: Service) -> dict[str, frozenset[str]]:
    """Return by slot the object ids that Git gives the files of its artefact.

    An artefact that is too small to tell services apart, such as an empty list of findings, has none, and
    neither has evidence that is given.
    """
    if loaded.given is not None:
        return {}
    from gatekeeper.evidence.artefacts import Bounds, open_artefact
    from gatekeeper.model.evidence import Absent, Unreadable

    bounds, folder = Bounds(loaded.tree), loaded.folders(service).artefacts
    found: dict[str, frozenset[str]] = {}
    for slot, pointer in service.evidence.items():
        with suppress(Absent, Unreadable):
            files = open_artefact(folder, pointer.path, bounds).files
            if sum(len(file.read()) for file in files) >= _SMALLEST:
                found[slot] = frozenset(file.identity() for file in files if file.identity)
    return found


def evidence_files(loaded: LoadedWorkspace, services: Iterable[Service]) -> Iterator[str]:
    """Yield the paths of the files that hold the evidence of these services at the moment."""
    from gatekeeper.evidence.artefacts import Bounds, files_at
    from gatekeeper.evidence.record_files import FILE, record_files
    from gatekeeper.model.evidence import Unreadable

    bounds = Bounds(loaded.tree)
    for service in services:
        folders = loaded.folders(service)
        names = {FILE, *record_files(folders, service, bounds)}
        yield from (f"{folders.records}/{name}" for name in names)
        for pointer in service.evidence.values():
            with suppress(Unreadable):
                yield from files_at(folders.artefacts, pointer.path, bounds)


def _reader(loaded: LoadedWorkspace) -> "Reader":
    # Imported late: many workspaces have nothing to read yet.
    from gatekeeper.evidence.artefacts import Bounds
    from gatekeeper.evidence.reader import Reader
    from gatekeeper.judging.verdicts.recorders import misfit

    fits = partial(misfit, loaded.rulebook)
    manifests = loaded.manifests
    return Reader(loaded.folders, Bounds(loaded.tree), manifests.services, fits, manifests.mapped_by)


def earned_levels(loaded: LoadedWorkspace, as_of: date) -> dict[str, Level]:
    """Return the level that each service has earned; it does not depend on a milestone."""
    cases = cases_of(loaded, loaded.manifests.services.values(), as_of)
    return {name: effective_level(case) for name, case in cases.items()}
