"""Decide which exceptions are in force and which are overdue, when they are due, and what they cover."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from gatekeeper.model.level import Level
from gatekeeper.model.manifest import milestone_order
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import CriterionResult, ExceptionSeen


class ServiceStatus(NamedTuple):
    """The milestone and the levels of a service that decide about its exceptions."""

    milestone: str
    as_of: date
    target: Level
    verified: Level
    signed: Level
    has_regressed: bool


class Cover(NamedTuple):
    """For one service: which entry excuses each criterion, and the state of every entry."""

    excused: Mapping[str, str]
    seen: tuple[ExceptionSeen, ...]


class _Terms(NamedTuple):
    """Messages about an entry's state, other than on its dates and criteria; None if one does not apply."""

    premature: str | None
    overdue: str | None
    obstacle: str | None
    in_force: str


def due_milestone(opened_in: str, milestones: Iterable[str]) -> str | None:
    """Return the milestone for whose exit an exception must be closed: the next one; None after the last."""
    opened = milestone_order(opened_in)
    return next((name for name in milestones if milestone_order(name) > opened), None)


def cover(
    entries: Iterable[RegisteredException], results: Mapping[str, CriterionResult], status: ServiceStatus
) -> Cover:
    """Return the state of each entry at a milestone; `results` do not contain exceptions yet."""
    blocking = {name for name, result in results.items() if result.blocks}
    seen = [_state(entry, blocking, status.as_of, _terms_at_milestone(entry, status)) for entry in entries]
    in_force = [(entry.id, name) for entry in seen if entry.state == "in_force" for name in entry.criteria]
    return Cover({name: entry for entry, name in in_force}, tuple(seen))


def at_deployment(
    entry: RegisteredException, blocking: Collection[str], roadmap: Mapping[str, Milestone], as_of: date
) -> ExceptionSeen:
    """Return the state of an entry at the deploy gate: it is in force until the next milestone has exited."""
    due = due_milestone(entry.opened_in, roadmap)
    exited = roadmap[due].exited if due else None
    overdue = _overdue(entry, f"{due}") if exited and exited.on <= as_of else None
    return _state(entry, blocking, as_of, _Terms(None, overdue, None, f"until {due} exits"))


def _terms_at_milestone(entry: RegisteredException, status: ServiceStatus) -> _Terms:
    judged, opened = milestone_order(status.milestone), milestone_order(entry.opened_in)
    return _Terms(
        premature=f"opened for {entry.opened_in} only" if judged < opened else None,
        overdue=_overdue(entry, "the next milestone") if judged > opened else None,
        obstacle=_obstacle(status),
        in_force="covers {count} open criteria until the next milestone",
    )


def _overdue(entry: RegisteredException, due: str) -> str:
    return f"opened in {entry.opened_in}; it had to be closed by the exit of {due}"


def _state(
    entry: RegisteredException, blocking: Collection[str], as_of: date, terms: _Terms
) -> ExceptionSeen:
    still_open = tuple(criterion for criterion in entry.delta if criterion in blocking)
    if entry.closed and entry.closed <= as_of:
        state, message = "closed", f"closed on {entry.closed}"
    elif entry.opened_on > as_of:
        state, message = "not_in_force", f"opened on {entry.opened_on}, after the as-of date"
    elif terms.premature:
        state, message = "not_in_force", terms.premature
    elif not still_open:
        state, message = "unneeded", "all its criteria hold now: close it"
    elif terms.overdue:
        state, message = "overdue", terms.overdue
    elif terms.obstacle:
        state, message = "not_in_force", terms.obstacle
    else:
        state, message = "in_force", terms.in_force.format(count=len(still_open))
    return ExceptionSeen(entry.id, state, message, still_open or entry.delta, entry.opened_in)


def _obstacle(status: ServiceStatus) -> str | None:
    """Return why a service may not have an exception.

    An exception ships an L4 target at L3, so L3 must be verified, signed off and without regression.
    """
    if status.target < Level.L4:
        return f"only an L4 target can have one; the target is {status.target}"
    if status.has_regressed:
        return "a regression, a lapse or an unsigned upgrade cannot be excused"
    if status.verified < Level.L3:
        return f"every L3 criterion must hold; verified is {status.verified}"
    if status.signed < Level.L3:
        return f"L3 must be signed off; signed is {status.signed}"
    return None


def excuse(results: Iterable[CriterionResult], excused: Mapping[str, str]) -> tuple[CriterionResult, ...]:
    """Return the results; those that the register covers become excepted, never passed."""
    return tuple(
        result._replace(status=Status.EXCEPTED, exception=excused[result.rule.id])
        if result.blocks and result.rule.id in excused
        else result
        for result in results
    )
