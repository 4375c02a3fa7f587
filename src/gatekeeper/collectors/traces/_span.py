"""A span of a trace, as every format of the kind describes it."""

from typing import NamedTuple

from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Finding
from gatekeeper.syntax.yaml import Step

Place = tuple[Step, ...]
"""The path of a span in its document."""


class Span(NamedTuple):
    """A span: the fields that the reader uses."""

    trace: str
    id: str
    parent: str | None
    """None for a root. Identifiers are in lower-case hexadecimal."""
    service: str | None
    """`service.name` of its resource."""
    name: str
    kind: str
    """`SERVER`, `CLIENT`, `PRODUCER`, `CONSUMER`, `INTERNAL` or `UNSPECIFIED`."""
    may_have_remote_parent: bool
    """Whether the parent may be in another process: by the flags, else by the kind of the span."""
    starts: int
    """Nanoseconds since 1970; 0 if the time is missing."""
    ends: int
    document: Structured
    place: Place
    is_cut: bool = False
    """Whether attributes of it, or of its resource, were dropped."""
    links: tuple[str, ...] = ()
    """The identifiers of the spans that it links to."""
    called: str | None = None
    """The service or host that it says it calls; `*` for something that exports no spans."""
    is_thinned: bool = False
    """Whether it says that other spans were left out by sampling."""
    doubt: str | None = None
    """What of it is not understood."""

    def finding(self, message: str) -> Finding:
        """Return a finding about this span."""
        named = f" {shown(self.name)}" if self.name else ""
        of = f" of {self.service}" if self.service else ""
        subject = f"span {self.id}{named}{of}, trace {self.trace}"
        return self.document.finding(f"{subject}: {message}", *self.place)
