"""`gatekeeper site`."""

from pathlib import Path
from typing import Annotated

import typer

from gatekeeper.cli._run import AsOf, day, open_here, say, start_folder
from gatekeeper.cli.trend import over_time, step_of, step_option


def command(
    context: typer.Context,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="DIR", help="A folder that is empty, new, or an earlier site."),
    ],
    as_of: AsOf = None,
    trend: Annotated[
        str | None,
        step_option("--trend", "Add a page of trends: each N-th commit, or the last of a day or week."),
    ] = None,
) -> None:
    """Write a site: where things stand, each milestone, each service.

    Static pages for GitHub Pages or any other host, and badges (SVG) for README files. The same workspace on
    the same day gives the same bytes. What an earlier run wrote and this one does not is removed; a folder
    that holds anything else is refused.

    Example: gatekeeper site --out public
    """
    from gatekeeper.cli._site_folder import SiteFolder
    from gatekeeper.manifests.revision import head_commit
    from gatekeeper.reporters.views import site as view
    from gatekeeper.reporters.views.site_trend import chapter
    from gatekeeper.workspace.overview import survey

    as_of_day = day(as_of)
    step = step_of(trend, "--trend") if trend is not None else None
    folder = SiteFolder(start_folder(context) / out)
    opened = open_here(context)
    found = survey(opened, list(opened.manifests.milestones), as_of_day, head_commit(opened.repository))
    count = folder.write(view.pages(found, [chapter(over_time(context, step))] if step is not None else ()))
    say(f"wrote {count:,} files to {out}; open {out / view.INDEX}\n")
