"""`gatekeeper summary`."""

import typer

from gatekeeper.cli._run import (
    FormatOption,
    format_of,
    open_here,
    say,
    screen,
)


def command(
    context: typer.Context,
    format_: FormatOption = "table",
) -> None:
    """Show who must be green when.

    By milestone every service in scope with its target level, derived from the matrix.

    Example: gatekeeper summary
    """
    from gatekeeper.judging.plans.matrix import summary
    from gatekeeper.reporters.views import summary as view

    chosen = format_of(format_, view.FORMATS)
    workspace = open_here(context).manifests
    derived = summary(workspace.services.values(), workspace.milestones)
    say(view.as_json(derived) if chosen == "json" else view.as_table(derived, screen()))
