"""`gatekeeper audit`."""

from typing import Annotated

import typer

from gatekeeper.cli._run import (
    FormatOption,
    format_of,
    open_here,
    say,
    screen,
)
from gatekeeper.errors import ExitCode


def command(
    context: typer.Context,
    format_: FormatOption = "table",
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 where anything is found.")] = False,
) -> None:
    """Find contradictions in the plan itself.

    The published exit summary against the matrix, falling and skipped levels, missing gates.

    Example: gatekeeper audit
    """
    from gatekeeper.judging.plans.audit import audit
    from gatekeeper.reporters.views import audit as view

    chosen = format_of(format_, view.FORMATS)
    found = audit(open_here(context).manifests)
    say(view.as_json(found) if chosen == "json" else view.as_table(found, screen()))
    raise typer.Exit(ExitCode.BLOCKED if strict and found else ExitCode.READY)
