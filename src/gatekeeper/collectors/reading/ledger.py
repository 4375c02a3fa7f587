"""The places of an artefact that its reader met and does not model."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from gatekeeper.collectors.reading.node import InvalidNode
from gatekeeper.model.evidence import Facts, Finding, NotUnderstood, Origin, Places

_MOST_LISTED = 20


class Ledger:
    """What a reader could not interpret, noted where it is met; no fact that depends on it passes.

    What was found elsewhere stays in the facts: a list has some of its items, and a count is at most the
    true one.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._noted: dict[str, dict[NotUnderstood, None]] = {}

    def note(
        self,
        kind_of_place: str,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        pointer: str | None = None,
        touches: Iterable[str] | None = None,
    ) -> None:
        """Note a place.

        Args:
            kind_of_place: A key of the kind's `PLACES`.
            message: What was met, in a few words.
            file: The name of the file.
            line: The line in it.
            pointer: The JSON pointer in it.
            touches: The facts that depend on this very place, if they are fewer than its kind says.

        Raises:
            KeyError: `PLACES` does not have this kind of place.
        """
        self.add(kind_of_place, Finding(message, file, line, pointer), touches)

    def add(self, kind_of_place: str, found: Finding, touches: Iterable[str] | None = None) -> None:
        """Note a place that a finding describes; otherwise as `note`."""
        depends = self._places[kind_of_place]
        touched = depends if touches is None else depends.intersection(touches)
        self._noted.setdefault(kind_of_place, {})[NotUnderstood(found, touched)] = None

    @contextmanager
    def noting(self, kind_of_place: str, touches: Iterable[str] | None = None) -> Iterator[None]:
        """Note a value that cannot be read, and leave the block; other arguments are those of `note`."""
        try:
            yield
        except InvalidNode as flaw:
            self.add(kind_of_place, flaw.node.finding(f"{flaw.node.name} {flaw.message}"), touches)

    def null_where(self, facts: Facts, names: Iterable[str], kinds_of_place: Iterable[str]) -> Facts:
        """Return facts; those of these names that depend on a noted place of these kinds are null.

        For places that may take away what was found, such as an SQL statement that may drop a table.
        """
        noted = (one for kind in kinds_of_place for one in self._noted.get(kind, ()))
        touched = frozenset(name for one in noted for name in one.touches)
        return facts._replace(**dict.fromkeys(touched.intersection(names)))

    def told_by(self, origin: Origin) -> Origin:
        """Return the origin of a file with what was noted."""
        return origin._replace(not_understood=(*origin.not_understood, *self.places()))

    def told_with(self, origins: Sequence[Origin]) -> tuple[Origin, ...]:
        """Return the origins of all files, the first of which has what was noted."""
        first, *others = origins
        return (self.told_by(first), *others)

    def places(self) -> tuple[NotUnderstood, ...]:
        """Return what was noted, each once; of one kind of place at most 20, and how many more there are."""
        return tuple(place for noted in self._noted.values() for place in _shortened(tuple(noted)))


def _shortened(noted: tuple[NotUnderstood, ...]) -> Iterable[NotUnderstood]:
    yield from noted[:_MOST_LISTED]
    if rest := noted[_MOST_LISTED:]:
        touches = frozenset().union(*(place.touches for place in rest))
        yield NotUnderstood(Finding(f"and {len(rest)} more", rest[0].place.file), touches)
