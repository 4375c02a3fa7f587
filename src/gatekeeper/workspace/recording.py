"""Record the evidence of a service, for a workspace that does not have its artefacts."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.evidence.artefacts import Bounds
from gatekeeper.evidence.record_files import OpenedRecord, open_records
from gatekeeper.evidence.records import DEFAULT, Record, RecordedRun, Stamp, run_of, stamped
from gatekeeper.judging.verdicts.recorders import misfit
from gatekeeper.model.evidence import EvidenceStatus, Part, Recorded, Unreadable
from gatekeeper.model.moment import as_written
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.status import Basis
from gatekeeper.reporters.wording.counts import first_few
from gatekeeper.workspace.collecting import RecordOptions, TimeOf, from_folder, mapped_service
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.merging import from_parts
from gatekeeper.workspace.record_signing import added, place_of_record

_FEW = 3


class Left(NamedTuple):
    """A slot that a run does not record, although its artefact was looked for."""

    is_recorded: bool
    """Whether an earlier run, or another pipeline, recorded it."""
    said: str
    """What counts instead, or why nothing does."""
    mapped_by: str | None = None
    """What maps it, if nothing is recorded and it is not the manifest: a profile or `gatekeeper.yaml`."""


class NewRecord(NamedTuple):
    """A record that has not been written to its file yet."""

    recorded: list[Recorded]
    """The artefacts that the run records."""
    left: Mapping[str, Left]
    """By slot what the run does not record, because it was not found."""
    folder: Path | None
    """The folder of the artefacts; None if they are in part files."""
    pipeline: str
    stamp: Stamp
    text: str
    file: Path
    """Where it is to be written."""
    run: RecordedRun | None
    """The run that has what was recorded; None if nothing was."""
    is_unchanged: bool
    """Whether everything that the run records is in the record already, of the same commit."""
    notes: tuple[str, ...]
    """What its reader has to know, a sentence each."""


def record_service(
    loaded: LoadedWorkspace, service: str, options: RecordOptions, variables: Mapping[str, str]
) -> NewRecord:
    """Read the artefacts that a service maps, and add them to the record of the pipeline.

    Args:
        loaded: The workspace.
        service: The name of the service.
        options: What is known about the artefacts.
        variables: The environment, in which a CI names its pipeline and run.

    Raises:
        UsageError: The service is unknown or does not map the slots, the default file is outside the
            repository, the commit or the name of the pipeline is not one, the folder is of another
            repository, or the run cannot be signed.
    """
    of = mapped_service(loaded, service)
    fits = partial(misfit, loaded.rulebook, service)
    opened = open_records(loaded.folders(of), of, Bounds(loaded.tree), fits)
    found = from_parts(loaded, of, options) if options.parts else from_folder(loaded, of, options, variables)
    source = found.source
    pipeline = _must_differ(source.pipeline, opened)
    file = options.out or place_of_record(loaded, service, pipeline)
    before = _oldest_parts(opened)
    recorded = []
    for one in found.read:
        if one.is_found or one.request.slot in found.named:
            parts = tuple(_dated(part, source.stamp, before, source.time_of) for part in one.evidence.parts)
            recorded.append(one._replace(evidence=one.evidence._replace(parts=parts)))
    last, notes = _last(pipeline, opened)
    now, about_key = last, tuple[str, ...]()
    if recorded:
        run = run_of(recorded, source.stamp)
        now, about_key = added(loaded, service, last, run, options.signer, for_bundle=options.for_bundle)
    mapped_by = loaded.manifests.mapped_by.get(service, {})
    left = [one for one in found.read if not (one.is_found or one.request.slot in found.named)]
    return NewRecord(
        recorded,
        {one.request.slot: _left(one, now, opened, mapped_by.get(one.request.slot)) for one in left},
        None if options.parts else source.folder,
        pipeline,
        source.stamp,
        now.as_json(of.signed_as).decode(),
        file,
        now.run_of(recorded[0].request[1:3]) if recorded else None,
        now is last,
        (
            *source.notes,
            *notes,
            *about_key,
            *_newer(last, now),
            *_notes(recorded, source.stamp, loaded.rulebook),
            *_flaky(recorded, now),
        ),
    )


def _must_differ(name: str, opened: Sequence[OpenedRecord]) -> str:
    """Return the name of a pipeline, unless on some disks its file is that of another one."""
    for other in (DEFAULT, *(one.pipeline for one in opened)):
        if name != other and name.casefold() == other.casefold():
            raise UsageError(
                f"--pipeline {name}: the pipeline {other} differs only by case; use another name"
            )
    return name


def _last(pipeline: str, opened: Sequence[OpenedRecord]) -> tuple[Record, tuple[str, ...]]:
    """Return the record of the pipeline that a run is added to, and a note if it cannot be read."""
    last = next((one for one in opened if one.pipeline == pipeline), None)
    notes = () if last is None or last.flaw is None else (
        f"{last.file} cannot be read, so that nothing of it is kept: {last.flaw}",)  # fmt: skip
    return (last and last.record) or Record(pipeline, ()), notes


def _flaky(recorded: Sequence[Recorded], now: Record) -> Iterator[str]:
    """Yield which artefacts pass, although they failed in an earlier attempt on the same commit."""
    for one in recorded:
        run = now.run_of((one.request.slot, one.request.narrowing))
        seen = run.evidence(one.request) if run and one.evidence.status is EvidenceStatus.OK else None
        if seen and seen.is_flaky:
            attempt = len(seen.attempts) + 1
            yield f"{seen.slot} passes on attempt {attempt}, and failed before on the same commit"


def _newer(last: Record, now: Record) -> Iterator[str]:
    """Yield what an earlier run recorded of a newer commit, and the new run replaces."""
    if now is last:
        return
    new = now.runs[-1]
    for run in last.runs:
        replaced = sorted({slot for slot, _ in new.entries} & {slot for slot, _ in run.entries})
        was, of = run.stamp.committed_at, new.stamp.committed_at
        if replaced and was and of and was > of:
            newer = f"the newer commit {run.stamp.commit}, made at {as_written(was)}"
            what = f"{newer}: {first_few(replaced, _FEW)}"
            yield f"this run replaces what was recorded of {what}; if that commit counts, collect it again"


def _left(one: Recorded, now: Record, opened: Sequence[OpenedRecord], mapped_by: str | None) -> Left:
    slot = one.request.slot
    runs = [run for run in now.runs if any(key[0] == slot for key in run.entries)]
    if runs:
        stamp = runs[-1].stamp
        run, of = f"run {stamp.run or ''}".strip(), f", commit {stamp.commit}" if stamp.commit else ""
        when = as_written(stamp.collected_at)
        return Left(is_recorded=True, said=f"not found; kept from the {run} of {when}{of}")
    others = [other.pipeline for other in opened if other.record and slot in other.record.slots]
    if others:
        return Left(is_recorded=True, said=f"not found; recorded by the pipeline {', '.join(others)}")
    return Left(is_recorded=False, said=f"{one.evidence.reason}; nothing is recorded", mapped_by=mapped_by)


def _oldest_parts(opened: Sequence[OpenedRecord]) -> Mapping[str, Part]:
    """Return the oldest part of a service's records by its digest; what cannot be read is passed over."""
    oldest: dict[str, Part] = {}
    for run in (run for one in opened if one.record for run in one.record.runs):
        with suppress(Unreadable):
            for part in run.parts():
                if part.sha256 and _is_older(part, oldest.setdefault(part.sha256, part)):
                    oldest[part.sha256] = part
    return oldest


def _is_older(one: Part, other: Part) -> bool:
    return bool(
        one is other or (one.produced_at and other.produced_at and one.produced_at < other.produced_at)
    )


def _dated(part: Part, stamp: Stamp, before: Mapping[str, Part], time_of: TimeOf) -> Part:
    """Return a part with the time of its commit; unchanged bytes are not younger than before.

    An artefact that lists nothing has the same bytes whenever it is made, and one that states its time needs
    no other.
    """
    commit = part.commit if part.commit_basis is Basis.ARTEFACT else None
    part = part._replace(committed_at=time_of(commit) if commit else None)
    known = before.get(part.sha256 or "")
    if known is None or part.produced_at_basis is Basis.ARTEFACT or part.items == 0:
        return part
    if not _is_older(known, stamped(part, stamp)):
        return part
    return part._replace(produced_at=known.produced_at, produced_at_basis=known.produced_at_basis)


def _notes(recorded: Sequence[Recorded], stamp: Stamp, rulebook: Rulebook) -> Iterator[str]:
    """Yield which artefacts are older than their commit, and which keep the date of the last record."""
    rules = rulebook.by_id.values()
    of_commit = {slot for rule in rules for slot, guard in rule.guards.items() if guard.same_commit}
    older, kept = dict[str, None](), dict[str, None]()
    for slot, part in ((one.request.slot, part) for one in recorded for part in one.evidence.parts):
        if slot in of_commit and stamped(part, stamp).is_older_than_commit:
            older[part.path or slot] = None
        if part.produced_at_basis is Basis.RECORD:
            kept[part.path or slot] = None
    if older:
        yield f"made before the commit, so not of that commit; run it again: {first_few(list(older), _FEW)}"
    if kept:
        yield f"unchanged and without a time, so as old as in the last record: {first_few(list(kept), _FEW)}"
