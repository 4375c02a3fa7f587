"""List the whole risk register at a milestone: each entry's state and the time left to close it.

Whether an entry is in force or overdue, and when it is due, is decided in `exceptions`.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from gatekeeper.judging.plans.cells import latest_cell, resolve
from gatekeeper.judging.plans.validation import repeated
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.exceptions import cover, covered_by, status_at
from gatekeeper.judging.verdicts.services import judge_service
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.register import Registered
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.statement import of_exception
from gatekeeper.model.verdict import ExceptionSeen


def register_at(
    milestone: str,
    entries: Sequence[RegisteredException],
    cases: Mapping[str, Case],
    milestones: Roadmap,
    as_of: date,
) -> tuple[Registered, ...]:
    """Return every entry with its state at a milestone; `cases` are the services that have entries."""
    again = repeated(entries)
    states: dict[str, tuple[ExceptionSeen, set[str]]] = {}
    for service in dict.fromkeys(entry.service for entry in entries):
        of_service = [entry for entry in entries if entry.service == service]
        states |= _states(of_service, cases[service], milestone)
    rows = []
    for entry in entries:
        earlier = [again[entry.id, i] for i in range(len(entry.delta)) if (entry.id, i) in again]
        case = cases[entry.service]
        rule = case.rulebook.exceptions
        whole = entry.model_copy(update={"delta": covered_by(entry, rule)})
        seen, blocking = states[entry.id]
        still_open = tuple(name for name in whole.delta if name in blocking and seen.state != "unneeded")
        if earlier and seen.state != "closed":
            seen = seen._replace(
                state="repeated", message=f"excepted in {earlier[0]} already, and cannot be renewed"
            )
        approval = signature_of(of_exception(entry, case.service), case.rulebook, case.service)
        due = milestones.after(entry.opened_in, rule.close_within)
        row = Registered(whole, seen.state, seen.message, still_open, None, None, None, None, approval)
        if due is not None and seen.state != "closed":
            row = _with_time(row, due, milestone, milestones, as_of)
        rows.append(row)
    return tuple(rows)


def _states(
    entries: Sequence[RegisteredException], case: Case, milestone: str
) -> dict[str, tuple[ExceptionSeen, set[str]]]:
    """Return the state of each entry of a service by id, with everything that is open.

    A service that is not in scope at the milestone is judged by its last cell before, else by its first.
    """
    cells = resolve(case.service, case.rulebook.scale)
    cell = latest_cell(cells, case.roadmap, milestone) or next(iter(cells.values()))
    [result] = filter(None, [judge_service(case, cell.milestone)])
    by_id = {criterion.rule.id: criterion for criterion in result.criteria}
    levels = cell.level, result.verified_level, result.signed_level
    status = status_at(milestone, case, *levels, has_regressed=result.has_regressed)
    blocking = {name for name, of in by_id.items() if of.blocks} | status.missing_sign_off
    return {seen.id: (seen, blocking) for seen in cover(entries, by_id, status).seen}


def _with_time(row: Registered, due: str, milestone: str, milestones: Roadmap, as_of: date) -> Registered:
    """Return a row with the time that is left to close it."""
    due_on = milestones[due].exit_date
    return row._replace(
        due=due,
        due_on=due_on,
        days_left=(due_on - as_of).days if due_on else None,
        milestones_left=milestones.position(due) - milestones.position(milestone),
    )
