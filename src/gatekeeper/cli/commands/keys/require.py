"""`gatekeeper keys require`: Require signatures of a role.

From now on, what is stated in the role counts only with a signature. What was stated without one, and counts
today, stays valid until a level above the present one of its service is signed, or until its own `until`. The
role `ci` is that of records of evidence.

Example: gatekeeper keys require security --dry-run
"""

from typing import Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import AsOf, argument, flag
from gatekeeper.cli.output import write_parts
from gatekeeper.cli.statements import program_in, workspace_to_write


def command(
    context: typer.Context,
    role: Annotated[str, argument("ROLE", "A role of the governance, or ci.", words.roles)],
    as_of: AsOf = None,
    dry_run: Annotated[bool, flag("--dry-run", "Show what would be written, and write nothing.")] = False,
) -> None:
    """Require signatures, and write what stays valid and who signs next."""
    from gatekeeper.reporters.views import keys as view
    from gatekeeper.workspace.clock import today
    from gatekeeper.workspace.signature_requirement import prepare_requirement

    with workspace_to_write(context) as loaded:
        prepared = prepare_requirement(loaded, role, as_of or today())
        if prepared.edited and not dry_run:
            prepared.edited.write()
    required, program = prepared.required, program_in(context.obj)
    write_parts(lambda on: view.required(required, program, on, is_dry=dry_run))
