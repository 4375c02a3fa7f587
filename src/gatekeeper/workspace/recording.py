"""Record the evidence of a service, for a workspace that does not have its artefacts."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.evidence import records
from gatekeeper.evidence.artefacts import Bounds
from gatekeeper.evidence.reader import record
from gatekeeper.judging.plans.requests import requests
from gatekeeper.manifests.discovery import find_repository
from gatekeeper.manifests.files import check_place
from gatekeeper.model.evidence import Recorded
from gatekeeper.trees.disk import DiskTree
from gatekeeper.trees.revisions import head_commit
from gatekeeper.version import __version__
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.selection import service_named


class NewRecord(NamedTuple):
    """A record that has not been written to its file yet."""

    recorded: list[Recorded]
    folder: Path
    """The folder of the artefacts."""
    commit: str | None
    text: str
    file: Path
    """Where it is to be written."""


def record_service(
    loaded: LoadedWorkspace,
    service: str,
    folder: Path | None,
    commit: str | None,
    moment: datetime,
    out: Path | None = None,
) -> NewRecord:
    """Read the artefacts that a service maps.

    Args:
        loaded: The workspace.
        service: The name of the service.
        folder: The folder of the artefacts, which must be inside it; by default the service's own folder,
            and the repository around it.
        commit: The commit of the artefacts; by default the commit checked out in the folder.
        moment: The time of the record.
        out: Where it is to be written; by default the file that the workspace reads it from.

    Raises:
        UsageError: The service is unknown or maps no evidence, or the default file is outside the repository.
    """
    of = service_named(loaded.manifests, service)
    if not of.evidence:
        raise UsageError(f"{service} maps no evidence: add `evidence` to services/{service}.yaml")
    own = loaded.services_folder / service
    if out is None:
        check_place(loaded.tree.root, own / records.FILE)
    start = folder or own
    sha = commit or head_commit(find_repository(start))
    bounds = Bounds(DiskTree(str(folder or loaded.repository)))
    recorded = [record(request, str(start), bounds) for request in requests(of, loaded.rulebook)]
    text = records.write(service, recorded, moment, sha, __version__).decode()
    return NewRecord(recorded, start, sha, text, out or own / records.FILE)
