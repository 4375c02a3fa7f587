"""What commands that write share: one writer at a time, dates, milestones, and what they say at the end."""

import shlex
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from gatekeeper.cli._run import chosen_milestone, day, known, say, screen, start_folder
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from gatekeeper.model.service import Service
    from gatekeeper.workspace.loading import LoadedWorkspace

OnOption = Annotated[str | None, typer.Option("--on", metavar="DATE", help="When; by default the as-of day.")]


class Days(NamedTuple):
    """The day a statement is made on, and the day that counts as today."""

    on: date
    as_of: date


def days(on: str | None, as_of: str | None) -> Days:
    """Return both days; a statement of the future is refused."""
    today = day(as_of)
    if on is None:
        return Days(today, today)
    try:
        made_on = date.fromisoformat(on)
    except ValueError:
        raise UsageError(f"--on {on}: write a date as 2026-11-02") from None
    if made_on > today:
        raise UsageError(f"--on {made_on} lies in the future: the as-of date is {today}")
    return Days(made_on, today)


@contextmanager
def workspace_to_write(context: typer.Context) -> "Iterator[LoadedWorkspace]":
    """Open the workspace as its only writer."""
    from gatekeeper.manifests.discovery import find_workspace
    from gatekeeper.manifests.files import only_writer
    from gatekeeper.workspace.loading import open_workspace

    root = find_workspace(start_folder(context))
    with only_writer(root):
        yield open_workspace(root)


def service_of(opened: "LoadedWorkspace", name: str) -> "Service":
    """Return a service of the plan."""
    return opened.manifests.services[known(name, opened.manifests.services, "service")]


def planned_milestone(opened: "LoadedWorkspace", service: "Service", written: str | None) -> str:
    """Return the milestone asked for, by default the first not exited at which the service has a target."""
    milestones = opened.manifests.milestones
    if written is not None:
        if chosen_milestone(opened.manifests, written) in service.plan:
            return written
        planned = ", ".join(name for name in milestones if name in service.plan)
        raise UsageError(f"{service.service} has no target at {written}; it has at {planned}")
    planned_ones = [name for name in milestones if name in service.plan]
    to_come = [name for name in planned_ones if milestones[name].exited is None]
    return (to_come or planned_ones[-1:])[0]


def next_command(context: typer.Context, *words: str) -> str:
    """Return a command to copy, for the same folder."""
    folder: Path = context.obj
    where = [] if folder == Path() else ["-C", shlex.quote(str(folder))]
    return " ".join(["next: gatekeeper", *where, *words])


def tell(lines: Iterable[tuple[str | None, str]]) -> None:
    """Say lines, each with the sign of an outcome or without."""
    from gatekeeper.reporters.views.written import as_table

    say(as_table(lines, screen()))
