"""`gatekeeper init`: Start a workspace, or add a service.

A workspace starts from the reference rulebook and plan.

Example: gatekeeper init readiness

Heading: Set up
"""

from pathlib import Path
from typing import Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import Text, open_here, option, start_folder
from gatekeeper.cli.output import write
from gatekeeper.errors import UsageError


def command(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="The folder of the workspace; by default the current one."),
    ] = None,
    service: Annotated[Text, option("--service", "NAME", "Add a service to this workspace instead.")] = None,
    owner: Annotated[Text, option("--owner", "TEAM", "The owner of the new service.", words.owners)] = None,
) -> None:
    """Write the manifests of a new workspace or of a new service."""
    from gatekeeper.manifests.scaffold import new_workspace

    if service is not None:
        if folder is not None:
            raise UsageError("a service is added to an existing workspace: leave DIR out, or use -C DIR")
        _add_service(context, service, owner or f"team-{service.removesuffix('-service')}")
        return
    written = new_workspace(start_folder(context) / (folder or "."))
    where = f" in {folder}" if folder else ""
    change = f" -C {folder}" if folder else ""
    write(
        f"wrote {len(written)} files{where}: the reference rulebook, plan and milestones, and CODEOWNERS\n"
        f"next: gatekeeper{change} check --milestone M0\n"
    )


def _add_service(context: typer.Context, name: str, owner: str) -> None:
    from gatekeeper.manifests.scaffold import new_service

    workspace = open_here(context)
    folder = workspace.loaded.services_folder
    written = new_service(folder, name, owner, workspace.milestones[0])
    write(f"wrote {folder.name}/{written}\nnext: fill in its plan, then gatekeeper validate\n")
