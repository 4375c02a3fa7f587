"""`gatekeeper next`."""

from typing import Annotated

import typer

from gatekeeper import __version__
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


def command(
    context: typer.Context,
    milestone: MilestoneOption = None,
    owner: Annotated[
        list[str] | None,
        typer.Option(
            "--owner",
            metavar="TEAM",
            help="Show all steps of this owner only; repeatable.",
            autocompletion=_words.owners,
        ),
    ] = None,
    as_of: AsOf = None,
    format_: FormatOption = "table",
) -> None:
    """Show the least work that unblocks an exit.

    By owner, first things first, and what lapses before the exit date if nothing is renewed.

    Example: gatekeeper next --milestone M2
    """
    from gatekeeper.errors import ExitCode
    from gatekeeper.manifests.revision import head_commit
    from gatekeeper.model.report import Filter, Report
    from gatekeeper.reporters.views import next as view
    from gatekeeper.workspace.judging import look_ahead

    chosen_format = format_of(format_, view.FORMATS)
    as_of_day = day(as_of)
    opened = open_here(context)
    workspace = opened.manifests
    chosen = chosen_milestone(workspace, milestone)
    owners = sorted({service.owner for service in workspace.services.values()})
    asked = Filter(owners=tuple(known(name, owners, "owner") for name in owner or ()))
    others = [name for name, of in workspace.milestones.items() if of.exited is None]
    outlook = look_ahead(opened, chosen, as_of_day, workspace.services.values(), others)
    report = Report(
        result=outlook.result,
        rulebook=opened.rulebook,
        tool_version=__version__,
        commit=head_commit(opened.repository),
        exit_code=ExitCode.READY,
        filter=asked,
        forecast=outlook.forecast,
    )
    exit_date = workspace.milestones[chosen].exit_date
    if chosen_format == "json":
        say(view.as_json(report, exit_date))
    else:
        say(view.as_table(report, exit_date, screen()))
