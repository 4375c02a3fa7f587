"""A Sigstore instance of our own: an authority for certificates, a log of them, a log of signatures, and bundles.

Everything is made as the public instance makes it, so that the library `sigstore` verifies it by our trusted
root, and by no other.
"""

import base64
import hashlib
import json
import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

GITHUB = "https://token.actions.githubusercontent.com"
WORKFLOW = "https://github.com/acme/shop/.github/workflows/ci.yml@refs/heads/main"
AT = datetime(2026, 11, 18, 10, 5, tzinfo=UTC)
PAYLOAD_TYPE = "application/vnd.in-toto+json"
_SCTS = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_FULCIO = "1.3.6.1.4.1.57264.1"
_VALID = {"validFor": {"start": "2026-01-01T00:00:00Z"}}


class Key(NamedTuple):
    """A key of a log or an authority."""

    private: ec.EllipticCurvePrivateKey

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.public).digest()

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data, ec.ECDSA(hashes.SHA256()))

    def in_root(self, url: str) -> dict[str, Any]:
        """Return a log with this key, as a trusted root lists it."""
        key = {"rawBytes": _text(self.public), "keyDetails": "PKIX_ECDSA_P256_SHA_256", **_VALID}
        return {
            "baseUrl": url,
            "hashAlgorithm": "SHA2_256",
            "publicKey": key,
            "logId": {"keyId": _text(self.id)},
        }


def _key() -> Key:
    return Key(ec.generate_private_key(ec.SECP256R1()))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Instance:
    """A Sigstore instance."""

    def __init__(self) -> None:
        self._authority, self._certificates, self._signatures = _key(), _key(), _key()
        self._root = _certificate_authority(self._authority)

    @property
    def trusted_root(self) -> bytes:
        """The file that a workspace keeps."""
        chain = {"certificates": [{"rawBytes": _text(self._root.public_bytes(Encoding.DER))}]}
        subject = {"organization": "example", "commonName": "authority"}
        authority = {"subject": subject, "uri": "https://ca.example", "certChain": chain, **_VALID}
        document = {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [self._signatures.in_root("https://log.example")],
            "certificateAuthorities": [authority],
            "ctlogs": [self._certificates.in_root("https://ct.example")],
            "timestampAuthorities": [],
        }
        return json.dumps(document).encode()

    def bundle(
        self,
        message: bytes,
        subject: str = WORKFLOW,
        issuer: str = GITHUB,
        repository: str | None = "https://github.com/acme/shop",
        payload_type: str = PAYLOAD_TYPE,
        signed_at: datetime = AT,
    ) -> dict[str, Any]:
        """Return the bundle that a workflow gets for a message."""
        key = _key()
        certificate = self._certificate(
            key, subject, {"8": issuer, **({"12": repository} if repository else {})}
        )
        pae = b"DSSEv1 %d %s %d %s" % (len(payload_type), payload_type.encode(), len(message), message)
        signature = _text(key.sign(pae))
        entry = self._entry(message, signature, certificate, signed_at)
        envelope = {
            "payload": _text(message),
            "payloadType": payload_type,
            "signatures": [{"sig": signature}],
        }
        return {
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {
                "certificate": {"rawBytes": _text(certificate.public_bytes(Encoding.DER))},
                "tlogEntries": [entry],
            },
            "dsseEnvelope": envelope,
        }

    def _certificate(self, key: Key, subject: str, claims: Mapping[str, str]) -> x509.Certificate:
        """Return a certificate of ten minutes, with the promise of the log of certificates in it."""
        builder = _builder(self._root.subject, x509.Name([]), key, AT, AT + timedelta(minutes=10))
        extensions: list[tuple[x509.ExtensionType, bool]] = [
            (x509.SubjectAlternativeName([x509.UniformResourceIdentifier(subject)]), True),
            (_usage(), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), False),
            (x509.AuthorityKeyIdentifier.from_issuer_public_key(self._authority.private.public_key()), False),
            *((_claim(number, text), False) for number, text in claims.items()),
        ]
        for extension, is_critical in extensions:
            builder = builder.add_extension(extension, critical=is_critical)
        before = builder.sign(self._authority.private, hashes.SHA256()).tbs_certificate_bytes
        promise = x509.UnrecognizedExtension(_SCTS, self._promise(before))
        return builder.add_extension(promise, critical=False).sign(self._authority.private, hashes.SHA256())

    def _promise(self, certificate: bytes) -> bytes:
        """Return the list of one signed certificate timestamp (RFC 6962, 3.2 and 3.3), in DER."""
        at = int(AT.timestamp() * 1000)
        length = len(certificate).to_bytes(3, "big")
        signed = struct.pack(">BBQH", 0, 0, at, 1) + self._authority.id + length + certificate + b"\0\0"
        value = self._certificates.sign(signed)
        one = b"\0" + self._certificates.id + struct.pack(">QHBBH", at, 0, 4, 3, len(value)) + value
        listed = struct.pack(">HH", len(one) + 2, len(one)) + one
        return b"\x04" + (bytes([len(listed)]) if len(listed) < 128 else bytes([0x81, len(listed)])) + listed

    def _entry(
        self, message: bytes, signature: str, certificate: x509.Certificate, at: datetime
    ) -> dict[str, Any]:
        """Return the entry of the log of signatures: its only one, with proof and promise."""
        digest = {"algorithm": "sha256", "value": hashlib.sha256(message).hexdigest()}
        signed = {"signature": signature, "verifier": _text(certificate.public_bytes(Encoding.PEM))}
        spec: dict[str, Any] = {"envelopeHash": digest, "payloadHash": digest, "signatures": [signed]}
        body = rfc8785.dumps({"apiVersion": "0.0.1", "kind": "dsse", "spec": spec})
        root = hashlib.sha256(b"\0" + body).digest()
        log, time = self._signatures, int(at.timestamp())
        promised: dict[str, Any] = {
            "body": _text(body),
            "integratedTime": time,
            "logID": log.id.hex(),
            "logIndex": 0,
        }
        note = f"log.example\n1\n{_text(root)}\n"
        checkpoint = f"{note}\n\N{EM DASH} log.example {_text(log.id[:4] + log.sign(note.encode()))}\n"
        return {
            "logIndex": "0",
            "logId": {"keyId": _text(log.id)},
            "kindVersion": {"kind": "dsse", "version": "0.0.1"},
            "integratedTime": str(time),
            "inclusionPromise": {"signedEntryTimestamp": _text(log.sign(rfc8785.dumps(promised)))},
            "inclusionProof": {
                "logIndex": "0",
                "rootHash": _text(root),
                "treeSize": "1",
                "hashes": [],
                "checkpoint": {"envelope": checkpoint},
            },
            "canonicalizedBody": _text(body),
        }


def _certificate_authority(key: Key) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
    builder = _builder(name, name, key, datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC))
    public = key.private.public_key()
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=True, path_length=1), True),
        (_usage(is_authority=True), True),
        (x509.SubjectKeyIdentifier.from_public_key(public), False),
    ]
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, critical=is_critical)
    return builder.sign(key.private, hashes.SHA256())


def _builder(
    issuer: x509.Name, subject: x509.Name, key: Key, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    serial = x509.random_serial_number()
    return x509.CertificateBuilder(issuer, subject, key.private.public_key(), serial, start, end)


def _usage(*, is_authority: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _claim(number: str, text: str) -> x509.UnrecognizedExtension:
    """Return a claim of the provider of the identity: a UTF8String in DER."""
    data = text.encode()
    length = bytes([len(data)]) if len(data) < 128 else bytes([0x81, len(data)])
    return x509.UnrecognizedExtension(ObjectIdentifier(f"{_FULCIO}.{number}"), b"\x0c" + length + data)
