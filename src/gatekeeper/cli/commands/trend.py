"""`gatekeeper trend`: Show how verdicts changed over time.

Judges the history in Git, commit by commit along first parents: each as of its own day and by its own
rulebook. Nothing is checked out, and the working tree is not read. With --criteria, it shows which rules
deserve a review.

Example: gatekeeper trend --milestone M2 --since 2026-09-01 --every week

Heading: Judge
"""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import Texts, date_option, flag, format_option, option
from gatekeeper.cli.output import show, write_data
from gatekeeper.cli.steps import step_option, trend_here
from gatekeeper.errors import UsageError, known

if TYPE_CHECKING:
    from gatekeeper.model.trend import Trend


def command(
    context: typer.Context,
    milestone: Annotated[
        Texts, option("--milestone", "M", "Show this milestone only; repeatable.", words.milestones, "-m")
    ] = None,
    since: Annotated[date | None, date_option("--since", "Leave out commits before this day.")] = None,
    every: Annotated[
        str, step_option("--every", "Judge each N-th commit, or the last of a day or week.")
    ] = "day",
    criteria: Annotated[
        bool, flag("--criteria", "Show which criteria never failed, never passed, or flap.")
    ] = False,
    format_: Annotated[
        str, format_option("table", "json", "svg", help_="table, json or svg (of one milestone).")
    ] = "table",
) -> None:
    """Judge the history and write the verdicts over time."""
    from gatekeeper.reporters.views import trend as view

    if criteria and format_ == "svg":
        raise UsageError("--format svg draws a milestone, not criteria: use table or json with --criteria")
    found = trend_here(context, every, since)
    asked = {known(name, found.milestones, "milestone") for name in milestone or found.milestones}
    found = found._replace(milestones=tuple(name for name in found.milestones if name in asked))
    if format_ == "svg":
        write_data(_chart(found))
    elif criteria:
        _review(context, found, every, since, format_)
    else:
        show(format_, lambda: view.data(found, every, since), lambda on: view.parts(found, every, on))


def _review(context: typer.Context, found: "Trend", every: str, since: date | None, format_: str) -> None:
    from gatekeeper.cli.statements import program_in
    from gatekeeper.judging.outlook.review import review
    from gatekeeper.reporters.views import trend, trend_criteria

    of, program = review(found), program_in(context.obj)
    show(
        format_,
        lambda: trend.data(found, every, since) | trend_criteria.data(of),
        lambda _: trend_criteria.parts(found, of, every, program),
    )


def _chart(found: "Trend") -> str:
    from gatekeeper.reporters.views.trend_svg import chart

    if len(found.milestones) != 1:
        names = ", ".join(found.milestones) or "none could be judged"
        raise UsageError(f"--format svg draws one milestone: name it with --milestone ({names})")
    return chart(found, found.milestones[0])
