"""Write a calendar of all-day events in iCalendar (RFC 5545, RFC 7986)."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from gatekeeper.reporters.text.screen import visible

_LONGEST_LINE = 75
"""In bytes, without the line break (RFC 5545, section 3.1)."""
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,"})


class CalendarEvent(NamedTuple):
    """An event that lasts one day; its texts may be untrusted."""

    uid: str
    """Identifies it in every version of the calendar."""
    day: date
    summary: str
    description: tuple[str, ...]
    """The lines of its text."""


def calendar(name: str, events: Iterable[CalendarEvent], written_on: date) -> str:
    """Return events as a calendar; its time stamp is the start of a day, so that it is always the same."""
    return "".join(f"{_folded(line)}\r\n" for line in _lines(name, events, f"{_day(written_on)}T000000Z"))


def _lines(name: str, events: Iterable[CalendarEvent], stamp: str) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield "PRODID:-//gatekeeper//readiness//EN"
    yield "CALSCALE:GREGORIAN"
    yield f"NAME:{_text(name)}"
    yield f"X-WR-CALNAME:{_text(name)}"  # what most programs read instead of NAME
    yield "REFRESH-INTERVAL;VALUE=DURATION:P1D"
    for event in events:
        yield "BEGIN:VEVENT"
        yield f"UID:{event.uid}"
        yield f"DTSTAMP:{stamp}"
        yield f"DTSTART;VALUE=DATE:{_day(event.day)}"  # without an end, it lasts one day
        yield "TRANSP:TRANSPARENT"  # nobody is busy all day because of it
        yield f"SUMMARY:{_text(event.summary)}"
        yield f"DESCRIPTION:{_text(*event.description)}"
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def _text(*lines: str) -> str:
    """Return untrusted lines as one value; `visible` leaves no line break of their own."""
    return "\\n".join(visible(line).translate(_ESCAPES) for line in lines)


def _folded(line: str) -> str:
    """Return a line in pieces that are short enough; no character is split."""
    pieces, room = [""], _LONGEST_LINE
    for character in line:
        size = len(character.encode())
        if size > room:
            pieces.append(" ")
            room = _LONGEST_LINE - 1
        pieces[-1] += character
        room -= size
    return "\r\n".join(pieces)
