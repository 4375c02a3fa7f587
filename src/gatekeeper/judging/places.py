"""Paths to values in manifests, so that a mistake can be reported with its line and column."""

from typing import NamedTuple

from gatekeeper.model.workspace import Mistake


class Place(NamedTuple):
    """The path to a value in a manifest; `place / key` is the path to the value under that key."""

    file: str
    path: tuple[str | int, ...] = ()

    def __truediv__(self, step: str | int) -> "Place":
        return Place(self.file, (*self.path, step))

    def at(self, *steps: str | int) -> "Place":
        """Return the place some steps below."""
        return Place(self.file, (*self.path, *steps))

    def mistake(self, message: str, hint: str | None = None) -> Mistake:
        """Return a mistake in the value at this place."""
        return Mistake(self.file, self.path, message, hint)

    def wrong_key(self, message: str, hint: str | None = None) -> Mistake:
        """Return a mistake in the key at this place."""
        return Mistake(self.file, self.path, message, hint, of_key=True)
