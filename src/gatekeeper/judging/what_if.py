"""Find what a change of rules would do: cells, levels and criteria that flip, and the work that follows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from gatekeeper.judging.changes.causes import Side, Verdicts
from gatekeeper.judging.changes.own_rules import (
    Answers,
    Judged,
    Rules,
    cell_flips,
    criterion_flips,
    differing_criteria,
    judged_by_both,
)
from gatekeeper.judging.changes.shifts import any_result
from gatekeeper.judging.outlook.needs import Work, needs
from gatekeeper.judging.verdicts.gates import SharedResults
from gatekeeper.judging.verdicts.milestones import verdict_of
from gatekeeper.judging.verdicts.services import judge_service
from gatekeeper.model.changes import CellFlip, CriterionFlip
from gatekeeper.model.milestone import ExitRecord
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Condition, Literal, Operator, Rule, Rulebook
from gatekeeper.model.status import ServiceVerdict, Status
from gatekeeper.model.verdict import CriterionResult
from gatekeeper.model.what_if import LevelFlip, MilestoneShift, Today, WhatIf, WorkItem

_Asked = list[tuple[Work, str, str]]
"""Work with a service and a milestone that need it."""


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
    flips: list[CellFlip] = []
    levels: list[LevelFlip] = []
    criteria: list[CriterionFlip] = []
    work: _Asked = []
    freed: _Asked = []
    answers: list[tuple[str, Answers, Answers]] = []
    for one in judged_by_both(services, rules):
        name = one.side.service.service
        answers.append((name, *one.answers))
        levels += _level(one)
        base, own = ({at: of for at, of in by.items() if at in scope} for by in (one.by_base, one.by_own))
        within = one._replace(by_base=base, by_own=own)
        flips += cell_flips(within)
        criteria += criterion_flips(within)
        work += _new_work(name, base, own)
        freed += _new_work(name, own, base)
    sides = [side for side, _ in services]
    return WhatIf(
        as_of=as_of,
        milestones=tuple(scope),
        cells=sum(milestone in side.service.plan for side in sides for milestone in scope),
        flips=tuple(flips),
        levels=tuple(levels),
        criteria=tuple(criteria),
        verdicts=() if is_partial else tuple(_milestones(sides, flips, rules.base, scope)),
        work=_items(work),
        freed=_items(freed),
        today=tuple(_today(name, rules, answers) for name in _decided_alone(rules)),
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


def _milestones(
    sides: Iterable[Side], flips: Iterable[CellFlip], base: Rulebook, scope: Iterable[str]
) -> Iterator[MilestoneShift]:
    """Yield each milestone at which a cell flips, with the verdicts that follow for the milestone."""
    flipped = {(flip.milestone, flip.service): flip.after for flip in flips}
    shared = SharedResults()
    for milestone in scope:
        if not any(at == milestone for at, _ in flipped):
            continue
        before = {
            side.service.service: result.verdict
            for side in sides
            if (result := judge_service(side.case(base), milestone, side.entries, shared))
        }
        after = {name: flipped.get((milestone, name), verdict) for name, verdict in before.items()}
        verdicts = list(before.values()), list(after.values())
        was, now = (len(before) - of.count(ServiceVerdict.BLOCKED) for of in verdicts)
        yield MilestoneShift(milestone, len(before), was, now, *map(verdict_of, verdicts))


def _new_work(service: str, before: Verdicts, after: Verdicts) -> Iterator[tuple[Work, str, str]]:
    """Yield the work that a service needs by the second verdicts and not by the first."""
    known = {part for _, work in _work(before) for part in _parts(work)}
    for milestone, work in _work(after):
        if not known.issuperset(_parts(work)):
            yield work._replace(comes_last=False), service, milestone


def _work(verdicts: Verdicts) -> Iterator[tuple[str, Work]]:
    for milestone, result in verdicts.items():
        if result.verdict is ServiceVerdict.BLOCKED:
            yield from ((milestone, need.work) for need in needs(result))


def _parts(work: Work) -> Sequence[str]:
    return work.criteria or (work.text,)


def _items(asked: _Asked) -> tuple[WorkItem, ...]:
    """Return each piece of work once, that of most services first."""
    found: Mapping[Work, tuple[dict[str, None], ...]] = defaultdict(lambda: ({}, {}, {}))
    for work, service, milestone in asked:
        owners, services, milestones = found[work._replace(owner="")]
        owners[work.owner] = services[service] = milestones[milestone] = None
    items = (
        WorkItem(work.text, tuple(owners), work.effort, work.criteria, tuple(services), tuple(milestones))
        for work, (owners, services, milestones) in found.items()
    )
    return tuple(sorted(items, key=lambda item: -len(item.services)))


def _decided_alone(rules: Rules) -> Iterator[str]:
    """Yield the criteria that differ, without those that are decided like another one."""
    known = {**rules.base.by_id, **rules.own.by_id}
    yield from (name for name in sorted(differing_criteria(rules) or ()) if known[name].twin is None)


def _today(name: str, rules: Rules, answers: Iterable[tuple[str, Answers, Answers]]) -> Today:
    """Return how services answer a criterion that differs, and which is closest to a new threshold."""
    limits = _limits(rules.own.by_id.get(name)) - _limits(rules.base.by_id.get(name))
    statuses = []
    measured = []
    for service, *by_either in answers:
        today, changed = ([result for (_, id_), result in of.items() if id_ == name] for of in by_either)
        seen = {of.status for of in _applicable(today) or _applicable(changed)}
        statuses += [seen] if seen else []
        for result in _applicable(changed):
            outcomes = (*result.outcomes, *(result.upcoming.outcomes if result.upcoming else ()))
            measured += [
                (abs(outcome.actual - outcome.operand), service, outcome)
                for outcome in outcomes
                if outcome.condition in limits and isinstance(outcome.actual, int | float)
            ]
    nearest = min(measured, key=lambda found: found[0])[1:] if measured else None
    passing, missing = (statuses.count({status}) for status in (Status.PASS, Status.MISSING))
    return Today(name, len(statuses), passing, missing, nearest)


def _applicable(results: Iterable[CriterionResult]) -> list[CriterionResult]:
    return [result for result in results if result.status is not Status.NOT_APPLICABLE]


def _limits(rule: Rule | None) -> set[Condition]:
    """Return the conditions of a rule that compare with a number of the rulebook."""
    return {
        condition
        for version in (rule.versions if rule else ())
        for condition in version.conditions
        if condition.operator in (Operator.AT_LEAST, Operator.AT_MOST)
        and isinstance(condition.operand, Literal)
    }
