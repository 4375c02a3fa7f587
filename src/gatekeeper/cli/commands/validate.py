"""`gatekeeper validate`: Check every manifest.

Shows all errors at once, each with file:line:column and a hint. Exit code 3 if there are any. Each number and
name that a rule cites must be among its operands. Warnings name files that have no effect, and files that
CODEOWNERS does not cover; they do not change the exit code.

Example: gatekeeper validate

Heading: Set up
"""

from collections.abc import Sized

import typer

from gatekeeper.cli.arguments import FormatOption, open_here
from gatekeeper.cli.output import warn, write, write_data
from gatekeeper.errors import ExitCode


def command(context: typer.Context, format_: FormatOption = "table") -> None:
    """Load the workspace and write its problems and warnings."""
    from gatekeeper.reporters.text import as_json
    from gatekeeper.workspace.review import HINT, has_no_owners

    found = open_here(context).validation()
    if format_ == "json":
        listed = {"errors": found.problems, "warnings": found.warnings}
        write_data(as_json({kind: [one._asdict() for one in of_kind] for kind, of_kind in listed.items()}))
        raise typer.Exit(ExitCode.INVALID_WORKSPACE if found.problems else ExitCode.READY)
    warn(found.warnings)
    loaded = found.valid()
    if has_no_owners(loaded):
        typer.echo(f"hint: {HINT}", err=True)
    manifests = loaded.manifests
    own = [name for formats in manifests.formats.values() for name in formats]
    counts: dict[str, Sized] = {"gate": manifests.gates, "service": manifests.services}
    counts |= {"milestone": manifests.milestones, **({"own format": own} if own else {})}
    parts = (f"{len(of):,} {noun}{'' if len(of) == 1 else 's'}" for noun, of in counts.items())
    write(f"valid: {', '.join(parts)}\n")
