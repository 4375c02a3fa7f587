"""Judge by two rulebooks: verdicts and criteria that flip, and criteria of which the second asks more."""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from gatekeeper.judging.changes.causes import Side, Verdicts
from gatekeeper.judging.changes.shifts import by_id
from gatekeeper.judging.obligations.expand import place
from gatekeeper.judging.obligations.strictness import losses, slot_losses
from gatekeeper.judging.obligations.terms import terms_of_rule
from gatekeeper.judging.plans.cells import resolve
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.gates import ServiceJudge, SharedResults
from gatekeeper.model.changes import CellFlip, CriterionFlip, TightenedRule
from gatekeeper.model.evidence import stated
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import CAPABILITY_SLOT, SCOPE_SLOT, BoundSlot, Rule, Rulebook
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import CriterionResult, ServiceResult


class Rules(NamedTuple):
    """The two rulebooks by which the services of the head are judged."""

    base: Rulebook
    own: Rulebook


Answers = Mapping[tuple[str, str], CriterionResult]
"""By the family in which a criterion is asked, and its id."""


class Judged(NamedTuple):
    """One service by two rulebooks."""

    side: Side
    answers: tuple[Answers, Answers]
    """To the criteria that differ, by either rulebook."""
    by_base: Verdicts
    """Empty if the verdicts of both cannot differ; likewise `by_own`."""
    by_own: Verdicts


Found = tuple[tuple[CellFlip, ...], tuple[TightenedRule, ...]]


def compare_own_rules(
    services: Iterable[tuple[Side, Side]],
    rules: Rules,
    milestones: Roadmap,
    exited: Container[str],
    as_of: date,
) -> Found:
    """Return the verdicts that the own rules change, and the criteria of which they ask more.

    Args:
        services: Each service with its evidence as the rules of the base read it, and as the own rules do.
        rules: Both rulebooks.
        milestones: All milestones of the head.
        exited: The milestones that are history.
        as_of: The day; after the milestone that is pending on it, a new rule could bind.
    """
    current = milestones.current(as_of)
    effective = milestones.after(current) if current else None
    flips: list[CellFlip] = []
    red: dict[str, list[str]] = defaultdict(list)
    for one in judged_by_both(services, rules):
        flips += cell_flips(one)
        for flip in criterion_flips(one):
            if flip.blocks and not all(milestone in exited for milestone in flip.milestones):
                red[flip.criterion].append(flip.service)
    tightened = (
        TightenedRule(name, is_new, tuple(red[name]), _staged(rules.own.by_id[name], effective))
        for name, is_new in tightened_rules(rules, list(milestones))
    )
    return tuple(flips), tuple(sorted(tightened, key=lambda rule: -len(rule.services)))


def judged_by_both(services: Iterable[tuple[Side, Side]], rules: Rules) -> Iterator[Judged]:
    """Yield each service, with the verdicts of both rulebooks if they may differ.

    Args:
        services: Each service with its evidence as either rulebook reads it.
        rules: Both rulebooks.
    """
    differing = differing_criteria(rules)
    shared, shared_own = SharedResults(), SharedResults()
    for by_base, by_own in services:
        answers = _answers(by_base.case(rules.base), differing or ())
        own = _answers(by_own.case(rules.own), differing or ())
        if differing is not None and _outcomes(answers) == _outcomes(own):
            yield Judged(by_base, (answers, own), {}, {})
        else:
            judged = by_base.judged(rules.base, shared), by_own.judged(rules.own, shared_own)
            yield Judged(by_base, (answers, own), *judged)


def cell_flips(one: Judged) -> Iterator[CellFlip]:
    """Yield each milestone at which a service gets another verdict, and why."""
    service = one.side.service
    for milestone, was in one.by_base.items():
        now = one.by_own[milestone]
        if was.verdict != now.verdict:
            ids = _blocking(was).keys() ^ _blocking(now).keys()
            told = {reason.message for reason in was.reasons} ^ {reason.message for reason in now.reasons}
            because = tuple(sorted(ids or told))
            yield CellFlip(service.service, service.owner, milestone, was.verdict, now.verdict, because)


def criterion_flips(one: Judged) -> Iterator[CriterionFlip]:
    """Yield each criterion that blocks by one of the rulebooks only, with the milestones at which it does."""
    service = one.side.service
    found: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for milestone, was in one.by_base.items():
        before, after = _blocking(was), _blocking(one.by_own[milestone])
        for name in dict.fromkeys((*after, *before)):
            if (name in before) != (name in after):
                found[name, name in after].append(milestone)
    for (name, blocks), milestones in found.items():
        answers = [by_id(of[milestones[0]]).get(name) for of in (one.by_base, one.by_own)]
        yield CriterionFlip(
            name, service.service, service.owner, tuple(milestones), answers[0], answers[1], blocks
        )


def _blocking(result: ServiceResult) -> Mapping[str, CriterionResult]:
    return {of.rule.id: of for of in result.open_criteria}


def _staged(rule: Rule, effective: str | None) -> str | None:
    """Return the milestone from which a rule could bind; None if it has a time already."""
    return None if rule.effective or rule.advisory or rule.upcoming else effective


def tightened_rules(rules: Rules, milestones: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield each criterion of which the own rules ask more, by itself or by a slot, and whether it is new."""
    base, own = rules
    slots = {
        name for name, slot in own.slots.items() if name in base.slots and _shows_more(slot, base.slots[name])
    }
    for rule in own.by_id.values():
        before = base.by_id.get(rule.id)
        if before is None:
            yield rule.id, True
        elif not slots.isdisjoint(rule.slots) or next(
            losses(terms_of_rule(rule), terms_of_rule(before), base.scale, milestones), None
        ):
            yield rule.id, False


def _shows_more(own: BoundSlot, base: BoundSlot) -> bool:
    definitions = ({"kind": slot.kind, "options": stated(slot.options)} for slot in (own, base))
    return next(slot_losses(own.name, *definitions), None) is not None


def differing_criteria(rules: Rules) -> frozenset[str] | None:
    """Return the criteria that may have another status; None if more than criteria differs."""
    base, own = rules
    if _besides_criteria(base) != _besides_criteria(own):
        return None
    slots = {name for name in {**base.slots, **own.slots} if base.slots.get(name) != own.slots.get(name)}
    if slots & {SCOPE_SLOT, CAPABILITY_SLOT}:
        return None  # these decide demands and capabilities of the plan
    return frozenset(
        name
        for name, rule in {**base.by_id, **own.by_id}.items()
        if base.by_id.get(name) != own.by_id.get(name)
        or any(not slots.isdisjoint(version.slots) for version in rule.versions)
    )


def _besides_criteria(rulebook: Rulebook) -> object:
    levels = [(level, rules.ships_to) for level, rules in rulebook.levels.items()]
    return (
        levels,
        rulebook.governance.deciding,
        [(gate.gate, gate.role) for gate in rulebook.gates.values()],
        rulebook.exceptions,
        rulebook.workspace,
    )


def _answers(case: Case, ids: Collection[str]) -> Answers:
    """Return the results of these criteria in each family in which they are asked."""
    if not ids:
        return {}
    judge = ServiceJudge(case, resolve(case.service, case.rulebook.scale), SharedResults())
    placed = place(case.service, case.rulebook, case.roadmap, case.as_of, ids)
    return {(one.family, one.id): judge.answer(one.asked) for one in placed if one.asked}


def _outcomes(answers: Answers) -> Mapping[tuple[str, str], tuple[Status, bool, str | None]]:
    # While its twin blocks, a criterion needs no further work: another twin makes a difference.
    return {where: (of.status, of.binding, of.rule.twin) for where, of in answers.items()}
