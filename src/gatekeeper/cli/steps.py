"""Which commits of the history to judge: each n-th, or the last of each day or week."""

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import workspace_root
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from gatekeeper.model.trend import Trend


def step_option(name: str, help_: str) -> Any:
    """Return an option whose value says which commits to judge: each n-th, or the last of a day or week."""

    def check(written: str | None) -> str | None:
        if written in (None, "day", "week") or re.fullmatch(r"0{0,8}[1-9][0-9]{0,5}|1000000", written):
            return written
        raise UsageError(f"{name} {written}: write day, week, or a number of commits, 1 for all of them")

    return typer.Option(
        name, metavar="N|day|week", help=help_, callback=check, autocompletion=words.among("day", "week")
    )


TrendOption = Annotated[
    str | None, step_option("--trend", "Add trends: each N-th commit, or the last of a day or week.")
]


def trend_here(context: typer.Context, step: str, since: date | None = None) -> "Trend":
    """Return the trend of the workspace at or above the start folder."""
    from gatekeeper.workspace.history import trend_of

    return trend_of(workspace_root(context), int(step) if step.isdigit() else step, since)
