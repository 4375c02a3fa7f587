"""What lapses and when, in words and as data."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from gatekeeper.model.forecast import Lapse, Rests
from gatekeeper.reporters.wording.counts import counted, first_few

_MOST_IDS = 6
_MOST_NAMED = 3


def together(lapses: Iterable[Lapse], *, by_service: bool = True) -> list[list[Lapse]]:
    """Return the lapses, those of one day and one service (or all) together; an exception is alone."""
    found: dict[object, list[Lapse]] = {}
    for lapse in lapses:
        is_exception = lapse.rests_on is Rests.EXCEPTION
        service = lapse.service if by_service or is_exception else None
        key = service, lapse.rests_on, lapse.lapses_on, lapse.id if is_exception else None
        found.setdefault(key, []).append(lapse)
    return list(found.values())


def day_sentence(*lapses: Lapse) -> str:
    """Return what lapses on one day: `on 2026-12-19, 69 days before: 19 criteria of ledger, 3 of shop`."""
    lapse, services = lapses[0], Counter(lapse.service for lapse in lapses)
    if lapse.rests_on is Rests.EXCEPTION:
        return lapse_sentence(*lapses)
    ahead = f", {counted(lapse.days_before, 'day')} before" if lapse.days_before else ""
    if len(lapses) <= _MOST_NAMED and len(services) == 1:
        what = [f"{', '.join(of.id for of in lapses)} of {lapse.service}"]
    else:
        (first, number), *others = services.most_common()
        what = [f"{counted(number, 'criterion', 'criteria')} of {first}"]
        what += [f"{count:,} of {service}" for service, count in others]
    on = "from" if lapse.rests_on is Rests.RULE else "on"
    return f"{on} {lapse.lapses_on}{ahead}: {first_few(what, _MOST_NAMED)}"


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
