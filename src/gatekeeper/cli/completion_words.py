"""The words that a shell completes: fixed ones, and names from the workspace.

A name that a shell would interpret is left out, because file names are untrusted.
"""

import re
from collections.abc import Callable
from importlib import import_module
from operator import attrgetter
from pathlib import Path

import typer

from gatekeeper.errors import UsageError

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def among(*words: str) -> Callable[[], list[str]]:
    """Return a completion to one of these words."""
    return lambda: list(words)


def _attribute(name: str) -> Callable[[], list[str]]:
    """Return a completion to the words of an attribute, whose module is imported when they are needed."""
    module, _, path = name.partition(":")
    return lambda: list(attrgetter(path)(import_module(f"gatekeeper.{module}")))


schemas = _attribute("manifests.schema:MODELS")
fail_on = _attribute("model.status:FailOn")
sorts = _attribute("model.listing:Sort")
kinds, reporters = map(_attribute, ("collectors:KINDS.names", "reporters:REPORTERS.names"))


def _names(noun: str) -> Callable[[typer.Context], list[str]]:
    """Return a completion to the names that a search of the manifests finds."""

    def complete(context: typer.Context) -> list[str]:
        from gatekeeper.manifests.discovery import find_workspace
        from gatekeeper.manifests.name_search import names

        # While a line is being completed, typer does not convert its values.
        start = Path(context.find_root().params.get("directory") or ".")
        try:
            found = set(names(find_workspace(start.expanduser()), noun))
        except (OSError, ValueError, RuntimeError, UsageError):
            return []
        return sorted(name for name in found if _PLAIN.fullmatch(name))

    return complete


services, milestones, gates, owners = map(_names, ("services", "milestones", "gates", "owners"))
levels, destinations = map(_names, ("levels", "destinations"))
criteria, exceptions, roles, people = map(_names, ("criteria", "exceptions", "roles", "people"))


def criteria_or_levels(context: typer.Context) -> list[str]:
    """Return the criteria and the levels."""
    return criteria(context) + levels(context)
