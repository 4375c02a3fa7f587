"""Exceptions of the risk register: which are in force, which are overdue, and what they cover."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from gatekeeper.model.level import Level
from gatekeeper.model.manifest import milestone_order
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import CriterionResult, ExceptionSeen


class ServiceStatus(NamedTuple):
    """Where a service stands when its exceptions are looked at."""

    milestone: str
    as_of: date
    target: Level
    verified: Level
    signed: Level
    has_lost_ground: bool


class Cover(NamedTuple):
    """What the register does for one service: ids of entries by the criterion they excuse, and the news."""

    excused: Mapping[str, str]
    seen: tuple[ExceptionSeen, ...]


def cover(
    entries: Iterable[RegisteredException], results: Mapping[str, CriterionResult], standing: ServiceStatus
) -> Cover:
    """Look at each entry of a service; `results` are the service's criteria by id, before any excuse."""
    excused: dict[str, str] = {}
    seen = []
    for entry in entries:
        still_open = tuple(
            criterion for criterion in entry.delta if criterion in results and results[criterion].blocks
        )
        exception = _look_at(entry, still_open, standing)
        if exception.state == "in_force":
            excused.update(dict.fromkeys(still_open, entry.id))
        seen.append(exception)
    return Cover(excused, tuple(seen))


def _look_at(
    entry: RegisteredException, still_open: tuple[str, ...], standing: ServiceStatus
) -> ExceptionSeen:
    def is_(state: str, message: str) -> ExceptionSeen:
        return ExceptionSeen(entry.id, state, message, still_open or entry.delta, entry.opened_in)

    judged, opened = milestone_order(standing.milestone), milestone_order(entry.opened_in)
    if entry.closed and entry.closed <= standing.as_of:
        return is_("closed", f"closed on {entry.closed}")
    if entry.opened_on > standing.as_of:
        return is_("not_in_force", f"opened on {entry.opened_on}, after the as-of date")
    if judged < opened:
        return is_("not_in_force", f"opened for {entry.opened_in} only")
    if not still_open:
        return is_("unneeded", "all its criteria hold now: close it")
    if judged > opened:
        return is_("overdue", f"opened in {entry.opened_in}: had to close for the exit of the next milestone")
    if obstacle := _obstacle(standing):
        return is_("not_in_force", obstacle)
    return is_("in_force", f"covers {len(still_open)} open criteria until the next milestone")


def _obstacle(standing: ServiceStatus) -> str | None:
    """An exception ships an L4 target at L3, so L3 must be whole: verified, signed off, and not lost."""
    if standing.target < Level.L4:
        return f"only an L4 target can have one; the target is {standing.target}"
    if standing.has_lost_ground:
        return "a regression, a lapse or an unsigned upgrade cannot be excused"
    if standing.verified < Level.L3:
        return f"every L3 criterion must hold; verified is {standing.verified}"
    if standing.signed < Level.L3:
        return f"L3 must be signed off; signed is {standing.signed}"
    return None


def excuse(results: Iterable[CriterionResult], excused: Mapping[str, str]) -> tuple[CriterionResult, ...]:
    """Return the results with those that the register covers marked as excepted, never as passed."""
    return tuple(
        result._replace(status=Status.EXCEPTED, exception=excused[result.rule.id])
        if result.blocks and result.rule.id in excused
        else result
        for result in results
    )
