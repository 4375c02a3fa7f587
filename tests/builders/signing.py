"""Keys of people and pipelines, and signatures by them as `ssh-keygen -Y sign` makes them."""

import base64
import hashlib
import struct
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

NAMESPACE = "gatekeeper-v1"


class KeyPair(NamedTuple):
    """An Ed25519 key made of a name, so that it is the same in every run."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """The key as OpenSSH writes it."""
        return self.private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()

    def sign(self, message: bytes, namespace: str = NAMESPACE) -> str:
        """Return the text of a signature over bytes."""
        blob = base64.b64decode(self.public.split()[1])
        signed = b"SSHSIG" + _joined(namespace.encode(), b"", b"sha512", hashlib.sha512(message).digest())
        value = _joined(b"ssh-ed25519", self.private.sign(signed))
        whole = b"SSHSIG" + struct.pack(">I", 1) + _joined(blob, namespace.encode(), b"", b"sha512", value)
        return f"ssh:{base64.b64encode(whole).decode()}"


def key_pair(name: str) -> KeyPair:
    """Return the key of a person or pipeline."""
    return KeyPair(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


def ssh_key_file(name: str, file: Path) -> Path:
    """Write the private key of a person as ssh-keygen does."""
    private = key_pair(name).private
    file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    file.chmod(0o600)
    return file


def key_file(name: str, folder: Path) -> Path:
    """Write the private key of a person in PEM, with which the program signs without another program."""
    file = folder / f"{name}.pem"
    pem = key_pair(name).private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(pem)
    return file


def list_keys(pilot: Path, *names: str, extra: str = "") -> None:
    """Add the keys of people of the pilot to its roster, and lines to its governance."""
    file = pilot / "governance.yaml"
    text = file.read_text("utf-8")
    for name in names:
        keys = f'  {name}: {{keys: ["{key_pair(name).public}"], '
        assert f"  {name}: {{" in text
        text = text.replace(f"  {name}: {{", keys)
    file.write_text(f"{text}{extra}", "utf-8")


def _joined(*fields: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(field)) + field for field in fields)
