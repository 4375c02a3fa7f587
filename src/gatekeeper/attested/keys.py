"""Keys: Ed25519 in PEM files, as openssl writes them. What is in them is never shown."""

from pathlib import Path
from typing import TYPE_CHECKING

from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, SSlibKey

_MOST_BYTES = 65_536
_PRIVATE = b"PRIVATE KEY-----"
_PUBLIC = b"-----BEGIN PUBLIC KEY-----"
GENERATE = "openssl genpkey -algorithm ed25519 -out gatekeeper.key"


def signer(file: Path) -> "CryptoSigner":
    """Return what signs with the private key in a file; `UsageError` where there is none of our kind."""
    data = _read(file)
    if _PRIVATE not in data:
        what = (
            "is a public key; sign with the private one" if _PUBLIC in data else "holds no private key in PEM"
        )
        raise UsageError(f"{file} {what}; make one with `{GENERATE}`")
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.signer import CryptoSigner

    try:
        key = load_pem_private_key(data, password=None)
    except TypeError:
        raise UsageError(
            f"{file} is locked with a password, and nobody is there to type it: keep the key as a secret of "
            f"the pipeline, without a password: `openssl pkey -in {file} -out unlocked.key`"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise UsageError(f"{file} is damaged or no key in PKCS #8; make one with `{GENERATE}`") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{file} is {_kind(key)}, and only Ed25519 is used; make one with `{GENERATE}`")
    return CryptoSigner(key)


def verifier(file: Path) -> "SSlibKey":
    """Return what verifies with the public key in a file; `UsageError` where there is none of our kind."""
    data = _read(file)
    derive = f"openssl pkey -in {file} -pubout -out gatekeeper.pub"
    if _PRIVATE in data:
        raise UsageError(
            f"{file} is a private key, which nobody should need to verify: "
            f"write its public one with `{derive}`"
        )
    if _PUBLIC not in data:
        raise UsageError(
            f"{file} holds no public key in PEM; write it with `{derive.replace(str(file), 'KEY')}`"
        )
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.signer import SSlibKey

    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        raise UsageError(f"{file} is damaged: it holds no public key") from None
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{file} is {_kind(key)}, and only Ed25519 is used")
    return SSlibKey.from_crypto(key)


def _kind(key: object) -> str:
    """Say what a key is: `_RSAPrivateKey` is a key of the kind RSA."""
    name = type(key).__name__.strip("_").removesuffix("PrivateKey").removesuffix("PublicKey")
    return f"a key of the kind {name}"


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{file} is no key: it has more than {_MOST_BYTES:,} bytes")
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"the key {file} cannot be read: {error.strerror}") from None
    except ValueError:
        raise UsageError(f"{str(file)!r} is no file name") from None
