"""`gatekeeper cache info`: Show where the cache is, what it holds, and how old that is.

Example: gatekeeper cache info --format json
"""

from gatekeeper.cli.arguments import FormatOption
from gatekeeper.cli.output import show


def command(format_: FormatOption = "table") -> None:
    """Write what the cache holds."""
    from gatekeeper.cache import current
    from gatekeeper.cache.contents import contents
    from gatekeeper.reporters.views import cache as view

    folder = current.folder()
    found = None if folder is None else contents(folder)
    show(format_, lambda: view.data(found), lambda on: view.parts(found, on))
