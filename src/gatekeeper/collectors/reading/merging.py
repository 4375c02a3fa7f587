"""Merge the parts of an artefact, one a file or a document, into what is collected."""

from collections.abc import Iterable
from math import isfinite
from typing import Protocol, TypeVar

from gatekeeper.model.evidence import Collected, Origin

FactsT = TypeVar("FactsT")
Number = TypeVar("Number", int, float)


class HasFormat(Protocol):
    """What a format returns for one file, without an origin; it may have the time `produced_at`."""

    @property
    def format(self) -> str:
        """The name of the format."""


class HasOrigin(Protocol):
    """What a format returns for one file."""

    @property
    def origin(self) -> Origin:
        """What the file states about itself."""


def collected(parts: Iterable[HasOrigin | HasFormat], facts: FactsT) -> Collected[FactsT]:
    """Return facts with the origins of the parts that they come from."""
    return Collected(facts, tuple(map(_origin_of, parts)))


def _origin_of(part: HasOrigin | HasFormat) -> Origin:
    own: Origin | None = getattr(part, "origin", None)
    return own or Origin(getattr(part, "format", ""), produced_at=getattr(part, "produced_at", None))


def sum_known(values: Iterable[Number | None]) -> Number | None:
    """Return the sum of the known values; None if none is known, or if it is too large."""
    known = [value for value in values if value is not None]
    total = sum(known)
    return total if known and isfinite(total) else None
