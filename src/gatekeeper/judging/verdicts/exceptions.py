"""Decide which exceptions are in force and which are overdue, when they are due, and what they cover."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.model.level import Level
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import ExceptionRule
from gatekeeper.model.statement import of_exception
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import CriterionResult, ExceptionSeen


class ServiceStatus(NamedTuple):
    """The milestone and the levels of a service that decide about its exceptions."""

    case: Case
    milestone: str
    target: Level
    verified: Level
    signed: Level
    has_regressed: bool

    @property
    def rule(self) -> ExceptionRule:
        """The terms of exceptions."""
        return self.case.rulebook.exceptions

    @property
    def roadmap(self) -> Roadmap:
        """All milestones."""
        return self.case.roadmap

    @property
    def as_of(self) -> date:
        """The day of the verdict."""
        return self.case.as_of

    @property
    def missing_sign_off(self) -> set[str]:
        """The id of the sign-off that every exception covers too, if it is due and missing."""
        return missing_sign_off(self.rule, self.signed) if self.target == self.rule.excuse else set()


def status_at(
    milestone: str, case: Case, target: Level, verified: Level, signed: Level, *, has_regressed: bool
) -> ServiceStatus:
    """Return what decides about the exceptions of a service at a milestone."""
    return ServiceStatus(case, milestone, target, verified, signed, has_regressed)


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
    blocking = {name for name, result in results.items() if result.blocks} | status.missing_sign_off
    terms = [(entry, _terms_at_milestone(entry, status)) for entry in entries]
    seen = _states(terms, blocking, status.rule, status.as_of)
    in_force = [(entry.id, name) for entry in seen if entry.state == "in_force" for name in entry.criteria]
    return Cover({name: entry for entry, name in in_force}, seen)


def missing_sign_off(rule: ExceptionRule, signed: Level) -> set[str]:
    """Return the id of the sign-off that every exception covers too, if it is missing."""
    return {rule.sign_off} if signed < rule.excuse else set()


def at_deployment(
    entries: Iterable[tuple[RegisteredException, ServiceStatus]],
    blocking: Collection[str],
    case: Case,
    *,
    is_due: bool,
) -> tuple[ExceptionSeen, ...]:
    """Return the state of each entry at the deploy gate: it is in force until its last milestone has exited.

    The status of an entry is that at the milestone in which it was opened. Once the excused level is due, an
    entry does not count before its milestone: it would extend the time that an earlier one had.
    """
    terms = [(entry, _terms_at_deployment(entry, status, is_due=is_due)) for entry, status in entries]
    return _states(terms, blocking, case.rulebook.exceptions, case.as_of)


def _terms_at_milestone(entry: RegisteredException, status: ServiceStatus) -> _Terms:
    judged = status.roadmap.position(status.milestone)
    opened = status.roadmap.position(entry.opened_in)
    within = status.rule.close_within
    due = status.roadmap.after(entry.opened_in, within)
    until = "the next milestone" if within == 1 else f"{due}"
    return _Terms(
        premature=_premature(entry.opened_in) if judged < opened else None,
        overdue=_overdue(entry.opened_in, until) if due and judged >= status.roadmap.position(due) else None,
        obstacle=_obstacle(status) or _objection_to_approval(entry, status.case),
        in_force=f"covers {{what}} until {until}",
    )


def _terms_at_deployment(entry: RegisteredException, status: ServiceStatus, *, is_due: bool) -> _Terms:
    opened_in, roadmap, as_of = status.milestone, status.roadmap, status.as_of
    before, due = roadmap.before(opened_in), roadmap.after(opened_in, status.rule.close_within)
    is_early = is_due and before is not None and not roadmap.has_passed(before, as_of)
    is_over = due is not None and roadmap.has_passed(due, as_of)
    return _Terms(
        premature=_premature(opened_in) if is_early else _wrong_target(status),
        overdue=_overdue(opened_in, f"{due}") if is_over else None,
        obstacle=_obstacle(status) or _objection_to_approval(entry, status.case),
        in_force=f"until {due} exits",
    )


def _premature(opened_in: str) -> str:
    return f"opened for {opened_in} only"


def _overdue(opened_in: str, due: str) -> str:
    return f"opened in {opened_in}; it had to be closed by the exit of {due}"


def _states(
    terms: Sequence[tuple[RegisteredException, _Terms]],
    blocking: Collection[str],
    rule: ExceptionRule,
    as_of: date,
) -> tuple[ExceptionSeen, ...]:
    """Return the state of each entry; none is overdue for a sign-off alone that one in force covers."""
    seen = [_state(entry, of, blocking, rule, as_of) for entry, of in terms]
    if all(one.state != "in_force" for one in seen):
        return tuple(seen)
    criteria = set(blocking) - {rule.sign_off}
    return tuple(
        _state(entry, of, criteria, rule, as_of) if one.state == "overdue" else one
        for one, (entry, of) in zip(seen, terms, strict=True)
    )


def _state(
    entry: RegisteredException, terms: _Terms, blocking: Collection[str], rule: ExceptionRule, as_of: date
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
    act = "sign-off" if rule.has_sign_offs else "claim"
    return f"{criteria} open criteria" if criteria else f"the {act} of {rule.excuse}"


def _obstacle(status: ServiceStatus) -> str | None:
    """Return why a service may not have an exception.

    The level at which it ships must be verified, signed off and without regression.
    """
    ship_at, has_sign_offs = status.rule.ship_at, status.rule.has_sign_offs
    if wrong := _wrong_target(status):
        return wrong
    if status.has_regressed:
        lost = "a regression, a lapse or an unsigned upgrade" if has_sign_offs else "a regression or a lapse"
        return f"{lost} cannot be excused"
    if status.verified < ship_at:
        return f"every criterion of {ship_at} must hold; verified is {status.verified}"
    if status.signed < ship_at:
        done = "signed off; signed" if has_sign_offs else "claimed; claimed"
        return f"{ship_at} must be {done} is {status.signed}"
    return None


def _objection_to_approval(entry: RegisteredException, case: Case) -> str | None:
    why = signature_of(of_exception(entry, case.service), case.rulebook, case.service).why
    return f"the approval by {entry.approved_by} does not count: {why}" if why else None


def _wrong_target(status: ServiceStatus) -> str | None:
    if status.target == status.rule.excuse:
        return None
    return f"only a target of {status.rule.excuse} can have one; the target is {status.target}"


def excuse(results: Iterable[CriterionResult], excused: Mapping[str, str]) -> tuple[CriterionResult, ...]:
    """Return the results; those that the register covers become excepted, never passed.

    An entry that covers a criterion covers its twin in a level too.
    """
    return tuple(_excused(result, excused) for result in results)


def _excused(result: CriterionResult, excused: Mapping[str, str]) -> CriterionResult:
    entry = excused.get(result.rule.id) or excused.get(result.rule.twin or "")
    if entry is None or not result.blocks:
        return result
    return result._replace(status=Status.EXCEPTED, exception=entry)
