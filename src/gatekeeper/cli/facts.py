"""`gatekeeper facts`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import _words
from gatekeeper.cli._run import (
    FormatOption,
    format_of,
    say,
    screen,
    start_folder,
)
from gatekeeper.errors import ExitCode, UsageError, nearest

if TYPE_CHECKING:
    from gatekeeper.model.evidence import Options
    from gatekeeper.reporters.views.facts import ReadArtefact


def command(
    context: typer.Context,
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND", help="tests, coverage, load_test, document, json ...", autocompletion=_words.kinds
        ),
    ],
    path: Annotated[str, typer.Argument(metavar="PATH", help="A file, a folder or a quoted glob.")],
    include: Annotated[
        list[str] | None, typer.Option("--include", metavar="GLOB", help="Files to consider; repeatable.")
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="NAME=JMESPATH", help="A fact of the kind json; repeatable."),
    ] = None,
    format_: FormatOption = "table",
) -> None:
    """Show what is read from an artefact.

    Before or after it is wired to a service. Exit code 1 where it holds no readable evidence.

    Example: gatekeeper facts coverage coverage/lcov.info --include "**/domain/**"
    """
    from gatekeeper.collectors import KINDS, find
    from gatekeeper.reporters.views import facts as view

    chosen = format_of(format_, view.FORMATS)
    found = find(kind)
    if found is None:
        raise UsageError(f"unknown kind {kind!r}; {nearest(kind, KINDS.names)}")
    options = _options(include, select)
    for option in options:
        if option not in found.options:
            raise UsageError(f"kind {kind!r} takes no --{option}")
    read = _read(kind, start_folder(context).resolve(), path, options)
    say(view.as_json(read) if chosen == "json" else view.as_table(read, screen()))
    raise typer.Exit(ExitCode.READY if read.status == "ok" else ExitCode.BLOCKED)


def _read(kind: str, folder: Path, path: str, options: "Options") -> "ReadArtefact":
    """Read a path as typed; it may be outside the workspace."""
    from gatekeeper.evidence.artefacts import Bounds, open_artefact
    from gatekeeper.evidence.locating import Locator
    from gatekeeper.evidence.reader import collect
    from gatekeeper.model.evidence import Absent, Unreadable
    from gatekeeper.reporters.views.facts import ReadArtefact
    from gatekeeper.trees.disk import DiskTree

    tree = DiskTree(str(folder))
    try:
        artefact = open_artefact(str(folder), path, Bounds(tree, contained=False))
        collected = collect(kind, artefact, options)
    except Absent as lack:
        return ReadArtefact(kind, path, "missing", None, str(lack), None)
    except Unreadable as flaw:
        return ReadArtefact(kind, path, "unreadable", None, str(flaw), None)
    facts = Locator(tree).located(collected.facts, artefact.path)
    return ReadArtefact(kind, path, "ok", collected.format, None, facts)


def _options(include: list[str] | None, select: list[str] | None) -> "Options":
    options: dict[str, object] = {}
    if include:
        options["include"] = include
    if select:
        pairs = [written.partition("=") for written in select]
        for name, equals, expression in pairs:
            if not (name and equals and expression):
                raise UsageError(
                    f"--select {name}{equals}: write NAME=JMESPATH, bugs=metrics.bugs for instance"
                )
        options["select"] = {name: expression for name, _, expression in pairs}
    return options
