"""Public keys of OpenSSH: parsed, checked, shown (RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4, PROTOCOL.u2f)."""

import base64
import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from gatekeeper.signatures.points import is_on_ed25519, is_on_nist_curve
from gatekeeper.signatures.wire import MalformedWire, WireReader, decoded, encoded

RSA_BITS = range(2048, 16384 + 1)
MOST_CHARACTERS = 20_000
_REMEMBERED = 10_000
CREATE = "create a key with `ssh-keygen -t ed25519`"
_MOST_EXPONENT = 2**32
_KEY_TYPE = re.compile(r"(?:sk-)?(?:ssh|ecdsa)-[a-z0-9.@-]+")
_OPTIONS = re.compile(
    r"(cert-authority|namespaces|valid-after|valid-before|command|from|no-|restrict)\b", re.IGNORECASE
)


class BadKey(Exception):  # noqa: N818 - a result, not an error of the program
    """A text is not a public key that may sign; the message says why and what to do."""


class PublicKey(NamedTuple):
    """A public key that was checked: its type and its encoding by the rules of SSH."""

    type: str
    """The type, for example `ssh-ed25519`."""
    blob: bytes
    """The bytes that a `.pub` file has in base64."""

    @property
    def text(self) -> str:
        """The key as in a `.pub` file, without a comment."""
        return f"{self.type} {encoded(self.blob)}"

    @property
    def fingerprint(self) -> str:
        """The fingerprint as `ssh-keygen -l` shows it: `SHA256:` and base64 without padding."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode("ascii")
        return f"SHA256:{digest.rstrip('=')}"


@lru_cache(_REMEMBERED)
def parse_public_key(text: str) -> PublicKey:
    """Return the key in a line of a `.pub` file: type, base64, and a comment that is ignored.

    Raises:
        BadKey: It is not one, is of a type that is refused, or is unsafe.
    """
    if "PRIVATE KEY-----" in text:
        raise BadKey(
            "it is a private key, which nobody but its owner may have: write the line of the .pub file"
        )
    if text.lstrip().startswith("-----BEGIN"):
        raise BadKey("it is not an OpenSSH public key: write the line that `ssh-keygen -y -f KEY` shows")
    if len(text) > MOST_CHARACTERS or len(text.strip().splitlines()) != 1:
        raise BadKey(
            "it is not one line with one key: write the line of the .pub file, for each key one entry"
        )
    kind, _, rest = text.strip().replace("\t", " ").partition(" ")
    _check_type(kind)
    base64_text = rest.strip().partition(" ")[0]
    if not base64_text:
        raise BadKey(f"nothing follows {kind}: write the whole line of the .pub file")
    try:
        key = _read(decoded(base64_text))
    except MalformedWire as flaw:
        raise BadKey(f"it is damaged: {flaw}; write the whole line of the .pub file") from None
    if key.type != kind:
        raise BadKey(
            f"it says {kind} and is a key of the type {key.type}: write the line of the .pub file as it is"
        )
    return key


def public_key(blob: bytes) -> PublicKey:
    """Return the key that bytes encode.

    Raises:
        BadKey: They do not encode one, or one that is refused.
    """
    try:
        return _read(blob)
    except MalformedWire as flaw:
        raise BadKey(f"it is damaged: {flaw}") from None


def _read(blob: bytes) -> PublicKey:
    wire = WireReader(blob)
    kind = wire.text()
    _check_type(kind)
    TYPES[kind](kind, wire)
    wire.end()
    return PublicKey(kind, blob)


def is_key_type(word: str) -> bool:
    """Whether a word names a type of key, a supported one or not, and is not an option in front of a key."""
    return bool(_KEY_TYPE.fullmatch(word))


def _check_type(kind: str) -> None:
    if kind in TYPES:
        return
    if "-cert-v" in kind:
        raise BadKey("it is a certificate: write the public key that it certifies")
    if kind == "ssh-dss":
        raise BadKey(f"it is a DSA key, which is no longer safe: {CREATE}")
    if _OPTIONS.match(kind):
        raise BadKey(
            "options precede the key: write the key alone, beginning with its type, such as ssh-ed25519"
        )
    shown = kind[:40] + ("..." if len(kind) > 40 else "")
    raise BadKey(f"keys of the type {shown!r} are not supported: {CREATE}; supported are {', '.join(TYPES)}")


def _check_ed25519(_kind: str, wire: WireReader) -> None:
    if not is_on_ed25519(wire.string()):
        raise BadKey(
            f"its point is not on the curve, or is of small order, so that anybody could sign: {CREATE}"
        )


def _check_ecdsa(kind: str, wire: WireReader) -> None:
    curve = "nistp256" if kind.startswith("sk-") else kind.rpartition("-")[2]
    if wire.text() != curve:
        raise BadKey(f"it is damaged: its curve is not {curve}; write the whole line of the .pub file")
    if not is_on_nist_curve(curve, wire.string()):
        raise BadKey(f"its point is not on the curve {curve}: {CREATE}")


def _check_rsa(_kind: str, wire: WireReader) -> None:
    exponent, modulus = wire.positive(), wire.positive()
    bits = modulus.bit_length()
    if bits not in RSA_BITS:
        raise BadKey(
            f"it is an RSA key of {bits} bits; {RSA_BITS[0]} to {RSA_BITS[-1]} are accepted: {CREATE}"
        )
    if not (3 <= exponent < _MOST_EXPONENT and exponent % 2 and modulus % 2):
        raise BadKey(f"it is an RSA key with an unsafe exponent or modulus: {CREATE}")


def _check_application(wire: WireReader) -> None:
    if not wire.text().startswith("ssh:"):
        raise BadKey(
            "it is a security key's key for another application: create one with `ssh-keygen -t ed25519-sk`"
        )


def _check_sk_ed25519(kind: str, wire: WireReader) -> None:
    _check_ed25519(kind, wire)
    _check_application(wire)


def _check_sk_ecdsa(kind: str, wire: WireReader) -> None:
    _check_ecdsa(kind, wire)
    _check_application(wire)


TYPES: dict[str, Callable[[str, WireReader], None]] = {
    "ssh-ed25519": _check_ed25519,
    "sk-ssh-ed25519@openssh.com": _check_sk_ed25519,
    "ecdsa-sha2-nistp256": _check_ecdsa,
    "ecdsa-sha2-nistp384": _check_ecdsa,
    "ecdsa-sha2-nistp521": _check_ecdsa,
    "sk-ecdsa-sha2-nistp256@openssh.com": _check_sk_ecdsa,
    "ssh-rsa": _check_rsa,
}
"""The types of keys that may sign, and the check of the fields that follow the type."""
