"""What commands share: opening the workspace, reading the clock, and writing what they say."""

import os
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import _words
from gatekeeper.errors import UsageError, nearest

if TYPE_CHECKING:
    from gatekeeper.model.report import Screen
    from gatekeeper.model.workspace import Manifests
    from gatekeeper.workspace.loading import LoadedWorkspace

_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "zed"})
_TERMINALS = frozenset({"xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm"})
"""Terminals that follow links, as they name themselves."""

AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATE", help="Judge as of this day (2026-11-02); today in UTC by default."
    ),
]
MilestoneOption = Annotated[
    str | None,
    typer.Option(
        "--milestone",
        "-m",
        metavar="M",
        help="By default the first that has not been exited.",
        autocompletion=_words.milestones,
    ),
]
FormatOption = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="table or json.",
        autocompletion=_words.among(*_words.TABLE_OR_JSON),
    ),
]
ServiceArgument = Annotated[
    str,
    typer.Argument(metavar="SERVICE", help="A service of the plan.", autocompletion=_words.services),
]


def start_folder(context: typer.Context) -> Path:
    """Return the folder that the program runs in: `-C`, or the current one."""
    folder: Path = context.obj
    if not folder.is_dir():
        raise UsageError(f"-C {folder}: there is no such folder")
    return folder


def open_here(context: typer.Context) -> "LoadedWorkspace":
    """Return the workspace at or above the start folder; it is valid, or this does not return."""
    from gatekeeper.manifests.discovery import find_workspace
    from gatekeeper.workspace.loading import open_workspace

    opened = open_workspace(find_workspace(start_folder(context)))
    if not sys.stderr.isatty():
        return opened
    from gatekeeper.cli._progress import following

    return opened._replace(follow=following)


def day(written: str | None) -> date:
    """Return the as-of date: the only place where the program reads a clock."""
    if written is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise UsageError(f"--as-of {written}: write a date as 2026-11-02") from None


def chosen_milestone(workspace: "Manifests", written: str | None) -> str:
    """Return the milestone asked for, or the first that has not been exited."""
    if written is not None:
        return known(written, workspace.milestones, "milestone")
    for name, milestone in workspace.milestones.items():
        if milestone.exited is None:
            return name
    raise UsageError("every milestone has been exited: name one with --milestone")


def known(word: str, words: Iterable[str], what: str) -> str:
    """Return a word that must be one of those known."""
    choices = list(words)
    if word not in choices:
        raise UsageError(f"unknown {what} {word!r}; {nearest(word, choices)}")
    return word


def format_of(written: str, formats: Iterable[str]) -> str:
    """Return the output format asked for."""
    return known(written, formats, "format")


def screen() -> "Screen":
    """Return what standard output can show; `COLUMNS` and `NO_COLOR` are honoured, pipes get 80 columns."""
    import shutil

    from gatekeeper.model.report import Screen

    is_terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    return Screen(
        width=max(40, shutil.get_terminal_size((80, 24)).columns),
        colour=is_terminal and not os.environ.get("NO_COLOR"),
        unicode=encoding.startswith("utf"),
        links=is_terminal and not os.environ.get("NO_COLOR") and _follows_links(os.environ),
    )


def _follows_links(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is one of those known to follow links; `FORCE_HYPERLINK` decides where it is set.

    Others may show a link as a row of odd characters, so it has to be one that says who it is.
    """
    forced = environment.get("FORCE_HYPERLINK")
    if forced is not None:
        return forced != "0"
    if environment.get("VTE_VERSION", "").isdigit():
        return int(environment["VTE_VERSION"]) >= 5000
    return (
        environment.get("TERM_PROGRAM") in _PROGRAMS
        or environment.get("TERM") in _TERMINALS
        or not environment.keys().isdisjoint({"WT_SESSION", "KONSOLE_VERSION", "KITTY_WINDOW_ID"})
    )


def say(text: str) -> None:
    """Write to standard output; a reader that has gone away is no error."""
    try:
        _write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write(text: str) -> None:
    """Write what a screen cannot show as UTF-8, which formats for machines are in any locale."""
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))


def write_file(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    import tempfile

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            file.write(text)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
