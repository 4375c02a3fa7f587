"""Merge the parts of an artefact, one a file or a document, into what is collected."""

from collections.abc import Iterable
from math import isfinite
from typing import Protocol, TypeVar

from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Collected, Origin, formats_of, oldest

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
    files: dict[str, Origin] = {}
    for number, origin in enumerate(origins):
        key = origin.file or f"\n{number}"
        files[key] = _united(files[key], origin) if key in files else origin
    return tuple(files.values())


def of_registers(documents: Iterable[Structured]) -> tuple[Origin, ...]:
    """Return the origins of files that people write: their syntax is all that they state."""
    return by_file(Origin(document.format, document.file) for document in documents)


def _united(one: Origin, other: Origin) -> Origin:
    return one._replace(
        format=formats_of((one, other)),
        produced_at=oldest((one.produced_at, other.produced_at)),
        subjects=tuple(dict.fromkeys(one.subjects + other.subjects)),
        partial=one.partial + other.partial,
        not_understood=one.not_understood + other.not_understood,
        items=sum_known((one.items, other.items)),
    )


def sum_known(values: Iterable[Number | None]) -> Number | None:
    """Return the sum of the known values; None if none is known, or if it is too large."""
    known = [value for value in values if value is not None]
    total = sum(known)
    return total if known and isfinite(total) else None
