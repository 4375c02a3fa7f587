"""Find the records of evidence that cannot be read, so that nothing in them counts."""

import os
from collections.abc import Iterable, Iterator
from functools import partial

from gatekeeper.errors import Problem
from gatekeeper.evidence.artefacts import Bounds
from gatekeeper.evidence.record_files import FILE, OpenedRecord, open_records
from gatekeeper.evidence.records import DEFAULT, Record
from gatekeeper.judging.plans.requests import requests
from gatekeeper.judging.verdicts.recorders import AGAIN, misfit
from gatekeeper.model.evidence import Unreadable
from gatekeeper.model.service import Service
from gatekeeper.workspace.loading import LoadedWorkspace


def unreadable_records(
    loaded: LoadedWorkspace, services: Iterable[str], *, entries: bool = False
) -> Iterator[Problem]:
    """Yield a warning for each record of these services that cannot be read.

    Args:
        loaded: The workspace.
        services: The names of services.
        entries: Also check each entry that the service maps, which takes longer.
    """
    root = os.path.relpath(loaded.services_folder, loaded.root).replace(os.sep, "/")
    bounds = Bounds(loaded.tree)
    for name in services:
        service = loaded.manifests.services[name]
        folders = loaded.folders(service)
        for one in open_records(folders, service, bounds, partial(misfit, loaded.rulebook, name)):
            flaw = one.flaw or (_flaw(one.record, service, loaded) if one.record and entries else None)
            if flaw is not None:
                line, column = getattr(flaw, "line", None) or 1, getattr(flaw, "column", None) or 1
                why = str(getattr(flaw, "message", flaw)).removesuffix(f"; {AGAIN}")
                message = f"cannot be used as a record: {why}"
                file = f"{root}/{name}/{os.path.relpath(one.path, folders.records)}".replace(os.sep, "/")
                yield Problem(file, line, column, message, _hint(name, one))


def _hint(service: str, one: OpenedRecord) -> str:
    pipeline = "" if one.pipeline == DEFAULT else f" --pipeline {one.pipeline}"
    again = f"collect it again (`gatekeeper collect {service}{pipeline}`), or remove it"
    return again if one.path.endswith(f"/{FILE}") else f"{again}; if it is an artefact, map it"


def _flaw(record: Record, service: Service, loaded: LoadedWorkspace) -> Unreadable | None:
    """Return why an entry of a record that the service maps cannot be used; None if all can."""
    try:
        for request in requests(service, loaded.rulebook):
            if run := record.run_of((request.slot, request.narrowing)):
                run.evidence(request)
    except Unreadable as flaw:
        return flaw
    return None
