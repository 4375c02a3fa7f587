"""Envelopes: what a key signed comes back, and nothing else does."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner, SSlibKey

from builders.attested import ed25519, statement, text
from gatekeeper.attested import Unverified
from gatekeeper.attested.envelope import unwrap, wrap
from gatekeeper.signatures.verification import PAYLOAD_TYPE

SIGNER = CryptoSigner(ed25519())
KEY = SSlibKey.from_crypto(ed25519().public_key())
STATED = text(statement())
SIGNED = wrap(STATED, SIGNER)


def opened(data: str | bytes, key: SSlibKey = KEY) -> bytes:
    return unwrap(data.encode() if isinstance(data, str) else data, key)


def changed(**fields: Any) -> str:
    return json.dumps({**json.loads(SIGNED), **fields})


def why(data: str | bytes, key: SSlibKey = KEY) -> str:
    with pytest.raises(Unverified) as reason:
        opened(data, key)
    return str(reason.value)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_signed_comes_back(payload: str) -> None:
    assert opened(wrap(payload, SIGNER)) == payload.encode()


def test_the_same_statement_and_key_give_the_same_bytes() -> None:
    assert wrap(STATED, CryptoSigner(ed25519())) == SIGNED


def test_the_signature_is_that_of_the_specification() -> None:
    """https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md: PAE, computed by hand."""
    envelope = json.loads(SIGNED)
    payload = base64.b64decode(envelope["payload"])
    pae = b"DSSEv1 %d %b %d %b" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)
    ed25519().public_key().verify(base64.b64decode(envelope["signatures"][0]["sig"]), pae)
    assert set(envelope) == {"payload", "payloadType", "signatures"}


def test_another_key_does_not_verify() -> None:
    other = SSlibKey.from_crypto(ed25519(2).public_key())
    assert why(SIGNED, other).startswith("no signature in it is by this key")


def test_a_claimed_key_id_is_not_believed() -> None:
    """Whoever signs with another key may write our key's id beside it."""
    envelope = json.loads(wrap(STATED, CryptoSigner(ed25519(2))))
    envelope["signatures"][0]["keyid"] = KEY.keyid
    assert why(json.dumps(envelope)).startswith("no signature in it is by this key")


@pytest.mark.parametrize("keyid", ["", "release captains", None])
def test_a_key_id_is_a_hint_only(keyid: str | None) -> None:
    envelope = json.loads(SIGNED)
    envelope["signatures"][0]["keyid"] = keyid
    assert opened(json.dumps(envelope)) == STATED.encode()
    del envelope["signatures"][0]["keyid"]
    assert opened(json.dumps(envelope)) == STATED.encode()


def test_one_signature_of_several_is_enough() -> None:
    others = json.loads(wrap(STATED, CryptoSigner(ed25519(2))))["signatures"]
    both = [*others, *json.loads(SIGNED)["signatures"]]
    assert opened(changed(signatures=both)) == STATED.encode()


def test_base64_for_urls_is_read_too() -> None:
    envelope = json.loads(SIGNED)
    sig = envelope["signatures"][0]["sig"].replace("+", "-").replace("/", "_")
    payload = envelope["payload"].replace("+", "-").replace("/", "_")
    assert opened(changed(payload=payload, signatures=[{"sig": sig}])) == STATED.encode()


def test_a_payload_that_was_changed_does_not_verify() -> None:
    for better in (STATED.replace("M1", "M2"), STATED + " ", ""):
        payload = base64.b64encode(better.encode()).decode()
        assert why(changed(payload=payload)).startswith("no signature in it is by this key")


def test_another_payload_type_is_refused_whoever_signed_it() -> None:
    assert why(changed(payloadType="text/plain")).startswith("no signature in it is by this key")
    envelope = Envelope(STATED.encode(), "text/plain", {})
    envelope.sign(SIGNER)
    assert (
        why(json.dumps(envelope.to_dict())) == f"its payloadType is 'text/plain' rather than {PAYLOAD_TYPE!r}"
    )


@given(st.integers(0, len(SIGNED) - 2))
def test_what_is_cut_short_does_not_verify(length: int) -> None:
    assert why(SIGNED[:length])


@given(st.integers(0, len(SIGNED) - 2), st.sampled_from('A"{ \\'))
def test_what_is_changed_anywhere_gives_the_same_or_nothing(place: int, character: str) -> None:
    """A key id and a blank may change; what comes back is what was signed."""
    data = SIGNED[:place] + character + SIGNED[place + 1 :]
    try:
        assert opened(data) == STATED.encode()
    except Unverified as reason:
        assert str(reason)


@given(st.binary(max_size=200) | st.text(max_size=50).map(str.encode))
def test_any_bytes_are_refused_in_a_sentence(data: bytes) -> None:
    assert why(data)


JSON = st.recursive(
    st.none() | st.integers(-9, 9) | st.text(max_size=4) | st.just("QQ=="),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["sig", "keyid"]), inner),
    max_leaves=6,
)


@given(st.fixed_dictionaries({"payload": JSON, "payloadType": JSON, "signatures": JSON}))
def test_any_envelope_is_refused_in_a_sentence(envelope: dict[str, Any]) -> None:
    assert why(json.dumps(envelope))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("", "it is not JSON"),
        ("[]", "it is not a DSSE envelope"),
        ("{}", "it is not a DSSE envelope"),
        (STATED, "it is an unsigned statement: write it with `--sign KEY`"),
        (changed(payload=1), "its payload and payloadType must be text"),
        (changed(payload="%%%"), "its payload is not base64"),
        (changed(payload="é"), "its payload is not base64"),
        (changed(signatures=[]), "its signatures must be a list of 1 to 100"),
        (changed(signatures=[{"sig": "QQ=="}] * 101), "its signatures must be a list of 1 to 100"),
        (changed(signatures=[{"keyid": "x"}]), "each of its signatures must have a sig"),
        (changed(signatures=["x"]), "each of its signatures must have a sig"),
    ],
)
def test_a_flaw_is_named(data: str, told: str) -> None:
    assert why(data).startswith(told)


def test_a_report_of_any_size_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatekeeper.attested.envelope.MOST_BYTES", 10)
    assert why(SIGNED) == "it has more than 10 bytes"


def test_a_fresh_key_verifies_its_own_alone() -> None:
    keys = [Ed25519PrivateKey.generate() for _ in range(2)]
    signed = wrap(STATED, CryptoSigner(keys[0]))
    assert opened(signed, SSlibKey.from_crypto(keys[0].public_key())) == STATED.encode()
    assert why(signed, SSlibKey.from_crypto(keys[1].public_key()))
