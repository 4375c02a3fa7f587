"""Arguments that commands share, and the workspace that they name."""

import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.errors import UsageError, known

if TYPE_CHECKING:
    from gatekeeper.trees import Tree
    from gatekeeper.workspace.api import Workspace


Text = str | None
Texts = list[str] | None
File = Path | None
Paths = list[Path] | None
"""The types of options that may be left out."""


def flag(name: str, help_: str, short: str | None = None) -> Any:
    """Return an option without a value."""
    return typer.Option(*([name, short] if short else [name]), help=help_)


def option(
    name: str,
    metavar: str,
    help_: str,
    complete: Callable[..., Iterable[str]] | None = None,
    short: str | None = None,
) -> Any:
    """Return an option that takes a value."""
    names = [name, short] if short else [name]
    return typer.Option(*names, metavar=metavar, help=help_, autocompletion=complete)


def argument(metavar: str, help_: str, complete: Callable[..., Iterable[str]] | None = None) -> Any:
    """Return an argument."""
    return typer.Argument(metavar=metavar, help=help_, autocompletion=complete)


def format_option(*formats: str, help_: str | None = None) -> Any:
    """Return an option that takes one of these output formats."""

    def check(written: str | None) -> str | None:
        return written if written is None else known(written, formats, "format")

    return typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help=help_ or f"{in_words(formats)}.",
        autocompletion=words.among(*formats),
        callback=check,
    )


def in_words(names: "tuple[str, ...] | list[str]") -> str:
    """Return names as a list in a sentence: `table, json or svg`."""
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def date_option(name: str, help_: str) -> Any:
    """Return an option that takes a date."""

    def parse(written: str) -> date:
        try:
            return date.fromisoformat(written)
        except ValueError:
            raise UsageError(f"{name} {written}: write a date as 2026-11-02") from None

    return typer.Option(name, metavar="DATE", help=help_, parser=parse)


AsOf = Annotated[
    date | None, date_option("--as-of", "Judge as of this day (2026-11-02); by default today in UTC.")
]
MilestoneOption = Annotated[
    str | None,
    option("--milestone", "M", "By default the first that has not exited.", words.milestones, "-m"),
]
JobsOption = Annotated[
    int | None,
    option("--jobs", "N", "Judge by N processes; by default, with many services, one a core.", short="-j"),
]
DaskOption = Annotated[
    str | None, option("--dask", "ADDRESS|local", "Judge on a Dask cluster; local: one on this machine.")
]
FormatOption = Annotated[str, format_option("table", "json")]
ProveOption = Annotated[
    bool, flag("--prove", "Run migrations in a throw-away PostgreSQL: what do two tenants see?")
]
ServiceArgument = Annotated[str, argument("SERVICE", "A service of the plan.", words.services)]


def start_folder(context: typer.Context) -> Path:
    """Return the folder that the program runs in: `-C`, or the current one."""
    folder: Path = context.obj
    if not folder.is_dir():
        raise UsageError(f"-C {folder}: there is no such folder")
    return folder


def existing_folder(context: typer.Context, path: Path, said: str) -> Path:
    """Return a folder that the command line names, seen from `-C`; `said` is how it names it.

    Raises:
        UsageError: There is no such folder.
    """
    start = start_folder(context)
    if not (start / path).is_dir():
        raise UsageError(f"{said}: there is no such folder in {start.resolve()}")
    return (start / path).resolve()


def workspace_root(context: typer.Context) -> Path:
    """Return the workspace at or above the start folder; it need not be valid."""
    from gatekeeper.manifests.discovery import find_workspace

    return find_workspace(start_folder(context))


def open_here(context: typer.Context, tree: "Tree | None" = None) -> "Workspace":
    """Return the workspace at or above the start folder; on a terminal, reading it shows its progress."""
    from gatekeeper.workspace.api import Workspace

    root = workspace_root(context)
    if not sys.stderr.isatty():
        return Workspace(root, tree)
    from gatekeeper.reporters.text.progress import following

    return Workspace(root, tree, follow=following)
