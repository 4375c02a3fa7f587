"""Mirror the records of services from a location: `gatekeeper pull`."""

import os
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.evidence.artefacts import Bounds
from gatekeeper.evidence.record_files import FOLDER, mapped_files, pipeline_of, record_files
from gatekeeper.evidence.records import read
from gatekeeper.manifests.files import Replacement, check_place, only_writer, replace
from gatekeeper.model.evidence import Unreadable
from gatekeeper.model.service import Service
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.trees import TooLarge
from gatekeeper.trees.disk import read_file
from gatekeeper.trees.remote import SUMS, RemoteFolder, digest_of
from gatekeeper.workspace.loading import LoadedWorkspace

MOST_BYTES = 20_000_000
"""A record has at most so many bytes."""
MOST_FILES = 4_000_000
"""A location has at most so many files."""
_DEPTH = 3  # service, evidence, file


class RecordChange(StrEnum):
    """What `pull` does with a record."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    GONE = "gone"
    """The location does not have it any more."""
    REFUSED = "refused"


class PulledRecord(NamedTuple):
    """A record at a location, or one that is only here."""

    service: str
    file: str
    """Relative to the folder of the service."""
    change: RecordChange
    why: str | None = None
    """Why it is refused."""
    sha256: str | None = None
    size: int = 0
    is_checked: bool = False
    """Whether `SHA256SUMS` states this digest."""


class Pull(NamedTuple):
    """What was pulled from a location."""

    location: str
    records: tuple[PulledRecord, ...]
    left_out: tuple[str, ...]
    """The files there that are not records of a service of the plan."""
    is_written: bool
    is_pruned: bool

    def of(self, *changes: RecordChange) -> list[PulledRecord]:
        """Return the records with one of these changes."""
        return [record for record in self.records if record.change in changes]


class _Task(NamedTuple):
    service: Service
    file: str
    digest: str | None


def location_of(loaded: LoadedWorkspace, given: str | None) -> str:
    """Return the location to pull from: the given one, or `records` of `gatekeeper.yaml`.

    Raises:
        UsageError: No location is given.
    """
    location = given or loaded.manifests.records
    if location is None:
        raise UsageError(
            "no location: write `records: s3://bucket/prefix` in gatekeeper.yaml, or give --from"
        )
    return location


def pull(
    loaded: LoadedWorkspace,
    folder: RemoteFolder,
    names: Collection[str] = (),
    *,
    dry_run: bool = False,
    prune: bool = False,
) -> Pull:
    """Write the records of services as a location has them, each atomically.

    Args:
        loaded: The workspace.
        folder: Where the records are.
        names: The services; by default all of them.
        dry_run: Read and compare, and write nothing.
        prune: Remove the records that the location does not have.

    Raises:
        UsageError: The location cannot be listed, or has no record and all were to be removed.
    """
    services = {name: loaded.manifests.services[name] for name in names or loaded.manifests.services}
    found, left_out = _found(folder, services, only=bool(names))
    if prune and not found:
        raise UsageError(f"{folder.location} has no record of these services; nothing was removed")
    places = _Places(loaded)
    tasks = [
        _Task(services[name], file, digest) for name, files in found.items() for file, digest in files.items()
    ]
    with ThreadPoolExecutor(folder.at_once) as threads:
        fetched = threads.map(lambda task: _pulled(folder, places, task, dry_run=dry_run), tasks)
        records = [*fetched]
    for service in services.values():
        for file in _gone(places, service, found.get(service.service, {})):
            records.append(PulledRecord(service.service, file, RecordChange.GONE))
            if prune and not dry_run:
                places.remove(service, file)
    records.sort(key=lambda record: record[:2])
    return Pull(folder.location, tuple(records), tuple(left_out), not dry_run, prune and not dry_run)


_Found = Mapping[str, Mapping[str, str | None]]


def _found(folder: RemoteFolder, services: Mapping[str, Service], *, only: bool) -> tuple[_Found, list[str]]:
    """Return the records of services with their digest, by service and file; and the names of other files."""
    digests = folder.digests
    found: dict[str, dict[str, str | None]] = defaultdict(dict)
    left_out = []
    for name in _names(folder, digests, services if only else None):
        service, _, file = name.partition("/")
        if service in services and pipeline_of(file) is not None:
            found[service][file] = digests.get(name) if digests is not None else None
        elif name != SUMS and not only:
            left_out.append(name)
    return found, left_out


def _names(
    folder: RemoteFolder, digests: Mapping[str, str] | None, only: Collection[str] | None
) -> Iterator[str]:
    """Yield the files of a location; those of some services, if it does not state them anyway."""
    if digests is not None:
        yield from sorted(digests)
    elif not folder.is_listable:
        raise UsageError(
            f"{folder.location} has no {SUMS}, and a web server does not say which files it has: "
            f"write it there with `sha256sum */evidence.json */{FOLDER}/*.json > {SUMS}`"
        )
    else:
        for below in ("",) if only is None else only:
            yield from folder.names(below, _DEPTH - bool(below), MOST_FILES)


class _Places:
    """Where the records of a workspace are on disk."""

    def __init__(self, loaded: LoadedWorkspace) -> None:
        self._loaded = loaded
        self._bounds = Bounds(loaded.tree)
        self._writing = Lock()

    def file(self, service: Service, file: str) -> Path:
        """Return the path of a record.

        Raises:
            UsageError: A link leads elsewhere, it is outside the repository, or an artefact has this path.
        """
        folders = self._loaded.folders(service)
        path = Path(folders.records, file)
        check_place(str(self._loaded.repository), path)
        real = os.path.realpath(path)
        if real != str(Path(os.path.realpath(self._loaded.services_folder), service.service, file)):
            raise UsageError(
                f"{path} is behind a link: a record is written to the folder of its service only"
            )
        if real in mapped_files(folders.artefacts, service, self._bounds):
            raise UsageError(f"{path} is an artefact that the manifest maps: name the pipeline differently")
        return path

    def records(self, service: Service) -> list[str]:
        """Return the records that a service has here."""
        return record_files(self._loaded.folders(service), service, self._bounds)

    def write(self, path: Path, before: bytes | None, after: bytes) -> None:
        """Write a record, unless it was changed meanwhile."""
        with self._writing, only_writer(self._loaded.root):
            replace(Replacement(path, before, after))

    def remove(self, service: Service, file: str) -> None:
        """Remove a record."""
        path = self.file(service, file)
        with only_writer(self._loaded.root):
            path.unlink(missing_ok=True)


def _pulled(folder: RemoteFolder, places: _Places, task: _Task, *, dry_run: bool) -> PulledRecord:
    """Fetch, check and write one record; a flaw refuses this record only."""
    service, file, digest = task
    record = PulledRecord(service.service, file, RecordChange.UNCHANGED, is_checked=digest is not None)
    try:
        path = places.file(service, file)
        before = _held(path)
        if before is not None and digest_of(before) == digest:
            return record._replace(sha256=digest, size=len(before))
        data = _checked(folder, task)
        if data != before:
            record = record._replace(change=RecordChange.NEW if before is None else RecordChange.CHANGED)
            if not dry_run:
                places.write(path, before, data)
    except (OSError, UsageError, Unreadable, SyntaxProblem) as flaw:
        return record._replace(change=RecordChange.REFUSED, why=str(getattr(flaw, "message", flaw)))
    return record._replace(sha256=digest_of(data), size=len(data))


def _checked(folder: RemoteFolder, task: _Task) -> bytes:
    """Return the content of a record that has its digest, and can be read as one.

    Raises:
        UsageError: It cannot be read, is too large, or has another digest.
        Unreadable: It is not a record of this service and pipeline.
        SyntaxProblem: It is not JSON.
    """
    name, pipeline = f"{task.service.service}/{task.file}", pipeline_of(task.file)
    try:
        data = folder.read(name, MOST_BYTES)
    except FileNotFoundError:
        raise UsageError(f"{SUMS} names it, and it is not there") from None
    except TooLarge:
        raise UsageError(f"it has more than {MOST_BYTES:,} bytes") from None
    if task.digest not in (None, digest_of(data)):
        raise UsageError(f"its digest is not that of {SUMS}: it is damaged, or was written later; pull again")
    read(data, task.service.signed_as, pipeline or "")
    return data


def _held(path: Path) -> bytes | None:
    with suppress(FileNotFoundError):
        return read_file(path)
    return None


def _gone(places: _Places, service: Service, found: Collection[str]) -> Iterator[str]:
    return (file for file in places.records(service) if file not in found and pipeline_of(file) is not None)
