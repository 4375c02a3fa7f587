"""`gatekeeper diff`: Show what a change loses, claims or weakens.

Both states are judged by the rules of the base, so that no change is judged by rules that it weakens itself.
Exit code 1: something that was earned is lost, a level is claimed without its sign-offs, or rules or plan are
weakened without the signature of the role that may do so.

Example: gatekeeper diff origin/main

Heading: Judge
"""

from datetime import date
from typing import Annotated

import typer

from gatekeeper.cli.arguments import AsOf, Text, argument, date_option, format_option, open_here, start_folder
from gatekeeper.cli.output import show, write_data


def command(
    context: typer.Context,
    base: Annotated[str, argument("BASE", "A revision, A...B, or a folder: ./FOLDER.")],
    head: Annotated[Text, argument("[HEAD]", "A revision or a folder; by default the working tree.")] = None,
    as_of: AsOf = None,
    base_as_of: Annotated[
        date | None, date_option("--base-as-of", "Judge the base as of this day; by default, the same.")
    ] = None,
    format_: Annotated[str, format_option("table", "json", "markdown", "github")] = "table",
) -> None:
    """Compare two states, write the changes, and exit with the code of the comparison."""
    from gatekeeper.reporters.views import diff, diff_github, diff_markdown
    from gatekeeper.trees.revisions import ends_of
    from gatekeeper.workspace.api import open_state

    start = start_folder(context)
    if head is None and (ends := ends_of(base)):
        head = ends[1]
    with (
        open_state(start, base) as before,
        open_here(context) if head is None else open_state(start, head) as now,
    ):
        comparison = now.compare(before, as_of=as_of, base_as_of=base_as_of)
    if format_ == "markdown":
        write_data(diff_markdown.as_markdown(comparison))
    elif format_ == "github":
        write_data(diff_github.as_github(comparison))
    else:
        show(format_, lambda: diff.data(comparison), lambda on: diff.parts(comparison, on))
    raise typer.Exit(comparison.exit_code)
