"""`gatekeeper cache clear`: Remove the files of the cache, of all versions of gatekeeper.

Other files in its folder stay. Runs that use the cache at the same time are not disturbed.

Example: gatekeeper cache clear
"""

import typer

from gatekeeper.cli.cache_folder import why_none
from gatekeeper.cli.output import write_parts
from gatekeeper.errors import UsageError


def command(context: typer.Context) -> None:
    """Remove the files, and write how many they were."""
    from gatekeeper.cache import current
    from gatekeeper.cache.contents import clear
    from gatekeeper.cache.folder import Untrusted
    from gatekeeper.reporters.views import cache as view

    folder = current.folder()
    current.use()
    try:
        removed = clear(folder) if folder else why_none(context)
    except (Untrusted, OSError) as reason:
        raise UsageError(f"the cache is not cleared: {reason}") from None
    write_parts(lambda _: view.cleared(removed))
