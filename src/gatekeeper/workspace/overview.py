"""Milestones as a whole on one page: collect all evidence once -> judge each -> look ahead."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from gatekeeper import __version__
from gatekeeper.judging.judge import Facts, judge_milestone
from gatekeeper.judging.outlook.forecast import forecast, horizon
from gatekeeper.judging.outlook.next_steps import Roadmap, next_steps
from gatekeeper.judging.plans.matrix import matrix
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.risk_register import register_at
from gatekeeper.judging.verdicts.services import effective_level
from gatekeeper.model.level import Level
from gatekeeper.model.survey import Exit, Survey
from gatekeeper.model.verdict import MilestoneResult
from gatekeeper.workspace.judging import collect
from gatekeeper.workspace.loading import LoadedWorkspace


def survey(opened: LoadedWorkspace, milestones: Collection[str], as_of: date, commit: str | None) -> Survey:
    """Judge these milestones by all services; every artefact is read once, however many there are."""
    workspace = opened.manifests
    services = list(workspace.services.values())
    entries = tuple(workspace.exceptions.values())
    evidence = collect(opened, services)
    facts = Facts(services, evidence, entries, as_of, tuple(workspace.milestones))
    cases = {
        service.service: Case(service, opened.rulebook, evidence.get(service.service, {}), as_of)
        for service in services
    }
    judged = {name: judge_milestone(opened.rulebook, facts, name) for name in milestones}
    exits = {
        name: Exit(
            milestone=workspace.milestones[name],
            result=_with_steps(now, judged, facts),
            forecast=forecast(now, _at_the_exit(opened, facts, name), workspace.milestones),
            register=register_at(name, entries, cases, workspace.milestones, as_of),
        )
        for name, now in judged.items()
    }
    return Survey(
        exits=exits,
        roadmap=workspace.milestones,
        services=workspace.services,
        plan=matrix(services),
        earned=_earned(cases, judged.values()),
        rulebook=opened.rulebook,
        as_of=as_of,
        tool_version=__version__,
        commit=commit,
    )


def _with_steps(now: MilestoneResult, judged: Mapping[str, MilestoneResult], facts: Facts) -> MilestoneResult:
    """Hold the steps of a milestone against the other milestones that were judged."""
    others = {name: of.services for name, of in judged.items() if name != now.milestone}
    if not others:
        return now
    steps = next_steps(now.milestone, now.services, Roadmap(facts.milestones, others))
    return now._replace(next_steps=steps)


def _at_the_exit(opened: LoadedWorkspace, facts: Facts, milestone: str) -> MilestoneResult:
    until = horizon(opened.manifests.milestones[milestone], facts.as_of)
    return judge_milestone(opened.rulebook, facts._replace(as_of=until), milestone)


def _earned(cases: Mapping[str, Case], judged: Iterable[MilestoneResult]) -> dict[str, Level]:
    """Return the effective levels; of services that no milestone here asks for, they are found out."""
    known = {of.service.service: of.effective_level for result in judged for of in result.services}
    return {name: known[name] if name in known else effective_level(case) for name, case in cases.items()}
