"""`facts --formats`: the formats that are read."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from gatekeeper.model.artefact_facts import KnownFormat
from gatekeeper.reporters.text.screen import Parts, indented, item, shown


def data(formats: Sequence[KnownFormat]) -> dict[str, Any]:
    """Return the formats as plain data."""
    return {"formats": [one._asdict() for one in formats]}


def parts(formats: Sequence[KnownFormat]) -> Parts:
    """Yield each kind with its formats, and the tools that write them."""
    for kind, of_kind in groupby(formats, attrgetter("kind")):
        yield indented(f"[bold]{shown(kind)}[/]", 0)
        for one in of_kind:
            name = "" if one.format == kind else f"{one.format.replace('_', ' ')}: "
            yield item("-", shown(f"{name}{one.tool}"), 2)
