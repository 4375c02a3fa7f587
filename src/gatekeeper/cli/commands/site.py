"""`gatekeeper site`: Write a site: the status, a page for each milestone and each service.

Static pages for GitHub Pages or any other host, and badges (SVG) for README files. The same workspace on the
same day gives the same bytes. Pages of an earlier run that are no longer needed are removed; a folder that
contains any other file is refused.

Example: gatekeeper site --out public

Heading: Publish
"""

from pathlib import Path
from typing import Annotated

import typer

from gatekeeper.cli.arguments import AsOf, open_here, option, start_folder
from gatekeeper.cli.output import write
from gatekeeper.cli.steps import TrendOption, trend_here


def command(
    context: typer.Context,
    out: Annotated[Path, option("--out", "DIR", "An empty or new folder, or an earlier site.", short="-o")],
    as_of: AsOf = None,
    trend: TrendOption = None,
) -> None:
    """Judge every milestone and write the pages of a site."""
    from gatekeeper.reporters.views import site as view
    from gatekeeper.reporters.wording.counts import counted
    from gatekeeper.workspace.site_folder import SiteFolder

    folder = SiteFolder(start_folder(context) / out)
    workspace = open_here(context)
    found = workspace.overview(as_of=as_of)
    count = folder.write(view.pages(found, trend_here(context, trend) if trend else None))
    write(f"wrote {counted(count, 'file')} to {out}; open {out / view.INDEX}\n")
