"""Find what was lost: a criterion, a gate or a signed level that held; and what is claimed without it."""

from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from gatekeeper.judging.changes.causes import Causes, Results, Side, Verdicts
from gatekeeper.judging.changes.manifest_changes import former_names
from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.judging.changes.shifts import (
    any_result,
    common,
    dead_gates,
    is_not_red,
    level_regression,
    shifts,
)
from gatekeeper.judging.verdicts import sign_offs
from gatekeeper.model.changes import Cause, Change, ChangeKind, ManifestPlace
from gatekeeper.model.level import Level
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.status import GateStatus, Status
from gatekeeper.model.verdict import CriterionResult, Reason, ServiceResult

_HELD = frozenset({Status.PASS, Status.EXCEPTED, Status.NOT_APPLICABLE})


def regressions(pair: ServicePair, before: Verdicts, after: Verdicts, causes: Causes) -> Iterator[Change]:
    """Yield the criteria and gates that held at a milestone and are open."""
    yield from _lost_criteria(pair, before, after, causes)
    yield from _dead_gates_now(pair, before, after, causes)


def lost_level(pair: ServicePair, before: Results, after: Results, causes: Causes) -> Iterator[Change]:
    """Yield that a signed level no longer holds, unless that was so before."""
    was, now = any_result(before), any_result(after)
    reason, regressed_before = level_regression(now), level_regression(was)
    if reason and (
        regressed_before is None
        or now.verified_level < was.verified_level
        or now.signed_level > was.signed_level
    ):
        cause = causes.of(lambda results: level_regression(any_result(results)) is None)
        yield _level_change(pair.name, now, reason, cause, pair.where("sign_offs"))


def _level_change(
    name: str, result: ServiceResult, reason: Reason, cause: Cause, where: ManifestPlace
) -> Change:
    level = str(result.signed_level)
    return Change(
        ChangeKind.REGRESSION,
        f"{name}:signed-level:{level}",
        reason.message,
        cause,
        name,
        blocks=True,
        where=where,
    )


def new_service(head: Side, rulebook: Rulebook, file: str) -> Iterator[Change]:
    """Yield that a service is new, and the levels that it claims or signs without holding them."""
    name, where = head.service.service, ManifestPlace(file)
    yield Change(
        ChangeKind.NOTE, f"{name}:new", "it is new in the plan", Cause.DECLARATION, name, where=where
    )
    yield from former_names(ServicePair(head.service, head.service, file), [()])
    level = next(iter(head.judged(rulebook).values()))
    if reason := level_regression(level):
        yield _level_change(name, level, reason, Cause.GOVERNANCE, ManifestPlace(file, ("sign_offs",)))
    yield from upgrade(head, rulebook.scale.lowest, rulebook, ManifestPlace(file, ("level",)))


def upgrade(head: Side, before: Level, rulebook: Rulebook, where: ManifestPlace) -> Iterator[Change]:
    """Yield an upgrade if a service claims a higher level, with the missing sign-offs."""
    service, claimed = head.service, rulebook.scale.claimed(head.service.level)
    if claimed <= before:
        return
    lacking = sign_offs.lacking_sign_offs(head.case(rulebook), claimed)
    lacks = tuple(f"{role} ({why})" if why else role for role, why in lacking.items())
    is_signed = sign_offs.signed_level(head.case(rulebook)) >= claimed
    yield Change(
        ChangeKind.UPGRADE,
        f"{service.service}:level:{before}->{claimed}",
        f"it claims {claimed} instead of {before}",
        Cause.GOVERNANCE,
        service.service,
        blocks=not is_signed,
        lacks=() if is_signed else lacks,
        where=where,
    )


def _lost_criteria(pair: ServicePair, before: Verdicts, after: Verdicts, causes: Causes) -> Iterator[Change]:
    """Yield the criteria that held and are open."""
    for shift in shifts(before, after, _no_longer_holds):
        cause = causes.of(shift.is_closed)
        if shift.was.status is Status.NOT_APPLICABLE and cause is Cause.PLAN:
            continue  # the plan asks for it now: new work, not a regression
        yield shift.change(pair, ChangeKind.REGRESSION, cause)


def _no_longer_holds(was: CriterionResult, now: CriterionResult | None) -> bool:
    return now is not None and now.blocks and was.status in _HELD


def _dead_gates_now(pair: ServicePair, before: Verdicts, after: Verdicts, causes: Causes) -> Iterator[Change]:
    """Yield gates that turned red without an open criterion."""
    dead: dict[str, list[str]] = defaultdict(list)
    for milestone, was, now in common(before, after):
        held = {gate.gate for gate in was.gates if gate.status in (GateStatus.GREEN, GateStatus.AMBER)}
        for name in sorted(held & dead_gates(now)):
            dead[name].append(milestone)
    for name, milestones in dead.items():
        yield Change(
            ChangeKind.REGRESSION,
            f"{pair.name}:{name}",
            f"{name} was green and is red: none of its criteria applies",
            causes.of(partial(is_not_red, milestones=milestones, name=name)),
            pair.name,
            tuple(milestones),
            blocks=True,
            where=pair.where("plan", milestones[0]),
        )
