"""The work that unblocks an exit: one step per owner and remedy, the most helpful first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gatekeeper.judging.levels import dead_gates, red_gates
from gatekeeper.model.level import Level
from gatekeeper.model.status import Effort, ServiceVerdict
from gatekeeper.model.verdict import CriterionResult, NextStep, ServiceResult

_EFFORTS = tuple(Effort)


class _Need(NamedTuple):
    """Something one service lacks; equal needs of one owner make one step."""

    owner: str
    step: str
    effort: Effort
    criteria: tuple[str, ...]
    excusable: bool
    comes_last: bool = False
    """A signature is worth asking for once there is something to sign."""


def next_steps(milestone: str, services: Iterable[ServiceResult]) -> tuple[NextStep, ...]:
    """Return the steps of all blocked services: those first that finish most services, then the easiest."""
    blocked = [service for service in services if service.verdict is ServiceVerdict.BLOCKED]
    helped: dict[_Need, list[str]] = defaultdict(list)
    finishes: dict[_Need, list[str]] = defaultdict(list)
    for service in blocked:
        needs = list(dict.fromkeys(_needs(service)))
        for need in needs:
            helped[need].append(service.service.service)
        if len(needs) == 1:
            finishes[needs[0]].append(service.service.service)
    steps = [
        (need, _step(need, tuple(names), tuple(finishes.get(need, ())), milestone, len(blocked)))
        for need, names in helped.items()
    ]
    return tuple(step for _, step in sorted(steps, key=_order))


def _order(ranked: tuple[_Need, NextStep]) -> tuple[object, ...]:
    """Ties keep the order of the rulebook, because sorting is stable."""
    need, step = ranked
    return (
        -len(step.unblocks_services),
        need.comes_last,
        -len(step.services),
        _EFFORTS.index(step.effort),
    )


def _step(
    need: _Need, services: tuple[str, ...], finished: tuple[str, ...], milestone: str, blocked: int
) -> NextStep:
    return NextStep(
        step=need.step,
        owner=need.owner,
        effort=need.effort,
        services=services,
        criteria=need.criteria,
        unblocks_services=finished,
        unblocks_milestones=(milestone,) if len(finished) == blocked else (),
        excusable=need.excusable,
    )


def _needs(service: ServiceResult) -> Iterator[_Need]:
    """What a blocked service lacks, in the order in which it is best seen to."""
    owner = service.service.owner
    codes = {reason.code: reason for reason in service.reasons}
    is_signed_on_the_way = "sign-offs-missing" in codes and service.service.level <= service.cell.level
    if (claim := codes.get("unsigned-upgrade")) and not is_signed_on_the_way:
        step = f"Have {service.service.level} signed off, or lower `level:` to {service.signed_level}."
        yield _Need(owner, step, Effort.SMALL, claim.criteria, excusable=False)
    for result in sorted(service.open_criteria, key=_levels_first):
        rule = result.rule
        yield _Need(owner, result.remedy, rule.effort, (rule.id,), _is_excusable(result, service))
    for gate in (*dead_gates(red_gates(service.gates)), *service.held_up_by_gates):
        step = f"Take {gate} out of the plan, or give it something to judge: none of it applies."
        yield _Need(owner, step, Effort.SMALL, (), excusable=False)
    for exception in service.exceptions:
        if exception.state == "overdue":
            step = f"Close the exception {exception.id} once what it covers is delivered."
            yield _Need(owner, step, Effort.SMALL, (), excusable=False, comes_last=True)
    if "sign-offs-missing" in codes:
        roles = ", ".join(service.missing_sign_offs)
        step = f"Get {service.cell.level} signed off by {roles}."
        yield _Need(owner, step, Effort.SMALL, (), excusable=False, comes_last=True)


def _levels_first(result: CriterionResult) -> tuple[bool, Level]:
    """What a level asks comes first, the lowest level before all: the rest builds on it."""
    return result.rule.gate is not None, result.rule.level


def _is_excusable(result: CriterionResult, service: ServiceResult) -> bool:
    has_lost = service.signed_level > service.verified_level
    was_excepted = any(
        result.rule.id in exception.criteria
        for exception in service.exceptions
        if exception.state in ("overdue", "closed")
    )
    return result.rule.level is service.cell.level is Level.L4 and not has_lost and not was_excepted
