"""Sign every entry of a person that has no signature that counts: `gatekeeper sign` without a service."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import typer

from gatekeeper.cli.arguments import open_here
from gatekeeper.cli.output import write
from gatekeeper.cli.statements import must_be_as_seen, next_command, workspace_to_write, write_line

if TYPE_CHECKING:
    from gatekeeper.attested.signing import StatementSigner
    from gatekeeper.workspace.loading import LoadedWorkspace
    from gatekeeper.workspace.unsigned import UnsignedEntry


def sign_all(
    context: typer.Context, by: str, signer: "StatementSigner", as_of: date, *, dry_run: bool, asks: bool
) -> None:
    """List the entries of a person that lack a signature, ask, and write all signatures or none."""
    from gatekeeper.reporters.wording.counts import counted
    from gatekeeper.workspace.entry_signing import sign_entries
    from gatekeeper.workspace.unsigned import unsigned_entries

    loaded, key = open_here(context).loaded, signer.public_key
    found = unsigned_entries(loaded, by, key, as_of)
    _show(loaded, found)
    chosen = [one.entry for one in found if one.objection is None]
    count = counted(len(chosen), "entry", "entries")
    if chosen:
        write_line(None, f"{count} to sign with {key.fingerprint}; {_effort(key.type, len(chosen))}")
    if not chosen or dry_run or (asks and not typer.confirm(f"Sign {count}?")):
        write_line(None, f"{'' if chosen else f'nothing of {by} is left to sign; '}nothing was written")
        if not chosen:
            write(next_command(context, "verify-signatures") + "\n")
        return
    with workspace_to_write(context) as loaded:
        must_be_as_seen(found, unsigned_entries(loaded, by, key, as_of))
        sign_entries(loaded, chosen, signer).write()
    write_line("pass", f"signed {count}")
    write(next_command(context, "verify-signatures") + "\n")


def _show(loaded: "LoadedWorkspace", found: "Sequence[UnsignedEntry]") -> None:
    from gatekeeper.reporters.wording.statements import stated
    from gatekeeper.workspace.statements import lines_of

    lines = lines_of(loaded, [one.entry.place for one in found])
    for entry, before, objection in found:
        place = f"{entry.place.file}:{lines[entry.place]}"
        line = f"{stated(entry.statement)}, {entry.statement.on}: {place}"
        if before:
            line += f"; read it before you sign again: {before}"
        write_line(
            "fail" if objection else "missing", f"{line}; left out: {objection}" if objection else line
        )


def _effort(kind: str, times: int) -> str:
    """Return what the signer has to do."""
    often = "once" if times == 1 else f"{times} times"
    if kind.startswith("sk-"):
        return f"touch the security key {often}"
    return f"ssh-keygen asks for the passphrase {often}, unless an agent holds the key or it has none"
