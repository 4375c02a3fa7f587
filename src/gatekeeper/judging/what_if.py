"""Find what a change of rules would do: cells, levels and criteria that flip, and the work that follows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

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
    sides = [side for side, _ in services]
    flips: list[CellFlip] = []
    levels: list[LevelFlip] = []
    criteria: list[CriterionFlip] = []
    work, freed, today = _Works(), _Works(), _answered(rules)
    for one in judged_by_both(services, rules):
        for criterion in today:
            criterion.add(one)
        levels += _level(one)
        within = _within(one, scope)
        flips += _cells(within)
        criteria += _criteria(within)
        work.add(within.side.service.service, within.by_base, within.by_own)
        freed.add(within.side.service.service, within.by_own, within.by_base)
    return WhatIf(
        as_of=as_of,
        effective=None,
        milestones=tuple(scope),
        cells=sum(milestone in side.service.plan for side in sides for milestone in scope),
        flips=tuple(flips),
        levels=tuple(levels),
        criteria=tuple(criteria),
        shifts=() if is_partial else tuple(_milestones(sides, flips, rules.base, scope)),
        work=work.items(),
        freed=freed.items(),
        today=tuple(criterion.result() for criterion in today),
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


class _Works:
    """The work that services need by the second verdicts and not by the first, each once."""

    def __init__(self) -> None:
        self._found: dict[Work, tuple[dict[str, None], dict[str, None]]] = defaultdict(lambda: ({}, {}))

    def add(self, service: str, before: Verdicts, after: Verdicts) -> None:
        known = {part for _, work in _work(before) for part in _parts(work)}
        for milestone, work in _work(after):
            if not known.issuperset(_parts(work)):
                services, milestones = self._found[work._replace(comes_last=False)]
                services[service] = milestones[milestone] = None

    def items(self) -> tuple[WorkItem, ...]:
        return tuple(
            WorkItem(work.owner, work.step, work.effort, work.criteria, tuple(services), tuple(milestones))
            for work, (services, milestones) in sorted(self._found.items(), key=lambda found: found[0].owner)
        )


def _work(verdicts: Verdicts) -> Iterator[tuple[str, Work]]:
    for milestone, result in verdicts.items():
        if result.verdict is ServiceVerdict.BLOCKED:
            yield from ((milestone, need.work) for need in needs(result))


def _parts(work: Work) -> Sequence[str]:
    return work.criteria or (work.step,)


def _answered(rules: Rules) -> list["_Answered"]:
    """Return the criteria that differ, without those that are decided like another one."""
    base, own = rules.base.by_id, rules.own.by_id
    names = sorted(differing_criteria(rules) or ())
    rule_of = {name: own.get(name) or base[name] for name in names}
    return [
        _Answered(name, _limits(own.get(name)) - _limits(base.get(name)))
        for name in names
        if rule_of[name].twin is None
    ]


class _Answered:
    """How services answer a criterion that differs, and which is closest to a new threshold."""

    def __init__(self, name: str, limits: Collection[Condition]) -> None:
        self._name, self._limits = name, limits
        self._asked = self._passing = self._missing = 0
        self._nearest: tuple[float, str, Outcome] | None = None

    def add(self, one: Judged) -> None:
        today, changed = (tuple(_of(self._name, answers)) for answers in one.answers)
        statuses = {result.status for result in today or changed}
        self._asked += bool(statuses)
        self._passing += statuses == {Status.PASS}
        self._missing += statuses == {Status.MISSING}
        for outcome in (outcome for result in changed for outcome in _outcomes(result)):
            if outcome.condition in self._limits and isinstance(outcome.actual, int | float):
                distance = abs(outcome.actual - outcome.operand)
                if self._nearest is None or distance < self._nearest[0]:
                    self._nearest = distance, one.side.service.service, outcome

    def result(self) -> Today:
        nearest = self._nearest and self._nearest[1:]
        return Today(self._name, self._asked, self._passing, self._missing, nearest)


def _of(name: str, answers: Answers) -> Iterator[CriterionResult]:
    for (_, id_), result in answers.items():
        if id_ == name and result.status is not Status.NOT_APPLICABLE:
            yield result


def _outcomes(result: CriterionResult) -> Sequence[Outcome]:
    return (*result.outcomes, *(result.upcoming.outcomes if result.upcoming else ()))


def _limits(rule: Rule | None) -> set[Condition]:
    """Return the conditions of a rule that compare with a number of the rulebook."""
    versions = rule.versions if rule else ()
    return {condition for version in versions for condition in version.conditions if _is_limit(condition)}


def _is_limit(condition: Condition) -> bool:
    return condition.operator in _LIMITS and isinstance(condition.operand, Literal)
