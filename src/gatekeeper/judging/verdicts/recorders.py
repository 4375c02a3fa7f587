"""Decide whether a record is signed by a pipeline that may: a recorder of the service and its repository.

A record that nobody signed, or an unknown signer, counts as a record, unless records must be signed: then it
is missing. A record whose signature does not fit is unreadable: it was changed, or copied from elsewhere.
"""

from collections.abc import Iterator

from gatekeeper.judging.plans.identity import forms
from gatekeeper.model.evidence import Evidence, EvidenceStatus, SubjectType
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import RECORDS, Recorder
from gatekeeper.model.signature import SignatureSeen, SignatureState
from gatekeeper.model.statement import RunStatement
from gatekeeper.model.status import Basis, ReasonCode
from gatekeeper.signatures.public_keys import PublicKey
from gatekeeper.signatures.verification import BadSignature, signer_of

_AGAIN = "collect it again with `--key`"


def admitted(evidence: Evidence, rulebook: Rulebook, service: str) -> Evidence:
    """Return evidence as it counts: on the basis of its signature, or without facts."""
    seen = signature_of_record(evidence, rulebook, service)
    if seen is None or (seen.why is None and seen.state is not SignatureState.SIGNED):
        return evidence
    if seen.state is SignatureState.SIGNED:
        return evidence._replace(basis=Basis.SIGNED_RECORD)
    if seen.state is SignatureState.INVALID:
        reason = f"the record of `{evidence.slot}` does not count: {seen.why}"
        return evidence._replace(status=EvidenceStatus.UNREADABLE, reason=reason, facts=None)
    if evidence.status is not EvidenceStatus.OK or not _must_be_signed(rulebook):
        return evidence
    of = f" of the pipeline {evidence.pipeline}" if evidence.pipeline else ""
    reason = f"`{evidence.slot}` is known from a record{of}, and records must be signed: {seen.why}"
    status, code = EvidenceStatus.MISSING, ReasonCode.UNSIGNED
    return evidence._replace(status=status, reason=reason, facts=None, code=code)


def signature_of_record(evidence: Evidence, rulebook: Rulebook, service: str) -> SignatureSeen | None:
    """Return how the record that evidence is taken from was made; None if it is not taken from one."""
    if not evidence.is_recorded:
        return None
    run = evidence.signed
    if run is None:
        unsigned = f"it is not signed; {_AGAIN}" if _must_be_signed(rulebook) else None
        return SignatureSeen(SignatureState.TYPED, None, unsigned)
    if run.problem or rulebook.workspace is None:
        why = run.problem or "its signature cannot be verified: gatekeeper.yaml states no `workspace`"
        return SignatureSeen(SignatureState.INVALID, None, f"{why}; {_AGAIN}")
    return _of_key(run, run.signature or "", rulebook, rulebook.workspace, service)


def _must_be_signed(rulebook: Rulebook) -> bool:
    return rulebook.governance.needs_signature(RECORDS)


def _of_key(
    run: RunStatement, signature: str, rulebook: Rulebook, workspace: str, service: str
) -> SignatureSeen:
    try:
        signer = signer_of(signature, run.message(workspace))
    except BadSignature as flaw:
        bad = f"its signature is invalid, as it was changed, or is of another run or place: {flaw}; {_AGAIN}"
        return SignatureSeen(SignatureState.INVALID, None, bad)
    why = objection_to_run(run, signer, rulebook, service)
    state = SignatureState.UNKNOWN if why else SignatureState.SIGNED
    return SignatureSeen(state, signer.fingerprint, why)


def objection_to_run(run: RunStatement, signer: PublicKey, rulebook: Rulebook, service: str) -> str | None:
    """Return why a key may not sign a run of a service, or None if it may."""
    objections = list(_objections(run, signer, rulebook, service))
    if None in objections:
        return None
    return next(filter(None, objections), f"its key is not one of a recorder: {signer.fingerprint}")


def _objections(
    run: RunStatement, signer: PublicKey, rulebook: Rulebook, service: str
) -> Iterator[str | None]:
    """Yield for each recorder with the key why it may not have signed a run, or None if it may."""
    for name, recorder in rulebook.governance.recorders.items():
        for key in recorder.keys:
            # The text of a key is canonical, or else the workspace is invalid.
            if " ".join(key.key.split()[:2]) == signer.text:
                of_key = key.objection(run.on)
                why = f"the key of {name} {of_key}: {signer.fingerprint}" if of_key else None
                yield why or _objection_to_place(run, name, recorder, service)


def _objection_to_place(run: RunStatement, name: str, recorder: Recorder, service: str) -> str | None:
    if service not in recorder.services:
        return f"{name} is a recorder of {', '.join(recorder.services)}, not of {service}"
    if recorder.repository is None:
        return None
    if run.repository is None:
        return f"{name} is a recorder of {recorder.repository}, and the run states no repository"
    ours, its = (set(forms(SubjectType.REPOSITORY, one)) for one in (recorder.repository, run.repository))
    if ours.isdisjoint(its):
        return f"{name} is a recorder of {recorder.repository}, not of {run.repository}"
    return None
