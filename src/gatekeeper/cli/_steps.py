"""Which commits of the history to judge: each n-th, or the last of each day or week."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import _completion_words as words
from gatekeeper.cli._arguments import workspace_root
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from typer.models import OptionInfo

    from gatekeeper.model.trend import Trend

_MOST_COMMITS = 1_000_000


def step_option(name: str, help_: str) -> "OptionInfo":
    """Return an option that chooses commits."""

    def check(written: str | None) -> str | None:
        if written in (None, "day", "week") or _is_count(written):
            return written
        raise UsageError(f"{name} {written}: write day, week, or a number of commits, 1 for all of them")

    found: OptionInfo = typer.Option(
        name, metavar="N|day|week", help=help_, callback=check, autocompletion=words.among("day", "week")
    )
    return found


TrendOption = Annotated[
    str | None, step_option("--trend", "Add the history: each N-th commit, or the last of a day or week.")
]
TrendPageOption = Annotated[
    str | None,
    step_option("--trend", "Add a page of trends: each N-th commit, or the last of a day or week."),
]


def trend_here(context: typer.Context, step: str, since: date | None = None) -> "Trend":
    """Return the trend of the milestones of the workspace."""
    from gatekeeper.workspace.history import trend_of

    return trend_of(workspace_root(context), int(step) if step.isdigit() else step, since)


def _is_count(written: str) -> bool:
    is_number = written.isascii() and written.isdigit() and len(written) < 9
    return is_number and 0 < int(written) <= _MOST_COMMITS
