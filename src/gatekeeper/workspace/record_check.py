"""Check the signature of every run in the records of a service."""

from collections.abc import Iterator

from gatekeeper.evidence.artefacts import Bounds
from gatekeeper.evidence.record_files import OpenedRecord, open_records
from gatekeeper.evidence.records import RecordedRun
from gatekeeper.judging.verdicts.recorders import signature_of_run
from gatekeeper.model.moment import utc_day
from gatekeeper.model.rulebook import RECORDS
from gatekeeper.model.service import Service
from gatekeeper.model.signature import ListedStatement
from gatekeeper.model.statement import Act, Statement
from gatekeeper.workspace.loading import LoadedWorkspace


def runs_of(loaded: LoadedWorkspace, service: Service) -> Iterator[ListedStatement]:
    """Yield the runs of those records of a service that can be read."""
    for opened in open_records(loaded.folders(service), service, Bounds(loaded.tree)):
        if opened.record:
            yield from (_of_run(loaded, service, opened, run) for run in opened.record.runs)


def _of_run(
    loaded: LoadedWorkspace, service: Service, opened: OpenedRecord, run: RecordedRun
) -> ListedStatement:
    rulebook, signed = loaded.rulebook, run.signed
    about = {"service": service.service, "pipeline": opened.pipeline}
    if run.stamp.run:
        about["run"] = run.stamp.run
    on, signature = utc_day(run.stamp.collected_at), signed.signature if signed else None
    seen = signature_of_run(signed, rulebook, service.service)
    return ListedStatement(
        Statement(Act.RECORD, about, {}, opened.pipeline, on, RECORDS, signature),
        service.service,
        opened.file,
        signed.message(rulebook.workspace) if signed and rulebook.workspace and not signed.problem else None,
        seen,
        is_problem=seen.is_wrong or (rulebook.governance.needs_signature(RECORDS) and seen.why is not None),
    )
