"""Decide which changes of the rules on signatures are weakenings: who must sign, and what counts unsigned."""

from collections.abc import Iterator
from hashlib import sha256

from gatekeeper.judging.changes.governance_weakenings import governance_weakened, named
from gatekeeper.judging.changes.own_rules import Rules
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.model.changes import Cause, Change, ChangeKind, ManifestPlace
from gatekeeper.model.rulebook import RECORDS, Governance
from gatekeeper.model.signature import SignatureState
from gatekeeper.model.statement import of_exception, of_service
from gatekeeper.model.workspace import Manifests


def compare_signing(base: Manifests, head: Manifests, rules: Rules) -> Iterator[Change]:
    """Yield each way in which less must be signed, and a note where more must be."""
    was, now, file = base.governance, head.governance, head.files[Governance, ""]
    yield from _workspace_id(base, head)
    yield from _trusted_root(base, head, ManifestPlace(file, ("recorders",)))
    for role in sorted({*was.signatures, *now.signatures}):
        yield from _role(role, was, now, ManifestPlace(file, ("signatures",)))
    yield from _grandfathered(base, head, ManifestPlace(file, ("grandfathered",)))
    yield from _unsigned_again(head, rules, ManifestPlace(file, ("upgrade_sign_offs",)))
    for level, asked in was.resign_on.items():
        if less := [what for what in asked if what not in now.resign_on.get(level, ())]:
            yield governance_weakened(
                f"governance.resign_on.{level}",
                f"sign-offs of {level} count although the {' or the '.join(less)} has changed since",
                ManifestPlace(file, ("resign_on",)),
                list(asked),
                list(now.resign_on.get(level, ())),
            )


def _workspace_id(base: Manifests, head: Manifests) -> Iterator[Change]:
    """Yield that the workspace has another id: no signature fits it, and no withdrawal does."""
    if base.id is None or base.id == head.id:
        return
    place = ManifestPlace("gatekeeper.yaml", ("workspace",))
    message = f"the id of the workspace is {head.id or 'gone'} instead of {base.id}"
    if _is_anything_signed(base):
        message += ": nothing that was signed, and no withdrawal, fits it"
        yield governance_weakened("workspace", message, place, base.id, head.id)
    else:
        yield Change(ChangeKind.NOTE, "workspace", message, Cause.GOVERNANCE, where=place)


def _trusted_root(base: Manifests, head: Manifests, where: ManifestPlace) -> Iterator[Change]:
    """Yield that certificates count by another root of trust."""
    has_identities = any(of.identity for of in base.governance.recorders.values())
    if base.trusted_root == head.trusted_root or not (base.trusted_root or has_identities):
        return
    how = ("another one" if base.trusted_root else "new") if head.trusted_root else "gone"
    message = f"trusted_root.json, by which Sigstore bundles of records count, is {how}"
    digests = (of.trusted_root and sha256(of.trusted_root).hexdigest() for of in (base, head))
    yield governance_weakened("trusted_root", message, where, *digests)


def _is_anything_signed(workspace: Manifests) -> bool:
    """Return whether somebody may sign, or withdrew something; without a key nothing signed counts."""
    governance = workspace.governance
    has_keys = any(person.keys for person in governance.roster.values()) or bool(governance.recorders)
    return has_keys or any(of.withdrawn for of in workspace.services.values())


def _role(role: str, was: Governance, now: Governance, where: ManifestPlace) -> Iterator[Change]:
    before, after = was.needs_signature(role), now.needs_signature(role)
    what = "records of evidence" if role == RECORDS else f"what is stated as {role}"
    if before and not after:
        message = f"{what} need not be signed any more" if role == RECORDS else f"{what} counts unsigned"
        states = [of.signatures.get(role, "optional") for of in (was, now)]
        yield governance_weakened(f"governance.signatures.{role}", message, where, *states)
    elif after and not before:
        message = f"{what} must be signed, once this is merged"
        yield Change(ChangeKind.NOTE, f"signatures:{role}", message, Cause.GOVERNANCE, where=where)


def _grandfathered(base: Manifests, head: Manifests, where: ManifestPlace) -> Iterator[Change]:
    """Yield what newly counts unsigned, or for longer, although the base asked for its signature already.

    What is stated in a role that must be signed only from this change on counts in the base.
    """
    was, now = base.governance.grandfathered, head.governance.grandfathered
    scale, id_ = head.levels.scale, base.id or head.id
    gained = {
        digest: level
        for digest, level in now.items()
        if was.get(digest) != level
        and not (digest in was and {level, was[digest]} <= {*scale} and scale[level] < scale[was[digest]])
    }
    if not gained:
        return
    stated = [one for service in head.services.values() for one in of_service(service)]
    stated += (of_exception(entry, head.services.get(entry.service)) for entry in head.exceptions.values())
    roles = {one.digest(id_): one.role for one in stated} if id_ else {}
    for digest, level in gained.items():
        message, name = f"the statement {digest[:19]}... counts unsigned", f"grandfathered.{digest[7:]}"
        if base.governance.needs_signature(roles.get(digest)):
            message += f" until a level above {level} is signed"
            yield governance_weakened(f"governance.{name}", message, where, was.get(digest), level)
        elif digest not in roles:
            message += " once somebody makes it, and nobody has"
            yield Change(ChangeKind.NOTE, name, message, Cause.GOVERNANCE, where=where)


def _unsigned_again(head: Manifests, rules: Rules, where: ManifestPlace) -> Iterator[Change]:
    """Yield what counts unsigned again, because other roles sign levels and so no higher one is signed."""
    was, now = rules.base.governance, rules.own.governance
    if not was.grandfathered or was.deciding == now.deciding:
        return
    known = {digest for digest, level in was.grandfathered.items() if now.grandfathered.get(digest) == level}
    again = [
        named(one, service)
        for service in head.services.values()
        for one in of_service(service)
        if signature_of(one, rules.own, service).state is SignatureState.GRANDFATHERED
        and signature_of(one, rules.base, service).is_unsigned
        and rules.base.workspace
        and one.digest(rules.base.workspace) in known
    ]
    if again:
        message = (
            f"by the new sign-offs, no level above is signed, and this counts unsigned: {', '.join(again)}"
        )
        yield governance_weakened("governance.upgrade_sign_offs:unsigned", message, where, again, None)
