"""`gatekeeper collect`: Record a service's evidence, in its own CI.

Reads the artefacts that the service maps and writes a record: facts, findings, digests, commit and time.
`check` uses the record if an artefact is not on disk. Missing and unreadable artefacts are recorded as such;
the exit code is 0 all the same, because this command does not judge.

Example: gatekeeper -C plan collect basket-service --from "$PWD"

Heading: Record and sign
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gatekeeper import __version__
from gatekeeper.cli._arguments import ServiceArgument, open_here, option, start_folder
from gatekeeper.cli._output import screen, write, write_to
from gatekeeper.errors import UsageError


def command(
    context: typer.Context,
    service: ServiceArgument,
    from_: Annotated[
        Path | None,
        option("--from", "DIR", "The folder of the artefacts; by default the service's own folder."),
    ] = None,
    out: Annotated[Path | None, option("--out", "FILE", "By default services/SERVICE/evidence.json.")] = None,
    commit: Annotated[
        str | None,
        option("--commit", "SHA", "The commit of the artefacts; by default the commit checked out in DIR."),
    ] = None,
    at: Annotated[
        str | None, option("--at", "TIME", "The time (2026-11-20T10:00:00Z); by default now.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what is read, and write nothing.")] = False,
) -> None:
    """Read the artefacts of a service and write its record."""
    from gatekeeper.evidence import records
    from gatekeeper.manifests.discovery import find_repository
    from gatekeeper.reporters.views import collect as view
    from gatekeeper.trees.revisions import head_commit
    from gatekeeper.workspace.judging import record
    from gatekeeper.workspace.selection import service_named

    moment = _moment(at)
    loaded = open_here(context).loaded
    of = service_named(loaded.manifests, service)
    if not of.evidence:
        raise UsageError(f"{service} maps no evidence: add `evidence` to services/{service}.yaml")
    folder = _folder(context, from_) if from_ else loaded.services_folder / service
    sha = commit or head_commit(find_repository(folder))
    recorded = record(loaded, of, folder, contained_in=folder if from_ else loaded.repository)
    text = records.write(service, recorded, moment, sha, __version__).decode()
    if dry_run:
        written = "nothing was written"
    else:
        file = start_folder(context) / out if out else loaded.services_folder / service / records.FILE
        write_to(file, text, start_folder(context))
        name = out or f"{loaded.services_folder.name}/{service}/{records.FILE}"
        written = f"wrote {name} ({len(text):,} bytes)"
    write(view.as_table(service, recorded, sha, str(folder), written, screen()))


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
