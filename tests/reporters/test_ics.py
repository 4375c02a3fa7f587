"""The calendar: read by a library, the same tomorrow, and no text adds a property or an event."""

from collections.abc import Mapping
from datetime import date

import icalendar
import pytest
from hypothesis import given

import gatekeeper
from builders.hostile import HOSTILE, TEXTS
from builders.reports import SCREEN, hostile, pilot, with_dates
from builders.workspaces import PILOT
from gatekeeper.model.forecast import Rests
from gatekeeper.model.report import Report
from gatekeeper.reporters import ics


def events(report: Report) -> list[icalendar.Component]:
    """Return the events of a calendar; whatever the standard forbids is refused."""
    text = ics.render(report, SCREEN)
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    calendar = icalendar.Calendar.from_ical(text)
    assert calendar.errors == []
    found = calendar.walk("VEVENT")
    assert all(set(event) == PROPERTIES and event.errors == [] for event in found)
    assert len({event["UID"] for event in found}) == len(found)
    return found


PROPERTIES = {"UID", "DTSTAMP", "DTSTART", "TRANSP", "SUMMARY", "DESCRIPTION"}


def by_summary(report: Report) -> Mapping[str, icalendar.Component]:
    return {str(event["SUMMARY"]): event for event in events(report)}


def test_the_calendar_has_exits_lapses_and_exceptions_on_their_last_day() -> None:
    found = [(event.decoded("DTSTART"), str(event["SUMMARY"])) for event in events(with_dates("M3"))]
    assert found == [
        (date(2026, 12, 11), "Exit date of M1 (Internal preview)"),
        (date(2026, 12, 18), "payments-service: last day of G7.peak-load, G8.isolation and 2 more"),
        (date(2027, 2, 16), "payments-service: last day of G7.cold-and-warm, L3.slo-targets"),
        (date(2027, 2, 26), "Exit date of M2 (First customers)"),
        (date(2027, 5, 28), "Exit date of M3 (General availability of payments)"),
        (date(2027, 8, 27), "Exit date of M4 (Everything else)"),
        (date(2027, 8, 27), "payments-service: close RR-1"),
    ]


def test_an_event_says_what_to_do_and_who_does_it() -> None:
    lapse = str(by_summary(with_dates("M3"))["payments-service: close RR-1"]["DESCRIPTION"]).split("\n")
    assert lapse == [
        "RR-1 of payments-service must be closed for the exit of M4, 2027-08-27.",
        "Owner: team-payments",
        "Deliver L4.capabilities, L4.chaos, capability:instalments, sign-off:L4 and close the exception.",
    ]
    exit_ = str(by_summary(with_dates("M1"))["Exit date of M1 (Internal preview)"]["DESCRIPTION"]).split("\n")
    assert exit_[0] == "As of 2026-11-20: M1 (Internal preview) is blocked by 3 of 4 services."
    assert exit_[1].startswith("1. Fix ")
    assert exit_[1].endswith(" (team-notifications)")
    assert len(exit_) == 6


def test_few_of_many_owners_are_named() -> None:
    report = with_dates("M1")
    [action, *_] = report.result.actions
    shares = tuple(action.shares[0]._replace(owner=f"team-{n}") for n in range(80))
    result = report.result._replace(actions=(action._replace(shares=shares),))
    exit_ = by_summary(report._replace(result=result))["Exit date of M1 (Internal preview)"]
    assert str(exit_["DESCRIPTION"]).endswith("(team-0, team-1, team-2 and 77 more)")


def test_a_run_that_is_repeated_moves_its_event() -> None:
    before = with_dates("M3")
    days = {date(2026, 12, 18): date(2027, 1, 15)}
    after = before._replace(
        forecast=tuple(
            lapse._replace(holds_until=days.get(lapse.holds_until or date.max, lapse.holds_until))
            for lapse in before.forecast
        )
    )
    found = [{str(event["UID"]): event.decoded("DTSTART") for event in events(of)} for of in (before, after)]
    assert found[0].keys() == found[1].keys()
    assert {found[1][uid] for uid, day in found[0].items() if day in days} == set(days.values())
    elsewhere = {str(event["UID"]) for event in events(before._replace(workspace=None))}
    assert not found[0].keys() & elsewhere


def test_a_rule_is_shown_on_the_first_day_on_which_it_binds() -> None:
    report = with_dates("M3")
    rule = report.forecast[0]._replace(
        rests_on=Rests.RULE, id="G1.new", service="a;b, c\\n", holds_until=date(2026, 12, 31)
    )
    report = report._replace(forecast=(rule,))
    assert by_summary(report)["a;b, c\\n: G1.new begins to bind"].decoded("DTSTART") == date(2027, 1, 1)
    assert r"SUMMARY:a\;b\, c\\n: G1.new begins to bind" in ics.render(report, SCREEN)


def test_an_exited_milestone_is_no_longer_ahead() -> None:
    assert "Exit date of M0 (Walking skeleton)" not in by_summary(with_dates("M1"))


def test_the_calendar_of_all_milestones_has_what_each_has_once() -> None:
    overview = gatekeeper.open(PILOT).overview(as_of=date(2026, 11, 20))
    found = icalendar.Calendar.from_ical(ics.calendar_of(overview)).walk("VEVENT")
    uids = [str(event["UID"]) for event in found]
    assert len(set(uids)) == len(uids)
    for milestone in ("M1", "M3"):
        assert {str(event["UID"]) for event in events(with_dates(milestone))} <= set(uids)
    exits = [str(event["DESCRIPTION"]) for event in found if str(event["SUMMARY"]).startswith("Exit date")]
    assert len(exits) == 4
    assert all(text.startswith("As of 2026-11-20: M") for text in exits)


def test_a_calendar_without_dates_says_so() -> None:
    [event] = events(pilot("M1"))
    assert event.decoded("DTSTART") == date(2026, 11, 20)
    assert str(event["DESCRIPTION"]).endswith("has an `exit_date`, and nothing lapses.")


@pytest.mark.long
@pytest.mark.parametrize("milestone", ["M1", "M3"])
@HOSTILE
@given(texts=TEXTS)
def test_no_text_adds_a_property_or_an_event(texts: list[str], milestone: str) -> None:
    report = with_dates(milestone)
    text = ics.render(hostile(report, texts), SCREEN)
    assert text.count("\r\nBEGIN:VEVENT\r\n") == len(icalendar.Calendar.from_ical(text).walk("VEVENT"))
    assert {
        line for event in icalendar.Calendar.from_ical(text).walk("VEVENT") for line in event
    } == PROPERTIES
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
