"""Add a run to a record, signed with the key of a pipeline if there is one."""

from typing import TYPE_CHECKING

from gatekeeper.errors import UsageError
from gatekeeper.evidence.records import Record, RecordedRun
from gatekeeper.judging.verdicts.recorders import objection_to_run
from gatekeeper.model.statement import RunStatement
from gatekeeper.signatures.verification import BadSignature, signer_of
from gatekeeper.workspace.loading import LoadedWorkspace

if TYPE_CHECKING:
    from gatekeeper.attested.signing import StatementSigner


def added(
    loaded: LoadedWorkspace, service: str, last: Record, new: RecordedRun, signer: "StatementSigner | None"
) -> tuple[Record, tuple[str, ...]]:
    """Return a record with a new run, and what its reader has to know about the signature.

    Args:
        loaded: The workspace.
        service: The service of the record.
        last: The record; it is returned as it is if the new run repeats what it has, signed by the same key.
        new: The run.
        signer: The key of the pipeline; None to sign nothing.

    Raises:
        UsageError: The workspace has no id, the run cannot be signed, or the key did not sign.
    """
    if signer is None:
        return last.updated(new), ()
    workspace, key = loaded.rulebook.workspace, signer.public_key
    if workspace is None:
        raise UsageError(
            "--key: gatekeeper.yaml states no `workspace`, by which a signature counts in no other one; "
            "add the line `workspace: UUID`, with a UUID of its own (`uuidgen`)"
        )
    now = last.updated(new, may_repeat=lambda run: _is_signed_by(key.text, run.signed, workspace))
    if now is last:
        return last, ()
    *kept, run = now.runs
    statement = run.states(service, last.pipeline)
    if statement.problem:
        raise UsageError(f"--key: {statement.problem}; collect without --key, or leave the slot out")
    signed = run.with_signature(signer.sign(statement.message(workspace)))
    why = objection_to_run(statement, key, loaded.rulebook, service)
    notes = (f"it is signed, and counts as unsigned: {why}; add the key to `recorders`",) if why else ()
    return now._replace(runs=(*kept, signed)), notes


def _is_signed_by(key: str, run: RunStatement | None, workspace: str) -> bool:
    if run is None or run.problem or run.signature is None:
        return False
    try:
        return signer_of(run.signature, run.message(workspace)).text == key
    except BadSignature:
        return False
