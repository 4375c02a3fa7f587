"""When evidence and attestations are too old, to the day."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from builders.ageing import LOADED, loaded, result_of
from builders.judging import (
    api,
    attested,
    case,
    coverage,
    evidence,
    load_test,
    ready,
    redated,
    service,
    source,
)
from gatekeeper.collectors.openapi.facts import OpenapiFacts
from gatekeeper.judging.verdicts.staleness import last_day_of, last_fresh_day, stale_days
from gatekeeper.model.guards import SlotGuard
from gatekeeper.model.moment import utc_day
from gatekeeper.model.status import Status

REVIEWED = "{M0: {level: L1, gates: {G8: {scope: s, only: [G8.review]}}}}"


def test_evidence_holds_for_its_days() -> None:
    assert last_day_of(result_of(loaded(), "G7.load")) == date(2026, 12, 10)


def test_a_word_holds_for_its_days() -> None:
    of = case(service(plan=REVIEWED, attestations=attested(G8__review="cy security")))
    assert last_day_of(result_of(of, "G8.review")) == date(2026, 11, 1) + timedelta(days=90)


def test_what_has_no_age_holds_for_ever() -> None:
    assert last_day_of(result_of(ready(), "L1.scaffold")) is None


def test_what_is_not_there_does_not_age() -> None:
    assert last_day_of(result_of(case(service(plan=LOADED)), "G7.load")) is None


def test_undated_evidence_has_no_last_day_of() -> None:
    of = case(service(plan=LOADED, targets="{p95_ms: 250}"), load_test(200, on=None))
    assert last_day_of(result_of(of, "G7.load")) is None


def test_a_day_beyond_the_calendar_is_never() -> None:
    found = result_of(loaded(), "G7.load")
    for_ever = found._replace(rule=found.rule._replace(guards={"load": SlotGuard(10**9)}))
    assert last_day_of(for_ever) is None


def test_the_oldest_of_several_artefacts_decides() -> None:
    found = result_of(loaded(), "G7.load")
    [young] = found.evidence
    assert young.produced_at
    old = redated(young, young.produced_at - timedelta(days=4))
    assert last_day_of(found._replace(evidence=(young, old))) == date(2026, 12, 6)


def test_where_there_is_nothing_of_it_only_what_was_counted_ages() -> None:
    plan = "{M0: {level: L1, gates: {G2: }}}"
    of = case(service(plan=plan), api(writes=0, writes_without_idempotency_key=()))
    found = result_of(of, "G2.writes")
    assert found.status is Status.NOT_APPLICABLE
    [counted] = evidence("api", OpenapiFacts(), produced_at=_at("2026-11-01")).values()
    other = redated(counted, _at("2026-10-01"))._replace(slot="other")
    aged = found._replace(rule=found.rule._replace(guards={"api": SlotGuard(30)}), evidence=(counted, other))
    assert last_day_of(aged) == date(2026, 12, 1)


def _at(day: str) -> datetime | None:
    [found] = load_test(1, on=day).values()
    return found.produced_at


# Days


def test_a_day_is_of_utc() -> None:
    west = timezone(timedelta(hours=-2))
    assert utc_day(datetime(2026, 11, 1, 21, 59, tzinfo=west)) == date(2026, 11, 1)
    assert utc_day(datetime(2026, 11, 1, 22, 0, tzinfo=west)) == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("made_on", "age", "last"),
    [
        (date(2026, 11, 1), 30, date(2026, 12, 1)),
        (date(9999, 12, 30), 1, date.max),
        (date(9999, 12, 30), 2, None),
        (date(2026, 11, 1), 10**10, None),
    ],
)
def test_the_last_fresh_day(made_on: date, age: int, last: date | None) -> None:
    assert last_fresh_day(made_on, age) == last


def test_something_is_stale_on_the_day_after_its_last() -> None:
    assert list(stale_days(date(2026, 11, 1), (1, 30))) == [date(2026, 11, 3), date(2026, 12, 2)]
    assert list(stale_days(date(9999, 12, 29), (1, 2, 3))) == [date.max]


@pytest.mark.parametrize(("as_of", "status"), [("2026-12-10", "pass"), ("2026-12-11", "stale")])
def test_evidence_is_stale_from_the_day_after_its_last(as_of: str, status: str) -> None:
    of = loaded("2026-11-10")._replace(as_of=date.fromisoformat(as_of))
    assert result_of(of, "G7.load").status == status


@pytest.mark.parametrize(("as_of", "status"), [("2027-01-30", "pass"), ("2027-01-31", "stale")])
def test_an_attestation_is_stale_from_the_day_after_its_last(as_of: str, status: str) -> None:
    of = case(service(plan=REVIEWED, attestations=attested(G8__review="cy security")))
    found = result_of(of._replace(as_of=date.fromisoformat(as_of)), "G8.review")
    assert found.status == status
    assert (found.reason is None) == (status == "pass")


@pytest.mark.parametrize(
    ("released", "seen", "status"),
    [
        ("abcdef1", "abcdef1", "pass"),
        ("abcdef1", "abcdef1234", "pass"),
        ("abcdef1234", "abcdef1", "pass"),
        ("ABCDEF1", "abcdef1234", "pass"),
        ("abcdef1", "abcdef", "stale"),
        ("abcdef1", "bcdef12", "stale"),
    ],
)
def test_an_abbreviated_commit_is_the_same(released: str, seen: str, status: str) -> None:
    release = f'{{version: "1", commit: {released}}}'
    model = service(plan=LOADED, targets="{p95_ms: 250}", release=release)
    assert result_of(case(model, load_test(200, commit=seen)), "G7.load").status == status


@pytest.mark.parametrize(
    ("seen", "code", "reason"),
    [
        ("fedcba9", "other-commit", "`load` is of commit fedcba9, the release is abcdef1"),
        (None, "unknown-commit", "`load` is of an unknown commit, the release is abcdef1"),
    ],
)
def test_evidence_of_another_commit_says_which(seen: str | None, code: str, reason: str) -> None:
    model = service(plan=LOADED, targets="{p95_ms: 250}", release='{version: "1", commit: abcdef1}')
    result = result_of(case(model, load_test(200, commit=seen)), "G7.load")
    assert (result.reason_code, result.reason) == (code, reason)


def test_evidence_from_before_its_commit_is_not_of_that_commit() -> None:
    """A build cache restores old reports, and `collect` stamps them with the commit that is checked out."""
    model = service(plan=LOADED, targets="{p95_ms: 250}", release='{version: "1", commit: abcdef1}')
    [found] = load_test(200, commit="abcdef1").values()
    [part] = found.parts
    for committed_at, code in ((datetime(2026, 11, 10, 1, 1, tzinfo=UTC), "older-than-commit"), (None, None)):
        parts = (part._replace(committed_at=committed_at),)
        result = result_of(case(model, {("load", ()): found._replace(parts=parts)}), "G7.load")
        assert (result.status, result.reason_code) == ("stale" if code else "pass", code)
        if code:
            expected = "`load` is of 2026-11-10T00:00:00Z, before its commit was made: 2026-11-10T01:01:00Z"
            assert result.reason == expected


def test_all_evidence_of_a_criterion_with_subjects_ages() -> None:
    of = case(service(plan="{M0: {level: L2, gates: {G1: }}}"), coverage(96, "a.ts"), source("a.ts"))
    found = result_of(of, "G1.coverage")
    days = {"coverage": _at("2026-11-01"), "source": _at("2026-11-10")}
    aged = tuple(redated(seen, days[seen.slot]) for seen in found.evidence)
    rule = found.rule._replace(guards={"coverage": SlotGuard(30), "source": SlotGuard(30)})
    assert last_day_of(found._replace(rule=rule, evidence=aged)) == date(2026, 12, 1)
