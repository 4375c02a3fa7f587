"""A resolved plan: what each milestone asks of a service, with gates and scopes carried over."""

from collections.abc import Mapping
from typing import NamedTuple

from gatekeeper.model.level import Level
from gatekeeper.model.service import Capability, Scope


class Cell(NamedTuple):
    """The plan for one service at one milestone."""

    milestone: str
    level: Level
    gates: Mapping[str, Scope | None]
    """The gates, listed here or carried over, with their scopes."""
    narrowing: Mapping[str, Scope]
    """The scopes that narrow their gate in this cell."""
    demands: Mapping[str, tuple[str, ...]]
    """The demands of the plan beyond the criteria, by gate."""
    adds: tuple[Capability, ...]
    """The capabilities that this cell adds."""
