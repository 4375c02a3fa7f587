"""`gatekeeper collect`: Record a service's evidence, in its own CI.

Reads the artefacts that the service maps and adds them to the record of the pipeline: facts, findings,
digests, time, commit, repository and run. `check` uses the record if an artefact is not on disk. The run
replaces the slots that it finds, or those that you name with --slot; what earlier runs recorded of the others
is kept with its dates. A slot that you name is recorded as missing if its artefact is. The same evidence of
the same commit is not written again. If several jobs of a run have a part of the artefacts each, every job
writes a part file (--part 2/3), and one job reads all of them (--merge). --key signs the run with a
key of the pipeline; --statement and --bundle let Sigstore sign it. Without SERVICE, every service is recorded
whose folder exists: {service} or {repository} in --from name it. The exit code is 0 even if artefacts are
missing or unreadable, because this command does not judge.

Example: gatekeeper -C plan collect basket-service --from "$PWD"

Example: gatekeeper -C plan collect --from '../clones/{repository}'

Heading: Record and sign
"""

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import (
    File,
    Paths,
    ProveOption,
    Text,
    Texts,
    argument,
    flag,
    open_here,
    option,
    start_folder,
)
from gatekeeper.cli.collecting_all import collect_all
from gatekeeper.cli.output import read_bytes, write_parts, write_to
from gatekeeper.cli.statements import KeyOption, leave_out, program_in, signer_by, write_line
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from gatekeeper.workspace.collecting import RecordOptions
    from gatekeeper.workspace.loading import LoadedWorkspace
    from gatekeeper.workspace.recording import NewRecord


def command(
    context: typer.Context,
    service: Annotated[
        Text, argument("[SERVICE]", "A service of the plan; by default all of them.", words.services)
    ] = None,
    from_: Annotated[
        File,
        option("--from", "DIR", "The folder of the artefacts, seen from -C; default: the service's own."),
    ] = None,
    out: Annotated[File, option("--out", "FILE", "By default evidence/PIPELINE.json of the service.")] = None,
    commit: Annotated[
        Text,
        option("--commit", "SHA", "The commit of the artefacts; by default the commit checked out in DIR."),
    ] = None,
    pipeline: Annotated[
        Text,
        option("--pipeline", "NAME", "The pipeline; by default the CI's workflow or job, else `default`."),
    ] = None,
    run: Annotated[Text, option("--run", "ID", "The run of the pipeline; by default the CI's.")] = None,
    slots: Annotated[
        Texts, option("--slot", "SLOT", "A slot to record; repeatable. By default those that are found.")
    ] = None,
    part: Annotated[
        Text, option("--part", "N/OF", "Write a part file of a run of several jobs instead: 2/3.")
    ] = None,
    merge: Annotated[
        Paths, option("--merge", "PATH", "Read part files, or a folder of them; repeatable.")
    ] = None,
    at: Annotated[Text, option("--at", "TIME", "The time (2026-11-20T10:00:00Z); by default now.")] = None,
    prove: ProveOption = False,
    key: KeyOption = None,
    statement: Annotated[
        File, option("--statement", "FILE", "Write what cosign signs: the statement of the run.")
    ] = None,
    bundle: Annotated[
        File, option("--bundle", "FILE", "Attach the Sigstore bundle of that statement; collect nothing.")
    ] = None,
    dry_run: Annotated[bool, flag("--dry-run", "Show what is read, and write nothing.")] = False,
) -> None:
    """Read the artefacts of a service and write its record."""
    from gatekeeper.reporters.views import collect as view
    from gatekeeper.workspace.collecting import RecordOptions
    from gatekeeper.workspace.record_signing import message_of

    if part and (key or prove or statement):
        raise UsageError("--part writes no record: give --key, --statement and --prove to --merge")
    _check_together(part, merge, from_, commit, pipeline, run, at)
    moment, loaded = _moment(at), open_here(context).loaded
    if service is None:
        given = {"out": out, "commit": commit, "slot": slots, "part": part, "merge": merge, "bundle": bundle}
        leave_out("without SERVICE, every service is recorded", {**given, "statement": statement})
        signer = None if dry_run else signer_by(context, key)
        usual = RecordOptions(moment, None, None, pipeline, run, prove=prove, signer=signer)

        def recording(name: str, folder: Path) -> "tuple[NewRecord, str]":
            return _record(loaded, name, usual._replace(folder=folder), None, dry_run=dry_run)

        collect_all(context, loaded, from_, recording)
        return
    if bundle:
        if any((from_, out, commit, pipeline, run, slots, part, merge, at, prove, key, statement)):
            raise UsageError("--bundle collects nothing: give no option beside it but --dry-run")
        _attach(context, loaded, service, bundle, dry_run=dry_run)
        return
    folder = _folder(context, from_) if from_ else None
    place = start_folder(context) / out if out else None
    parts = tuple(start_folder(context) / path for path in merge or ())
    signer = None if dry_run else signer_by(context, key)
    named = tuple(slots or ())
    later = statement is not None or (dry_run and key is not None)
    options = RecordOptions(
        moment, folder, commit, pipeline, run, named, place, parts, prove, signer, for_bundle=later
    )
    if part:
        from gatekeeper.workspace.files import write_file
        from gatekeeper.workspace.merging import part_of_run

        new_part = part_of_run(loaded, service, _part(part), options, os.environ)
        if not dry_run:
            write_file(new_part.file, new_part.data)
        write_parts(
            lambda on: view.parts_of_part(new_part, program_in(context.obj), on, is_written=not dry_run)
        )
        return
    new, written = _record(loaded, service, options, out, dry_run=dry_run)
    if statement and new.run and not dry_run:
        write_to(
            statement, message_of(loaded, service, new.pipeline, new.run).decode(), start_folder(context)
        )
        written += f"\nwrote {statement}: sign it as it is, then `collect {service} --bundle FILE`"
    write_parts(lambda on: view.parts(service, new, written, on))


def _record(
    loaded: "LoadedWorkspace", service: str, options: "RecordOptions", out: Path | None, *, dry_run: bool
) -> "tuple[NewRecord, str]":
    """Write the record; return it, and what was written."""
    from gatekeeper.manifests.files import only_writer
    from gatekeeper.workspace.files import write_file
    from gatekeeper.workspace.recording import record_service

    with only_writer(loaded.root):
        new = record_service(loaded, service, options, os.environ)
        name = out or _name(loaded, new.file)
        if dry_run or not new.recorded:
            return new, "nothing was written"
        if new.is_unchanged and out is None:
            return new, f"{name} has this evidence of this commit already: nothing was written"
        write_file(new.file, new.text)
    return new, f"wrote {name} ({len(new.text):,} bytes)"


def _check_together(part: str | None, merge: list[Path] | None, *of_artefacts: object) -> None:
    if part and merge:
        raise UsageError("--part writes a part file, and --merge reads part files: use one of them")
    if merge and any(of_artefacts):
        raise UsageError("--merge takes all of --from, --commit, --pipeline, --run and --at from the parts")


def _part(written: str) -> tuple[int, int]:
    from gatekeeper.evidence.part_files import MOST_PARTS

    found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", written)
    part, of = map(int, found.groups()) if found else (0, 0)
    if not 1 <= part <= of <= MOST_PARTS:
        raise UsageError(f"--part {written}: write which part it is, and of how many: 2/3")
    return part, of


def _attach(
    context: typer.Context, loaded: "LoadedWorkspace", service: str, bundle: Path, *, dry_run: bool
) -> None:
    """Attach a Sigstore bundle to the run that it signs."""
    from gatekeeper.manifests.files import only_writer
    from gatekeeper.workspace.record_signing import attached

    with only_writer(loaded.root):
        new = attached(loaded, service, read_bytes(bundle, start_folder(context)))
        if not dry_run:
            write_to(new.file, new.text, start_folder(context))
    how = f"counts as unsigned: {new.seen.why}" if new.seen.why else f"is signed by {new.seen.key}"
    wrote = "nothing was written to" if dry_run else "wrote"
    write_line(None, f"{wrote} {_name(loaded, new.file)}: the run {how}")


def _name(loaded: "LoadedWorkspace", file: Path) -> str:
    folder = loaded.services_folder
    return f"{folder.name}/{file.relative_to(folder).as_posix()}"


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
