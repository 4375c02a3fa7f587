"""`gatekeeper validate`."""

import typer

from gatekeeper.cli._run import (
    FormatOption,
    format_of,
    say,
    start_folder,
)
from gatekeeper.errors import ExitCode, InvalidWorkspace


def command(
    context: typer.Context,
    format_: FormatOption = "table",
) -> None:
    """Check every manifest.

    All errors at once, each with file:line:column and a hint. Exit code 3 where there are any.

    Example: gatekeeper validate
    """
    from gatekeeper.manifests.discovery import find_workspace
    from gatekeeper.reporters.views import validate as view
    from gatekeeper.workspace.loading import validate

    chosen = format_of(format_, view.FORMATS)
    checked = validate(find_workspace(start_folder(context)))
    if chosen == "json":
        say(view.as_json(checked.problems))
        raise typer.Exit(ExitCode.INVALID_WORKSPACE if checked.problems else ExitCode.READY)
    if checked.opened is None:
        raise InvalidWorkspace(checked.problems)
    workspace = checked.opened.manifests
    counts = {"gate": workspace.gates, "service": workspace.services, "milestone": workspace.milestones}
    told = (f"{len(found):,} {what}{'' if len(found) == 1 else 's'}" for what, found in counts.items())
    say(f"valid: {', '.join(told)}\n")
