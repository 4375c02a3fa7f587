"""`gatekeeper explain`."""

from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import _words
from gatekeeper.cli._run import (
    AsOf,
    FormatOption,
    MilestoneOption,
    chosen_milestone,
    day,
    format_of,
    known,
    open_here,
    say,
    screen,
)
from gatekeeper.errors import UsageError, nearest

if TYPE_CHECKING:
    from gatekeeper.model.rule import Rule
    from gatekeeper.reporters.views.explain import ServiceStatus
    from gatekeeper.workspace.loading import LoadedWorkspace


def command(
    context: typer.Context,
    criterion: Annotated[
        str,
        typer.Argument(
            metavar="CRITERION", help="G7.peak-load, for instance.", autocompletion=_words.criteria
        ),
    ],
    service: Annotated[
        str | None,
        typer.Option(
            "--service",
            "-s",
            metavar="NAME",
            help="Tell all about this service.",
            autocompletion=_words.services,
        ),
    ] = None,
    milestone: MilestoneOption = None,
    as_of: AsOf = None,
    format_: FormatOption = "table",
) -> None:
    """Explain one criterion.

    What it asks and why, what was seen of it, and what to do.

    Example: gatekeeper explain G7.peak-load --service identity-service
    """
    from gatekeeper.manifests.positions import places
    from gatekeeper.model.milestone import Milestone
    from gatekeeper.reporters.views import explain as view
    from gatekeeper.workspace.judging import judge

    chosen_format = format_of(format_, view.FORMATS)
    as_of_day = day(as_of)
    opened = open_here(context)
    chosen = chosen_milestone(opened.manifests, milestone)
    services = opened.manifests.services
    asked = [services[known(service, services, "service")]] if service else list(services.values())
    result = judge(opened, chosen, as_of_day, asked)
    standings: list[ServiceStatus] = [
        (of_service, found)
        for of_service in result.services
        for found in (*of_service.criteria, *of_service.held_up_by)
        if found.rule.id == criterion
    ]
    rule = _rule(opened, criterion, standings)
    if chosen_format == "json":
        say(view.as_json(rule, chosen, standings))
    else:
        manifest = opened.root / opened.manifests.files[Milestone, chosen]
        in_full = places(opened.services_folder, manifest, opened.tree) if service else None
        say(view.as_table(rule, chosen, standings, screen(), in_full))


def _rule(opened: "LoadedWorkspace", criterion: str, standings: "list[ServiceStatus]") -> "Rule":
    """Return a rule of the rulebook, or one that a service's plan asks at this milestone."""
    rule = opened.rulebook.by_id.get(criterion)
    if rule is None and standings:
        rule = standings[0][1].rule
    if rule is None:
        raise UsageError(f"unknown criterion {criterion!r}; {nearest(criterion, opened.rulebook.by_id)}")
    return rule
