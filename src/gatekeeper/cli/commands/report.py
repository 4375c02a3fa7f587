"""`gatekeeper report`: Write the exit report of a milestone.

The report begins with the verdict, progress, what to do first, and what is open by gate and service. Then
come levels, findings, actions, exceptions, sign-offs, the forecast, the evidence, and what was judged. With
--since it says what has changed. It is one file that needs no network. The exit code is 0 for every verdict;
use `check` to fail a pipeline.

Example: gatekeeper report --milestone M2 --out M2.html

Heading: Publish
"""

from contextlib import nullcontext
from typing import Annotated

import typer

from gatekeeper.cli.arguments import (
    AsOf,
    File,
    MilestoneOption,
    Text,
    format_option,
    open_here,
    option,
    start_folder,
)
from gatekeeper.cli.output import write, write_to
from gatekeeper.cli.steps import TrendOption, trend_here

_BY_SUFFIX = {".md": "markdown", ".markdown": "markdown"}


def command(
    context: typer.Context,
    milestone: MilestoneOption = None,
    as_of: AsOf = None,
    format_: Annotated[
        str | None,
        format_option(
            "html", "markdown", help_="html or markdown; by default from the suffix of FILE, else html."
        ),
    ] = None,
    out: Annotated[
        File, option("--out", "FILE", "Write to this file, and print its digest.", short="-o")
    ] = None,
    trend: TrendOption = None,
    since: Annotated[
        Text, option("--since", "REV", "Show what has changed since a revision, or a folder: ./FOLDER.")
    ] = None,
) -> None:
    """Judge a milestone and write its exit report."""
    from hashlib import sha256

    from gatekeeper.reporters.views import report_html, report_markdown
    from gatekeeper.workspace.api import open_state
    from gatekeeper.workspace.clock import today
    from gatekeeper.workspace.files import as_utf_8, keep_sources
    from gatekeeper.workspace.selection import select_milestone

    workspace = open_here(context)
    if out:
        keep_sources(workspace.loaded, [start_folder(context) / out])
    chosen = select_milestone(workspace.loaded.manifests, milestone, as_of or today())
    with open_state(start_folder(context), since) if since else nullcontext() as earlier:
        found = workspace.overview([chosen], as_of=as_of, since=earlier)
    default = _BY_SUFFIX.get(out.suffix.lower() if out else "", "html")
    view = report_html if (format_ or default) == "html" else report_markdown
    text = view.page(found, chosen, trend_here(context, trend) if trend else None)
    if write_to(out, text, start_folder(context)):
        write(f"wrote {out}\nsha256 {sha256(as_utf_8(text)).hexdigest()}\n")
