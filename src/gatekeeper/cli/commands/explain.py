"""`gatekeeper explain`: Explain one criterion.

Shows what the criterion requires and why, what was found, and what to do.

Example: gatekeeper explain G7.peak-load --service identity-service

Heading: Judge
"""

from typing import Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import AsOf, FormatOption, MilestoneOption, Text, open_here, option
from gatekeeper.cli.output import screen, write
from gatekeeper.errors import known


def command(
    context: typer.Context,
    criterion: Annotated[
        str,
        typer.Argument(
            metavar="CRITERION", help="G7.peak-load, for instance.", autocompletion=words.criteria
        ),
    ],
    service: Annotated[
        Text, option("--service", "NAME", "Show all details of this service.", words.services, "-s")
    ] = None,
    milestone: MilestoneOption = None,
    as_of: AsOf = None,
    format_: FormatOption = "table",
) -> None:
    """Judge a milestone and write what was found for one criterion."""
    from gatekeeper.reporters.views import explain as view
    from gatekeeper.workspace.api import today
    from gatekeeper.workspace.judging import judge
    from gatekeeper.workspace.rendering import places_of
    from gatekeeper.workspace.selection import select_milestone, service_named

    loaded = open_here(context).loaded
    at = select_milestone(loaded.manifests, milestone)
    services = loaded.manifests.services.values()
    asked = [service_named(loaded.manifests, service)] if service else services
    standings = [
        (of_service, found)
        for of_service in judge(loaded, at, as_of or today(), asked).services
        for found in (*of_service.criteria, *of_service.held_up_by)
        if found.rule.id == criterion
    ]
    rules = loaded.rulebook.by_id
    if standings and criterion not in rules:  # a plan may ask for what is not in the rulebook
        rule = standings[0][1].rule
    else:
        rule = rules[known(criterion, rules, "criterion")]
    judged = loaded.manifests.milestones[at]
    if format_ == "json":
        write(view.as_json(rule, judged, standings))
    else:
        places = places_of(loaded, at) if service else None
        write(view.as_table(rule, judged, standings, screen(), places))
