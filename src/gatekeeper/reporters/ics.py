"""`--format ics`: a calendar (RFC 5545) of what lapses, what exceptions are due, and when milestones exit.

Calendar programs match events by their UID. It follows from the workspace, the service and the first
criterion that lapses, not from the day: a run of tests that is repeated moves its event.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID, uuid5

from gatekeeper.model.forecast import Lapse, Rests
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.overview import Overview
from gatekeeper.model.report import Report
from gatekeeper.model.screen import Screen
from gatekeeper.model.verdict import MilestoneResult
from gatekeeper.reporters.text.icalendar import CalendarEvent, calendar
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.wording.counts import first_few
from gatekeeper.reporters.wording.forecast import lapse_sentence, together
from gatekeeper.reporters.wording.verdict import verdict_of_report, verdict_sentence

SHOWS_FORECAST = True
_WITHOUT_ID = UUID("6f2c1d0a-8a5b-4f55-9f0e-6a1d6f3f3c51")
"""Replaces the id of a workspace that has none."""
_MOST_IDS = 2
_MOST_ACTIONS = 5
_MOST_OWNERS = 3


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the calendar of a milestone: until its exit, with the exit dates of all milestones."""
    result = report.result
    whose = ", ".join((*report.filter.owners, *report.filter.services))
    name = f"Readiness {result.label}: {whose}" if whose else f"Readiness {result.label}"
    verdicts = {result.milestone: _verdict(result, verdict_of_report(report))}
    workspace = _namespace(report.workspace)
    events = (
        *_exits(report.roadmap, verdicts, result.as_of, workspace),
        *_lapses(report.forecast, workspace),
    )
    return _written(name, events, result.as_of, workspace)


def calendar_of(overview: Overview) -> str:
    """Return the calendar of all judged milestones; what lapses before the exit of several is in it once."""
    results = {name: of.result for name, of in overview.exits.items()}
    verdicts = {name: _verdict(result, verdict_sentence(result)) for name, result in results.items()}
    workspace = _namespace(overview.workspace)
    events = [*_exits(overview.roadmap, verdicts, overview.as_of, workspace)]
    for exit_ in overview.exits.values():
        events += _lapses(exit_.forecast, workspace)
    return _written("Readiness", events, overview.as_of, workspace)


def _written(name: str, events: Iterable[CalendarEvent], as_of: date, workspace: UUID) -> str:
    """Return events by day, each once; if there are none, one says so, because no calendar may be empty."""
    once: dict[str, CalendarEvent] = {}
    for event in events:
        once.setdefault(event.uid, event)
    if not once:
        line = "No milestone that is still to exit has an `exit_date`, and nothing lapses."
        return calendar(name, [CalendarEvent(_uid(workspace, "none"), as_of, "No dates", (line,))], as_of)
    return calendar(name, sorted(once.values(), key=lambda event: (event.day, event.summary)), as_of)


def _exits(
    roadmap: Mapping[str, Milestone], verdicts: Mapping[str, Sequence[str]], as_of: date, workspace: UUID
) -> Iterator[CalendarEvent]:
    """Yield the exit date of every milestone that has not exited, with its verdict if it was judged."""
    for name, milestone in roadmap.items():
        if milestone.exit_date and not milestone.exited_by(as_of):
            lines = verdicts.get(name, [f"What is open: gatekeeper next --milestone {name}"])
            uid = _uid(workspace, "exit", name)
            yield CalendarEvent(uid, milestone.exit_date, f"Exit date of {milestone.label}", tuple(lines))


def _verdict(result: MilestoneResult, sentence: str) -> list[str]:
    """Return the verdict and the first actions, each with its owners."""
    actions = [
        f"{number}. {action.title} ({first_few(action.owners, _MOST_OWNERS)})"
        for number, action in enumerate(result.actions[:_MOST_ACTIONS], 1)
    ]
    return [f"As of {result.as_of}: {sentence}", *actions]


def _lapses(forecast: Iterable[Lapse], workspace: UUID) -> Iterator[CalendarEvent]:
    """Yield what lapses, on the last day on which it holds, and what begins to bind, on its first day."""
    for lapses in together(forecast):
        lapse = lapses[0]
        day = lapse.lapses_on if lapse.rests_on is Rests.RULE else lapse.holds_until
        if day:
            uid = _uid(workspace, lapse.rests_on, lapse.service, lapse.id)
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


def _namespace(workspace: str | None) -> UUID:
    return UUID(workspace) if workspace else _WITHOUT_ID


def _uid(workspace: UUID, *parts: str) -> str:
    return str(uuid5(workspace, "\n".join(map(visible, parts))))
