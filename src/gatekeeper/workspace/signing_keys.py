"""The keys of a workspace: whose they are, and which may sign."""

from collections.abc import Iterable, Iterator

from gatekeeper.model.rulebook import Governance, Person, Recorder, SigningKey
from gatekeeper.signatures.allowed_signers import AllowedSigner
from gatekeeper.signatures.public_keys import PublicKey, parse_public_key


def keys_of(owners: Iterable[tuple[str, Person | Recorder]]) -> Iterator[tuple[str, SigningKey, PublicKey]]:
    """Yield every key of people or pipelines with the name of its owner."""
    for name, owner in owners:
        yield from ((name, key, parse_public_key(key.key)) for key in owner.keys)


def valid_signers(owners: Iterable[tuple[str, Person | Recorder]]) -> Iterator[AllowedSigner]:
    """Yield the keys of people or pipelines that are not revoked."""
    for name, key, public in keys_of(owners):
        if not key.revoked:
            yield AllowedSigner((name,), public, key.from_, key.until)


def everybody(governance: Governance) -> list[tuple[str, Person | Recorder]]:
    """Return the people of the roster and the pipelines that record."""
    return [*governance.roster.items(), *governance.recorders.items()]
