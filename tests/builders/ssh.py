"""Keys and signatures of SSH, made with `cryptography` by the published formats, without ssh-keygen."""

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

NAMESPACE = "gatekeeper-v1"
SK_ED25519, SK_ECDSA = "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"
CURVES: dict[str, tuple[ec.EllipticCurve, hashes.HashAlgorithm]] = {
    "nistp256": (ec.SECP256R1(), hashes.SHA256()),
    "nistp384": (ec.SECP384R1(), hashes.SHA384()),
    "nistp521": (ec.SECP521R1(), hashes.SHA512()),
}
TYPES = (
    "ssh-ed25519", *(f"ecdsa-sha2-{curve}" for curve in CURVES), "ssh-rsa", SK_ED25519, SK_ECDSA,
)  # fmt: skip
Private = Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class SshKey(NamedTuple):
    """A pair of keys: the type, the encoded public key, and the private key."""

    type: str
    blob: bytes
    private: Private
    application: bytes = b""

    @property
    def text(self) -> str:
        return f"{self.type} {base64.b64encode(self.blob).decode()}"

    def file(self) -> bytes:
        """Return the private key as OpenSSH writes it."""
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


def string(data: bytes | str) -> bytes:
    data = data.encode() if isinstance(data, str) else data
    return len(data).to_bytes(4, "big") + data


def mpint(number: int) -> bytes:
    return string(number.to_bytes(number.bit_length() // 8 + 1, "big") if number else b"")


def ssh_key(
    kind: str = "ssh-ed25519", number: int = 1, *, bits: int = 2048, application: bytes = b"ssh:"
) -> SshKey:
    """Return a key of a type; the same arguments give the same key, those of RSA only within one process."""
    return _made(kind, number, bits, application)


@cache
def _made(kind: str, number: int, bits: int, application: bytes) -> SshKey:
    if "ed25519" in kind:
        edwards = Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))
        fields = string(edwards.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        return _key(kind, fields, edwards, application)
    if kind == "ssh-rsa":
        private = rsa.generate_private_key(65537, bits)
        public = private.public_key().public_numbers()
        return _key(kind, mpint(public.e) + mpint(public.n), private, application)
    curve = "nistp256" if kind == SK_ECDSA else kind.rpartition("-")[2]
    weierstrass = ec.derive_private_key(number + 1, CURVES[curve][0])
    point = weierstrass.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return _key(kind, string(curve) + string(point), weierstrass, application)


def _key(kind: str, fields: bytes, private: Private, application: bytes) -> SshKey:
    application = application if kind.startswith("sk-") else b""
    fields += string(application) if application else b""
    return SshKey(kind, string(kind) + fields, private, application)


def raw_signature(
    key: SshKey, data: bytes, *, algorithm: str | None = None, flags: int = 1, counter: int = 7
) -> bytes:
    """Return the signature of a key over data, by the rules of its type, with the name of the algorithm."""
    algorithm = algorithm or ("rsa-sha2-512" if key.type == "ssh-rsa" else key.type)
    end = b""
    if key.type.startswith("sk-"):
        end = bytes([flags]) + counter.to_bytes(4, "big")
        data = hashlib.sha256(key.application).digest() + end + hashlib.sha256(data).digest()
    return string(algorithm) + string(_value(key.private, data, algorithm)) + end


def _value(private: Private, data: bytes, algorithm: str) -> bytes:
    match private:
        case Ed25519PrivateKey():
            return private.sign(data)
        case rsa.RSAPrivateKey():
            digests: dict[str, Callable[[], hashes.HashAlgorithm]] = {
                "ssh-rsa": hashes.SHA1, "rsa-sha2-256": hashes.SHA256, "rsa-sha2-512": hashes.SHA512,
            }  # fmt: skip
            return private.sign(data, PKCS1v15(), digests[algorithm]())
        case ec.EllipticCurvePrivateKey():
            digest = {
                "secp256r1": hashes.SHA256(),
                "secp384r1": hashes.SHA384(),
                "secp521r1": hashes.SHA512(),
            }
            r, s = decode_dss_signature(private.sign(data, ec.ECDSA(digest[private.curve.name])))
            return mpint(r) + mpint(s)


def to_sign(
    message: bytes, *, namespace: str = NAMESPACE, reserved: bytes = b"", hashed: str = "sha512"
) -> bytes:
    """Return the bytes that are signed for a message (PROTOCOL.sshsig)."""
    digest = hashlib.new(hashed, message).digest()
    return b"SSHSIG" + string(namespace) + string(reserved) + string(hashed) + string(digest)


def sshsig(
    key: bytes, signature: bytes, *, namespace: str = NAMESPACE, reserved: bytes = b"", hashed: str = "sha512",
    version: int = 1,
) -> bytes:  # fmt: skip
    """Return the signature of a message, with the key and the names that it is made for."""
    fields = string(key) + string(namespace) + string(reserved) + string(hashed) + string(signature)
    return b"SSHSIG" + version.to_bytes(4, "big") + fields


def sign(key: SshKey, message: bytes, *, namespace: str = NAMESPACE, hashed: str = "sha512") -> str:
    """Return the signature of a message as a manifest has it."""
    signature = raw_signature(key, to_sign(message, namespace=namespace, hashed=hashed))
    return compact(sshsig(key.blob, signature, namespace=namespace, hashed=hashed))


def compact(blob: bytes) -> str:
    return f"ssh:{base64.b64encode(blob).decode()}"


def armoured(blob: bytes) -> str:
    """Return a signature as `ssh-keygen -Y sign` writes it."""
    text = base64.b64encode(blob).decode()
    lines = [text[start : start + 70] for start in range(0, len(text), 70)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


def dsse(key: SshKey, message: bytes, payload_type: str = "application/vnd.in-toto+json") -> str:
    """Return a signature by the rules of DSSE as a manifest has it."""
    signed = b"DSSEv1 %d %s %d %s" % (len(payload_type), payload_type.encode(), len(message), message)
    value = _value(key.private, signed, key.type)
    return f"dsse:{base64.b64encode(key.blob).decode()}.{base64.b64encode(value).decode()}"
