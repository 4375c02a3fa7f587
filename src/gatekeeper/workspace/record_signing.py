"""Sign runs of records: with the key of a pipeline, or by a Sigstore bundle that is made elsewhere."""

from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.collectors.reading.figures import mapping, section, text
from gatekeeper.errors import UsageError
from gatekeeper.evidence.artefacts import Bounds
from gatekeeper.evidence.record_files import file_of, open_records
from gatekeeper.evidence.records import Record, RecordedRun
from gatekeeper.judging.verdicts.recorders import objection_to_run, signature_of_run
from gatekeeper.manifests.files import check_place
from gatekeeper.model.evidence import Unreadable
from gatekeeper.model.rulebook import RECORDS
from gatekeeper.model.signature import SignatureSeen, SignatureState
from gatekeeper.model.statement import RunStatement, canonical
from gatekeeper.signatures.verification import BadSignature, signer_of
from gatekeeper.syntax import SyntaxProblem, json
from gatekeeper.syntax.json import Object
from gatekeeper.workspace.entry_signing import workspace_id
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.selection import service_named

if TYPE_CHECKING:
    from gatekeeper.attested.signing import StatementSigner


def added(
    loaded: LoadedWorkspace,
    service: str,
    last: Record,
    new: RecordedRun,
    signer: "StatementSigner | None",
    *,
    for_bundle: bool = False,
) -> tuple[Record, tuple[str, ...]]:
    """Return a record with a new run, and what its reader has to know about the signature.

    Args:
        loaded: The workspace.
        service: The service of the record.
        last: The record; it is returned as it is if the new run repeats what it has, signed by the same key.
        new: The run.
        signer: The key of the pipeline; None to sign nothing.
        for_bundle: Whether another program signs the run; then only a run with a bundle is repeated.

    Raises:
        UsageError: The workspace has no id, the run cannot be signed, or the key did not sign.
    """
    if signer is None:
        now = last.updated(new, lambda run: not for_bundle or run.fields.get("bundle") is not None)
        is_short = loaded.rulebook.governance.needs_signature(RECORDS) and not for_bundle and now is not last
        return now, ("it does not count, because records must be signed: give --key",) if is_short else ()
    workspace, key = workspace_id(loaded), signer.public_key
    name = service_named(loaded.manifests, service).signed_as
    statement = new.states(name, last.pipeline)
    why = objection_to_run(statement, key, loaded.rulebook, service)
    notes = (f"it is signed, and counts as unsigned: {why}; see `recorders`",) if why else ()
    now = last.updated(new, may_repeat=lambda run: _is_signed_by(key.text, run.signed, workspace))
    if now is last:
        return last, notes
    *kept, run = now.runs
    signed = run.with_signature(signer.sign(_message(run.states(name, last.pipeline), workspace)))
    return now._replace(runs=(*kept, signed)), notes


def message_of(loaded: LoadedWorkspace, service: str, pipeline: str, run: RecordedRun) -> bytes:
    """Return what a run states, to be signed by another program.

    Raises:
        UsageError: The workspace has no id, or the run cannot be signed.
    """
    name = service_named(loaded.manifests, service).signed_as
    return _message(run.states(name, pipeline), workspace_id(loaded))


def _message(statement: RunStatement, workspace: str) -> bytes:
    if statement.problem:
        raise UsageError(f"the run cannot be signed: {statement.problem}; leave its slot out")
    return statement.message(workspace)


class Attached(NamedTuple):
    """A record with a bundle that signs one of its runs; it has not been written yet."""

    file: Path
    text: str
    seen: SignatureSeen
    """How the run is signed now."""


def attached(loaded: LoadedWorkspace, service: str, data: bytes) -> Attached:
    """Return the record that has the run which a Sigstore bundle signs, with the bundle.

    Raises:
        UsageError: It is not a bundle of such a run, or it is invalid, or the record cannot be written.
    """
    of, workspace = service_named(loaded.manifests, service), workspace_id(loaded)
    bundle, payload = _read_bundle(data)
    for one in open_records(loaded.folders(of), of, Bounds(loaded.tree)):
        for at, run in enumerate(one.record.runs if one.record else ()):
            statement = run.states(of.signed_as, one.pipeline)
            if one.record is None or statement.problem or statement.message(workspace) != payload:
                continue
            signed = run.with_bundle(bundle)
            seen = signature_of_run(signed.states(of.signed_as, one.pipeline), loaded.rulebook, service)
            if seen.state is SignatureState.INVALID:
                raise UsageError(f"the bundle would make the record unreadable: {seen.why}")
            runs = (*one.record.runs[:at], signed, *one.record.runs[at + 1 :])
            text = one.record._replace(runs=runs).as_json(of.signed_as).decode()
            return Attached(place_of_record(loaded, service, one.pipeline), text, seen)
    raise UsageError(
        f"the bundle signs no run in the records of {service}: sign the file that `collect --statement` "
        "writes, as it is, and attach the bundle before you collect again"
    )


def place_of_record(loaded: LoadedWorkspace, service: str, pipeline: str) -> Path:
    """Return the file of a record, to be written.

    Raises:
        UsageError: It is outside the repository, or a link.
    """
    file = loaded.services_folder / service / file_of(pipeline)
    check_place(loaded.tree.root, file)
    if file.is_symlink():
        raise UsageError(f"{file} is a link, and would change another file: remove it; nothing was written")
    return file


def _read_bundle(data: bytes) -> tuple[Object, bytes]:
    """Return a bundle and what it signs, in canonical JSON."""
    try:
        bundle = mapping(json.load(data), "the bundle")
        payload = text(section(bundle, "dsseEnvelope").get("payload"), "dsseEnvelope.payload")
        return bundle, canonical(mapping(json.load(b64decode(payload, validate=True)), "payload"))
    except (SyntaxProblem, Unreadable, ValueError) as flaw:
        raise UsageError(f"it is not a Sigstore bundle with a statement: {flaw}") from None


def _is_signed_by(key: str, run: RunStatement | None, workspace: str) -> bool:
    if run is None or run.problem or run.signature is None:
        return False
    try:
        return signer_of(run.signature, run.message(workspace)).text == key
    except BadSignature:
        return False
