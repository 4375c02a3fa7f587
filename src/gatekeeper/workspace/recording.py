"""Record the evidence of a service, for a workspace that does not have its artefacts."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.evidence import records
from gatekeeper.manifests.discovery import find_repository
from gatekeeper.model.evidence import Recorded
from gatekeeper.trees.revisions import head_commit
from gatekeeper.version import __version__
from gatekeeper.workspace.judging import record
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
    """The file that the workspace reads it from."""


def record_service(
    loaded: LoadedWorkspace, service: str, folder: Path | None, commit: str | None, moment: datetime
) -> NewRecord:
    """Read the artefacts that a service maps.

    Args:
        loaded: The workspace.
        service: The name of the service.
        folder: The folder of the artefacts, which must be inside it; by default the service's own folder,
            and the repository around it.
        commit: The commit of the artefacts; by default the commit checked out in the folder.
        moment: The time of the record.

    Raises:
        UsageError: The service is unknown or maps no evidence.
    """
    of = service_named(loaded.manifests, service)
    if not of.evidence:
        raise UsageError(f"{service} maps no evidence: add `evidence` to services/{service}.yaml")
    own = loaded.services_folder / service
    start = folder or own
    sha = commit or head_commit(find_repository(start))
    recorded = record(loaded, of, start, contained_in=folder or loaded.repository)
    text = records.write(service, recorded, moment, sha, __version__).decode()
    return NewRecord(recorded, start, sha, text, own / records.FILE)
