"""What public verifiers require of a signed verification summary, rule by rule, in Python.

Each function refuses with `AssertionError` or an error of the library; the sources are named with their commits.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from google.protobuf.json_format import Parse, ParseDict
from in_toto_attestation.predicates.vsa.v1 import vsa_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement

PAYLOAD_TYPE = "application/vnd.in-toto+json"
SUMMARY_TYPE = "https://slsa.dev/verification_summary/v1"


def key_id(key: Ed25519PublicKey) -> str:
    """Return the id that a verifier of Go gives a key (go-securesystemslib v0.9.1, `SHA256KeyID`)."""
    line = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    digest = hashlib.sha256(base64.b64decode(line.split()[1])).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def payload_of(envelope: bytes, key: Ed25519PublicKey) -> dict[str, Any]:
    """Return the payload (go-securesystemslib v0.9.1, `dsse/verify.go`; slsa-verifier aaf98fd, `utils/dsse.go`).

    The payload type must be in-toto's, the payload standard base64. A signature with another key id is passed over.
    """
    found = json.loads(envelope)
    assert found["payloadType"] == PAYLOAD_TYPE
    payload = base64.b64decode(found["payload"], validate=True)
    assert payload
    pae = b"DSSEv1 %d %b %d %b" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)
    of_key = [one for one in found["signatures"] if one.get("keyid", "") in ("", key_id(key))]
    assert of_key, "accepted signatures do not match threshold"
    for signature in of_key:
        key.verify(base64.b64decode(signature["sig"], validate=True), pae)
    statement: dict[str, Any] = json.loads(payload)
    return statement


def slsa_verifier(
    envelope: bytes,
    key: Ed25519PublicKey,
    *,
    digests: Iterable[str],
    verifier_id: str,
    resource_uri: str,
    levels: Iterable[str] = (),
) -> None:
    """Apply slsa-verifier's rules (aaf98fd, `verifiers/internal/vsa/verifier.go` and `v1.0/vsa.go`)."""
    statement = payload_of(envelope, key)
    assert statement["_type"] in ("https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1")
    assert statement["predicateType"] == SUMMARY_TYPE
    predicate = statement["predicate"]
    _has_the_types_of_go(statement, predicate)
    stated = {f"{name}:{value}" for one in statement["subject"] for name, value in one["digest"].items()}
    asked = list(digests)
    assert asked, "no subject digests provided"
    assert stated.issuperset(asked), "expected digest not found"
    assert predicate["verifier"]["id"] == verifier_id, "verifier ID mismatch"
    assert predicate["resourceUri"] == resource_uri, "resource URI mismatch"
    assert predicate["verificationResult"] == "PASSED", "verification result is not Passed"
    for level in predicate["verifiedLevels"]:
        # A level of SLSA is SLSA_<TRACK>_LEVEL_<NUMBER>; this program claims none.
        assert not level.startswith("SLSA_")
    assert set(levels) <= set(predicate["verifiedLevels"]), "expected verified level not found"


def _has_the_types_of_go(statement: dict[str, Any], predicate: dict[str, Any]) -> None:
    """Go's JSON refuses a value of another type than its field has: `vsa10.Predicate` and `in_toto.Subject`."""
    for subject in statement["subject"]:
        assert isinstance(subject.get("name", ""), str)
        assert _is_texts(subject["digest"])
    assert _is_texts(predicate["verifier"].get("version", {}))
    assert datetime.fromisoformat(predicate["timeVerified"]).tzinfo is not None
    for described in (predicate["policy"], *predicate["inputAttestations"]):
        assert isinstance(described["uri"], str)
        assert _is_texts(described["digest"])
    assert all(isinstance(level, str) for level in predicate["verifiedLevels"])


def _is_texts(of: Any) -> bool:
    return isinstance(of, dict) and all(isinstance(value, str) for value in of.values())


def cosign(envelope: bytes, key: Ed25519PublicKey, image_digest: str) -> dict[str, Any]:
    """Return what a policy of cosign, policy-controller or Kyverno sees (cosign d6d86c2, `pkg/cosign/verifiers.go`).

    The statement is parsed strictly as protobuf; one of its subjects has the digest of the image.
    """
    statement = payload_of(envelope, key)
    Parse(json.dumps(statement), statement_pb2.Statement())
    assert any(f"sha256:{one['digest'].get('sha256')}" == image_digest for one in statement["subject"])
    predicate: dict[str, Any] = statement["predicate"]
    return predicate


def in_toto_attestation(statement: dict[str, Any]) -> vsa_pb2.VerificationSummary:
    """Return the summary as in-toto's library reads it, after its own validation of the statement."""
    parsed = Parse(json.dumps(statement), statement_pb2.Statement())
    Statement.copy_from_pb(parsed).validate()
    # in-toto-attestation 0.9.3 declares `verifiedLevels` as one text; v1.2.0 of its `vsa.proto` as the list that the
    # specification asks for, and slsa-verifier (`v1.0/vsa.go`) does without the library because of it.
    fields = {name: value for name, value in statement["predicate"].items() if name != "verifiedLevels"}
    # Fields that are URIs are extensions, and a descriptor may have a name: readers ignore what they do not know.
    return ParseDict(fields, vsa_pb2.VerificationSummary(), ignore_unknown_fields=True)
