"""Places in manifests, so that a mistake found by judging can be given its line and column."""

from typing import NamedTuple

from gatekeeper.model.workspace import Mistake


class Place(NamedTuple):
    """A value in a manifest: `place / key` is what it holds under a key."""

    file: str
    path: tuple[str | int, ...] = ()

    def __truediv__(self, step: str | int) -> "Place":
        return Place(self.file, (*self.path, step))

    def mistake(self, message: str, hint: str | None = None) -> Mistake:
        """Return a mistake in the value that stands here."""
        return Mistake(self.file, self.path, message, hint)

    def wrong_key(self, message: str, hint: str | None = None) -> Mistake:
        """Return a mistake in the key that stands here."""
        return Mistake(self.file, self.path, message, hint, of_key=True)
