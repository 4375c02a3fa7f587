"""What one consumer expects of one provider, in the type into which a Pact file is read."""

from typing import NamedTuple

from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Finding
from gatekeeper.syntax.yaml import Step


class Interaction(NamedTuple):
    """A request with its response, or a message."""

    description: str
    path: tuple[Step, ...]


class Pact(NamedTuple):
    """The interactions of a Pact file."""

    document: Structured
    consumer: str
    provider: str
    interactions: tuple[Interaction, ...]
    format: str = "pact"

    def finding(self, message: str, *path: Step) -> Finding:
        """Return a finding about the file, or about the value at `path`."""
        return self.document.finding(message, *path)
