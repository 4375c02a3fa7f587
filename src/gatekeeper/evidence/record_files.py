"""The files of a service's records: `evidence/<pipeline>.json`; `evidence.json` is that of `default`."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from gatekeeper.evidence.artefacts import Bounds, files_at, open_artefact
from gatekeeper.evidence.records import DEFAULT, Record, RecordedRun, read
from gatekeeper.model.evidence import Absent, EvidenceKey, Unreadable
from gatekeeper.model.manifest import ID
from gatekeeper.model.moment import as_written
from gatekeeper.model.service import Service, ServiceFolders
from gatekeeper.model.statement import RunStatement
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.trees import EntryKind

FILE = "evidence.json"
"""The record of the pipeline `default`, in the folder of the service."""
FOLDER = "evidence"
"""The folder of the other pipelines' records, in the folder of the service."""
_SUFFIX = ".json"
Misfit = Callable[[RunStatement], str | None]


class OpenedRecord(NamedTuple):
    """A file of a service that is a record, or would be if it had no flaw."""

    path: str
    file: str
    """Its name in messages."""
    pipeline: str
    record: Record | None = None
    sha256: str = ""
    flaw: Exception | None = None
    """Why it cannot be read."""


def file_of(pipeline: str) -> str:
    """Return the file of a pipeline's record, relative to the folder of the service."""
    return FILE if pipeline == DEFAULT else f"{FOLDER}/{pipeline}{_SUFFIX}"


def pipeline_of(file: str) -> str | None:
    """Return the pipeline of a record by its file; None if no record has that name."""
    pipeline = _pipeline_of(file)
    return pipeline if file == file_of(pipeline) and re.fullmatch(ID, pipeline) else None


def record_files(folders: ServiceFolders, service: Service, bounds: Bounds) -> list[str]:
    """Return the files in the places of records that are not artefacts, relative to the service's folder."""
    folder, tree = folders.records, bounds.tree
    below = f"{folder}/{FOLDER}"
    found = [FILE] if tree.exists(f"{folder}/{FILE}") else []
    if tree.entry(below) is not EntryKind.FOLDER:
        return found
    names = [name for name in tree.names(below) if name.lower().endswith(_SUFFIX) and name[0] != "."]
    mapped = mapped_files(folders.artefacts, service, bounds) if names else set()
    return found + [f"{FOLDER}/{name}" for name in names if tree.real(f"{below}/{name}") not in mapped]


def mapped_files(folder: str, service: Service, bounds: Bounds) -> set[str]:
    """Return the files that a service maps, with links followed: none of them is a record."""
    mapped = set[str]()
    for pointer in service.evidence.values():
        with suppress(Unreadable):
            mapped.update(map(bounds.tree.real, files_at(folder, pointer.path, bounds)))
    return mapped


def open_records(
    folders: ServiceFolders, service: Service, bounds: Bounds, misfit: Misfit = lambda _run: None
) -> list[OpenedRecord]:
    """Return the records of a service, sorted by file; the default one is the first.

    Args:
        folders: The folders of the service.
        service: The service.
        bounds: What may be read.
        misfit: Says why the signature of a run does not fit; the record may have had another answer.
    """
    files = record_files(folders, service, bounds)
    alike = Counter(_pipeline_of(file).casefold() for file in files)
    opened = (_opened(folders.records, file, service.signed_as, bounds, alike) for file in files)
    return [_verified(one, misfit) for one in opened]


def _verified(opened: OpenedRecord, misfit: Misfit) -> OpenedRecord:
    """Return a record, with a flaw if the signature of a run does not fit."""
    for run in opened.record.runs if opened.record else ():
        if why := run.signed and misfit(run.signed):
            name = f"run {run.stamp.run or ''}".strip()
            flaw = f"the {name} of {as_written(run.stamp.collected_at)} does not count: {why}"
            return opened._replace(record=None, flaw=Unreadable(flaw))
    return opened


def _pipeline_of(file: str) -> str:
    return DEFAULT if file == FILE else file.removeprefix(f"{FOLDER}/")[: -len(_SUFFIX)]


def _opened(folder: str, file: str, service: str, bounds: Bounds, alike: Counter[str]) -> OpenedRecord:
    path, pipeline = f"{folder}/{file}", _pipeline_of(file)
    opened = OpenedRecord(path, bounds.name(path), pipeline)
    if pipeline_of(file) is None:
        why = f"a record is {FILE} or {FOLDER}/<pipeline>{_SUFFIX}"
    elif alike[pipeline.casefold()] > 1:
        why = f"the name of another record differs from {pipeline!r} only by case"
    else:
        try:
            data = _content(folder, file, bounds)
            digest = hashlib.sha256(data).hexdigest()
            return opened._replace(record=read(data, service, pipeline), sha256=digest)
        except (Absent, Unreadable, SyntaxProblem) as flaw:
            return opened._replace(flaw=flaw)
    return opened._replace(flaw=Unreadable(why))


def _content(folder: str, file: str, bounds: Bounds) -> bytes:
    artefact = open_artefact(folder, file, bounds)
    if bounds.tree.entry(f"{folder}/{file}") is not EntryKind.FILE:
        raise Unreadable(f"{artefact.path} is not a file")
    return artefact.files[0].read()


def identity(folders: ServiceFolders, service: Service, bounds: Bounds) -> object:
    """Return a value that changes when a record of a service changes."""
    found: list[object] = []
    for file in record_files(folders, service, bounds):
        try:
            artefact = open_artefact(folders.records, file, bounds)
            found += ((one.name, one.identity and one.identity()) for one in artefact.files)
        except (Absent, Unreadable) as reason:
            found.append((file, str(reason)))
    return tuple(found)


def in_force(opened: Sequence[OpenedRecord], key: EvidenceKey) -> list[tuple[OpenedRecord, RecordedRun]]:
    """Return who recorded a slot of the newest commit, the newest run first; empty if no record has the slot.

    A commit that is not known may be any commit.
    """
    found = [(one, run) for one in opened if one.record and (run := one.record.run_of(key))]
    found.sort(key=lambda one: age_of(one[1]), reverse=True)
    newest = found[0][1].stamp.commit if found else None
    return [one for one in found if _may_be_same(one[1].stamp.commit, newest)]


def age_of(run: RecordedRun) -> tuple[datetime, datetime]:
    """Return by what runs are ordered; no commit is newer than its run, or older if its time is not known."""
    collected_at = run.stamp.collected_at
    return min(run.stamp.committed_at or collected_at, collected_at), collected_at


def _may_be_same(one: str | None, other: str | None) -> bool:
    shorter, longer = sorted(((one or "").lower(), (other or "").lower()), key=len)
    return longer.startswith(shorter)
