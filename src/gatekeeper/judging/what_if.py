"""Find what a change of rules would do: cells, levels and criteria that flip, and the work that follows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from gatekeeper.judging.changes.causes import Side, Verdicts
from gatekeeper.judging.changes.own_rules import Answers, Judged, Rules, differing_criteria, judged_by_both
from gatekeeper.judging.changes.shifts import any_result, by_id
from gatekeeper.judging.outlook.needs import Work, needs
from gatekeeper.judging.verdicts.gates import SharedResults
from gatekeeper.judging.verdicts.milestones import verdict_of
from gatekeeper.judging.verdicts.services import judge_service
from gatekeeper.model.milestone import ExitRecord
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Condition, Literal, Operator, Rule, Rulebook
from gatekeeper.model.status import ServiceVerdict, Status
from gatekeeper.model.verdict import CriterionResult, Outcome, ServiceResult
from gatekeeper.model.what_if import (
    CellFlip,
    CriterionFlip,
    LevelFlip,
    MilestoneShift,
    Today,
    WhatIf,
    WorkItem,
)

_LIMITS = (Operator.AT_LEAST, Operator.AT_MOST)


def what_if(
    services: Sequence[tuple[Side, Side]],
    rules: Rules,
    scope: Sequence[str],
    as_of: date,
    *,
    is_partial: bool,
) -> WhatIf:
    """Return what the second rulebook changes.

    Args:
        services: Each service with its evidence as either rulebook reads it.
        rules: The rules of today, and the changed ones.
        scope: The milestones to judge, in order.
        as_of: The day.
        is_partial: Whether services were left out, so that no milestone as a whole can be judged.
    """
    judged = [_within(one, scope) for one in judged_by_both(services, rules)]
    differing = [one for one in judged if one.by_base]
    flips = tuple(flip for one in differing for flip in _cells(one))
    sides = [side for side, _ in services]
    return WhatIf(
        as_of=as_of,
        effective=None,
        milestones=tuple(scope),
        cells=sum(milestone in side.service.plan for side in sides for milestone in scope),
        flips=flips,
        levels=tuple(flip for one in differing for flip in _level(one)),
        criteria=tuple(flip for one in differing for flip in _criteria(one)),
        shifts=() if is_partial else tuple(_milestones(sides, flips, rules.base, scope)),
        work=_added(differing, [one.by_base for one in differing], [one.by_own for one in differing]),
        freed=_added(differing, [one.by_own for one in differing], [one.by_base for one in differing]),
        today=tuple(_today(judged, rules)),
    )


def _within(one: Judged, scope: Sequence[str]) -> Judged:
    by_base, by_own = (
        {name: result for name, result in of.items() if name in scope} for of in (one.by_base, one.by_own)
    )
    return one._replace(by_base=by_base, by_own=by_own)


def _cells(one: Judged) -> Iterator[CellFlip]:
    service = one.side.service
    for milestone, was in one.by_base.items():
        now = one.by_own[milestone]
        if was.verdict == now.verdict:
            continue
        ids = _blocking(was).keys() ^ _blocking(now).keys()
        told = {reason.message for reason in was.reasons} ^ {reason.message for reason in now.reasons}
        yield CellFlip(
            service.service, service.owner, milestone, was.verdict, now.verdict, tuple(sorted(ids or told))
        )


def levels_once_exited(
    services: Iterable[tuple[Side, Side]], rules: Rules, milestone: str, as_of: date
) -> tuple[LevelFlip, ...]:
    """Return the levels that the second rulebook changes once a milestone has exited.

    Until then, no rule that is effective from it on decides a level.
    """
    record = {"exits": {as_of: ExitRecord(by="what-if")}}

    def exited(side: Side) -> Side:
        then = {milestone: side.roadmap[milestone].model_copy(update=record)}
        return side._replace(roadmap=Roadmap({**side.roadmap, **then}))

    judged = judged_by_both(((exited(side), exited(own)) for side, own in services), rules)
    return tuple(flip for one in judged for flip in _level(one, once=milestone))


def _level(one: Judged, once: str | None = None) -> Iterator[LevelFlip]:
    if not one.by_base:
        return
    was, now = any_result(one.by_base), any_result(one.by_own)
    if was.effective_level != now.effective_level:
        levels = was.effective_level, now.effective_level, now.signed_level
        yield LevelFlip(one.side.service.service, one.side.service.owner, *levels, once)


def _criteria(one: Judged) -> Iterator[CriterionFlip]:
    """Yield each criterion that blocks by one of the rulebooks only, with the milestones at which it does."""
    service = one.side.service
    found: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for milestone, was in one.by_base.items():
        before, after = _blocking(was), _blocking(one.by_own[milestone])
        for name in [*after, *(name for name in before if name not in after)]:
            if (name in before) != (name in after):
                found[name, name in after].append(milestone)
    for (name, blocks), milestones in found.items():
        answers = [by_id(of[milestones[0]]).get(name) for of in (one.by_base, one.by_own)]
        yield CriterionFlip(
            name, service.service, service.owner, tuple(milestones), answers[0], answers[1], blocks
        )


def _blocking(result: ServiceResult) -> Mapping[str, CriterionResult]:
    return {of.rule.id: of for of in result.open_criteria}


def _milestones(
    sides: Iterable[Side], flips: Sequence[CellFlip], base: Rulebook, scope: Iterable[str]
) -> Iterator[MilestoneShift]:
    """Yield each milestone at which a cell flips, with the verdicts that follow for the milestone."""
    shared = SharedResults()
    for milestone in scope:
        flipped = {flip.service: flip for flip in flips if flip.milestone == milestone}
        if not flipped:
            continue
        before: list[ServiceVerdict] = []
        after: list[ServiceVerdict] = []
        for side in sides:
            if flip := flipped.get(side.service.service):
                before.append(flip.before)
                after.append(flip.after)
            elif result := judge_service(side.case(base), milestone, side.entries, shared):
                before.append(result.verdict)
                after.append(result.verdict)
        ready = [sum(of is not ServiceVerdict.BLOCKED for of in verdicts) for verdicts in (before, after)]
        yield MilestoneShift(
            milestone, len(before), ready[0], ready[1], verdict_of(before), verdict_of(after)
        )


def _added(
    services: Sequence[Judged], before: Sequence[Verdicts], after: Sequence[Verdicts]
) -> tuple[WorkItem, ...]:
    """Return the work that services need by the second verdicts and not by the first, each once."""
    found: dict[Work, tuple[dict[str, None], dict[str, None]]] = defaultdict(lambda: ({}, {}))
    for one, was, now in zip(services, before, after, strict=True):
        known = {of for _, work in _work(was) for of in _parts(work)}
        for milestone, work in _work(now):
            if not known.issuperset(_parts(work)):
                names, milestones = found[work._replace(comes_last=False)]
                names[one.side.service.service] = milestones[milestone] = None
    return tuple(
        WorkItem(work.owner, work.step, work.effort, work.criteria, tuple(names), tuple(milestones))
        for work, (names, milestones) in sorted(found.items(), key=lambda item: item[0].owner)
    )


def _work(verdicts: Verdicts) -> Iterator[tuple[str, Work]]:
    for milestone, result in verdicts.items():
        if result.verdict is ServiceVerdict.BLOCKED:
            yield from ((milestone, need.work) for need in needs(result))


def _parts(work: Work) -> Sequence[str]:
    return work.criteria or (work.step,)


class _Seen(NamedTuple):
    """What one service answers to a criterion."""

    service: str
    today: tuple[CriterionResult, ...]
    changed: tuple[CriterionResult, ...]


def _today(judged: Sequence[Judged], rules: Rules) -> Iterator[Today]:
    """Yield for each criterion that differs how many services pass, and which is closest to the threshold."""
    for name in sorted(differing_criteria(rules) or ()):
        rule = rules.own.by_id.get(name)
        if rule and rule.twin:
            continue
        seen = [
            _Seen(one.side.service.service, *(_of(name, answers) for answers in one.answers))
            for one in judged
        ]
        asked = [one for one in seen if one.today or one.changed]
        status = [{result.status for result in one.today or one.changed} for one in asked]
        yield Today(
            name,
            asked=len(asked),
            passing=sum(of == {Status.PASS} for of in status),
            missing=sum(of == {Status.MISSING} for of in status),
            nearest=_nearest(asked, rules.base.by_id.get(name), rule),
        )


def _of(name: str, answers: Answers) -> tuple[CriterionResult, ...]:
    return tuple(
        result
        for (_, id_), result in answers.items()
        if id_ == name and result.status is not Status.NOT_APPLICABLE
    )


def _nearest(asked: Sequence[_Seen], before: Rule | None, after: Rule | None) -> tuple[str, Outcome] | None:
    """Return the outcome of a changed threshold that is closest to it, with its service."""
    versions = (before.versions if before else (), after.versions if after else ())
    old, new = (
        {condition for rule in of for condition in rule.conditions if _is_limit(condition)} for of in versions
    )
    distances = [
        (abs(outcome.actual - outcome.operand), one.service, outcome)
        for one in asked
        for result in one.changed
        for version in (result, result.upcoming or result)
        for outcome in version.outcomes
        if _is_limit(outcome.condition)
        and outcome.condition in new - old
        and isinstance(outcome.actual, int | float)
    ]
    return min(distances, key=lambda found: found[:2])[1:] if distances else None


def _is_limit(condition: Condition) -> bool:
    return condition.operator in _LIMITS and isinstance(condition.operand, Literal)
