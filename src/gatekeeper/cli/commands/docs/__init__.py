"""`gatekeeper docs`: Write, check or import the readiness document.

Without a command or --check, writes the document as Markdown, from the workspace alone: levels, gates, the
matrix of each service, criteria, exit summary and governance. --check reads a published document (Markdown,
or the plain text of its web page) and exits 1 if it differs from the workspace: in its plan, or in a sentence
that a rule cites or that no rule cites.

Example: gatekeeper docs --flavour docusaurus --out site/docs/readiness.md

Example: gatekeeper docs --check site/docs/readiness.md

Heading: Publish
"""

from pathlib import Path
from typing import Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import File, Text, format_option, open_here, option, start_folder
from gatekeeper.cli.output import read_bytes, show, write, write_to
from gatekeeper.errors import ExitCode, UsageError, known


def command(
    context: typer.Context,
    check: Annotated[
        File, option("--check", "FILE", "Compare a published document with the workspace.")
    ] = None,
    flavour: Annotated[
        Text,
        option(
            "--flavour", "FLAVOUR", "plain (the default) or docusaurus.", words.among("plain", "docusaurus")
        ),
    ] = None,
    out: Annotated[File, option("--out", "FILE", "Write the document to a file instead.")] = None,
    format_: Annotated[str | None, format_option("table", "json", help_="Of --check: table or json.")] = None,
) -> None:
    """Write the document, or compare a published one with the workspace."""
    given = {"--check": check, "--flavour": flavour, "--out": out, "--format": format_}
    used = [name for name, value in given.items() if value is not None]
    if context.invoked_subcommand:
        _refuse(used, f"docs {context.invoked_subcommand}")
    elif check is not None:
        _refuse([name for name in used if name in ("--flavour", "--out")], "--check")
        raise typer.Exit(_check(context, check, format_ or "table"))
    else:
        _refuse([name for name in used if name == "--format"], "a document that is written")
        _write(context, flavour or "plain", out)


def _refuse(options: list[str], where: str) -> None:
    if options:
        raise UsageError(f"{', '.join(options)} has no meaning for {where}: leave it out")


def _write(context: typer.Context, flavour: str, out: Path | None) -> None:
    from gatekeeper.documents.render import Flavour, as_markdown
    from gatekeeper.judging.plans.matrix import summary
    from gatekeeper.workspace.files import keep_sources

    chosen = Flavour(known(flavour, list(Flavour), "flavour"))
    loaded = open_here(context).loaded
    if out:
        keep_sources(loaded, [start_folder(context) / out])
    manifests = loaded.manifests
    derived = summary(manifests.services.values(), manifests.levels.scale, manifests.milestones)
    if write_to(out, as_markdown(manifests, derived, chosen), start_folder(context)):
        write(f"wrote {out}\n")


def _check(context: typer.Context, file: Path, format_: str) -> ExitCode:
    from gatekeeper.documents.compare import compare_document
    from gatekeeper.documents.parse import read_document
    from gatekeeper.model.document import PageIds
    from gatekeeper.reporters.views import docs_check as view

    name = str(file)
    data = read_bytes(file, start_folder(context))
    manifests = open_here(context).loaded.manifests
    document = read_document(data, name, PageIds.of(manifests))
    found = compare_document(document, manifests)
    code = ExitCode.BLOCKED if found else ExitCode.READY
    show(format_, lambda: view.data(name, found, code), lambda on: view.parts(name, document, found, on))
    return code
