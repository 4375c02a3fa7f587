"""What a VEX document states about a vulnerability, in whatever format."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.vulnerabilities import _purl
from gatekeeper.model.evidence import Unreadable


class Statement(NamedTuple):
    """One vulnerability's status in some products, or in everything that was scanned."""

    names: tuple[str, ...]
    status: str
    """In the words of the format."""
    closes: bool
    purls: tuple[str, ...]
    """The packages it is about; empty where it names none, so that the vulnerability alone decides."""
    justification: str | None
    instant: datetime | None
    """Of several statements about the same thing, the latest holds."""
    file: str = ""
    """The document that it stands in."""


def closes(statuses: Mapping[str, bool], status: object, format_: str) -> bool:
    """Tell whether a status closes a finding; the format must have it."""
    if not isinstance(status, str) or status not in statuses:
        raise Unreadable(f"the status {shown(status)} is none of {format_}: {', '.join(statuses)}")
    return statuses[status]


def packages(*purls: object) -> tuple[str, ...]:
    """Return the package URLs among these; an image is what was scanned, not a package in it."""
    texts = (purl for purl in purls if isinstance(purl, str) and purl[:4].lower() == "pkg:")
    return tuple(dict.fromkeys(purl for purl in texts if not _purl.is_image(purl)))


def instant(*values: Any) -> datetime | None:
    """Return the first time that is told."""
    return next((instants.from_text(value) for value in values if isinstance(value, str)), None)
