"""Record the evidence of a service, for a workspace that does not have its artefacts."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.evidence import records
from gatekeeper.evidence.artefacts import Bounds
from gatekeeper.evidence.reader import record
from gatekeeper.evidence.records import Stamp, stamped
from gatekeeper.judging.plans.identity import forms, identities
from gatekeeper.judging.plans.requests import requests
from gatekeeper.manifests.discovery import find_repository
from gatekeeper.manifests.files import check_place
from gatekeeper.model.evidence import Absent, Part, Recorded, SubjectType, Unreadable
from gatekeeper.model.manifest import ID
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.status import Basis
from gatekeeper.reporters.wording.counts import first_few
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.trees.disk import DiskTree
from gatekeeper.trees.revisions import commit_time, head_commit, remote_name
from gatekeeper.version import __version__
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.selection import service_named

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
    out: Path | None = None
    """Where the record is to be written; by default the file that the workspace reads it from."""
    prove: bool = False
    """Whether migrations are run in a throw-away PostgreSQL."""


class NewRecord(NamedTuple):
    """A record that has not been written to its file yet."""

    recorded: list[Recorded]
    folder: Path
    """The folder of the artefacts."""
    stamp: Stamp
    text: str
    file: Path
    """Where it is to be written."""
    notes: tuple[str, ...]
    """What its reader has to know, a sentence each."""


def record_service(
    loaded: LoadedWorkspace, service: str, options: RecordOptions, variables: Mapping[str, str]
) -> NewRecord:
    """Read the artefacts that a service maps.

    Args:
        loaded: The workspace.
        service: The name of the service.
        options: What is known about the artefacts.
        variables: The environment, in which a CI names its pipeline and run.

    Raises:
        UsageError: The service is unknown or maps no evidence, the default file is outside the repository, or
            the commit or the name of the pipeline is not one, or the folder is of another repository.
    """
    of = service_named(loaded.manifests, service)
    if not of.evidence:
        raise UsageError(f"{service} maps no evidence: add `evidence` to services/{service}.yaml")
    own = loaded.services_folder / service
    if options.out is None:
        check_place(loaded.tree.root, own / records.FILE)
    start = options.folder or own
    repository = find_repository(start)
    stamp = _stamp(options, repository, variables)
    unknown = _must_be_its_own(of, stamp.repository, loaded.manifests.repository)
    bounds = Bounds(DiskTree(str(options.folder or loaded.repository)))
    time_of = cache(partial(commit_time, repository))
    before, notes = _before(loaded, service)
    recorded = []
    for request in requests(of, loaded.rulebook):
        one = record(request, str(start), bounds, prove=options.prove)
        parts = tuple(_dated(part, stamp, before, time_of) for part in one.evidence.parts)
        recorded.append(one._replace(evidence=one.evidence._replace(parts=parts)))
    text = records.write(service, recorded, stamp, __version__).decode()
    notes = (*unknown, *notes, *_notes(recorded, stamp, loaded.rulebook))
    return NewRecord(recorded, start, stamp, text, options.out or own / records.FILE, notes)


def _stamp(options: RecordOptions, repository: Path, variables: Mapping[str, str]) -> Stamp:
    if options.commit is not None and not re.fullmatch(r"[0-9a-fA-F]{7,64}", options.commit):
        raise UsageError(f"--commit {options.commit}: write at least seven hexadecimal digits of its id")
    if options.pipeline is not None and not re.fullmatch(ID, options.pipeline):
        raise UsageError(f"--pipeline {options.pipeline}: write up to 32 letters, digits, `-` and `_`")
    commit = options.commit.lower() if options.commit else head_commit(repository)
    return Stamp(
        options.at,
        commit,
        commit_time(repository, commit) if commit else None,
        remote_name(repository),
        options.pipeline or _pipeline(variables),
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


def _pipeline(variables: Mapping[str, str]) -> str:
    """Return the CI's name of the workflow or job as an id; `default` without one."""
    name = next(filter(None, map(variables.get, _PIPELINES)), "")
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:32].rstrip("-") or "default"


def _run(variables: Mapping[str, str]) -> str | None:
    """Return the CI's id of the run, with the number of the attempt if it has one."""
    found = ("-".join(filter(None, map(variables.get, names))) for names in _RUNS if variables.get(names[0]))
    return next(found, None)


def _before(loaded: LoadedWorkspace, service: str) -> tuple[Mapping[str, Part], tuple[str, ...]]:
    """Return the oldest part of the service's last record by its digest, and a note if it cannot be read."""
    oldest: dict[str, Part] = {}
    try:
        found = records.open_record(str(loaded.services_folder / service), service, Bounds(loaded.tree))
        for part in found.parts() if found else ():
            if part.sha256 and _is_older(part, oldest.setdefault(part.sha256, part)):
                oldest[part.sha256] = part
    except (Absent, Unreadable, SyntaxProblem) as flaw:
        return {}, (f"the dates of the last record are not kept, because it cannot be read: {flaw}",)
    return oldest, ()


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
