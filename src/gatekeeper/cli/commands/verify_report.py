"""`gatekeeper verify-report`: Verify an attested result.

Exit code 0: the key signed the result, and the result meets every given option; 1: otherwise. Without
--passed, a result that says "blocked" is also accepted.

Example: gatekeeper verify-report m2.json --key gatekeeper.pub --passed --milestone M2

Example: gatekeeper verify-report b.json --key a.pub --passed --to production --service shop --subject $IMAGE

Heading: Publish
"""

import re
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import (
    FormatOption,
    Text,
    Texts,
    argument,
    date_option,
    flag,
    option,
    start_folder,
)
from gatekeeper.cli.output import read_bytes, show
from gatekeeper.errors import UsageError


def command(
    context: typer.Context,
    file: Annotated[Path, argument("FILE", "The output of `--output intoto=FILE --sign KEY`.")],
    key: Annotated[Path, option("--key", "PUBKEY", "The public key of the signer, in PEM.")],
    passed: Annotated[
        bool, flag("--passed", "Exit 1 unless it states PASSED: may exit, or may ship.")
    ] = False,
    milestone: Annotated[
        Text,
        option(
            "--milestone", "M", "Exit 1 unless it is about this milestone as a whole.", words.milestones, "-m"
        ),
    ] = None,
    commit: Annotated[Text, option("--commit", "SHA", "Exit 1 unless it is about this commit.")] = None,
    to: Annotated[
        Text, option("--to", "WHERE", "Exit 1 unless it is about a deployment to this.", words.destinations)
    ] = None,
    service: Annotated[
        Text, option("--service", "NAME", "Exit 1 unless it is about a deployment of this.", words.services)
    ] = None,
    subject: Annotated[
        Texts, option("--subject", "DIGEST", "Exit 1 unless it is about this image or package; repeatable.")
    ] = None,
    since: Annotated[
        date | None, date_option("--since", "Exit 1 unless it judges as of this day (2026-11-02) or later.")
    ] = None,
    format_: FormatOption = "table",
) -> None:
    """Verify the signature and the statement, and write the outcome."""
    from gatekeeper.attested.keys import verifier
    from gatekeeper.attested.statement import verify
    from gatekeeper.model.attested import Demands
    from gatekeeper.model.deployed import parse_subject
    from gatekeeper.reporters.views import verify_report as view

    folder = start_folder(context)
    subjects = tuple(map(parse_subject, subject or ()))
    demands = Demands(passed, milestone, _commit(commit), to, service, since, subjects)
    found = verify(read_bytes(file, folder), verifier(folder / key), demands)
    show(format_, lambda: view.data(found, str(file)), lambda on: view.parts(found, str(file), on))
    raise typer.Exit(found.exit_code)


def _commit(written: str | None) -> str | None:
    """Return a whole commit id: an abbreviated one would match many commits."""
    if written is None or re.fullmatch(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}", written):
        return written.lower() if written else None
    raise UsageError(f"--commit {written}: write the whole commit id, as `git rev-parse HEAD` prints it")
