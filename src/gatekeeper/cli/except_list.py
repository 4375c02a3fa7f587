"""`gatekeeper except list`."""

import typer

from gatekeeper.cli._run import (
    AsOf,
    FormatOption,
    MilestoneOption,
    chosen_milestone,
    day,
    format_of,
    say,
    screen,
    start_folder,
)
from gatekeeper.errors import InvalidWorkspace


def command(
    context: typer.Context,
    milestone: MilestoneOption = None,
    as_of: AsOf = None,
    format_: FormatOption = "table",
) -> None:
    """Show the register.

    Every exception with its state at a milestone, and the days and milestones it has left. Exit code 3 where
    one is repeated, because that makes the workspace invalid.

    Example: gatekeeper except list --milestone M4
    """
    from gatekeeper.manifests.discovery import find_workspace
    from gatekeeper.reporters.views import except_list as view
    from gatekeeper.workspace.judging import register
    from gatekeeper.workspace.loading import open_register

    chosen = format_of(format_, view.FORMATS)
    today = day(as_of)
    opened, problems = open_register(find_workspace(start_folder(context)))
    if opened is None:
        raise InvalidWorkspace(problems)
    at = chosen_milestone(opened.manifests, milestone)
    rows = register(opened, at, today)
    say(view.as_json(rows, at, today) if chosen == "json" else view.as_table(rows, at, today, screen()))
    if problems:
        raise InvalidWorkspace(problems)
