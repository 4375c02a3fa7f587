"""`gatekeeper matrix`."""

from typing import Annotated

import typer

from gatekeeper.cli import _words
from gatekeeper.cli._run import AsOf, day, format_of, open_here, say, screen


def command(
    context: typer.Context,
    as_of: AsOf = None,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="table, json or markdown.",
            autocompletion=_words.among("table", "json", "markdown"),
        ),
    ] = "table",
) -> None:
    """Show the plan: service x milestone x level.

    A `*` marks targets that are reached; `earned` is the level that evidence and signatures carry today.

    Example: gatekeeper matrix --format json
    """
    from gatekeeper.judging.plans.matrix import matrix
    from gatekeeper.reporters.views import matrix as view
    from gatekeeper.workspace.judging import earned_levels

    chosen = format_of(format_, view.FORMATS)
    as_of_day = day(as_of)
    opened = open_here(context)
    rows = matrix(opened.manifests.services.values())
    earned = earned_levels(opened, as_of_day)
    milestones = list(opened.manifests.milestones)
    match chosen:
        case "json":
            say(view.as_json(rows, earned))
        case "markdown":
            say(view.as_markdown(rows, earned, milestones))
        case _:
            say(view.as_table(rows, earned, milestones, screen()))
