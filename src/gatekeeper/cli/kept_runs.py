"""Write what the last run with the same arguments wrote, if it would read the same."""

import json
import sys
from datetime import date
from typing import NoReturn

import typer

from gatekeeper.cache import current
from gatekeeper.cli.arguments import workspace_root
from gatekeeper.cli.output import screen, write
from gatekeeper.manifests.discovery import find_repository
from gatekeeper.workspace.clock import today
from gatekeeper.workspace.kept_outputs import KeptOutput, Written
from gatekeeper.workspace.kept_parts import SeenParts

_SAME_OUTPUT = frozenset({"jobs"})
"""Options that do not change what is written."""


def kept_output(context: typer.Context, milestone: str | None, as_of: date | None) -> KeptOutput | None:
    """Return the output of this run as it may be kept; None without a cache."""
    if (store := current.store()) is None:
        return None
    root, day = workspace_root(context), as_of or today()
    shown = {name: value for name, value in context.params.items() if name not in _SAME_OUTPUT}
    asked = [context.info_name, shown, str(day), str(context.obj), screen(), sys.stdout.encoding]
    return KeptOutput(
        SeenParts(store, root, find_repository(root)), json.dumps(asked, default=str), milestone, day
    )


def finish(written: Written) -> NoReturn:
    """Write what is kept, or is to be kept, and end with its exit code."""
    write(written.out)
    sys.stderr.write(written.err)
    raise typer.Exit(written.code)
