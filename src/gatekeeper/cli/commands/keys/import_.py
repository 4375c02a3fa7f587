"""`gatekeeper keys import`: Add keys to the people of the roster.

Reads the list of allowed signers that Git and `ssh-keygen -Y verify` use. A key is added to the person whose
name is a principal of its line, ignoring case; `valid-after` and `valid-before` become `from` and `until`.
People who are not on the roster are listed, with the line that adds them. Nothing is removed.

Example: gatekeeper keys import .github/allowed_signers --dry-run
"""

from pathlib import Path
from typing import Annotated

import typer

from gatekeeper.cli.arguments import argument, flag, start_folder
from gatekeeper.cli.output import read_bytes, write_parts
from gatekeeper.cli.statements import workspace_to_write


def command(
    context: typer.Context,
    file: Annotated[Path, argument("FILE", "A list of allowed signers.")],
    dry_run: Annotated[bool, flag("--dry-run", "Show what would be added, and write nothing.")] = False,
) -> None:
    """Add the keys, and write what was done with each line."""
    from gatekeeper.reporters.views import keys as view
    from gatekeeper.workspace.key_import import prepare_import

    data = read_bytes(file, start_folder(context))
    with workspace_to_write(context) as loaded:
        prepared = prepare_import(loaded, data)
        if prepared.edited and not dry_run:
            prepared.edited.write()
    write_parts(lambda on: view.imported(prepared.lines, str(file), prepared.file, on, is_dry=dry_run))
