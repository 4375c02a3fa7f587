"""`gatekeeper collect`: Record a service's evidence, in its own CI.

Reads the artefacts that the service maps and writes a record: facts, findings, digests, time, commit,
repository, pipeline and run. `check` uses the record if an artefact is not on disk. Bytes that the last
record holds already keep its date, unless they state their own. Missing and unreadable artefacts are recorded
as such; the exit code is 0 all the same, because this command does not judge.

Example: gatekeeper -C plan collect basket-service --from "$PWD"

Heading: Record and sign
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gatekeeper.cli.arguments import (
    File,
    ProveOption,
    ServiceArgument,
    Text,
    flag,
    open_here,
    option,
    start_folder,
)
from gatekeeper.cli.output import write_parts, write_to
from gatekeeper.errors import UsageError


def command(
    context: typer.Context,
    service: ServiceArgument,
    from_: Annotated[
        File, option("--from", "DIR", "The folder of the artefacts; by default the service's own folder.")
    ] = None,
    out: Annotated[File, option("--out", "FILE", "By default services/SERVICE/evidence.json.")] = None,
    commit: Annotated[
        Text,
        option("--commit", "SHA", "The commit of the artefacts; by default the commit checked out in DIR."),
    ] = None,
    pipeline: Annotated[
        Text, option("--pipeline", "NAME", "The name of the pipeline; by default the CI's workflow or job.")
    ] = None,
    run: Annotated[Text, option("--run", "ID", "The run of the pipeline; by default the CI's.")] = None,
    at: Annotated[Text, option("--at", "TIME", "The time (2026-11-20T10:00:00Z); by default now.")] = None,
    prove: ProveOption = False,
    dry_run: Annotated[bool, flag("--dry-run", "Show what is read, and write nothing.")] = False,
) -> None:
    """Read the artefacts of a service and write its record."""
    from gatekeeper.reporters.views import collect as view
    from gatekeeper.workspace.recording import RecordOptions, record_service

    moment = _moment(at)
    loaded = open_here(context).loaded
    folder = _folder(context, from_) if from_ else None
    options = RecordOptions(moment, folder, commit, pipeline, run, out, prove)
    new = record_service(loaded, service, options, os.environ)
    written = "nothing was written"
    if not dry_run:
        write_to(new.file, new.text, start_folder(context))
        name = out or f"{loaded.services_folder.name}/{service}/{new.file.name}"
        written = f"wrote {name} ({len(new.text):,} bytes)"
    write_parts(lambda on: view.parts(service, new, written, on))


def _folder(context: typer.Context, from_: Path) -> Path:
    folder = (start_folder(context) / from_).resolve()
    if not folder.is_dir():
        raise UsageError(f"--from {from_}: there is no such folder")
    return folder


def _moment(written: str | None) -> datetime:
    if written is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise UsageError(f"--at {written}: write a time as 2026-11-20T10:00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
