"""`--format ics`: a calendar (RFC 5545) of what lapses, what exceptions are due, and when milestones exit.

Calendar programs match events by their UID. It follows from the workspace, the service and the first
criterion that lapses, not from the day: a run of tests that is repeated moves its event.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID, uuid5

from gatekeeper.model.forecast import Lapse, Rests
from gatekeeper.model.report import Report, Screen
from gatekeeper.reporters.text.icalendar import CalendarEvent, calendar
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.wording.counts import first_few
from gatekeeper.reporters.wording.forecast import lapse_sentence, nothing_lapses, together
from gatekeeper.reporters.wording.verdict import verdict_of_report

SHOWS_FORECAST = True
_WITHOUT_ID = UUID("6f2c1d0a-8a5b-4f55-9f0e-6a1d6f3f3c51")
"""Replaces the id of a workspace that has none."""
_MOST_IDS = 2
_MOST_ACTIONS = 5


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the calendar; if nothing is ahead, one event says so, because no calendar may be empty."""
    whose = ", ".join((*report.filter.owners, *report.filter.services))
    name = f"Readiness {report.result.label}"
    events = sorted((*_exits(report), *_lapses(report)), key=lambda event: (event.day, event.summary))
    return calendar(f"{name}: {whose}" if whose else name, events or [_nothing(report)], report.result.as_of)


def _exits(report: Report) -> Iterator[CalendarEvent]:
    """Yield the exit date of every milestone that has not exited."""
    for milestone in report.roadmap.values():
        if milestone.exit_date and not milestone.exited_by(report.result.as_of):
            id_ = milestone.milestone
            is_judged = id_ == report.result.milestone
            lines = _verdict(report) if is_judged else (f"What is open: gatekeeper next --milestone {id_}",)
            uid = _uid(report, "exit", id_)
            yield CalendarEvent(uid, milestone.exit_date, f"Exit date of {milestone.label}", tuple(lines))


def _verdict(report: Report) -> Iterator[str]:
    """Yield the verdict and the first actions with those who do them."""
    yield f"As of {report.result.as_of}: {verdict_of_report(report)}"
    for number, action in enumerate(report.result.actions[:_MOST_ACTIONS], 1):
        who = ", ".join(action.roles or action.owners)
        yield f"{number}. {action.title} ({who})"


def _lapses(report: Report) -> Iterator[CalendarEvent]:
    """Yield what lapses, on the last day on which it holds, and what begins to bind, on its first day."""
    for lapses in together(report.forecast):
        lapse = lapses[0]
        binds = lapse.rests_on is Rests.RULE
        day = lapse.lapses_on if binds else lapse.holds_until
        if day:
            uid = _uid(report, lapse.rests_on, lapse.service, lapse.id)
            yield CalendarEvent(uid, day, _summary(lapses), tuple(_description(lapses)))


def _summary(lapses: Sequence[Lapse]) -> str:
    ids = first_few([lapse.id for lapse in lapses], _MOST_IDS)
    match lapses[0].rests_on:
        case Rests.EXCEPTION:
            said = f"close {ids}"
        case Rests.RULE:
            said = f"{ids} begins to bind" if len(lapses) == 1 else f"{ids} begin to bind"
        case _:
            said = f"last day of {ids}"
    return f"{lapses[0].service}: {said}"


def _description(lapses: Sequence[Lapse]) -> Iterator[str]:
    """Yield what lapses, who is concerned, and what to do, each sentence once."""
    yield f"{lapse_sentence(*lapses)}."
    yield f"Owner: {lapses[0].owner}"
    yield from dict.fromkeys(lapse.remedy for lapse in lapses)


def _nothing(report: Report) -> CalendarEvent:
    result = report.result
    judged = report.roadmap.get(result.milestone)
    said = nothing_lapses(result.milestone, judged.exit_date if judged else None, result.as_of)
    line = "No milestone that is still to exit has an `exit_date`."
    return CalendarEvent(_uid(report, "nothing"), result.as_of, "Nothing is due", (said, line))


def _uid(report: Report, *parts: str) -> str:
    namespace = UUID(report.workspace) if report.workspace else _WITHOUT_ID
    return str(uuid5(namespace, "\n".join(map(visible, parts))))
