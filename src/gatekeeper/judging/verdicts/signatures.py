"""Decide whether the signature of a statement counts: by the roster's keys, its bytes and its date."""

from datetime import date

from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Governance, SigningKey
from gatekeeper.model.service import Service
from gatekeeper.model.signature import SignatureSeen, SignatureState
from gatekeeper.model.statement import Statement
from gatekeeper.signatures.public_keys import BadKey, PublicKey, parse_public_key
from gatekeeper.signatures.verification import BadSignature, signer_of


def signature_of(statement: Statement, rulebook: Rulebook, service: Service | None = None) -> SignatureSeen:
    """Return how a statement was made; `service` is the one that it is about, if it is about one."""
    if why := _withdrawn(statement, rulebook, service):
        return SignatureSeen(SignatureState.WITHDRAWN, None, why)
    if statement.signature is not None:
        return _of_key(statement, statement.signature, rulebook)
    if not rulebook.governance.needs_signature(statement.role):
        return SignatureSeen(SignatureState.TYPED)
    if _is_grandfathered(statement, rulebook, service):
        return SignatureSeen(SignatureState.GRANDFATHERED)
    as_ = f"what is stated as {statement.role}" if statement.role else f"{statement.act} entries"
    return SignatureSeen(SignatureState.TYPED, None, f"it is not signed, and {as_} must be signed")


def _withdrawn(statement: Statement, rulebook: Rulebook, service: Service | None) -> str | None:
    if service is None or not service.withdrawn or rulebook.workspace is None:
        return None
    digest = statement.digest(rulebook.workspace)
    found = (one for one in service.withdrawn if one.digest == digest)
    return next((f"{one.by} withdrew it on {one.on}" for one in found), None)


def _of_key(statement: Statement, signature: str, rulebook: Rulebook) -> SignatureSeen:
    why: str | None
    if rulebook.workspace is None:
        why = "its signature cannot be verified: gatekeeper.yaml states no `workspace`"
        return SignatureSeen(SignatureState.INVALID, None, why)
    try:
        signer = signer_of(signature, statement.message(rulebook.workspace))
    except BadSignature as flaw:
        return SignatureSeen(SignatureState.INVALID, None, f"its signature is invalid: {flaw}")
    why = objection_to_key(signer, statement.by, statement.on, rulebook)
    state = SignatureState.INVALID if why else SignatureState.SIGNED
    return SignatureSeen(state, signer.fingerprint, why)


def objection_to_key(signer: PublicKey, by: str, on: date, rulebook: Rulebook) -> str | None:
    """Return why a key may not sign what a person states on a day, or None if it may."""
    governance = rulebook.governance
    person = governance.people.get(by.casefold())
    own = [key for key in person.keys if public_key(key) == signer] if person else []
    objections = [key.objection(on) for key in own]
    if None in objections:
        return None
    if objections:
        return f"the key of {by} {objections[0]}: {signer.fingerprint}"
    owner = owner_of(signer, governance)
    whose = f"a key of {owner}" if owner else "a key that is not on the roster"
    return f"it is signed with {whose}, not with one of {by}: {signer.fingerprint}"


def owner_of(key: PublicKey, governance: Governance) -> str | None:
    """Return the name on the roster whose key it is, whatever its dates; None if it is nobody's."""
    return next((name for name, of in governance.roster.items() if key in map(public_key, of.keys)), None)


def public_key(key: SigningKey) -> PublicKey | None:
    """Return the key of an entry; None if it is not one, which makes the workspace invalid."""
    try:
        return parse_public_key(key.key)
    except BadKey:
        return None


def _is_grandfathered(statement: Statement, rulebook: Rulebook, service: Service | None) -> bool:
    """Return whether a statement was made before signatures were required, and no level was signed since."""
    governance = rulebook.governance
    if not governance.grandfathered or service is None or rulebook.workspace is None:
        return False
    level = governance.grandfathered.get(statement.digest(rulebook.workspace))
    scale = rulebook.scale
    if level is None or level not in scale:
        return False
    later = [name for name, of in scale.items() if of > scale[level]]
    if not governance.upgrade_sign_offs:
        return service.level not in later
    return not any(
        all(
            (given := service.sign_offs.get(name, {}).get(role)) and given.signature
            for role in governance.upgrade_sign_offs
        )
        for name in later
    )
