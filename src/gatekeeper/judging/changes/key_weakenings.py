"""Decide which changes of keys are weakenings: keys that sign for longer or for others, and recorders."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from gatekeeper.judging.changes.governance_weakenings import NOTHING, weaker
from gatekeeper.judging.verdicts.signatures import public_key
from gatekeeper.model.changes import Cause, Change, ChangeKind, ManifestPlace
from gatekeeper.model.rulebook import Governance, Recorder, SigningKey
from gatekeeper.signatures.public_keys import PublicKey


class _Owned(NamedTuple):
    """A key of a person or pipeline."""

    group: str
    """`roster` or `recorders`."""
    owner: str
    key: SigningKey

    @property
    def path(self) -> tuple[str, str, str]:
        return self.group, self.owner, "keys"

    def is_of(self, other: "_Owned") -> bool:
        """Return whether two keys have the same owner; people are compared ignoring case."""
        return (self.group, self.owner.casefold()) == (other.group, other.owner.casefold())


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
        name = f"governance.{'.'.join((now or was or _NOBODY).path)}.{key.fingerprint}"
        where = ManifestPlace(file, now.path if now else ((was or _NOBODY).group,))
        if was and now:
            yield from _changed(key, was, now, name, where)
        elif now:
            is_person = now.group == "roster"
            counted = stated.get(now.owner.casefold(), ()) if is_person else recorded.get(key.fingerprint, ())
            yield _added(key.fingerprint, now, name, where, counted)
        elif was:
            yield _removed(key, was, name, where)
    for name, recorder in head.recorders.items():
        where = ManifestPlace(file, ("recorders", name))
        if name in base.recorders:
            yield from _recorder(name, base.recorders[name], recorder, where)
        elif recorder.identity:
            counted = [what for by, of in recorded.items() if not by.startswith("SHA256:") for what in of]
            signer = f"the identity {recorder.identity.subject}"
            owned = _NOBODY._replace(group="recorders", owner=name)
            yield _added(signer, owned, f"governance.recorders.{name}", where, counted)


_NOBODY = _Owned("roster", "", SigningKey.model_construct(key=""))


def _owned(governance: Governance) -> dict[PublicKey, _Owned]:
    found: dict[PublicKey, _Owned] = {}
    for group, owners in (("roster", governance.roster), ("recorders", governance.recorders)):
        for owner, of in owners.items():
            for one in of.keys:
                if key := public_key(one):
                    found[key] = _Owned(group, owner, one)
    return found


def _added(
    signer: str, now: _Owned | Recorder, name: str, where: ManifestPlace, counted: Sequence[str]
) -> Change:
    owner = now.owner if isinstance(now, _Owned) else where.path[-1]
    message = f"{owner} may sign with {signer}; it counts once this is merged"
    if not counted:
        return _note(name, message, where)
    message += f", and so does what is signed already: {', '.join(counted)}"
    after = _plain(now) if isinstance(now, _Owned) else now.model_dump(mode="json")
    return weaker(name, message, where, None, [after, *counted])


def _removed(key: PublicKey, was: _Owned, name: str, where: ManifestPlace) -> Change:
    if was.key.revoked:
        message = f"the revoked key {key.fingerprint} of {was.owner} was removed, and could be added again"
        return weaker(name, message, where, _plain(was), None)
    return _note(name, f"{was.owner} may no longer sign with {key.fingerprint}", where)


def _changed(key: PublicKey, was: _Owned, now: _Owned, name: str, where: ManifestPlace) -> Iterator[Change]:
    whose = f"the key {key.fingerprint} of {was.owner}"
    more = list(_more(was.key, now.key))
    if not was.is_of(now):
        more.insert(0, f"is one of {now.owner} now")
    if more:
        yield weaker(name, f"{whose} {' and '.join(more)}", where, _plain(was), _plain(now))
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
        yield weaker(
            f"governance.recorders.{name}", f"{name} may record {' and '.join(more)}", where, *states
        )


def _plain(owned: _Owned) -> object:
    return [owned.owner, owned.key.model_dump(mode="json")]


def _note(name: str, message: str, where: ManifestPlace) -> Change:
    return Change(ChangeKind.NOTE, name, message, Cause.GOVERNANCE, where=where)
