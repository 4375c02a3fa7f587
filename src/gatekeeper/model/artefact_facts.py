"""The facts of one artefact, read without a service."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class ArtefactFacts(NamedTuple):
    """What reading an artefact returned."""

    kind: str
    """The kind of evidence that it was read as."""
    path: str
    status: str
    """`ok`, `missing` or `unreadable`."""
    format: str | None
    """The format that the reader recognised; None unless the status is `ok`."""
    reason: str | None
    """Why there are no facts; None if the status is `ok`."""
    facts: Any
    """A NamedTuple with the facts of the kind, or a mapping for the kind `json`; None without facts."""

    def as_mapping(self) -> Mapping[str, Any]:
        """Return the facts by name; empty without facts."""
        if self.facts is None:
            return {}
        return dict(self.facts) if isinstance(self.facts, Mapping) else dict(self.facts._asdict())
