"""`gatekeeper` alone: where things stand, and the next command."""

import typer

from gatekeeper import __version__
from gatekeeper.cli._run import chosen_milestone, day, open_here, say, screen, start_folder
from gatekeeper.errors import UsageError


def tell(context: typer.Context) -> None:
    """Tell where things stand; without a workspace, what there is to do."""
    from gatekeeper.manifests.discovery import find_workspace

    try:
        find_workspace(start_folder(context))
    except UsageError:
        if context.obj.is_dir():
            say(context.get_help() + "\n")
            return
        raise
    _tell_standing(context)


def _tell_standing(context: typer.Context) -> None:
    from gatekeeper.cli._writing import next_command
    from gatekeeper.errors import ExitCode
    from gatekeeper.model.report import Report
    from gatekeeper.model.status import MilestoneVerdict
    from gatekeeper.reporters.views import status as view
    from gatekeeper.workspace.judging import judge

    opened = open_here(context)
    workspace = opened.manifests
    if all(milestone.exited for milestone in workspace.milestones.values()):
        say(f"every milestone has been exited\n{next_command(context, 'matrix')}\n")
        return
    at = chosen_milestone(workspace, None)
    result = judge(opened, at, day(None), workspace.services.values())
    report = Report(result, opened.rulebook, __version__, None, ExitCode.READY)
    what = "next" if result.verdict is MilestoneVerdict.BLOCKED and result.services else "check"
    say(view.as_table(report, workspace.milestones[at].exit_date, screen()))
    say(next_command(context, what, "--milestone", at) + "\n")
