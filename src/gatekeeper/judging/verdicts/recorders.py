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
from gatekeeper.signatures.bundles import EXTRA, NotInstalled, WorkflowIdentity, identity_of
from gatekeeper.signatures.public_keys import PublicKey
from gatekeeper.signatures.verification import BadSignature, signer_of

AGAIN = "collect it again with `--key`"
_WORST_FIRST = (SignatureState.INVALID, SignatureState.SIGNED, SignatureState.UNKNOWN)
"""Of two signatures of a run: each must fit, and one of them must be a recorder's."""


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
    return signature_of_run(evidence.signed, rulebook, service) if evidence.is_recorded else None


def signature_of_run(run: RunStatement | None, rulebook: Rulebook, service: str) -> SignatureSeen:
    """Return how a run is signed; None is one without a signature or a bundle."""
    if run is None:
        unsigned = f"it is not signed; {AGAIN}" if _must_be_signed(rulebook) else None
        return SignatureSeen(SignatureState.TYPED, None, unsigned)
    if run.problem or rulebook.workspace is None:
        why = run.problem or "its signature cannot be verified: gatekeeper.yaml states no `workspace`"
        return SignatureSeen(SignatureState.INVALID, None, f"{why}; {AGAIN}")
    seen = [of_one(run, rulebook, rulebook.workspace, service) for of_one in (_by_key, _by_identity)]
    return min(filter(None, seen), key=lambda one: _WORST_FIRST.index(one.state))


def misfit(rulebook: Rulebook, service: str, run: RunStatement) -> str | None:
    """Return why the signature of a run does not fit: the run was another one. None if it fits."""
    if rulebook.workspace is None:
        return None
    seen = signature_of_run(run, rulebook, service)
    return seen.why if seen.state is SignatureState.INVALID else None


def _must_be_signed(rulebook: Rulebook) -> bool:
    return rulebook.governance.needs_signature(RECORDS)


def _by_key(run: RunStatement, rulebook: Rulebook, workspace: str, service: str) -> SignatureSeen | None:
    """Return how a run is signed with a key; None if it is not."""
    if run.signature is None:
        return None
    try:
        signer = signer_of(run.signature, run.message(workspace))
    except BadSignature as flaw:
        return SignatureSeen(SignatureState.INVALID, None, _bad("signature", flaw))
    why = objection_to_run(run, signer, rulebook, service)
    state = SignatureState.UNKNOWN if why else SignatureState.SIGNED
    return SignatureSeen(state, signer.fingerprint, why)


def _by_identity(run: RunStatement, rulebook: Rulebook, workspace: str, service: str) -> SignatureSeen | None:
    """Return how a run is signed by a Sigstore bundle; None if it has none."""
    if run.bundle is None:
        return None
    if rulebook.trusted_root is None:
        why = "its Sigstore bundle cannot be verified: the rulebook has no `trusted_root.json`"
        return SignatureSeen(SignatureState.UNKNOWN, None, why)
    try:
        identity = identity_of(run.bundle, run.message(workspace), rulebook.trusted_root)
    except BadSignature as flaw:
        return SignatureSeen(SignatureState.INVALID, None, _bad("Sigstore bundle", flaw))
    except NotInstalled:
        why = f"its Sigstore bundle cannot be verified: install the extra `{EXTRA}` of readiness-gatekeeper"
        return SignatureSeen(SignatureState.UNKNOWN, None, why)
    objections = list(_objections_to_identity(run, identity, rulebook, service))
    if None in objections:
        return SignatureSeen(SignatureState.SIGNED, identity.subject)
    unknown = f"its identity is not one of a recorder: {identity.subject} of {identity.issuer}"
    return SignatureSeen(SignatureState.UNKNOWN, identity.subject, next(filter(None, objections), unknown))


def _bad(what: str, flaw: BadSignature) -> str:
    return f"its {what} is invalid: {flaw}; {AGAIN}"


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
    governance = rulebook.governance
    for _, name, _, key in governance.keys_of_recorders.get(signer.text, ()):
        of_key = key.objection(run.on)
        why = f"the key of {name} {of_key}: {signer.fingerprint}" if of_key else None
        yield why or _objection_to_place(run, name, governance.recorders[name], service)


def _objections_to_identity(
    run: RunStatement, identity: WorkflowIdentity, rulebook: Rulebook, service: str
) -> Iterator[str | None]:
    """Yield for each recorder with the identity why it may not have signed a run, or None if it may."""
    for name, recorder in rulebook.governance.recorders.items():
        own = recorder.identity
        if own and (own.issuer, own.subject) == identity[:2]:
            of, its = run.repository, identity.repository
            if its and not (of and _is_one_repository(of, its)):
                yield f"its certificate is of {its}, and the run of {of or 'no stated repository'}"
            else:
                yield _objection_to_place(run, name, recorder, service)


def _is_one_repository(one: str, other: str) -> bool:
    return not set(forms(SubjectType.REPOSITORY, one)).isdisjoint(forms(SubjectType.REPOSITORY, other))


def _objection_to_place(run: RunStatement, name: str, recorder: Recorder, service: str) -> str | None:
    if service not in recorder.services:
        return f"{name} is a recorder of {', '.join(recorder.services)}, not of {service}"
    if recorder.repository is None:
        return None
    if run.repository is None:
        return f"{name} is a recorder of {recorder.repository}, and the run states no repository"
    if not _is_one_repository(recorder.repository, run.repository):
        return f"{name} is a recorder of {recorder.repository}, not of {run.repository}"
    return None
