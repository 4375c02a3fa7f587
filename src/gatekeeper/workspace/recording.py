"""Record the evidence of a service, for a workspace that does not have its artefacts."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.errors import UsageError, known
from gatekeeper.evidence.artefacts import Bounds
from gatekeeper.evidence.reader import record
from gatekeeper.evidence.record_files import OpenedRecord, file_of, open_records
from gatekeeper.evidence.records import DEFAULT, Record, RecordedRun, Stamp, run_of, stamped
from gatekeeper.judging.plans.identity import forms, identities
from gatekeeper.judging.plans.requests import requests
from gatekeeper.manifests.discovery import find_repository
from gatekeeper.manifests.files import check_place
from gatekeeper.model.evidence import EvidenceStatus, Part, Recorded, SubjectType, Unreadable
from gatekeeper.model.manifest import ID
from gatekeeper.model.moment import as_written
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.status import Basis
from gatekeeper.reporters.wording.counts import first_few
from gatekeeper.trees.disk import DiskTree
from gatekeeper.trees.revisions import commit_time, head_commit, remote_name
from gatekeeper.version import __version__
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.record_signing import added
from gatekeeper.workspace.selection import service_named

if TYPE_CHECKING:
    from gatekeeper.attested.signing import StatementSigner

_PIPELINES = ("GITHUB_WORKFLOW", "CI_JOB_NAME", "BUILD_DEFINITIONNAME")
_RUNS = (
    ("GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"),
    ("CI_PIPELINE_ID",),
    ("BITBUCKET_BUILD_NUMBER",),
    ("BUILD_BUILDID",),
)
"""The variables of GitHub, GitLab, Bitbucket and Azure DevOps."""


_FEW = 3

TimeOf = Callable[[str], datetime | None]
"""When a commit was made."""


class RecordOptions(NamedTuple):
    """What is known of the artefacts; None for what `record_service` finds out itself."""

    at: datetime
    """The time of the record."""
    folder: Path | None = None
    """The folder of the artefacts, which must be inside it; by default the service's own folder."""
    commit: str | None = None
    """The commit of the artefacts; by default the commit checked out in the folder."""
    pipeline: str | None = None
    run: str | None = None
    slots: tuple[str, ...] = ()
    """The slots to collect; by default those whose artefacts are found."""
    out: Path | None = None
    """Where the record is to be written; by default the file that the workspace reads it from."""
    prove: bool = False
    """Whether migrations are run in a throw-away PostgreSQL."""
    signer: "StatementSigner | None" = None
    """The key of the pipeline, to sign the run."""
    for_bundle: bool = False
    """Whether another program signs the run, which then gets a Sigstore bundle."""


class Left(NamedTuple):
    """A slot that a run does not record, although its artefact was looked for."""

    is_recorded: bool
    """Whether an earlier run, or another pipeline, recorded it."""
    said: str
    """What counts instead, or why nothing does."""


class NewRecord(NamedTuple):
    """A record that has not been written to its file yet."""

    recorded: list[Recorded]
    """The artefacts that the run records."""
    left: Mapping[str, Left]
    """By slot what the run does not record, because it was not found."""
    folder: Path
    """The folder of the artefacts."""
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
    of = service_named(loaded.manifests, service)
    if not of.evidence:
        raise UsageError(f"{service} maps no evidence: add `evidence` to services/{service}.yaml")
    slots = tuple(known(slot, of.evidence, "evidence slot") for slot in options.slots)
    own = loaded.services_folder / service
    start = options.folder or own
    repository = find_repository(start)
    stamp = _stamp(options, repository, variables, loaded.rulebook)
    unknown = _must_be_its_own(of, stamp.repository, loaded.manifests.repository)
    opened = open_records(str(own), of, Bounds(loaded.tree))
    pipeline = _pipeline(options, variables, opened)
    file = own / file_of(pipeline)
    if options.out is None:
        check_place(loaded.tree.root, file)
    bounds = Bounds(DiskTree(str(options.folder or loaded.repository)))
    time_of = cache(partial(commit_time, repository))
    before = _oldest_parts(opened)
    read = [record(one, str(start), bounds, prove=options.prove) for one in requests(of, loaded.rulebook)
            if not slots or one.slot in slots]  # fmt: skip
    recorded = []
    for one in read:
        if one.is_found or slots:
            parts = tuple(_dated(part, stamp, before, time_of) for part in one.evidence.parts)
            recorded.append(one._replace(evidence=one.evidence._replace(parts=parts)))
    last, notes = _last(pipeline, opened)
    now, about_key = last, tuple[str, ...]()
    if recorded:
        run = run_of(recorded, stamp)
        now, about_key = added(loaded, service, last, run, options.signer, for_bundle=options.for_bundle)
    return NewRecord(
        recorded,
        {one.request.slot: _left(one, now, opened) for one in read if not (one.is_found or slots)},
        start,
        pipeline,
        stamp,
        now.as_json(service).decode(),
        options.out or file,
        now.run_of(recorded[0].request[1:3]) if recorded else None,
        now is last,
        (*unknown, *notes, *about_key, *_notes(recorded, stamp, loaded.rulebook), *_flaky(recorded, now)),
    )


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


def _left(one: Recorded, now: Record, opened: Sequence[OpenedRecord]) -> Left:
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
    return Left(is_recorded=False, said=f"{one.evidence.reason}; nothing is recorded")


def _stamp(
    options: RecordOptions, repository: Path, variables: Mapping[str, str], rulebook: Rulebook
) -> Stamp:
    if options.commit is not None and not re.fullmatch(r"[0-9a-fA-F]{7,64}", options.commit):
        raise UsageError(f"--commit {options.commit}: write at least seven hexadecimal digits of its id")
    commit = options.commit.lower() if options.commit else head_commit(repository)
    return Stamp(
        options.at,
        commit,
        commit_time(repository, commit) if commit else None,
        remote_name(repository),
        rulebook.digest,
        __version__,
        options.run or _run(variables),
    )


def _must_be_its_own(service: Service, remote: str | None, template: str | None) -> tuple[str, ...]:
    """Refuse artefacts of another repository; return a note if it is not known which one they are of."""
    own = identities(service, template).get(SubjectType.REPOSITORY)
    if own and remote and own.isdisjoint(forms(SubjectType.REPOSITORY, remote)):
        raise UsageError(
            f"{service.service} is of the repository {', '.join(own)}, and the artefacts are of {remote}; "
            f"collect in its own repository, or correct `identity` in services/{service.service}.yaml"
        )
    if own and remote:
        return ()
    lack = "the folder has no remote `origin`" if own else "`identity: {repository: ...}` is not stated"
    return (f"it is not checked whether the artefacts are of {service.service}'s own repository: {lack}",)


def _pipeline(options: RecordOptions, variables: Mapping[str, str], opened: Sequence[OpenedRecord]) -> str:
    """Return the name that is given, else the CI's workflow or job as an id, else `default`."""
    name = options.pipeline
    if name is None:
        given = next(filter(None, map(variables.get, _PIPELINES)), "").casefold()
        name = re.sub(r"[^a-z0-9]+", "-", given).strip("-")[:32].rstrip("-") or DEFAULT
    if not re.fullmatch(ID, name):
        raise UsageError(f"--pipeline {name}: write up to 32 letters, digits, `-` and `_`")
    for other in (DEFAULT, *(one.pipeline for one in opened)):
        if name != other and name.casefold() == other.casefold():
            raise UsageError(
                f"--pipeline {name}: the pipeline {other} differs only by case; use another name"
            )
    return name


def _run(variables: Mapping[str, str]) -> str | None:
    """Return the CI's id of the run, with the number of the attempt if it has one."""
    found = ("-".join(filter(None, map(variables.get, names))) for names in _RUNS if variables.get(names[0]))
    return next(found, None)


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
