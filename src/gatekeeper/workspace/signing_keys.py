"""The keys of a workspace as a list of allowed signers."""

from collections.abc import Iterable, Iterator

from gatekeeper.model.rulebook import OwnedKey
from gatekeeper.signatures.allowed_signers import AllowedSigner
from gatekeeper.signatures.public_keys import parse_public_key


def valid_signers(keys: Iterable[OwnedKey]) -> Iterator[AllowedSigner]:
    """Yield the keys that are not revoked."""
    for one in keys:
        if not one.key.revoked:
            yield AllowedSigner((one.owner,), parse_public_key(one.key.key), one.key.from_, one.key.until)
