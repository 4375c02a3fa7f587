"""`gatekeeper next`: Show the least work that unblocks an exit.

Lists the actions, each once for all services that need it: who does it, and what it answers and unblocks.
Below them is the evidence that lapses before the exit date unless it is renewed. `--owner` and `--service`
add instructions. `--format issues` is for the import into a tracker.

Example: gatekeeper next --milestone M2

Heading: Judge
"""

from typing import Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import AsOf, MilestoneOption, Texts, flag, format_option, open_here, option


def command(
    context: typer.Context,
    milestone: MilestoneOption = None,
    owner: Annotated[
        Texts, option("--owner", "TEAM", "Show what this owner has to do, in full; repeatable.", words.owners)
    ] = None,
    service: Annotated[
        Texts,
        option(
            "--service", "NAME", "Show what this service needs, in full; repeatable.", words.services, "-s"
        ),
    ] = None,
    all_: Annotated[bool, flag("--all", "Show all actions, not only the first 30.")] = False,
    as_of: AsOf = None,
    format_: Annotated[str, format_option("table", "json", "issues", "issues-md")] = "table",
) -> None:
    """Judge a milestone and write its actions."""
    from gatekeeper.cli.output import show, write
    from gatekeeper.model.report import Filter
    from gatekeeper.reporters.text import as_json
    from gatekeeper.reporters.views import issues
    from gatekeeper.reporters.views import next as view
    from gatekeeper.workspace.api import today
    from gatekeeper.workspace.selection import select_milestone, select_services

    workspace = open_here(context)
    manifests = workspace.loaded.manifests
    shown = Filter(tuple(service or ()), tuple(owner or ()))
    chosen = select_milestone(manifests, milestone, as_of or today())
    select_services(manifests, chosen, shown)
    report = workspace.judge(chosen, as_of=as_of, across=True).report(details=True)._replace(filter=shown)
    exit_date = manifests.milestones[chosen].exit_date
    if format_ == "issues":
        write(as_json(issues.data(report, exit_date)))
    elif format_ == "issues-md":
        write(issues.as_markdown(report, exit_date))
    else:
        show(
            format_,
            lambda: view.data(report, exit_date),
            lambda on: view.parts(report, exit_date, on, all_=all_),
        )
