"""Merge the parts of an artefact, one a file or a document, into what is collected."""

from collections.abc import Iterable, Sequence
from itertools import chain
from math import isfinite
from typing import Protocol, TypeVar

from gatekeeper.model.evidence import Collected, Origin, formats_of, oldest, shared

T = TypeVar("T")
FactsT = TypeVar("FactsT")
Number = TypeVar("Number", int, float)


class HasOrigin(Protocol):
    """What a format returns for one file, or for one of its documents."""

    @property
    def origin(self) -> Origin:
        """What the file states about itself."""


def collected(parts: Iterable[HasOrigin], facts: FactsT) -> Collected[FactsT]:
    """Return facts with the origins of the parts that they come from, one a file."""
    return Collected(facts, by_file(part.origin for part in parts))


def by_file(origins: Iterable[Origin]) -> tuple[Origin, ...]:
    """Return one origin a file: the documents of a file are one part of the evidence."""
    files: dict[str, list[Origin]] = {}
    for number, origin in enumerate(origins):
        files.setdefault(origin.file or f"\n{number}", []).append(origin)
    return tuple(map(united, files.values()))


def united(origins: Sequence[Origin]) -> Origin:
    """Return the origin of a file whose documents, or runs of a tool, have these."""
    if len(origins) == 1:
        return origins[0]
    return Origin(
        formats_of(origins),
        shared(origin.file for origin in origins),
        producer=", ".join(dict.fromkeys(origin.producer for origin in origins if origin.producer)) or None,
        produced_at=oldest(origin.produced_at for origin in origins),
        commit=shared(origin.commit for origin in origins),
        subjects=_each_once(origin.subjects for origin in origins),
        partial=_each_once(origin.partial for origin in origins),
        not_understood=_each_once(origin.not_understood for origin in origins),
        items=sum_known(origin.items for origin in origins),
    )


def _each_once(groups: Iterable[Iterable[T]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(groups)))


def sum_known(values: Iterable[Number | None]) -> Number | None:
    """Return the sum of the known values; None if none is known, or if it is too large."""
    known = [value for value in values if value is not None]
    total = sum(known)
    return total if known and isfinite(total) else None
