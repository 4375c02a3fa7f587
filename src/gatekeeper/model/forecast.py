"""What will no longer hold by a day to come, although nothing is changed."""

from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from gatekeeper.model.status import Effort


class Rests(StrEnum):
    """What it is that time runs out for."""

    EVIDENCE = "evidence"
    ATTESTATION = "attestation"
    EXCEPTION = "exception"


class Lapse(NamedTuple):
    """A criterion of a service that ages, or an exception that is only lent."""

    rests_on: Rests
    id: str
    """Of the criterion, or of the register entry."""
    service: str
    owner: str
    holds_until: date | None
    """The last day on which it holds; None for an exception whose closing is due at no known day."""
    before: str | None
    """The milestone whose exit the lapse comes before; None where no such exit date lies ahead."""
    days_before: int | None
    """From the first day on which it no longer holds to that exit."""
    due: str | None = None
    """Of an exception: the milestone for which it must be closed."""
    remedy: str = ""
    effort: Effort = Effort.SMALL

    @property
    def lapses_on(self) -> date | None:
        """The first day on which it no longer holds."""
        return self.holds_until + timedelta(days=1) if self.holds_until else None
