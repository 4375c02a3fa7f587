"""The register as a whole: each entry's state at a milestone, and the time that it has left."""

from datetime import date
from typing import Any

import pytest

from builders.exceptions import PLAN, WORDS, entry
from builders.judging import AS_OF, attested, case, parsed, report, service, signed, workspace
from gatekeeper.judging.plans.validation import repeated
from gatekeeper.judging.verdicts.risk_register import register_at
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.register import Registered
from gatekeeper.model.roadmap import Roadmap

EXITS = {"M0": "2026-10-30", "M1": "2026-12-11", "M2": "2027-02-26", "M3": None}
MILESTONES = Roadmap(
    (name, Milestone.model_validate({"milestone": name} | ({"exit_date": on} if on else {})))
    for name, on in EXITS.items()
)


def entries(*texts: str) -> tuple[RegisteredException, ...]:
    return tuple(RegisteredException.model_validate(parsed(text)) for text in texts)


def at(milestone: str, *texts: str, as_of: date = AS_OF, **more: Any) -> tuple[Registered, ...]:
    model = service(**{"plan": PLAN, "attestations": attested(**WORDS), "sign_offs": signed("L3")} | more)
    return register_at(milestone, entries(*texts), {"shop": case(model, as_of=as_of)}, MILESTONES, as_of)


@pytest.mark.parametrize(
    ("milestone", "state", "still_open", "milestones_left"),
    [
        ("M0", "not_in_force", 0, 2),
        ("M1", "in_force", 4, 1),
        ("M2", "overdue", 4, 0),
        ("M3", "overdue", 4, -1),
    ],
)
def test_an_entry_has_until_the_next_milestone(
    milestone: str, state: str, still_open: int, milestones_left: int
) -> None:
    [row] = at(milestone, entry())
    assert (row.state, len(row.open), row.milestones_left) == (state, still_open, milestones_left)
    assert (row.due, row.due_on, row.days_left) == ("M2", date(2027, 2, 26), 98)


def test_an_entry_has_as_many_milestones_as_governance_gives_it() -> None:
    of = case(service(plan=PLAN, attestations=attested(**WORDS), sign_offs=signed("L3")))
    terms = of.rulebook.exceptions._replace(close_within=2)
    longer = of._replace(rulebook=of.rulebook._replace(exceptions=terms))
    [row] = register_at("M2", entries(entry()), {"shop": longer}, MILESTONES, AS_OF)
    assert (row.state, row.due, row.milestones_left) == ("in_force", "M3", 1)


def test_days_left_fall_below_zero() -> None:
    [row] = at("M2", entry(), as_of=date(2027, 3, 1))
    assert row.days_left == -3


def test_without_an_exit_date_there_are_milestones_to_count_and_no_days() -> None:
    [row] = at("M2", entry(opened_in="M2"))
    assert (row.due, row.due_on, row.days_left, row.milestones_left) == ("M3", None, None, 1)


def test_a_closed_one_has_nothing_left_to_do() -> None:
    [row] = at("M1", entry(closed="2026-11-10"))
    assert (row.state, row.due, row.days_left, row.milestones_left) == ("closed", None, None, None)
    assert row.open == ("L4.capabilities", "L4.chaos", "capability:b", "sign-off:L4")


def test_one_opened_in_the_last_milestone_has_nowhere_to_go() -> None:
    assert at("M3", entry(opened_in="M3"))[0].due is None


def test_one_whose_criteria_hold_is_unneeded() -> None:
    model = service(
        plan=PLAN, attestations=attested(**WORDS, capability_b="ada owner"), sign_offs=signed("L4")
    )
    done = case(model, report("chaos", "a node is lost"))
    [row] = register_at("M1", entries(entry()), {"shop": done}, MILESTONES, AS_OF)
    assert (row.state, row.open) == ("unneeded", ())


def test_lost_ground_keeps_it_from_being_in_force() -> None:
    [row] = at("M1", entry(), level="L4")
    assert (row.state, row.message) == (
        "not_in_force",
        "a regression, a lapse or an unsigned upgrade cannot be excused",
    )


def test_a_repeated_one_is_told_apart_until_it_is_closed() -> None:
    again = entry("L4.chaos", opened_in="M2").replace("RR-1", "RR-2")
    closed = entry("L4.chaos", opened_in="M2", closed="2026-11-10").replace("RR-1", "RR-3")
    first, second, third = at("M2", entry(), again, closed)
    assert [first.state, second.state, third.state] == ["overdue", "repeated", "closed"]
    assert second.message == "excepted in RR-1 already, and cannot be renewed"


def test_a_service_out_of_scope_is_judged_by_its_nearest_cell() -> None:
    later = "{M1: {level: L3, gates: {}}, M2: {level: L4, adds: [b]}}"
    [early] = at("M0", entry(opened_in="M2"), plan=later)
    [late] = at("M3", entry(opened_in="M2"), plan=later)
    assert (early.state, early.open) == ("not_in_force", ())
    assert (late.state, len(late.open)) == ("overdue", 4)


def test_repetition_is_by_service_and_place() -> None:
    elsewhere = entry("L4.chaos").replace("shop", "other").replace("RR-1", "RR-3")
    twice = entry("L4.chaos, L4.chaos").replace("RR-1", "RR-2")
    assert repeated(entries(entry(), twice, elsewhere)) == {("RR-2", 0): "RR-1", ("RR-2", 1): "RR-2"}
    assert repeated(workspace().exceptions.values()) == {}


def test_a_sign_off_that_another_entry_covers_makes_none_overdue() -> None:
    plan = "{M0: {level: L4, gates: {}}, M1: {level: L4, adds: [b]}, M2: {level: L4}}"
    model = service(plan=plan, attestations=attested(**WORDS), sign_offs=signed("L3"))
    done = case(model, report("chaos", "a node is lost"))
    delivered = entry("L4.chaos", opened_in="M0")
    going_on = entry("L4.capabilities, 'capability:b'").replace("RR-1", "RR-2")
    rows = register_at("M1", entries(delivered, going_on), {"shop": done}, MILESTONES, AS_OF)
    assert [(row.state, len(row.open)) for row in rows] == [("unneeded", 0), ("in_force", 2)]
    [alone] = register_at("M1", entries(delivered), {"shop": done}, MILESTONES, AS_OF)
    assert (alone.state, alone.open) == ("overdue", ("sign-off:L4",))
