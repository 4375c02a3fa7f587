"""Which services a screen lists, and in which order."""

from enum import StrEnum
from typing import NamedTuple


class Sort(StrEnum):
    """The order of services on a screen."""

    HARM = "harm"
    """What was lost first, then what is unsigned, open, excepted and ready; the nearest to the exit first."""
    OWNER = "owner"
    NAME = "name"
    PROGRESS = "progress"
    """The greatest share of criteria met first."""


class Listing(NamedTuple):
    """Which services a screen lists, and in which order; all are judged and counted."""

    sort: Sort = Sort.HARM
    everything: bool = False
    """List all of them, however many there are."""
    changed: bool = False
    """List only those that the change touches."""
