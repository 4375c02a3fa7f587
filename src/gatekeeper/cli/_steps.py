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

Step = int | str
_MOST_COMMITS = 1_000_000


def step_option(name: str, help_: str) -> "OptionInfo":
    """Return an option that chooses commits."""

    def parse(written: str) -> Step:
        if written in ("day", "week"):
            return written
        if written.isascii() and written.isdigit() and len(written) < 9 and 0 < int(written) <= _MOST_COMMITS:
            return int(written)
        raise UsageError(f"{name} {written}: write day, week, or a number of commits, 1 for all of them")

    found: OptionInfo = typer.Option(
        name, metavar="N|day|week", help=help_, parser=parse, autocompletion=words.among("day", "week")
    )
    return found


TrendOption = Annotated[
    Step | None, step_option("--trend", "Add the history: each N-th commit, or the last of a day or week.")
]
TrendPageOption = Annotated[
    Step | None,
    step_option("--trend", "Add a page of trends: each N-th commit, or the last of a day or week."),
]


def trend_here(context: typer.Context, step: Step, since: date | None = None) -> "Trend":
    """Return the trend of the milestones of the workspace."""
    from gatekeeper.workspace.history import trend_of

    return trend_of(workspace_root(context), step, since)
