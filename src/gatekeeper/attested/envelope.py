"""The envelope around a statement: DSSE v1.0, signed by one key.

https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md; the payload's type is in-toto's.
"""

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from gatekeeper.attested import Unverified
from gatekeeper.signatures.verification import PAYLOAD_TYPE
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.json import load

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, SSlibKey

MOST_BYTES = 50_000_000
MOST_SIGNATURES = 100


def wrap(statement: str, signer: "CryptoSigner") -> str:
    """Return a statement in a signed envelope; the same statement and key give the same bytes."""
    from securesystemslib.dsse import Envelope

    envelope = Envelope(statement.encode(), PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return json.dumps(envelope.to_dict(), sort_keys=True, separators=(",", ":")) + "\n"


def unwrap(data: bytes, key: "SSlibKey") -> bytes:
    """Return the payload of an envelope that this key signed.

    Any of the signatures may be by the key: the id next to a signature is only a hint and is not trusted.

    Raises:
        Unverified: The data is not such an envelope, or no signature is by the key.
    """
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
    from securesystemslib.signer import Signature

    if len(data) > MOST_BYTES:
        raise Unverified(f"it has more than {MOST_BYTES:,} bytes")
    fields = _fields(data)
    payload_type = fields["payloadType"]
    envelope = Envelope(_decoded(fields["payload"], "payload"), payload_type, {})
    signed = envelope.pae()
    for signature in fields["signatures"]:
        found = Signature(key.keyid, _decoded(signature["sig"], "sig").hex())
        try:
            key.verify_signature(found, signed)
        except (UnverifiedSignatureError, VerificationError):
            continue
        if payload_type != PAYLOAD_TYPE:
            raise Unverified(f"its payloadType is {payload_type!r} rather than {PAYLOAD_TYPE!r}")
        return envelope.payload
    raise Unverified("no signature in it is by this key: the report was changed, or another key signed it")


def _fields(data: bytes) -> dict[str, Any]:
    try:
        found = load(data)
    except SyntaxProblem as problem:
        raise Unverified(f"it is {problem.message}") from None
    if isinstance(found, dict) and "_type" in found:
        raise Unverified("it is an unsigned statement: write it with `--sign KEY`")
    if not isinstance(found, dict) or not {"payload", "payloadType", "signatures"} <= found.keys():
        raise Unverified("it is not a DSSE envelope, which has payload, payloadType and signatures")
    signatures = found["signatures"]
    if not (isinstance(found["payload"], str) and isinstance(found["payloadType"], str)):
        raise Unverified("its payload and payloadType must be text")
    if not isinstance(signatures, list) or not 0 < len(signatures) <= MOST_SIGNATURES:
        raise Unverified(f"its signatures must be a list of 1 to {MOST_SIGNATURES}")
    if not all(isinstance(one, dict) and isinstance(one.get("sig"), str) for one in signatures):
        raise Unverified("each of its signatures must have a sig")
    return found


def _decoded(text: str, what: str) -> bytes:
    """Decode base64, standard or URL-safe: DSSE allows both."""
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/").encode(), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise Unverified(f"its {what} is not base64") from None
