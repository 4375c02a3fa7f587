"""The types into which the formats of Pact files and of verification results are read."""

from typing import NamedTuple

from gatekeeper.collectors.reading.figures import text
from gatekeeper.collectors.reading.one_line import without_colours
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Finding, Origin, Unreadable
from gatekeeper.syntax.json import Object
from gatekeeper.syntax.yaml import Step

VERIFYING = "Verifying a pact between "
_BOLD_AND = "\x1b[0m and \x1b[1m"
"""The text between the names if both are printed in bold."""


class Interaction(NamedTuple):
    """A request with its response, or a message."""

    description: str
    path: tuple[Step, ...]
    is_message: bool = False


class Pact(NamedTuple):
    """The interactions of a Pact file: what one consumer expects of one provider."""

    document: Structured
    consumer: str
    provider: str
    interactions: tuple[Interaction, ...]
    origin: Origin


class Contract(NamedTuple):
    """The outcome of a consumer's pact with a provider."""

    consumer: str
    provider: str | None
    """None: unknown; the contract may be with any provider."""
    verified: bool | None
    """None: not part of the verification."""
    interactions: tuple[str, ...] | None = None
    """Descriptions of the interactions that ran, if they are listed; one may occur repeatedly."""


class Verification(NamedTuple):
    """The result of a verification. A format of this kind returns this, or a `Pact`."""

    origin: Origin
    contracts: tuple[Contract, ...]
    """Those whose consumer is known."""
    interactions: int | None
    unverified: tuple[Finding, ...]


class Parties(NamedTuple):
    """The two sides of a pact."""

    consumer: str
    provider: str


def parties(heading: str) -> Parties | None:
    """Return the names in `Verifying a pact between X and Y`; None if it is uncertain where a name ends."""
    heading = heading.strip().removeprefix(VERIFYING)
    for delimiter in (_BOLD_AND, " and "):
        names = [without_colours(name).strip() for name in heading.split(delimiter)]
        if len(names) == 2 and all(names):
            return Parties(*names)
    return None


def name_of(mapping_: Object, key: str, where: str = "") -> str:
    """Return the name under a key; `Unreadable` if it is missing or blank."""
    name = text(mapping_.get(key), f"{where}{key}")
    if not name.strip():
        raise Unreadable(f"{where}{key} is empty")
    return name
