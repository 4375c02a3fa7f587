"""`gatekeeper explain`: Explain one criterion, or who signed a level.

With --service, shows what is asked of the service and what was found, each with its place, and what to do.
Without it, shows the rule, and the services by their answer. Of a level, shows the sign-offs of each service,
with the key of each or why it does not count.

Example: gatekeeper explain G7.peak-load --service identity-service

Heading: Judge
"""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import (
    AsOf,
    FormatOption,
    MilestoneOption,
    Text,
    argument,
    flag,
    open_here,
    option,
)
from gatekeeper.cli.output import show
from gatekeeper.errors import UsageError, known

if TYPE_CHECKING:
    from gatekeeper.model.milestone import Milestone
    from gatekeeper.model.service import Service
    from gatekeeper.model.verdict import MilestoneResult
    from gatekeeper.reporters.views.explain import Explained
    from gatekeeper.workspace.api import Workspace
    from gatekeeper.workspace.loading import LoadedWorkspace


def command(
    context: typer.Context,
    criterion: Annotated[
        str, argument("CRITERION", "G7.peak-load, for instance, or a level.", words.criteria_or_levels)
    ],
    service: Annotated[
        Text, option("--service", "NAME", "Show all details of this service.", words.services, "-s")
    ] = None,
    milestone: MilestoneOption = None,
    as_of: AsOf = None,
    all_: Annotated[
        bool,
        flag("--all", "Show every term that decides it and their digest, and the names of all services."),
    ] = False,
    format_: FormatOption = "table",
) -> None:
    """Judge a milestone and write what was found for one criterion."""
    from gatekeeper.reporters.views import explain as view
    from gatekeeper.workspace.clock import today
    from gatekeeper.workspace.judging import judge
    from gatekeeper.workspace.rendering import places_of
    from gatekeeper.workspace.rule_places import places_of_rule
    from gatekeeper.workspace.selection import planned_milestone, select_milestone, service_named

    workspace = open_here(context)
    loaded = workspace.loaded
    day = as_of or today()
    manifests = loaded.manifests
    ids = [*loaded.rulebook.by_id, *loaded.rulebook.scale]
    if criterion in loaded.rulebook.scale:
        chosen = [service_named(manifests, service)] if service else list(manifests.services.values())
        _explain_level(loaded, criterion, chosen, day, format_)
        return
    if service:
        chosen = [service_named(manifests, service)]
        at = planned_milestone(manifests, chosen[0], milestone, day)
    else:
        chosen, at = list(manifests.services.values()), select_milestone(manifests, milestone, day)
    result = judge(loaded, at, day, chosen)
    statuses = list(_statuses(workspace, result, criterion))
    rules = loaded.rulebook.by_id
    if statuses and criterion not in rules:  # a plan may ask for what is not in the rulebook
        rule = statuses[0].result.rule
    else:
        _refuse_other_names(loaded, criterion)
        rule = rules[known(criterion, ids, "criterion or level")]
    judged = loaded.manifests.milestones[at]
    unasked = None if statuses or not service else _unasked(workspace, service, criterion, judged)
    places = places_of(loaded, at) if service else None
    shows = view.Shown(places_of_rule(loaded, rule), places, all_, unasked)
    show(
        format_,
        lambda: view.data(rule, judged, statuses),
        lambda on: view.parts(rule, judged, statuses, on, shows),
    )


def _refuse_other_names(loaded: "LoadedWorkspace", name: str) -> None:
    """Raise a usage error for the name of a gate, a milestone or a service; it says what shows that."""
    if name in loaded.rulebook.gates:
        criteria = ", ".join(rule.id for rule in loaded.rulebook.gates[name].rules)
        raise UsageError(f"{name} is a gate: name one of its criteria: {criteria}")
    for noun, names in (
        ("milestone", loaded.manifests.milestones),
        ("service", loaded.manifests.services),
    ):
        if name in names:
            raise UsageError(f"{name} is a {noun}: `gatekeeper check --{noun} {name}` judges it")


def _unasked(workspace: "Workspace", service: str, criterion: str, milestone: "Milestone") -> str:
    """Return that a service is not asked for a criterion at a milestone, and where it is."""
    asked = workspace.obligations([service], criterion=criterion)
    families = [one.family.removeprefix("milestone/").removeprefix("level/") for one in asked]
    where = f"; it is at {', '.join(dict.fromkeys(families))}" if families else ""
    return f"{service} is not asked for it at {milestone.label}{where}."


def _explain_level(
    loaded: "LoadedWorkspace", level: str, services: "list[Service]", day: date, format_: str
) -> None:
    from gatekeeper.reporters.views import explain_level as view
    from gatekeeper.workspace.level_sign_offs import sign_offs_of

    found = sign_offs_of(loaded, loaded.rulebook.scale[level], services, day)
    rank = loaded.rulebook.scale[level].rank
    definition = next(one for one in loaded.manifests.levels.levels if one.level == level)
    show(format_, lambda: view.data(definition, found), lambda on: view.parts(definition, rank, found, on))


def _statuses(workspace: "Workspace", judged: "MilestoneResult", criterion: str) -> Iterator["Explained"]:
    """Yield the status of a criterion by service, with its obligation at the milestone or else at a level."""
    from gatekeeper.reporters.views.explain import Explained

    families = f"milestone/{judged.milestone}", "level/"
    for of in judged.services:
        for found in (*of.criteria, *of.held_up_by):
            if found.rule.id == criterion:
                asked = workspace.obligations([of.service.service], criterion=criterion, as_of=judged.as_of)
                here = [one for family in families for one in asked if one.family.startswith(family)]
                repository = workspace.loaded.rulebook.repository
                mapped_by = workspace.loaded.manifests.mapped_by.get(of.service.service, {})
                answers = (
                    name
                    for action in judged.actions
                    for share in action.shares
                    if share.service == of.service.service and criterion in share.criteria
                    for name in share.criteria
                    if name != criterion
                )
                yield Explained(
                    of,
                    found,
                    here[0] if here else None,
                    repository,
                    mapped_by,
                    tuple(dict.fromkeys(answers)),
                )
