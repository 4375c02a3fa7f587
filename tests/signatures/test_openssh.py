"""OpenSSH is the oracle: what `ssh-keygen -Y verify` accepts is accepted, and nothing else.

Where we are stricter, STRICTER says why.
"""

import base64
import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from builders.forged_signatures import Fields, L, forged, genuine, split
from builders.ssh import (
    SK_ECDSA,
    SK_ED25519,
    TYPES,
    armoured,
    mpint,
    raw_signature,
    ssh_key,
    sshsig,
    string,
    to_sign,
)  # fmt: skip
from builders.ssh_keygen import OpenSsh, block_of, needs_ssh_keygen, new_key, ssh_keygen
from gatekeeper.signatures.public_keys import BadKey, parse_public_key
from gatekeeper.signatures.verification import BadSignature, signer_of

pytestmark = needs_ssh_keygen
MESSAGE = b'{"act":"sign-off"}'
KINDS = [("ed25519", None), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 2048)]
LARGE = [pytest.param("rsa", bits, marks=pytest.mark.long) for bits in (3072, 4096)]

STRICTER = {
    "version": "version 0 of the format was never published",
    "reserved": "OpenSSH ignores this field and does not sign it, so anybody could fill it",
    "text after": "one signature is one text; a second block would never be looked at",
    "two blocks": "likewise",
    "blank lines": "one text for a signature, the one that ssh-keygen writes",
    "end of the last line": "likewise",
    "S + L": "RFC 8032 asks for S < L: otherwise there are second signatures that nobody made",
    "zero after a name": "OpenSSH drops it and does not sign it",
    "no touch": "a program could have signed without its user",
    "long number": "one encoding of a number, the one that RFC 4251 asks for",
    "short value": "RFC 8332 asks for as many bytes as the modulus has; OpenSSH fills up what is shorter",
}
"""What OpenSSH accepts and we refuse, and why."""


def ours(block: str, message: bytes = MESSAGE) -> str | None:
    try:
        return signer_of(block, message).fingerprint
    except BadSignature:
        return None


@pytest.fixture(scope="module")
def openssh(tmp_path_factory: pytest.TempPathFactory) -> OpenSsh:
    """Return an OpenSSH that knows two keys of each type."""
    keys = [ssh_key(kind, number).text for kind in TYPES for number in (1, 2)]
    return OpenSsh(tmp_path_factory.mktemp("openssh"), [*keys, ssh_key("ssh-rsa", bits=3072).text])


@pytest.mark.long
@pytest.mark.parametrize("hashed", ["sha256", "sha512"])
@pytest.mark.parametrize(("kind", "bits"), [*KINDS, *LARGE])
def test_signatures_of_ssh_keygen_are_accepted(
    kind: str, bits: int | None, hashed: str, tmp_path: Path
) -> None:
    file = new_key(tmp_path, kind, bits)
    block = block_of(file, MESSAGE, "-O", f"hashalg={hashed}")
    public = parse_public_key(file.with_suffix(".pub").read_text(encoding="utf-8"))
    assert signer_of(block, MESSAGE) == public
    assert signer_of(f"ssh:{''.join(block.splitlines()[1:-1])}", MESSAGE) == public
    assert public.fingerprint.encode() in ssh_keygen("-l", "-f", file).stdout
    assert ours(block, MESSAGE + b"\n") is None
    assert ours(block_of(file, MESSAGE, namespace="file")) is None


@pytest.mark.parametrize("kind", TYPES)
def test_signatures_made_by_the_format_are_accepted_by_both(kind: str, openssh: OpenSsh) -> None:
    key = ssh_key(kind)
    for hashed in ("sha256", "sha512"):
        raw = raw_signature(key, to_sign(MESSAGE, hashed=hashed))
        block = armoured(sshsig(key.blob, raw, hashed=hashed))
        assert ours(block) == openssh.signer_of(block, MESSAGE) == parse_public_key(key.text).fingerprint


def blobs(kind: str) -> dict[str, bytes]:
    """Return signatures with a name each; those that only OpenSSH accepts are named in STRICTER."""
    key, other = ssh_key(kind), ssh_key(kind, 2)
    raw = raw_signature(key, to_sign(MESSAGE))
    found = {
        "genuine": sshsig(key.blob, raw),
        "version": sshsig(key.blob, raw, version=0),
        "version 2": sshsig(key.blob, raw, version=2),
        "reserved": sshsig(key.blob, raw, reserved=b"x"),
        "reserved, signed": sshsig(
            key.blob, raw_signature(key, to_sign(MESSAGE, reserved=b"x")), reserved=b"x"
        ),
        "namespace": sshsig(key.blob, raw_signature(key, to_sign(MESSAGE, namespace="git")), namespace="git"),
        "zero after a name": sshsig(key.blob, raw, hashed="sha512\0"),
        "namespace written over": sshsig(key.blob, raw_signature(key, to_sign(MESSAGE, namespace="git"))),
        "hash": sshsig(key.blob, raw_signature(key, to_sign(MESSAGE, hashed="sha1")), hashed="sha1"),
        "another key": sshsig(other.blob, raw),
        "another message": sshsig(key.blob, raw_signature(key, to_sign(MESSAGE + b" "))),
        "bytes after": sshsig(key.blob, raw) + b"\0",
        "bytes after the signature": sshsig(key.blob, raw + b"\0"),
        "bytes after the key": sshsig(key.blob + b"\0", raw),
        "signature twice": sshsig(key.blob, raw * 2),
        "bytes after the value": sshsig(key.blob, _with_value(raw, b"\0")),
        "no signature": sshsig(key.blob, b""),
        "another algorithm": sshsig(key.blob, raw.replace(kind.encode(), b"ssh-dss", 1) + b"\0"),
    }
    return found | _of_type(kind) | (_of_security_keys(kind) if kind in (SK_ED25519, SK_ECDSA) else {})


def _of_security_keys(kind: str) -> dict[str, bytes]:
    key = ssh_key(kind)
    names = {0: "no touch", 4: "no touch, PIN", 5: "touch and PIN", 0x81: "touch and extension"}
    made = {name: raw_signature(key, to_sign(MESSAGE), flags=flags) for flags, name in names.items()}
    return {name: sshsig(key.blob, signature) for name, signature in made.items()}


def _with_value(raw: bytes, added: bytes) -> bytes:
    """Return a signature with bytes added to its value."""
    algorithm, value, end = split(raw, 2)
    return string(algorithm) + string(value + added) + end


def _of_type(kind: str) -> dict[str, bytes]:
    key = ssh_key(kind)
    raw = raw_signature(key, to_sign(MESSAGE))
    if kind == "ssh-rsa":
        sha1 = raw_signature(key, to_sign(MESSAGE), algorithm="ssh-rsa")
        sha256 = raw_signature(key, to_sign(MESSAGE), algorithm="rsa-sha2-256")
        renamed = raw.replace(b"rsa-sha2-512", b"rsa-sha2-256")
        return {
            name: sshsig(key.blob, one)
            for name, one in (("SHA-1", sha1), ("SHA-256", sha256), ("renamed", renamed))
        }
    if kind in ("ssh-ed25519", SK_ED25519):
        value = raw[4 + len(kind) + 4 :][:64]
        changed = value[:32] + (int.from_bytes(value[32:], "little") + L).to_bytes(32, "little")
        return {"S + L": sshsig(key.blob, raw.replace(value, changed))}
    return {}


@pytest.mark.long
@pytest.mark.parametrize("kind", TYPES)
def test_changed_signatures_are_judged_as_by_openssh(kind: str, openssh: OpenSsh) -> None:
    key = parse_public_key(ssh_key(kind).text).fingerprint
    for name, blob in blobs(kind).items():
        found, theirs = ours(armoured(blob)), openssh.signer_of(armoured(blob), MESSAGE)
        if name.partition(",")[0] in STRICTER and "signed" not in name:
            assert (found, theirs) == (None, key), name
        else:
            assert found == theirs, name


def _with_long_number(fields: Fields) -> Fields:
    return fields._replace(
        value=string(b"\0" + fields.value[4 : 4 + fields.value[3]]) + fields.value[4 + fields.value[3] :]
    )


def test_a_number_in_a_long_encoding_is_refused(openssh: OpenSsh) -> None:
    one = next(one for one in genuine() if one.key.type == "ecdsa-sha2-nistp256" and one.message)
    block = armoured(_with_long_number(one.fields).blob())
    assert openssh.signer_of(block, one.message), STRICTER["long number"]
    assert ours(block, one.message) is None


def test_a_short_value_of_rsa_is_refused(openssh: OpenSsh) -> None:
    key = ssh_key("ssh-rsa")
    for number in range(5_000):
        message = b"%d" % number
        raw = raw_signature(key, to_sign(message))
        if raw[20] == 0:
            break
    block = armoured(sshsig(key.blob, raw[:16] + string(raw[21:])))
    assert ours(armoured(sshsig(key.blob, raw)), message)
    assert openssh.signer_of(block, message), STRICTER["short value"]
    assert "it has not as many bytes as its RSA key" in refusal(block, message)


TEXTS: dict[str, Callable[[str], str]] = {
    "genuine": lambda block: block,
    "no line end": str.rstrip,
    "space after": lambda block: block + "\n \n",
    "text after": lambda block: block + "hello\n",
    "two blocks": lambda block: block * 2,
    "blank lines": lambda block: block.replace("\n", "\n\n"),
    "end of the last line": lambda block: block.rstrip() + " -----",
    "text before": lambda block: "hello\n" + block,
    "a blank line before": lambda block: "\n" + block,
    "a space before": lambda block: " " + block,
    "CRLF": lambda block: block.replace("\n", "\r\n"),
    "indented": lambda block: block.replace("\n", "\n  "),
    "one line": lambda block: block.replace("\n", ""),
    "no padding": lambda block: block.replace("=", ""),
    "padding": lambda block: block.replace("\n-----END", "=\n-----END"),
    "no end": lambda block: block.partition("-----END")[0],
    "a header": lambda block: block.replace("SIGNATURE-----\n", "SIGNATURE-----\nComment: x\n", 1),
    "other words": lambda block: block.replace("SSH SIGNATURE", "PGP SIGNATURE"),
    "URL-safe base64": lambda block: block.replace("/", "_").replace("+", "-"),
    "nothing": lambda _block: "",
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_changed_texts_are_judged_as_by_openssh(name: str, openssh: OpenSsh) -> None:
    key = ssh_key("ecdsa-sha2-nistp384")
    block = TEXTS[name](armoured(sshsig(key.blob, raw_signature(key, to_sign(MESSAGE)))))
    theirs = openssh.signer_of(block, MESSAGE)
    if name in STRICTER:
        assert (ours(block), bool(theirs)) == (None, True)
    else:
        assert ours(block) == theirs


def forged_ones_are_judged_as_by_openssh(openssh: OpenSsh, seed: int, number: int) -> None:
    random = Random(seed)  # noqa: S311 - the same each time
    judged = 0
    while judged < number:
        one = forged(random)
        if one.how == "dsse" or one.text.startswith("dsse:"):
            continue
        block = one.text if one.text.startswith("-") else as_block(one.text)
        if (found := ours(block, one.message)) is not None:
            assert found == openssh.signer_of(block.encode(), one.message), one
        elif openssh.signer_of(block.encode(), one.message):
            assert any(word in refusal(block, one.message) for word in REASONS) or has_large_s(one.text), one
        judged += 1


REASONS = (
    "has the version 0",
    "reserved field",
    "one whole block",
    "a name in it",
    "without a touch",
    "shortest encoding",
    "as many bytes",
)
"""What is said of the signatures that OpenSSH accepts and we refuse."""


def has_large_s(text: str) -> bool:
    """Whether the S of an Ed25519 signature is one to which L was added."""
    value = base64.b64decode("".join(re.findall(r"^(?:ssh:)?([\w+/=]+)$", text, re.MULTILINE)))
    value = value[:-5] if b"sk-ssh-" in value else value
    return b"ed25519" in value and int.from_bytes(value[-32:], "little") >= L


def as_block(text: str) -> str:
    return f"-----BEGIN SSH SIGNATURE-----\n{text.removeprefix('ssh:')}\n-----END SSH SIGNATURE-----\n"


def refusal(block: str, message: bytes) -> str:
    with pytest.raises(BadSignature) as error:
        signer_of(block, message)
    return str(error.value)


@pytest.mark.long
def test_forged_signatures_are_judged_as_by_openssh(openssh: OpenSsh) -> None:
    forged_ones_are_judged_as_by_openssh(openssh, 1, 150)


@pytest.mark.long
def test_many_forged_signatures_are_judged_as_by_openssh(openssh: OpenSsh) -> None:
    forged_ones_are_judged_as_by_openssh(openssh, 2, 5_000)


def is_parsed(text: str) -> bool:
    try:
        parse_public_key(text)
    except BadKey:
        return False
    return True


def test_keys_that_openssh_refuses_are_refused(tmp_path: Path) -> None:
    """Damage keys: what `ssh-keygen -l` cannot read, we do not parse."""
    random, file, agreed = Random(3), tmp_path / "key.pub", 0  # noqa: S311 - the same each time
    for kind in TYPES:
        text = ssh_key(kind).text
        for _ in range(12):
            at = random.randrange(len(kind), len(text))
            damaged = text[:at] + random.choice(("", "A", "/", "=", " ", "AAAA")) + text[at + 1 :]
            file.write_text(damaged + "\n", encoding="ascii")
            is_read = ssh_keygen("-l", "-f", file).returncode == 0
            assert is_read or not is_parsed(damaged), damaged
            agreed += is_read == is_parsed(damaged)
    assert agreed > 30


def test_large_exponents_are_read_as_by_openssh(tmp_path: Path) -> None:
    modulus = ssh_key("ssh-rsa").blob.split(mpint(65537), 1)[1]
    for exponent, parsed in ((3, True), (65537, True), (1, False), (2**40 + 1, False)):
        blob = string("ssh-rsa") + mpint(exponent) + modulus
        text = f"ssh-rsa {base64.b64encode(blob).decode()}"
        (tmp_path / "key.pub").write_text(f"{text}\n", encoding="ascii")
        assert is_parsed(text) is parsed
        assert ssh_keygen("-l", "-f", tmp_path / "key.pub").returncode == 0
