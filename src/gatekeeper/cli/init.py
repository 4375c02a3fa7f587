"""`gatekeeper init`."""

from pathlib import Path
from typing import Annotated

import typer

from gatekeeper.cli import _words
from gatekeeper.cli._run import open_here, say, start_folder
from gatekeeper.errors import UsageError


def command(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="By default the current one.")
    ] = None,
    service: Annotated[
        str | None, typer.Option("--service", metavar="NAME", help="Add a service to this workspace instead.")
    ] = None,
    owner: Annotated[
        str | None,
        typer.Option(
            "--owner", metavar="TEAM", help="Who owns the new service.", autocompletion=_words.owners
        ),
    ] = None,
) -> None:
    """Start a workspace, or add a service.

    A workspace starts from the reference rulebook and plan.

    Example: gatekeeper init readiness
    """
    from gatekeeper.manifests.scaffold import new_workspace

    if service is not None:
        if folder is not None:
            raise UsageError("a service is added to the workspace at hand: leave DIR out, or use -C DIR")
        _add_service(context, service, owner or f"team-{service.removesuffix('-service')}")
        return
    written = new_workspace(start_folder(context) / (folder or "."))
    where = f" in {folder}" if folder else ""
    change = f" -C {folder}" if folder else ""
    say(
        f"wrote {len(written)} files{where}: the reference rulebook, plan and milestones, and CODEOWNERS\n"
        f"next: gatekeeper{change} check --milestone M0\n"
    )


def _add_service(context: typer.Context, name: str, owner: str) -> None:
    import re

    from gatekeeper.manifests.scaffold import new_service

    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name):
        raise UsageError(f"{name!r} is no name for a service: use letters, digits, '-', '_' and '.'")
    opened = open_here(context)
    milestone = next(iter(opened.manifests.milestones))
    written = new_service(opened.services_folder, name, owner, milestone)
    say(f"wrote {opened.services_folder.name}/{written}\nnext: fill in its plan, then gatekeeper validate\n")
