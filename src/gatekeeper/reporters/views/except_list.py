"""`except list`: every exception of the risk register, its state, and the time it has left."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from gatekeeper.model.milestone import Milestone
from gatekeeper.model.register import Registered
from gatekeeper.model.rule import ExceptionRule
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import Status
from gatekeeper.reporters.text.screen import Part, Parts, grid, indented, item, shown, sign
from gatekeeper.reporters.wording.statements import approved_by
from gatekeeper.reporters.wording.verdict import spaced

_SIGNS = {
    "in_force": Status.EXCEPTED,
    "overdue": Status.FAIL,
    "repeated": Status.FAIL,
    "unneeded": Status.STALE,
    "closed": Status.PASS,
    "not_in_force": Status.NOT_APPLICABLE,
}
_STEPS = {
    "in_force": "Deliver what is open, and close the exception for the exit of {due}.",
    "overdue": "Deliver what is open, then: gatekeeper except close {id}",
    "repeated": "Deliver what is open, and remove {id} from the register.",
    "unneeded": "gatekeeper except close {id}",
}


def data(rows: Sequence[Registered], milestone: Milestone, as_of: date) -> dict[str, Any]:
    """Return the register as plain data."""
    return {
        "milestone": milestone.milestone,
        "milestone_name": milestone.name,
        "as_of": as_of.isoformat(),
        "exceptions": [_entry(row) for row in rows],
    }


def _entry(row: Registered) -> dict[str, Any]:
    return {
        **row.entry.model_dump(mode="json"),
        "state": row.state,
        "message": row.message,
        "open": row.open,
        "due": row.due,
        "due_on": row.due_on,
        "days_left": row.days_left,
        "milestones_left": row.milestones_left,
    }


def parts(
    rows: Sequence[Registered], milestone: Milestone, as_of: date, rule: ExceptionRule, screen: Screen
) -> Parts:
    """Yield a row for each exception, and below them the details of each."""
    states = Counter(spaced(row.state) for row in rows)
    summary = ", ".join(f"{count} {state}" for state, count in states.items()) or "the register is empty"
    yield f"[bold]{shown(milestone.title)}[/]  as of {as_of}  {summary}"
    if not rows:
        return
    yield ""
    yield _table(rows, screen)
    yield "left: days and milestones until that exit"
    for row in rows:
        yield ""
        entry = row.entry
        yield indented(f"[bold]{shown(entry.id)}[/]  {shown(row.message)}", 2)
        yield indented(f"{shown(', '.join(rule.in_words(entry.delta)))}", 4)
        yield indented(f"opened in {entry.opened_in} on {entry.opened_on}", 4)
        yield indented(f"owner {shown(entry.owner)}, {shown(approved_by(row))}", 4)
        yield indented(shown(entry.link), 4)
        if step := _STEPS.get(row.state):
            yield item("→", shown(step.format(id=entry.id, due=row.due)), 4)


def _table(rows: Sequence[Registered], screen: Screen) -> Part:
    table = grid(screen, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    for title in ("id", "service", "state", "close for", "left", "open"):
        table.add_column(title, overflow="fold", no_wrap=title in ("state", "left", "open"))
    for row in rows:
        entry, is_idle = row.entry, row.state == "not_in_force" and not row.open
        table.add_row(
            sign(_SIGNS[row.state], screen),
            shown(entry.id),
            shown(entry.service),
            spaced(row.state),
            " ".join(str(of) for of in (row.due, row.due_on) if of) or "-",
            _left(row),
            "-" if is_idle else f"{len(row.open)} of {len(entry.delta)}",
        )
    return table


def _left(row: Registered) -> str:
    given = ((row.days_left, "d"), (row.milestones_left, "M"))
    return ", ".join(f"{count:,} {unit}" for count, unit in given if count is not None) or "-"
