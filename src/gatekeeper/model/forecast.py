"""What lapses by a future day if nothing is changed."""

from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from gatekeeper.model.status import Effort


class Rests(StrEnum):
    """What lapses, or begins to bind."""

    EVIDENCE = "evidence"
    ATTESTATION = "attestation"
    WAIVER = "waiver"
    RULE = "rule"
    EXCEPTION = "exception"


class Lapse(NamedTuple):
    """A criterion of a service that lapses or begins to bind, or an exception that must be closed."""

    rests_on: Rests
    id: str
    """The id of the criterion or of the register entry."""
    service: str
    owner: str
    holds_until: date | None
    """The last day on which it holds; None for an exception whose due milestone has no date."""
    before: str | None
    """The milestone whose exit date is later; None if no exit date is ahead."""
    days_before: int | None
    """The days from the first day on which it no longer holds until that exit."""
    due: str | None = None
    """For an exception, the milestone for whose exit it must be closed."""
    remedy: str = ""
    effort: Effort = Effort.SMALL

    @property
    def lapses_on(self) -> date | None:
        """The first day on which it no longer holds."""
        return self.holds_until + timedelta(days=1) if self.holds_until else None
