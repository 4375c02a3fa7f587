"""`gatekeeper validate`: Check every manifest.

Shows all errors at once, each with file:line:column and a hint. Exit code 3 if there are any.

Example: gatekeeper validate

Heading: Set up
"""

import typer

from gatekeeper.cli.arguments import FormatOption, open_here
from gatekeeper.cli.output import write
from gatekeeper.errors import ExitCode


def command(context: typer.Context, format_: FormatOption = "table") -> None:
    """Load the workspace and write its problems."""
    from gatekeeper.reporters.views import validate as view

    workspace = open_here(context)
    if format_ == "json":
        problems = workspace.validate()
        write(view.as_json(problems))
        raise typer.Exit(ExitCode.INVALID_WORKSPACE if problems else ExitCode.READY)
    manifests = workspace.loaded.manifests
    counts = {"gate": manifests.gates, "service": manifests.services, "milestone": manifests.milestones}
    parts = (f"{len(found):,} {noun}{'' if len(found) == 1 else 's'}" for noun, found in counts.items())
    write(f"valid: {', '.join(parts)}\n")
