"""The type into which every format of a quality gate is read."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from gatekeeper.model.evidence import Finding, Origin


class GateVerdict(StrEnum):
    """What a gate, or one of its conditions, says; the worst comes last."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"


def worst(verdicts: Sequence[GateVerdict | None]) -> GateVerdict | None:
    """Return the worst verdict; None if one is undecided and no other is a failure, or without any."""
    if None in verdicts and GateVerdict.FAILED not in verdicts:
        return None
    return max(filter(None, verdicts), key=list(GateVerdict).index, default=None)


class GateCondition(NamedTuple):
    """A condition of a gate, or a check of a scorecard."""

    name: str
    place: Finding
    """What it says, and where."""
    verdict: GateVerdict | None = None
    """None: it has a score instead, or is undecided."""
    score: float | None = None
    """0 to 10; None likewise."""


class GateReport(NamedTuple):
    """The result of one file. A format of this kind returns it."""

    origin: Origin
    conditions: tuple[GateCondition, ...]
    is_gate: bool
    """Whether it judges; a scorecard has scores only."""
    verdict: GateVerdict | None = None
    """Of the whole gate; None if it has none, or is undecided."""
    score: float | None = None
    """Of the whole scorecard; None likewise."""
