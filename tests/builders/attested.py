"""Keys, signed reports and statements for the tests of attested results."""

import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

Private = Ed25519PrivateKey | rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
NO_PASSWORD = NoEncryption()
PASSWORD = BestAvailableEncryption(b"secret")


def ed25519(seed: int = 1) -> Ed25519PrivateKey:
    """Return the same key for the same seed."""
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


def private(
    folder: Path, key: Private, name: str = "key.pem", lock: KeySerializationEncryption = NO_PASSWORD
) -> Path:
    """Write a private key, as `openssl genpkey` does."""
    file = folder / name
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    file.chmod(0o600)
    return file


def public(folder: Path, key: Private, name: str = "key.pub") -> Path:
    """Write a public key, as `openssl pkey -pubout` does."""
    file = folder / name
    file.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return file


def statement(**predicate: Any) -> dict[str, Any]:
    """Return a small statement that has all it needs; keyword arguments replace fields of the predicate."""
    summary = {
        "verifier": {"id": "pkg:pypi/readiness-gatekeeper"},
        "timeVerified": "2026-11-20T00:00:00Z",
        "resourceUri": "gatekeeper:milestone/M1",
        "policy": {"uri": "gatekeeper:rulebook", "digest": {"sha256": "ab" * 32}},
        "inputAttestations": [],
        "verificationResult": "PASSED",
        "verifiedLevels": ["GATEKEEPER_shop_L2"],
    }
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"digest": {"gitCommit": "cd" * 20}}],
        "predicateType": "https://slsa.dev/verification_summary/v1",
        "predicate": {**summary, **predicate},
    }


def text(of: object) -> str:
    """Return data as JSON."""
    return json.dumps(of)
