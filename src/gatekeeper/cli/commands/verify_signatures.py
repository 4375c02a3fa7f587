"""`gatekeeper verify-signatures`: Verify the signature of every statement of the workspace.

Lists sign-offs, attestations, declarations, approvals, exits and records of evidence: who made each, and with
which key. Exit code 1: a signature does not fit its entry, or an entry must be signed and is not. With
--export, anybody verifies the signatures by `ssh-keygen` alone.

Example: gatekeeper verify-signatures --export signed

Heading: Record and sign
"""

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import (
    AsOf,
    File,
    FormatOption,
    Text,
    argument,
    flag,
    open_here,
    option,
    start_folder,
)
from gatekeeper.cli.output import show, warn, write
from gatekeeper.cli.statements import program_in

if TYPE_CHECKING:
    from gatekeeper.model.rulebook import Governance
    from gatekeeper.model.signature import ListedStatement


def command(
    context: typer.Context,
    service: Annotated[Text, argument("[SERVICE]", "By default the whole workspace.", words.services)] = None,
    all_: Annotated[bool, flag("--all", "Show every entry by itself.")] = False,
    export: Annotated[
        File, option("--export", "DIR", "Write what was signed, the signatures and the keys into a folder.")
    ] = None,
    as_of: AsOf = None,
    format_: FormatOption = "table",
) -> None:
    """Verify the signatures and write the outcome."""
    from gatekeeper.errors import ExitCode
    from gatekeeper.reporters.views import verify_signatures as view
    from gatekeeper.workspace.clock import today
    from gatekeeper.workspace.selection import service_named
    from gatekeeper.workspace.signature_check import check_signatures
    from gatekeeper.workspace.unread_records import unreadable_records

    loaded = open_here(context).loaded
    of = service_named(loaded.manifests, service) if service else None
    found, governance = check_signatures(loaded, as_of or today(), of), loaded.rulebook.governance
    written = _export(found, governance, start_folder(context) / export) if export else ""
    warn(list(unreadable_records(loaded, [service] if service else loaded.manifests.services)))
    program = program_in(context.obj)
    show(
        format_,
        lambda: view.data(found, governance),
        lambda on: view.parts(found, governance, program, on, each=all_),
    )
    if format_ == "table":
        write(written)
    raise typer.Exit(ExitCode.BLOCKED if any(one.is_problem for one in found) else ExitCode.READY)


def _export(found: "Iterable[ListedStatement]", governance: "Governance", folder: Path) -> str:
    """Write the statements into a folder; return how to verify them."""
    from gatekeeper.reporters.wording.counts import counted
    from gatekeeper.workspace.signature_export import SCRIPT, export_signatures

    statements, others = export_signatures(found, governance, folder)
    not_ssh = f" ({others:,} in DSSE or Sigstore, which ssh-keygen does not read)" if others else ""
    script = shlex.quote(str(folder / SCRIPT))
    return f"\nwrote {counted(statements, 'signed statement')}{not_ssh}\nverify: sh {script}\n"
