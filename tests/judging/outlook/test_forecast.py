"""What lapses by itself, and when."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from builders.ageing import LOADED, loaded
from builders.judging import (
    AS_OF,
    ENTRY,
    GATES,
    L4_PLAN,
    RULEBOOK,
    SKELETON,
    WORDS,
    api,
    attested,
    case,
    excepted,
    load_test,
    milestone_of,
    ready,
    rulebook,
    service,
    signed,
)
from builders.platforms import MILESTONE, cases
from gatekeeper.judging.outlook.forecast import forecast, horizon
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.staleness import last_day_of
from gatekeeper.model.forecast import Lapse, Rests
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import CriterionResult, ServiceResult

REVIEWED = "{M0: {level: L1, gates: {G8: {scope: s, only: [G8.review]}}}}"


def roadmap(dates: Mapping[str, str] = {}) -> Roadmap:
    """Return milestones M0 .. M3; those named have an exit date."""
    given = {name: {"milestone": name, "exit_date": dates.get(name)} for name in ("M0", "M1", "M2", "M3")}
    return Roadmap((name, Milestone.model_validate(fields)) for name, fields in given.items())


def foreseen(
    *of: Case, milestone: str = "M0", exceptions: tuple[str, ...] = (), dates: Mapping[str, str] = {}
) -> tuple[Lapse, ...]:
    """Return the forecast for a milestone of such exit dates."""
    milestones = roadmap(dates)
    until = horizon(milestones[milestone], of[0].as_of)
    now = milestone_of(*of, milestone=milestone, exceptions=exceptions)
    later = [one._replace(as_of=until) for one in of]
    then = milestone_of(*later, milestone=milestone, exceptions=exceptions)
    return forecast(now, then, milestones, RULEBOOK.exceptions)


# The forecast


def test_it_tells_what_lapses_before_the_exit_date() -> None:
    [lapse] = foreseen(loaded(), dates={"M0": "2026-12-23"})
    assert lapse == Lapse(
        Rests.EVIDENCE,
        "G7.load",
        "shop",
        "team-shop",
        date(2026, 12, 10),
        "M0",
        12,
        remedy="Run `load` (kind `load_test`) again; a report counts for 30 days.",
    )
    assert lapse.lapses_on == date(2026, 12, 11)


@pytest.mark.parametrize(("exit_date", "days"), [("2026-12-10", None), ("2026-12-11", 0), ("2026-12-12", 1)])
def test_what_holds_on_the_exit_date_does_not_lapse_before_it(exit_date: str, days: int | None) -> None:
    assert [lapse.days_before for lapse in foreseen(loaded(), dates={"M0": exit_date})] == (
        [days] if days is not None else []
    )


@pytest.mark.parametrize("dates", [{}, {"M0": "2026-11-19"}])
def test_without_an_exit_ahead_it_tells_all_that_ages(dates: dict[str, str]) -> None:
    [lapse] = foreseen(loaded(), dates=dates)
    assert (lapse.id, lapse.before, lapse.days_before) == ("G7.load", None, None)


def test_an_exit_today_has_nothing_left_to_lapse() -> None:
    assert foreseen(loaded(), dates={"M0": AS_OF.isoformat()}) == ()


def test_the_soonest_comes_first() -> None:
    both = loaded(name="a"), loaded("2026-11-05", name="b")
    assert [lapse.service for lapse in foreseen(*both)] == ["b", "a"]


def test_what_is_open_already_is_work_and_no_forecast() -> None:
    assert foreseen(loaded("2026-10-01")) == ()
    assert foreseen(case(service(plan=LOADED), load_test(300))) == ()


def test_a_word_that_lapses_is_told_as_one() -> None:
    of = case(service(plan=REVIEWED, attestations=attested(G8__review="cy security")))
    [lapse] = foreseen(of)
    assert (lapse.id, lapse.rests_on) == ("G8.review", Rests.ATTESTATION)


def test_what_is_dated_after_today_is_not_foretold() -> None:
    of = case(service(plan=REVIEWED, attestations=attested(G8__review="cy security 2026-11-30")))
    assert foreseen(of) == ()
    long_ago = case(service(plan=REVIEWED, attestations=attested(G8__review="cy security 2026-01-01")))
    assert foreseen(long_ago) == ()


def test_what_was_signed_beyond_the_target_lapses_too() -> None:
    """The milestone asks for L1; the signed L2 rests on a load test of a later cell."""
    plan = "{M0: {level: L1, gates: {}}, M1: {level: L2, gates: {G7: }}}"
    words = attested(**WORDS, L2__contracts="ada owner")
    more = {"attestations": words, "sign_offs": signed("L2"), "targets": "{p95_ms: 250}"}
    of = case(service(plan=plan, **more), load_test(200))
    assert [lapse.id for lapse in foreseen(of)] == ["G7.load"]


def test_what_lapsed_before_it_is_to_be_signed_is_not_foretold() -> None:
    """Signatures dated after today make a level count that nothing carries any more."""
    plan = "{M0: {level: L1, gates: {}}, M1: {level: L2, gates: {G7: }}}"
    words = attested(**WORDS, L2__contracts="ada owner")
    sign_offs = signed("L2").replace("2026-11-01", "2026-12-01")
    more = {"attestations": words, "sign_offs": sign_offs, "targets": "{p95_ms: 250}"}
    assert foreseen(case(service(plan=plan, **more), load_test(200, on="2026-10-01"))) == ()


def test_an_exception_is_lent_until_the_next_milestone() -> None:
    [lapse] = foreseen(excepted(), exceptions=(ENTRY,), dates={"M1": "2027-02-26"})
    assert (lapse.rests_on, lapse.id, lapse.due) == (Rests.EXCEPTION, "RR-1", "M1")
    assert lapse.holds_until == date(2027, 2, 26)
    assert (
        lapse.remedy
        == "Deliver L4.capabilities, L4.chaos, capability:b, sign-off:L4 and close the exception."
    )
    [undated] = foreseen(excepted(), exceptions=(ENTRY,))
    assert (undated.holds_until, undated.lapses_on) == (None, None)


def test_an_exception_is_lent_for_as_many_milestones_as_governance_gives_it() -> None:
    milestones = roadmap({"M2": "2027-02-26"})
    now = milestone_of(excepted(), exceptions=(ENTRY,))
    terms = RULEBOOK.exceptions._replace(close_within=2)
    assert [lapse.due for lapse in forecast(now, now, milestones, terms)] == ["M2"]


def test_an_exception_that_is_not_in_force_is_not_lent() -> None:
    assert foreseen(excepted(), exceptions=(ENTRY,), milestone="M1") == ()
    words = attested(**WORDS)
    short = case(service(service="excepted", plan=L4_PLAN, attestations=words, sign_offs=signed("L2")))
    assert foreseen(short, exceptions=(ENTRY,)) == ()


def test_in_the_last_milestone_there_is_nothing_to_be_due_next() -> None:
    last = Roadmap({"M0": roadmap()["M0"]})
    now = milestone_of(excepted(), exceptions=[ENTRY])
    assert forecast(now, now._replace(as_of=date.max), last, RULEBOOK.exceptions) == ()


def test_a_platform_of_nothing_foresees_nothing() -> None:
    nobody = ready()._replace(service=service(plan=SKELETON.replace("M0", "M1")))
    assert foreseen(nobody) == ()


def until(day: str, given: str) -> str:
    """Return attestations that are valid until a day."""
    return given.replace("on:", f"until: {day}, on:")


def test_an_attestation_that_ends_lapses_after_its_last_day() -> None:
    given = until("2026-12-01", attested(G8__review="cy security"))
    [lapse] = foreseen(case(service(plan=REVIEWED, attestations=given)), dates={"M0": "2026-12-20"})
    assert (lapse.id, lapse.rests_on, lapse.holds_until) == (
        "G8.review",
        Rests.ATTESTATION,
        date(2026, 12, 1),
    )
    assert (lapse.lapses_on, lapse.days_before) == (date(2026, 12, 2), 18)
    late = until("2027-12-01", attested(G8__review="cy security"))
    [aged] = foreseen(case(service(plan=REVIEWED, attestations=late)))
    assert aged.holds_until == date(2027, 1, 30), "it is 90 days old before its end"


def test_a_waiver_that_ends_lapses_unless_the_evidence_is_there_by_then() -> None:
    plan = "{M0: {level: L1, gates: {G2: {scope: s, only: [G2.limits]}}}}"
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01, until: 2026-12-01}}"
    [lapse] = foreseen(case(service(plan=plan, not_applicable=waiver)))
    assert (lapse.id, lapse.rests_on, lapse.holds_until) == ("G2.limits", Rests.WAIVER, date(2026, 12, 1))
    known = api(throttled_without_headers=())
    assert foreseen(case(service(plan=plan, not_applicable=waiver), known)) == ()


@pytest.mark.parametrize(
    ("words", "binds"),
    [
        ("effective: 2026-12-01", True),
        ("upcoming: {effective: 2026-12-01, requires: {load.p95_ms: {at_most: 100}}}", True),
        ("effective: 2026-11-20", False),
        ("effective: M1", False),
        ("advisory: true", False),
    ],
)
def test_a_criterion_that_begins_to_bind_is_foretold_if_it_is_open(words: str, binds: bool) -> None:
    rules = rulebook(gates=GATES | {"G7": GATES["G7"].replace("{id: G7.load,", f"{{id: G7.load, {words},")})
    slow = load_test(200 if "upcoming" in words else 300, on="2026-11-20")
    of = case(service(plan=LOADED, targets="{p95_ms: 250}", attestations=attested(**WORDS)), slow, book=rules)
    lapses = foreseen(of, dates={"M0": "2026-12-10"})
    assert [(lapse.rests_on, lapse.lapses_on) for lapse in lapses] == (
        [(Rests.RULE, date(2026, 12, 1))] if binds else []
    )


def test_of_age_and_a_new_rule_the_later_one_blocks() -> None:
    for effective, rests_on, first_day in (
        ("2026-12-01", Rests.EVIDENCE, date(2026, 12, 11)),
        ("2026-12-21", Rests.RULE, date(2026, 12, 21)),
    ):
        text = GATES["G7"].replace("{id: G7.load,", f"{{id: G7.load, effective: {effective},")
        of = loaded()._replace(rulebook=rulebook(gates=GATES | {"G7": text}))
        [lapse] = foreseen(of)
        assert (lapse.rests_on, lapse.lapses_on) == (rests_on, first_day)


# Laws


def _criteria(of: Case, milestone: str) -> dict[str, CriterionResult]:
    found: dict[str, CriterionResult] = {}
    for result in milestone_of(of, milestone=milestone).services:
        found |= {one.rule.id: one for one in result.criteria}
    return found


@pytest.mark.long
@given(cases(), MILESTONE)
def test_on_the_last_day_it_holds_and_on_the_next_it_is_stale(one: Case, milestone: str) -> None:
    for name, result in _criteria(one, milestone).items():
        until = last_day_of(result)
        if result.status is not Status.PASS or until is None:
            continue
        then = _criteria(one._replace(as_of=until), milestone)[name]
        after = _criteria(one._replace(as_of=until + timedelta(days=1)), milestone)[name]
        assert (then.status, after.status) == (Status.PASS, Status.STALE), name


@given(cases(), MILESTONE, st.integers(0, 400))
def test_what_does_not_age_never_gets_stale(one: Case, milestone: str, days: int) -> None:
    later = _criteria(one._replace(as_of=AS_OF + timedelta(days=days)), milestone)
    for name, result in _criteria(one, milestone).items():
        if result.status is Status.PASS and last_day_of(result) is None:
            assert later[name].status is Status.PASS, name


def _open(result: ServiceResult) -> set[str]:
    return {found.rule.id for found in result.open_criteria if found.rule.id != "L4.capabilities"}


@pytest.mark.long
@given(cases(), MILESTONE, st.integers(1, 400))
def test_the_forecast_is_what_becomes_open_by_waiting(one: Case, milestone: str, days: int) -> None:
    assume(milestone in one.service.plan)
    exit_date = AS_OF + timedelta(days=days)
    told = {
        lapse.id for lapse in foreseen(one, milestone=milestone, dates={milestone: exit_date.isoformat()})
    }
    [before] = milestone_of(one, milestone=milestone).services
    [after] = milestone_of(one._replace(as_of=exit_date), milestone=milestone).services
    assert told == _open(after) - _open(before)
