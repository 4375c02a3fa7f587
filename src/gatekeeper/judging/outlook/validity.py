"""Find until when a verdict holds if only the date changes.

The date affects verdicts in six ways: something dated after it does not count yet, something older than a
rule allows is stale, a statement is valid until a day, a rule is effective from a day, an exception opens and
closes on a day, and a milestone exits on a day. Between two such days every verdict is the same.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple, Self

from gatekeeper.judging.outlook.needs import Need
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.roster import ZONES
from gatekeeper.judging.verdicts.staleness import stale_days
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.moment import earliest, utc_day
from gatekeeper.model.row import ServiceRow
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Attestation, NotApplicable
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import ServiceResult


class Validity(NamedTuple):
    """A period in which a verdict stays the same."""

    first: date | None
    """The first day; None if the period has no start."""
    end: date | None
    """The day after the last; None if the period has no end."""

    def has(self, day: date) -> bool:
        """Return whether a day is in the period."""
        return (self.first is None or self.first <= day) and (self.end is None or day < self.end)

    def within(self, other: Self) -> "Validity":
        """Return the days that both periods have."""
        first = max(filter(None, (self.first, other.first)), default=None)
        return Validity(first, min(filter(None, (self.end, other.end)), default=None))


ALWAYS = Validity(None, None)
_COUNTED = "days old"
"""What the words on an age say after the number."""


class RuleTimes(NamedTuple):
    """The times in a rulebook, which are the same for all services."""

    ages: tuple[int, ...]
    """All ages of rules and slots, in days."""
    days: tuple[date, ...]
    """The days on which rules and guards become effective."""


def validity(case: Case, entries: Iterable[RegisteredException], times: RuleTimes | None = None) -> Validity:
    """Return a period around the as-of date in which the service's verdicts stay the same.

    The real period may be longer. `times` are those of the rulebook, if they are known.
    """
    days = sorted(set(_days_of_change(case, entries, times or times_of(case.rulebook))))
    place = bisect_right(days, case.as_of)
    return Validity(days[place - 1] if place else None, days[place] if place < len(days) else None)


def validity_of_row(
    case: Case,
    entries: Iterable[RegisteredException],
    result: ServiceResult,
    row: ServiceRow,
    needed: Iterable[Need],
    times: RuleTimes,
) -> Validity:
    """Return a period in which a row and its needs stay the same, word by word.

    The words may name the as-of date, or count days until it; then the period is that day.
    """
    results = (*result.criteria, *result.held_up_by)
    is_aged = any(Status.STALE in (of.status, of.upcoming and of.upcoming.status) for of in results)
    today, day = case.as_of, case.as_of.isoformat()
    if is_aged or any(day in words or _COUNTED in words for words in _words(row, needed)):
        return Validity(today, today + timedelta(days=1))
    return validity(case, entries, times)


def _words(row: ServiceRow, needed: Iterable[Need]) -> Iterator[str]:
    """Yield what a row and its needs say, apart from names."""
    yield from (reason.message for reason in row.reasons)
    yield from (exception.message for exception in row.exceptions)
    for need in needed:
        yield from (need.work.heading, need.work.title, need.work.text, need.work.detail)


def _days_of_change(case: Case, entries: Iterable[RegisteredException], times: RuleTimes) -> Iterator[date]:
    """Yield every day on which a verdict may change because of the date alone."""
    for first, made_on in _dates_that_age(case):
        yield first
        yield from stale_days(made_on, times.ages)
    yield from times.days
    service = case.service
    ends = [given.until for given in service.attestations.values()]
    ends += [waiver.until for waiver in service.not_applicable.values()]
    for until in filter(None, ends):
        yield from stale_days(until, [0])
    for signed in (service, *(neighbour.service for neighbour in case.neighbours.values())):
        for level in signed.sign_offs.values():
            for sign_off in level.values():
                yield sign_off.on - ZONES
    for milestone in case.roadmap.values():
        yield from milestone.exits
    for entry in entries:
        yield entry.opened_on
        if entry.closed:
            yield entry.closed


def times_of(rulebook: Rulebook) -> RuleTimes:
    """Return the times in a rulebook."""
    rules = rulebook.by_id.values()
    guards = [guard for rule in rules for guard in rule.guards.values()]
    guards += [slot.guard for slot in rulebook.slots.values()]  # questions of plans use them too
    validities = [one for one in (*(rule.validity for rule in rules), rulebook.validity) if one]
    ages = {guard.max_age_days for guard in guards} | {one.days for one in validities}
    times = {time for guard in guards for time in guard.times} | {one.effective for one in validities}
    times |= {version.effective for rule in rules for version in rule.versions}
    return RuleTimes(
        tuple(sorted(filter(None, ages))), tuple(time for time in times if isinstance(time, date))
    )


def _dates_that_age(case: Case) -> Iterator[tuple[date, date]]:
    """Yield for all evidence and statements the first day on which they may count, and their date."""
    records = (one for seen in case.evidence.values() for one in (seen, *seen.others))
    times = (part.produced_at for seen in records for part in seen.parts)
    for time in filter(None, times):
        yield utc_day(earliest(time)), utc_day(time)
    given, waived = case.service.attestations, case.service.not_applicable
    statements: list[Attestation | NotApplicable] = [*given.values(), *waived.values()]
    for statement in statements:
        yield statement.on - ZONES, statement.on
