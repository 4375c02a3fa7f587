"""Keys: Ed25519 and nothing else; what is wrong is told, what is in them is not."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from builders.attested import PASSWORD, Private, ed25519, private, public
from gatekeeper.attested.keys import signer, verifier
from gatekeeper.errors import UsageError

RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())


def test_a_pair_of_keys_fits(tmp_path: Path) -> None:
    key = verifier(public(tmp_path, ed25519()))
    signature = signer(private(tmp_path, ed25519())).sign(b"x")
    key.verify_signature(signature, b"x")
    assert signature.keyid == key.keyid


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_a_key_is_known_by_its_fingerprint(tmp_path: Path) -> None:
    line = ed25519().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    file = tmp_path / "key.ssh"
    file.write_bytes(line)
    shown = subprocess.run(["ssh-keygen", "-lf", file], check=True, capture_output=True, text=True).stdout
    assert verifier(public(tmp_path, ed25519())).keyid == shown.split()[1]


@pytest.mark.parametrize(("key", "kind"), [(RSA, "RSA"), (EC, "(EC|EllipticCurve)")], ids=["RSA", "EC"])
def test_only_ed25519_is_used(key: Private, kind: str, tmp_path: Path) -> None:
    for load, file in ((signer, private(tmp_path, key)), (verifier, public(tmp_path, key))):
        with pytest.raises(UsageError, match=f"is a key of the type {kind}, and only Ed25519 is supported"):
            load(file)


def refusal(load: Callable[[Path], object], file: Path) -> str:
    with pytest.raises(UsageError) as error:
        load(file)
    return str(error.value)


def test_the_wrong_half_is_told(tmp_path: Path) -> None:
    assert "is a public key; sign with the private key" in refusal(signer, public(tmp_path, ed25519()))
    assert "is a private key, and verification needs" in refusal(verifier, private(tmp_path, ed25519()))


def test_a_locked_key_is_told(tmp_path: Path) -> None:
    assert "is protected by a password" in refusal(signer, private(tmp_path, ed25519(), lock=PASSWORD))


@pytest.mark.parametrize("load", [signer, verifier])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
        b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== a",
        b"x" * 70_000,
    ],
)
def test_what_is_no_key_is_told_without_showing_it(
    load: Callable[[Path], object], data: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(data)
    told = refusal(load, file)
    assert str(file) in told
    assert "AAAA" not in told


def test_a_damaged_key_is_told_without_showing_it(tmp_path: Path) -> None:
    file = private(tmp_path, ed25519())
    lines = file.read_text(encoding="ascii").splitlines()
    file.write_text("\n".join((lines[0], lines[1][:-8], lines[2])), encoding="ascii")
    told = refusal(signer, file)
    assert "is damaged" in told
    assert lines[1][:12] not in told


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    for load in (signer, verifier):
        assert "cannot be read: No such file" in refusal(load, tmp_path / "none")
        assert "cannot be read" in refusal(load, tmp_path)
        assert refusal(load, Path("a\0b"))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_what_openssl_makes_is_used(tmp_path: Path) -> None:
    file, half = tmp_path / "gatekeeper.key", tmp_path / "gatekeeper.pub"
    for command in (
        ["genpkey", "-algorithm", "ed25519", "-out", file],
        ["pkey", "-in", file, "-pubout", "-out", half],
    ):
        subprocess.run(["openssl", *map(str, command)], check=True, capture_output=True, env=os.environ)
    verifier(half).verify_signature(signer(file).sign(b"x"), b"x")
