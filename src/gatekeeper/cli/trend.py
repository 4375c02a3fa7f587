"""`gatekeeper trend`."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import _words
from gatekeeper.cli._run import format_of, known, say, screen, start_folder
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from typer.models import OptionInfo

    from gatekeeper.model.trend import Trend
    from gatekeeper.trees.history import Commit

_MOST_COMMITS = 1_000_000


def step_option(name: str, meaning: str) -> "OptionInfo":
    """Return an option that says which commits to look at, as `step_of` reads it."""
    option: OptionInfo = typer.Option(
        name, metavar="N|day|week", help=meaning, autocompletion=_words.among("day", "week")
    )
    return option


def command(
    context: typer.Context,
    milestone: Annotated[
        list[str] | None,
        typer.Option(
            "--milestone",
            "-m",
            metavar="M",
            help="Show this milestone only; repeatable.",
            autocompletion=_words.milestones,
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Leave out commits before this day.")
    ] = None,
    every: Annotated[
        str,
        step_option("--every", "Look at each N-th commit, or the last of a day or week."),
    ] = "day",
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="table, json or svg (of one milestone).",
            autocompletion=_words.among("table", "json", "svg"),
        ),
    ] = "table",
) -> None:
    """Show how verdicts changed over time.

    Judges what git keeps, commit by commit along first parents: each as of its own day and by its own
    rulebook. Nothing is checked out, and the working tree is not looked at.

    Example: gatekeeper trend --milestone M2 --since 2026-09-01 --every week
    """
    from gatekeeper.reporters.views import trend as view

    chosen_format = format_of(format_, view.FORMATS)
    step, first = step_of(every, "--every"), _first_day(since)
    found = over_time(context, step, first)
    asked = tuple(known(name, found.milestones, "milestone") for name in milestone or ())
    found = found._replace(milestones=tuple(name for name in found.milestones if not asked or name in asked))
    match chosen_format:
        case "json":
            say(view.as_json(found, every, first))
        case "svg":
            say(_chart(found))
        case _:
            say(view.as_table(found, every, screen()))


def over_time(context: typer.Context, step: int | str, first: date | None = None) -> "Trend":
    """Return where the milestones of the workspace at hand stood, at the commits that the step chooses."""
    from gatekeeper.manifests.discovery import find_repository, find_workspace
    from gatekeeper.trees.history import first_parents, sampled
    from gatekeeper.workspace.history import trend

    root = find_workspace(start_folder(context))
    repository = find_repository(root)
    history = first_parents(str(repository))
    commits = sampled(_since(history.commits, first), step)
    return trend(root, repository, commits)._replace(is_shallow=history.is_shallow)


def _chart(found: "Trend") -> str:
    from gatekeeper.reporters.views.trend_svg import chart

    if len(found.milestones) != 1:
        names = ", ".join(found.milestones) or "none could be judged"
        raise UsageError(f"--format svg draws one milestone: name it with --milestone ({names})")
    return chart(found, found.milestones[0])


def step_of(written: str, option: str) -> int | str:
    """Return which commits to look at: each N-th, or the last of a day or week."""
    if written in ("day", "week"):
        return written
    if written.isascii() and written.isdigit() and 0 < int(written[:9]) <= _MOST_COMMITS and len(written) < 9:
        return int(written)
    raise UsageError(f"{option} {written}: write day, week, or a number of commits, 1 for all of them")


def _first_day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written is not None else None
    except ValueError:
        raise UsageError(f"--since {written}: write a date as 2026-11-02") from None


def _since(commits: "tuple[Commit, ...]", first: date | None) -> "list[Commit]":
    chosen = [commit for commit in commits if first is None or commit.day >= first]
    if not chosen:
        raise UsageError(f"no commit since {first}; the newest is of {commits[0].day}")
    return chosen
