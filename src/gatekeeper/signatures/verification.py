"""Signatures verified: PROTOCOL.sshsig of OpenSSH in two spellings, and DSSE v1.0 with an Ed25519 key.

Of the several encodings that a lenient reader would accept for one signature, this one accepts the one that
`ssh-keygen -Y sign` writes.
"""

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from gatekeeper.signatures.public_keys import BadKey, PublicKey, public_key
from gatekeeper.signatures.wire import MalformedWire, WireReader, decoded, string

NAMESPACE = "gatekeeper-v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
MOST_CHARACTERS = 20_000
_MAGIC = b"SSHSIG"
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_LINE_LENGTH = 70
_LINE = re.compile(r"[A-Za-z0-9+/=]+")
_HASHES = ("sha256", "sha512")
_USER_PRESENT = 1
_RSA_ALGORITHMS = ("rsa-sha2-256", "rsa-sha2-512")
_REMEMBERED = 4_096


class BadSignature(Exception):  # noqa: N818 - a result, not an error of the program
    """A signature does not verify; the message is a sentence with the reason."""


class _Signature(NamedTuple):
    """A signature that was read: the key in it, the bytes that it signs, and its value."""

    key: PublicKey
    signed: bytes
    value: bytes


def signer_of(signature: str, message: bytes) -> PublicKey:
    """Return the key that made a signature over a message.

    The signature is `ssh:BASE64`, the block that `ssh-keygen -Y sign -n gatekeeper-v1` writes, or
    `dsse:PUBLIC.SIGNATURE`. Whether the key may sign is for the caller to decide.

    Raises:
        BadSignature: It is not a signature, or not one over these bytes.
    """
    found = _result(signature, message)
    if isinstance(found, str):
        raise BadSignature(found)
    return found


@lru_cache(_REMEMBERED)
def _result(signature: str, message: bytes) -> PublicKey | str:
    """Return the key, or the reason why there is not one; both are remembered."""
    try:
        found = _read(signature, message)
        _verify(found)
    except (BadSignature, MalformedWire) as flaw:
        return str(flaw)
    except BadKey as flaw:
        return f"the key that made it is refused: {flaw}"
    return found.key


def _read(text: str, message: bytes) -> _Signature:
    if len(text) > MOST_CHARACTERS:
        raise BadSignature(f"it has more than {MOST_CHARACTERS:,} characters")
    scheme, separator, rest = text.partition(":")
    if scheme in ("ssh", "dsse") and len(text.split()) != 1:
        raise BadSignature("it has a blank or a line break in it: write it in one line, as it was")
    if scheme == "dsse" and separator:
        return _dsse(rest, message)
    return _sshsig(decoded(rest if scheme == "ssh" and separator else _body(text)), message)


def _body(text: str) -> str:
    """Return the base64 in the block of `ssh-keygen -Y sign`: lines between its first and its last one."""
    first, *lines = text.rstrip().split("\n")
    if first != _BEGIN or not lines:
        raise BadSignature(
            "it is not a signature: `ssh:`, `dsse:` or the line -----BEGIN SSH SIGNATURE----- must begin it"
        )
    if lines.pop() != _END or not all(map(_LINE.fullmatch, lines)):
        raise BadSignature("it is not one whole block of `ssh-keygen -Y sign`: in YAML, write it after `|`")
    return "".join(lines)


def armoured(signature: str) -> str:
    """Return a signature `ssh:BASE64` as the block of `ssh-keygen -Y sign`; a block as it is."""
    if not signature.startswith("ssh:"):
        return f"{signature}\n"
    text = signature.removeprefix("ssh:")
    lines = (text[at : at + _LINE_LENGTH] for at in range(0, len(text), _LINE_LENGTH))
    return "\n".join([_BEGIN, *lines, _END, ""])


def _dsse(text: str, message: bytes) -> _Signature:
    public, dot, value = text.partition(".")
    if not dot:
        raise BadSignature("it is cut off: `dsse:` is followed by the public key, a dot and the signature")
    key = public_key(decoded(public))
    if key.type != "ssh-ed25519":
        raise BadSignature(f"its key is of the type {key.type}, and `dsse:` is for ssh-ed25519 only")
    return _Signature(key, pae(message), string(b"ssh-ed25519") + string(decoded(value)))


def pae(message: bytes) -> bytes:
    """Return what DSSE signs (https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md)."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(message), message)


def _sshsig(blob: bytes, message: bytes) -> _Signature:
    """Read a signature by PROTOCOL.sshsig. The namespace is signed: no signature for another use fits."""
    wire = WireReader(blob)
    if wire.take(len(_MAGIC)) != _MAGIC:
        raise BadSignature("it is not a signature of `ssh-keygen -Y sign`")
    if (version := wire.uint32()) != 1:
        raise BadSignature(f"it has the version {version} of the format, and 1 is supported")
    key, namespace, reserved, algorithm = wire.string(), wire.text(), wire.string(), wire.text()
    value = wire.string()
    wire.end()
    if namespace != NAMESPACE:
        raise BadSignature(
            f"it is made for the namespace `{namespace}`, not `{NAMESPACE}`: "
            f"sign with `ssh-keygen -Y sign -n {NAMESPACE}`"
        )
    if reserved:
        raise BadSignature(
            "it has a reserved field that is not empty, which version 1 of the format does not define"
        )
    if algorithm not in _HASHES:
        raise BadSignature(f"it has the hash algorithm {algorithm}; sha256 and sha512 are supported")
    digest = hashlib.new(algorithm, message).digest()
    fields = (namespace.encode(), reserved, algorithm.encode(), digest)
    return _Signature(public_key(key), _MAGIC + b"".join(map(string, fields)), value)


def _verify(found: _Signature) -> None:
    """Check the signature itself.

    Raises:
        BadSignature: It is not by the key, or not over what is signed.
        MalformedWire: It is not in the format.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    key, wire = WireReader(found.key.blob), WireReader(found.value)
    kind, algorithm, value = key.text(), wire.text(), wire.string()
    if algorithm not in (_RSA_ALGORITHMS if kind == "ssh-rsa" else (kind,)):
        raise BadSignature(f"a key of the type {kind} does not sign with the algorithm {algorithm}")
    try:
        verify = _VERIFIERS[kind](key, algorithm)
        signed = _by_security_key(key, wire, found.signed) if kind.startswith("sk-") else found.signed
        wire.end()
        verify(value, signed)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        raise BadSignature(
            f"the key {found.key.fingerprint} did not sign this: it was changed since, or the signature is "
            "of something else"
        ) from None


def _by_security_key(key: WireReader, wire: WireReader, signed: bytes) -> bytes:
    """Return what a security key signs (PROTOCOL.u2f of OpenSSH): digests, flags, and its counter."""
    application, flags, counter = key.string(), wire.take(1), wire.take(4)
    if not flags[0] & _USER_PRESENT:
        raise BadSignature(
            "the security key signed without a touch: sign again, with a key that asks for one"
        )
    return hashlib.sha256(application).digest() + flags + counter + hashlib.sha256(signed).digest()


_Verify = Callable[[bytes, bytes], None]
"""Takes a signature and what is signed; raises InvalidSignature if they do not fit."""


def _ed25519(key: WireReader, _algorithm: str) -> _Verify:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(key.string()).verify


def _ecdsa(key: WireReader, _algorithm: str) -> _Verify:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    curve, algorithm = {
        "nistp256": (ec.SECP256R1(), hashes.SHA256()),
        "nistp384": (ec.SECP384R1(), hashes.SHA384()),
        "nistp521": (ec.SECP521R1(), hashes.SHA512()),
    }[key.text()]
    public = ec.EllipticCurvePublicKey.from_encoded_point(curve, key.string())

    def verify(value: bytes, signed: bytes) -> None:
        wire = WireReader(value)
        r, s = wire.positive(), wire.positive()
        wire.end()
        public.verify(encode_dss_signature(r, s), signed, ec.ECDSA(algorithm))

    return verify


def _rsa(key: WireReader, algorithm: str) -> _Verify:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    exponent, modulus = key.positive(), key.positive()
    public = RSAPublicNumbers(exponent, modulus).public_key()
    digest = hashes.SHA256() if algorithm == "rsa-sha2-256" else hashes.SHA512()

    def verify(value: bytes, signed: bytes) -> None:
        if len(value) != (modulus.bit_length() + 7) // 8:
            raise MalformedWire("it has not as many bytes as its RSA key")
        public.verify(value, signed, PKCS1v15(), digest)

    return verify


_VERIFIERS: dict[str, Callable[[WireReader, str], _Verify]] = {
    "ssh-ed25519": _ed25519,
    "sk-ssh-ed25519@openssh.com": _ed25519,
    "ecdsa-sha2-nistp256": _ecdsa,
    "ecdsa-sha2-nistp384": _ecdsa,
    "ecdsa-sha2-nistp521": _ecdsa,
    "sk-ecdsa-sha2-nistp256@openssh.com": _ecdsa,
    "ssh-rsa": _rsa,
}
