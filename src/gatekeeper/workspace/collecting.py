"""Read the artefacts of a service in a folder, and find out their commit, repository and pipeline."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.errors import UsageError, known
from gatekeeper.evidence.artefacts import Bounds
from gatekeeper.evidence.reader import record
from gatekeeper.evidence.records import DEFAULT, Stamp
from gatekeeper.judging.plans.identity import forms, identities
from gatekeeper.judging.plans.requests import requests
from gatekeeper.manifests.discovery import find_repository
from gatekeeper.model.evidence import Recorded, Request, SubjectType
from gatekeeper.model.manifest import ID
from gatekeeper.model.service import Service
from gatekeeper.trees import refusal
from gatekeeper.trees.disk import DiskTree
from gatekeeper.trees.revisions import commit_time, head_commit, remote_name
from gatekeeper.version import __version__
from gatekeeper.workspace.loading import LoadedWorkspace
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

_NO_COMMIT = (
    "the commit is not known, so that this counts beside the records of every commit: collect in a clone, or "
    "write --commit"
)

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
    parts: tuple[Path, ...] = ()
    """The part files of the run, or folders of them, instead of a folder of artefacts."""
    prove: bool = False
    """Whether migrations are run in a throw-away PostgreSQL."""
    signer: "StatementSigner | None" = None
    """The key of the pipeline, to sign the run."""
    for_bundle: bool = False
    """Whether another program signs the run, which then gets a Sigstore bundle."""


class SourceOfRun(NamedTuple):
    """Where the artefacts of a run are, and what is known about all of them."""

    folder: Path
    bounds: Bounds
    stamp: Stamp
    pipeline: str
    time_of: TimeOf
    notes: tuple[str, ...]
    """What the user has to know, a sentence each."""


class ReadRun(NamedTuple):
    """The artefacts of one run, read."""

    read: list[Recorded]
    named: tuple[str, ...]
    """The slots that are recorded even if they are missing; of the others, those that were found are."""
    source: SourceOfRun


def mapped_service(loaded: LoadedWorkspace, name: str) -> Service:
    """Return a service that maps evidence."""
    of = service_named(loaded.manifests, name)
    if not of.evidence:
        raise UsageError(f"{name} maps no evidence: add `evidence` to services/{name}.yaml")
    return of


def asked(loaded: LoadedWorkspace, service: Service, slots: tuple[str, ...]) -> Iterator[Request]:
    """Yield the requests for some slots of a service, or for all that it maps."""
    names = {known(slot, service.evidence, "evidence slot") for slot in slots}
    return (one for one in requests(service, loaded.rulebook) if not names or one.slot in names)


def folder_of(
    loaded: LoadedWorkspace, service: Service, options: RecordOptions, variables: Mapping[str, str]
) -> SourceOfRun:
    """Return the folder of a service's artefacts.

    Raises:
        UsageError: The commit or the name of the pipeline is not one, or the folder is of another repository,
            or outside the workspace's.
    """
    start = options.folder or own_folder(loaded, service)
    repository = find_repository(start)
    stamp = _stamp(options, repository, variables, loaded.rulebook.digest)
    unknown = () if stamp.commit else (_NO_COMMIT,)
    return SourceOfRun(
        start,
        Bounds(DiskTree(str(options.folder or loaded.repository))),
        stamp,
        _pipeline(options, variables),
        cache(partial(commit_time, repository)),
        (*unknown, *check_repository(service, stamp.repository, loaded.manifests.repository)),
    )


def own_folder(loaded: LoadedWorkspace, service: Service) -> Path:
    """Return the folder of a service's artefacts.

    Raises:
        UsageError: Its manifest names one outside of the repository.
    """
    folder = loaded.folders(service).artefacts
    if why := refusal(loaded.tree, folder):
        raise UsageError(f"the folder {service.folder or service.service} of {service.service} {why}")
    return Path(folder)


def from_folder(
    loaded: LoadedWorkspace, service: Service, options: RecordOptions, variables: Mapping[str, str]
) -> ReadRun:
    """Read the artefacts of a service in a folder. Raises `UsageError` as `folder_of` does."""
    slots = asked(loaded, service, options.slots)
    source = folder_of(loaded, service, options, variables)
    read = [record(one, str(source.folder), source.bounds, prove=options.prove) for one in slots]
    return ReadRun(read, options.slots, source)


def _stamp(options: RecordOptions, repository: Path, variables: Mapping[str, str], rulebook: str) -> Stamp:
    if options.commit is not None and not re.fullmatch(r"[0-9a-fA-F]{7,64}", options.commit):
        raise UsageError(f"--commit {options.commit}: write at least seven hexadecimal digits of its id")
    commit = options.commit.lower() if options.commit else head_commit(repository)
    return Stamp(
        options.at,
        commit,
        commit_time(repository, commit) if commit else None,
        remote_name(repository),
        rulebook,
        __version__,
        options.run or _run(variables),
    )


def check_repository(service: Service, remote: str | None, template: str | None) -> tuple[str, ...]:
    """Refuse artefacts of another repository; return a note if it is not known which one they are of."""
    own = identities(service, template).get(SubjectType.REPOSITORY)
    if own and remote and own.isdisjoint(forms(SubjectType.REPOSITORY, remote)):
        raise UsageError(
            f"{service.service} is of the repository {', '.join(own)}, and the artefacts are of {remote}; "
            f"collect in its own repository, or correct `identity` in services/{service.service}.yaml"
        )
    if own and remote:
        return ()
    unstated = f"services/{service.service}.yaml states no `identity: {{repository: ...}}`"
    lack = "the folder has no remote `origin`" if own else unstated
    return (f"it is not checked whether the artefacts are of {service.service}'s own repository: {lack}",)


def _pipeline(options: RecordOptions, variables: Mapping[str, str]) -> str:
    """Return the name that is given, else the CI's workflow or job as an id, else `default`."""
    name = options.pipeline
    if name is None:
        given = next(filter(None, map(variables.get, _PIPELINES)), "").casefold()
        name = re.sub(r"[^a-z0-9]+", "-", given).strip("-")[:32].rstrip("-") or DEFAULT
    if not re.fullmatch(ID, name):
        raise UsageError(f"--pipeline {name}: write up to 32 letters, digits, `-` and `_`")
    return name


def _run(variables: Mapping[str, str]) -> str | None:
    """Return the CI's id of the run, with the number of the attempt if it has one."""
    found = ("-".join(filter(None, map(variables.get, names))) for names in _RUNS if variables.get(names[0]))
    return next(found, None)
