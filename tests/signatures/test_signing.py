"""Signatures are made by every kind of key that a person may have, and every refusal says what to do."""

import os
import pty
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from builders import attested
from builders.ssh import TYPES, ssh_key
from builders.ssh_keygen import needs_ssh_keygen, new_key
from gatekeeper.attested import signing
from gatekeeper.attested.signing import open_signer
from gatekeeper.errors import UsageError
from gatekeeper.signatures.public_keys import PublicKey, parse_public_key
from gatekeeper.signatures.verification import signer_of

MESSAGE = b'{"act":"sign-off"}'
PHRASE = "a secret phrase"


@pytest.fixture(autouse=True)
def _no_agent_and_no_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSH_AUTH_SOCK", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_ASKPASS", "/bin/false")


def refusal(file: Path) -> str:
    with pytest.raises(UsageError) as error:
        open_signer(file).sign(MESSAGE)
    return str(error.value)


def public_of(file: Path) -> PublicKey:
    return parse_public_key(file.with_name(f"{file.name}.pub").read_text(encoding="utf-8"))


@needs_ssh_keygen
@pytest.mark.parametrize(("kind", "bits"), [("ed25519", None), ("ecdsa", 256), ("ecdsa", 521), ("rsa", 2048)])
def test_a_private_key_of_openssh_signs(kind: str, bits: int | None, tmp_path: Path) -> None:
    file = new_key(tmp_path, kind, bits)
    signer = open_signer(file)
    signature = signer.sign(MESSAGE)
    assert signature.startswith("ssh:")
    assert signer_of(signature, MESSAGE) == signer.public_key == public_of(file)


@needs_ssh_keygen
def test_a_public_key_signs_by_the_private_one_beside_it(tmp_path: Path) -> None:
    file = new_key(tmp_path, "ed25519")
    signer = open_signer(file.with_name("ed25519.pub"))
    assert signer_of(signer.sign(MESSAGE), MESSAGE) == public_of(file)


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start an agent without keys on a socket of its own."""
    if shutil.which("ssh-agent") is None:
        pytest.skip("ssh-agent is not installed")
    socket = tmp_path / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()  # it writes the address once it listens
    monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
    yield
    process.send_signal(signal.SIGTERM)
    process.wait(10)
    process.stdout.close()


@needs_ssh_keygen
@pytest.mark.usefixtures("agent")
def test_an_agent_signs_for_a_public_key(tmp_path: Path) -> None:
    file = new_key(tmp_path, "ed25519")
    public, shown = public_of(file), tmp_path / "shown.pub"
    shown.write_text(f"{public.text} dana\n", encoding="ascii")
    assert "No private key found for public key" in refusal(shown)
    subprocess.run(["ssh-add", "-q", file], check=True)
    file.unlink()
    assert signer_of(open_signer(shown).sign(MESSAGE), MESSAGE) == public


@needs_ssh_keygen
def test_a_key_with_a_passphrase_is_refused_without_a_terminal(tmp_path: Path) -> None:
    file = new_key(tmp_path, "ed25519", passphrase=PHRASE)
    assert open_signer(file).public_key == public_of(file), "the public half needs no passphrase"
    said = refusal(file)
    assert "incorrect passphrase" in said
    assert "sign on a terminal, or add the key to an agent: `ssh-add KEY`" in said


PROGRAM = """
import sys
from pathlib import Path
from gatekeeper.attested.signing import open_signer
print(open_signer(Path(sys.argv[1])).sign(b"hello"), end="=\\n")
"""


@needs_ssh_keygen
def test_a_passphrase_is_asked_for_on_a_terminal(tmp_path: Path) -> None:
    file = new_key(tmp_path, "ed25519", passphrase=PHRASE)
    master, slave = pty.openpty()
    command = [sys.executable, "-c", PROGRAM, str(file)]
    process = subprocess.Popen(command, preexec_fn=lambda: os.login_tty(slave))  # noqa: PLW1509 - no threads
    os.close(slave)
    asked = screen_until(b"Enter passphrase", master)
    os.write(master, f"{PHRASE}\n".encode())
    shown = screen_until(b"=\r\n", master)
    assert process.wait(20) == 0, shown
    os.close(master)
    assert b"Enter passphrase" in asked
    assert PHRASE.encode() not in shown
    signature = next(
        line.removesuffix("=") for line in shown.decode().splitlines() if line.startswith("ssh:")
    )
    assert signer_of(signature, b"hello") == public_of(file)


def screen_until(text: bytes, terminal: int) -> bytes:
    """Return what a program shows until some text, or for 20 seconds."""
    shown = b""
    while text not in shown and select.select([terminal], [], [], 20)[0]:
        try:
            shown += os.read(terminal, 4096)
        except OSError:  # the program has ended
            break
    return shown


@needs_ssh_keygen
def test_the_words_of_ssh_keygen_are_shown(tmp_path: Path) -> None:
    file = new_key(tmp_path, "ed25519")
    file.chmod(0o644)
    assert "are too open" in refusal(file)
    assert "@@" not in refusal(file)


def test_a_machine_without_ssh_keygen_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    file = tmp_path / "key"
    file.write_bytes(ssh_key().file())
    assert (
        "which signs with it, cannot be run (No such file or directory): install OpenSSH 8.2 or later"
        in refusal(file)
    )


def pretend(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put another program in the place of ssh-keygen, and return a key."""
    program = folder / "ssh-keygen"
    program.write_text(f"#!/bin/sh\nfor last; do :; done\n{script}\n", encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    file = folder / "key"
    file.write_bytes(ssh_key().file())
    return file


@pytest.mark.long
def test_a_program_that_does_not_answer_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "_SECONDS", 1)
    assert "waits for a passphrase or for a touch" in refusal(pretend(tmp_path, "exec sleep 30", monkeypatch))


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 0", "wrote no signature"),
        ("echo too old >&2; exit 1", "ssh-keygen did not sign with {}: too old; sign on a terminal"),
        ("exit 3", "ssh-keygen did not sign with {}; sign on a terminal"),
        ('echo hello > "$last.sig"', "does not verify"),
        ('printf "\\377" > "$last.sig"', "wrote no signature"),
    ],
)
def test_what_a_program_writes_is_verified(
    script: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = pretend(tmp_path, script, monkeypatch)
    assert said.format(file) in refusal(file)


@needs_ssh_keygen
def test_a_signature_by_another_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, other = shutil.which("ssh-keygen"), new_key(tmp_path, "ed25519", name="other")
    file = pretend(tmp_path, f'exec "{real}" -q -Y sign -n gatekeeper-v1 -f "{other}" "$last"', monkeypatch)
    assert f"signed with another key: {public_of(other).fingerprint} instead of" in refusal(file)


def test_a_key_in_pem_signs_by_dsse(tmp_path: Path) -> None:
    signer = open_signer(attested.private(tmp_path, attested.ed25519()))
    signature = signer.sign(MESSAGE)
    assert signature.startswith("dsse:AAAAC3NzaC1lZDI1NTE5")
    assert signer_of(signature, MESSAGE) == signer.public_key


def test_keys_in_pem_are_refused_as_by_check(tmp_path: Path) -> None:
    assert "only Ed25519 is supported" in refusal(
        attested.private(tmp_path, rsa.generate_private_key(65537, 2048))
    )
    assert "sign with the private key" in refusal(attested.public(tmp_path, attested.ed25519()))
    locked = attested.private(tmp_path, attested.ed25519(), lock=attested.PASSWORD)
    assert "protected by a password" in refusal(locked)


@pytest.mark.parametrize("kind", [kind for kind in TYPES if not kind.startswith("sk-")])
def test_the_public_half_of_a_private_key_is_read(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(ssh_key(kind).file())
    assert open_signer(file).public_key.text == ssh_key(kind).text


@pytest.mark.parametrize("keep", [0, 30, 60, 100])
def test_a_damaged_private_key_is_refused_without_showing_it(keep: int, tmp_path: Path) -> None:
    lines = ssh_key().file().decode().splitlines()
    body = "".join(lines[1:-1])
    file = tmp_path / "key"
    file.write_text("\n".join((lines[0], body[:keep], lines[-1])), encoding="ascii")
    assert "is damaged: it is not a whole private key" in refusal(file)
    assert "b3BlbnNz" not in refusal(file)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is not a key of SSH or a private key in PEM"),
        (b"my secret word", "is not a key of SSH or a private key in PEM"),
        (b"\x00\xff", "is not a key of SSH or a private key in PEM"),
        (b"ssh-dss AAAAB3NzaC1kc3M= dana", "DSA key, which is no longer safe"),
        (b"ssh-ed25519-cert-v01@openssh.com AAAA dana", "it is a certificate"),
        (b"ssh-ed25519 AAAA dana", "it is damaged"),
        (b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", "convert it with `ssh-keygen -p -f"),
        (b"-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n", "contains no private key in PEM"),
        (b"x" * 70_000, "is not a key"),
    ],
)  # fmt: skip
def test_what_is_not_a_key_is_refused_without_showing_it(data: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(data)
    assert said in refusal(file)
    assert "secret" not in refusal(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in refusal(tmp_path / "none")
    assert "cannot be read" in refusal(tmp_path)
    assert "is not a file name" in refusal(Path("a\0b"))
