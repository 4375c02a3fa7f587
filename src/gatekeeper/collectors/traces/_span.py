"""The type into which every format of exported traces is read."""

from typing import NamedTuple

from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.json_lines import JsonDocument
from gatekeeper.model.evidence import Finding


class Span(NamedTuple):
    """A span: the fields that the reader uses."""

    trace: str
    id: str
    parent: str | None
    """None for a root. Identifiers are in lower-case hexadecimal."""
    service: str | None
    """`service.name` of its resource."""
    name: str
    may_have_remote_parent: bool
    """Whether the parent may be in another process: by the flags, else by the kind of the span."""
    starts: int
    """Nanoseconds since 1970; 0 if the time is missing."""
    ends: int
    document: JsonDocument
    place: tuple[int, str, int, str, int]
    """The path below `resourceSpans`: the indices of resource, scope and span, and the keys between."""

    def finding(self, message: str) -> Finding:
        """Return a finding about this span."""
        named = f" {shown(self.name)}" if self.name else ""
        of = f" of {self.service}" if self.service else ""
        subject = f"span {self.id}{named}{of}, trace {self.trace}"
        return self.document.finding(f"{subject}: {message}", "resourceSpans", *self.place)
