"""Record the evidence of every service whose folder exists: `gatekeeper collect` without a service."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gatekeeper.cli.arguments import start_folder
from gatekeeper.cli.output import write, write_parts
from gatekeeper.cli.statements import next_command, write_line
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from gatekeeper.model.service import Service
    from gatekeeper.workspace.loading import LoadedWorkspace
    from gatekeeper.workspace.recording import NewRecord

Recording = Callable[[str, Path], "tuple[NewRecord, str]"]
"""Record the evidence of a service in a folder; return the record, and what was written."""


def collect_all(
    context: typer.Context, loaded: "LoadedWorkspace", from_: Path | None, recording: Recording
) -> None:
    """Record every service whose folder exists, a line each; list the others.

    Raises:
        UsageError: `--from` is missing or the same for all services, or a service cannot be recorded.
    """
    from gatekeeper.reporters.views import collect as view

    if from_ is None or not any(word in str(from_) for word in ("{service}", "{repository}")):
        raise UsageError(
            "name a SERVICE, or write --from with {service} or {repository}: --from '../clones/{repository}'"
        )
    refused, left_out = list[str](), dict[str, list[str]]()
    for name, service in loaded.manifests.services.items():
        folder, why = _folder(context, loaded, service, str(from_))
        if folder is None:
            left_out.setdefault(why, []).append(name)
            continue
        try:
            new, written = recording(name, folder)
        except UsageError as error:
            refused.append(name)
            write_line("fail", f"{name}  {error}")
        else:
            write_parts(partial(view.line, name, new, written))
    write_parts(partial(view.left_out, left_out))
    write(next_command(context, "check") + "\n")
    if refused:
        raise UsageError(f"not recorded: {', '.join(refused)}")


def _folder(
    context: typer.Context, loaded: "LoadedWorkspace", service: "Service", template: str
) -> tuple[Path | None, str]:
    """Return the folder of a service's artefacts; None, and why, if it has none."""
    from gatekeeper.manifests.conventions import repository_name

    if not service.evidence:
        return None, "maps no evidence"
    repository = repository_name(service, loaded.manifests.conventions)
    if "{repository}" in template and repository is None:
        return None, "states no repository: add `identity: {repository: ...}`"
    filled = template.replace("{service}", service.service).replace("{repository}", repository or "")
    folder = Path(os.path.realpath(start_folder(context) / filled))
    return (folder, "") if folder.is_dir() else (None, f"has no folder {template}")
