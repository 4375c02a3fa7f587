"""`gatekeeper docs`: the readiness document, written, checked, and turned into a workspace."""

from pathlib import Path
from typing import Annotated

import typer

from gatekeeper.cli import _words, docs_import
from gatekeeper.cli._run import format_of, known, open_here, say, screen, start_folder, write_file
from gatekeeper.errors import ExitCode, UsageError

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None, add_completion=False)


@app.callback()
def command(
    context: typer.Context,
    check: Annotated[
        Path | None,
        typer.Option("--check", metavar="FILE", help="Hold a published document against the workspace."),
    ] = None,
    flavour: Annotated[
        str | None,
        typer.Option(
            "--flavour",
            metavar="FLAVOUR",
            help="plain (the default) or docusaurus.",
            autocompletion=_words.among("plain", "docusaurus"),
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the document to a file instead.")
    ] = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="Of --check: table or json.",
            autocompletion=_words.among(*_words.TABLE_OR_JSON),
        ),
    ] = None,
) -> None:
    """Write, check or import the readiness document.

    Without a command or --check, the document is written as Markdown: levels, gates, the matrix of each
    service, criteria, exit summary and governance, from the workspace alone. --check reads a published one,
    Markdown or the plain text of its web page, and exits 1 where it and the workspace disagree.

    Example: gatekeeper docs --flavour docusaurus --out site/docs/readiness.md

    Example: gatekeeper docs --check site/docs/readiness.md
    """
    given = {"--check": check, "--flavour": flavour, "--out": out, "--format": format_}
    if context.invoked_subcommand:
        useless = [name for name, value in given.items() if value is not None]
        _refuse(useless, f"docs {context.invoked_subcommand}")
    elif check is not None:
        _refuse([name for name in ("--flavour", "--out") if given[name] is not None], "--check")
        raise typer.Exit(_check(context, check, format_ or "table"))
    else:
        _refuse(["--format"] if format_ is not None else [], "a document that is written")
        _write(context, flavour or "plain", out)


def _refuse(options: list[str], where: str) -> None:
    if options:
        raise UsageError(f"{', '.join(options)} has no meaning for {where}: leave it out")


def _write(context: typer.Context, flavour: str, out: Path | None) -> None:
    from gatekeeper.documents.render import Flavour, as_markdown
    from gatekeeper.judging.plans.matrix import summary

    chosen = Flavour(known(flavour, list(Flavour), "flavour"))
    workspace = open_here(context).manifests
    derived = summary(workspace.services.values(), workspace.milestones)
    text = as_markdown(workspace, derived, chosen)
    if out is None:
        say(text)
    else:
        write_file(start_folder(context) / out, text)
        say(f"wrote {out}\n")


def _check(context: typer.Context, file: Path, format_: str) -> ExitCode:
    from gatekeeper.documents.compare import compare_document
    from gatekeeper.reporters.views import docs_check as view

    chosen = format_of(format_, view.FORMATS)
    document = docs_import.read(context, file)
    found = compare_document(document, open_here(context).manifests)
    code = ExitCode.BLOCKED if found else ExitCode.READY
    is_json = chosen == "json"
    say(
        view.as_json(str(file), found, code)
        if is_json
        else view.as_table(str(file), document, found, screen())
    )
    return code


app.command("import")(docs_import.command)
