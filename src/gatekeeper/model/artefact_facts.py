"""The facts of one artefact, read without a service."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gatekeeper.model.evidence import Part


class ArtefactFacts(NamedTuple):
    """What reading an artefact returned."""

    kind: str | None
    """The kind of evidence that it was read as; None if no single kind was given or recognised."""
    path: str
    status: str
    """`ok`, `missing`, `unreadable`, or `several` if it is evidence of several kinds."""
    format: str | None = None
    """The formats that were recognised; None if there are none."""
    reason: str | None = None
    """Why there are no facts; None if the status is `ok`."""
    facts: Any = None
    """A NamedTuple with the facts of the kind, or a mapping for the kind `json`; None without facts."""
    kinds: tuple[str, ...] = ()
    """The kinds of which it is evidence."""
    parts: tuple[Part, ...] = ()
    """What its files state about themselves; empty without facts."""

    def as_mapping(self) -> Mapping[str, Any]:
        """Return the facts by name; empty without facts."""
        if self.facts is None:
            return {}
        return dict(self.facts) if isinstance(self.facts, Mapping) else dict(self.facts._asdict())


class KnownFormat(NamedTuple):
    """A format that is read."""

    kind: str
    format: str
    """The name of the format; of a kind without formats the name of the kind."""
    tool: str
    """The tool that writes it, or the standard."""
    seen: str
    """The versions that were seen."""
    command: str | None
    """What makes the tool write it; None if people write it."""
    source: str
    """Where it is specified."""
