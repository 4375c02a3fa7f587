"""What commands that write statements share: one writer at a time, dates, and the lines they end with."""

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from gatekeeper.cli.arguments import File, date_option, option, start_folder, workspace_root
from gatekeeper.cli.output import is_terminal, write_parts
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from gatekeeper.attested.signing import StatementSigner
    from gatekeeper.manifests.proposed_file import ProposedFile
    from gatekeeper.model.report import Filter
    from gatekeeper.model.row import MilestoneSummary
    from gatekeeper.model.verdict import MilestoneResult
    from gatekeeper.workspace.loading import LoadedWorkspace

    Judged = MilestoneResult | MilestoneSummary

KeyOption = Annotated[
    File, option("--key", "FILE", "Sign with this SSH key; a public key if an agent has the private one.")
]
OnOption = Annotated[date | None, date_option("--on", "The date of the entry; by default the as-of date.")]


class Days(NamedTuple):
    """The date of a statement, and the date that counts as today."""

    on: date
    as_of: date


def days(on: date | None, as_of: date | None) -> Days:
    """Return both dates; a statement must not be in the future."""
    from gatekeeper.workspace.clock import today

    now = as_of or today()
    if on is not None and on > now:
        raise UsageError(f"--on {on} is in the future: the as-of date is {now}")
    return Days(on or now, now)


def signer_by(context: typer.Context, key: Path | None) -> "StatementSigner | None":
    """Return a signer for the key in a file; None without a file."""
    from gatekeeper.attested.signing import open_signer

    return open_signer(start_folder(context) / key) if key else None


def leave_out(why: str, given: Mapping[str, object]) -> None:
    """Refuse options that do not go with others.

    Args:
        why: What the others do.
        given: The options by name, each with its value if it is given.
    """
    if stray := [f"--{name}" for name, value in given.items() if value]:
        raise UsageError(f"{why}: leave {', '.join(stray)} out")


def asks_first(what: str, *, dry_run: bool, yes: bool, is_data: bool) -> bool:
    """Return whether a command asks before it writes; it does so in a terminal only.

    Raises:
        UsageError: It would have to ask, and nobody can answer.
    """
    if dry_run or yes or is_data:
        return False
    if not is_terminal():
        raise UsageError(
            "nothing can be asked without a terminal: "
            f"add --yes to write the {what}, or --dry-run to see them"
        )
    return True


def must_be_as_seen(seen: object, now: object) -> None:
    """Refuse to write what the user has not seen."""
    if seen != now:
        raise UsageError(
            "the workspace has changed since you saw it; nothing was written: run the command again"
        )


def signed_with(signer: "StatementSigner | None") -> str:
    """Return by which key an entry is signed, to follow who made it; empty without one."""
    return f", signed with {signer.public_key.fingerprint}" if signer else ""


@contextmanager
def workspace_to_write(context: typer.Context) -> "Iterator[LoadedWorkspace]":
    """Load the workspace as its only writer."""
    from gatekeeper.manifests.files import only_writer
    from gatekeeper.workspace.loading import open_workspace

    root = workspace_root(context)
    with only_writer(root):
        yield open_workspace(root)


def next_command(context: typer.Context, *words: str) -> str:
    """Return a command to copy, for the same folder."""
    return next_command_in(context.obj, *words)


def next_command_in(folder: Path, *words: str) -> str:
    """Return a command to copy, for a folder."""
    return " ".join([f"next: {program_in(folder)}", *words])


def more_commands(folder: Path, verdict: "Judged", asked: "Filter", width: int) -> str:
    """Return the commands that show all actions of a blocked milestone, and one of its services."""
    if not verdict.blocked_by:
        return ""
    number, milestone = len(verdict.actions), verdict.milestone
    of_owners = [word for owner in asked.owners for word in ("--owner", shlex.quote(owner))]
    of_services = [word for name in asked.services for word in ("--service", shlex.quote(name))]
    command = " ".join([program_in(folder), "next", "-m", milestone, *of_owners, *of_services])
    more = [f"{f'all {number:,} actions' if number > 1 else 'the action in full'}: {command}"]
    if len(verdict.services) > 1:
        more.append(f"one service: check -m {milestone} -s NAME")
    line = "   ".join(more)
    return f"{line}\n" if len(line) <= width else "".join(f"{one}\n" for one in more)


def program_in(folder: Path) -> str:
    """Return how a command to copy begins, for a folder."""
    return "gatekeeper" if folder == Path() else f"gatekeeper -C {shlex.quote(str(folder))}"


def owners_to_name(owners: "ProposedFile", root: Path) -> str:
    """Return what is left to do in CODEOWNERS, so that somebody must review a change of a new workspace."""
    return written_or_shown(owners, root, "replace its teams by yours")


def written_or_shown(proposed: "ProposedFile", root: Path, left_to_do: str) -> str:
    """Return that a proposed file was written and what is left to do; or, if it exists, the lines to add."""
    file = os.path.normpath(root / proposed.file)
    if proposed.is_there:
        return f"{file} is there already\n"
    if proposed.exists:
        return f"{file} exists: add these lines to it\n\n{proposed.text}\n"
    return f"wrote {file}: {left_to_do}\n"


def write_line(outcome: str | None, text: str) -> None:
    """Write a line, with the sign of an outcome or without."""
    from gatekeeper.reporters.text.screen import indented, item, shown, sign

    write_parts(lambda on: [item(sign(outcome, on), shown(text), 0) if outcome else indented(shown(text), 0)])
