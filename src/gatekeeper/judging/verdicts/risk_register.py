"""List the whole risk register at a milestone: each entry's state and the time left to close it.

Whether an entry is in force or overdue, and when it is due, is decided in `exceptions`.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from gatekeeper.judging.plans.cells import resolve
from gatekeeper.judging.plans.validation import repeated
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.exceptions import cover, covered_by, status_at
from gatekeeper.judging.verdicts.services import judge_service
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.plan import Cell
from gatekeeper.model.register import Registered
from gatekeeper.model.roadmap import Roadmap
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
    rows = []
    for entry in entries:
        earlier = [again[entry.id, i] for i in range(len(entry.delta)) if (entry.id, i) in again]
        case = cases[entry.service]
        whole = entry.model_copy(update={"delta": covered_by(entry, case.rulebook.exceptions)})
        seen, still_open = _state(whole, case, milestone)
        if earlier and seen.state != "closed":
            seen = seen._replace(
                state="repeated", message=f"excepted in {earlier[0]} already, and cannot be renewed"
            )
        rows.append(_with_time(whole, seen, still_open, milestone, milestones, as_of))
    return tuple(rows)


def _state(entry: RegisteredException, case: Case, milestone: str) -> tuple[ExceptionSeen, tuple[str, ...]]:
    """Return an entry's state, and which of its criteria are open.

    A service that is not in scope at the milestone is judged by its nearest cell.
    """
    cell = _nearest(case, milestone)
    [result] = filter(None, [judge_service(case, cell.milestone)])
    by_id = {criterion.rule.id: criterion for criterion in result.criteria}
    levels = cell.level, result.verified_level, result.signed_level
    status = status_at(milestone, case, *levels, has_regressed=result.has_regressed)
    blocking = {name for name, of in by_id.items() if of.blocks}
    blocking |= status.missing_sign_off
    still_open = tuple(name for name in entry.delta if name in blocking)
    return cover([entry], by_id, status).seen[0], still_open


def _nearest(case: Case, milestone: str) -> Cell:
    """Return the cell at the milestone, else the last one before it, else the first."""
    cells = list(resolve(case.service, case.rulebook.scale).values())
    until = [cell for cell in cells if cell.milestone in case.roadmap.until(milestone)]
    return until[-1] if until else cells[0]


def _with_time(
    entry: RegisteredException,
    seen: ExceptionSeen,
    still_open: tuple[str, ...],
    milestone: str,
    milestones: Roadmap,
    as_of: date,
) -> Registered:
    due = milestones.after(entry.opened_in)
    if seen.state == "closed" or due is None:
        return Registered(entry, seen.state, seen.message, still_open, None, None, None, None)
    due_on = milestones[due].exit_date
    return Registered(
        entry,
        seen.state,
        seen.message,
        still_open,
        due,
        due_on,
        (due_on - as_of).days if due_on else None,
        milestones.position(due) - milestones.position(milestone),
    )
