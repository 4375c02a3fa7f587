"""`gatekeeper can-ship`: Judge whether a service may be deployed.

Reads the rulebook and this service only. Exit code 0: it may ship; 1: it may not; 3: the workspace is
invalid.

Example: gatekeeper can-ship basket-service --to production --commit 3f2a9c1

Heading: Judge
"""

import sys
from collections.abc import Callable
from time import monotonic, sleep
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import AsOf, FormatOption, ServiceArgument, Text, open_here, option
from gatekeeper.cli.output import show

if TYPE_CHECKING:
    from gatekeeper.model.shipping import Shipping

RETRY_EVERY = 5.0
"""Seconds between two reads of evidence that is pending."""


def command(
    context: typer.Context,
    service: ServiceArgument,
    to: Annotated[str, option("--to", "WHERE", "A destination that a level ships to.", words.destinations)],
    commit: Annotated[
        Text, option("--commit", "SHA", "The commit to deploy; by default the manifest's release.commit.")
    ] = None,
    as_of: AsOf = None,
    format_: FormatOption = "table",
    retry_while_missing: Annotated[
        int,
        typer.Option(
            "--retry-while-missing",
            metavar="SECONDS",
            min=0,
            max=3600,
            help="Retry for this long while only missing evidence blocks it.",
        ),
    ] = 0,
) -> None:
    """Judge a service for a destination, write the answer, and exit with its code."""
    from gatekeeper.reporters.views import can_ship as view

    workspace = open_here(context)
    shipping = _with_retries(
        lambda: workspace.can_ship(service, to=to, commit=commit, as_of=as_of), retry_while_missing
    )
    show(format_, lambda: view.data(shipping), lambda on: view.parts(shipping, on))
    raise typer.Exit(shipping.exit_code)


def _with_retries(judge: "Callable[[], Shipping]", seconds: int) -> "Shipping":
    """Judge the service. While only missing evidence blocks it, judge again, for at most `seconds`."""
    deadline = monotonic() + seconds
    shipping = judge()
    while shipping.waits_for and (left := deadline - monotonic()) > 0:
        _show_wait(shipping, left)
        sleep(min(RETRY_EVERY, left))
        shipping = judge()
    return shipping


def _show_wait(shipping: "Shipping", left: float) -> None:
    """Show the pending evidence, if standard error is a terminal; a log gets the answer only."""
    if not sys.stderr.isatty():
        return
    from gatekeeper.reporters.wording.counts import first_few

    typer.echo(f"waiting for {first_few(shipping.waits_for, 3)}: {left:.0f} s left", err=True)
