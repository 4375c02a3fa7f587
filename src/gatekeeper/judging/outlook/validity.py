"""For how long a verdict holds if nothing but the date changes.

A date has a say in three ways only: what is dated after it does not count yet, what is older than a rule
allows counts no more, and an exception opens and closes on a day. Between two such days every verdict is the
same.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.staleness import stale_days, utc_day
from gatekeeper.model.milestone import RegisteredException


class Validity(NamedTuple):
    """Days on which a verdict is the same: from the first on, until before the end."""

    first: date | None
    """None: since ever."""
    end: date | None
    """None: for ever."""

    def has(self, day: date) -> bool:
        """Whether a day is one of them."""
        return (self.first is None or self.first <= day) and (self.end is None or day < self.end)


def validity(case: Case, entries: Iterable[RegisteredException]) -> Validity:
    """Return days around the as-of date on which the service is judged the same; there may be more."""
    days = sorted(set(_turning_days(case, entries)))
    place = bisect_right(days, case.as_of)
    return Validity(days[place - 1] if place else None, days[place] if place < len(days) else None)


def _turning_days(case: Case, entries: Iterable[RegisteredException]) -> Iterator[date]:
    """Yield every day on which a verdict may change by the calendar alone."""
    ages = sorted({rule.max_age_days for rule in case.rulebook.by_id.values() if rule.max_age_days})
    for day in _dates_that_age(case):
        yield day
        yield from stale_days(day, ages)
    for level in case.service.sign_offs.values():
        for sign_off in level.values():
            yield sign_off.on
    for entry in entries:
        yield entry.opened_on
        if entry.closed:
            yield entry.closed


def _dates_that_age(case: Case) -> Iterator[date]:
    """Yield the days of evidence and of people's word; which rule looks at which is not asked."""
    for seen in case.evidence.values():
        if seen.collected_at:
            yield utc_day(seen.collected_at)
    for attestation in case.service.attestations.values():
        yield attestation.on
    for waiver in case.service.not_applicable.values():
        yield waiver.on
