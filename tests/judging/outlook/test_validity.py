"""For how long a verdict holds: no day of a span may judge otherwise, whatever the service."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.judging import (
    AS_OF,
    ENTRY,
    GATES,
    attested,
    case,
    excepted,
    load_test,
    parsed,
    rulebook,
    service,
    signed,
)
from builders.platforms import any_cases
from gatekeeper.judging.outlook.progress import tally
from gatekeeper.judging.outlook.validity import Validity, validity
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.services import judge_everywhere
from gatekeeper.model.milestone import RegisteredException

PLAN = "{M0: {level: L1, gates: {G7: }}}"
CLOSED = f"{ENTRY}closed: 2026-11-25\n"


def entry(text: str) -> RegisteredException:
    return RegisteredException.model_validate(parsed(text))


def outcome(of: Case, entries: Sequence[RegisteredException], day: date) -> object:
    """Return all that is kept of a verdict, and why it is so."""
    results = judge_everywhere(of._replace(as_of=day), entries)
    return {
        milestone: (tally(result), [reason.code for reason in result.reasons], result.effective_level)
        for milestone, result in results.items()
    }


@pytest.mark.long
@given(any_cases(), st.integers(-150, 150), st.integers(-150, 150))
def test_no_day_of_a_span_judges_otherwise(of: Case, here: int, there: int) -> None:
    of = of._replace(as_of=AS_OF + timedelta(days=here))
    day = AS_OF + timedelta(days=there)
    if validity(of, ()).has(day):
        assert outcome(of, (), day) == outcome(of, (), of.as_of)


@pytest.mark.parametrize("text", [ENTRY, CLOSED])
def test_an_exception_opens_and_closes_on_a_day(text: str) -> None:
    of, entries = excepted(), [entry(text)]
    seen: dict[Validity, object] = {}
    for n in range(-60, 60):
        day = AS_OF + timedelta(days=n)
        found = outcome(of, entries, day)
        assert seen.setdefault(validity(of._replace(as_of=day), entries), found) == found
    assert len({str(found) for found in seen.values()}) == 3


@pytest.mark.parametrize(
    ("as_of", "first", "end"),
    [
        ("2026-11-09", None, "2026-11-10"),
        ("2026-11-10", "2026-11-10", "2026-12-11"),
        ("2026-12-10", "2026-11-10", "2026-12-11"),
        ("2026-12-11", "2026-12-11", "2027-02-09"),
        ("2027-02-09", "2027-02-09", None),
    ],
)
def test_evidence_counts_from_its_day_until_it_is_too_old(
    as_of: str, first: str | None, end: str | None
) -> None:
    """Of the rulebook's ages, 30 and 90 days, both are turning days: which rule looks is not asked."""
    of = case(service(plan=PLAN), load_test(200, on="2026-11-10"), as_of=date.fromisoformat(as_of))
    days = [date.fromisoformat(day) if day else None for day in (first, end)]
    assert validity(of, ()) == Validity(*days)
    assert validity(of, ()).has(of.as_of)


def test_words_waivers_and_signatures_have_days_too() -> None:
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-10-05}}"
    words = attested(L1__scaffold="ada owner 2026-10-03")
    of = case(service(attestations=words, not_applicable=waiver, sign_offs=signed("L1")))
    turning = set()
    day = date(2026, 9, 1)
    while (end := validity(of._replace(as_of=day), ()).end) is not None:
        turning.add(end)
        day = end
    dated = {date(2026, 10, 3), date(2026, 10, 5)}
    aged = {on + timedelta(days=age + 1) for on in dated for age in (30, 90)}
    begin = {on - timedelta(days=1) for on in (*dated, date(2026, 11, 1))}  # it is tomorrow somewhere
    assert turning == begin | aged


def test_rules_and_statements_have_last_days() -> None:
    text = GATES["G1"].replace("{id: G1.tests,", "{id: G1.tests, effective: 2026-12-01,")
    text = text.replace(
        "{id: G1.deep,",
        "{id: G1.deep, upcoming: {effective: 2026-12-05, requires: {unit_tests.total: {at_least: 9}}},",
    )
    words = attested(L1__scaffold="ada owner 2026-01-01").replace("on:", "until: 2026-12-10, on:")
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-01-01, until: 2026-12-20}}"
    of = case(service(attestations=words, not_applicable=waiver), book=rulebook(gates=GATES | {"G1": text}))
    day, turning = AS_OF, []
    while (end := validity(of._replace(as_of=day), ()).end) is not None:
        turning.append(end.isoformat())
        day = end
    assert turning == ["2026-12-01", "2026-12-05", "2026-12-11", "2026-12-21"]


def test_nothing_dated_holds_for_ever() -> None:
    assert validity(case(service(), load_test(200, on=None)), ()) == Validity(None, None)


def test_the_end_of_the_calendar_is_no_turning_day() -> None:
    of = case(service(plan=PLAN), load_test(200, on="9999-12-20"), as_of=date.max)
    assert validity(of, ()) == Validity(date(9999, 12, 20), None)
