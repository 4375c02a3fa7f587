"""`gatekeeper report`."""

from pathlib import Path
from typing import Annotated

import typer

from gatekeeper.cli import _words
from gatekeeper.cli._run import (
    AsOf,
    MilestoneOption,
    chosen_milestone,
    day,
    known,
    open_here,
    say,
    start_folder,
    write_file,
)
from gatekeeper.cli.trend import over_time, step_of, step_option

FORMATS = ("html", "markdown")
_BY_ENDING = {".md": "markdown", ".markdown": "markdown"}


def command(
    context: typer.Context,
    milestone: MilestoneOption = None,
    as_of: AsOf = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="html or markdown; by default as FILE ends, else html.",
            autocompletion=_words.among("html", "markdown"),
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Write to this file, and say its digest."),
    ] = None,
    trend: Annotated[
        str | None,
        step_option("--trend", "Add how it came to this: each N-th commit, or the last of a day or week."),
    ] = None,
) -> None:
    """Write the exit report of a milestone.

    What blocks, whose it is and what to do first; then levels, gates, findings, steps, exceptions, sign-offs,
    the forecast, the evidence, and what was judged. One file that needs no network. The exit code is 0
    whatever the verdict: `check` gates, this tells.

    Example: gatekeeper report --milestone M2 --out M2.html
    """
    from hashlib import sha256

    from gatekeeper.manifests.revision import head_commit
    from gatekeeper.workspace.overview import survey

    chosen_format = known(
        format_ or _BY_ENDING.get(out.suffix.lower() if out else "", "html"), FORMATS, "format"
    )
    as_of_day = day(as_of)
    step = step_of(trend, "--trend") if trend is not None else None
    opened = open_here(context)
    chosen = chosen_milestone(opened.manifests, milestone)
    found = survey(opened, [chosen], as_of_day, head_commit(opened.repository))
    history = over_time(context, step) if step is not None else None
    if chosen_format == "html":
        from gatekeeper.reporters.views import report_html

        text = report_html.page(found, chosen, history)
    else:
        from gatekeeper.reporters.views import report_markdown

        text = report_markdown.page(found, chosen, history)
    if out is None:
        say(text)
        return
    write_file(start_folder(context) / out, text)
    say(f"wrote {out}\nsha256 {sha256(text.encode()).hexdigest()}\n")
