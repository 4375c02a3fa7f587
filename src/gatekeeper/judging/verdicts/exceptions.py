"""Decide which exceptions are in force and which are overdue, when they are due, and what they cover."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from gatekeeper.judging.verdicts.case import Case
from gatekeeper.model.level import Level
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import ExceptionRule
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import CriterionResult, ExceptionSeen


class ServiceStatus(NamedTuple):
    """The milestone and the levels of a service that decide about its exceptions."""

    rule: ExceptionRule
    roadmap: Roadmap
    milestone: str
    as_of: date
    target: Level
    verified: Level
    signed: Level
    has_regressed: bool

    @property
    def missing_sign_off(self) -> set[str]:
        """The id of the sign-off that every exception covers too, if it is due and missing."""
        return missing_sign_off(self.rule, self.signed) if self.target == self.rule.excuse else set()


def status_at(
    milestone: str, case: Case, target: Level, verified: Level, signed: Level, *, has_regressed: bool
) -> ServiceStatus:
    """Return what decides about the exceptions of a service at a milestone."""
    rule = case.rulebook.exceptions
    return ServiceStatus(rule, case.roadmap, milestone, case.as_of, target, verified, signed, has_regressed)


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


def cover(
    entries: Iterable[RegisteredException], results: Mapping[str, CriterionResult], status: ServiceStatus
) -> Cover:
    """Return the state of each entry at a milestone; `results` do not contain exceptions yet."""
    blocking = {name for name, result in results.items() if result.blocks}
    blocking |= status.missing_sign_off
    seen = [
        _state(entry, status.rule, blocking, status.as_of, _terms_at_milestone(entry, status))
        for entry in entries
    ]
    in_force = [(entry.id, name) for entry in seen if entry.state == "in_force" for name in entry.criteria]
    return Cover({name: entry for entry, name in in_force}, tuple(seen))


def missing_sign_off(rule: ExceptionRule, signed: Level) -> set[str]:
    """Return the id of the sign-off that every exception covers too, if it is missing."""
    return {rule.sign_off} if signed < rule.excuse else set()


def at_deployment(entry: RegisteredException, blocking: Collection[str], case: Case) -> ExceptionSeen:
    """Return the state of an entry at the deploy gate: it is in force until the next milestone has exited."""
    due = case.roadmap.after(entry.opened_in)
    has_exited = due is not None and case.roadmap.has_exited(due, case.as_of)
    overdue = _overdue(entry, f"{due}") if has_exited else None
    terms = _Terms(None, overdue, None, f"until {due} exits")
    return _state(entry, case.rulebook.exceptions, blocking, case.as_of, terms)


def _terms_at_milestone(entry: RegisteredException, status: ServiceStatus) -> _Terms:
    judged = status.roadmap.position(status.milestone)
    opened = status.roadmap.position(entry.opened_in)
    return _Terms(
        premature=f"opened for {entry.opened_in} only" if judged < opened else None,
        overdue=_overdue(entry, "the next milestone") if judged > opened else None,
        obstacle=_obstacle(status),
        in_force="covers {what} until the next milestone",
    )


def _overdue(entry: RegisteredException, due: str) -> str:
    return f"opened in {entry.opened_in}; it had to be closed by the exit of {due}"


def _state(
    entry: RegisteredException, rule: ExceptionRule, blocking: Collection[str], as_of: date, terms: _Terms
) -> ExceptionSeen:
    still_open = tuple(name for name in covered_by(entry, rule) if name in blocking)
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
        state, message = "in_force", terms.in_force.format(what=_what(still_open, rule))
    return ExceptionSeen(entry.id, state, message, still_open or entry.delta, entry.opened_in)


def covered_by(entry: RegisteredException, rule: ExceptionRule) -> tuple[str, ...]:
    """Return everything that an entry covers: what it lists, and always the sign-off of the excused level."""
    return (*entry.delta, *({rule.sign_off} - set(entry.delta)))


def _what(still_open: Collection[str], rule: ExceptionRule) -> str:
    criteria = len(set(still_open) - {rule.sign_off})
    return f"{criteria} open criteria" if criteria else f"the sign-off of {rule.excuse}"


def _obstacle(status: ServiceStatus) -> str | None:
    """Return why a service may not have an exception.

    The level at which it ships must be verified, signed off and without regression.
    """
    excuse, ship_at = status.rule
    if status.target != excuse:
        return f"only a target of {excuse} can have one; the target is {status.target}"
    if status.has_regressed:
        return "a regression, a lapse or an unsigned upgrade cannot be excused"
    if status.verified < ship_at:
        return f"every criterion of {ship_at} must hold; verified is {status.verified}"
    if status.signed < ship_at:
        return f"{ship_at} must be signed off; signed is {status.signed}"
    return None


def excuse(results: Iterable[CriterionResult], excused: Mapping[str, str]) -> tuple[CriterionResult, ...]:
    """Return the results; those that the register covers become excepted, never passed."""
    return tuple(
        result._replace(status=Status.EXCEPTED, exception=excused[result.rule.id])
        if result.blocks and result.rule.id in excused
        else result
        for result in results
    )
