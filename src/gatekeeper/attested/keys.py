"""Keys: Ed25519 in PEM files, as OpenSSL writes them. The content of a key file is never shown."""

from pathlib import Path
from typing import TYPE_CHECKING

from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from securesystemslib.signer import CryptoSigner, SSlibKey

_MOST_BYTES = 65_536
_PRIVATE = b"PRIVATE KEY-----"
_PUBLIC = b"-----BEGIN PUBLIC KEY-----"
GENERATE = "openssl genpkey -algorithm ed25519 -out gatekeeper.key"


def signer(file: Path) -> "CryptoSigner":
    """Return a signer for the private key in a file.

    Raises:
        UsageError: The file contains no Ed25519 private key without a password.
    """
    data = read_key_file(file)
    if _PRIVATE not in data:
        what = (
            "is a public key; sign with the private key"
            if _PUBLIC in data
            else "contains no private key in PEM"
        )
        raise UsageError(f"{file} {what}; create a key: `{GENERATE}`")
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.signer import CryptoSigner

    try:
        key = load_pem_private_key(data, password=None)
    except TypeError:
        raise UsageError(
            f"{file} is protected by a password, which a pipeline cannot type: store the key without a "
            f"password, as a secret of the pipeline: `openssl pkey -in {file} -out unlocked.key`"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        what = "an SSH key" if b"OPENSSH" in data else "damaged or not in PKCS #8"
        raise UsageError(f"{file} is {what}; create a key: `{GENERATE}`") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{file} is {_kind(key)}, and only Ed25519 is supported; create a key: `{GENERATE}`")
    return CryptoSigner(key, _named(key.public_key()))


def verifier(file: Path) -> "SSlibKey":
    """Return a verifier for the public key in a file.

    Raises:
        UsageError: The file contains no Ed25519 public key.
    """
    data = read_key_file(file)
    derive = f"openssl pkey -in {file} -pubout -out gatekeeper.pub"
    if _PRIVATE in data:
        raise UsageError(
            f"{file} is a private key, and verification needs only the public key: write it with `{derive}`"
        )
    if _PUBLIC not in data:
        raise UsageError(
            f"{file} contains no public key in PEM; write it with `{derive.replace(str(file), 'KEY')}`"
        )
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        raise UsageError(f"{file} is damaged: it contains no public key") from None
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{file} is {_kind(key)}, and only Ed25519 is supported")
    return _named(key)


def _named(key: "Ed25519PublicKey") -> "SSlibKey":
    """Return a key under its fingerprint, as `ssh-keygen -l` shows it.

    Verifiers of Go give a key without an id this one, and pass over signatures with another
    (go-securesystemslib v0.9.1, `dsse/verify.go`).
    """
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from securesystemslib.signer import SSlibKey

    from gatekeeper.signatures.public_keys import parse_public_key

    line = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode("ascii")
    return SSlibKey.from_crypto(key, parse_public_key(line).fingerprint)


def _kind(key: object) -> str:
    """Describe the type of a key: `_RSAPrivateKey` is a key of the type RSA."""
    name = type(key).__name__.strip("_").removesuffix("PrivateKey").removesuffix("PublicKey")
    return f"a key of the type {name}"


def read_key_file(file: Path) -> bytes:
    """Return the content of a key file.

    Raises:
        UsageError: It cannot be read, or is too large for a key.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"the key {file} cannot be read: {error.strerror}") from None
    except ValueError:
        raise UsageError(f"{str(file)!r} is not a file name") from None
    if len(data) > _MOST_BYTES:
        raise UsageError(f"{file} is not a key: it has more than {_MOST_BYTES:,} bytes")
    return data
