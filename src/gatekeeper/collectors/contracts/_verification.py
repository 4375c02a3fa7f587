"""What a verification says, whoever ran it: pacts with their outcome, and what is not verified."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from gatekeeper.collectors.reading.figures import text
from gatekeeper.model.evidence import Finding, Unreadable

VERIFYING = "Verifying a pact between "
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_BOLD_AND = "\x1b[0m and \x1b[1m"
"""What stands between the names where both are printed in bold."""


class Contract(NamedTuple):
    """A consumer's pact with a provider, as a verification tells of it."""

    consumer: str
    provider: str | None
    """None: it is not certain; then it may be any."""
    verified: bool | None
    """None: it says nothing, for nobody asked."""
    interactions: tuple[str, ...] | None = None
    """Descriptions of the interactions that ran, where they are listed; one may stand there repeatedly."""


class Verification(NamedTuple):
    """A whole result."""

    format: str
    contracts: tuple[Contract, ...]
    """Those of which the consumer's name can be read."""
    interactions: int | None
    unverified: tuple[Finding, ...]


class Parties(NamedTuple):
    """The two sides of a pact."""

    consumer: str
    provider: str


def parties(heading: str) -> Parties | None:
    """Read `Verifying a pact between X and Y`; None where it is not certain where a name ends."""
    heading = heading.strip().removeprefix(VERIFYING)
    for delimiter in (_BOLD_AND, " and "):
        names = [plain(name).strip() for name in heading.split(delimiter)]
        if len(names) == 2 and all(names):
            return Parties(*names)
    return None


def name_of(mapping_: Mapping[str, Any], key: str, where: str = "") -> str:
    """Return a name, which must say something."""
    name = text(mapping_.get(key), f"{where}{key}")
    if not name.strip():
        raise Unreadable(f"{where}{key} is empty")
    return name


def plain(printed: str) -> str:
    """Return text without the codes that colour it in a terminal."""
    return _COLOUR.sub("", printed)


def first_line(message: str) -> str:
    """Return the first line that says something, in one piece and without colours."""
    return next((" ".join(line.split()) for line in plain(message).splitlines() if line.strip()), "")
