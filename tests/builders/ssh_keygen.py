"""OpenSSH's own answer: `ssh-keygen` makes keys and signatures and verifies them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from builders.ssh import NAMESPACE

needs_ssh_keygen = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed"
)
_FINGERPRINT = re.compile(r"SHA256:\S+")


def ssh_keygen(*arguments: str | Path, data: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["ssh-keygen", *map(str, arguments)], input=data, capture_output=True, check=False)


def new_key(
    folder: Path, kind: str, bits: int | None = None, *, passphrase: str = "", name: str = ""
) -> Path:
    """Return the private key that ssh-keygen makes; the public one is beside it."""
    file = folder / (name or f"{kind}{bits or ''}")
    size = ["-b", str(bits)] if bits else []
    done = ssh_keygen("-q", "-t", kind, *size, "-N", passphrase, "-C", "dana@laptop", "-f", file)
    assert done.returncode == 0, done.stderr
    return file


def block_of(file: Path, message: bytes, *options: str, namespace: str = NAMESPACE) -> str:
    """Return the block that `ssh-keygen -Y sign` writes."""
    done = ssh_keygen("-q", "-Y", "sign", "-n", namespace, *options, "-f", file, data=message)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


class OpenSsh:
    """Verifies signatures by some keys as OpenSSH does; `dana` has all of them."""

    def __init__(self, folder: Path, keys: list[str], *, options: str = "") -> None:
        self.allowed = folder / "allowed_signers"
        self.allowed.write_text("".join(f"dana {options} {key}\n" for key in keys), encoding="ascii")
        self._signature = folder / "signature"

    def signer_of(self, block: str | bytes, message: bytes, *options: str) -> str | None:
        """Return the fingerprint of the key that signed, or null if the signature does not verify."""
        self._signature.write_bytes(block.encode() if isinstance(block, str) else block)
        who = ("-I", "dana", "-f", str(self.allowed), "-s", str(self._signature))
        done = ssh_keygen("-Y", "verify", "-n", NAMESPACE, *who, *options, data=message)
        found = _FINGERPRINT.search(done.stdout.decode())
        return found[0] if done.returncode == 0 and found else None
