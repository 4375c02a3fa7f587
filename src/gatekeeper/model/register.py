"""The risk register as a whole: how an exception stands at a milestone, and what time it has left."""

from datetime import date
from typing import NamedTuple

from gatekeeper.model.milestone import RegisteredException


class Registered(NamedTuple):
    """One entry of the register at a milestone."""

    entry: RegisteredException
    state: str
    """`in_force`, `overdue`, `unneeded`, `repeated`, `closed` or `not_in_force`."""
    message: str
    open: tuple[str, ...]
    """What of its delta is open, as far as the milestone asks for it."""
    due: str | None
    """The milestone for whose exit it must be closed; None where it is closed or there is no such."""
    due_on: date | None
    """That milestone's exit date, where it is known."""
    days_left: int | None
    milestones_left: int | None
    """How many milestones until then: 1 at the one it was opened in, 0 at the next."""
