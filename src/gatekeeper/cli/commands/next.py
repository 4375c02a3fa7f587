"""`gatekeeper next`: Show the least work that unblocks an exit.

Lists the steps of each owner in the order to take them, and the evidence that lapses before the exit date
unless it is renewed.

Example: gatekeeper next --milestone M2

Heading: Judge
"""

from typing import Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import AsOf, FormatOption, MilestoneOption, Texts, open_here, option
from gatekeeper.cli.output import show


def command(
    context: typer.Context,
    milestone: MilestoneOption = None,
    owner: Annotated[
        Texts, option("--owner", "TEAM", "Show all steps of this owner only; repeatable.", words.owners)
    ] = None,
    as_of: AsOf = None,
    format_: FormatOption = "table",
) -> None:
    """Judge a milestone and write its steps."""
    from gatekeeper.model.report import Filter
    from gatekeeper.reporters.views import next as view
    from gatekeeper.workspace.selection import known_owners

    workspace = open_here(context)
    manifests = workspace.loaded.manifests
    shown = Filter(owners=known_owners(manifests, owner or ()))
    verdict = workspace.judge(milestone, as_of=as_of, across=True)
    report = verdict.report(details=True)._replace(filter=shown)
    exit_date = manifests.milestones[verdict.milestone].exit_date
    show(format_, lambda: view.data(report, exit_date), lambda on: view.parts(report, exit_date, on))
