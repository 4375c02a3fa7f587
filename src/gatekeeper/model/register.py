"""Entries of the risk register at a milestone, with the time left to close them."""

from datetime import date
from typing import NamedTuple

from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.signature import SignatureSeen


class Registered(NamedTuple):
    """One entry of the register at a milestone."""

    entry: RegisteredException
    state: str
    """`in_force`, `overdue`, `unneeded`, `repeated`, `closed` or `not_in_force`."""
    message: str
    open: tuple[str, ...]
    """The criteria of its delta that the milestone asks for and that are open."""
    due: str | None
    """The milestone for whose exit it must be closed; None if it is closed or no milestone follows."""
    due_on: date | None
    """The exit date of that milestone, if known."""
    days_left: int | None
    milestones_left: int | None
    """The number of milestones until then: 1 at the one it was opened in, 0 at the next."""
    approval: SignatureSeen
    """How its approval was made."""
