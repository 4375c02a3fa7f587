"""`gatekeeper verify-signatures`: Verify the signature of every statement of the workspace.

Lists sign-offs, attestations, declarations, approvals and exit records: who made each, and with which key.
Exit code 1: a signature does not fit its entry, or an entry must be signed and is not.

Example: gatekeeper verify-signatures orders-service

Heading: Record and sign
"""

from typing import Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import AsOf, FormatOption, Text, argument, flag, open_here
from gatekeeper.cli.output import show
from gatekeeper.cli.statements import program_in


def command(
    context: typer.Context,
    service: Annotated[Text, argument("[SERVICE]", "By default the whole workspace.", words.services)] = None,
    all_: Annotated[bool, flag("--all", "Show every entry by itself.")] = False,
    as_of: AsOf = None,
    format_: FormatOption = "table",
) -> None:
    """Verify the signatures and write the outcome."""
    from gatekeeper.errors import ExitCode
    from gatekeeper.reporters.views import verify_signatures as view
    from gatekeeper.workspace.api import today
    from gatekeeper.workspace.selection import service_named
    from gatekeeper.workspace.signature_check import check_signatures

    loaded = open_here(context).loaded
    of = service_named(loaded.manifests, service) if service else None
    found, governance = check_signatures(loaded, as_of or today(), of), loaded.rulebook.governance
    program = program_in(context.obj)
    show(
        format_,
        lambda: view.data(found, governance),
        lambda on: view.parts(found, governance, program, on, each=all_),
    )
    raise typer.Exit(ExitCode.BLOCKED if any(one.is_problem for one in found) else ExitCode.READY)
