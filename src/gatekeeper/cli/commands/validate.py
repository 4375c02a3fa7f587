"""`gatekeeper validate`: Check every manifest.

Shows all errors at once, each with file:line:column and a hint. Exit code 3 if there are any. Warnings name
files that have no effect; they do not change the exit code.

Example: gatekeeper validate

Heading: Set up
"""

import typer

from gatekeeper.cli.arguments import FormatOption, open_here
from gatekeeper.cli.output import warn, write
from gatekeeper.errors import ExitCode


def command(context: typer.Context, format_: FormatOption = "table") -> None:
    """Load the workspace and write its problems and warnings."""
    from gatekeeper.reporters.views import validate as view

    found = open_here(context).validation()
    if format_ == "json":
        write(view.as_json(found.problems, found.warnings))
        raise typer.Exit(ExitCode.INVALID_WORKSPACE if found.problems else ExitCode.READY)
    warn(found.warnings)
    manifests = found.valid().manifests
    counts = {"gate": manifests.gates, "service": manifests.services, "milestone": manifests.milestones}
    parts = (f"{len(of):,} {noun}{'' if len(of) == 1 else 's'}" for noun, of in counts.items())
    write(f"valid: {', '.join(parts)}\n")
