"""Levels: who may use a service (section 1 of a readiness document)."""

from collections.abc import Iterable
from typing import NamedTuple, Self

from gatekeeper.model.naming import labelled, titled


class Level(NamedTuple):
    """A level of a workspace; levels compare by their rank."""

    rank: int
    """Its place in the order of `levels.yaml`; 0 requires nothing."""
    id: str
    name: str

    def __str__(self) -> str:
        return self.id

    @property
    def title(self) -> str:
        """Its id and name in a heading: `silver Pilot customers`."""
        return titled(self.id, self.name)

    @property
    def label(self) -> str:
        """Its id and name in a sentence: `silver (Pilot customers)`."""
        return labelled(self.id, self.name)


class Scale(dict[str, Level]):
    """The levels of a workspace by id, lowest first."""

    @classmethod
    def of(cls, names: Iterable[tuple[str, str]]) -> Self:
        """Return the scale of levels with these ids and names, lowest first."""
        return cls((id_, Level(rank, id_, name)) for rank, (id_, name) in enumerate(names))

    def claimed(self, id_: str | None) -> Level:
        """Return the level that a service claims; without a claim, the lowest."""
        return self.lowest if id_ is None else self[id_]

    @property
    def lowest(self) -> Level:
        """The level that requires nothing."""
        return next(iter(self.values()))

    @property
    def highest(self) -> Level:
        """The last level."""
        return next(reversed(self.values()))
