"""The words that a shell completes: fixed ones, and names from the workspace.

A name that a shell would interpret is left out, because file names are untrusted.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import typer

from gatekeeper.errors import UsageError

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def among(*words: str) -> Callable[[], list[str]]:
    """Return a completion to one of these words."""
    return lambda: list(words)


def schemas() -> list[str]:
    """Return the names of the schemas of manifests."""
    from gatekeeper.manifests.schema import MODELS

    return list(MODELS)


def fail_on() -> list[str]:
    """Return the values of `--fail-on`."""
    from gatekeeper.model.status import FailOn

    return list(FailOn)


def kinds() -> list[str]:
    """Return the kinds of evidence that come with the program; none is imported."""
    from gatekeeper.collectors import KINDS

    return list(KINDS.names)


def reporters() -> list[str]:
    """Return the output formats of `check` that come with the program."""
    from gatekeeper.reporters import REPORTERS

    return list(REPORTERS.names)


def _names(noun: str) -> Callable[[typer.Context], list[str]]:
    """Return a completion to the names that a search of the manifests finds."""

    def complete(context: typer.Context) -> list[str]:
        from gatekeeper.manifests import name_search
        from gatekeeper.manifests.discovery import find_workspace

        find: Callable[[Path], Iterable[str]] = getattr(name_search, noun)
        # While a line is being completed, typer does not convert its values.
        start = Path(context.find_root().params.get("directory") or ".")
        try:
            found = set(find(find_workspace(start.expanduser())))
        except (OSError, ValueError, RuntimeError, UsageError):
            return []
        return sorted(name for name in found if _PLAIN.fullmatch(name))

    return complete


services, milestones, gates, owners = map(_names, ("services", "milestones", "gates", "owners"))
levels, destinations = map(_names, ("levels", "destinations"))
criteria, exceptions, roles, people = map(_names, ("criteria", "exceptions", "roles", "people"))
