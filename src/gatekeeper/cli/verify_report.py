"""`gatekeeper verify-report`."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import _words
from gatekeeper.cli._run import FormatOption, format_of, say, screen, start_folder
from gatekeeper.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from gatekeeper.model.attested import VerifiedReport


def command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `check --sign KEY` wrote.")],
    key: Annotated[
        Path,
        typer.Option("--key", metavar="PUBKEY", help="The public key that has to have signed it, in PEM."),
    ],
    passed: Annotated[
        bool, typer.Option("--passed", help="Exit 1 unless it states that the milestone may exit.")
    ] = False,
    milestone: Annotated[
        str | None,
        typer.Option(
            "--milestone",
            "-m",
            metavar="M",
            help="Exit 1 unless it is about this milestone as a whole.",
            autocompletion=_words.milestones,
        ),
    ] = None,
    commit: Annotated[
        str | None, typer.Option("--commit", metavar="SHA", help="Exit 1 unless it is about this commit.")
    ] = None,
    format_: FormatOption = "table",
) -> None:
    """Verify an attested result.

    Exit code 0: the key signed it, and it states what was asked for; 1: not so. Without --passed a statement
    that a milestone is blocked verifies as well as any other.

    Example: gatekeeper verify-report m2.json --key gatekeeper.pub --passed --milestone M2
    """
    from gatekeeper.attested.keys import verifier
    from gatekeeper.attested.verification import verify
    from gatekeeper.model.attested import Demands
    from gatekeeper.reporters.views import verify_report as view

    chosen_format = format_of(format_, view.FORMATS)
    folder = start_folder(context)
    demands = Demands(passed=passed, milestone=milestone, commit=_commit(commit))
    found: VerifiedReport = verify(_read(folder / file, str(file)), verifier(folder / key), demands)
    exit_code = ExitCode.BLOCKED if found.problem or found.unmet else ExitCode.READY
    if chosen_format == "json":
        say(view.as_json(found, str(file), exit_code))
    else:
        say(view.as_table(found, str(file), screen()))
    raise typer.Exit(exit_code)


def _commit(written: str | None) -> str | None:
    """An abbreviated id would fit many a commit, and whoever verifies has the whole one."""
    if written is None or re.fullmatch(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}", written):
        return written.lower() if written else None
    raise UsageError(f"--commit {written}: write the whole commit id, as `git rev-parse HEAD` tells it")


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise UsageError(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}") from None
