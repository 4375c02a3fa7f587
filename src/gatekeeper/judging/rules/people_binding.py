"""Check the people and pipelines of the governance: their names and their keys."""

from collections.abc import Iterator

from gatekeeper.errors import nearest
from gatekeeper.judging.places import Place
from gatekeeper.judging.plans.validation import unknown_level
from gatekeeper.model.rulebook import RECORDS, Governance
from gatekeeper.model.workspace import Manifests, Mistake
from gatekeeper.signatures.public_keys import BadKey, PublicKey, parse_public_key


def wrong_people(workspace: Manifests) -> Iterator[Mistake]:
    """Yield repeated names, invalid and shared keys, and unknown roles and levels around signatures."""
    governance = workspace.governance
    place = Place(workspace.files[Governance, ""])
    yield from _repeated_people(governance, place / "roster")
    yield from _wrong_keys(governance, place)
    for role in governance.signatures:
        if role not in governance.roles and role != RECORDS:
            hint = nearest(role, [*governance.roles, RECORDS])
            yield (place / "signatures" / role).wrong_key(f"unknown role {role!r}", hint)
    for level in governance.resign_on:
        yield from unknown_level(level, workspace.levels.scale, place / "resign_on" / level)


def _repeated_people(governance: Governance, place: Place) -> Iterator[Mistake]:
    """Yield names of the roster that differ by case alone: as signers, they are one person."""
    seen: dict[str, str] = {}
    for name in governance.roster:
        if other := seen.get(name.casefold()):
            message = f"{name!r} and {other!r} differ only in upper and lower case"
            yield (place / name).wrong_key(message, "people are compared ignoring case: keep one entry")
        seen.setdefault(name.casefold(), name)


def _wrong_keys(governance: Governance, place: Place) -> Iterator[Mistake]:
    """Yield keys that are invalid, never valid, or listed twice: a key has one owner."""
    owners: dict[PublicKey, str] = {}
    for group, owner, at, key in governance.owned_keys():
        where = place / group / owner / "keys" / at
        try:
            found = parse_public_key(key.key)
        except BadKey as flaw:
            yield where.mistake(f"the key of {owner} is invalid: {flaw}")
            continue
        if key.from_ and key.until and key.until < key.from_:
            yield where.mistake(f"the key of {owner} counts until {key.until}, before {key.from_}")
        if other := owners.get(found):
            whose = f"{owner} twice" if other == owner else f"{other} and {owner}"
            message = f"{found.fingerprint} is the key of {whose}"
            yield where.mistake(message, "a key belongs to one person or pipeline, in one entry")
        owners.setdefault(found, owner)
