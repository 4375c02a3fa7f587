"""`gatekeeper except list`: Show the register.

Lists every exception with its state at a milestone, and the days and milestones until it must be closed. Exit
code 3 if two exceptions have the same id, because that makes the workspace invalid.

Example: gatekeeper except list --milestone M4
"""

import typer

from gatekeeper.cli.arguments import AsOf, FormatOption, MilestoneOption, workspace_root
from gatekeeper.cli.output import show
from gatekeeper.errors import InvalidWorkspace


def command(
    context: typer.Context,
    milestone: MilestoneOption = None,
    as_of: AsOf = None,
    format_: FormatOption = "table",
) -> None:
    """Write the exceptions of the register."""
    from gatekeeper.reporters.views import except_list as view
    from gatekeeper.workspace.clock import today
    from gatekeeper.workspace.loading import open_register
    from gatekeeper.workspace.register import register
    from gatekeeper.workspace.selection import select_milestone

    validation = open_register(workspace_root(context))
    loaded = validation.loaded
    if loaded is None:
        raise InvalidWorkspace(validation.problems)
    day = as_of or today()
    name = select_milestone(loaded.manifests, milestone, day)
    rows, at = register(loaded, name, day), loaded.manifests.milestones[name]
    rule = loaded.rulebook.exceptions
    show(format_, lambda: view.data(rows, at, day), lambda on: view.parts(rows, at, day, rule, on))
    if validation.problems:
        raise InvalidWorkspace(validation.problems)
