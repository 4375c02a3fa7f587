"""Judge several milestones: collect all evidence once, judge each milestone, forecast its exit."""

from collections.abc import Collection
from datetime import date

from gatekeeper.judging.judge import Facts
from gatekeeper.judging.plans.matrix import matrix
from gatekeeper.judging.verdicts.risk_register import register_at
from gatekeeper.judging.verdicts.services import effective_level
from gatekeeper.model.overview import Exit, Overview
from gatekeeper.version import __version__
from gatekeeper.workspace.forge_links import finding_links
from gatekeeper.workspace.judging import cases_of, forecast_by, judge_by, neighbours, with_actions_across
from gatekeeper.workspace.loading import LoadedWorkspace


def overview(
    loaded: LoadedWorkspace, milestones: Collection[str], as_of: date, commit: str | None
) -> Overview:
    """Judge these milestones for all services; every artefact is read once."""
    manifests = loaded.manifests
    services = list(manifests.services.values())
    entries = tuple(manifests.exceptions.values())
    cases = cases_of(loaded, services, as_of)
    evidence = {name: case.evidence for name, case in cases.items()}
    around = neighbours(loaded, services)
    facts = Facts(services, evidence, entries, as_of, manifests.milestones, around)
    judged = {name: judge_by(loaded, facts, name) for name in milestones}
    exits = {
        name: Exit(
            milestone=manifests.milestones[name],
            result=with_actions_across(result, judged, facts),
            forecast=forecast_by(loaded, facts, result),
            register=register_at(name, entries, cases, manifests.milestones, as_of),
        )
        for name, result in judged.items()
    }
    # The levels that no milestone here has judged are worked out.
    earned = {of.service.service: of.effective_level for one in judged.values() for of in one.services}
    return Overview(
        exits=exits,
        roadmap=manifests.milestones,
        services=manifests.services,
        plan=matrix(services, loaded.rulebook.scale),
        earned={name: earned[name] if name in earned else effective_level(of) for name, of in cases.items()},
        rulebook=loaded.rulebook,
        workspace=manifests.id,
        as_of=as_of,
        tool_version=__version__,
        commit=commit,
        link=finding_links(loaded, commit),
    )
