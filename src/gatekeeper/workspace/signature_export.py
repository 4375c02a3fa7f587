"""Write what people signed into a folder, so that `ssh-keygen` verifies it without this program."""

import base64
import json
import re
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.signature import ListedStatement, SignatureState
from gatekeeper.model.statement import Statement
from gatekeeper.signatures.allowed_signers import valid_signers, written
from gatekeeper.signatures.verification import NAMESPACE, PAYLOAD_TYPE, armoured
from gatekeeper.workspace.files import write_file

SIGNERS, SCRIPT = "allowed_signers", "verify.sh"
_LONGEST_NAME = 120


class Exported(NamedTuple):
    """What was written: how many statements, and how many of them `ssh-keygen` does not verify."""

    statements: int
    others: int


def export_signatures(found: Iterable[ListedStatement], governance: Governance, folder: Path) -> Exported:
    """Write the bytes and the signature of each signed statement, the keys, and a script that verifies all.

    A signature in DSSE, which ssh-keygen does not read, becomes an envelope. Sigstore bundles are left out.

    Raises:
        UsageError: The folder holds other files, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not an empty folder: name one; nothing was written")
    signers = list(valid_signers(governance.owned_keys()))
    owners = {signer.key.fingerprint: signer.principals[0] for signer in signers}
    signed = [one for one in found if one.seen.state is SignatureState.SIGNED]
    commands, others = ["set -e", 'cd "$(dirname "$0")"'], 0
    for one in signed:
        file, signature = _file_name(one), (one.statement.signature or "").strip()
        write_file(folder / file, (one.message or b"").decode())
        if signature and not signature.startswith("dsse:") and one.seen.key in owners:
            write_file(folder / f"{file}.sig", armoured(signature))
            commands.append(_command(owners[one.seen.key], one.statement, file))
            continue
        others += 1
        if signature.startswith("dsse:"):
            write_file(folder / f"{file}.dsse", _envelope(signature, one.message or b""))
    write_file(folder / SIGNERS, written(signers))
    write_file(folder / SCRIPT, "".join(f"{line}\n" for line in commands))
    return Exported(len(signed), others)


def _file_name(one: ListedStatement) -> str:
    of = one.statement
    words = "-".join((of.act, *of.about.values()))
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", words)[:_LONGEST_NAME]
    return f"{safe}-{(one.digest or '').removeprefix('sha256:')[:12]}.json"


def _envelope(signature: str, message: bytes) -> str:
    """Return a DSSE envelope (https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md)."""
    _, _, value = signature.partition(".")
    payload = base64.b64encode(message).decode("ascii")
    return (
        json.dumps({"payloadType": PAYLOAD_TYPE, "payload": payload, "signatures": [{"sig": value}]}) + "\n"
    )


def _command(principal: str, statement: Statement, file: str) -> str:
    words = ["ssh-keygen", "-Y", "verify", "-f", SIGNERS, "-I", principal, "-n", NAMESPACE]
    words += [f"-Overify-time={statement.on:%Y%m%d}", "-s", f"{file}.sig"]
    return f"{shlex.join(words)} < {shlex.quote(file)}"
