"""The statements of a VEX document, of any format."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.vulnerabilities import _purl
from gatekeeper.model.evidence import Unreadable


class Statement(NamedTuple):
    """One vulnerability's status in some products, or in everything that was scanned."""

    names: tuple[str, ...]
    status: str
    """The word of the format."""
    closes: bool
    purls: tuple[str, ...]
    """The packages it is about; empty: every package with the vulnerability."""
    justification: str | None
    instant: datetime | None
    """Of several statements about the same package, the latest counts."""
    file: str = ""
    """The file that contains it."""


def closes(statuses: Mapping[str, bool], status: object, format_: str) -> bool:
    """Return whether a status closes a finding; `Unreadable` if the format does not have it."""
    if not isinstance(status, str) or status not in statuses:
        raise Unreadable(f"the status {shown(status)} is not one of {format_}: {', '.join(statuses)}")
    return statuses[status]


def packages(*purls: object) -> tuple[str, ...]:
    """Return the package URLs among these, without images: an image is scanned, not a package in it."""
    texts = (purl for purl in purls if isinstance(purl, str) and purl[:4].lower() == "pkg:")
    return tuple(dict.fromkeys(purl for purl in texts if not _purl.is_image(purl)))


def instant(*values: object) -> datetime | None:
    """Return the first value that is text, as a time; None if no value is text."""
    return next((instants.from_text(value) for value in values if isinstance(value, str)), None)
