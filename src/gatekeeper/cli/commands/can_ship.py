"""`gatekeeper can-ship`: Judge whether a service may be deployed.

Reads the rulebook and this service only. Exit code 0: it may ship; 1: it may not; 3: the workspace is
invalid.

Example: gatekeeper can-ship basket-service --to production --commit 3f2a9c1

Example: gatekeeper can-ship basket-service --to production --subject $IMAGE --output intoto=basket.json

Heading: Judge
"""

import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import (
    AsOf,
    File,
    FormatOption,
    ServiceArgument,
    Text,
    Texts,
    open_here,
    option,
    start_folder,
)
from gatekeeper.cli.output import show, write_to
from gatekeeper.cli.outputs import outputs_named, signing_key
from gatekeeper.errors import known
from gatekeeper.model.attested import ATTESTED

if TYPE_CHECKING:
    from gatekeeper.model.shipping import Shipping

FORMATS = ("json", ATTESTED)
"""What can be written to a file."""
RETRY_EVERY = 5.0
"""Seconds between two reads of evidence that is pending."""


def command(
    context: typer.Context,
    service: ServiceArgument,
    to: Annotated[str, option("--to", "WHERE", "A destination that a level ships to.", words.destinations)],
    commit: Annotated[
        Text, option("--commit", "SHA", "The commit to deploy; by default the manifest's release.commit.")
    ] = None,
    subject: Annotated[
        Texts,
        option(
            "--subject", "DIGEST", "The image or package to deploy: IMAGE@sha256:HEX, sha256:HEX; repeatable."
        ),
    ] = None,
    as_of: AsOf = None,
    format_: FormatOption = "table",
    output: Annotated[
        Texts, option("--output", "FORMAT=PATH", "Write json or intoto to a file; repeatable.", short="-o")
    ] = None,
    sign: Annotated[File, option("--sign", "KEY", "Sign the intoto output with this private key.")] = None,
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
    from gatekeeper.workspace.deploying import must_be_attestable
    from gatekeeper.workspace.files import keep_sources
    from gatekeeper.workspace.loading import open_for_service

    folder = start_folder(context)
    outputs = [
        one._replace(format=known(one.format, FORMATS, "format")) for one in outputs_named(output or ())
    ]
    key = signing_key(folder, sign, outputs) if sign else None
    workspace = open_here(context)
    if outputs:
        keep_sources(
            open_for_service(workspace.root, service, workspace.tree),
            [folder / one.file for one in outputs if one.file],
        )

    def judge() -> "Shipping":
        shipping = workspace.can_ship(service, to=to, commit=commit, as_of=as_of, subjects=subject or ())
        if any(one.format == ATTESTED for one in outputs):
            must_be_attestable(shipping)
        return shipping

    shipping = _with_retries(judge, retry_while_missing)
    # All outputs are rendered before the first is written: a refused run leaves nothing behind.
    for file, text in [(one.file, _text(shipping, one.format, key)) for one in outputs]:
        write_to(file, text, folder)
    show(format_, lambda: view.data(shipping), lambda on: view.parts(shipping, on))
    raise typer.Exit(shipping.exit_code)


def _text(shipping: "Shipping", format_: str, key: Path | None) -> str:
    """Return the answer in a format."""
    from gatekeeper.reporters.text import as_json
    from gatekeeper.reporters.views import can_ship as view
    from gatekeeper.workspace.deploying import statement_on

    return statement_on(shipping, key) if format_ == ATTESTED else as_json(view.data(shipping))


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
