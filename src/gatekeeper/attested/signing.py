"""Sign statements: keys of SSH by `ssh-keygen`, so that agents and security keys work, and PEM keys by DSSE.

A signature is verified before it is returned. The content of a key file is never shown.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from gatekeeper.attested.keys import read_key_file, signer
from gatekeeper.errors import UsageError
from gatekeeper.signatures.public_keys import BadKey, PublicKey, parse_public_key, public_key
from gatekeeper.signatures.verification import NAMESPACE, BadSignature, pae, signer_of
from gatekeeper.signatures.wire import MalformedWire, WireReader, decoded, encoded, string

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner

_OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_OLD = re.compile(rb"-----BEGIN (?:RSA|EC|DSA) PRIVATE KEY-----")
_PUBLIC = re.compile(rb"\s*(?:sk-)?(?:ssh|ecdsa)-[\w.@-]+[ \t]")
_SECONDS = 300
"""The time that a person has to type a passphrase or to touch a security key."""


class StatementSigner(Protocol):
    """Signs statements by one key."""

    @property
    def public_key(self) -> PublicKey:
        """The public half of the key."""

    def sign(self, message: bytes) -> str:
        """Return the text of `signature:` for a message.

        Raises:
            UsageError: The key did not sign.
        """


def open_signer(file: Path) -> StatementSigner:
    """Return a signer for a key file.

    The file is a private key of OpenSSH, a public key with its private half in an agent or beside it, or an
    Ed25519 private key in PEM.

    Raises:
        UsageError: It cannot be read, is not one of these, or is a key of a type that is refused.
    """
    data = read_key_file(file)
    try:
        if _OPENSSH in data:
            return _SshKeygen(file, _public_half(data))
        if _PUBLIC.match(data):
            return _SshKeygen(file, parse_public_key(data.decode("utf-8", "replace")))
    except BadKey as flaw:
        raise UsageError(f"{file} cannot sign: {flaw}") from None
    except MalformedWire:
        raise UsageError(f"{file} is damaged: it is not a whole private key of OpenSSH") from None
    if _OLD.search(data):
        raise UsageError(f"{file} is a key in an old format: convert it with `ssh-keygen -p -f {file}`")
    if b"-----BEGIN" not in data:
        raise UsageError(
            f"{file} is not a key of SSH or a private key in PEM: create a key with `ssh-keygen -t ed25519`"
        )
    return _of_pem(file)


def _public_half(data: bytes) -> PublicKey:
    """Return the public key in a private key file (PROTOCOL.key of OpenSSH); no passphrase protects it."""
    lines = data.decode("ascii", "replace").split(_OPENSSH.decode())[1].partition("-----END")[0].split()
    wire = WireReader(decoded("".join(lines)))
    if wire.take(15) != b"openssh-key-v1\0":
        raise MalformedWire("it has another version")
    for _field in ("cipher", "key derivation", "its options"):
        wire.string()
    if wire.uint32() != 1:
        raise MalformedWire("it has several keys")
    return public_key(wire.string())


class _SshKeygen(NamedTuple):
    """A key of SSH: `ssh-keygen -Y sign` signs, and asks on the terminal for a passphrase or a touch."""

    file: Path
    public_key: PublicKey

    def sign(self, message: bytes) -> str:
        # The message is in a file: ssh-keygen asks for nothing if its standard input is not a terminal.
        with tempfile.TemporaryDirectory(prefix="gatekeeper-") as folder:
            statement = Path(folder, "statement")
            statement.write_bytes(message)
            self._run(statement)
            try:
                block = statement.with_suffix(".sig").read_text(encoding="ascii")
            except (OSError, UnicodeDecodeError):
                raise UsageError(f"ssh-keygen wrote no signature by {self.file}") from None
        return _verified("ssh:" + "".join(block.splitlines()[1:-1]), message, self)

    def _run(self, statement: Path) -> None:
        sign = ["ssh-keygen", "-q", "-Y", "sign", "-n", NAMESPACE, "-f", str(self.file), str(statement)]
        # On a terminal it asks for a touch, and says itself what is wrong.
        errors = None if os.isatty(2) else subprocess.PIPE
        try:
            done = subprocess.run(  # noqa: S603 - no shell
                sign, stdout=subprocess.DEVNULL, stderr=errors, check=False, timeout=_SECONDS
            )
        except OSError as error:
            raise UsageError(
                f"{self.file} is a key of SSH, and ssh-keygen, which signs with it, cannot be run "
                f"({error.strerror}): install OpenSSH 8.2 or later (package openssh-client)"
            ) from None
        except subprocess.TimeoutExpired:
            raise UsageError(
                f"ssh-keygen did not sign with {self.file} within {_SECONDS // 60} minutes: "
                "it waits for a passphrase or for a touch of the security key"
            ) from None
        if done.returncode:
            lines = (done.stderr or b"").decode("utf-8", "replace").splitlines()
            said = " ".join(filter(None, (line.strip(" @") for line in lines)))
            raise UsageError(
                f"ssh-keygen did not sign with {self.file}{': ' if said else ''}{said}; "
                "sign on a terminal, or add the key to an agent: `ssh-add KEY`"
            )


class _PemKey(NamedTuple):
    """An Ed25519 key in PEM: signs by the rules of DSSE."""

    file: Path
    public_key: PublicKey
    signer: "CryptoSigner"

    def sign(self, message: bytes) -> str:
        value = bytes.fromhex(self.signer.sign(pae(message)).signature)
        return _verified(f"dsse:{encoded(self.public_key.blob)}.{encoded(value)}", message, self)


def _of_pem(file: Path) -> _PemKey:
    found = signer(file)
    point = bytes.fromhex(found.public_key.keyval["public"])
    return _PemKey(file, public_key(string(b"ssh-ed25519") + string(point)), found)


def _verified(signature: str, message: bytes, by: _SshKeygen | _PemKey) -> str:
    """Return a signature that verifies.

    Raises:
        UsageError: It does not, or is by another key.
    """
    try:
        found = signer_of(signature, message)
    except BadSignature as flaw:
        raise UsageError(f"the signature by {by.file} does not verify: {flaw}") from None
    if found != by.public_key:
        raise UsageError(
            f"{by.file} signed with another key: {found.fingerprint} instead of {by.public_key.fingerprint}"
        )
    return signature
