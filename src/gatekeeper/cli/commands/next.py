"""`gatekeeper next`: Show the least work that unblocks an exit.

Lists the actions, each once for all services that need it: who does it, and what it answers and unblocks.
Below them is the evidence that lapses before the exit date unless it is renewed. `--owner` and `--service`
add instructions. `--format issues` is for the import into a tracker.

Example: gatekeeper next --milestone M2

Heading: Judge
"""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import (
    AsOf,
    MilestoneOption,
    Texts,
    flag,
    format_option,
    open_here,
    option,
    workspace_root,
)
from gatekeeper.cli.kept_runs import finish, kept_output
from gatekeeper.cli.output import write_data
from gatekeeper.errors import ExitCode
from gatekeeper.workspace.kept_outputs import Written

if TYPE_CHECKING:
    from gatekeeper.model.report import Report


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
    kept = kept_output(context, milestone, as_of) if format_ == "table" else None
    if kept:
        as_of = kept.as_of  # one day, also at midnight
        if written := kept.of_a_run():
            finish(written)
    from gatekeeper.model.report import Filter
    from gatekeeper.workspace.clock import today
    from gatekeeper.workspace.kept_parts import observed
    from gatekeeper.workspace.loading import disk_tree, observed_tree
    from gatekeeper.workspace.selection import select_milestone, select_services

    root = workspace_root(context)
    tree = observed_tree(root) if kept else disk_tree(root)
    with observed(tree) as reading:
        workspace = open_here(context, tree)
        manifests = workspace.loaded.manifests
        shown = Filter(tuple(service or ()), tuple(owner or ()))
        chosen = select_milestone(manifests, milestone, as_of or today())
        select_services(manifests, chosen, shown)
        report = workspace.judge(chosen, as_of=as_of, across=True).report(details=True)
        report, exit_date = report._replace(filter=shown), manifests.milestones[chosen].exit_date
        text = _text(format_, report, exit_date, everything=all_)
    if format_ == "json":
        write_data(text)
    else:
        new = Written(text, "", ExitCode.READY)
        if kept and (seen := reading.seen(workspace.loaded.rulebook)):
            kept.keep_of_a_run(new, seen)
        finish(new)


def _text(format_: str, report: "Report", exit_date: date | None, *, everything: bool) -> str:
    """Return the actions in a format."""
    from gatekeeper.cli.output import drawn
    from gatekeeper.reporters.text import as_json
    from gatekeeper.reporters.views import issues
    from gatekeeper.reporters.views import next as view

    match format_:
        case "issues":
            return as_json(issues.data(report, exit_date))
        case "issues-md":
            return issues.as_markdown(report, exit_date)
        case "json":
            return as_json(view.data(report, exit_date))
        case _:
            return drawn(lambda on: view.parts(report, exit_date, on, all_=everything))
