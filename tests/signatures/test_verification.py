"""Signatures: the key that signed is returned; what is not by that key over those bytes is refused."""

import base64
import subprocess
import sys

import pytest

from builders.ssh import (
    SK_ECDSA,
    SK_ED25519,
    TYPES,
    armoured,
    compact,
    dsse,
    raw_signature,
    sign,
    ssh_key,
    sshsig,
    string,
    to_sign,
)
from gatekeeper.signatures.public_keys import PublicKey
from gatekeeper.signatures.verification import BadSignature, signer_of

MESSAGE = b'{"act":"sign-off"}'
HASHES = ("sha256", "sha512")


def refusal(signature: str, message: bytes = MESSAGE) -> str:
    with pytest.raises(BadSignature) as error:
        signer_of(signature, message)
    return str(error.value)


@pytest.mark.parametrize("hashed", HASHES)
@pytest.mark.parametrize("kind", TYPES)
def test_the_signer_is_returned(kind: str, hashed: str) -> None:
    key = ssh_key(kind)
    assert signer_of(sign(key, MESSAGE, hashed=hashed), MESSAGE) == PublicKey(kind, key.blob)


def test_the_block_of_ssh_keygen_is_read_as_it_is() -> None:
    key = ssh_key()
    blob = sshsig(key.blob, raw_signature(key, to_sign(MESSAGE)))
    for text in (armoured(blob), armoured(blob).rstrip(), compact(blob)):
        assert signer_of(text, MESSAGE).text == key.text


def test_a_dsse_signature_is_read() -> None:
    assert signer_of(dsse(ssh_key(), MESSAGE), MESSAGE).text == ssh_key().text


@pytest.mark.parametrize("blank", [" ", "\n", "\t"])
def test_a_text_that_was_folded_is_refused_with_what_to_do(blank: str) -> None:
    for text in (sign(ssh_key(), MESSAGE), dsse(ssh_key(), MESSAGE)):
        assert "write it in one line" in refusal(text[:50] + blank + text[50:])


@pytest.mark.parametrize("kind", TYPES)
def test_another_message_is_refused(kind: str) -> None:
    reason = refusal(sign(ssh_key(kind), MESSAGE), MESSAGE + b" ")
    assert "the key SHA256:" in reason
    assert "did not sign this" in reason
    assert "changed since" in reason


@pytest.mark.parametrize("kind", TYPES)
def test_the_key_of_another_is_refused(kind: str) -> None:
    signature = raw_signature(ssh_key(kind), to_sign(MESSAGE))
    assert "did not sign" in refusal(compact(sshsig(ssh_key(kind, 2).blob, signature)))


def test_another_namespace_is_named() -> None:
    reason = refusal(sign(ssh_key(), MESSAGE, namespace="git"))
    assert "made for the namespace `git`, not `gatekeeper-v1`" in reason
    assert "did not sign" in refusal(relabelled(namespace="git"))


def test_a_long_namespace_is_not_shown() -> None:
    assert "a name in it is too long" in refusal(sign(ssh_key(), MESSAGE, namespace="x" * 101))


def relabelled(namespace: str) -> str:
    """Return a signature for a namespace with ours written over it."""
    key = ssh_key()
    return compact(sshsig(key.blob, raw_signature(key, to_sign(MESSAGE, namespace=namespace))))


def test_another_hash_is_refused() -> None:
    key = ssh_key()
    signature = raw_signature(key, to_sign(MESSAGE, hashed="sha1"))
    assert "hash algorithm sha1" in refusal(compact(sshsig(key.blob, signature, hashed="sha1")))


def test_a_reserved_field_is_refused() -> None:
    key = ssh_key()
    for signed in (b"", b"x"):
        signature = raw_signature(key, to_sign(MESSAGE, reserved=signed))
        assert "reserved field" in refusal(compact(sshsig(key.blob, signature, reserved=b"x")))


@pytest.mark.parametrize("version", [0, 2, 2**32 - 1])
def test_another_version_is_refused(version: int) -> None:
    key = ssh_key()
    signature = raw_signature(key, to_sign(MESSAGE))
    assert f"has the version {version}" in refusal(compact(sshsig(key.blob, signature, version=version)))


def test_rsa_with_sha_1_is_refused() -> None:
    key = ssh_key("ssh-rsa")
    signature = raw_signature(key, to_sign(MESSAGE), algorithm="ssh-rsa")
    assert "does not sign with the algorithm ssh-rsa" in refusal(compact(sshsig(key.blob, signature)))


@pytest.mark.parametrize("algorithm", ["rsa-sha2-256", "rsa-sha2-512"])
def test_rsa_with_either_hash_is_accepted(algorithm: str) -> None:
    key = ssh_key("ssh-rsa")
    signature = raw_signature(key, to_sign(MESSAGE), algorithm=algorithm)
    assert signer_of(compact(sshsig(key.blob, signature)), MESSAGE).text == key.text


@pytest.mark.parametrize("kind", [SK_ED25519, SK_ECDSA])
def test_a_security_key_must_be_touched(kind: str) -> None:
    key = ssh_key(kind)
    for flags, touched in ((0, False), (4, False), (1, True), (5, True)):
        text = compact(sshsig(key.blob, raw_signature(key, to_sign(MESSAGE), flags=flags)))
        if touched:
            assert signer_of(text, MESSAGE).text == key.text
        else:
            assert "without a touch" in refusal(text)


@pytest.mark.parametrize("kind", [SK_ED25519, SK_ECDSA])
def test_flags_and_counter_of_a_security_key_are_signed(kind: str) -> None:
    key = ssh_key(kind)
    signature = raw_signature(key, to_sign(MESSAGE))
    for changed in (signature[:-5] + b"\x05" + signature[-4:], signature[:-1] + b"\x08"):
        assert "did not sign" in refusal(compact(sshsig(key.blob, changed)))


@pytest.mark.parametrize("kind", TYPES)
def test_bytes_too_many_or_too_few_are_refused(kind: str) -> None:
    key = ssh_key(kind)
    signature = raw_signature(key, to_sign(MESSAGE))
    blob = sshsig(key.blob, signature)
    assert "bytes follow its end" in refusal(compact(blob + b"\0"))
    assert "bytes follow its end" in refusal(compact(sshsig(key.blob, signature + b"\0")))
    for length in range(0, len(blob), 3):
        assert refusal(compact(blob[:length]))


@pytest.mark.parametrize("text", ["", "ssh:", "dsse:", "dsse:AAAA", "dsse:.", "ssh", "x", "SSH:AAAA", "ssh: ", "ä", "\0", "\ud800",
                                  "ssh:\ud800", "-----BEGIN SSH SIGNATURE-----", "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----"])  # fmt: skip
def test_what_is_not_a_signature_is_refused(text: str) -> None:
    assert refusal(text)


def test_a_long_text_is_refused() -> None:
    assert "more than 20,000 characters" in refusal("ssh:" + "A" * 20_000)


def test_dsse_is_for_ed25519_only() -> None:
    other = ssh_key("ecdsa-sha2-nistp256")
    assert "for ssh-ed25519 only" in refusal(dsse(other, MESSAGE))


def test_dsse_of_another_payload_type_is_refused() -> None:
    assert "did not sign" in refusal(dsse(ssh_key(), MESSAGE, "application/json"))


def test_a_refused_key_is_refused_in_a_signature() -> None:
    blob = string("ssh-ed25519") + string((1).to_bytes(32, "little"))
    signature = string("ssh-ed25519") + string((1).to_bytes(32, "little") + bytes(32))
    assert "the key that made it is refused" in refusal(compact(sshsig(blob, signature)))


def test_a_second_spelling_of_the_base64_is_refused() -> None:
    key = ssh_key("ecdsa-sha2-nistp256")
    blob = sshsig(key.blob, raw_signature(key, to_sign(MESSAGE)))
    text = compact(blob)
    for changed in (
        f"{text} ",
        f" {text}",
        f"{text}\n",
        f"{text[:40]}\n{text[40:]}",
        f"{text}=",
        text.rstrip("=") + "A",
    ):
        assert refusal(changed)
    assert base64.b64decode(text[4:]) == blob


def test_keys_are_parsed_without_the_slow_library() -> None:
    keys = "\n".join(ssh_key(kind).text for kind in TYPES)
    program = (
        "import sys; from gatekeeper.signatures import public_keys, verification\n"
        "for line in sys.stdin: public_keys.parse_public_key(line)\n"
        "assert 'cryptography' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], input=keys, text=True, check=True)
