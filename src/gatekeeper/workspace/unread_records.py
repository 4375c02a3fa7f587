"""Find the records of evidence that cannot be read, so that nothing in them counts."""

import os
from collections.abc import Iterable, Iterator

from gatekeeper.errors import Problem
from gatekeeper.evidence import records
from gatekeeper.evidence.artefacts import Bounds
from gatekeeper.judging.plans.requests import requests
from gatekeeper.model.evidence import Absent, Unreadable
from gatekeeper.syntax import SyntaxProblem
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
    folder, bounds = str(loaded.services_folder), Bounds(loaded.tree)
    for service in services:
        try:
            record = records.open_record(f"{folder}/{service}", service, bounds)
            if record and entries:
                for request in requests(loaded.manifests.services[service], loaded.rulebook):
                    record.evidence(request)
        except (Absent, Unreadable, SyntaxProblem) as flaw:
            line, column = getattr(flaw, "line", None) or 1, getattr(flaw, "column", None) or 1
            message = f"cannot be used as a record: {getattr(flaw, 'message', flaw)}"
            hint = f"collect it again (`gatekeeper collect {service}`), or remove it"
            yield Problem(f"{root}/{service}/{records.FILE}", line, column, message, hint)
