"""`gatekeeper facts`: Show the facts that are read from an artefact.

No service needs to map the artefact. Without KIND, the command says what the file is: its kind, format and
tool. Exit code 1 if it contains no readable evidence. With `--formats` it lists what is read.

Example: gatekeeper facts coverage/lcov.info

Heading: Set up
"""

from pathlib import Path
from typing import Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import (
    FormatOption,
    ProveOption,
    Text,
    Texts,
    argument,
    flag,
    option,
    start_folder,
)
from gatekeeper.cli.output import show
from gatekeeper.errors import ExitCode, UsageError


def command(
    context: typer.Context,
    kind: Annotated[
        Text, argument("[KIND]", "tests, coverage, load_test ...; by default as recognised.", words.kinds)
    ] = None,
    path: Annotated[Text, argument("PATH", "A file, a folder or a quoted glob.")] = None,
    include: Annotated[Texts, option("--include", "GLOB", "Files to consider; repeatable.")] = None,
    select: Annotated[
        Texts,
        option("--select", "NAME=JMESPATH", "A fact of the kind json, or suite=GLOB for tests; repeatable."),
    ] = None,
    formats: Annotated[
        bool, flag("--formats", "List the formats that are read, of KIND or of all kinds.")
    ] = False,
    prove: ProveOption = False,
    format_: FormatOption = "table",
) -> None:
    """Read an artefact and write its facts."""
    from gatekeeper.reporters.views import facts as view
    from gatekeeper.workspace.artefact_facts import read_facts

    if formats:
        _list_formats(kind, path, format_, start_folder(context))
        return
    given = {"include": include, "select": _selected(select or ())}
    options = {name: value for name, value in given.items() if value}
    if kind is None:
        raise UsageError("facts: name the file: `gatekeeper facts PATH`")
    # The only argument is the path.
    of, where = (kind, path) if path else (None, kind)
    if where == "-":
        raise UsageError("facts: standard input is not read; write it to a file, and name the file")
    found = read_facts(of, where, options, start_folder(context).resolve(), prove=prove)
    if not path and found.status == "missing" and kind in words.kinds():
        raise UsageError(f"facts {kind}: name the file: `gatekeeper facts {kind} PATH`")
    show(format_, lambda: view.data(found), lambda _: view.parts(found))
    raise typer.Exit(ExitCode.READY if found.status in ("ok", "several") else ExitCode.BLOCKED)


def _list_formats(kind: str | None, path: str | None, format_: str, folder: Path) -> None:
    from gatekeeper.reporters.views import formats as view
    from gatekeeper.workspace.artefact_facts import known_formats

    if path:
        raise UsageError("facts --formats: name a kind, not a file")
    known = known_formats(kind, folder.resolve())
    show(format_, lambda: view.data(known), lambda _: view.parts(known))


def _selected(written: "list[str] | tuple[()]") -> dict[str, str]:
    selected = {}
    for one in written:
        name, equals, expression = one.partition("=")
        if not (name and equals and expression):
            raise UsageError(f"--select {one}: write NAME=JMESPATH, bugs=metrics.bugs for instance")
        selected[name] = expression
    return selected
