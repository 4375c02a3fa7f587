"""Decide which changes of keys are weakenings: keys that sign for longer or for others, and recorders."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from gatekeeper.judging.changes.governance_weakenings import NOTHING, governance_weakened
from gatekeeper.judging.verdicts.signatures import public_key
from gatekeeper.model.changes import Cause, Change, ChangeKind, ManifestPlace
from gatekeeper.model.rulebook import Governance, OwnedKey, Recorder, SigningKey
from gatekeeper.signatures.public_keys import PublicKey


def compare_keys(
    base: Governance,
    head: Governance,
    file: str,
    stated: Mapping[str, Sequence[str]] = NOTHING,
    recorded: Mapping[str, Sequence[str]] = NOTHING,
) -> Iterator[Change]:
    """Yield each key that signs more than before, notes on other changes of keys, and wider recorders.

    Args:
        base: The governance of the base.
        head: The governance of the head.
        file: The file of the latter.
        stated: By person, in lower case, what newly counts by the head.
        recorded: By signer (a key's fingerprint, or an identity), the records that newly count as signed.
    """
    before, after = _owned(base), _owned(head)
    for key in {**before, **after}:
        was, now = before.get(key), after.get(key)
        one = now or before[key]
        name = f"governance.{one.group}.{one.owner}.keys.{key.fingerprint}"
        where = ManifestPlace(file, (one.group, one.owner, "keys") if now else (one.group,))
        if was and now:
            yield from _changed(key, was, now, name, where)
        elif now:
            is_person = now.group == "roster"
            counted = stated.get(now.owner.casefold(), ()) if is_person else recorded.get(key.fingerprint, ())
            message = f"{now.owner} may sign with {key.fingerprint}"
            yield _added(message, _plain(now), name, where, counted)
        else:
            yield _removed(key, one, name, where)
    for name, recorder in head.recorders.items():
        where = ManifestPlace(file, ("recorders", name))
        if name in base.recorders:
            yield from _recorder(name, base.recorders[name], recorder, where)
        elif recorder.identity:
            counted = [what for by, of in recorded.items() if not by.startswith("SHA256:") for what in of]
            message = f"{name} may sign with the identity {recorder.identity.subject}"
            plain = recorder.model_dump(mode="json")
            yield _added(message, plain, f"governance.recorders.{name}", where, counted)


def _owned(governance: Governance) -> dict[PublicKey, OwnedKey]:
    return {found: one for one in governance.owned_keys() if (found := public_key(one.key))}


def _added(message: str, state: object, name: str, where: ManifestPlace, counted: Sequence[str]) -> Change:
    message += "; it counts once this is merged"
    if not counted:
        return _note(name, message, where)
    message += f", and so does what is signed already: {', '.join(counted)}"
    return governance_weakened(name, message, where, None, [state, *counted])


def _removed(key: PublicKey, was: OwnedKey, name: str, where: ManifestPlace) -> Change:
    if was.key.revoked:
        message = f"the revoked key {key.fingerprint} of {was.owner} was removed, and could be added again"
        return governance_weakened(name, message, where, _plain(was), None)
    return _note(name, f"{was.owner} may no longer sign with {key.fingerprint}", where)


def _changed(
    key: PublicKey, was: OwnedKey, now: OwnedKey, name: str, where: ManifestPlace
) -> Iterator[Change]:
    whose = f"the key {key.fingerprint} of {was.owner}"
    more = list(_more(was.key, now.key))
    # People are compared ignoring case.
    if (was.group, was.owner.casefold()) != (now.group, now.owner.casefold()):
        more.insert(0, f"is one of {now.owner} now")
    if more:
        yield governance_weakened(name, f"{whose} {' and '.join(more)}", where, _plain(was), _plain(now))
    elif any(_more(now.key, was.key)):
        how = "is revoked" if now.key.revoked and not was.key.revoked else "has other dates"
        yield _note(name, f"{whose} {how}", where)


def _more(was: SigningKey, now: SigningKey) -> Iterator[str]:
    """Yield each way in which a key signs more than before."""
    if was.revoked and not now.revoked:
        yield "is no longer revoked"
    if was.from_ and (now.from_ is None or now.from_ < was.from_):
        yield f"counts from {_day(now.from_)} on instead of {was.from_}"
    if was.until and (now.until is None or now.until > was.until):
        yield f"counts until {_day(now.until)} instead of {was.until}"


def _day(day: date | None) -> str:
    return str(day) if day else "any day"


def _recorder(name: str, was: Recorder, now: Recorder, where: ManifestPlace) -> Iterator[Change]:
    """Yield a weakening if a pipeline may record more than before."""
    more = [f"the evidence of {service}" for service in now.services if service not in was.services]
    if was.repository is not None and was.repository != now.repository:
        more.append(f"from {now.repository or 'any repository'} instead of {was.repository}")
    compared = {"keys", "services", "repository"}
    others = [of.model_dump(mode="json", exclude=compared) for of in (was, now)]
    if others[0] != others[1]:
        changed = sorted(field for field in others[0] if others[0][field] != others[1][field])
        more.append(f"by another {', '.join(changed)}")
    if more:
        states = (of.model_dump(mode="json", exclude={"keys"}) for of in (was, now))
        yield governance_weakened(
            f"governance.recorders.{name}", f"{name} may record {' and '.join(more)}", where, *states
        )


def _plain(owned: OwnedKey) -> object:
    return [owned.owner, owned.key.model_dump(mode="json")]


def _note(name: str, message: str, where: ManifestPlace) -> Change:
    return Change(ChangeKind.NOTE, name, message, Cause.GOVERNANCE, where=where)
