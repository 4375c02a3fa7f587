"""A service's plan, resolved: what each milestone asks once gates and scopes are carried over."""

from collections.abc import Mapping
from typing import NamedTuple

from gatekeeper.model.level import Level
from gatekeeper.model.service import Capability, Scope


class Cell(NamedTuple):
    """One service at one milestone."""

    milestone: str
    level: Level
    gates: Mapping[str, Scope | None]
    """As listed or carried over, with the words of their scope."""
    narrowing: Mapping[str, Scope]
    """The scopes that still narrow their gate in this cell."""
    demands: Mapping[str, tuple[str, ...]]
    """What the plan asks of a gate beyond its criteria, by gate."""
    adds: tuple[Capability, ...]
    """The capabilities of this cell alone."""
