"""`gatekeeper audit`: Find contradictions in the plan itself.

Compares the published exit summary with the matrix, and finds falling and skipped levels and missing gates.

Example: gatekeeper audit

Heading: Plan
"""

from typing import Annotated

import typer

from gatekeeper.cli.arguments import FormatOption, flag, open_here
from gatekeeper.cli.output import show
from gatekeeper.errors import ExitCode


def command(
    context: typer.Context,
    format_: FormatOption = "table",
    strict: Annotated[bool, flag("--strict", "Exit 1 if anything is found.")] = False,
) -> None:
    """Write the contradictions of the plan."""
    from gatekeeper.judging.plans.audit import audit
    from gatekeeper.reporters.views import audit as view

    found = audit(open_here(context).loaded.manifests)
    show(format_, lambda: view.data(found), lambda _: view.parts(found))
    raise typer.Exit(ExitCode.BLOCKED if strict and found else ExitCode.READY)
