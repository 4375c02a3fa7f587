"""What lapses and when, in words and as data."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from gatekeeper.model.forecast import Lapse, Rests
from gatekeeper.reporters.wording.counts import counted, first_few

_MOST_IDS = 6


def together(lapses: Iterable[Lapse]) -> list[list[Lapse]]:
    """Return the lapses, those of one service on one day together; an exception is alone."""
    found: dict[object, list[Lapse]] = {}
    for lapse in lapses:
        is_exception = lapse.rests_on is Rests.EXCEPTION
        key = lapse.service, lapse.rests_on, lapse.lapses_on, lapse.id if is_exception else None
        found.setdefault(key, []).append(lapse)
    return list(found.values())


def lapse_sentence(*lapses: Lapse) -> str:
    """Return what lapses together: `G7.load of shop lapses on 2026-12-19, 12 days before M2's exit date`."""
    lapse, *others = lapses
    if lapse.rests_on is Rests.EXCEPTION:
        by = f", {lapse.holds_until}" if lapse.holds_until else ""
        return f"{lapse.id} of {lapse.service} must be closed for the exit of {lapse.due}{by}"
    one, several = ("binds from", "bind from") if lapse.rests_on is Rests.RULE else ("lapses on", "lapse on")
    ids = first_few([of.id for of in lapses], _MOST_IDS)
    said = f"{ids} of {lapse.service} {several if others else one} {lapse.lapses_on}"
    if lapse.days_before is None:
        return said
    if lapse.days_before == 0:
        return f"{said}, on {lapse.before}'s exit date"
    return f"{said}, {counted(lapse.days_before, 'day')} before {lapse.before}'s exit date"


def nothing_lapses(milestone: str, exit_date: date | None, as_of: date) -> str:
    """Return the sentence for an empty forecast."""
    if exit_date and exit_date >= as_of:
        return f"Nothing lapses before {milestone}'s exit date."
    return "Nothing lapses with time alone."


def as_data(lapse: Lapse) -> dict[str, Any]:
    """Return a lapse as plain data."""
    is_exception = lapse.rests_on is Rests.EXCEPTION
    return {
        "rests_on": lapse.rests_on,
        "criterion": None if is_exception else lapse.id,
        "exception": lapse.id if is_exception else None,
        "service": lapse.service,
        "owner": lapse.owner,
        "holds_until": lapse.holds_until.isoformat() if lapse.holds_until else None,
        "lapses_on": lapse.lapses_on.isoformat() if lapse.lapses_on else None,
        "days_before_exit": lapse.days_before,
        "due": lapse.due,
        "remedy": lapse.remedy,
        "effort": lapse.effort,
    }
