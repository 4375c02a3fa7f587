"""`gatekeeper` without a command: the status of the next milestone, and the next command."""

import typer

from gatekeeper.cli.arguments import open_here, workspace_root
from gatekeeper.cli.output import write, write_parts
from gatekeeper.cli.statements import next_command
from gatekeeper.errors import UsageError


def show(context: typer.Context) -> None:
    """Show the status of the next milestone; outside a workspace, show the help."""
    try:
        workspace_root(context)
    except UsageError:
        if context.obj.is_dir():
            write(context.get_help() + "\n")
            return
        raise
    _show_status(context)


def _show_status(context: typer.Context) -> None:
    from gatekeeper.model.status import MilestoneVerdict
    from gatekeeper.reporters.views import status as view
    from gatekeeper.workspace.clock import today

    workspace = open_here(context)
    milestones = workspace.loaded.manifests.milestones
    if milestones.current(today()) is None:
        write(f"every milestone has exited\n{next_command(context, 'matrix')}\n")
        return
    verdict = workspace.judge()
    what = "next" if verdict.outcome is MilestoneVerdict.BLOCKED and verdict.services else "check"
    write_parts(lambda on: view.parts(verdict.report().brief(), on))
    write(next_command(context, what, "--milestone", verdict.milestone) + "\n")
