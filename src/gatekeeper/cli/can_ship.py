"""`gatekeeper can-ship`: the deploy gate."""

import re
import sys
from collections.abc import Callable
from time import monotonic, sleep
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper import __version__
from gatekeeper.cli import _words
from gatekeeper.cli._run import (
    AsOf,
    FormatOption,
    ServiceArgument,
    day,
    format_of,
    known,
    say,
    screen,
    start_folder,
)
from gatekeeper.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from gatekeeper.model.shipping import Shipping
    from gatekeeper.workspace.loading import LoadedWorkspace

LOOK_EVERY = 5.0
"""Seconds between two looks at evidence that is still on its way."""
LONGEST = 3600


def command(
    context: typer.Context,
    service: ServiceArgument,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="WHERE",
            help="internal, staging or production.",
            autocompletion=_words.among(*_words.DESTINATIONS),
        ),
    ],
    commit: Annotated[
        str | None,
        typer.Option(
            "--commit", metavar="SHA", help="What is about to ship; by default the manifest's release.commit."
        ),
    ] = None,
    as_of: AsOf = None,
    format_: FormatOption = "table",
    retry_while_missing: Annotated[
        int,
        typer.Option(
            "--retry-while-missing",
            metavar="SECONDS",
            min=0,
            max=LONGEST,
            help="Look again for so long while nothing but missing evidence stands against it.",
        ),
    ] = 0,
) -> None:
    """Judge whether a service may be deployed.

    Reads the rulebook and this service only. Exit code 0: it may ship; 1: it may not; 3: the workspace is
    invalid.

    Example: gatekeeper can-ship basket-service --to production --commit 3f2a9c1
    """
    from gatekeeper.manifests.discovery import find_workspace
    from gatekeeper.model.rulebook import Destination
    from gatekeeper.reporters.views import can_ship as view
    from gatekeeper.workspace.judging import ship
    from gatekeeper.workspace.loading import open_for_service

    chosen_format = format_of(format_, view.FORMATS)
    destination = Destination(known(to, list(Destination), "destination"))
    sha = _commit(commit)
    day(as_of)
    root = find_workspace(start_folder(context))

    def look() -> "tuple[LoadedWorkspace, Shipping]":
        opened = open_for_service(root, service)
        return opened, ship(opened, service, destination, day(as_of), sha)

    opened, shipping = _patiently(look, retry_while_missing)
    exit_code = ExitCode.READY if shipping.may_ship else ExitCode.BLOCKED
    if chosen_format == "json":
        say(view.as_json(shipping, opened.rulebook.digest, __version__, exit_code))
    else:
        say(view.as_table(shipping, screen()))
    raise typer.Exit(exit_code)


def _commit(written: str | None) -> str | None:
    """An id of fewer than seven digits would fit many a commit."""
    if written is None or re.fullmatch(r"[0-9a-fA-F]{7,64}", written):
        return written.lower() if written else None
    raise UsageError(f"--commit {written}: write a commit id, of at least seven of its digits")


def _patiently(
    look: "Callable[[], tuple[LoadedWorkspace, Shipping]]", seconds: int
) -> "tuple[LoadedWorkspace, Shipping]":
    """Look, and while only missing evidence stands against it look again, for so many seconds at most."""
    deadline = monotonic() + seconds
    opened, shipping = look()
    while shipping.waits_for and (left := deadline - monotonic()) > 0:
        _tell(shipping, left)
        sleep(min(LOOK_EVERY, left))
        opened, shipping = look()
    return opened, shipping


def _tell(shipping: "Shipping", left: float) -> None:
    """Say what is waited for, to a person who looks on; a log gets the answer alone."""
    if not sys.stderr.isatty():
        return
    names = ", ".join(shipping.waits_for[:3])
    more = f" and {len(shipping.waits_for) - 3} more" if len(shipping.waits_for) > 3 else ""
    typer.echo(f"waiting for {names}{more}: {left:.0f} s left", err=True)
