"""`gatekeeper cache info`: Show where the cache is, what it holds, and how old that is.

Example: gatekeeper cache info --format json
"""

import typer

from gatekeeper.cli.arguments import FormatOption
from gatekeeper.cli.cache_folder import why_none
from gatekeeper.cli.output import show


def command(context: typer.Context, format_: FormatOption = "table") -> None:
    """Write what the cache holds."""
    from gatekeeper.cache import current
    from gatekeeper.cache.contents import contents
    from gatekeeper.reporters.views import cache as view

    folder = current.folder()
    found = contents(folder) if folder else why_none(context)
    show(format_, lambda: view.data(found), lambda on: view.parts(found, on))
