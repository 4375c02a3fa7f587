"""Merge the parts of an artefact, one a file or a document, into what is collected."""

from collections.abc import Iterable
from datetime import datetime
from math import isfinite
from typing import Protocol, TypeVar

from gatekeeper.model.evidence import Collected

FactsT = TypeVar("FactsT")
Number = TypeVar("Number", int, float)


class HasFormat(Protocol):
    """A part with the name of the format that it was read in, and perhaps the time `produced_at`."""

    @property
    def format(self) -> str:
        """The name of the format."""


def collected(parts: Iterable[HasFormat], facts: FactsT) -> Collected[FactsT]:
    """Return facts of several parts, with their formats, sorted, and the time of the oldest of them."""
    known = list(parts)
    times = (getattr(part, "produced_at", None) for part in known)
    return Collected(", ".join(sorted({part.format for part in known})), facts, oldest(times))


def oldest(times: Iterable[datetime | None]) -> datetime | None:
    """Return the time of the oldest report: it decides the age of the evidence; None if no time is known."""
    return min((time for time in times if time), default=None)


def sum_known(values: Iterable[Number | None]) -> Number | None:
    """Return the sum of the known values; None if none is known, or if it is too large."""
    known = [value for value in values if value is not None]
    total = sum(known)
    return total if known and isfinite(total) else None
