"""A Pact file: what one consumer expects of one provider.

Specification versions 1 to 4, https://github.com/pact-foundation/pact-specification: interactions stand
under `interactions`, messages of version 3 under `messages`; `metadata`, which tells the version, may be
missing, and nothing read here depends on it.
"""

from typing import Any, NamedTuple

from gatekeeper.collectors.contracts._verification import name_of
from gatekeeper.collectors.reading.figures import listing, mapping, text
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Finding
from gatekeeper.syntax.yaml import Step


class Interaction(NamedTuple):
    """A request with its response, or a message."""

    description: str
    path: tuple[Step, ...]


class Pact(NamedTuple):
    """A whole file."""

    document: Structured
    consumer: str
    provider: str
    interactions: tuple[Interaction, ...]
    format: str = "pact"

    def finding(self, message: str, *path: Step) -> Finding:
        """Return a finding about the file, or about what stands in it at `path`."""
        return self.document.finding(message, *path)


def recognises(value: object) -> bool:
    """Tell whether this document has the two parties and a list of what they agreed on."""
    return isinstance(value, dict) and {"consumer", "provider"} <= value.keys() and bool(_lists(value))


def read(document: Structured) -> Pact:
    """Read the names and the interactions."""
    return Pact(
        document,
        consumer=_party(document.object, "consumer"),
        provider=_party(document.object, "provider"),
        interactions=tuple(
            Interaction(_description(item, f"{key}[{index}]"), (key, index))
            for key in _lists(document.object)
            for index, item in enumerate(listing(document.object[key], key))
        ),
    )


def _lists(value: dict[str, Any]) -> list[str]:
    return [key for key in ("interactions", "messages") if key in value]


def _party(value: dict[str, Any], role: str) -> str:
    return name_of(mapping(value[role], role), "name", f"{role}.")


def _description(item: object, where: str) -> str:
    return text(mapping(item, where).get("description"), f"{where}: description")
