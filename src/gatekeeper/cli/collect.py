"""`gatekeeper collect`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gatekeeper import __version__
from gatekeeper.cli._run import (
    ServiceArgument,
    known,
    open_here,
    say,
    screen,
    start_folder,
    write_file,
)
from gatekeeper.errors import UsageError


def command(
    context: typer.Context,
    service: ServiceArgument,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="DIR", help="Where the artefacts are; by default the service's own folder."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="By default services/SERVICE/evidence.json."),
    ] = None,
    commit: Annotated[
        str | None,
        typer.Option(
            "--commit", metavar="SHA", help="What the artefacts are of; by default the commit in DIR's git."
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="When; now by default: 2026-11-20T10:00:00Z.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what is read, and write nothing.")] = False,
) -> None:
    """Record a service's evidence, in its own CI.

    Reads the artefacts that the service maps and writes what they say: facts, findings, digests, commit and
    time. `check` uses the record where an artefact is not on disk. What is missing or unreadable is recorded
    as that; the exit code is 0 all the same, because judging is not this command's business.

    Example: gatekeeper -C plan collect basket-service --from "$PWD"
    """
    from gatekeeper.evidence import records
    from gatekeeper.manifests.discovery import find_repository
    from gatekeeper.manifests.revision import head_commit
    from gatekeeper.reporters.views import collect as view
    from gatekeeper.workspace.judging import record

    moment = _moment(at)
    opened = open_here(context)
    of = opened.manifests.services[known(service, opened.manifests.services, "service")]
    if not of.evidence:
        raise UsageError(f"{service} maps no evidence: add `evidence` to services/{service}.yaml")
    folder = _folder(context, from_) if from_ else opened.services_folder / service
    sha = commit or head_commit(find_repository(folder))
    recorded = record(opened, of, folder, contained_in=folder if from_ else opened.repository)
    file = start_folder(context) / out if out else opened.services_folder / service / records.FILE
    text = records.write(service, recorded, moment, sha, __version__).decode()
    if not dry_run:
        write_file(file, text)
    told = out or f"{opened.services_folder.name}/{service}/{records.FILE}"
    written = "nothing was written" if dry_run else f"wrote {told} ({len(text):,} bytes)"
    say(view.as_table(service, recorded, sha, str(folder), written, screen()))


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
