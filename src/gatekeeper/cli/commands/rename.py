"""`gatekeeper rename`: Rename a service, with its folder and every reference to it.

Moves the manifest and its folder, and changes what names the service: other manifests, the risk register,
published lists, exemptions of rules, recorders, and lines of CODEOWNERS. The manifest keeps the old name
under `identity.formerly`: signatures and records of that name go on to count. Files that mention it are
listed.

Example: gatekeeper rename basket-service cart-service --dry-run

Heading: Set up
"""

from typing import Annotated

import typer

from gatekeeper.cli.arguments import ServiceArgument, argument, flag
from gatekeeper.cli.output import write, write_parts
from gatekeeper.cli.statements import next_command, workspace_to_write, write_line


def command(
    context: typer.Context,
    service: ServiceArgument,
    new: Annotated[str, argument("NEW", "Its new name.")],
    dry_run: Annotated[bool, flag("--dry-run", "Show what would change, and write nothing.")] = False,
) -> None:
    """Rename a service, and write what was changed and what was not."""
    from gatekeeper.reporters.views.rename import parts
    from gatekeeper.workspace.renaming import prepare_rename

    with workspace_to_write(context) as loaded:
        rename = prepare_rename(loaded, service, new)
        if not dry_run:
            rename.write()
    write_line(None if dry_run else "pass", f"{'would rename' if dry_run else 'renamed'} {service} to {new}")
    write_parts(lambda _: parts(rename))
    write("nothing was written\n" if dry_run else next_command(context, "check", "--base", "HEAD") + "\n")
